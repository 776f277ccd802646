import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HOUR, Lectern, MINUTE } from './support/lectern';
import { OwnLectern } from './support/own-lectern';

jest.setTimeout(240_000);
const own = new OwnLectern();
let lectern: Lectern;
beforeAll(async () => {
  lectern = new Lectern(await own.start());
});
afterAll(async () => {
  await lectern.close();
  await own.stop();
});

const folder = path.join(__dirname, '../rules');
const files = (kind: string) =>
  readdirSync(path.join(folder, kind)).map((file) => ({ file, text: readFileSync(path.join(folder, kind, file), 'utf8') }));

const lateShare = async (sessionId: string): Promise<number> =>
  (await lectern.api<{ charges: { percent: number }[] }>('POST', `/v1/sessions/${sessionId}/changes?preview=true`, { kind: 'cancel' })).body
    .charges[0]!.percent;

test('a published grace changes the next question, and no booked term of a session that was there', async () => {
  const cast = await lectern.cast(2);
  const before = await lectern.book(cast, 20 * HOUR);
  const edited = files('policies').map(({ file, text }) => ({
    file,
    text:
      file === 'change.json'
        ? text.replace('"lateShare": 50', '"lateShare": 80').replace('"chargePercent": 50', '"chargePercent": 80')
        : file === 'no-show.student.json'
          ? text.replace('"grace": "15m"', '"grace": "1m"').replace('"lateBy": "14m"', '"lateBy": "30s"').replace('"lateBy": "15m"', '"lateBy": "1m"')
          : text,
  }));
  const published = await lectern.api<{ number: number; diff: string[] }>('POST', '/v1/rules/publish', {
    policies: edited,
    messages: files('messages'),
    message: 'stricter',
  });
  expect(published).toMatchObject({ status: 201, body: { number: 2 } });
  expect(published.body.diff.join('\n')).toMatch(/no-show\.student.*grace.*15m → 1m/);

  const other = await lectern.cast(2);
  const after = await lectern.book(other, 40 * MINUTE);
  expect(await lateShare(before)).toBe(50);
  expect(await lateShare(after)).toBe(80);

  await lectern.status(after, 'ready', 'live');
  await lectern.arrive(after, other.instructorId, other.studentIds[0]!);
  const { startsAt } = await lectern.session(after);
  const verdictAt = await lectern.until('the no-show', async () => {
    const [p] = await lectern.query<{ verdictAt: Date; verdict: string }>(
      'SELECT verdict, verdict_at FROM participants WHERE session_id = ? AND person_id = ?',
      [after, other.studentIds[1]],
    );
    return p!.verdict === 'no-show' && p!.verdictAt;
  });
  expect(+verdictAt - +startsAt).toBeLessThan(15 * MINUTE);
});

test('rules with a fault are refused whole, and the set in force stays', async () => {
  const policies = files('policies').map((f) => (f.file === 'coverage.json' ? { ...f, text: f.text.replace('roomOpen', 'roomOpn') } : f));
  const answer = await lectern.api<{ code: string; details: { file: string; suggestion: string | null }[] }>('POST', '/v1/rules/publish', {
    policies,
    messages: files('messages'),
    message: 'typo',
  });
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-rules' } });
  expect(answer.body.details.some((d) => d.file === 'coverage.json' && d.suggestion === 'roomOpen')).toBe(true);
});
