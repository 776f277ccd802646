import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLogger, type Logger } from '../../runtime/logging';
import { redactText } from '../../runtime/redaction';

const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-logs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What reaches the log of a few calls, line by line. */
function logged(calls: (logger: Logger) => void, bindings?: Record<string, unknown>): { text: string; lines: Record<string, unknown>[] } {
  const file = path.join(folder, String(Math.random()));
  const fd = openSync(file, 'w');
  calls(createLogger('trace', bindings, fd));
  closeSync(fd);
  const text = readFileSync(file, 'utf8');
  return { text, lines: text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Record<string, unknown>] : [])) };
}

const SESSION = '0199b6a4-5d2e-7c3a-9d21-2f6f0a1c9e55';
const TOKEN = 'Qm9va2VkLWxlc3Nvbi10b2tlbi1jYW5hcnk';

test.each([
  ['a mailbox', 'refused <gil.canary@example.invalid>: unknown', 'refused <[mailbox]>: unknown'],
  ['a mailbox right after a new line', 'one\ngil.canary@example.invalid', 'one\n[mailbox]'],
  ['a mailbox with letters of any script', 'to jürgen.canary@müller.example', 'to [mailbox]'],
  ['a mailbox inside an address', '/v1/people?email=gil.canary%40example.invalid&x=1', '/v1/people?email=[mailbox]&x=1'],
  ['a quoted mailbox', 'to "gil canary"@example.invalid', 'to [mailbox]'],
  ['a telephone number', 'to +15550101234 and %2B15550101234', 'to [phone] and [phone]'],
  ['a telephone number with spaces', 'to +49 30 901820-0.', 'to [phone].'],
  ['a row of Postgres', 'Key (email, name)=(canary, Gil (Canary)) already exists.', 'Key (email, name)=[redacted]'],
  ['a failing row', 'Failing row contains (1, Gil Canary, null).', 'Failing row contains [redacted]'],
  ['input that Postgres quotes', 'invalid input syntax for type uuid: "Gil \\" Canary"', 'invalid input syntax for type uuid: "[redacted]"'],
  [
    'input that JSON.parse shows',
    'Unexpected token \'G\', ..."Gil Canary"... is not valid JSON',
    "Unexpected token 'G', [redacted] is not valid JSON",
  ],
  ['a join link', `GET http://h/j/${TOKEN}?x=1 failed`, 'GET http://h/j/[redacted]?x=1 failed'],
  ['a sign-in link', `/sign-in/ls_${TOKEN}`, '/sign-in/[redacted]'],
  ['a key of ours', `key lk_${TOKEN}!`, 'key [redacted]!'],
  ['a webhook secret', `whsec_${TOKEN}=`, '[redacted]'],
  ['a bearer', `authorization: Bearer ${TOKEN}`, 'authorization: Bearer [redacted]'],
  ['a password in an address', 'postgres://app:canary@db.invalid:5432/x', 'postgres://app:[redacted]@db.invalid:5432/x'],
  ['a token in an address', 'https://h/x?token=canary&sessionId=7', 'https://h/x?token=[redacted]&sessionId=7'],
])('%s does not pass', (_what, text, expected) => {
  expect(redactText(text)).toBe(expected);
  const { text: line, lines } = logged((logger) => logger.info({ detail: { of: [text] } }, text));
  expect(lines[0]).toMatchObject({ msg: expected, detail: { of: [expected] } });
  expect(line).not.toMatch(/canary/i);
});

test.each([
  `session/${SESSION}`,
  'at run (/srv/lectern/node_modules/@temporalio/worker/lib/worker.js:12:3)',
  'temporal@v1.5.1, pg@8.23.1',
  '2027-03-01T08:00:00+01:00',
  'duplicate key value violates unique constraint "people_external_id"',
  'connect ECONNREFUSED 127.0.0.1:5432',
  'http://127.0.0.1:7420/v1/sessions?limit=10',
])('%j passes as it is', (text) => expect(redactText(text)).toBe(text));

test('request, session and organisation ids stay, and what names a person does not, at any depth', () => {
  const ids = { requestId: 'req_1', sessionId: SESSION, organisationId: SESSION };
  const person = { id: SESSION, name: 'Gil Canary', Email: 'canary', zone: 'Europe/Berlin', phone: null };
  const { text, lines } = logged((logger) =>
    logger
      .child(ids)
      .child({ recipient: 'canary' })
      .warn({ a: { b: { c: { d: { e: person } } } } }, 'seen'),
  );
  expect(lines[0]).toMatchObject({ ...ids, level: 'warn', msg: 'seen', recipient: '[redacted]' });
  expect(lines[0]).toMatchObject({ a: { b: { c: { d: { e: { id: SESSION, zone: 'Europe/Berlin', name: '[redacted]', phone: null } } } } } });
  expect(text).not.toMatch(/canary/i);
});

function failure(): Error {
  const cause = Object.assign(new Error('Key (email)=(gil@example.invalid) already exists.'), {
    code: '23505',
    constraint: 'people_email',
    detail: 'Key (name)=(Gil Canary) already exists.',
    where: 'COPY people, line 1: "Gil Canary"',
  });
  const headers = { authorization: 'canary' };
  return Object.assign(new AggregateError([cause], 'insert into people - canary@example.invalid', { cause }), {
    response: { headers, data: 'canary' },
  });
}

test.each<[string, (logger: Logger) => void]>([
  ['under err', (logger) => logger.error({ err: failure(), sessionId: SESSION }, 'failed')],
  ['alone', (logger) => logger.error(failure())],
  ['with words', (logger) => logger.error(failure(), 'failed for %s', 'gil.canary@example.invalid')],
  ['deep inside', (logger) => logger.error({ a: [{ b: failure() }] }, 'failed')],
])('an error logged %s keeps type, code, constraint and stack, and no row, header or mailbox', (_how, call) => {
  const { text, lines } = logged(call);
  expect(lines).toHaveLength(1);
  expect(text).not.toMatch(/canary|gil@/i);
  expect(text).toContain('"code":"23505"');
  expect(text).toContain('"constraint":"people_email"');
  expect(text).toContain('logging.test.ts');
});

test('what refers to itself is logged all the same', () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  expect(logged((logger) => logger.info(loop, 'loop')).lines[0]).toMatchObject({ msg: 'loop' });
});
