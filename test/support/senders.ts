import { createHash, createHmac } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import { SYSTEM } from '../../commands/context';
import { createSource } from '../../commands/sources';
import { newId } from '../../domain/ids';
import type { Answer, Lectern } from './lectern';

export interface Taken {
  id: string | null;
  duplicate: boolean;
  code?: string;
}

interface Signed {
  headers: Record<string, string>;
  body: string;
  path?: string;
}
type Sign = (payload: object, secret: string, address: string, at: number) => Signed | Promise<Signed>;

const json = (payload: object): string => JSON.stringify(payload);
const seconds = (at: number): string => String(Math.floor(at / 1000));
const hmac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex');

/** How each sender signs what it sends, as its own documentation says: the other side of what Lectern verifies. */
const SIGN: Record<string, Sign> = {
  zoom(payload, secret, _address, at) {
    const [body, time] = [json(payload), seconds(at)];
    return { body, headers: { 'x-zm-request-timestamp': time, 'x-zm-signature': `v0=${hmac(secret, `v0:${time}:${body}`)}` } };
  },
  'cal-com'(payload, secret) {
    const body = json(payload);
    return { body, headers: { 'x-cal-signature-256': hmac(secret, body) } };
  },
  stripe(payload, secret, _address, at) {
    const [body, time] = [json(payload), seconds(at)];
    return { body, headers: { 'stripe-signature': `t=${time},v1=${hmac('another secret', 'x')},v1=${hmac(secret, `${time}.${body}`)}` } };
  },
  async livekit(payload, secret) {
    const body = json(payload);
    const [key, ...rest] = secret.split(':');
    const token = new AccessToken(key, rest.join(':'), { ttl: 300 });
    token.sha256 = createHash('sha256').update(body).digest('base64');
    return { body, headers: { authorization: await token.toJwt(), 'content-type': 'application/webhook+json' } };
  },
  bigbluebutton(payload, secret, address) {
    const body = new URLSearchParams({ domain: 'bbb.example', event: `[${json(payload)}]`, timestamp: '1796137230999' }).toString();
    const checksum = createHash('sha1').update(`${address}${body}${secret}`).digest('hex');
    return { body, path: `?checksum=${checksum}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  },
};

/** A sender that speaks in its own words, let in under a name of its own. */
export class Sender {
  private constructor(
    private readonly lectern: Lectern,
    readonly mapping: string,
    readonly name: string,
    readonly secret: string,
  ) {}

  static async of(lectern: Lectern, mapping: string): Promise<Sender> {
    const name = `${mapping}-${newId().slice(0, 8)}`;
    const secret = mapping === 'livekit' ? `APIinvented:${newId()}` : `secret-of-${name}`;
    const { organisationId, secret: own } = lectern.at;
    await createSource({ db: lectern.db, organisationId, principal: SYSTEM, requestId: null, secret: own }, name, { mapping, secret });
    return new Sender(lectern, mapping, name, secret);
  }

  /** Sends it as it is signed; `spoil` changes what is sent after that. */
  async send(payload: object, { at = Date.now(), secret = this.secret, spoil = (s: Signed): Signed => s } = {}): Promise<Answer<Taken>> {
    const address = `${this.lectern.at.url}/v1/inbound/${this.name}`;
    const { body, headers, path = '' } = spoil(await SIGN[this.mapping]!(payload, secret, address, at));
    return this.lectern.api('POST', `/v1/inbound/${this.name}${path}`, body, { authorization: '', ...headers });
  }
}

/** Somebody comes or goes, in the words of each provider. */
export interface Step {
  kind: 'joined' | 'left';
  personId: string;
  connection: string;
  ms: number;
}
export const SAID: Record<string, (step: Step, room: { organisationId: string; sessionId: string; reference: string }) => object> = {
  zoom: ({ kind, personId, connection, ms }, { reference }) => ({
    event: `meeting.participant_${kind}`,
    event_ts: ms + 900,
    payload: {
      account_id: 'A',
      object: {
        id: reference,
        uuid: `occurrence-of-${reference}`,
        participant: {
          user_name: 'Maya\u202e Example',
          registrant_id: personId,
          participant_uuid: connection,
          [kind === 'joined' ? 'join_time' : 'leave_time']: new Date(ms).toISOString(),
        },
      },
    },
  }),
  livekit: ({ kind, personId, connection, ms }, { organisationId, sessionId }) => ({
    event: `participant_${kind}`,
    id: `EV_${connection}_${kind}`,
    // Whole seconds, as LiveKit tells them.
    createdAt: String(Math.ceil(ms / 1000)),
    room: { name: `lectern.${organisationId}.${sessionId}.${newId()}` },
    participant: { sid: connection, identity: `${personId}.abcd1234`, name: 'Maya', ...(kind === 'joined' && { joinedAtMs: String(ms) }) },
  }),
  bigbluebutton: ({ kind, personId, connection, ms }, { sessionId }) => ({
    data: {
      type: 'event',
      id: `user-${kind}`,
      attributes: {
        meeting: { 'internal-meeting-id': `i-${sessionId}`, 'external-meeting-id': sessionId, 'moderator-pass': 'canary-pass' },
        user: { 'internal-user-id': connection, 'external-user-id': personId, ...(kind === 'joined' && { name: 'Maya' }) },
      },
      event: { ts: ms },
    },
  }),
};
