import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Faults } from './faults';
import type { MessageStore } from './store';

const BODY_LIMIT = 256 * 1024;

const smsSchema = z.object({ key: z.string().min(1), to: z.string().min(1), body: z.string() });
const matchingSchema = z.object({ to: z.string().optional(), subject: z.string().optional() });
const codeSchema = z.int().min(400).max(599);
const withholdSchema = matchingSchema.extend({ count: z.int().min(0), code: codeSchema.optional() });
const failSchema = z.object({ count: z.int().min(0), code: codeSchema.default(451) });

interface Answer {
  status: number;
  body: unknown;
}

class WrongInput extends Error {}

/** The inbox over HTTP. Without `faults` the test routes are not there. */
export function createHttpServer(store: MessageStore, faults: Faults | null): Server {
  const server = createServer((request, response) => {
    answerTo(request, store, faults).then(
      ({ status, body }) => send(response, status, body),
      (error: unknown) => {
        const wrong = error instanceof WrongInput || error instanceof z.ZodError;
        send(response, wrong ? 400 : 500, { error: error instanceof Error ? error.message : String(error) });
      },
    );
  });
  // Longer than a client keeps a connection that it may use again: one that is closed under a request fails it.
  server.keepAliveTimeout = 75_000;
  return server;
}

async function answerTo(request: IncomingMessage, store: MessageStore, faults: Faults | null): Promise<Answer> {
  // A page of another site must not reach the inbox, even through a name that points here.
  if (request.headers.origin !== undefined || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
    return { status: 403, body: { error: 'for programs on this machine only' } };
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /health') return { status: 200, body: { ok: true, pid: process.pid, messages: store.count } };
  if (route === 'GET /messages') return { status: 200, body: await list(url.searchParams, store) };
  if (route.startsWith('GET /messages/')) {
    const message = await store.get(url.pathname.slice('/messages/'.length));
    return message === null ? notFound() : { status: 200, body: message };
  }
  if (route === 'POST /sms') {
    const { key, to, body } = smsSchema.parse(await json(request));
    const text = { subject: '', text: body, html: null, headers: {}, messageId: null, from: '' };
    return { status: 201, body: await store.add({ ...text, key, channel: 'sms', to }) };
  }
  return (faults !== null && (await testAnswer(route, { url, request }, faults))) || notFound();
}

async function testAnswer(route: string, { url, request }: { url: URL; request: IncomingMessage }, faults: Faults): Promise<Answer | null> {
  switch (route) {
    case 'POST /test/withhold':
      faults.withhold(withholdSchema.parse(await json(request)));
      return { status: 200, body: { ok: true } };
    case 'GET /test/withheld':
      return { status: 200, body: { withheld: faults.withheld(matchingSchema.parse(Object.fromEntries(url.searchParams))) } };
    case 'POST /test/release':
      return { status: 200, body: { released: faults.release(matchingSchema.parse(await json(request))) } };
    case 'POST /test/fail': {
      const { count, code } = failSchema.parse(await json(request));
      faults.fail(count, code);
      return { status: 200, body: { ok: true } };
    }
    default:
      return null;
  }
}

function list(query: URLSearchParams, store: MessageStore): ReturnType<MessageStore['find']> {
  const given = (name: string): string | undefined => query.get(name) ?? undefined;
  const limit = Number(given('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new WrongInput('limit is a whole number from 1 to 10000');
  }
  const since = given('since');
  if (since !== undefined && !store.isPoint(since)) throw new WrongInput("since is an instant or a message's id");
  return store.find({ to: given('to'), messageId: given('messageId'), key: given('key'), since, limit });
}

async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new WrongInput('the body is larger than 256 kB');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new WrongInput('the body is not JSON');
  }
}

const notFound = (): Answer => ({ status: 404, body: { error: 'not found' } });

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
