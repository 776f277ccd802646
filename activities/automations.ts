import { goOnWithRun, type Stands } from '../commands/automations/run';
import { systemContext, type ActivityDeps } from './deps';

/** Does the next thing of a run. Runs as a local activity. Safe to repeat because what is done stands in the rows of the run. */
export const goOnWithAutomation = (deps: ActivityDeps, input: { organisationId: string; runId: string; asOf: number }): Promise<Stands> =>
  goOnWithRun(systemContext(deps, input), input.runId);
