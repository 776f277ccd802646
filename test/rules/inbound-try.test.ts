import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inboundTry, type TryOptions } from '../../runtime/cli/inbound';

const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-inbound-'));
afterAll(() => rmSync(folder, { recursive: true }));
const shipped = readFileSync(path.join(__dirname, '../../examples/inbound/zoom-participant-joined.json'), 'utf8');

/** What it prints, and its exit code. */
async function tried(mapping: string, body: string, options: TryOptions = {}): Promise<{ code: number; out: string }> {
  const file = path.join(folder, 'body');
  writeFileSync(file, body);
  let out = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  try {
    return { code: await inboundTry(mapping, file, options), out };
  } finally {
    write.mockRestore();
  }
}

const time = String(Date.parse('2026-12-01T15:00:31Z') / 1000);
const signed = (body: string, secret: string): TryOptions => ({
  secret: 'an invented secret',
  now: '2026-12-01T15:00:40Z',
  header: [`x-zm-request-timestamp: ${time}`, `X-Zm-Signature: v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`],
});

test.each<[string, string, TryOptions, number, string[]]>([
  [
    'one that is mapped and signed',
    shipped,
    signed(shipped, 'an invented secret'),
    0,
    [
      'ok, the signature holds',
      'participant.joined by row "joined", at 2026-12-01T15:00:30.000Z',
      'externalId: "81234567890"',
      'joinedAt: "2026-12-01T15:00:30.000Z"',
      'identity: left out, because "person" is there',
      '(payload.object.id)',
    ],
  ],
  ['one that somebody else signed', shipped, signed(shipped, 'another one'), 1, ['NO, bad-signature', 'participant.joined']],
  ['one that is stale', shipped, { ...signed(shipped, 'an invented secret'), now: '2026-12-01T15:06:00Z' }, 1, ['NO, stale-webhook']],
  [
    'one without a time',
    shipped.replace('join_time', 'joined'),
    {},
    1,
    [
      '?, not tried',
      'NOT MAPPED: Row "joined"',
      'place:  payload.object.participant.join_time',
      'remedy: ',
      'joinedAt: nothing of that kind at payload.object.participant.join_time',
    ],
  ],
  [
    'a word that is none of ours',
    shipped.replace('participant_joined', 'sharing_started'),
    {},
    0,
    ['"meeting.sharing_started"', 'kept: no row is about it'],
  ],
  [
    'a question',
    JSON.stringify({ event: 'endpoint.url_validation', payload: { plainToken: 'abc' } }),
    { secret: 'an invented secret' },
    1,
    ['a question of the sender, answered with {"plainToken":"abc"'],
  ],
  ['what is no JSON', '{"event": ', {}, 1, ['refused at the door: malformed-json', 'line 1, column 11']],
])('%s', async (_name, body, options, code, said) => {
  const got = await tried('zoom', body, options);
  for (const text of said) expect(got.out).toContain(text);
  expect(got.code).toBe(code);
});

test('--json is one document, with each field and where it stands', async () => {
  const { out } = await tried('zoom', shipped, { json: true });
  expect(JSON.parse(out)).toMatchObject({
    mapping: 'zoom',
    verification: { scheme: 'hmac', holds: null },
    events: [{ said: 'meeting.participant_joined', end: { kind: 'event', event: 'participant.joined', row: 'joined' }, fault: null }],
  });
});

test.each<[string, string, TryOptions, RegExp]>([
  ['a mapping that there is none of', 'zom', {}, /There is no mapping "zom" \(did you mean zoom\?\)/],
  ['a line that is no header', 'zoom', { secret: 's', header: ['v0=1'] }, /is not a header/],
  ['a folder that there is none of', 'zoom', { rules: '/nowhere' }, /is not a folder/],
])('%s is wrong input', async (_name, mapping, options, said) => expect(tried(mapping, shipped, options)).rejects.toThrow(said));
