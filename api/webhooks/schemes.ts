import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { TokenVerifier } from 'livekit-server-sdk';
import { LecternError } from '../../domain/errors';
import type { Verification } from '../../policy/inbound/types';
import { parseDuration } from '../../policy/units';
import { verifyWebhook } from './verify';

/** A webhook as it came. `url`: the whole address that its sender called. */
export interface Delivery {
  bytes: Buffer;
  header(name: string): string | undefined;
  url: string;
}

interface Proof {
  delivery: Delivery;
  verify: Verification;
  secrets: readonly string[];
  /** Real time. */
  now: Date;
}

const DEFAULT_TOLERANCE = '5m';
const refused = (message: string): LecternError => new LecternError('bad-signature', message);

/** Signatures are compared as bytes, in a time that says nothing; a text in another encoding is none. */
function isSame(expected: Buffer, given: string, encoding: 'hex' | 'base64'): boolean {
  const bytes = Buffer.from(given, encoding);
  return bytes.length === expected.length && timingSafeEqual(expected, bytes);
}

function assertFresh(seconds: string, { verify, now }: Proof): void {
  const tolerance = parseDuration(verify.tolerance ?? DEFAULT_TOLERANCE)!;
  const off = Math.abs(+now - Number(seconds) * 1000);
  if (!(off <= tolerance))
    throw new LecternError(
      'stale-webhook',
      `The webhook was signed at another time than now, by more than ${verify.tolerance ?? DEFAULT_TOLERANCE}.`,
    );
}

/** A header of the sender's own with the HMAC of what `signed` says. */
function hmac(proof: Proof): void {
  const { delivery, verify, secrets } = proof;
  const { header = '', prefix = '', hash = 'sha256', encoding = 'hex', signed = '{body}', timestampHeader } = verify;
  const given = delivery.header(header);
  const timestamp = timestampHeader === undefined ? '' : delivery.header(timestampHeader);
  if (given === undefined || timestamp === undefined)
    throw refused(`The header ${given === undefined ? header : timestampHeader} is needed: it is not there.`);
  if (!given.startsWith(prefix)) throw refused(`The header ${header} does not begin with "${prefix}".`);
  if (timestampHeader !== undefined && !/^\d{1,12}$/.test(timestamp)) throw refused(`The header ${timestampHeader} is not a number of seconds.`);
  const text = signed.split('{body}');
  const parts = text.map((part) => Buffer.from(part.replaceAll('{timestamp}', timestamp)));
  const matches = secrets.some((secret) => {
    const mac = createHmac(hash, secret);
    parts.forEach((part, n) => (n === 0 ? mac.update(part) : mac.update(delivery.bytes).update(part)));
    return isSame(mac.digest(), given.slice(prefix.length), encoding);
  });
  if (!matches)
    throw refused(`The header ${header} does not match the body${timestampHeader ? ' and its time' : ''} under the secret of this source.`);
  if (timestampHeader !== undefined) assertFresh(timestamp, proof);
}

/** `Stripe-Signature: t=…,v1=…`, of which there may be several v1 while a secret is changed. */
function stripe(proof: Proof): void {
  const { delivery, secrets } = proof;
  const parts = (delivery.header('stripe-signature') ?? '').split(',').slice(0, 20);
  const all = (name: string): string[] => parts.flatMap((part) => (part.trim().startsWith(`${name}=`) ? [part.trim().slice(name.length + 1)] : []));
  const [timestamp] = all('t');
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) throw refused('The header stripe-signature with t=… and v1=… is needed.');
  const isSigned = secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(delivery.bytes).digest();
    return all('v1').some((given) => isSame(expected, given, 'hex'));
  });
  if (!isSigned) throw refused('The header stripe-signature does not match the body and its time under the secret of this source.');
  assertFresh(timestamp, proof);
}

/** A token in the header, signed with key and secret ("key:secret" here), names the hash of the body. */
async function livekit({ delivery, secrets }: Proof): Promise<void> {
  const token = delivery.header('authorization') ?? '';
  const hash = createHash('sha256').update(delivery.bytes).digest('base64');
  for (const secret of secrets) {
    const [key = '', ...rest] = secret.split(':');
    const claims = await new TokenVerifier(key, rest.join(':')).verify(token).catch(() => null);
    if (claims?.sha256 === hash) return;
  }
  throw refused('The webhook is not signed with the key and secret of this LiveKit server.');
}

/** `checksum` at the end of the address: the hash of the address before it, the body and the secret. */
function bigBlueButton({ delivery, verify, secrets }: Proof): void {
  const [, address, given = ''] = /^(.*)[?&]checksum=([0-9a-f]{40,128})$/.exec(delivery.url) ?? [];
  if (address === undefined) throw refused('The checksum at the end of the address is needed; with Bearer tokens BigBlueButton signs nothing.');
  const matches = secrets.some((secret) =>
    isSame(
      createHash(verify.hash ?? 'sha1')
        .update(address)
        .update(delivery.bytes)
        .update(secret)
        .digest(),
      given,
      'hex',
    ),
  );
  if (!matches)
    throw refused(
      `The checksum does not match ${address} with the body and the secret of this source; PUBLIC_URL has to be the address that BigBlueButton was given.`,
    );
}

/**
 * Verifies a webhook as its mapping says, over the bytes as they came. Gives the event's id where the scheme has one. Errors:
 * `bad-signature`, `stale-webhook`, `invalid-request` for an id that cannot be signed unambiguously.
 */
export async function verifyDelivery(proof: Proof): Promise<{ id: string | null }> {
  const { delivery, secrets, now } = proof;
  switch (proof.verify.scheme) {
    case 'standard-webhooks': {
      const headers = {
        id: delivery.header('webhook-id'),
        timestamp: delivery.header('webhook-timestamp'),
        signature: delivery.header('webhook-signature'),
      };
      return verifyWebhook(delivery.bytes, headers, secrets, now);
    }
    case 'hmac':
      hmac(proof);
      break;
    case 'stripe':
      stripe(proof);
      break;
    case 'livekit':
      await livekit(proof);
      break;
    case 'bigbluebutton':
      bigBlueButton(proof);
  }
  return { id: null };
}

/** What a source signs a challenge with: its newest secret. */
export const signedWith =
  (secrets: readonly string[]) =>
  (token: string): string =>
    createHmac('sha256', secrets[0] ?? '')
      .update(token)
      .digest('hex');
