import { Driver, publishMatrixRules } from './support/change-matrix';
import type { Entry, Kind, Run } from './support/change-observer';
import {
  IS_DOCUMENTED,
  IS_TAUGHT,
  PEOPLE_KINDS,
  PEOPLE_PHASES,
  PeopleDriver,
  type PeopleKind,
  type Peopled,
  type PeoplePhase,
} from './support/change-people';
import { Lectern, type Cast, type Mail } from './support/lectern';
import { OwnLectern } from './support/own-lectern';

jest.setTimeout(600_000);
const own = new OwnLectern();
let lectern: Lectern;

const STUDENTS = [1, 5, 30];
const KINDS: Kind[] = ['cancel', 'reschedule'];
type Phase = 'held' | 'booked' | 'room' | 'ready';
const PHASES: [Phase, string][] = [
  ['held', 'held'],
  ['booked', 'booked, before its room'],
  ['room', 'with its room, before the coverage gate'],
  ['ready', 'ready'],
];
const OVER = ['awaiting transcript', 'awaiting review', 'settling', 'settled'];
type Cell = [what: string, key: string, kind: Kind, phase: Phase | 'live'];
const nameOf = (phase: string, kind: Kind, students: number): string =>
  `${kind === 'cancel' ? 'cancelling' : 'moving'} a session of ${students} that is ${phase}`;
const CHANGED: Cell[] = STUDENTS.flatMap((n): Cell[] => [
  ...PHASES.flatMap(([phase, words]) => KINDS.map((kind): Cell => [nameOf(words, kind, n), `${phase}/${kind}/${n}`, kind, phase])),
  [nameOf('live', 'cancel', n), `live/${n}`, 'cancel', 'live'],
]);
const REFUSED: [what: string, key: string, kind: Kind, phase: string][] = STUDENTS.flatMap((n) => [
  [nameOf('live', 'reschedule', n), `live/${n}`, 'reschedule', 'live'] as const,
  ...OVER.flatMap((phase) => KINDS.map((kind) => [nameOf(phase, kind, n), `standard/${n}`, kind, phase] as const)),
]) as [string, string, Kind, string][];

type PeopleCell = [what: string, kind: PeopleKind, phase: PeoplePhase, students: number];
const PEOPLE_SIZES: Record<PeoplePhase, number[]> = { held: [1, 3], booked: [1, 30], room: [1, 30], ready: [1, 3, 30], live: [1, 30] };
const PEOPLE_CELLS = PEOPLE_PHASES.flatMap((phase) =>
  PEOPLE_SIZES[phase].flatMap((n) => PEOPLE_KINDS.map((kind): PeopleCell => [`${kind} of a session of ${n} that is ${phase}`, kind, phase, n])),
);
/** A lesson without a student is none; two do not exchange instructors once one has begun; a booking that is held has no room to leave. */
const isRefused = ([, kind, phase, n]: PeopleCell): boolean =>
  (kind === 'drop' && n === 1) || (kind === 'swap' && phase === 'live') || (kind === 'room' && phase === 'held');
const peopled = new Map<string, Peopled | Error>();
function peopledOf(what: string): Peopled {
  const found = peopled.get(what);
  if (!found || found instanceof Error) throw found ?? new Error(`no run ${what}`);
  return found;
}

const runs = new Map<string, Run | Error>();
let mails: readonly Mail[] = [];

/** Sessions live side by side; what each cell looks at is kept, and looked at in its own test. */
beforeAll(async () => {
  lectern = new Lectern(await own.start());
  lectern.patienceMs = 240_000;
  await publishMatrixRules(lectern);
  const driver = new Driver(lectern);
  const going: [string, () => Promise<Run>][] = STUDENTS.flatMap((n): [string, () => Promise<Run>][] => [
    [`standard/${n}`, () => driver.standard(n)],
    [`live/${n}`, () => driver.live(n)],
    ...KINDS.flatMap((kind) => PHASES.map(([phase]): [string, () => Promise<Run>] => [`${phase}/${kind}/${n}`, () => driver[phase](n, kind)])),
  ]);
  const people = new PeopleDriver(lectern);
  const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
  const peopling = (wanted: (phase: PeoplePhase) => boolean): Promise<void>[] =>
    PEOPLE_CELLS.filter(([, , phase]) => wanted(phase)).map(async ([what, kind, phase, n]) => {
      peopled.set(what, await people.cell(kind, phase, n).catch(asError));
    });
  const isEarly = (phase: PeoplePhase): boolean => phase === 'held' || phase === 'booked';
  // In two turns, so that a slow machine is in time for lessons that are near.
  await Promise.all([...peopling(isEarly), ...going.map(async ([key, go]) => void runs.set(key, await go().catch(asError)))]);
  await Promise.all(peopling((phase) => !isEarly(phase)));
  mails = await lectern.sink();
});
afterAll(async () => {
  await lectern.close();
  await own.stop();
});

function runOf(key: string): Run {
  const run = runs.get(key);
  if (!run || run instanceof Error) throw run ?? new Error(`no run ${key}`);
  return run;
}
const mailsOf = (run: Run): Mail[] => mails.filter((m) => m.to.includes(run.cast.tag));
const sorted = (list: readonly Entry[]): string[] => list.map((e) => `${e.kind}/${e.step}/${e.channel} to ${e.personId}`).sort();

/** What reached the sink after the change, as the message plan calls it. */
async function arrivedAfter(run: Run): Promise<{ entry: Entry; mail: Mail }[]> {
  const rows = await lectern.query<Entry & { id: string }>('SELECT id, person_id, kind, step, channel FROM obligations WHERE session_id = ?', [
    run.sessionId,
  ]);
  return mailsOf(run)
    .filter((m) => !run.made!.sentBefore.includes(m.key.split('.')[0]!))
    .map((mail) => ({ mail, entry: rows.find((r) => r.id === mail.key.split('.')[0])! }));
}

async function ledgerOf(run: Run): Promise<{ charges: Map<string, number>; sum: number }> {
  const postings = await lectern.query<{ kind: string; subjectId: string; amountMinor: number }>(
    'SELECT j.kind, j.subject_id, p.amount_minor FROM postings p JOIN journals j ON j.id = p.journal_id WHERE j.session_id = ?',
    [run.sessionId],
  );
  const charges = postings.filter((p) => p.kind === 'charge' && p.amountMinor > 0);
  return { charges: new Map(charges.map((p) => [p.subjectId, p.amountMinor])), sum: postings.reduce((sum, p) => sum + p.amountMinor, 0) };
}

describe.each(CHANGED)('%s', (_what, key, kind, phase) => {
  test('does what its preview said: the same charge and messages, and those reach the sink', async () => {
    const run = runOf(key);
    const { preview, made, suppressed } = run.made!;
    expect(preview.verdict).toBe('allow');
    expect(made.charges).toEqual(preview.charges);
    expect(sorted(made.messages)).toEqual(sorted(preview.messages));
    expect(sorted(made.dropped)).toEqual(sorted(preview.dropped));
    expect(sorted(suppressed)).toEqual(sorted(preview.dropped));
    if (phase === 'held') return;
    expect(sorted((await arrivedAfter(run)).map((a) => a.entry))).toEqual(sorted(preview.messages));
    if (kind !== 'cancel') return;
    const { charges } = await ledgerOf(run);
    expect([...charges].sort()).toEqual(
      preview.charges
        .filter((c) => c.amountMinor > 0)
        .map((c) => [c.studentId, c.amountMinor])
        .sort(),
    );
  });

  test('tells everyone concerned once, and nobody two truths', async () => {
    const run = runOf(key);
    const { oldTime, newTime, link } = run.made!;
    const people = run.cast.studentIds.length + 1;
    const mine = mailsOf(run);
    const count = (subject: RegExp): number => mine.filter((m) => subject.test(m.subject)).length;
    expect(new Set(mine.map((m) => m.messageId)).size).toBe(mine.length);
    expect(count(/^Cancelled/)).toBe(phase !== 'held' && kind === 'cancel' ? people : 0);
    expect(count(/^New time/)).toBe(phase !== 'held' && kind === 'reschedule' ? people : 0);
    expect(count(/^(Booked|You teach)/)).toBe(phase === 'held' && kind === 'cancel' ? 0 : people);
    for (const { mail } of await arrivedAfter(run)) {
      expect(mail.subject).toContain(newTime);
      if (kind === 'reschedule') expect(mail.subject).not.toContain(oldTime);
    }
    expect(link === null).toBe(phase === 'held' || phase === 'booked');
    if (link) expect(link).toEqual({ status: 410, text: expect.stringMatching(kind === 'cancel' ? /does not take place/ : /no longer valid/) });
  });

  test('comes to its right end, with every obligation ended and the ledger balanced', async () => {
    const run = runOf(key);
    expect(run.end).toBe(kind === 'cancel' ? 'cancelled' : 'settled');
    const open = await lectern.query(
      `SELECT kind, step, state, reason FROM obligations WHERE session_id = ? AND state NOT IN ('delivered', 'suppressed')`,
      [run.sessionId],
    );
    expect(open).toEqual([]);
    const { charges, sum } = await ledgerOf(run);
    expect(sum).toBe(0);
    if (kind === 'reschedule') expect([...charges.values()]).toEqual(run.cast.studentIds.map(() => 4500));
    expect(await lectern.query('SELECT 1 FROM participants WHERE session_id = ? AND holds_slot', [run.sessionId])).toHaveLength(
      kind === 'cancel' ? 0 : run.cast.studentIds.length + 1,
    );
  });
});

describe.each(STUDENTS)('a held booking of %i that moves', (n) => {
  test('is asked about anew for its new time; an approval of the old one is refused, and of the new one books it', () => {
    const { hold } = runOf(`held/reschedule/${n}`);
    expect(hold!.after.id).toBe(hold!.before.id);
    expect(hold!.after.hash).not.toBe(hold!.before.hash);
    expect(hold!.after.version).toBeGreaterThan(hold!.before.version);
    expect(hold!.after.shown.startsAt).not.toBe(hold!.before.shown.startsAt);
    expect(hold!.after.deadlineAt).toBe(hold!.after.shown.startsAt);
    expect([hold!.stale, hold!.approved]).toEqual([409, 200]);
  });
});

describe.each(REFUSED)('%s', (_what, key, kind, phase) => {
  test('is refused in words that say what to do instead, as its preview is, and changes nothing', () => {
    const refused = runOf(key).refused[phase]!.find((r) => r.kind === kind)!;
    expect(refused.answer).toMatchObject({
      status: 409,
      code: 'illegal-move',
      message: expect.stringMatching(/can no longer be .*another time|can no longer be .*correction/),
    });
    expect(refused.preview).toEqual({ status: 409, code: 'illegal-move' });
    expect(refused.after).toEqual(refused.before);
  });
});

test.each(STUDENTS)('the standard path of %i that was asked to change at each wait settles as if nobody had asked', async (n) => {
  const run = runOf(`standard/${n}`);
  expect(run.end).toBe('settled');
  expect(mailsOf(run).filter((m) => /^(Cancelled|New time)/.test(m.subject))).toEqual([]);
  const { charges, sum } = await ledgerOf(run);
  expect(sum).toBe(0);
  expect([...charges.values()]).toEqual(run.cast.studentIds.slice(1).map(() => 4500));
});

describe.each(PEOPLE_CELLS.filter((c) => !isRefused(c)))('%s', (what, kind, phase, n) => {
  const hasRoom = phase !== 'booked' && phase !== 'held';
  const to = (run: Peopled, name: string, cast: Cast): string[] =>
    (run.after[`${name}.${cast.tag}@example.invalid`] ?? []).map((s) => s.split(/[:,]/)[0]!).sort();
  const welcome = (...first: string[]): string[] => [...first, ...(hasRoom ? ['Your link for Invented lesson'] : [])].sort();

  test('does what its preview said, and everything that it makes due reaches the sink once', () => {
    const run = peopledOf(what);
    expect(run.answer).toEqual({ status: 200 });
    expect(run.preview.verdict).toBe('allow');
    expect(run.made.charges).toEqual(run.preview.charges);
    expect(sorted(run.made.messages)).toEqual(sorted(run.preview.messages));
    expect(sorted(run.made.dropped)).toEqual(sorted(run.preview.dropped));
    expect(run.owed.filter((o) => !['delivered', 'suppressed'].includes(o.state))).toEqual([]);
    const keys = mails.map((m) => m.key);
    for (const o of run.owed.filter((q) => q.state === 'delivered')) expect(keys.filter((k) => k === `${o.id}.email`)).toHaveLength(1);
  });

  test('tells those whom it concerns, once, and nobody else', () => {
    const run = peopledOf(what);
    const { cast, other } = run;
    if (phase === 'held') return onlyBooked(run, kind, to);
    const families = cast.studentIds.map((_id, i) => to(run, `gil${i}`, cast));
    const brief = hasRoom ? ['Briefing'] : [];
    const swapped = welcome('You teach Invented lesson', ...brief);
    const said: Record<PeopleKind, () => void> = {
      reassign: () => {
        expect(to(run, 'ines', cast)).toEqual(['No longer yours']);
        expect(to(run, 'ines', other)).toEqual(swapped);
        expect(new Set(families.map(String))).toEqual(new Set(['Ines teaches Invented lesson']));
      },
      swap: () => {
        expect(to(run, 'ines', cast)).toEqual(expect.arrayContaining(['No longer yours', 'You teach Invented lesson']));
        expect(to(run, 'ines', other)).toEqual(['No longer yours', ...swapped].sort());
        expect(new Set([...families, to(run, 'gil0', other)].map(String))).toEqual(new Set(['Ines teaches Invented lesson']));
      },
      add: () => {
        expect(to(run, 'gil0', other)).toEqual(welcome('Booked'));
        expect(to(run, 'ines', cast)).toEqual(['Stu0 joins Invented lesson']);
        expect(families.flat()).toEqual([]);
      },
      drop: () => {
        expect(families[0]).toEqual(['No longer booked']);
        expect(to(run, 'ines', cast)).toEqual(['Stu0 leaves Invented lesson']);
        expect(families.slice(1).flat()).toEqual([]);
      },
      room: () => {
        const everybody = [to(run, 'ines', cast), ...families];
        expect(new Set(everybody.map(String))).toEqual(new Set([hasRoom ? 'New link' : '']));
      },
    };
    said[kind]();
    expect(cast.studentIds).toHaveLength(n);
  });

  test('takes back the ways in that it names, and leaves the others', () => {
    const { links, cast } = peopledOf(what);
    if (!hasRoom) return;
    const gone: Record<PeopleKind, string[]> = {
      ...{ reassign: [cast.instructorId], swap: [cast.instructorId], add: [], drop: [cast.studentIds[0]!], room: Object.keys(links) },
    };
    expect(Object.keys(links)).toHaveLength(n + 1);
    for (const [personId, status] of Object.entries(links))
      expect({ personId, status }).toEqual({ personId, status: gone[kind].includes(personId) ? 410 : 200 });
  });
});

/** Of a booking that was never one nobody is told; once it stands, those who are on it by then, and a lesson that it exchanged with. */
function onlyBooked(run: Peopled, kind: PeopleKind, to: (run: Peopled, name: string, cast: Cast) => string[]): void {
  const { cast, other } = run;
  const teaches = 'You teach Invented lesson';
  const [theirs, others] = [to(run, 'ines', cast), to(run, 'ines', other)];
  expect(theirs).toEqual(kind === 'reassign' ? [] : [teaches]);
  expect(others).toEqual(kind === 'reassign' ? [teaches] : kind === 'swap' ? ['No longer yours', teaches] : []);
  expect(to(run, 'gil0', other)).toEqual(kind === 'add' ? ['Booked'] : kind === 'swap' ? ['Ines teaches Invented lesson'] : []);
  expect(cast.studentIds.map((_id, i) => to(run, `gil${i}`, cast))).toEqual(
    cast.studentIds.map((_id, i) => (kind === 'drop' && i === 0 ? [] : ['Booked'])),
  );
}

const TAUGHT = PEOPLE_CELLS.filter((c) => !isRefused(c) && IS_TAUGHT(c[2], c[3]));
describe.each(TAUGHT)('%s, to its end', (what, kind, phase, n) => {
  const [PRICE, PAY] = [4500, 3000];

  test('charges who took part or left too late, pays who taught, and settles', () => {
    const { cast, other, ends } = peopledOf(what);
    const { end } = ends!;
    const teaches = kind === 'reassign' || kind === 'swap' ? other.instructorId : cast.instructorId;
    const charged = [...cast.studentIds, ...(kind === 'add' ? other.studentIds : [])].map((id): [string, number] => [
      id,
      // Left with less than the free notice, or once it had begun.
      kind === 'drop' && id === cast.studentIds[0] && phase === 'ready' ? PRICE / 2 : PRICE,
    ]);
    expect(end).toEqual({ status: 'settled', charges: Object.fromEntries(charged), payouts: { [teaches]: PAY }, open: [] });
    if (kind !== 'swap') return;
    expect(ends!.other).toEqual({
      ...{ status: 'settled', charges: { [other.studentIds[0]!]: PRICE }, payouts: { [cast.instructorId]: PAY }, open: [] },
    });
  });

  test('tells who left nothing more: no reminder, no update; and everybody else what the lesson brings', () => {
    const { cast, other, after, ends } = peopledOf(what);
    const address = (name: string, of: Cast): string => `${name}.${of.tag}@example.invalid`;
    const left = kind === 'reassign' ? address('ines', cast) : kind === 'drop' ? address('gil0', cast) : null;
    if (left) expect(ends!.mails[left]).toEqual(after[left]);
    const updated = Object.entries(ends!.mails).flatMap(([to, subjects]) => subjects.filter((s) => /how the lesson went/.test(s)).map(() => to));
    const families = [
      ...cast.studentIds.map((_id, i) => address(`gil${i}`, cast)).filter((a) => a !== left),
      ...(kind === 'add' || kind === 'swap' ? [address('gil0', other)] : []),
    ];
    expect(updated.sort()).toEqual(IS_DOCUMENTED(phase, n) ? families.sort() : []);
  });
});

test.each(PEOPLE_CELLS.filter(isRefused))('%s is refused, with what to do instead', (what) => {
  const { answer } = peopledOf(what);
  expect(answer).toMatchObject({
    status: 409,
    code: 'illegal-move',
    message: expect.stringMatching(/cancel it instead|reassign it|approve it first/),
  });
});
