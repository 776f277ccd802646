import { storeInbound } from '../commands/inbound';
import { newId } from '../domain/ids';
import { HOUR, Lectern } from './support/lectern';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

test('an event that meets a fault of ours stays, says so, and keeps no other waiting', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 90 * HOUR);
  // Verified events are JSON; this one, as a fault of ours would leave it, is not.
  const faulty = await storeInbound(lectern.db, lectern.at.organisationId, {
    source: 'invented',
    eventId: newId(),
    type: 'participant.joined',
    occurredAt: new Date(+lectern.now() - HOUR),
    body: 'not what was verified',
    asOf: lectern.now(),
  });
  const good = await lectern.send('participant.joined', { sessionId, personId: cast.studentIds[0], connection: 'laptop' });
  expect(await lectern.applied(good.body.id)).toMatchObject({ state: 'applied' });
  const seen = await lectern.until('the failed try', async () => {
    const { body } = await lectern.api<{ state: string; tries: number; reason: string }>('GET', `/v1/inbound/${faulty.id}`);
    return body.tries > 0 && body;
  });
  expect(seen).toMatchObject({ state: 'received', reason: expect.stringContaining('tried again') as string });
  await lectern.query(`UPDATE inbox SET body = ?, retry_at = NULL WHERE id = ?`, [
    JSON.stringify({ type: 'participant.joined', data: { sessionId, personId: cast.instructorId } }),
    faulty.id,
  ]);
  expect(await lectern.applied(faulty.id)).toMatchObject({ state: 'applied', reason: null });
});
