import type { PolicyDocument } from '../policy/types';
import { groupsIn, LEAD } from './support/groups';
import { HOUR, Lectern, MINUTE, TRANSCRIPT } from './support/lectern';
import { OwnOrganisation } from './support/organisation';

jest.setTimeout(300_000);
const shared = new Lectern();
let lectern: OwnOrganisation;

/** Whether a group takes place is asked as soon as it is booked, and a place is offered for long enough to be answered by this clock. */
const edited =
  (params: object) =>
  (d: never): void =>
    void Object.assign((d as PolicyDocument).params!, params);
beforeAll(async () => {
  lectern = await OwnOrganisation.of(shared, {
    'preparation.json': edited({ viabilityBefore: '365d' }),
    'waitlist.json': edited({ nearStand: '30h', soonStand: '4h', soon: '20h', near: '100d' }),
    'load.json': edited({ studentMostADay: 2 }),
  });
});
afterAll(async () => {
  await lectern.close();
  await shared.close();
});

const { row, change, studentsOn, asked, verdicts, mailsTo, mail, quiet, group, german } = groupsIn(() => lectern);

describe('whether a group takes place', () => {
  test.concurrent('too few and nowhere else to go: it is cancelled without charge, and each family is told once, in its language, why', async () => {
    const cast = await lectern.cast(2);
    await german(cast, 1);
    const id = await group(cast, { minStudents: 3, subject: `Only ${cast.tag}` });
    await lectern.status(id, 'cancelled');
    expect((await mail(cast, 0, /^Cancelled/)).text).toContain('Too few have signed up for this group. There is no charge.');
    expect((await mail(cast, 1, /^Abgesagt/)).text).toContain('zu wenige angemeldet. Es wird nichts berechnet.');
    expect(await lectern.closed(id)).toBe('cancelled');
    for (const n of [0, 1]) expect((await mailsTo(cast, n)).filter((m) => /^(Cancelled|Abgesagt)/.test(m.subject))).toHaveLength(1);
    expect(await lectern.query('SELECT 1 FROM journals WHERE session_id = ?', [id])).toEqual([]);
    expect(await verdicts(id)).toEqual(['cancel']);
    const { body } = await lectern.api<{ items: { point: string; sentence: string }[] }>('GET', `/v1/sessions/${id}/decisions`);
    expect(body.items.find((d) => d.point === 'viability')?.sentence).toMatch(/nowhere-else|cancel/);
  });

  test.concurrent(
    'with enough nothing is decided; when one leaves after the deadline it is asked at once, and one alone gets a 1:1 lesson',
    async () => {
      const cast = await lectern.cast(2);
      const id = await group(cast, { minStudents: 2, subject: `Pair ${cast.tag}` });
      await asked(id);
      expect(await verdicts(id)).toEqual([]);
      await mail(cast, 0, /^Booked/);
      expect((await change(id, { kind: 'drop', studentId: cast.studentIds[1] })).status).toBe(200);
      expect((await mail(cast, 0, /^Now 1:1/)).text).toContain('The price stays the same.');
      expect(await row(id)).toMatchObject({ status: 'booked', minStudents: null, capacity: 1, priceMinor: 4500, payMinor: 3000 });
      expect(await verdicts(id)).toEqual(['convert']);
      await quiet(id);
      expect((await mailsTo(cast, 0)).filter((m) => /^Now 1:1/.test(m.subject))).toHaveLength(1);
      expect((await mailsTo(cast, 1)).filter((m) => /^Now 1:1/.test(m.subject))).toEqual([]);
    },
  );

  test.concurrent('two groups of one time that become too small at once go together: one of them takes all, each family is told once', async () => {
    const [a, b] = [await lectern.cast(2), await lectern.cast(2)];
    const subject = `Both ${a.tag}`;
    const startsAt = new Date(+lectern.now() + LEAD);
    const times = { startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 30 * MINUTE).toISOString() };
    const ids = [await group(a, { minStudents: 2, subject, ...times }), await group(b, { minStudents: 2, subject, ...times })] as const;
    await Promise.all(ids.map(asked));
    await quiet(...ids);
    // From now on each needs three, and has two.
    const raise = async (id: string) => lectern.api('PATCH', `/v1/sessions/${id}/places`, { version: (await row(id)).version, minStudents: 3 });
    expect((await Promise.all(ids.map(raise))).map((r) => r.status)).toEqual([200, 200]);
    const gone = await lectern.until('one of them to be gone', async () => {
      const states = await Promise.all(ids.map(async (id) => (await row(id)).status));
      return states.includes('cancelled') && ids[states.indexOf('cancelled')];
    });
    const stays = ids.find((id) => id !== gone)!;
    await lectern.closed(gone);
    await quiet(...ids);
    expect((await row(stays)).status).toBe('booked');
    expect(await studentsOn(stays)).toEqual([...a.studentIds, ...b.studentIds].sort());
    const [moved, kept] = gone === ids[0] ? [a, b] : [b, a];
    for (const n of [0, 1]) {
      expect((await mailsTo(moved, n)).map((m) => m.subject.replace(/:.*/, '')).sort()).toEqual(['Booked', 'Together with another group']);
      expect((await mailsTo(kept, n)).map((m) => m.subject.replace(/:.*/, ''))).toEqual(['Booked']);
    }
    // The other one has enough now.
    expect(await verdicts(gone)).toEqual(['merge']);
    const roster = await lectern.until('the roster', async () =>
      (await lectern.mails(kept)).find((m) => m.to.startsWith('ines.') && /joins/.test(m.subject)),
    );
    expect(roster.subject).toMatch(/^Stu[01], Stu[01] joins/);
    expect((await lectern.mails(kept)).filter((m) => /joins/.test(m.subject))).toHaveLength(1);
  });

  test.concurrent('another group at another time is a coordinator’s to say; somebody who joins meanwhile answers the question', async () => {
    const [a, b, c] = [await lectern.cast(2), await lectern.cast(3), await lectern.cast(1)];
    const subject = `Later ${a.tag}`;
    const other = await group(b, { minStudents: 3, subject }, LEAD + 3 * HOUR);
    const id = await group(a, { minStudents: 3, subject });
    const step = await lectern.openStep(id, 'viability');
    const read = () => lectern.api<{ options: string[]; reason: string; state: string }>('GET', `/v1/held-steps/${step.id}`);
    expect((await read()).body.options).toEqual(['run', 'merge', 'cancel']);
    expect((await read()).body.reason).toContain('has 2 students and needs 3.');
    expect((await change(id, { kind: 'add', studentId: c.studentIds[0] })).status).toBe(200);
    expect((await read()).body.state).toBe('withdrawn');
    expect((await change(id, { kind: 'drop', studentId: c.studentIds[0] })).status).toBe(200);
    const again = await lectern.openStep(id, 'viability');
    expect(again.id).not.toBe(step.id);
    expect((await lectern.decide(again, 'merge')).status).toBe(200);
    expect((await row(id)).status).toBe('cancelled');
    expect(await studentsOn(other)).toEqual([...a.studentIds, ...b.studentIds].sort());
    await mail(a, 0, /^Together with another group/);
  });
});

describe('how much somebody has', () => {
  test.concurrent('a change gives nobody more than the day holds, also when two are made at once', async () => {
    const cast = await lectern.cast(1);
    const [studentId] = cast.studentIds;
    const others = await Promise.all(Array.from({ length: 4 }, () => lectern.cast(1)));
    // All on one day of Berlin, whenever it is now.
    const noon = new Date(+lectern.now() + 72 * HOUR).setUTCHours(10, 0, 0, 0);
    const ids = await Promise.all(
      others.map((o, n) =>
        lectern.book(o, 0, { startsAt: new Date(noon + n * HOUR).toISOString(), endsAt: new Date(noon + n * HOUR + 15 * MINUTE).toISOString() }),
      ),
    );
    const answers = await Promise.all(ids.map((id) => change(id, { kind: 'add', studentId })));
    expect(answers.map((a) => a.status).sort()).toEqual([200, 200, 422, 422]);
    expect(answers.find((a) => a.status === 422)!.body).toMatchObject({ code: 'refused-by-policy', details: { rule: 'student-full-that-day' } });
    // A lesson of another day does not come to it either, but one of that day may move within it.
    const to = (ms: number) => ({ kind: 'reschedule', startsAt: new Date(ms).toISOString(), endsAt: new Date(ms + 15 * MINUTE).toISOString() });
    const elsewhere = await lectern.book(cast, 0, {
      startsAt: new Date(noon + 24 * HOUR).toISOString(),
      endsAt: new Date(noon + 24.25 * HOUR).toISOString(),
    });
    expect((await change(elsewhere, to(noon + 5 * HOUR))).body.details).toMatchObject({ rule: 'student-full-that-day' });
    const own = ids[answers.findIndex((a) => a.status === 200)]!;
    expect((await change(own, to(noon + 6 * HOUR))).status).toBe(200);
    const busy = others[0]!;
    const { body } = await lectern.api<{ version: number }>('GET', `/v1/people/${busy.instructorId}`);
    await lectern.api('PATCH', `/v1/people/${busy.instructorId}`, { version: body.version, teaching: { mostADay: 1 } });
    expect((await change(ids[3]!, { kind: 'reassign', instructorId: busy.instructorId })).body.details).toMatchObject({
      rule: 'instructor-wants-no-more',
    });
  });
});

test.concurrent('of a group with every outcome each has their own verdict, charge, update and messages', async () => {
  const cast = await lectern.cast(4);
  const [came, missing, left, silent] = cast.studentIds as [string, string, string, string];
  const { body } = await lectern.api<{ version: number }>('GET', `/v1/people/${silent}`);
  const consents = [{ kind: 'ai', granted: false, textVersion: 't', method: 'test' }];
  expect((await lectern.api('PATCH', `/v1/people/${silent}`, { version: body.version, consents })).status).toBe(200);
  const id = await group(cast, { minStudents: 2, subject: `Mixed ${cast.tag}` }, 100 * MINUTE);
  await lectern.until(
    'ways in',
    async () =>
      (await lectern.query(`SELECT 1 FROM obligations WHERE session_id = ? AND kind = 'credential' AND state = 'delivered'`, [id])).length >= 4,
  );
  // Less than a day before: half the price, by the terms that were agreed.
  expect((await change(id, { kind: 'drop', studentId: left })).status).toBe(200);
  await lectern.arrive(id, cast.instructorId, came, silent);
  await lectern.status(id, 'documenting');
  await lectern.send('transcript.ready', { sessionId: id, lines: TRANSCRIPT });
  expect((await lectern.decide(await lectern.openStep(id, 'documentation.review'), 'approve')).status).toBe(200);
  // The room's provider was not asked who was in it, so that nobody is charged for not coming without a person.
  expect((await lectern.decide(await lectern.openStep(id, 'charge'), 'charge')).status).toBe(200);
  expect(await lectern.closed(id)).toBe('settled');
  const people = await lectern.query<{ personId: string; verdict: string }>('SELECT person_id, verdict FROM participants WHERE session_id = ?', [id]);
  expect(Object.fromEntries(people.map((p) => [p.personId, p.verdict]))).toEqual({
    [came]: 'arrived',
    [silent]: 'arrived',
    [missing]: 'no-show',
    [cast.instructorId]: 'arrived',
  });
  const lines = await lectern.query<{ subjectId: string; kind: string; amount: number }>(
    `SELECT j.subject_id, j.kind, sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0)::int AS amount
     FROM journals j JOIN postings p ON p.journal_id = j.id WHERE j.session_id = ? GROUP BY j.id, j.subject_id, j.kind`,
    [id],
  );
  expect(Object.fromEntries(lines.map((l) => [l.subjectId, `${l.kind} ${l.amount}`]))).toEqual({
    [came]: 'charge 4500',
    [silent]: 'charge 4500',
    [missing]: 'charge 4500',
    [left]: 'charge 2250',
    [lines.find((l) => l.kind === 'payout')!.subjectId]: 'payout 3000',
  });
  const heard = async (n: number): Promise<string[]> => (await mailsTo(cast, n)).map((m) => m.subject.replace(/[:,].*/, ''));
  const [ofMissing, ofLeft] = await Promise.all([1, 2].map(heard));
  const updates = await lectern.query<{ aboutId: string }>(
    `SELECT about_id FROM obligations WHERE session_id = ? AND kind = 'update' AND state = 'delivered' ORDER BY about_id`,
    [id],
  );
  expect(updates.map((u) => u.aboutId)).toEqual([came, silent].sort());
  expect(ofMissing!.filter((s) => /was not in/.test(s))).toHaveLength(1);
  expect(ofLeft!.filter((s) => /^No longer booked/.test(s))).toHaveLength(1);
  expect(
    await lectern.query(`SELECT 1 FROM obligations WHERE session_id = ? AND state NOT IN ('delivered', 'failed-over', 'suppressed')`, [id]),
  ).toEqual([]);
});
