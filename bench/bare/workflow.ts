import { condition, proxyActivities, proxyLocalActivities, setHandler, sleep } from '@temporalio/workflow';
import type { BareActivities } from './activities';
import { arrived, decided, transcriptCame, type BareInput } from './contract';

const { confirm, prepare, remind, draft, update } = proxyActivities<BareActivities>({ startToCloseTimeout: '10m', heartbeatTimeout: '30s' });
const { cover, open, end, settle } = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '20s' });

/**
 * The standard path as a plain Temporal workflow: the activities, timers and signals of Lectern's, state in its variables, nothing
 * looked up, nothing decided by rules. It does not survive a change of the session; that is not what is measured.
 */
export async function bareLifecycle(input: BareInput): Promise<void> {
  const has = { arrived: false, transcript: false, decided: false };
  setHandler(arrived, () => {
    has.arrived = true;
  });
  setHandler(transcriptCame, () => {
    has.transcript = true;
  });
  setHandler(decided, () => {
    has.decided = true;
  });
  const { sessionId } = input;
  const started = Date.now();
  const at = (ms: number): number => Math.max(1, started + ms - Date.now());
  await confirm(sessionId);
  await sleep(at(input.roomMs));
  await prepare(sessionId);
  await sleep(at(input.remindMs));
  await remind(sessionId);
  await sleep(at(input.coverMs));
  await cover(sessionId);
  await sleep(at(input.startMs));
  await open(sessionId);
  await condition(() => has.arrived, at(input.checkMs));
  await sleep(at(input.endMs));
  await end(sessionId);
  await condition(() => has.transcript, at(input.transcriptMs));
  await draft(sessionId);
  await condition(() => has.decided, at(input.reviewMs));
  await update(sessionId);
  await settle(sessionId);
}
