import { finish, letGoOn } from './change-ends';
import { Observer, type HeldStep, type Kind, type Run } from './change-observer';
import { crowd } from './crowd';
import { HOUR, MINUTE, TRANSCRIPT, type Lectern } from './lectern';
import { alwaysFor, editedPolicies, publish } from './rule-files';

/** The shipped rules, but with hours between the gates, so that a slow machine finds each phase, and a programme that is held. */
export async function publishMatrixRules(lectern: Lectern): Promise<void> {
  const policies = editedPolicies({
    'admission.json': [['"longest": "4h"', '"longest": "12h"']],
    'preparation.json': [['"coverageBefore": "15m"', '"coverageBefore": "12h"']],
    'obligations.json': [['"deadline": "1h"', '"deadline": "24h"']],
  });
  policies.push(alwaysFor('held', 'admission', { verdict: 'hold', holdFor: '24h', price: 4500, pay: 3000, currency: 'EUR' }));
  const answer = await publish(lectern, policies, 'hours between the gates');
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
}

/** Brings sessions to each wait, has them changed there, and on to their end. */
export class Driver {
  private readonly observe: Observer;

  constructor(private readonly lectern: Lectern) {
    this.observe = new Observer(lectern);
  }

  private async start(students: number, leadMs: number, more: object = {}, lengthMs = 20 * MINUTE, consents = false): Promise<Run> {
    const cast = await crowd(this.lectern, students, consents);
    const sessionId = await this.lectern.book(cast, leadMs, more, lengthMs);
    return { cast, sessionId, refused: {}, made: null, hold: null, end: '' };
  }

  private reached = (run: Run, kind: string): Promise<unknown> =>
    this.lectern.until(kind, async () => (await this.observe.count('timeline WHERE session_id = ? AND kind = ?', run.sessionId, kind)) > 0);

  private async step(run: Run, kind: string): Promise<HeldStep> {
    const { id } = await this.lectern.openStep(run.sessionId, kind);
    return (await this.lectern.api<HeldStep>('GET', `/v1/held-steps/${id}`)).body;
  }

  private async arrive(run: Run, ...absent: string[]): Promise<void> {
    await this.lectern.until(`session ${run.sessionId} to be ready or live`, async () => {
      await letGoOn(this.lectern, run.sessionId, 'coverage');
      return ['ready', 'live'].includes((await this.lectern.session(run.sessionId)).status);
    });
    const present = [run.cast.instructorId, ...run.cast.studentIds].filter((id) => !absent.includes(id));
    await this.lectern.arrive(run.sessionId, ...present);
  }

  private async finish(run: Run): Promise<Run> {
    run.end = await finish(this.lectern, run.sessionId);
    return run;
  }

  private async end(run: Run, kind: Kind): Promise<Run> {
    if (kind === 'reschedule') await this.arrive(run);
    return this.finish(run);
  }

  async held(students: number, kind: Kind): Promise<Run> {
    const run = await this.start(students, 8 * HOUR, { programme: 'held' });
    const before = await this.step(run, 'booking');
    // A hold ends with its own start at the latest: enough is left for the approval, on a slow machine as well.
    await this.observe.make(run, kind, 5 * HOUR);
    if (kind === 'cancel') return this.finish(run);
    const after = await this.step(run, 'booking');
    const stale = (await this.lectern.decide(before, 'approve')).status;
    run.hold = { before, after, stale, approved: (await this.lectern.decide(after, 'approve')).status };
    return this.end(run, kind);
  }

  async booked(students: number, kind: Kind): Promise<Run> {
    const run = await this.start(students, 60 * HOUR);
    await this.observe.quiet(run);
    await this.observe.make(run, kind);
    return this.end(run, kind);
  }

  async room(students: number, kind: Kind): Promise<Run> {
    const run = await this.start(students, 23 * HOUR);
    await this.reached(run, 'credentials.issued');
    await this.observe.quiet(run);
    await this.observe.make(run, kind);
    return this.end(run, kind);
  }

  async ready(students: number, kind: Kind): Promise<Run> {
    const run = await this.start(students, 11 * HOUR);
    await this.lectern.status(run.sessionId, 'ready');
    await this.observe.quiet(run);
    await this.observe.make(run, kind);
    return this.end(run, kind);
  }

  async live(students: number): Promise<Run> {
    const run = await this.start(students, 90 * MINUTE, {}, 12 * HOUR);
    await this.arrive(run);
    await this.lectern.status(run.sessionId, 'live');
    await this.observe.refuse(run, 'live', 'reschedule');
    await this.observe.quiet(run);
    await this.observe.make(run, 'cancel');
    return this.end(run, 'cancel');
  }

  /** The standard path, stopped at each wait after the lesson; one student opened the link and did not get in, so that settling waits too. */
  async standard(students: number): Promise<Run> {
    // Thirty have to arrive before the grace is over, on a slow machine as well.
    const run = await this.start(students, 5 * HOUR, {}, 2 * HOUR, true);
    const [locked] = run.cast.studentIds;
    await this.lectern.status(run.sessionId, 'ready', 'live');
    await fetch(await this.lectern.until('the way in of a student', () => this.observe.wayIn(run, locked)));
    await this.arrive(run, locked!);
    await this.lectern.decide(await this.step(run, 'no-show'), 'excused');
    await this.lectern.status(run.sessionId, 'documenting');
    await this.observe.refuse(run, 'awaiting transcript', 'cancel', 'reschedule');
    await this.lectern.send('transcript.ready', { sessionId: run.sessionId, lines: TRANSCRIPT });
    const review = await this.step(run, 'documentation.review');
    await this.observe.refuse(run, 'awaiting review', 'cancel', 'reschedule');
    await this.lectern.decide(review, 'approve');
    const charge = await this.step(run, 'charge');
    await this.observe.refuse(run, 'settling', 'cancel', 'reschedule');
    await this.lectern.decide(charge, 'waive');
    await this.finish(run);
    await this.observe.refuse(run, 'settled', 'cancel', 'reschedule');
    return run;
  }
}
