import { applyChange } from '../commands/apply-change';
import { SYSTEM } from '../commands/context';
import { lockSession } from '../db/sessions';
import { newId } from '../domain/ids';
import { timeForReader } from '../domain/time';
import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

interface Owed {
  kind: string;
  step: string;
  state: string;
  reason: string | null;
  channel: string;
  fallback: string | null;
  dueAt: Date;
  anchorAt: Date;
  template: string;
}
const owed = (sessionId: string, personId: string, ...kinds: string[]): Promise<Owed[]> =>
  lectern.query<Owed>('SELECT * FROM obligations WHERE session_id = ? AND person_id = ? AND kind = ANY(?::text[]) ORDER BY due_at, step', [
    sessionId,
    personId,
    `{${kinds.join(',')}}`,
  ]);
const times = (startsAt: Date) => ({ startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 30 * MINUTE).toISOString() });
async function move(sessionId: string, startsAt: Date): Promise<void> {
  const answer = await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'reschedule', ...times(startsAt) });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer));
}
const prepared = async (sessionId: string): Promise<{ roomAt: Date; coverageAt: Date; startsAt: Date }> =>
  (await lectern.query<{ roomAt: Date; coverageAt: Date; startsAt: Date }>('SELECT * FROM sessions WHERE id = ?', [sessionId]))[0]!;

test('a lesson moved away and back to its old time owes its reminders and its way in again', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 60 * HOUR);
  const { startsAt } = await lectern.session(sessionId);
  const before = await owed(sessionId, cast.guardianIds[0]!, 'reminder', 'credential');
  expect(before.map((o) => o.state)).toEqual(['planned', 'planned', 'planned']);
  await move(sessionId, new Date(+startsAt + 48 * HOUR));
  const away = await owed(sessionId, cast.guardianIds[0]!, 'reminder', 'credential');
  expect(away.filter((o) => o.state === 'suppressed').map((o) => o.reason)).toEqual(['session-moved', 'session-moved', 'session-moved']);
  await move(sessionId, startsAt);
  const back = await owed(sessionId, cast.guardianIds[0]!, 'reminder', 'credential');
  const planned = back.filter((o) => o.state === 'planned');
  expect(planned.map(({ kind, step, dueAt, reason }) => ({ kind, step, dueAt, reason }))).toEqual(
    before.map(({ kind, step, dueAt, reason }) => ({ kind, step, dueAt, reason })),
  );
  expect(back.filter((o) => o.state === 'suppressed')).toHaveLength(3);
});

test('a move decides room and coverage anew for the new start, however late the lesson was booked', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 3 * HOUR);
  const { startsAt } = await lectern.session(sessionId);
  await move(sessionId, new Date(+startsAt + 60 * HOUR));
  const far = await prepared(sessionId);
  expect(+far.startsAt - +far.roomAt).toBe(24 * HOUR);
  expect(+far.startsAt - +far.coverageAt).toBe(15 * MINUTE);
  await move(sessionId, new Date(+lectern.now() + 2 * HOUR));
  const near = await prepared(sessionId);
  const [change] = await lectern.query<{ madeAt: Date }>('SELECT made_at FROM changes WHERE session_id = ? ORDER BY rev DESC LIMIT 1', [sessionId]);
  expect(near.roomAt).toEqual(change!.madeAt);
  expect(+near.startsAt - +near.coverageAt).toBe(15 * MINUTE);
  const asked = await lectern.query<{ facts: { notice: number } }>(
    `SELECT facts FROM decisions WHERE session_id = ? AND point = 'preparation' ORDER BY as_of`,
    [sessionId],
  );
  expect(asked.map((d) => Math.ceil(d.facts.notice / HOUR))).toEqual([3, 63, 2]);
});

async function change(personId: string, fields: object): Promise<void> {
  const { body } = await lectern.api<{ version: number }>('GET', `/v1/people/${personId}`);
  const answer = await lectern.api('PATCH', `/v1/people/${personId}`, { version: body.version, ...fields });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer));
}

test('another zone, quiet hours or channels reach what is planned already, and nothing that is sent', async () => {
  const cast = await lectern.cast(1);
  const guardian = cast.guardianIds[0]!;
  const sessionId = await lectern.book(cast, 80 * HOUR);
  await lectern.until('the confirmation', async () => (await owed(sessionId, guardian, 'confirmation'))[0]!.state === 'delivered');
  const [confirmation] = await owed(sessionId, guardian, 'confirmation');
  const [dayBefore] = await owed(sessionId, guardian, 'reminder');
  // Quiet from an hour before the reminder's time to two hours after it, on the wall of a zone without DST.
  const clock = (at: number): string => new Date(at).toISOString().slice(11, 16);
  await change(guardian, { zone: 'UTC', quietFrom: clock(+dayBefore!.dueAt - HOUR), quietTo: clock(+dayBefore!.dueAt + 2 * HOUR) });
  const [put] = await owed(sessionId, guardian, 'reminder');
  expect(put!.dueAt.toISOString().slice(0, 16)).toBe(new Date(+dayBefore!.dueAt + 2 * HOUR).toISOString().slice(0, 16));
  await change(guardian, { zone: 'Asia/Kolkata' });
  expect((await owed(sessionId, guardian, 'reminder'))[0]!.dueAt).toEqual(dayBefore!.dueAt);
  const [wayIn] = await owed(sessionId, guardian, 'credential');
  expect([wayIn!.channel, wayIn!.fallback]).toEqual(['email', 'sms']);
  await change(guardian, { phone: '+4915112345678', channels: ['sms', 'email'] });
  const [again] = await owed(sessionId, guardian, 'credential');
  expect([again!.channel, again!.fallback, again!.state]).toEqual(['sms', 'email', 'planned']);
  expect(await owed(sessionId, guardian, 'confirmation')).toEqual([confirmation]);
  await change(guardian, { channels: ['email'], quietFrom: null, quietTo: null, zone: 'Europe/Berlin' });
  expect((await owed(sessionId, guardian, 'credential', 'reminder')).map((o) => o.channel)).toEqual(['email', 'email', 'email']);
});

test('a guardian added after the booking is owed what is ahead; one who loses the right is owed it no more, until it is given back', async () => {
  const cast = await lectern.cast(2);
  const [studentId, other] = cast.studentIds;
  const [first, ofOther] = cast.guardianIds;
  const sessionId = await lectern.book(cast, 80 * HOUR);
  const before = await owed(sessionId, first!, 'reminder', 'credential');
  const elsewhere = await owed(sessionId, ofOther!, 'reminder', 'credential', 'confirmation');
  const said = (list: Owed[]) => list.map(({ kind, step, state, dueAt, channel, template }) => ({ kind, step, state, dueAt, channel, template }));
  const added = await lectern.api<{ id: string }>('POST', '/v1/people', {
    kind: 'guardian',
    name: `Gea Invented${cast.tag}`,
    givenName: 'Gea',
    zone: 'Europe/Berlin',
    email: `gea.${cast.tag}@example.invalid`,
    students: [{ studentId, household: 'second' }],
  });
  const gea = added.body.id;
  expect(said(await owed(sessionId, gea, 'reminder', 'credential'))).toEqual(said(before));
  await lectern.until('the confirmation of the one who came later', async () => (await lectern.mails(cast)).some((m) => m.to.startsWith('gea.')));

  await change(gea, { students: [{ studentId, household: 'second', canNotify: false }] });
  const taken = (await owed(sessionId, gea, 'reminder', 'credential')).map((o) => `${o.state}: ${o.reason}`);
  expect(new Set(taken)).toEqual(new Set(['suppressed: people-changed']));
  await change(gea, { students: [{ studentId, household: 'second', canNotify: true }] });
  expect(said(await owed(sessionId, gea, 'reminder', 'credential'))).toEqual(said(before));
  await change(gea, { students: [{ studentId: other, household: 'second' }] });
  const about = await lectern.query<{ aboutId: string; state: string }>(
    `SELECT about_id, state FROM obligations WHERE session_id = ? AND person_id = ? AND kind = 'reminder' ORDER BY state`,
    [sessionId, gea],
  );
  expect(about).toEqual([other, other, studentId, studentId].map((aboutId, i) => ({ aboutId, state: i < 2 ? 'planned' : 'suppressed' })));
  await change(gea, { active: false });
  expect((await owed(sessionId, gea, 'reminder', 'credential')).filter((o) => o.state === 'planned')).toEqual([]);

  expect(said(await owed(sessionId, first!, 'reminder', 'credential'))).toEqual(said(before));
  const others = await owed(sessionId, ofOther!, 'reminder', 'credential', 'confirmation');
  expect(others.map((o) => [o.kind, o.dueAt])).toEqual(elsewhere.map((o) => [o.kind, o.dueAt]));
});

/** Moves in one transaction, so that nothing is sent in between. */
async function moveAtOnce(sessionId: string, starts: Date[]): Promise<void> {
  const { organisationId, secret } = lectern.at;
  const asOf = lectern.now();
  await lectern.in(async (tx) => {
    for (const [i, startsAt] of starts.entries()) {
      const ctx = { db: lectern.db, organisationId, principal: SYSTEM, asOf: new Date(+asOf + i), requestId: null, secret };
      const input = { kind: 'reschedule' as const, startsAt, endsAt: new Date(+startsAt + 30 * MINUTE) };
      await applyChange(ctx, tx, await lockSession(tx, sessionId), input, newId());
    }
  });
}
const noticesOf = async (cast: Cast) => (await lectern.mails(cast)).filter((m) => /^New time/.test(m.subject) && m.to.startsWith('gil'));

test('of two moves before anybody was told, one notice is sent: from the time that was known to the one that holds', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 60 * HOUR);
  await lectern.until('the confirmation', async () => (await owed(sessionId, cast.guardianIds[0]!, 'confirmation'))[0]!.state === 'delivered');
  const { startsAt } = await lectern.session(sessionId);
  const [first, second] = [new Date(+startsAt + 24 * HOUR), new Date(+startsAt + 50 * HOUR)];
  await moveAtOnce(sessionId, [first, second]);
  const [notice] = await lectern.until('the notice', async () => {
    const found = await noticesOf(cast);
    return found.length > 0 && found;
  });
  const when = (at: Date): string => timeForReader(+at, 'Europe/Berlin', 'en');
  expect(notice!.subject).toContain(when(second));
  expect(notice!.text).toContain(`It was to be ${when(startsAt)}`);
  expect(notice!.text).not.toContain(when(first));
  const ends = await lectern.until('the end of both notices', async () => {
    const notices = await owed(sessionId, cast.guardianIds[0]!, 'change');
    return notices.every((o) => o.state !== 'claimed') && notices.map((o) => `${o.state}: ${o.reason}`);
  });
  expect(ends).toEqual(['suppressed: session-moved', 'delivered: null']);
});

test('of a lesson moved away and back before anybody was told, nobody hears', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 60 * HOUR);
  await lectern.until('the confirmation', async () => (await owed(sessionId, cast.guardianIds[0]!, 'confirmation'))[0]!.state === 'delivered');
  const { startsAt } = await lectern.session(sessionId);
  await moveAtOnce(sessionId, [new Date(+startsAt + 24 * HOUR), startsAt]);
  const reasons = await lectern.until('the end of the notices', async () => {
    const notices = await owed(sessionId, cast.guardianIds[0]!, 'change');
    return notices.every((o) => o.state === 'suppressed') && notices.map((o) => o.reason);
  });
  expect(reasons).toEqual(['session-moved', 'moved-back-before-told']);
  expect(await noticesOf(cast)).toEqual([]);
});

test('a held booking cannot be moved to where it would not be admitted, and its preview says so', async () => {
  const cast = await lectern.cast(1);
  const { id: unreachable } = (
    await lectern.api<{ id: string }>('POST', '/v1/people', { kind: 'student', name: 'Una Unreachable', givenName: 'Una', zone: 'Europe/Berlin' })
  ).body;
  const startsAt = new Date(+lectern.now() + 80 * HOUR);
  const held = await lectern.api<{ id: string }>('POST', '/v1/sessions', {
    title: 'Held',
    studentIds: [unreachable],
    instructorId: cast.instructorId,
    ...times(startsAt),
  });
  expect(held.status).toBe(202);
  const longer = { kind: 'reschedule', startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 9 * HOUR).toISOString() };
  const preview = await lectern.api<{ verdict: string }>('POST', `/v1/sessions/${held.body.id}/changes?preview=true`, longer);
  expect(preview.body.verdict).toBe('refuse');
  const answer = await lectern.api<{ code: string }>('POST', `/v1/sessions/${held.body.id}/changes`, longer);
  expect(answer).toMatchObject({ status: 422, body: { code: 'refused-by-policy' } });
  expect(await lectern.session(held.body.id)).toMatchObject({ rev: 1, status: 'held', startsAt });
  const step = await lectern.openStep(held.body.id, 'booking');
  await move(held.body.id, new Date(+startsAt + 24 * HOUR));
  expect((await lectern.decide(step, 'approve')).status).toBe(409);
  expect((await lectern.decide(await lectern.openStep(held.body.id, 'booking'), 'approve')).status).toBe(200);
  expect(await lectern.session(held.body.id)).toMatchObject({ rev: 2, status: 'booked', startsAt: new Date(+startsAt + 24 * HOUR) });
});
