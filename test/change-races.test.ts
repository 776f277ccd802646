import { lockSession } from '../db/sessions';
import { rows } from '../db/database';
import { viewOf } from '../db/view';
import { taught } from './support/change-ends';
import { HOUR, Lectern, MINUTE, type Cast, type Mail } from './support/lectern';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

type Kind = 'reassign' | 'swap' | 'add' | 'drop';
const change = (sessionId: string, body: object) => lectern.api<{ code?: string }>('POST', `/v1/sessions/${sessionId}/changes`, body);
const bodyOf = (kind: Kind, who: { studentId: string; other: Cast; otherSession: string | null }): object => ({
  kind,
  ...{
    reassign: { instructorId: who.other.instructorId },
    swap: { withSessionId: who.otherSession },
    add: { studentId: who.other.studentIds[0] },
    drop: { studentId: who.studentId },
  }[kind],
});
const quiet = (...ids: string[]): Promise<unknown> =>
  lectern.until('everything due to be sent', async () => {
    const open = await lectern.query(
      `SELECT 1 FROM obligations WHERE session_id = ANY(?::uuid[]) AND (state IN ('claimed', 'in-doubt') OR state = 'planned' AND due_at <= ?)
       UNION ALL SELECT 1 FROM outbox WHERE session_id = ANY(?::uuid[]) AND delivered_at IS NULL`,
      [`{${ids.join(',')}}`, lectern.now(), `{${ids.join(',')}}`],
    );
    return open.length === 0;
  });
/** What reached somebody, in the order in which it came: the first words of each subject. */
const heard = async (cast: Cast, who: string): Promise<string[]> =>
  (await lectern.mails(cast)).filter((m: Mail) => m.to.startsWith(`${who}.`)).map((m) => m.subject.split(/[:,]/)[0]!);

/** How many wait, one behind the other, for what this transaction has locked. */
const BEHIND_US = `WITH RECURSIVE behind AS (
    SELECT pid FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))
    UNION SELECT a.pid FROM pg_stat_activity a JOIN behind b ON b.pid = ANY(pg_blocking_pids(a.pid)))
  SELECT count(*)::int AS n FROM behind`;

type Order = 'the change first' | 'the verdict first';

/** Both wait for the lesson's lock in the instant of the verdict, in this order. */
async function bothInOneInstant(sessionId: string, order: Order, make: () => Promise<{ status: number }>): Promise<number> {
  const due = await lectern.until('the question of who is missing', async () => {
    const { nextCheckAt, status } = (await lectern.in((tx) => viewOf(tx, sessionId)))!;
    return status === 'live' && nextCheckAt !== null && nextCheckAt;
  });
  await lectern.until('the instant', () => Promise.resolve(+lectern.now() >= due - 3 * MINUTE));
  let made: Promise<{ status: number }> | undefined;
  await lectern.in(async (tx) => {
    await lockSession(tx, sessionId);
    const behind = (n: number): Promise<unknown> =>
      lectern.until(`${n} to wait for the lesson`, async () => (await rows<{ n: number }>(tx, BEHIND_US))[0]!.n >= n);
    if (order === 'the verdict first') await behind(1);
    made = make();
    await behind(2);
  });
  return (await made!).status;
}

const CASES: [Kind, Order][] = (['reassign', 'add', 'drop', 'swap'] as const).flatMap((kind): [Kind, Order][] => [
  [kind, 'the change first'],
  [kind, 'the verdict first'],
]);

test.concurrent.each(CASES)('%s in the second in which somebody is said to be missing, %s: one truth, one charge, one pay', async (kind, order) => {
  const [cast, other] = [await lectern.cast(2, { consents: [] }), await lectern.cast(1, { consents: [] })];
  const [came, missing] = cast.studentIds as [string, string];
  const sessionId = await lectern.book(cast, 40 * MINUTE, {}, HOUR);
  const otherSession = kind === 'swap' ? await lectern.book(other, 30 * HOUR) : null;
  const noInstructor = kind === 'reassign';
  await lectern.arrive(sessionId, ...(noInstructor ? cast.studentIds : [cast.instructorId, came]));
  const status = await bothInOneInstant(sessionId, order, () => change(sessionId, bodyOf(kind, { studentId: missing, other, otherSession })));
  // Two exchange no instructors once a lesson has begun, whatever is said of its students.
  expect(status).toBe(kind === 'swap' ? 409 : 200);
  if (kind === 'add' || kind === 'swap')
    await lectern.until('the no-show', async () => {
      const [p] = await lectern.query<{ verdict: string }>('SELECT verdict FROM participants WHERE session_id = ? AND person_id = ?', [
        sessionId,
        missing,
      ]);
      return p?.verdict === 'no-show';
    });
  const end = await taught(lectern, sessionId, false);
  await quiet(sessionId);
  const charged = [...cast.studentIds, ...(kind === 'add' ? other.studentIds : [])];
  expect({ ...end, charges: Object.keys(end.charges).sort() }).toEqual({
    ...{ status: 'settled', charges: charged.sort(), payouts: { [noInstructor ? other.instructorId : cast.instructorId]: 3000 }, open: [] },
  });
  const journals = await lectern.query(`SELECT 1 FROM journals WHERE session_id = ? AND kind = 'charge'`, [sessionId]);
  expect(journals).toHaveLength(charged.length);
  const [ofMissing, ofInstructor, ofOther] = await Promise.all([heard(cast, 'gil1'), heard(cast, 'ines'), heard(other, 'ines')]);
  if (kind === 'drop') {
    expect(ofMissing.filter((s) => s === 'No longer booked')).toHaveLength(1);
    expect(ofMissing.at(-1)).toBe('No longer booked');
    if (order === 'the change first') expect(ofMissing.filter((s) => /was not in/.test(s))).toEqual([]);
  }
  if (kind === 'reassign') {
    expect(ofInstructor.at(-1)).toBe('No longer yours');
    expect(ofOther.filter((s) => s === 'You teach Invented lesson')).toHaveLength(1);
    expect(ofMissing.filter((s) => s === 'Ines teaches Invented lesson')).toHaveLength(1);
  }
  if (kind === 'add' || kind === 'swap') expect(ofMissing.filter((s) => /was not in/.test(s))).toHaveLength(1);
});

const sink = async (path: string, body?: object): Promise<{ withheld?: number; released?: number }> => {
  const answer = await fetch(`${lectern.at.catcherUrl}/test/${path}`, body ? { method: 'POST', body: JSON.stringify(body) } : {});
  return (await answer.json()) as { withheld?: number };
};

test.concurrent.each<Kind>(['reassign', 'add', 'drop', 'swap'])(
  '%s while the sink keeps its 250 for a reminder: the reminder came once, and what is said after it is what holds',
  async (kind) => {
    const [cast, other] = [await lectern.cast(2, { consents: [] }), await lectern.cast(1, { consents: [] })];
    const sessionId = await lectern.book(cast, 25.5 * HOUR);
    const otherSession = kind === 'swap' ? await lectern.book(other, 60 * HOUR) : null;
    const ids = [sessionId, ...(otherSession ? [otherSession] : [])];
    await lectern.until('the confirmation', async () => (await heard(cast, 'gil0')).length > 0);
    const theirs = { to: `gil0.${cast.tag}`, subject: 'Reminder' };
    await sink('withhold', { count: 1, ...theirs });
    await lectern.until('the withheld reminder', async () => (await sink(`withheld?to=${theirs.to}`)).withheld! > 0);
    const made = await change(sessionId, bodyOf(kind, { studentId: cast.studentIds[0]!, other, otherSession }));
    expect([made.status, await sink('release', theirs)]).toEqual([200, { released: 1 }]);
    await quiet(...ids);
    const reminders = await lectern.query<{ state: string }>(
      `SELECT o.state FROM obligations o WHERE session_id = ? AND person_id = ? AND kind = 'reminder' AND step = 'day-before'`,
      [sessionId, cast.guardianIds[0]],
    );
    expect(reminders).toEqual([{ state: 'delivered' }]);
    const told = { reassign: ['Ines teaches Invented lesson'], swap: ['Ines teaches Invented lesson'], add: [], drop: ['No longer booked'] }[kind];
    const all = await heard(cast, 'gil0');
    expect(all.filter((s) => !/^Your link/.test(s))).toEqual(['Booked', 'Reminder', ...told]);
    if (kind === 'drop') expect(all.at(-1)).toBe('No longer booked');
    if (kind === 'reassign') expect((await heard(cast, 'ines')).at(-1)).toBe('No longer yours');
  },
);

test.concurrent('a reminder that was being sent during a move, and is refused then, does not go out for the old time', async () => {
  const cast = await lectern.cast(1, { consents: [] });
  const sessionId = await lectern.book(cast, 25.5 * HOUR);
  const { startsAt } = await lectern.session(sessionId);
  await lectern.until('the confirmation', async () => (await heard(cast, 'gil0')).length > 0);
  const theirs = { to: `gil0.${cast.tag}`, subject: 'Reminder' };
  await sink('withhold', { count: 1, code: 451, ...theirs });
  await lectern.until('the withheld reminder', async () => (await sink(`withheld?to=${theirs.to}`)).withheld! > 0);
  const later = (hours: number): string => new Date(+startsAt + hours * HOUR).toISOString();
  const made = await change(sessionId, { kind: 'reschedule', startsAt: later(24), endsAt: later(24.5) });
  expect([made.status, await sink('release', theirs)]).toEqual([200, { released: 1 }]);
  await quiet(sessionId);
  const reminders = await lectern.query<{ state: string; reason: string }>(
    `SELECT state, reason FROM obligations WHERE session_id = ? AND person_id = ? AND kind = 'reminder' AND anchor_at = ?`,
    [sessionId, cast.guardianIds[0], startsAt],
  );
  expect(new Set(reminders.map((o) => `${o.state}: ${o.reason}`))).toEqual(new Set(['suppressed: session-moved']));
  expect((await heard(cast, 'gil0')).filter((s) => !/^Your link/.test(s))).toEqual(['Booked', 'New time']);
});
