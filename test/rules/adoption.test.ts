import type { AdoptionPreview } from '../../commands/adoption/preview';
import { adoptSome } from '../../commands/adoption/adopt';
import { SYSTEM } from '../../commands/context';
import type { RuleFile } from '../../db/rule-sets';
import { rulesOf } from '../support/cli';
import { HOUR, Lectern } from '../support/lectern';
import { OwnOrganisation } from '../support/organisation';
import { editedPolicies, publish, shippedRules } from '../support/rule-files';
import type { Published } from '../../commands/publish-rules';

jest.setTimeout(240_000);
const shared = new Lectern();
afterAll(() => shared.close());

interface Adoption {
  id: string;
  number: number;
  state: string;
  withTerms: boolean;
  sessions: number;
  waiting: number;
  failed: number;
  messages: { moved: number; added: number; takenBack: number };
  failures?: { sessionId: string; why: string }[];
}
interface Row {
  id: string;
  kind: string;
  step: string;
  personId: string;
  state: string;
  reason: string | null;
  dueAt: Date;
}

const { messages } = shippedRules();
/** The first rule that has this text is the guardian's. */
const guardianHourBefore = (offset: string): RuleFile[] =>
  editedPolicies({
    'obligations.json': [
      [
        `"to": "guardian",\n        "channel": "email",\n        "anchor": "start",\n        "offset": "-1h"`,
        `"to": "guardian",\n        "channel": "email",\n        "anchor": "start",\n        "offset": "${offset}"`,
      ],
    ],
  });
const rowsOf = (own: OwnOrganisation, sessionId: string, step = 'hour-before'): Promise<Row[]> =>
  own.query(`SELECT id, kind, step, person_id, state, reason, due_at FROM obligations WHERE session_id = ? AND step = ? ORDER BY person_id`, [
    sessionId,
    step,
  ]);
const adoptions = async (own: OwnOrganisation): Promise<Adoption[]> => (await own.api<{ items: Adoption[] }>('GET', '/v1/adoptions')).body.items;
const over = (own: OwnOrganisation, count = 1): Promise<Adoption[]> =>
  own.until('the adoption to be over', async () => {
    const list = await adoptions(own);
    return list.length === count && list.every((a) => a.state !== 'running') && list;
  });
const settled = async (own: OwnOrganisation, policies: RuleFile[]): Promise<void> => {
  expect(await publish(own, policies, 'another time')).toMatchObject({ status: 201, body: { state: 'in-force' } });
};

test('what a publish would do is listed before, and done afterwards: one reminder moves, and goes once', async () => {
  const own = await OwnOrganisation.of(shared);
  const cast = await own.cast(1);
  const sessionId = await own.book(cast, 30 * HOUR);
  const before = await rowsOf(own, sessionId);
  const edited = guardianHourBefore('-2h');
  const { body: shown } = await own.api<AdoptionPreview>('POST', '/v1/adoptions/preview', { policies: edited, messages });
  expect(shown).toMatchObject({ sessions: 1, looked: 1, affected: 1, moved: 1, added: 0, takenBack: 0 });
  const { startsAt } = await own.session(sessionId);
  const [guardianId] = cast.guardianIds;
  const times = { from: new Date(+startsAt - HOUR).toISOString(), to: new Date(+startsAt - 2 * HOUR).toISOString() };
  expect(shown.cases).toMatchObject([{ sessionId, messages: [{ kind: 'reminder', step: 'hour-before', personId: guardianId, ...times }] }]);
  expect(await rowsOf(own, sessionId)).toEqual(before);
  expect(await adoptions(own)).toEqual([]);

  await settled(own, edited);
  expect(await over(own)).toMatchObject([
    { state: 'done', number: 2, sessions: 1, waiting: 0, failed: 0, messages: { moved: 1, added: 0, takenBack: 0 } },
  ]);
  const after = await rowsOf(own, sessionId);
  expect(after.map((r) => r.id)).toEqual(before.map((r) => r.id));
  expect(after.map((r) => [r.state, +startsAt - +r.dueAt])).toEqual(after.map((r) => ['planned', (r.personId === guardianId ? 2 : 1) * HOUR]));

  // Back again: the reminder moves back, and the sessions follow as they did.
  const back = await own.api<Published>('POST', '/v1/rules/rollback', { message: 'as it was' });
  expect(back).toMatchObject({ status: 201, body: { number: 3 } });
  expect((await over(own, 2))[0]).toMatchObject({ number: 3, messages: { moved: 1 } });
  expect((await rowsOf(own, sessionId)).map((r) => [r.id, +r.dueAt])).toEqual(before.map((r) => [r.id, +r.dueAt]));
});

test('what the new rules would have had due before they were published is not sent any more, and says so', async () => {
  const own = await OwnOrganisation.of(shared);
  const cast = await own.cast(1);
  const sessionId = await own.book(cast, 5 * HOUR);
  const [guardianId] = cast.guardianIds;
  await settled(own, guardianHourBefore('-6h'));
  expect(await over(own)).toMatchObject([{ messages: { moved: 0, takenBack: 1 } }]);
  const rows = await rowsOf(own, sessionId);
  expect(rows.find((r) => r.personId === guardianId)).toMatchObject({ state: 'suppressed', reason: 'due-before-publish' });
  expect(rows.filter((r) => r.personId !== guardianId).map((r) => r.state)).toEqual(rows.slice(1).map(() => 'planned'));
  // Once the rules want it at a time that is still to come, it is owed again.
  await settled(own, guardianHourBefore('-2h'));
  await over(own, 2);
  const { startsAt } = await own.session(sessionId);
  const owed = (await rowsOf(own, sessionId)).find((r) => r.personId === guardianId)!;
  expect([owed.state, owed.reason, +startsAt - +owed.dueAt]).toEqual(['planned', null, 2 * HOUR]);
});

test('a set that lays out nothing otherwise leaves every lesson alone; a lesson that has begun, too', async () => {
  const own = await OwnOrganisation.of(shared);
  await own.book(await own.cast(1), 30 * HOUR);
  const grace = editedPolicies({ 'no-show.student.json': [['"grace": "15m"', '"grace": "16m"']] });
  expect((await own.api<AdoptionPreview>('POST', '/v1/adoptions/preview', { policies: grace, messages })).body).toMatchObject({
    sessions: 0,
    cases: [],
  });
  await settled(own, grace);
  expect(await adoptions(own)).toEqual([]);
});

test('a newer publish takes over from an adoption under way; a killed one goes on where its rows stand, and does nothing twice', async () => {
  const own = await OwnOrganisation.of(shared, {
    'adoption.json': (d: { params: object }) => Object.assign(d.params, { batch: 1, perMinute: 1, atOncePerMinute: 1 }),
  } as never);
  const ids = [
    await own.book(await own.cast(1), 30 * HOUR),
    await own.book(await own.cast(1), 40 * HOUR),
    await own.book(await own.cast(1), 50 * HOUR),
  ];
  const slow = guardianHourBefore('-2h').map((f) =>
    f.file === 'adoption.json'
      ? {
          ...f,
          text: f.text
            .replace('"batch": 20', '"batch": 1')
            .replace('"perMinute": 300', '"perMinute": 1')
            .replace('"atOncePerMinute": 600', '"atOncePerMinute": 1'),
        }
      : f,
  );
  await settled(own, slow);
  const first = await own.until('the first of three to be done', async () => {
    const [a] = await adoptions(own);
    return a?.waiting === 2 && a;
  });
  expect(first).toMatchObject({ state: 'running', sessions: 3 });
  // Whoever does it again in the middle (after a kill) goes on with what waits.
  const ctx = { db: own.db, organisationId: own.at.organisationId, principal: SYSTEM, asOf: own.now(), requestId: null, secret: own.at.secret };
  const told = { done: () => undefined, failed: () => undefined };
  await Promise.all([adoptSome(ctx, first.id, told), adoptSome(ctx, first.id, told)]);
  const [again] = await adoptions(own);
  expect(again!.waiting).toBeLessThan(2);
  expect(again!.messages.moved).toBe(3 - again!.waiting);
  await settled(own, guardianHourBefore('-3h'));
  const [newest, older] = await over(own, 2);
  expect([newest!.state, older!.state]).toEqual(['done', 'superseded']);
  expect(newest!.sessions).toBe(3);
  for (const id of ids) {
    const { startsAt } = await own.session(id);
    const due = (await rowsOf(own, id)).map((r) => +startsAt - +r.dueAt);
    expect(due.sort((a, b) => a - b)).toEqual([HOUR, HOUR, 3 * HOUR].slice(3 - due.length));
  }
});

test('a lesson that cannot follow is listed with why, keeps what it has, and stops no other', async () => {
  const own = await OwnOrganisation.of(shared);
  const broken = await own.cast(1);
  const ids = [await own.book(broken, 30 * HOUR), await own.book(await own.cast(1), 30 * HOUR)];
  const before = await rowsOf(own, ids[0]!);
  // A zone that no clock knows, as a database of before may hold it.
  await own.query(`UPDATE people SET zone = 'Mars/Olympus', quiet_from = '21:00', quiet_to = '08:00' WHERE id = ?`, [broken.guardianIds[0]]);
  const respectful = guardianHourBefore('-2h').map((f) =>
    f.file === 'obligations.json' ? { ...f, text: f.text.replaceAll('"quiet": "ignore"', '"quiet": "respect"') } : f,
  );
  await settled(own, respectful);
  const [adoption] = await over(own);
  expect(adoption).toMatchObject({ state: 'done', sessions: 2, failed: 1 });
  const { failures } = (await own.api<Adoption>('GET', `/v1/adoptions/${adoption!.id}`)).body;
  expect(failures).toEqual([{ sessionId: ids[0], why: 'something went wrong on our side; the log has it' }]);
  expect(await rowsOf(own, ids[0]!)).toEqual(before);
  expect((await rowsOf(own, ids[1]!)).some((r) => r.state === 'planned')).toBe(true);
  expect((await rulesOf(own)('adoption', adoption!.id)).out).toContain('2 of 2 lessons, 1 could not');
});

test('booked lessons keep their terms until somebody lets those that are meant take the new ones', async () => {
  const own = await OwnOrganisation.of(shared);
  const music = await own.book(await own.cast(1), 20 * HOUR, { programme: 'music' });
  const maths = await own.book(await own.cast(1), 22 * HOUR, { programme: 'maths' });
  const percent = async (id: string): Promise<number> =>
    (await own.api<{ charges: { percent: number }[] }>('POST', `/v1/sessions/${id}/changes?preview=true`, { kind: 'cancel' })).body.charges[0]!
      .percent;
  await settled(own, editedPolicies({ 'change.json': [['"lateShare": 50', '"lateShare": 80']] }));
  expect([await percent(music), await percent(maths)]).toEqual([50, 50]);
  const rules = rulesOf(own);
  const applied = await rules('adoption', '--apply', 'running', '--where', 'programme=music');
  expect(applied).toMatchObject({ code: 0 });
  const [id] = /[0-9a-f-]{36}$/.exec(applied.out.trim())!;
  const [adoption] = await over(own);
  expect(adoption).toMatchObject({ id, withTerms: true, sessions: 1, failed: 0, state: 'done' });
  expect([await percent(music), await percent(maths)]).toEqual([80, 50]);
  expect((await rules('adoption', id)).out).toContain('terms and messages programme=music: done, 1 of 1 lessons');
  const lines = await own.query<{ kind: string }>(`SELECT kind FROM timeline WHERE session_id = ? AND kind = 'terms.adopted'`, [music]);
  expect(lines).toHaveLength(1);
  expect(await own.query(`SELECT 1 FROM audit WHERE action = 'rules.apply' AND entity_id = ?`, [id])).toHaveLength(1);
  expect((await own.api<{ id: null }>('POST', '/v1/adoptions', { number: 2, where: { programme: 'chess' } })).body).toEqual({ id: null });
  expect(await own.api('POST', '/v1/adoptions', { number: 1 })).toMatchObject({ status: 409, body: { code: 'stale', details: [{ now: 2 }] } });
});

test.each([
  ['another word than running', ['adoption', '--apply', 'all'], /--apply is "all"; it may be running/],
  [
    'a selection of nothing known',
    ['adoption', '--apply', 'running', '--where', 'colour=red'],
    /--where is "colour=red"; it may be one of programme=…/,
  ],
  ['a selection without terms', ['adoption', '--where', 'programme=music'], /--where goes with --apply running/],
  ['a time without its offset', ['adoption', '--apply', 'running', '--where', 'from=2027-01-11'], /is no instant/],
])('%s is wrong input', async (_name, args, words) => {
  const { code, err } = await rulesOf(shared)(...args);
  expect([code, err]).toEqual([2, expect.stringMatching(words)]);
});
