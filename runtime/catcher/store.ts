import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaughtMessage, MessageQuery } from './message';

/** What is kept in memory of a message; the rest is read from the file. */
interface Entry {
  id: string;
  key: string | null;
  messageId: string | null;
  to: string[];
  receivedAt: number;
  offset: number;
  length: number;
}

interface Waiting {
  message: CaughtMessage;
  line: Buffer;
  done: (message: CaughtMessage) => void;
  failed: (error: unknown) => void;
}

const NEWLINE = 10;
const CHUNK = 1 << 20;

/**
 * Messages in one file, a JSON line each. `add` resolves once the message is synced to disk; what arrives during a
 * sync goes to disk with the next one.
 */
export class MessageStore {
  private readonly entries: Entry[] = [];
  private readonly byId = new Map<string, Entry>();
  private readonly byMessageId = new Map<string, Entry[]>();
  private readonly byKey = new Map<string, Entry[]>();
  private readonly waiting: Waiting[] = [];
  private size = 0;
  private writing: Promise<void> | null = null;

  private constructor(private readonly file: FileHandle) {}

  static async open(folder: string): Promise<MessageStore> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const store = new MessageStore(await open(join(folder, 'messages.ndjson'), 'a+', 0o600));
    await store.load();
    const parent = await open(folder, 'r');
    await parent.sync();
    await parent.close();
    return store;
  }

  get count(): number {
    return this.entries.length;
  }

  add(content: Omit<CaughtMessage, 'id' | 'receivedAt'>): Promise<CaughtMessage> {
    const message: CaughtMessage = { id: randomUUID(), ...content, receivedAt: new Date().toISOString() };
    return new Promise((done, failed) => {
      this.waiting.push({ message, line: Buffer.from(`${JSON.stringify(message)}\n`), done, failed });
      this.writing ??= this.write();
    });
  }

  async get(id: string): Promise<CaughtMessage | null> {
    const entry = this.byId.get(id);
    return entry === undefined ? null : this.read(entry);
  }

  /** In the order of arrival; with a limit, the newest of them. */
  async find(query: MessageQuery): Promise<CaughtMessage[]> {
    const to = query.to?.trim().toLowerCase();
    let from = this.entries;
    if (query.messageId !== undefined) from = this.byMessageId.get(query.messageId) ?? [];
    else if (query.key !== undefined) {
      from = [...(this.byKey.get(`email ${query.key}`) ?? []), ...(this.byKey.get(`sms ${query.key}`) ?? [])];
      from.sort((a, b) => a.offset - b.offset);
    }
    const after = query.since === undefined ? undefined : this.byId.get(query.since);
    const since = query.since === undefined || after !== undefined ? undefined : Date.parse(query.since);
    const found = from.filter(
      (entry) =>
        (query.key === undefined || entry.key === query.key) &&
        (to === undefined || entry.to.includes(to)) &&
        (after === undefined || entry.offset > after.offset) &&
        (since === undefined || entry.receivedAt >= since),
    );
    const limit = query.limit ?? 100;
    const messages: CaughtMessage[] = [];
    for (const entry of found.slice(Math.max(0, found.length - limit))) messages.push(await this.read(entry));
    return messages;
  }

  isPoint(since: string): boolean {
    return this.byId.has(since) || !Number.isNaN(Date.parse(since));
  }

  async close(): Promise<void> {
    await this.writing;
    await this.file.close();
  }

  private async write(): Promise<void> {
    // One turn later, so that what arrives in this turn goes to disk together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        await this.file.appendFile(Buffer.concat(batch.map((item) => item.line)));
        await this.file.datasync();
      } catch (error) {
        // A torn line would spoil the next one: cut it off before anything follows.
        await this.file.truncate(this.size).catch(() => process.exit(1));
        for (const item of batch) item.failed(error);
        continue;
      }
      for (const item of batch) {
        this.remember(item.message, this.size, item.line.length);
        this.size += item.line.length;
        item.done(item.message);
      }
    }
    this.writing = null;
  }

  private remember(message: CaughtMessage, offset: number, length: number): void {
    const { id, key, messageId } = message;
    const to = message.to.toLowerCase().split(', ');
    const entry: Entry = { id, key, messageId, to, receivedAt: Date.parse(message.receivedAt), offset, length };
    this.entries.push(entry);
    this.byId.set(id, entry);
    if (messageId !== null) push(this.byMessageId, messageId, entry);
    if (key !== null) push(this.byKey, `${message.channel} ${key}`, entry);
  }

  private async read(entry: Entry): Promise<CaughtMessage> {
    const buffer = Buffer.alloc(entry.length);
    for (let at = 0; at < entry.length;) {
      const { bytesRead } = await this.file.read(buffer, at, entry.length - at, entry.offset + at);
      if (bytesRead === 0) throw new Error(`message ${entry.id} is cut short on disk`);
      at += bytesRead;
    }
    return JSON.parse(buffer.toString('utf8')) as CaughtMessage;
  }

  /** Reads the file line by line and cuts off what a crash left without its end; that was never answered with 250. */
  private async load(): Promise<void> {
    let rest = Buffer.alloc(0);
    let position = 0;
    for (;;) {
      const chunk = Buffer.alloc(CHUNK);
      const { bytesRead } = await this.file.read(chunk, 0, CHUNK, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        const message = parsed(rest.subarray(0, end));
        if (message !== null) this.remember(message, this.size, end + 1);
        this.size += end + 1;
        rest = rest.subarray(end + 1);
      }
    }
    if (rest.length > 0) {
      await this.file.truncate(this.size);
      await this.file.sync();
    }
  }
}

function push(index: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [entry]);
  else list.push(entry);
}

function parsed(line: Buffer): CaughtMessage | null {
  try {
    return JSON.parse(line.toString('utf8')) as CaughtMessage;
  } catch {
    return null;
  }
}
