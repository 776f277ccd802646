import { approve, awaitReview, awaitSettled, castDemo, playLesson, whatHolds, type HeldStepSeen } from '../demo';
import { AwaitError, type DemoWorld } from '../demo-world';
import type { Installation } from '../installation';
import { followTimeline, type Following } from '../timeline-lines';
import { ToldError } from '../told-error';

export interface Play {
  transcript: readonly object[];
  /** Absent, a person decides, and `waits` is told what waits for them. */
  approveAs?: 'coordinator' | undefined;
  print: (line: string) => void;
  booked?: () => void;
  waits: (review: HeldStepSeen, world: DemoWorld) => void;
}

/** A demo that came to nothing: says how far it came and what it waits for. */
export class DemoError extends ToldError {
  override readonly name = 'DemoError';
}

/** Plays one lesson through its whole life on a running Lectern, its timeline printed as it grows. */
export async function play(lectern: Installation, options: Play): Promise<{ sessionId: string; status: string }> {
  const { organisationId } = lectern.first;
  const ctx = { db: lectern.db, organisationId, asOf: lectern.now(), requestId: null, secret: lectern.engines.secret };
  const cast = await castDemo(ctx, lectern.url);
  let follow: Following | undefined;
  let sessionId: string | undefined;
  try {
    await playLesson(ctx, cast, options.transcript, (id) => {
      sessionId = id;
      options.booked?.();
      follow = followTimeline(lectern.db, { organisationId, sessionId: id }, options.print);
    });
    const review = await awaitReview(cast.world, sessionId!);
    if (options.approveAs) await approve(cast.world, review);
    else {
      await follow?.look();
      options.waits(review, cast.world);
    }
    const status = await awaitSettled(cast.world, sessionId!, options.approveAs ? undefined : Infinity);
    return { sessionId: sessionId!, status };
  } catch (error) {
    if (!(error instanceof AwaitError) || !sessionId) throw error;
    throw new DemoError(`${error.message}. ${await whatHolds(cast.world, sessionId)}\n  See: npx lectern rules explain ${sessionId}`);
  } finally {
    await follow?.stop();
  }
}
