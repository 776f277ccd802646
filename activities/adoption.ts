import { Context as ActivityContext } from '@temporalio/activity';
import { adoptSome as adopt } from '../commands/adoption/adopt';
import { systemContext, type ActivityDeps } from './deps';

interface Input {
  organisationId: string;
  adoptionId: string;
  /** Business epoch ms. */
  asOf: number;
}

/** The next sessions of an adoption; real ms to rest, null when it is over. Safe to repeat because an item ends in the transaction that does what it says. */
export const adoptSome = (deps: ActivityDeps, input: Input): Promise<number | null> =>
  adopt(systemContext(deps, input), input.adoptionId, {
    done: () => ActivityContext.current().heartbeat(),
    failed: (error, sessionId) =>
      deps.logger.error({ err: error, sessionId, adoptionId: input.adoptionId }, 'a session could not follow the rules in force'),
  });
