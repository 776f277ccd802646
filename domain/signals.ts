import { channel } from 'node:diagnostics_channel';

/**
 * What a process tells whoever measures it; where nobody listens it costs nothing. Words of few values only, and nothing about a person.
 * Workflows never import this.
 */
export interface Signals {
  /** A question was answered by a policy. */
  decision: { point: string; outcome: string };
  /** A dispatch of a session took so long. */
  dispatch: { ms: number };
  /** A provider took a message, so long after it was due. */
  sent: { kind: string; channel: string; latenessMs: number };
  /** Wakes were delivered; the oldest had waited so long. */
  relayed: { count: number; lagMs: number };
}

const named = (name: keyof Signals) => channel(`lectern.${name}`);

export const signal = <K extends keyof Signals>(name: K, what: Signals[K]): void => named(name).publish(what);

/** Gives a function that ends it. */
export function onSignal<K extends keyof Signals>(name: K, listener: (what: Signals[K]) => void): () => void {
  const heard = (what: unknown): void => listener(what as Signals[K]);
  named(name).subscribe(heard);
  return () => void named(name).unsubscribe(heard);
}
