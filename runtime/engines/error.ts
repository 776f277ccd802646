import { ToldError } from '../told-error';

/** An engine that cannot be had: says which, why, and what to do. */
export class EngineError extends ToldError {
  override readonly name = 'EngineError';
  constructor(
    readonly engine: 'Postgres' | 'Temporal' | 'the mail catcher' | 'this home',
    why: string,
    readonly remedy: string,
  ) {
    super(`${engine}: ${why}\n  What to do: ${remedy}`);
  }
}
