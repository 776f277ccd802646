import { createTwilioPort, tagOf } from '../activities/providers/sms';
import { newId } from '../domain/ids';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { HOUR, Lectern, type Cast } from './support/lectern';
import { OwnLectern } from './support/own-lectern';
import { startTwilioServer, type TwilioFault, type TwilioReport, type TwilioServer } from './support/twilio-server';

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
      { organisationId: newId(), key, to, subject: null, text: 'Invented words', html: null },
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
      { end: 'refused', error: 'the recipient has opted out of text messages, twilio 21610', isOptOut: true },
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
    expect(
      await port.send({ organisationId: newId(), key: newId(), to: newNumber(), subject: null, text: 'x', html: null }, AbortSignal.timeout(5_000)),
    ).toMatchObject({
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
  async function confirmed(
    faults: TwilioFault[],
    reports: TwilioReport[] = [],
    email: string | null = null,
  ): Promise<{ to: string; cast: Cast; state: string; reason: string | null; sessionId: string }> {
    const to = newNumber();
    twilio.faults.set(to, faults);
    twilio.reports.set(to, reports);
    const cast = await lectern.cast(1);
    const guardian = cast.guardianIds[0]!;
    const { body } = await lectern.api<{ version: number }>('GET', `/v1/people/${guardian}`);
    const changed = await lectern.api('PATCH', `/v1/people/${guardian}`, {
      version: body.version,
      phone: to,
      email,
      ...(email && { channels: ['sms', 'email'] }),
    });
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

  const evidence = async ({ sessionId }: { sessionId: string }, personId: string) =>
    (
      await lectern.query<{ state: string; evidence: string | null; channel: string; reason: string | null }>(
        `SELECT state, evidence, channel, reason FROM obligations WHERE session_id = ? AND person_id = ? AND kind = 'confirmation'`,
        [sessionId, personId],
      )
    )[0]!;
  const reportsOf = (to: string): number => twilio.reported.filter((r) => r.to === to).length;

  test('a report says that a text arrived: before the answer, after it, twice, in any order, and after a fault of theirs', async () => {
    const cases: [TwilioFault[], TwilioReport[]][] = [
      [[], [{ status: 'sent' }, { status: 'delivered' }]],
      [[], [{ status: 'delivered', first: true }]],
      [[], [{ status: 'delivered', twice: true }, { status: 'sent' }, { status: 'queued', twice: true }]],
      [
        [{ status: 500, code: 20500, taken: true }],
        [
          { status: 'sent', first: true },
          { status: 'delivered', first: true, twice: true },
        ],
      ],
    ];
    const ends = await Promise.all(cases.map(([faults, reports]) => confirmed(faults, reports)));
    for (const [i, end] of ends.entries()) {
      const all = cases[i]![1].reduce((n, r) => n + (r.twice ? 2 : 1), 0);
      await lectern.until('every report', () => Promise.resolve(reportsOf(end.to) === all));
      expect(await evidence(end, end.cast.guardianIds[0]!)).toMatchObject({ state: 'failed-over', evidence: 'delivered' });
      expect(copies(end.to)).toBe(1);
    }
    expect(new Set(twilio.reported.map((r) => r.answer))).toEqual(new Set([204]));
  });

  test('a text that did not arrive goes by mail, once; where there is none a person is told why', async () => {
    const mail = (n: number): string => `undelivered${n}@example.invalid`;
    const undelivered: TwilioReport = { status: 'undelivered', code: 30005 };
    const ends = await Promise.all([
      confirmed([], [{ ...undelivered, twice: true }, { status: 'sent' }], mail(1)),
      confirmed([], [{ ...undelivered, first: true }], mail(2)),
      confirmed([{ status: 400, code: 21610 }], [], mail(3)),
    ]);
    for (const [i, end] of ends.entries()) {
      const guardian = end.cast.guardianIds[0]!;
      await lectern.until(
        'the mail',
        async () => (await evidence(end, guardian)).channel === 'email' && (await evidence(end, guardian)).state === 'failed-over',
      );
      expect((await lectern.sink()).filter((m) => m.to === mail(i + 1))).toHaveLength(1);
      expect(asked(end.to)).toBe(1);
    }
    const alone = await confirmed([], [{ status: 'failed', code: 30006 }]);
    const step = await lectern.openStep(alone.sessionId, 'message');
    const { body } = await lectern.api<{ reason: string }>('GET', `/v1/held-steps/${step.id}`);
    expect(body.reason).toContain('this is a landline, twilio 30006');
  });

  test('who has opted out is not texted again: later messages go by mail at once, with the reason; until they opt in again', async () => {
    const end = await confirmed([{ status: 400, code: 21610 }], [], 'optedout@example.invalid');
    const guardian = end.cast.guardianIds[0]!;
    const person = async (): Promise<{ optedOut: { channel: string }[] }> => (await lectern.api<never>('GET', `/v1/people/${guardian}`)).body;
    const confirmedBy = (sessionId: string): Promise<string> =>
      lectern.until('the confirmation', async () => {
        const o = await evidence({ sessionId }, guardian);
        return ['delivered', 'failed-over'].includes(o?.state ?? '') && o.channel;
      });
    expect(await confirmedBy(end.sessionId)).toBe('email');
    expect(await person()).toMatchObject({ optedOut: [{ channel: 'sms' }] });
    const second = await lectern.book(end.cast, 304 * HOUR);
    expect(await confirmedBy(second)).toBe('email');
    expect([asked(end.to), copies(end.to)]).toEqual([1, 0]);
    const { body } = await lectern.api<{ items: { kind: string; data: object }[] }>('GET', `/v1/sessions/${second}/timeline?limit=200`);
    expect(body.items.filter((e) => e.kind === 'message.opted-out').map((e) => e.data)).toMatchObject([{ channel: 'sms', personId: guardian }]);
    const again = await lectern.api<{ optedOut: object[] }>('POST', `/v1/people/${guardian}/opt-in`, { channel: 'sms' });
    expect(again).toMatchObject({ status: 200, body: { optedOut: [] } });
    const third = await lectern.book(end.cast, 308 * HOUR);
    expect(await confirmedBy(third)).toBe('sms');
    expect([asked(end.to), copies(end.to)]).toEqual([2, 1]);
  });

  test('what Twilio did not sign is no report, nor is one for another message', async () => {
    const end = await confirmed([]);
    const [{ effectKey } = { effectKey: '' }] = await lectern.query<{ effectKey: string }>(
      'SELECT effect_key FROM attempts WHERE session_id = ? AND channel = ?',
      [end.sessionId, 'sms'],
    );
    const url = `${lectern.at.url}/sms/twilio/${lectern.at.organisationId}/${effectKey}`;
    const form = { MessageSid: twilio.taken.find((m) => m.to === end.to)!.sid, MessageStatus: 'delivered' };
    const post = (to: string, signedFor: string, token = ACCOUNT.authToken, body: Record<string, string> = form): Promise<number> =>
      fetch(to, {
        method: 'POST',
        headers: { 'x-twilio-signature': getExpectedTwilioSignature(token, signedFor, form) },
        body: new URLSearchParams(body),
      }).then((answer) => answer.status);
    expect(await post(url, url, 'another-token')).toBe(401);
    expect(await post(url, url.replace('http:', 'https:'))).toBe(401);
    expect(await post(url, url, ACCOUNT.authToken, { ...form, MessageStatus: 'failed' })).toBe(401);
    const other = `${lectern.at.url}/sms/twilio/${newId()}/${effectKey}`;
    expect(await post(other, other)).toBe(404);
    expect(await evidence(end, end.cast.guardianIds[0]!)).toMatchObject({ evidence: 'accepted' });
    expect(await post(url, url)).toBe(204);
    expect(await evidence(end, end.cast.guardianIds[0]!)).toMatchObject({ evidence: 'delivered' });
  });
});
