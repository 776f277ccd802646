import { findFact, type FactFound } from '../commands/declared-facts';
import { importTable, missingTables, type TableReport } from '../commands/import-table';
import { SYSTEM } from '../commands/context';
import type { Published } from '../commands/publish-rules';
import { withDeclared } from '../decisions/declared';
import { find } from '../decisions/declared/find';
import { POINTS } from '../decisions/points';
import type { Tx } from '../db/database';
import { sessionSeen } from '../db/declared-facts';
import type { FactDocument } from '../policy/facts/types';
import { compileRuleSet } from '../policy/ruleset';
import type { Json, PolicyDocument } from '../policy/types';
import { History } from './support/history';
import { HOUR, Lectern, type Cast } from './support/lectern';
import { OwnOrganisation } from './support/organisation';
import { shippedRules } from './support/rule-files';

jest.setTimeout(240_000);
const shared = new Lectern();
let own: OwnOrganisation;

const DISTRICT = {
  ...{
    fact: 'district',
    kind: 'lookup',
    meaning: { en: 'The district of the school', de: 'Der Bezirk der Schule' },
    example: 'north',
    points: ['change'],
  },
  ...{ table: 'schools.csv', column: 'district', of: 'student', key: 'externalId', type: 'enum', values: ['north', 'south'] },
};
const HOURS = {
  ...{
    fact: 'leftInOfficeHours',
    kind: 'deadline',
    meaning: { en: 'How long still', de: 'Wie lange noch' },
    example: '2h',
    points: ['change'],
    gives: 'left',
  },
  ...{ hours: '8h', open: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }, zone: 'organisation' },
};
const fileOf = (document: { fact: string }): { file: string; text: string } => ({ file: `${document.fact}.json`, text: JSON.stringify(document) });

/** The shipped rules with facts of our own, and a policy of changes that asks for all of them. */
function rules(): ReturnType<typeof shippedRules> {
  const files = shippedRules();
  files.facts!.push(fileOf(DISTRICT), fileOf(HOURS));
  const policy = files.policies.find((p) => p.file === 'change.json')!;
  const document = JSON.parse(policy.text) as PolicyDocument;
  document.params!.mostLate = 2;
  Object.assign(document.examples.base, { lateCancelsThisTerm: 0, district: 'south', beforeElevenOnTheDay: false, leftInOfficeHours: '0h' });
  document.rules.unshift(
    { id: 'from-the-north', when: { '==': [{ var: 'district' }, 'north'] }, then: { verdict: 'refuse', chargePercent: 0 } },
    {
      id: 'too-often',
      description: 'Who cancels late again and again is looked at by a coordinator',
      when: { '>=': [{ var: 'lateCancelsThisTerm' }, { var: 'params.mostLate' }] },
      then: { verdict: 'hold', chargePercent: 0 },
    },
  );
  document.rules.push({
    id: 'in-time',
    when: { and: [{ var: 'beforeElevenOnTheDay' }, { '>': [{ var: 'leftInOfficeHours' }, '0h'] }] },
    then: { verdict: 'allow', chargePercent: 0 },
  });
  policy.text = JSON.stringify(document);
  return files;
}
const publish = (files: object, message = 'for a test') => own.api<Published>('POST', '/v1/rules/publish', { ...files, message });
const bring = (csv: string, name = 'schools.csv'): Promise<TableReport> => {
  const [header, ...lines] = csv.split('\n').map((line) => line.split(','));
  const ctx = { db: own.db, organisationId: own.at.organisationId, principal: SYSTEM, asOf: own.now(), requestId: null, secret: own.at.secret };
  return importTable(ctx, { name, header: header!, rows: lines.map((cells, i) => ({ row: i + 2, cells })) });
};

beforeAll(async () => {
  own = await OwnOrganisation.of(shared);
  const { unread: _, ...files } = rules();
  expect((await publish(files)).status).toBe(201);
});
afterAll(async () => {
  await own.close();
  await shared.close();
});

/** A student whom another system knows, with a lesson so long ahead. */
async function student(externalId: string, leads: number[], zone = 'Europe/Berlin'): Promise<{ id: string; sessions: string[]; cast: Cast }> {
  const cast = await own.cast(1);
  const id = cast.studentIds[0]!;
  await own.query('UPDATE people SET external_id = ?, zone = ? WHERE id = ?', [externalId, zone, id]);
  const sessions: string[] = [];
  for (const lead of leads) sessions.push(await own.book(cast, lead * HOUR));
  return { id, sessions, cast };
}
const cancel = async (sessionId: string): Promise<{ verdict: string; why: string }> =>
  (await own.api<{ verdict: string; why: string }>('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel' })).body;
interface Made {
  id: string;
  rule: string;
  missing: string[];
  facts: Record<string, Json>;
  asOf: Date;
}
const decisionOf = async (sessionId: string): Promise<Made> =>
  (await own.query<Made>(`SELECT id, rule, missing, facts, as_of FROM decisions WHERE session_id = ? AND point = 'change'`, [sessionId]))[0]!;
const found = (fact: string, personId: string | undefined, sessionId: string, asOf: Date): Promise<FactFound> =>
  own.in((tx) => findFact(tx, { fact, personId, sessionId }, asOf));

test('a change is decided by what was counted; its decision keeps the number, its explanation says it, and whoever asks for the student finds the same', async () => {
  await bring('student,district\nS-1,south');
  const { id, sessions } = await student('S-1', [10, 12, 60, 14]);
  const [first, second, early, third] = sessions as [string, string, string, string];
  // One that is cancelled in good time is not counted.
  for (const session of [early, first, second]) expect((await cancel(session)).verdict).toBe('allow');
  const previewed = await own.api<{ verdict: string; why: string }>('POST', `/v1/sessions/${third}/changes?preview=true`, { kind: 'cancel' });
  const held = await cancel(third);
  expect(held).toMatchObject({ verdict: 'hold', why: expect.stringContaining('2 late cancels this term') as string });
  expect(previewed.body.why).toBe(held.why);
  const made = await decisionOf(third);
  expect([made.rule, made.facts.lateCancelsThisTerm, made.facts.district]).toEqual(['too-often', 2, 'south']);
  expect((await decisionOf(second)).facts.lateCancelsThisTerm).toBe(1);
  for (const fact of ['lateCancelsThisTerm', 'district', 'beforeElevenOnTheDay', 'leftInOfficeHours'])
    expect([fact, (await found(fact, fact === 'leftInOfficeHours' ? undefined : id, third, made.asOf)).value]).toEqual([fact, made.facts[fact]]);
  const { counted, sentence } = await found('lateCancelsThisTerm', id, third, made.asOf);
  expect(counted.map((c) => c.sessionId)).toEqual([first, second]);
  expect(sentence).toMatch(/^lateCancelsThisTerm for Stu0 = 2: \d+ \w+, \d+ \w+$/);
  const over = await own.api<FactFound>('GET', `/v1/facts/value?fact=lateCancelsThisTerm&personId=${id}&sessionId=${third}`);
  expect(over).toMatchObject({ status: 200, body: { value: 2, sentence, unit: 'cancellations' } });
  const whatIf = await own.api<{ rule: string; differs: boolean }>('POST', `/v1/decisions/${made.id}/what-if`, { facts: { lateCancelsThisTerm: 1 } });
  expect(whatIf.body).toMatchObject({ rule: 'cancel-late', differs: true });
});

test('what is not known is recorded as that and handled like any missing fact', async () => {
  await bring('student,district\nS-2,south\nS-3,');
  for (const externalId of ['S-3', 'S-4']) {
    const { id, sessions } = await student(externalId, [20]);
    expect(await cancel(sessions[0]!)).toMatchObject({ verdict: 'hold' });
    const made = await decisionOf(sessions[0]!);
    expect([made.rule, made.missing, made.facts.district]).toEqual(['onMissing', ['district'], null]);
    const { sentence, value } = await found('district', id, sessions[0]!, made.asOf);
    expect([value, sentence]).toEqual([null, `district for Stu0 = not known: schools.csv has nothing for “${externalId}” in district`]);
  }
});

test('a deadline is on the clock of the student, whichever zone that is', async () => {
  const [berlin, york] = [await student('S-5', [400]), await student('S-6', [], 'America/New_York')];
  const day = '2027-11-02';
  const history = await History.beside(own, berlin.sessions[0]!);
  const session = await history.add({ at: `${day}T16:00:00+01:00`, students: [berlin.id] });
  const at = async (clock: string, who: string): Promise<Json> =>
    (await found('beforeElevenOnTheDay', who, session, new Date(`${day}T${clock}Z`))).value;
  // New York still has its summer time: eleven there is 16:00 in Berlin.
  expect([await at('09:59:59', berlin.id), await at('10:00:00', berlin.id)]).toEqual([true, false]);
  expect([await at('14:59:59', york.id), await at('15:00:00', york.id)]).toEqual([true, false]);
  const { sentence } = await found('leftInOfficeHours', undefined, session, new Date('2027-11-01T13:00:00Z'));
  expect(sentence).toBe('leftInOfficeHours = 2 hours: the deadline is Monday, November 1, 16:00 GMT+1 (Europe/Berlin)');
  for (const [fact, personId] of [
    ['beforeElevenOnTheDay', undefined],
    ['beforeElevenOnTheDay', berlin.cast.instructorId],
    ['leftInOfficeHours', berlin.id],
  ] as const)
    await expect(found(fact, personId, session, own.now())).rejects.toMatchObject({ code: 'invalid-request' });
  await expect(found('beforeElevnOnTheDay', berlin.id, session, own.now())).rejects.toThrow('Did you mean beforeElevenOnTheDay?');
});

test('a table is brought in whole or not at all; each fault names row and column, and what facts take has to be of their type', async () => {
  const before = await own.query('SELECT name, hash, version FROM lookup_tables');
  const faults = async (csv: string, name?: string): Promise<string[]> =>
    (await bring(csv, name)).faults.map((f) => `${f.row} ${f.column}: ${f.fault} → ${f.remedy}`);
  expect(await faults('student,district\nS-1,nrth\n,south\nS-2,north\ns-2 ,south\nS-4,so\u0000uth\nS-5,south,more')).toEqual([
    '2 district: "nrth" is nothing that district can be → one of: north, south',
    '3 student: is empty → give the row a key',
    '5 student: "s-2" stands in row 4 as well → leave one of them',
    '6 district: holds a line break or a character that nobody sees → take it out',
    '7 column 3: has no name in the first row → name the column, or take it out',
  ]);
  expect(await faults('student,distrikt\nS-1,north')).toEqual([
    '1 district: district takes this column, and it is not there → call it so; "distrikt" is near to it',
  ]);
  expect(await faults('student,district,district,\nS-1,north')).toHaveLength(2);
  expect(await faults('student,district\nS-1,north', '../schools.csv')).toHaveLength(1);
  expect(await own.query('SELECT name, hash, version FROM lookup_tables')).toEqual(before);
  const report = await bring('student,district\nS-1,north\n s-7 ,SOUTH'.replace('SOUTH', 'south'));
  expect(report).toMatchObject({ faultCount: 0, rows: 2, facts: ['district'], version: expect.any(Number) as number });
  // A key is found however it is spelt, and what was there before is gone.
  const [seven, two] = [await student('S-7', []), await student('S-2', [])];
  const value = async (id: string): Promise<Json> => (await own.in((tx) => findFact(tx, { fact: 'district', personId: id }, own.now()))).value;
  expect([await value(seven.id), await value(two.id)]).toEqual(['south', null]);
});

test('facts are published, compared and taken back with their set; left out of a publish they stay', async () => {
  const { unread: _, ...files } = rules();
  const days = files.facts!.map((f) => (f.file === 'lateCancelsThisTerm.json' ? { ...f, text: f.text.replace('"term"', '"90d"') } : f));
  const published = await publish({ ...files, facts: days });
  expect(published.body.diff.booked).toEqual(['lateCancelsThisTerm: window term → 90 days']);
  const { facts: _left, ...without } = files;
  expect((await publish(without)).body.state).toBe('unchanged');
  const refused = await publish({ ...files, facts: [] });
  expect([refused.status, JSON.stringify(refused.body)]).toEqual([422, expect.stringContaining('unknown-fact')]);
  await own.query(`DELETE FROM lookup_rows WHERE table_name = 'schools.csv'`);
  await own.query(`DELETE FROM lookup_tables WHERE name = 'schools.csv'`);
  expect(await own.in(missingTables)).toEqual([{ table: 'schools.csv', facts: ['district'] }]);
  const back = await own.api<Published>('POST', '/v1/rules/rollback', { number: 1, message: 'As shipped' });
  expect(back.body.diff.booked).toContain('district: fact removed');
  const listed = await own.api<{ items: { fact: string }[] }>('GET', '/v1/facts');
  expect(listed.body.items.map((f) => f.fact)).toEqual(shippedRules().facts!.map((f) => f.file.replace('.json', '')));
  await publish(files);
});

test('a change about one student has the facts of that one, a change of the lesson those of whoever has most', async () => {
  await bring('student,district\nS-9,south\nS-10,south');
  const { id, sessions, cast } = await student('S-9', [10, 11]);
  for (const session of sessions) await cancel(session);
  const other = (await student('S-10', [])).id;
  const group = await own.book({ ...cast, studentIds: [id, other] }, 200 * HOUR);
  const about = async (change: object): Promise<Json | undefined> => {
    await own.api('POST', `/v1/sessions/${group}/changes`, change);
    const [made] = await own.query<Made>(`SELECT facts FROM decisions WHERE session_id = ? AND point = 'change' ORDER BY as_of DESC LIMIT 1`, [
      group,
    ]);
    return made!.facts.lateCancelsThisTerm;
  };
  expect(await about({ kind: 'drop', studentId: id })).toBe(2);
  expect(await about({ kind: 'cancel' })).toBe(2);
  expect(await about({ kind: 'drop', studentId: other })).toBe(0);
});

test('a field of the session is looked up as well', async () => {
  await bring('subject,rate\nMaths,40\npiano,', 'rates.csv');
  const fact = { ...DISTRICT, type: 'percent', table: 'rates.csv', column: 'rate', of: 'session', key: 'subject' } as unknown as FactDocument;
  const { id, sessions } = await student('S-11', [600]);
  const history = await History.beside(own, sessions[0]!);
  let hour = 10;
  const rate = async (subject: string): Promise<Json | undefined> => {
    const sessionId = await history.add({ at: `2027-05-03T${hour++}:00:00Z`, students: [id], subject });
    return own.in(async (tx) => {
      const session = (await sessionSeen(tx, sessionId))!;
      return (await find(tx, fact, { session, homeZone: session.homeZone, personIds: [], asOf: own.now() }))[0]!.value;
    });
  };
  expect([await rate('maths '), await rate('Piano'), await rate('Singing')]).toEqual([40, null, null]);
});

test('what is asked of several people at one moment is found once for all of them', async () => {
  await bring('instructor,certified\nI-1,yes\nI-2,no', 'certificates.csv');
  const files = rules();
  const certified = { ...DISTRICT, fact: 'certified', type: 'boolean', example: true, points: ['substitute.eligibility'], table: 'certificates.csv' };
  const { values: _, ...document } = { ...certified, column: 'certified', of: 'instructor' };
  files.facts!.push(fileOf(document));
  const policy = files.policies.find((p) => p.file === 'substitute.eligibility.json')!;
  const eligibility = JSON.parse(policy.text) as PolicyDocument;
  eligibility.rules.unshift({ id: 'no-certificate', when: { '!': [{ var: 'certified' }] }, then: { eligible: false, reason: 'no certificate' } });
  const set = compileRuleSet({ ...files, policies: [{ file: policy.file, text: JSON.stringify(eligibility) }] }, POINTS);
  const { cast, sessions } = await student('S-8', [500]);
  const instructors = [cast.instructorId, ...(await Promise.all([own.cast(1), own.cast(1)])).map((c) => c.instructorId)];
  for (const [i, id] of instructors.entries()) await own.query('UPDATE people SET external_id = ? WHERE id = ?', [`I-${i + 1}`, id]);
  const asOf = own.now();
  const questions = instructors.map((subject) => ({
    ...{ point: 'substitute.eligibility', sessionId: sessions[0]!, subject, facts: { blocked: false }, asOf },
    labels: { programme: null, branch: null, subject: null },
  }));
  const said: string[] = [];
  const asked = await own.in((tx) => {
    const listening = new Proxy(tx, {
      get: (target, name) =>
        name === 'raw' ? (sql: string, bindings?: unknown[]) => (said.push(sql), target.raw(sql, bindings)) : (Reflect.get(target, name) as unknown),
    });
    return withDeclared(listening, set, questions);
  });
  expect(asked.map((q) => q.facts)).toEqual([true, false, null].map((value) => ({ blocked: false, certified: value })));
  // The session, the people, the cells.
  expect(said).toHaveLength(3);
});

test('as shipped nothing more is read for any question', async () => {
  const set = compileRuleSet(shippedRules(), POINTS);
  const nobody = new Proxy({} as Tx, {
    get() {
      throw new Error('a statement');
    },
  });
  const questions = Object.keys(POINTS).map((point) => ({
    ...{ point, sessionId: 'x', subject: 'x', facts: {}, asOf: own.now() },
    labels: { programme: null, branch: null, subject: null },
  }));
  const asked = await withDeclared(nobody, set, questions);
  expect(asked.every((q, i) => q === questions[i])).toBe(true);
});
