import { HOUR, Lectern, MINUTE, TRANSCRIPT } from './support/lectern';
import { OwnLectern } from './support/own-lectern';

jest.setTimeout(240_000);
const own = new OwnLectern();
let connection: string;
let key: string;
let lectern: Lectern;

/** After a start the ports may be others; the key of the first start stays valid. */
async function restart(): Promise<void> {
  await lectern.close();
  connection = JSON.stringify({ ...(JSON.parse(await own.start()) as object), adminKey: key });
  lectern = new Lectern(connection);
}

beforeAll(async () => {
  connection = await own.start();
  key = (JSON.parse(connection) as { adminKey: string }).adminKey;
  lectern = new Lectern(connection);
});
afterAll(async () => {
  await lectern.close();
  await own.stop();
});

async function finish(sessionId: string): Promise<void> {
  await lectern.status(sessionId, 'documenting');
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  await lectern.decide(await lectern.openStep(sessionId, 'documentation.review'), 'approve');
  expect(await lectern.closed(sessionId)).toBe('settled');
}

test.each<[string, ('postgres' | 'temporal' | 'catcher')[]]>([
  ['worker and server', []],
  ['everything', ['postgres', 'temporal', 'catcher']],
])('kill -9 of %s in mid-lesson, then start: the same end, nothing twice', async (_name, engines) => {
  const cast = await lectern.cast(2);
  const sessionId = await lectern.book(cast, 40 * MINUTE, {}, 3 * HOUR);
  await lectern.status(sessionId, 'live');
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  await own.kill(...engines);
  await restart();
  await finish(sessionId);
  const mails = await lectern.mails(cast);
  expect(mails.length).toBeGreaterThan(5);
  expect(new Set(mails.map((m) => m.messageId)).size).toBe(mails.length);
  expect(await lectern.query(`SELECT 1 FROM journals WHERE session_id = ? AND kind = 'charge'`, [sessionId])).toHaveLength(2);
});

/** The sink stores the mail and withholds its 250; the sender is killed before it knows. */
async function killBeforeThe250(forgetClaims: boolean): Promise<{ copies: number; state: string }> {
  const cast = await lectern.cast(1);
  const withhold = (path: string, body?: object) =>
    fetch(`${lectern.at.catcherUrl}/test/${path}`, body ? { method: 'POST', body: JSON.stringify(body) } : {});
  await withhold('withhold', { count: 1 });
  const sessionId = await lectern.book(cast, 100 * HOUR);
  await lectern.until('the withheld mail', async () => ((await (await withhold('withheld')).json()) as { withheld: number }).withheld > 0);
  const stored = await lectern.until('the stored mail', async () => (await lectern.mails(cast))[0]);
  await own.kill();
  if (forgetClaims) {
    await lectern.query(`UPDATE obligations SET state = 'planned' WHERE session_id = ? AND state = 'claimed'`, [sessionId]);
    await lectern.query(`DELETE FROM attempts WHERE session_id = ? AND state = 'claimed'`, [sessionId]);
  }
  await restart();
  const obligationId = stored.messageId.slice(1, 37);
  const state = await lectern.until('its end', async () => {
    const [o] = await lectern.query<{ state: string }>('SELECT state FROM obligations WHERE id = ?', [obligationId]);
    return o && !['planned', 'claimed', 'in-doubt'].includes(o.state) && o.state;
  });
  return { copies: (await lectern.mails(cast)).filter((m) => m.messageId === stored.messageId).length, state };
}

test('a kill between the sink’s store and its 250 doubles nothing', async () => {
  expect(await killBeforeThe250(false)).toEqual({ copies: 1, state: 'delivered' });
});

test('with a ledger that forgets its claims the same kill doubles the mail', async () => {
  expect(await killBeforeThe250(true)).toEqual({ copies: 2, state: 'delivered' });
});
