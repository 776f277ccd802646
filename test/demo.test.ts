import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { demoDocument, ungrounded, type DemoDocument } from './support/demo-document';
import { Home, ROOT, type Ended, type Running } from './support/cli';

interface Line {
  start: string;
  stop: string;
  speaker: string;
  dialogue: string;
}

const home = new Home();
let lectern: Running;
beforeAll(async () => {
  lectern = home.start(['start', '--no-demo']);
  await lectern.says(/API, to read/);
}, 300_000);
afterAll(() => home.close(), 60_000);

const time = (s: number): string => `${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}.00`;
/** Lines of four seconds each, taking turns. */
const spoken = (words: readonly string[], speakers: readonly string[] = ['Iris Example', 'Sam Sample'], from = 0): Line[] =>
  words.map((dialogue, i) => ({ start: time(from + i * 5), stop: time(from + i * 5 + 4), speaker: speakers[i % speakers.length]!, dialogue }));

const demo = (file: string): Promise<Ended> => home.lectern(['demo', '--transcript', file, '--approve-as', 'coordinator', '--json']);

async function documentOf(name: string, lines: readonly Line[], bytes: string | Buffer = JSON.stringify(lines)): Promise<[DemoDocument, Ended]> {
  const ended = await demo(home.file(name, bytes));
  expect([ended.code, ended.code === 0 ? '' : ended.err]).toEqual([0, '']);
  const document = demoDocument.parse(JSON.parse(ended.out));
  expect(ungrounded(document, lines)).toEqual([]);
  return [document, ended];
}

const TALK = [
  'Today we look at fractions, what is a denominator?',
  'The bottom number of fractions.',
  'Exactly, well done with fractions.',
  'And what is the numerator then?',
  'The top number, it counts the parts.',
  'For next time practise page twelve at home please.',
];

// Side by side on one running Lectern, as nothing they do touches another's people.
const cases: Record<string, () => Promise<void>> = {
  'six lines': async () => {
    const [document] = await documentOf('six.json', spoken(TALK));
    expect(document.summary.claims.length).toBeGreaterThan(0);
    const { timeline, obligations, decisions } = document;
    expect(timeline.map((e) => e.kind)).toEqual(
      expect.arrayContaining(['session.booked', 'no-show', 'recording.ready', 'held-step.decided', 'session.settled']),
    );
    expect(obligations.filter((o) => o.kind === 'update' && o.state === 'delivered')).toHaveLength(1);
    expect(decisions.map((d) => d.point)).toEqual(expect.arrayContaining(['admission', 'no-show.student', 'charge', 'settlement']));
  },
  'more than a thousand lines, minutes past 59, an hour written out, and a jump of hours, which is reported': async () => {
    const words = Array.from({ length: 1_100 }, (_, i) => `${TALK[i % TALK.length]} This is number ${i} of the examples.`);
    const lines = [...spoken(words), { start: '1:35:00.00', stop: '1:35:04.00', speaker: 'Iris Example', dialogue: 'Great job, one more question?' }];
    lines.push({ start: '600:00.00', stop: '600:04.00', speaker: 'Sam Sample', dialogue: 'Goodbye and thank you.' });
    const [, { err }] = await documentOf('long.json', lines);
    expect(err).toMatch(/long\.json: line 1102: implausible-jump: jumps from 95:04 to 600:00/);
  },
  'a mark of the byte order, and words that are not Latin': async () => {
    const lines = spoken(
      ['今日は分数を勉強します。分母とは何ですか？', '下の数です。', 'ما هو البسط؟', 'العدد الأعلى.', 'Отлично, молодец!'],
      ['山田 先生', 'سامي'],
    );
    const bom = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify(lines))]);
    await documentOf('bom.json', lines, bom);
  },
  'overlapping lines, empty dialogue, speakers nobody knows': async () => {
    const lines = spoken(TALK, ['', 'UNKNOWN', 'Speaker 7']);
    lines.splice(2, 0, { start: '00:03.00', stop: '00:09.50', speaker: '', dialogue: '' });
    const [, { err }] = await documentOf('odd.json', lines);
    expect(err).toMatch(/odd\.json: line 3: (overlap|out-of-order)/);
    expect(err).toMatch(/no-speaker/);
  },
  'one speaker, who asks nothing': async () => {
    await documentOf('one.json', spoken(['Hello.', 'I read to myself today.', 'It was about boats.', 'That is all.'], ['Sam Sample']));
  },
  'a transcript that is too long for a webhook': async () => {
    const lines = spoken(Array.from({ length: 5_000 }, (_, i) => `${TALK[i % TALK.length]} ${'And so on. '.repeat(15)}${i}`));
    expect(Buffer.byteLength(JSON.stringify(lines))).toBeGreaterThan(1024 * 1024);
    await documentOf('webhook.json', lines);
  },
};

/** Real lessons, where they lie beside the repository; never in it. */
const GIVEN = path.join(ROOT, '../shared/data/transcripts');
if (existsSync(GIVEN)) {
  const files = readdirSync(GIVEN).map((name) => ({ name, bytes: readFileSync(path.join(GIVEN, name)) }));
  files.sort((a, b) => a.bytes.length - b.bytes.length);
  for (const { name, bytes } of [files[0]!, files.at(-1)!])
    cases[`the real lesson ${name}`] = async () => void (await documentOf(name, JSON.parse(bytes.toString()) as Line[], bytes));
}

test('every kind of transcript goes through a whole lesson, side by side, and leaves one document', async () => {
  const ends = await Promise.allSettled(Object.values(cases).map((run) => run()));
  const failures = Object.keys(cases).flatMap((name, i) =>
    ends[i]!.status === 'rejected' ? [`${name}: ${String((ends[i] as PromiseRejectedResult).reason)}`] : [],
  );
  expect(failures).toEqual([]);
}, 300_000);

test('what is no transcript is refused with file, place and remedy before anything is booked', async () => {
  const url = /runs at (\S+)/.exec(lectern.out)![1]!;
  const key = /Admin key .*?(lk_\S+)/.exec(lectern.out)![1]!;
  const sessions = async (): Promise<number> => {
    const answer = await fetch(`${url}/v1/sessions?limit=200`, { headers: { authorization: `Bearer ${key}` } });
    return ((await answer.json()) as { items: unknown[] }).items.length;
  };
  const before = await sessions();
  const good = spoken(TALK);
  const refused: [string, string | Buffer, RegExp][] = [
    ['broken.json', `[\n  {"start": "00:01.00",\n   "stop" "00:02.00"}]`, /broken\.json: line 3, column 11: is not JSON/],
    ['cut.json', JSON.stringify(good).slice(0, -20), /cut\.json: line 1, column \d+: is not JSON/],
    ['latin1.json', Buffer.from(JSON.stringify(spoken(['Grüße'])), 'latin1'), /latin1\.json: is not UTF-8\. Save it as UTF-8/],
    ['object.json', '{"lines": []}', /object\.json: transcript: is not a list of lines.*give \[\{start/],
    ['empty.json', '[]', /empty\.json: transcript: has no lines/],
    ['silent.json', JSON.stringify(good.map((l) => ({ ...l, dialogue: ' ' }))), /silent\.json: transcript: has no words/],
    ['time.json', JSON.stringify([...good, { ...good[0], start: '1 minute' }]), /time\.json: line 7, start: "1 minute" is not a time.*write MM:SS/],
    ['backwards.json', JSON.stringify([{ ...good[0], start: '00:09.00' }]), /backwards\.json: line 1, stop: is before start.*swap/],
    ['number.json', JSON.stringify([...good, { ...good[0], dialogue: 7 }]), /number\.json: line 7, dialogue: is not a text.*give a string/],
    ['missing-field.json', JSON.stringify([{ start: '00:01.00', stop: '00:02.00', speaker: 'A' }]), /line 1, dialogue: is not a text/],
    ['deep.json', '['.repeat(40_000), /deep\.json: .*is not JSON/],
    ['many.json', JSON.stringify(Array(20_001).fill(good[0])), /many\.json: transcript: has 20001 lines.*give at most 20000/],
  ];
  for (const [name, content, says] of refused) {
    const { code, out, err } = await demo(home.file(name, content));
    expect([name, code, out]).toEqual([name, 2, '']);
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\n\s+at /);
  }
  expect(await demo('nowhere.json')).toMatchObject({ code: 2, err: expect.stringMatching(/nowhere\.json: cannot be read \(ENOENT\)/) });
  expect((await home.lectern(['demo', '--transcript', home.file('six.json', JSON.stringify(good)), '--approve-as', 'nobody'])).code).toBe(2);
  expect(await sessions()).toBe(before);
}, 180_000);
