import { planEvents } from '../../commands/plan';
import { lockSession } from '../../db/sessions';
import { wake } from '../../db/timeline';
import { crowd } from '../support/crowd';
import { HOUR, Lectern, MINUTE, TRANSCRIPT } from '../support/lectern';
import { startModelServer, type ModelServer } from '../support/model-server';
import { OwnLectern } from '../support/own-lectern';

/** More than a worker's activities at once, so that a shared queue would be full of drafts. */
const LESSONS = 45;

jest.setTimeout(300_000);
let server: ModelServer;
let own: OwnLectern;
let lectern: Lectern;

beforeAll(async () => {
  server = await startModelServer('timeout');
  own = new OwnLectern({
    OPENAI_API_KEY: 'test-key',
    OPENAI_BASE_URL: server.url,
    OPENAI_MODEL: 'test-model',
    OPENAI_TIMEOUT_SECONDS: '100',
    DRAFTS_AT_ONCE: '3',
  });
  lectern = new Lectern(await own.start());
});
afterAll(async () => {
  await lectern.close();
  await own.stop();
  await server.close();
});

/** A lesson that was taught, with its transcript: its draft is asked for. */
async function taught(): Promise<string> {
  const cast = await crowd(lectern, 1, true);
  const sessionId = await lectern.book(cast, 40 * MINUTE, {}, 20 * MINUTE);
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  return sessionId;
}

const documenting = (ids: string[]): Promise<{ id: string }[]> =>
  lectern.query(`SELECT id FROM sessions WHERE id = ANY(?::uuid[]) AND status = 'documenting'`, [`{${ids.join(',')}}`]);

const delivered = (sessionId: string, kind: string): Promise<boolean> =>
  lectern
    .query(`SELECT 1 FROM obligations WHERE session_id = ? AND kind = ? AND state = 'delivered'`, [sessionId, kind])
    .then((found) => found.length > 0);

test('while a model hangs on many lessons, other lessons are reminded of, and what those lessons owe leaves as well', async () => {
  const ids = await Promise.all(Array.from({ length: LESSONS }, taught));
  await lectern.until('every lesson to wait for its draft', async () => (await documenting(ids)).length === LESSONS && server.asked.length > 0);

  const cast = await crowd(lectern, 1, true);
  const other = await lectern.book(cast, 24 * HOUR + 20 * MINUTE);
  await lectern.until('the reminder of another lesson', () => delivered(other, 'reminder'));

  const asOf = lectern.now();
  await lectern.in(async (tx) => {
    await planEvents(tx, await lockSession(tx, ids.at(-1)!), { event: 'no-show', asOf });
    await wake(tx, ids.at(-1)!);
  });
  await lectern.until('a message of a lesson that waits for its draft', () => delivered(ids.at(-1)!, 'no-show'));

  expect(await documenting(ids)).toHaveLength(LESSONS);
  expect(server.asked.length).toBeLessThan(LESSONS);
});
