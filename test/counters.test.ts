import { sessionSeen } from '../db/declared-facts';
import { find } from '../decisions/declared/find';
import type { CounterDocument, Where } from '../policy/facts/types';
import { HOUR, type Cast } from './support/lectern';
import { History } from './support/history';
import { organisedForAll, type OwnOrganisation } from './support/organisation';

jest.setTimeout(120_000);
let own: OwnOrganisation;
organisedForAll((made) => (own = made));

let cast: Cast;
/** The lesson that is decided on, in the autumn term. */
let decided: string;
const [MAYA, MILO, NOA] = [0, 1, 2];
const NOW = '2026-11-10T12:00:00+01:00';
const late = (at: string): { kind: 'cancel'; madeAt: string } => ({ kind: 'cancel', madeAt: new Date(Date.parse(at) - HOUR).toISOString() });

beforeAll(async () => {
  cast = await own.cast(3);
  const [maya, milo] = cast.studentIds as [string, string];
  const history = await History.beside(own, await own.book(cast, 9_000 * HOUR));
  for (const [name, startsOn, endsOn] of [
    ['Autumn', '2026-09-01', '2026-12-18'],
    ['Spring', '2027-01-11', '2027-06-30'],
  ])
    await own.api('POST', '/v1/terms', { name, startsOn, endsOn });
  // Milo and Noa are of one household, Maya of another.
  await own.query(`UPDATE guardianships SET household = 'both' WHERE student_id = ANY(?::uuid[])`, [`{${cast.studentIds.slice(1).join(',')}}`]);
  const add = (at: string, more: object = {}): Promise<string> => history.add({ at, students: [maya], change: late(at), ...more });
  // The borders of the term, half an hour after and before midnight in Berlin: in UTC some of them are on the other side.
  await add('2026-08-31T23:30:00+02:00');
  await add('2026-09-01T00:30:00+02:00');
  const [last, behind] = ['2026-12-18T23:30:00+01:00', '2026-12-19T00:30:00+01:00'];
  await add(last, { change: { kind: 'cancel', madeAt: '2026-11-02T10:00:00+01:00', share: 0 } });
  await add(behind, { change: { kind: 'cancel', madeAt: '2026-11-02T11:00:00+01:00', share: 0 } });
  // In the term, told apart by what a filter looks at.
  await add('2026-10-05T16:00:00+02:00', {
    subject: 'Maths',
    programme: 'school',
    change: { ...late('2026-10-05T16:00:00+02:00'), share: 50, status: 'ready' },
  });
  await add('2026-10-06T16:00:00+02:00', { subject: 'maths ', isTrial: true, change: { kind: 'cancel', madeAt: '2026-10-05T16:00:00+02:00' } });
  const group = [maya, milo];
  await add('2026-10-19T16:00:00+02:00', { students: group, change: { kind: 'drop', madeAt: '2026-10-17T10:00:00+02:00', share: 100 } });
  // Not asked for: a booking that nobody had confirmed, a closure, and what is made only after the question.
  await add('2026-10-20T16:00:00+02:00', { change: { ...late('2026-10-20T16:00:00+02:00'), status: 'held' } });
  await add('2026-10-21T16:00:00+02:00', { change: { ...late('2026-10-21T16:00:00+02:00'), point: 'closure' } });
  await add('2026-11-12T16:00:00+01:00', { change: late('2026-11-12T16:00:00+01:00') });
  // Ninety days ago by the clock, an hour more in hours: the clocks went back in between.
  await add('2026-08-14T16:00:00+02:00', { change: { kind: 'cancel', madeAt: '2026-08-12T12:00:00+02:00' } });
  await add('2026-08-15T16:00:00+02:00', { change: { kind: 'cancel', madeAt: '2026-08-12T12:00:01+02:00' } });
  // The year before, and attendance.
  await add('2026-08-30T16:00:00+02:00', { change: { kind: 'reschedule', madeAt: '2026-08-20T16:00:00+02:00', share: 10 }, verdict: 'arrived' });
  await add('2026-10-01T16:00:00+02:00', { change: { kind: 'reschedule', madeAt: '2026-09-20T16:00:00+02:00' }, verdict: 'late' });
  await add('2026-10-02T16:00:00+02:00', { change: { kind: 'reschedule', madeAt: '2026-09-21T16:00:00+02:00' }, verdict: 'no-show' });
  const charge = { percent: 50, postedAt: '2026-10-03T18:00:00+02:00' };
  await add('2026-10-03T16:00:00+02:00', { change: undefined, verdict: 'no-show', instructor: cast.instructorId, charge });
  await add('2026-10-04T16:00:00+02:00', {
    instructor: cast.instructorId,
    change: { kind: 'reassign', madeAt: '2026-10-04T10:00:00+02:00', point: 'acknowledgement' },
  });
  await history.add({ at: '2026-10-08T16:00:00+02:00', students: [cast.studentIds[NOA]!], change: late('2026-10-08T16:00:00+02:00') });
  decided = await history.add({ at: '2026-11-11T16:00:00+01:00', students: [maya], change: { kind: 'cancel', madeAt: '2026-11-10T11:00:00+01:00' } });
});

/** The days of what is counted; each number below is the length of a list that can be looked at. */
async function counted(
  fact: Partial<CounterDocument>,
  who: number | null,
  { asOf = NOW, session = decided }: { asOf?: string; session?: string | null } = {},
) {
  const document = {
    fact: 'x',
    kind: 'counter',
    meaning: { en: '', de: '' },
    example: 0,
    points: [],
    of: 'student',
    window: 'term',
    count: 'cancellation',
    ...fact,
  };
  const [found] = await own.in(async (tx) =>
    find(tx, document as CounterDocument, {
      session: session === null ? null : (await sessionSeen(tx, session))!,
      homeZone: 'Europe/Berlin',
      personIds: [who === null ? cast.instructorId : cast.studentIds[who]!],
      asOf: new Date(asOf),
    }),
  );
  expect(found!.value).toBe(found!.counted!.length);
  return found!.counted!.map((c) => c.day.slice(5));
}

const TERM = ['09-01', '10-05', '10-06', '10-19', '12-18'];
test.each<[string, Partial<CounterDocument>, string[]]>([
  ['in the term: its first and last day in Berlin, not the days around them', {}, TERM],
  [
    'ninety days back by the clock, over the change of clocks',
    { window: '90d' },
    ['08-12', '08-31', '08-31', '10-05', '10-05', '10-17', '11-02', '11-02'],
  ],
  ['nine days back', { window: '9d' }, ['11-02', '11-02']],
  ['seven days back: all is longer ago', { window: '7d' }, []],
  ['in the school year from September on', { window: 'schoolYear', yearFrom: '09-01' }, [...TERM, '12-19']],
  ['in one that begins a day earlier', { window: 'schoolYear', yearFrom: '08-31' }, ['08-31', ...TERM, '12-19']],
  ['in one that began in the middle of October', { window: 'schoolYear', yearFrom: '10-06' }, ['10-06', '10-19', '12-18', '12-19']],
  ['by subject, however it is spelt', { where: { subject: ' MATHS' } }, ['10-05', '10-06']],
  ['by programme', { where: { programme: 'school' } }, ['10-05']],
  ['without trials', { where: { subject: 'maths', trial: false } }, ['10-05']],
  ['at short notice, up to exactly a day', { where: { notice: { to: '24h' } } }, ['09-01', '10-05', '10-06']],
  ['with a day of notice or more', { where: { notice: { from: '24h' } } }, ['10-06', '10-19', '12-18']],
  ['without charge', { where: { share: { to: 0 } } }, ['09-01', '10-06', '12-18']],
  ['for half of the price and more', { where: { share: { from: 50 } } }, ['10-05', '10-19']],
  ['when the room was there already', { where: { status: ['ready', 'live'] } }, ['10-05']],
  ['what was moved', { count: 'move' }, ['10-01', '10-02']],
  ['what was made up: moved, and they came', { count: 'make-up' }, ['10-01']],
  ['what was taken', { count: 'taken' }, ['10-01']],
  ['late', { count: 'late' }, ['10-01']],
  ['no-shows', { count: 'no-show' }, ['10-02', '10-03']],
  ['charges by the day of their lesson', { count: 'charge', where: { share: { from: 50, to: 50 } } }, ['10-03']],
])('%s', async (_name, fact, days) => {
  expect(await counted(fact, MAYA)).toEqual(days);
});

test('whose it is: each has their own, a household what anybody in it has once', async () => {
  expect([await counted({}, MILO), await counted({}, NOA)]).toEqual([[], ['10-08']]);
  expect(await counted({ of: 'household' }, MILO)).toEqual(['10-08']);
  expect(await counted({ of: 'household' }, MAYA)).toEqual(TERM);
  expect(await counted({ count: 'given-up', of: 'instructor' }, null)).toEqual(['10-04']);
  expect(await counted({ count: 'no-show', of: 'instructor' }, null)).toEqual(['10-03']);
});

test('the term is that of the lesson that is decided on, of no lesson that of today; and nothing counts before it has happened', async () => {
  expect(await counted({}, MAYA, { session: null })).toEqual(['09-01', '10-05', '10-06', '10-19', '11-11', '12-18']);
  const between = '2026-12-29T12:00:00+01:00';
  expect(await counted({}, MAYA, { session: null, asOf: between })).toEqual(['08-14', '08-15', '08-31', '12-19']);
  expect(await counted({}, MAYA, { asOf: '2026-10-05T14:59:59+02:00' })).toEqual(['09-01']);
  expect(await counted({}, MAYA, { asOf: '2026-10-05T15:00:00+02:00' })).toEqual(['09-01', '10-05']);
  const where: Where = { notice: { from: '-1h', to: '0m' } };
  expect(await counted({ where }, MAYA)).toEqual([]);
});
