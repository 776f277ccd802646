import { BlockList, isIP } from 'node:net';

/** Where webhooks may go. `any`: also over plain HTTP, to addresses of this machine and its network, and to every port. */
export interface AddressRule {
  allow: 'public' | 'any';
  /** The ports that may be named, where not every one may. */
  ports: readonly number[];
}

/** IPv4 that is no single machine of the public internet (IANA's special-purpose registry). */
const V4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** IPv6 within 2000::/3 that is none: protocol assignments with Teredo, documentation, 6to4. All else beyond 2000::/3 is refused whole. */
const V6: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const refused = new BlockList();
for (const [net, prefix] of V4) refused.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of V6) refused.addSubnet(net, prefix, 'ipv6');
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address (as text) is one of the public internet. IPv4 inside IPv6 (mapped, translated, 6to4) is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refused.check(address, 'ipv4');
  return family === 6 && global.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}

/** The host of a URL as an IP address, when it is written as one. WHATWG URL has turned every notation into the usual one. */
export function literalOf({ hostname }: URL): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) ? bare : null;
}

/** What speaks against an address before anybody has looked its name up; null when nothing does. */
export function addressFault(text: string, { allow, ports }: AddressRule): string | null {
  if (text.length > 2_000 || !URL.canParse(text)) return 'must be a URL of at most 2000 characters, such as https://example.com/lectern';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allow === 'any' && url.protocol === 'http:')) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not hold a user or password; what is sent is signed';
  if (url.hash !== '') return 'must not hold a fragment; it would never be sent';
  if (allow === 'any') return null;
  const port = url.port === '' ? 443 : Number(url.port);
  if (!ports.includes(port)) return `must name one of the ports that this installation sends to: ${ports.join(', ')}`;
  const literal = literalOf(url);
  return literal !== null && !isPublicAddress(literal) ? 'must be an address of the public internet' : null;
}
