import { nearest } from '../../domain/nearest';
import { checkFields, isObject, type Report } from '../check-fields';
import type { Json } from '../types';
import { parseDuration } from '../units';
import { HASHES, SCHEMES } from './types';

const HEADER = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Which fields each scheme takes besides its name; those with `true` it needs. */
const TAKES: Record<(typeof SCHEMES)[number], Record<string, boolean>> = {
  'standard-webhooks': {},
  hmac: { header: true, prefix: false, hash: false, encoding: false, signed: true, timestampHeader: false, tolerance: false, freshness: false },
  stripe: { tolerance: false },
  livekit: {},
  bigbluebutton: { hash: false, freshness: false },
};

const oneOf =
  (values: readonly string[]) =>
  (value: string): string | null =>
    values.includes(value) ? null : (nearest(value, values) ?? `one of: ${values.join(', ')}`);
const matching =
  (pattern: RegExp, such: string) =>
  (value: string): string | null =>
    pattern.test(value) ? null : such;
const duration = (value: string): string | null => (Number(parseDuration(value)) > 0 ? null : 'a duration such as "5m"');

/** What is wrong with a value, as what would be right; null when it may be. */
const VALUES: Record<string, (value: string) => string | null> = {
  header: matching(HEADER, 'the name of a header in small letters, such as "x-signature"'),
  timestampHeader: matching(HEADER, 'the name of a header in small letters, such as "x-timestamp"'),
  prefix: matching(/^[\x21-\x7e]{1,20}$/, 'what stands before the signature, such as "v0="'),
  signed: matching(/^[^{}]*(\{(body|timestamp)\}[^{}]*)+$/, '"{body}", or with the time of the header "{timestamp}.{body}"'),
  hash: oneOf(HASHES),
  encoding: oneOf(['hex', 'base64']),
  tolerance: duration,
  freshness: duration,
};

/** How a sender proves itself: a scheme, and what that one takes. */
export function checkVerify(verify: Json | undefined, report: Report): void {
  const say = (path: string, message: string, suggestion: string): void => report('wrong-shape', null, `/verify${path}`, message, suggestion);
  if (!isObject(verify)) return say('', 'a mapping says how its sender proves itself', '{"scheme": "standard-webhooks"}');
  const scheme = SCHEMES.find((s) => s === verify.scheme);
  if (!scheme)
    return say(
      '/scheme',
      `${JSON.stringify(verify.scheme ?? null)} is not a scheme`,
      nearest(String(verify.scheme), SCHEMES) ?? `one of: ${SCHEMES.join(', ')}`,
    );
  const takes = TAKES[scheme];
  checkFields(verify, ['scheme', ...Object.keys(takes)], null, '/verify', report);
  for (const [name, isNeeded] of Object.entries(takes)) {
    const value = verify[name];
    const right = typeof value === 'string' ? VALUES[name]!(value) : value === undefined && !isNeeded ? null : VALUES[name]!('');
    if (right !== null) say(`/${name}`, `${JSON.stringify(value ?? null)} is not what "${name}" takes`, right);
  }
  if (scheme === 'hmac') checkSigned(verify, say);
}

/** A body alone must be signed, and a time that nobody signed proves nothing; without any a repeat from last year would be taken. */
function checkSigned(
  { signed, timestampHeader, freshness }: Record<string, Json>,
  say: (path: string, message: string, suggestion: string) => void,
): void {
  const [namesBody, namesTime] = [String(signed).includes('{body}'), String(signed).includes('{timestamp}')];
  if (!namesBody) say('/signed', 'the body has to be signed', '"{body}"');
  if (namesTime !== (timestampHeader !== undefined))
    say('/timestampHeader', 'a time is read from a header and stands in what is signed, or neither', '"{timestamp}.{body}"');
  if (timestampHeader === undefined && freshness === undefined)
    say('/freshness', 'nothing that is signed says when it was: say how old an event may be', '"1h"');
}
