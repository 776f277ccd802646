import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

const arrivals = (sessionId: string): Promise<unknown[]> => lectern.query('SELECT 1 FROM attendance_events WHERE session_id = ?', [sessionId]);

async function wayIn(cast: Cast): Promise<string> {
  const mail = await lectern.until('the mail with the way in', async () =>
    (await lectern.mails(cast)).find((m) => m.to.startsWith('ines') && m.text.includes('/j/')),
  );
  return /(https?:\/\/\S+\/j\/[\w-]+)/.exec(mail.text)![1]!;
}

test('whoever tries their way in hours before is told when the lesson starts, and has not arrived', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 20 * HOUR);
  const link = await wayIn(cast);
  const answer = await fetch(link, { method: 'POST', redirect: 'manual' });
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('not open yet') as string]);
  expect(await arrivals(sessionId)).toEqual([]);
  const verdicts = await lectern.query<{ verdict: string }>('SELECT verdict FROM participants WHERE session_id = ?', [sessionId]);
  expect(verdicts.map((p) => p.verdict)).toEqual(['waiting', 'waiting']);
});

test('once the doors are open the way in leads into the room, and that is the arrival', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 25 * MINUTE, {}, 3 * HOUR);
  const answer = await fetch(await wayIn(cast), { method: 'POST', redirect: 'manual' });
  expect(answer.status).toBe(303);
  expect(await arrivals(sessionId)).toHaveLength(1);
});
