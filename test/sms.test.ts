import { createTwilioPort, tagOf } from '../activities/providers/sms';
import { newId } from '../domain/ids';
import { HOUR, Lectern, type Cast } from './support/lectern';
import { OwnLectern } from './support/own-lectern';
import { startTwilioServer, type TwilioFault, type TwilioServer } from './support/twilio-server';

jest.setTimeout(240_000);
const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'invented-token', from: '+15550000001' };
let twilio: TwilioServer;
beforeAll(async () => {
  twilio = await startTwilioServer();
});
afterAll(() => twilio.close());

let last = 0;
const newNumber = (): string => `+1555${String(1_000_000 + last++)}`;

describe('the port, against a server that behaves as Twilio documents', () => {
  const send = (to: string, key = newId(), from = ACCOUNT.from) =>
    createTwilioPort({ ...ACCOUNT, from, baseUrl: `${twilio.url}/` }).send(
      { key, to, subject: null, text: 'Invented words', html: null },
      AbortSignal.timeout(10_000),
    );

  test('a message is taken, and its tag is in its words', async () => {
    const [to, key] = [newNumber(), newId()];
    const sent = await send(to, key);
    const message = twilio.taken.find((m) => m.to === to)!;
    expect(sent).toEqual({ end: 'accepted', ref: message.sid });
    expect(message).toMatchObject({ from: ACCOUNT.from, body: `Invented words ${tagOf(key)}` });
    expect([...twilio.authorization]).toEqual([`Basic ${Buffer.from(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`).toString('base64')}`]);
  });

  test('a messaging service chooses the number', async () => {
    const [to, service] = [newNumber(), `MG${'1'.repeat(32)}`];
    expect(await send(to, newId(), service)).toMatchObject({ end: 'accepted' });
    expect(twilio.taken.find((m) => m.to === to)!.from).toBe(service);
  });

  test.each<[string, TwilioFault, object]>([
    [
      'an opt-out is final and said in words',
      { status: 400, code: 21610 },
      { end: 'refused', error: 'the recipient has opted out of text messages, twilio 21610' },
    ],
    ['a wrong number is final', { status: 400, code: 21211 }, { end: 'refused', error: 'this is not a valid number, twilio 21211' }],
    ['a busy provider has not taken it', { status: 429, code: 20429 }, { end: 'not-sent', error: 'twilio 20429' }],
    ['after a fault of theirs nobody knows', { status: 500, code: 20500, taken: false }, { end: 'in-doubt', error: 'twilio 20500' }],
    ['without an answer nobody knows', { silent: true, taken: true }, { end: 'in-doubt', error: 'twilio ECONNABORTED' }],
  ])('%s', async (_name, fault, end) => {
    const to = newNumber();
    twilio.faults.set(to, [fault]);
    expect(await send(to)).toEqual(end);
    expect(twilio.creates.filter((n) => n === to)).toHaveLength(1);
  });

  test('nobody there has not taken it', async () => {
    const port = createTwilioPort({ ...ACCOUNT, baseUrl: 'http://127.0.0.1:1' });
    expect(await port.send({ key: newId(), to: newNumber(), subject: null, text: 'x', html: null }, AbortSignal.timeout(5_000))).toMatchObject({
      end: 'not-sent',
    });
  });

  test('a look-up finds what was taken although its answer was lost, by number and tag', async () => {
    const [to, key] = [newNumber(), newId()];
    twilio.faults.set(to, [{ status: 500, code: 20500, taken: true }]);
    await send(to, key);
    await send(to, newId());
    const port = createTwilioPort({ ...ACCOUNT, baseUrl: twilio.url });
    const sid = twilio.taken.find((m) => m.to === to)!.sid;
    expect(await port.lookUp!(key, to)).toEqual({ found: true, ref: sid });
    expect(await port.lookUp!(newId(), to)).toEqual({ found: false, ref: null });
    expect(await port.lookUp!(key, newNumber())).toEqual({ found: false, ref: null });
  });
});

describe('a lesson whose guardians have no address but a number', () => {
  let own: OwnLectern;
  let lectern: Lectern;
  beforeAll(async () => {
    const { accountSid, authToken, from } = ACCOUNT;
    own = new OwnLectern({ TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from, TWILIO_BASE_URL: twilio.url });
    lectern = new Lectern(await own.start());
  });
  afterAll(async () => {
    await lectern.close();
    await own.stop();
  });

  /** Books a lesson far ahead: the confirmation to the guardian is what is due at once. */
  async function confirmed(faults: TwilioFault[]): Promise<{ to: string; cast: Cast; state: string; reason: string | null; sessionId: string }> {
    const to = newNumber();
    twilio.faults.set(to, faults);
    const cast = await lectern.cast(1);
    const guardian = cast.guardianIds[0]!;
    const { body } = await lectern.api<{ version: number }>('GET', `/v1/people/${guardian}`);
    const changed = await lectern.api('PATCH', `/v1/people/${guardian}`, { version: body.version, email: null, phone: to });
    if (changed.status !== 200) throw new Error(JSON.stringify(changed));
    const sessionId = await lectern.book(cast, 300 * HOUR);
    const end = await lectern.until('the end of the confirmation', async () => {
      const [o] = await lectern.query<{ state: string; reason: string | null }>(
        `SELECT state, reason FROM obligations WHERE session_id = ? AND person_id = ? AND kind = 'confirmation' AND ended_at IS NOT NULL`,
        [sessionId, guardian],
      );
      return o;
    });
    return { to, cast, sessionId, ...end };
  }
  const copies = (to: string): number => twilio.taken.filter((m) => m.to === to).length;
  const asked = (to: string): number => twilio.creates.filter((n) => n === to).length;

  test('whatever the provider does, each is texted once or a coordinator is told why not', async () => {
    const [well, busy, broken, lost, silent, optedOut] = await Promise.all([
      confirmed([]),
      confirmed([
        { status: 429, code: 20429 },
        { status: 429, code: 20429 },
      ]),
      confirmed([{ status: 500, code: 20500, taken: false }]),
      confirmed([{ status: 500, code: 20500, taken: true }]),
      confirmed([{ silent: true, taken: true }]),
      confirmed([{ status: 400, code: 21610 }]),
    ]);
    const of = ({ to, state }: { to: string; state: string }) => ({ state, copies: copies(to), asked: asked(to) });
    expect(of(well)).toEqual({ state: 'failed-over', copies: 1, asked: 1 });
    expect(of(busy)).toEqual({ state: 'failed-over', copies: 1, asked: 3 });
    expect(of(broken)).toEqual({ state: 'failed-over', copies: 1, asked: 2 });
    expect(of(lost)).toEqual({ state: 'failed-over', copies: 1, asked: 1 });
    expect(of(silent)).toEqual({ state: 'failed-over', copies: 1, asked: 1 });
    expect(of(optedOut)).toEqual({ state: 'held', copies: 0, asked: 1 });
    for (const { to } of [broken, lost, silent]) expect(twilio.lookUps).toContain(to);
    const step = await lectern.openStep(optedOut.sessionId, 'message');
    const { body } = await lectern.api<{ reason: string }>('GET', `/v1/held-steps/${step.id}`);
    expect(body.reason).toContain('the recipient has opted out of text messages');
  });
});
