import { Webhook } from 'standardwebhooks';
import { EVENT_TYPES, type EventType } from '../../domain/vocabulary';
import { rows } from '../../db/database';
import { newId } from '../../domain/ids';
import { TRANSCRIPT } from '../support/lectern';
import { HOSTILE, pathsOf, withHostile, type Json } from '../support/hostile';
import { Api, type Got, type Organisation } from './support';

jest.setTimeout(240_000);
const api = new Api();
let own: Organisation;
const source = `hostile-${newId().slice(0, 8)}`;
let secret: string;

beforeAll(async () => {
  await api.start();
  own = await api.organisation();
  secret = await own.source(source);
});
afterAll(() => api.stop());

/** Good data of every type of event, about a session or people that do not exist: refused in the end, whatever it holds. */
const nobody = newId();
const GOOD: Record<EventType, Json> = {
  'participant.joined': { sessionId: nobody, personId: nobody, connection: 'c', name: 'n' },
  'participant.left': { sessionId: nobody, personId: nobody, connection: 'c' },
  'room.failed': { sessionId: nobody, roomId: nobody, reason: 'r' },
  'recording.started': { sessionId: nobody },
  'recording.ready': { sessionId: nobody, url: 'https://rooms.example/r' },
  'recording.failed': { sessionId: nobody, reason: 'r' },
  'transcript.ready': { sessionId: nobody, lines: TRANSCRIPT.slice(0, 1) },
  'poll.answered': { sessionId: nobody, personId: nobody, poll: 'p', answer: 'a' },
  'payment.succeeded': { sessionId: nobody, reference: 'r', amountMinor: 1, currency: 'EUR' },
  'payment.failed': { sessionId: nobody, reference: 'r', reason: 'r' },
  'payment.action-required': { sessionId: nobody, reference: 'r' },
  'payment.refunded': { sessionId: nobody, reference: 'r' },
  'payment.disputed': { sessionId: nobody, reference: 'r' },
  'session.booked': {
    externalId: 'x',
    title: 't',
    startsAt: '2027-02-03T10:00:00Z',
    endsAt: '2027-02-03T11:00:00Z',
    studentIds: [nobody],
    instructorId: nobody,
    programme: 'p',
    anchorZone: 'Europe/Berlin',
    isTrial: false,
  },
  'session.changed': { sessionId: nobody, kind: 'reschedule', reason: 'r', startsAt: '2027-02-03T10:00:00Z', endsAt: '2027-02-03T11:00:00Z' },
};

function send(payload: string): Promise<Got> {
  const [id, at] = [newId(), new Date()];
  return api.post(`/v1/inbound/${source}`, payload, '', {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(+at / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, payload),
  });
}

interface Ended {
  id: string;
  state: string;
  reason: string | null;
}
const ends = (): Promise<Map<string, Ended>> =>
  api.lectern.until('every event to have its end', async () => {
    const found = await api.lectern.db.inOrganisation(own.id, (tx) => rows<Ended>(tx, 'SELECT id, state, reason FROM inbox'));
    return found.every((e) => e.state !== 'received') && new Map(found.map((e) => [e.id, e]));
  });

test('a hostile value in any place of any event is refused at the door or with a reason, and changes nothing but the inbox', async () => {
  const { inbox: _before, ...before } = await own.counts();
  const sent: { what: string; got: Got }[] = [];
  for (const type of EVENT_TYPES) {
    const event = { type, timestamp: new Date().toISOString(), data: GOOD[type] };
    for (const path of pathsOf(event).filter(([first]) => first !== 'type')) {
      const tried = Object.entries(HOSTILE).map(async ([name, hostile]) => ({
        what: `${type} ${path.join('.')} ← ${name}`,
        got: await send(withHostile(event, path, hostile)),
      }));
      sent.push(...(await Promise.all(tried)));
    }
  }
  const ended = await ends();
  const wrong = sent.flatMap(({ what, got }) => {
    if (got.status >= 500) return [`${what}: ${got.status}`];
    if (got.status >= 400) return got.body['code'] && got.body['remedy'] ? [] : [`${what}: ${got.text}`];
    const { state, reason } = ended.get(String(got.body['id']))!;
    return (state === 'refused' || state === 'ignored') && reason ? [] : [`${what}: ${state} ${reason}`];
  });
  expect(wrong).toEqual([]);
  expect(sent.filter(({ got }) => got.status === 202).length).toBeGreaterThan(300);
  const { inbox: _after, ...after } = await own.counts();
  expect(after).toEqual(before);
});

test('an event of a type that nobody knows is kept and ignored, and its sender is told', async () => {
  const got = await send(JSON.stringify({ type: 'room.exploded', data: {} }));
  expect((await ends()).get(String(got.body['id']))).toMatchObject({ state: 'ignored', reason: expect.stringContaining('room.exploded') });
});
