import { createHmac } from 'node:crypto';
import { attendanceOf } from '../db/attendance';
import { presenceIn } from '../decisions/ask';
import { newId } from '../domain/ids';
import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';
import { OwnOrganisation } from './support/organisation';
import { shippedRules } from './support/rule-files';
import { HOSTILE, withHostile, type Path } from './support/hostile';
import { SAID, Sender, type Step, type Taken } from './support/senders';

jest.setTimeout(240_000);
const shared = new Lectern();
let lectern: OwnOrganisation;
const senders: Record<string, Sender> = {};

beforeAll(async () => {
  lectern = await OwnOrganisation.of(shared);
  for (const mapping of ['zoom', 'livekit', 'bigbluebutton', 'cal-com', 'stripe']) senders[mapping] = await Sender.of(lectern, mapping);
});
afterAll(async () => {
  await lectern.close();
  await shared.close();
});

interface Event {
  id: string;
  state: string;
  reason: string | null;
  type: string;
  sessionId: string | null;
  mapping: { name: string; row: string | null } | null;
}
async function becomes(taken: { status: number; body: Taken }): Promise<Event> {
  expect(taken).toMatchObject({ status: 202, body: { id: expect.any(String), duplicate: false } });
  await lectern.applied(taken.body.id!);
  return (await lectern.api<Event>('GET', `/v1/inbound/${taken.body.id}`)).body;
}

/** Real milliseconds of a business instant: senders know real time only. */
const realMs = (at: Date): number => {
  const { originRealMs, originBusinessMs, rate } = lectern.at.clock;
  return Math.round(originRealMs + (+at - originBusinessMs) / rate);
};
const businessMs = (real: number): number => {
  const { originRealMs, originBusinessMs, rate } = lectern.at.clock;
  return Math.round(originBusinessMs + (real - originRealMs) * rate);
};

const shuffled = <T>(list: readonly T[]): T[] => [...list].reverse().flatMap((item, i) => (i % 2 === 0 ? [item, item] : [item]));

describe('attendance', () => {
  const lengthMs = 30 * MINUTE;
  /** The student comes late, is gone for two minutes in between, and comes back on another connection. */
  const plan = (cast: Cast, startsAt: Date): Step[] => {
    const [student] = cast.studentIds as [string];
    const at = (minute: number): number => realMs(new Date(+startsAt + minute * MINUTE));
    return [
      { kind: 'joined', personId: cast.instructorId, connection: `i-${cast.tag}`, ms: at(-1) },
      { kind: 'joined', personId: student, connection: `a-${cast.tag}`, ms: at(2) },
      { kind: 'left', personId: student, connection: `a-${cast.tag}`, ms: at(10) },
      { kind: 'joined', personId: student, connection: `b-${cast.tag}`, ms: at(12) },
      { kind: 'left', personId: student, connection: `b-${cast.tag}`, ms: at(29) },
      { kind: 'left', personId: cast.instructorId, connection: `i-${cast.tag}`, ms: at(30) },
    ];
  };

  test.concurrent.each<[string, string, (steps: Step[]) => Step[], boolean]>([
    ['in order', 'zoom', (s) => s, false],
    ['reordered and doubled', 'zoom', shuffled, false],
    ['after the lesson, reordered and doubled', 'zoom', shuffled, true],
    ['reordered and doubled', 'livekit', shuffled, false],
    ['after the lesson', 'bigbluebutton', shuffled, true],
  ])('what comes %s from %s ends in the same attendance', async (_name, provider, order, isLate) => {
    const cast = await lectern.cast(1);
    const reference = `8${String(Math.random()).slice(2, 12)}`;
    const sessionId = await lectern.book(cast, 25 * MINUTE, { externalId: reference }, lengthMs);
    const { startsAt, endsAt } = await lectern.session(sessionId);
    const steps = plan(cast, startsAt);
    if (isLate) {
      await lectern.status(sessionId, 'documenting', 'settling');
      // Nobody was heard of until now, and nobody came by the events there are.
      expect(await lectern.in((tx) => attendanceOf(tx, sessionId))).toEqual([]);
    }
    const taken: { status: number; body: Taken }[] = [];
    for (const step of order(steps))
      taken.push(await senders[provider]!.send(SAID[provider]!(step, { organisationId: lectern.at.organisationId, sessionId, reference })));
    const [first, again] = [taken.filter((t) => !t.body.duplicate), taken.filter((t) => t.body.duplicate)];
    expect([first.length, again.length]).toEqual([steps.length, taken.length - steps.length]);
    expect(new Set([...first.map((t) => t.status), ...again.map((t) => `again ${t.status}`)])).toEqual(
      new Set(again.length > 0 ? [202, 'again 200'] : [202]),
    );
    for (const { body } of first) expect(await lectern.applied(body.id!)).toMatchObject({ state: 'applied', reason: null });

    const events = await lectern.in((tx) => attendanceOf(tx, sessionId));
    const secondsOnly = (s: Step): number => (provider === 'livekit' && s.kind === 'left' ? Math.ceil(s.ms / 1000) * 1000 : s.ms);
    const expected = steps.map((s) => ({ kind: s.kind, personId: s.personId, connection: s.connection, at: businessMs(secondsOnly(s)) }));
    const sorted = <T extends { at: number; connection: unknown; kind: string }>(list: T[]): T[] =>
      [...list].sort((a, b) => a.at - b.at || String([a.connection, a.kind]).localeCompare(String([b.connection, b.kind])));
    expect(sorted(events.map((e) => ({ kind: e.kind, personId: e.personId, connection: e.data.connection, at: +e.at })))).toEqual(sorted(expected));
    const [student] = cast.studentIds as [string];
    if (provider !== 'livekit') expect(presenceIn(events, student, endsAt).minutes).toBe(25);
    const [row] = await lectern.query<{ verdict: string; arrivedAt: Date }>(
      'SELECT verdict, arrived_at FROM participants WHERE session_id = ? AND person_id = ?',
      [sessionId, student],
    );
    expect(row).toEqual({ verdict: 'arrived', arrivedAt: new Date(businessMs(steps[1]!.ms)) });
    expect(await lectern.query(`SELECT 1 FROM strikes WHERE session_id = ? AND state = 'counted'`, [sessionId])).toEqual([]);
  });

  test('what a sender must not tell is not kept', async () => {
    const kept = await lectern.query<{ raw: string }>(`SELECT raw FROM inbox WHERE mapping = 'bigbluebutton'`);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter(({ raw }) => raw.includes('canary-pass'))).toEqual([]);
  });
});

test('Zoom proves that an address is ours by a token, and an event by its signature; who is neither is refused', async () => {
  const zoom = senders.zoom!;
  const question = { event: 'endpoint.url_validation', event_ts: Date.now(), payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' } };
  const encryptedToken = createHmac('sha256', zoom.secret).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex');
  expect(await zoom.send(question)).toMatchObject({ status: 200, body: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw', encryptedToken } });
  expect(await lectern.query(`SELECT 1 FROM inbox WHERE type LIKE '%url_validation%'`)).toEqual([]);
  expect(await zoom.send(question, { secret: 'another secret' })).toMatchObject({ status: 401, body: { code: 'bad-signature' } });
});

const ANY: Record<string, object> = {
  zoom: { event: 'meeting.started', event_ts: 1796137231000, payload: {} },
  'cal-com': { triggerEvent: 'BOOKING_REQUESTED', createdAt: new Date().toISOString(), payload: {} },
  stripe: { id: `evt_${newId()}`, type: 'customer.created', created: 1796137230, data: { object: {} } },
  livekit: { event: 'ingress_gone', id: `EV_${newId()}`, createdAt: '1796137230', room: { name: 'lectern.a.b.c' } },
  bigbluebutton: { data: { id: 'poll-started', attributes: {}, event: { ts: 1796137230250 } } },
};
test.each(Object.keys(ANY))(
  '%s: a word that nobody maps is kept and shown; forged, changed and stale ones are refused with what to do',
  async (mapping) => {
    const sender = senders[mapping]!;
    const event = await becomes(await sender.send(ANY[mapping]!));
    expect(event).toMatchObject({ state: 'ignored', mapping: { name: mapping, row: null }, type: expect.stringMatching(`^${mapping}:`) });
    expect(await sender.send(ANY[mapping]!)).toMatchObject({ status: 200, body: { id: event.id, duplicate: true } });
    const refused = { status: 401, body: { code: 'bad-signature', message: expect.any(String), remedy: expect.any(String) } };
    expect(await sender.send(ANY[mapping]!, { secret: mapping === 'livekit' ? 'APIinvented:another' : 'another secret' })).toMatchObject(refused);
    expect(
      await sender.send(ANY[mapping]!, { spoil: (s) => ({ ...s, body: s.body.replace('1796', '1797').replace('BOOKING_', 'BOOK_') }) }),
    ).toMatchObject(refused);
    expect(await sender.send(ANY[mapping]!, { spoil: ({ body }) => ({ body, headers: {} }) })).toMatchObject(refused);
    const old = Date.now() - 6 * MINUTE;
    const stale = { status: 401, body: { code: 'stale-webhook' } };
    if (mapping === 'zoom' || mapping === 'stripe') expect(await sender.send(ANY[mapping]!, { at: old })).toMatchObject(stale);
    if (mapping === 'cal-com')
      expect(await sender.send({ ...ANY[mapping], createdAt: new Date(Date.now() - 2 * HOUR).toISOString() })).toMatchObject(stale);
  },
);

test('a booking at Cal.com becomes a lesson once, moves under another uid, and is cancelled by that; what comes too early waits', async () => {
  const cast = await lectern.cast(1);
  const cal = senders['cal-com']!;
  const [uid, newUid] = [`uid-${newId()}`, `uid-${newId()}`];
  const times = (hours: number): object => ({
    startTime: new Date(+lectern.now() + hours * HOUR).toISOString(),
    endTime: new Date(+lectern.now() + (hours + 1) * HOUR).toISOString(),
  });
  const said = (triggerEvent: string, payload: object): object => ({
    triggerEvent,
    createdAt: new Date().toISOString(),
    payload: {
      title: 'Trial between Ines and Gil',
      organizer: { email: `INES.${cast.tag}@example.invalid`, timeZone: 'Europe/Berlin' },
      attendees: [{ email: `gil0.${cast.tag}@example.invalid`, name: 'Gil' }],
      ...payload,
    },
  });
  // The cancellation of a booking of which nothing is known yet: it waits for it.
  const early = await cal.send(said('BOOKING_CANCELLED', { uid: newUid, cancellationReason: 'ill' }));
  await lectern.until(
    'the first try',
    async () => (await lectern.query('SELECT 1 FROM inbox WHERE id = ? AND tries > 0', [early.body.id])).length > 0,
  );
  const created = said('BOOKING_CREATED', { uid, ...times(200) });
  const booked = await becomes(await cal.send(created));
  expect(booked).toMatchObject({ state: 'applied', reason: null, type: 'session.booked', mapping: { row: 'booked' } });
  expect(await cal.send(created)).toMatchObject({ status: 200, body: { duplicate: true } });
  const people = await lectern.query('SELECT person_id FROM participants WHERE session_id = ? ORDER BY role', [booked.sessionId]);
  expect(people).toEqual([{ personId: cast.instructorId }, { personId: cast.studentIds[0] }]);
  const moved = await becomes(await cal.send(said('BOOKING_RESCHEDULED', { uid: newUid, rescheduleUid: uid, ...times(230) })));
  expect(moved).toMatchObject({ state: 'applied', reason: null, sessionId: booked.sessionId });
  expect(await lectern.applied(early.body.id!)).toMatchObject({ state: 'applied', reason: null });
  expect(await lectern.session(booked.sessionId!)).toMatchObject({ status: 'cancelled', rev: 3 });
  const unknown = await becomes(
    await cal.send(said('BOOKING_CREATED', { uid: newId(), ...times(300), attendees: [{ email: 'nobody@example.invalid' }] })),
  );
  expect(unknown).toMatchObject({ state: 'refused', reason: expect.stringContaining('data.studentEmails.0: no student or guardian here') });
});

test('of what Stripe says of a payment the newest by its own time counts, in whatever order it comes', async () => {
  const sessionId = await lectern.book(await lectern.cast(1), 200 * HOUR);
  const said = (type: string, created: number, object: object): object => ({
    id: `evt_${newId()}`,
    type,
    created,
    data: { object: { currency: 'eur', metadata: { session_id: sessionId }, receipt_email: 'canary@example.invalid', ...object } },
  });
  const now = Math.floor(Date.now() / 1000);
  await becomes(await senders.stripe!.send(said('charge.refunded', now + 2, { id: 'ch_1', payment_intent: 'pi_1', amount_refunded: 2000 })));
  await becomes(await senders.stripe!.send(said('payment_intent.succeeded', now + 1, { id: 'pi_1', amount_received: 4500 })));
  await becomes(
    await senders.stripe!.send(said('payment_intent.payment_failed', now, { id: 'pi_1', amount: 4500, last_payment_error: { message: 'no' } })),
  );
  const { body } = await lectern.api<{ items: object[] }>('GET', `/v1/sessions/${sessionId}/payments`);
  expect(body.items).toEqual([
    expect.objectContaining({ reference: 'pi_1', state: 'refunded', amountMinor: 2000, currency: 'EUR', source: senders.stripe!.name }),
  ]);
  expect(await lectern.query(`SELECT 1 FROM inbox WHERE raw LIKE '%canary@%'`)).toEqual([]);
});

test('what cannot be mapped is kept with place and remedy, and mapped again by a mended mapping', async () => {
  const cast = await lectern.cast(1);
  const reference = `8${String(Math.random()).slice(2, 12)}`;
  const sessionId = await lectern.book(cast, 300 * HOUR, { externalId: reference });
  const step: Step = { kind: 'left', personId: cast.studentIds[0]!, connection: 'c', ms: Date.now() };
  const payload = SAID.zoom!(step, { organisationId: lectern.at.organisationId, sessionId, reference }) as {
    payload: { object: { participant: Record<string, unknown> } };
  };
  delete payload.payload.object.participant['leave_time'];
  const event = await becomes(await senders.zoom!.send(payload));
  expect(event).toMatchObject({ state: 'refused', type: 'zoom:meeting.participant_left', mapping: { row: 'left' } });
  for (const said of ['"leftAt"', 'payload.object.participant.leave_time', 'rules/inbound/zoom.json']) expect(event.reason).toContain(said);
  const listed = await lectern.api<{ items: Event[] }>('GET', `/v1/inbound?state=refused&source=${senders.zoom!.name}`);
  expect(listed.body.items.map((e) => e.id)).toContain(event.id);
  const { policies, messages, inbound } = shippedRules();
  const mended = inbound!.map(({ file, text }) => {
    if (file !== 'zoom.json') return { file, text };
    const document = JSON.parse(text) as { fields: { leftAt: { from: unknown } }; examples: { cases: { id: string }[] } };
    document.fields.leftAt.from = ['payload.object.participant.leave_time', 'event_ts'];
    document.examples.cases = document.examples.cases.filter((c) => !c.id.startsWith('a participant leaves at no time'));
    return { file, text: JSON.stringify(document) };
  });
  const published = await lectern.api('POST', '/v1/rules/publish', {
    policies,
    messages,
    inbound: mended,
    message: 'left at all',
  });
  expect(published).toMatchObject({ status: 201, body: { diff: { current: ['mapping zoom.json changed'], booked: [] } } });
  expect(await lectern.api('POST', `/v1/inbound/${event.id}/again`)).toMatchObject({
    status: 202,
    body: { state: 'received', type: 'participant.left' },
  });
  expect(await lectern.applied(event.id)).toMatchObject({ state: 'applied', reason: null });
  expect(await lectern.api('POST', `/v1/inbound/${event.id}/again`)).toMatchObject({ status: 409, body: { code: 'illegal-move' } });
  // A publish that names no mappings takes none away.
  await lectern.api('POST', '/v1/rules/publish', { policies, messages, message: 'without mappings' });
  expect(await senders.zoom!.send(SAID.zoom!(step, { organisationId: lectern.at.organisationId, sessionId, reference }))).toMatchObject({
    status: 202,
  });
});

test('a hostile body is refused at the door with code, place and remedy, or kept with a reason', async () => {
  const zoom = senders.zoom!;
  const good = SAID.zoom!(
    { kind: 'joined', personId: newId(), connection: 'c', ms: Date.now() },
    { organisationId: lectern.at.organisationId, sessionId: newId(), reference: newId() },
  );
  const paths: Path[] = [[], ['event'], ['event_ts'], ['payload', 'object', 'id'], ['payload', 'object', 'participant', 'join_time']];
  const sign = (body: string): Record<string, string> => {
    const time = String(Math.floor(Date.now() / 1000));
    return { 'x-zm-request-timestamp': time, 'x-zm-signature': `v0=${createHmac('sha256', zoom.secret).update(`v0:${time}:${body}`).digest('hex')}` };
  };
  const wrong: string[] = [];
  for (const path of paths) {
    for (const [name, hostile] of Object.entries(HOSTILE)) {
      const body = withHostile(good as never, path, hostile);
      const got = await lectern.api<{ code?: string; message?: string; remedy?: string; id?: string }>('POST', `/v1/inbound/${zoom.name}`, body, {
        authorization: '',
        ...sign(body),
      });
      const isFine = got.status < 300 ? got.body.id : got.status < 500 && got.body.code && got.body.message && got.body.remedy;
      if (!isFine) wrong.push(`${path.join('.')} ← ${name}: ${got.status} ${JSON.stringify(got.body).slice(0, 200)}`);
    }
  }
  const form = async (body: string): Promise<string> => {
    const { name, secret } = senders.bigbluebutton!;
    const checksum = (await import('node:crypto')).createHash('sha1').update(`${lectern.at.url}/v1/inbound/${name}${body}${secret}`).digest('hex');
    const got = await lectern.api<{ code: string }>('POST', `/v1/inbound/${name}?checksum=${checksum}`, body, { authorization: '' });
    return `${got.status} ${got.body.code}`;
  };
  const forms = [
    'event=[]',
    'event=[1]',
    'event={}',
    'event=[{}',
    'event=[]&event=[]',
    'domain=x',
    `event=${'['.repeat(90_000)}`,
    '%ff=%fe',
    `event=[${Array(101).fill('{}').join()}]`,
  ];
  for (const body of forms)
    expect([body.slice(0, 40), await form(body)]).toEqual([body.slice(0, 40), expect.stringMatching(/^400 (malformed-json|invalid-request)$/)]);
  expect(wrong).toEqual([]);
});
