import { Driver, publishMatrixRules } from './support/change-matrix';
import type { Entry, Kind, Run } from './support/change-observer';
import { Lectern, type Mail } from './support/lectern';
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

const runs = new Map<string, Run | Error>();
let mails: Mail[] = [];

/** All sessions live side by side; what each cell looks at is kept, and looked at in its own test. */
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
  await Promise.all(
    going.map(async ([key, go]) => {
      runs.set(key, await go().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))));
    }),
  );
  mails = (await (await fetch(`${lectern.at.catcherUrl}/messages?limit=10000`)).json()) as Mail[];
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
