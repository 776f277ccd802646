import type { HeaderLines } from 'mailparser';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Faults } from './faults';
import type { CaughtMessage } from './message';
import type { MessageStore } from './store';

const SIZE_LIMIT = 10 * 1024 * 1024;

/** Takes any mail from this machine and answers 250 once the store has it on disk. */
export function createSmtpServer(store: MessageStore, faults: Faults): SMTPServer {
  const server = new SMTPServer({
    name: 'lectern-catcher',
    banner: 'local inbox, nothing leaves this machine',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: SIZE_LIMIT,
    // An answer may be withheld for long in a test.
    socketTimeout: 10 * 60_000,
    closeTimeout: 500,
    onData(stream, session, callback) {
      receive(stream, session, store, faults).then(
        (message) => callback(null, `stored ${message.id}`),
        (error: unknown) => callback(refusal(error)),
      );
    },
  });
  // A peer that goes away mid-mail is no reason to stop.
  server.on('error', (error: Error) => process.stderr.write(`catcher: ${error.message}\n`));
  return server;
}

async function receive(stream: SMTPServerDataStream, session: SMTPServerSession, store: MessageStore, faults: Faults): Promise<CaughtMessage> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= SIZE_LIMIT) chunks.push(chunk);
  }
  if (size > SIZE_LIMIT || stream.sizeExceeded) throw new Refusal(552, 'message is larger than 10 MB');
  const failure = faults.takeFailure();
  if (failure !== null) throw new Refusal(failure, 'refused as the test asked');
  const content = await contentOf(Buffer.concat(chunks), session);
  const wish = faults.take(content);
  if (wish?.code) {
    await faults.hold(content);
    throw new Refusal(wish.code, 'refused as the test asked');
  }
  const message = await store.add(content);
  if (wish) await faults.hold(content);
  return message;
}

async function contentOf(raw: Buffer, session: SMTPServerSession): Promise<Omit<CaughtMessage, 'id' | 'receivedAt'>> {
  const mail = await simpleParser(raw, { skipImageLinks: true, skipTextToHtml: true });
  const headers = headersOf(mail.headerLines);
  const messageId = headers['message-id'] ?? null;
  const { mailFrom, rcptTo } = session.envelope;
  return {
    key: (headers['x-lectern-key'] ?? messageId?.match(/^<([^@>]+)@/)?.[1]) || null,
    channel: 'email',
    messageId,
    to: rcptTo.map(({ address }) => address).join(', '),
    from: mail.from?.text ?? (mailFrom === false ? '' : mailFrom.address),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || null,
    headers,
  };
}

/** Headers as they came, unfolded; of one that comes twice, both, each on its line. */
function headersOf(lines: HeaderLines): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { key, line } of lines) {
    const value = line
      .slice(line.indexOf(':') + 1)
      .replace(/\r?\n(?=[ \t])/g, '')
      .trim();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}\n${value}`;
  }
  return headers;
}

class Refusal extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

function refusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  process.stderr.write(`catcher: ${error instanceof Error ? error.message : String(error)}\n`);
  return new Refusal(451, 'could not be stored, try again');
}
