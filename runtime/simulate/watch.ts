import { setTimeout as sleep } from 'node:timers/promises';
import { progressOf } from '../../db/evidence';
import type { Chaos } from './chaos';
import type { Script } from './script';
import type { Sink } from './sink';
import type { Timing } from './timing';
import type { Usage } from './usage';
import type { Week } from './week';

const LOOK_MS = 500;
const READ_MS = 200;
const SAY_MS = 5_000;
/** Sessions that are open when the week is over have this long to close; longer where what was killed has to be taken up again. */
const OVERTIME_MS = 60_000;
const OVERTIME_AFTER_CHAOS_MS = 180_000;

/** Reads the mail as it comes, so that people find their links. */
export async function readSink(sink: Sink, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sink.refresh();
    await sleep(READ_MS);
  }
}

interface Watched {
  sink: Sink;
  chaos: Chaos | null;
  script: Script;
  timing: Timing;
  usage: Usage;
}

const businessTime = (at: Date): string => at.toUTCString().replace(/:\d\d GMT$/, '');

/** Says how far the week has come, until every session is closed and every question answered, or has had its time and more. */
export async function untilClosed(
  { ground, processes }: Week,
  { sink, chaos, script, timing, usage }: Watched,
  { progress, signal }: { progress: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  const overtimeAt = Date.now() + (timing.untilMs - +ground.now()) / timing.rate + (chaos ? OVERTIME_AFTER_CHAOS_MS : OVERTIME_MS);
  for (let saidAt = 0; ; await sleep(LOOK_MS)) {
    signal.throwIfAborted();
    usage.look();
    const { booked, live, closed, owing, asked } = await ground.db.inOrganisation(ground.first.organisationId, progressOf);
    // A session closes before a coordinator has said what becomes of a message that could not leave, and before it is put right.
    const isOver = (closed >= script.lessons.length && owing + asked === 0) || Date.now() > overtimeAt;
    if (isOver || Date.now() - saidAt > SAY_MS) {
      saidAt = Date.now();
      const kills = chaos ? `, ${chaos.kills.worker + chaos.kills.server} kills` : '';
      progress(`${businessTime(ground.now())}: ${booked} booked, ${live} live, ${closed} closed, ${sink.messages.length} messages${kills}`);
    }
    if (isOver) return;
    const fallen = chaos ? null : processes.ended();
    if (fallen) throw new Error(`the ${fallen} ended by itself`);
  }
}
