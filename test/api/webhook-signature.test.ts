import { Webhook } from 'standardwebhooks';
import { verifyWebhook } from '../../api/webhooks/verify';

const OLD = `whsec_${Buffer.from('an old secret of the source').toString('base64')}`;
const NEW = `whsec_${Buffer.from('a new secret of the source').toString('base64')}`;
const now = new Date('2026-11-25T10:00:00Z');
const body = '{"type":"participant.joined"}';

const sign = (secret: string, id = 'evt_1', at = now, text = body): { id: string; timestamp: string; signature: string } => ({
  id,
  timestamp: String(Math.floor(+at / 1000)),
  signature: new Webhook(secret).sign(id, at, text),
});
const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const verify = (headers: ReturnType<typeof sign>, bytes: string | Buffer = body, at = now): string | undefined =>
  codeOf(() => verifyWebhook(Buffer.from(bytes as string), headers, [OLD, NEW], at));

describe('webhook signatures', () => {
  it('accepts what the reference library signs, with either of two live secrets', () => {
    expect(verify(sign(OLD))).toBeUndefined();
    expect(verify(sign(NEW))).toBeUndefined();
  });

  it('accepts one good signature among several', () => {
    const signed = sign(NEW);
    expect(verify({ ...signed, signature: `v1a,xx v1,${Buffer.alloc(32).toString('base64')} ${signed.signature}` })).toBeUndefined();
  });

  it('refuses a changed body, id or timestamp, another secret, and no signature', () => {
    expect(verify(sign(NEW), body.replace('joined', 'left'))).toBe('bad-signature');
    expect(verify({ ...sign(NEW), id: 'evt_2' })).toBe('bad-signature');
    expect(verify({ ...sign(NEW), timestamp: String(Math.floor(+now / 1000) + 1) })).toBe('bad-signature');
    expect(verify(sign(`whsec_${Buffer.from('somebody else').toString('base64')}`))).toBe('bad-signature');
    expect(verify({ ...sign(NEW), signature: '' })).toBe('bad-signature');
    expect(verify({ ...sign(NEW), signature: 'v1,' })).toBe('bad-signature');
    expect(verify({ ...sign(NEW), signature: 'v1' })).toBe('bad-signature');
  });

  it('tells bytes apart that decode to the same text', () => {
    const signed = sign(NEW, 'evt_1', now, '"\ufffd"');
    expect(codeOf(() => verifyWebhook(Buffer.from([0x22, 0xff, 0x22]), signed, [NEW], now))).toBe('bad-signature');
  });

  it('takes five minutes either way and no more', () => {
    const minutes = (n: number): Date => new Date(+now + n * 60_000);
    expect(verify(sign(NEW), body, minutes(5))).toBeUndefined();
    expect(verify(sign(NEW), body, minutes(-5))).toBeUndefined();
    expect(verify(sign(NEW), body, minutes(5.1))).toBe('stale-webhook');
    expect(verify(sign(NEW), body, minutes(-5.1))).toBe('stale-webhook');
    expect(verify({ ...sign(NEW), timestamp: '12abc' })).toBe('bad-signature');
  });

  it('refuses an id that could be read two ways', () => {
    expect(verify(sign(NEW, 'evt.1'))).toBe('invalid-request');
    expect(verify(sign(NEW, 'x'.repeat(201)))).toBe('invalid-request');
    expect(verify(sign(NEW, 'x'.repeat(200)))).toBeUndefined();
  });
});
