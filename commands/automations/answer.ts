import { askForRun, endStep, lockRun, setWaiting, stepOfHeld } from '../../db/automation-runs';
import type { Decided } from '../decided';

/** What somebody answered an automation: its run goes on with that. A run that was cancelled meanwhile does not. */
export async function answerAutomation({ tx, ctx, step, decision }: Decided): Promise<void> {
  const asked = await stepOfHeld(tx, step.id);
  const run = asked && (await lockRun(tx, asked.runId));
  if (run?.state !== 'waiting') return;
  await endStep(tx, asked!, decision, ctx.asOf);
  await setWaiting(tx, run, null);
  await askForRun(tx, run.id);
}
