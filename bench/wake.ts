import { bookSession } from '../commands/book';
import { wake } from '../db/timeline';
import { woken, workflowIdFor } from '../workflows/session/contract';
import { HOUR, type Ground } from './ground';
import { median, until } from './measure';
import { makeCast } from './world';

const SESSIONS = 12;
const PAUSE_MS = 60;

export interface WakeFigures {
  ratio: number;
  /** Median milliseconds until the workflow has looked, and the slowest tenth's first. */
  outboxMs: { median: number; p90: number };
  directMs: { median: number; p90: number };
  wakes: number;
}

type Kind = 'outbox' | 'direct';
interface Trial {
  kind: Kind;
  atMs: number;
}

const nowMs = (): number => performance.timeOrigin + performance.now();

/** When each signal of a run had been looked at: the end, by the server's clock, of the task that the signal led to. */
async function looksOf(ground: Ground, sessionId: string): Promise<number[]> {
  const history = await ground.client.workflow.getHandle(workflowIdFor(sessionId)).fetchHistory();
  const looks: number[] = [];
  let waiting = 0;
  for (const event of history.events ?? []) {
    if (event.workflowExecutionSignaledEventAttributes) waiting++;
    if (!event.workflowTaskCompletedEventAttributes) continue;
    const at = Number(event.eventTime!.seconds) * 1000 + Number(event.eventTime!.nanos) / 1e6;
    for (; waiting > 0; waiting--) looks.push(at);
  }
  return looks;
}

/**
 * Wakes waiting workflows by a command's outbox row and, in turn, by a direct signal; measures from just before the commit, or the
 * call, until the workflow has read its row again, as the server recorded it. One at a time: this is latency, not load.
 */
export async function measureWakes(ground: Ground, wakes: number, castFrom: number): Promise<WakeFigures> {
  const startsAt = new Date(+ground.now() + 400 * 24 * HOUR);
  const sessions = await Promise.all(
    Array.from({ length: SESSIONS }, async (_, i) => {
      const { studentId, instructorId } = await makeCast(ground, castFrom + i);
      const input = { title: 'Waiting', startsAt, endsAt: new Date(+startsAt + HOUR), studentIds: [studentId], instructorId };
      return (await bookSession(ground.context(), input)).sessionId;
    }),
  );
  const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const trials = new Map<string, Trial[]>(sessions.map((id) => [id, []]));
  const first = await Promise.all(
    sessions.map((id) =>
      until(`the first look of ${id}`, async () => (await looksOf(ground, id).catch(() => [])).length || undefined, { everyMs: 200 }),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  for (let n = 0; n < wakes * 2; n++) {
    const id = sessions[n % SESSIONS]!;
    const kind: Kind = (n + Math.floor(n / SESSIONS)) % 2 === 0 ? 'outbox' : 'direct';
    let atMs = nowMs();
    if (kind === 'direct') await ground.client.workflow.getHandle(workflowIdFor(id)).signal(woken);
    else
      await ground.db.inOrganisation(ground.organisationId, async (tx) => {
        await wake(tx, id);
        atMs = nowMs();
      });
    trials.get(id)!.push({ kind, atMs });
    await rest();
  }
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const took: Record<Kind, number[]> = { outbox: [], direct: [] };
  for (const [i, id] of sessions.entries()) {
    const looks = (await looksOf(ground, id)).slice(first[i]!);
    const mine = trials.get(id)!;
    if (looks.length !== mine.length) throw new Error(`session ${id} was woken ${mine.length} times and looked ${looks.length} times`);
    mine.forEach((trial, k) => took[trial.kind].push(looks[k]! - trial.atMs));
  }
  const figures = (list: number[]) => ({ median: median(list), p90: [...list].sort((a, b) => a - b)[Math.floor(list.length * 0.9)]! });
  const [outboxMs, directMs] = [figures(took.outbox), figures(took.direct)];
  return { ratio: outboxMs.median / directMs.median, outboxMs, directMs, wakes };
}
