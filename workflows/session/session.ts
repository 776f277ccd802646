import { condition, CancellationScope, isCancellation, setHandler, sleep } from '@temporalio/workflow';
import { businessNow, realDelay } from '../../domain/clock';
import type { SessionInput, SessionView } from '../../activities';
import { dispatchDue, expireHeldSteps, takeStep, tendRoom } from './activities';
import { woken, type SessionLifecycleInput } from './contract';

/** Thrown out of a wait when the session has a new rev: phases end, what the change names is compensated, and they run again. */
export class Changed extends Error {
  override readonly name = 'Changed';
}

/** A row that waits for a person is looked at daily even when nobody wakes it. */
const LOOK_AGAIN_MS = 24 * 3_600_000;
const STUCK_PAUSE_MS = 2_000;

type StepName = Parameters<typeof takeStep>[0];

/**
 * A session as its workflow sees it: the last view of the row, and the two ways of going on, a step and a wait. It is
 * level-triggered: whatever happens, the row is read again and the next thing follows from it.
 */
export class Session {
  view!: SessionView;
  /** The rev that the phases run for. */
  private rev: number | null = null;
  /** Somebody has called since the row was looked at. */
  isWoken = false;
  private timer: { dueMs: number; scope: CancellationScope; fired: boolean } | null = null;

  constructor(readonly input: SessionLifecycleInput) {
    setHandler(woken, () => {
      this.isWoken = true;
    });
  }

  /** Business time: the later of workflow time and the due time of the timer that fired (a timer may fire a little early). */
  now(): number {
    const clockNow = businessNow(this.input.clock, Date.now());
    return this.timer?.fired ? Math.max(clockNow, this.timer.dueMs) : clockNow;
  }

  forActivity(): SessionInput {
    return { organisationId: this.input.organisationId, sessionId: this.input.sessionId, asOf: this.now(), rev: this.rev };
  }

  /** Takes a step in Postgres and sees what is true after it. */
  async step(name: StepName): Promise<void> {
    this.view = await takeStep(name, this.forActivity());
    this.refuseChanged();
  }

  async act(activity: (input: SessionInput) => Promise<SessionView>): Promise<void> {
    this.view = await activity(this.forActivity());
    this.refuseChanged();
  }

  /**
   * An effect that may take its time, or wait for its turn: what falls due meanwhile is done beside it. The row is read again
   * afterwards where something was, because what the effect saw at its end may be the older of the two.
   */
  async actBeside(activity: (input: SessionInput) => Promise<SessionView>): Promise<void> {
    let isOver = false;
    const effect = activity(this.forActivity()).finally(() => {
      isOver = true;
    });
    effect.catch(() => undefined);
    let isAlone = true;
    while (!isOver) {
      if (this.isWoken || this.isSomethingDue() || this.view.toDo) {
        isAlone = false;
        await this.oneStepOn(null);
      } else await this.sleepOrWoken(this.nextDue(), () => isOver);
    }
    this.view = await effect;
    if (isAlone) this.refuseChanged();
    else await this.look();
  }

  /** From here on the phases run for the rev that the row has now. */
  begin(): void {
    this.rev = this.view.rev;
  }

  private refuseChanged(): void {
    if (this.rev !== null && this.view.rev !== this.rev) throw new Changed();
  }

  /**
   * Waits until business time `t` (null: no time) or until `enough` holds of the row. On the way everything that falls due is
   * sent and every expired deadline is taken, in whatever phase the session is. Throws Changed when the session's rev has moved.
   */
  async waitUntil(t: number | null, enough: (view: SessionView) => boolean = () => false): Promise<void> {
    for (;;) {
      if (enough(this.view)) return;
      if (t !== null && this.now() >= t) return;
      await this.oneStepOn(t);
    }
  }

  /** Waits until the row has been looked at once more: after a wake, or after something fell due. */
  async untilNews(): Promise<void> {
    while (!this.isWoken && !this.isSomethingDue() && !this.view.toDo) {
      await this.sleepOrWoken(earliest(this.nextDue(), this.now() + LOOK_AGAIN_MS));
      if (this.timer?.fired) this.isWoken = true;
    }
    await this.oneStepOn(null);
  }

  /** Does what is due, or looks after a wake, or sleeps until one of them. */
  private async oneStepOn(t: number | null): Promise<void> {
    if (this.view.toDo) await this.seeTo(this.view.toDo);
    else if (isDue(this.view.deadlineAt, this.now())) await this.actOnDue(expireHeldSteps, 'deadlineAt');
    else if (isDue(this.view.nextDueAt, this.now())) await this.actOnDue(dispatchDue, 'nextDueAt');
    else if (this.isWoken) await this.look();
    else await this.sleepOrWoken(earliest(t, this.nextDue()));
  }

  /** A room that failed, or what its provider has to be told. What stays to be done is tried again after a pause. */
  private async seeTo(toDo: 'judge-room' | 'tend-room'): Promise<void> {
    if (toDo === 'judge-room') await this.step('judgeRoom');
    else await this.act(tendRoom);
    if (this.view.toDo === toDo) await this.sleepOrWoken(this.now() + this.input.clock.rate * STUCK_PAUSE_MS);
  }

  /** Does what the room's provider is to be told, if there is anything. */
  async tend(): Promise<void> {
    if (this.view.toDo === 'tend-room') await this.act(tendRoom);
  }

  private nextDue(): number | null {
    return earliest(this.view.nextDueAt, this.view.deadlineAt);
  }

  private isSomethingDue(): boolean {
    return isDue(this.nextDue(), this.now());
  }

  /** What stays due after it was acted on (somebody else holds the row) is tried again after a pause, not in a circle. */
  private async actOnDue(activity: Parameters<Session['act']>[0], due: 'deadlineAt' | 'nextDueAt'): Promise<void> {
    await this.act(activity);
    if (isDue(this.view[due], this.now())) await this.sleepOrWoken(this.now() + this.input.clock.rate * STUCK_PAUSE_MS);
  }

  /** Reads the row again. What woke us up to here is answered by that. */
  async look(): Promise<void> {
    this.isWoken = false;
    await this.step('look');
  }

  /** One timer, kept until its due time changes: a wake that changes nothing costs no timer. */
  private async sleepOrWoken(dueMs: number | null, isOver: () => boolean = () => false): Promise<void> {
    if (dueMs === null) {
      this.cancelTimer();
      await condition(() => this.isWoken || isOver());
      return;
    }
    if (this.timer === null || this.timer.fired || this.timer.dueMs !== dueMs) {
      this.cancelTimer();
      this.timer = this.startTimer(dueMs);
    }
    const { timer } = this;
    await condition(() => this.isWoken || timer.fired || isOver());
  }

  private startTimer(dueMs: number): { dueMs: number; scope: CancellationScope; fired: boolean } {
    const scope = new CancellationScope();
    const timer = { dueMs, scope, fired: false };
    const delay = Math.max(1, Math.ceil(realDelay(this.input.clock, dueMs - businessNow(this.input.clock, Date.now()))));
    scope
      .run(() => sleep(delay))
      .then(
        () => {
          timer.fired = true;
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
    return timer;
  }

  /** A timer left running would wake a run that waits for something else. */
  cancelTimer(): void {
    if (this.timer && !this.timer.fired) this.timer.scope.cancel();
    this.timer = null;
  }
}

const isDue = (at: number | null, now: number): boolean => at !== null && at <= now;
const earliest = (...instants: (number | null)[]): number | null => {
  const known = instants.filter((i): i is number => i !== null);
  return known.length === 0 ? null : Math.min(...known);
};
