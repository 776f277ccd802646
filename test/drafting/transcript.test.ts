import { formatAt, hashTranscript, MOST_LINES, parseTime, parseTranscript, TranscriptError } from '../../domain/transcript';

const row = (start: unknown, stop: unknown, dialogue: unknown = 'words', speaker: unknown = 'Tutor') => ({ start, stop, speaker, dialogue });
const refusal = (input: unknown): TranscriptError => {
  try {
    parseTranscript(input);
  } catch (error) {
    if (error instanceof TranscriptError) return error;
    throw error;
  }
  throw new Error('was not refused');
};

test.each([
  ['00:02.00', 2_000],
  ['45:10.44', 2_710_440],
  ['75:00.00', 4_500_000],
  ['1:02:03.50', 3_723_500],
  ['10:00:31.20', 36_031_200],
  ['0:07', 7_000],
  ['00:01.5', 1_500],
  ['', null],
  ['7', null],
  ['00:60.00', null],
  ['-0:01.00', null],
  ['00:01,00', null],
  ['1:1:1:1', null],
  ['00:01.00 ', null],
  ['NaN:00', null],
  ['٠٠:٠١', null],
])('time "%s" is %s ms', (text, ms) => expect(parseTime(text)).toBe(ms));

test.each([
  [0, '0:00'],
  [41_900, '0:41'],
  [61_000, '1:01'],
  [4_500_000, '75:00'],
])('%s ms is written %s', (ms, text) => expect(formatAt(ms)).toBe(text));

test.each<[string, unknown, TranscriptError['code'], string]>([
  ['nothing', undefined, 'transcript-not-a-list', 'transcript'],
  ['an object', { lines: [] }, 'transcript-not-a-list', 'transcript'],
  ['a text', '[]', 'transcript-not-a-list', 'transcript'],
  ['no lines', [], 'transcript-empty', 'transcript'],
  ['lines without words', [row('0:00', '0:01', '  ')], 'transcript-empty', 'transcript'],
  ['a line that is null', [null], 'transcript-line-invalid', 'line 1'],
  ['a line that is a list', [row('0:00', '0:01'), []], 'transcript-line-invalid', 'line 2'],
  ['dialogue that is a list', [row('0:00', '0:01', ['a'])], 'transcript-line-invalid', 'line 1, dialogue'],
  ['no speaker', [{ start: '0:00', stop: '0:01', dialogue: 'a' }], 'transcript-line-invalid', 'line 1, speaker'],
  ['NUL in the words', [row('0:00', '0:01'), row('0:01', '0:02', 'a\u0000b')], 'transcript-line-invalid', 'line 2, dialogue'],
  ['NUL in the speaker', [row('0:00', '0:01', 'a', 'T\u0000')], 'transcript-line-invalid', 'line 1, speaker'],
  ['a number for a time', [row(12, '0:01')], 'transcript-time-invalid', 'line 1, start'],
  ['no stop', [{ start: '0:00', speaker: 'T', dialogue: 'a' }], 'transcript-time-invalid', 'line 1, stop'],
  ['stop before start', [row('0:05', '0:01')], 'transcript-time-invalid', 'line 1, stop'],
  ['too many lines', Array.from({ length: MOST_LINES + 1 }, () => row('0:00', '0:01')), 'transcript-too-large', 'transcript'],
  ['too many words', Array.from({ length: 6 }, () => row('0:00', '0:01', 'ä'.repeat(500_000))), 'transcript-too-large', 'line 3'],
])('%s is refused with code, place and remedy', (_name, input, code, place) => {
  const error = refusal(input);
  expect([error.code, error.place]).toEqual([code, place]);
  expect(error.remedy).not.toBe('');
});

test('a transcript of the greatest number of lines is read', () =>
  expect(parseTranscript(Array.from({ length: MOST_LINES }, () => row('0:00', '0:01'))).lines).toHaveLength(MOST_LINES));

test('lone surrogates and marks that turn text around are taken out and reported; emoji stay', () => {
  const { lines, report } = parseTranscript([row('0:00', '0:01', 'good \ud83d\ude00 \ud800job\u202e!', '\u202eTutor')]);
  expect(lines[0]).toEqual({ startMs: 0, stopMs: 1000, speaker: 'Tutor', text: 'good 😀 job!' });
  expect(report.remarks.map((r) => [r.code, r.place])).toEqual([
    ['cleaned', 'line 1, speaker'],
    ['cleaned', 'line 1, dialogue'],
  ]);
});

test('a name of ten thousand characters is cut, not through an emoji, and an empty one is said to be unknown', () => {
  const { lines, report } = parseTranscript([row('0:00', '0:01', 'a', `x${'😀'.repeat(5_000)}`), row('0:01', '0:02', 'b', '')]);
  expect([...lines[0]!.speaker]).toHaveLength(100);
  expect(encodeURIComponent(lines[0]!.speaker)).toBeTruthy(); // throws on half a character
  expect(lines[1]!.speaker).toBe('Unknown');
  expect(report.counts).toMatchObject({ cleaned: 1, 'no-speaker': 1 });
});

test('an implausible jump is reported with its place, times are kept, the duration leaves it out', () => {
  const { lines, report } = parseTranscript([row('59:50.00', '59:58.00'), row('10:00:00.00', '10:00:04.00')]);
  expect(report.remarks).toEqual([expect.objectContaining({ code: 'implausible-jump', place: 'line 2' })]);
  expect(formatAt(lines[1]!.startMs)).toBe('600:00');
  expect(report.durationMs).toBe(12_000);
});

test('a jump back, a line out of order and an overlap are tolerated and told apart', () => {
  const { report } = parseTranscript([row('40:00', '40:10'), row('40:05', '40:12'), row('40:02', '40:03'), row('0:00', '0:10')]);
  expect(report.remarks.map((r) => [r.code, r.place])).toEqual([
    ['overlap', 'line 2'],
    ['out-of-order', 'line 3'],
    ['implausible-jump', 'line 4'],
  ]);
  expect(report.durationMs).toBe(12_000 + 10_000);
});

test('many remarks of one kind do not hide another', () => {
  const overlaps = Array.from({ length: 500 }, (_, i) => row('0:00', `0:${String(10 + (i % 40)).padStart(2, '0')}`));
  const { report } = parseTranscript([...overlaps, row('3:00:00', '3:00:01')]);
  expect(report.counts).toMatchObject({ overlap: 499, 'implausible-jump': 1 });
  expect(report.remarks).toHaveLength(21);
});

test('keys of prototypes in a line change nothing', () => {
  const { lines } = parseTranscript(
    JSON.parse('[{"start":"0:00","stop":"0:01","speaker":"T","dialogue":"a","__proto__":{"text":"x"},"constructor":1}]'),
  );
  expect(lines).toEqual([{ startMs: 0, stopMs: 1000, speaker: 'T', text: 'a' }]);
});

test('the hash is of what was said, not of the order of keys', () => {
  const [a] = parseTranscript([row('0:00', '0:01')]).lines;
  expect(hashTranscript([{ text: a!.text, speaker: a!.speaker, stopMs: a!.stopMs, startMs: a!.startMs }])).toBe(hashTranscript([a!]));
  expect(hashTranscript([{ ...a!, speaker: 'Student' }])).not.toBe(hashTranscript([a!]));
});
