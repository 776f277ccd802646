import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stand-in for a model does with a question. All but the first two are ways in which real ones fail. */
export const MODES = [
  'well-formed',
  'slow',
  'timeout',
  'drips',
  'rate-limited',
  'server-error',
  'broken-off',
  'reset',
  'not-json',
  'truncated',
  'wrong-schema',
  'refusal',
  'filtered',
  'empty',
  'no-choices',
  'rambles',
  'rambles-in-schema',
  'floods',
  'ungrounded',
  'invents-claim',
  'wrong-time',
  'obeys',
  'repeats',
  'invents-name',
  'names-other',
  'wrong-language',
  'html',
  'phone',
  'e-mail',
] as const;
export type Mode = (typeof MODES)[number];

/** What the server was asked: as a test reads it. */
export interface Asked {
  mode: Mode;
  authorization: string | undefined;
  body: {
    model: string;
    messages: { role: string; content: string }[];
    response_format?: { type: string; json_schema?: { name: string; strict: boolean; schema: Record<string, unknown> } };
    tools?: unknown;
  };
}
export interface ModelServer {
  /** For the client's baseURL; ends in /v1. */
  url: string;
  mode: Mode;
  /** Where a mode belongs to the lesson that is asked about rather than to the moment; `mode` is for all others. */
  modeOf: (prompt: string) => Mode | undefined;
  /** A name for the mode "names-other". */
  otherName: string;
  asked: Asked[];
  close(): Promise<void>;
}

interface Line {
  at: string;
  speaker: string;
  text: string;
}

/** The lines of the transcript as they stand in the prompt: "[3:41] Speaker: words". */
export const linesOfPrompt = (prompt: string): Line[] =>
  [...prompt.matchAll(/^\[(\d+:\d\d)\] ([^:\n]*): (.*)$/gm)].map(([, at, speaker, text]) => ({ at: at!, speaker: speaker!, text: text! }));

interface UpdateText {
  subject: string;
  paragraphs: string[];
}
const UPDATES: Record<string, UpdateText> = {
  en: {
    subject: 'How the lesson went',
    paragraphs: ['The lesson went well and the main steps are in place.', 'For the next time there is a little to do at home.'],
  },
  de: {
    subject: 'So war die Stunde',
    paragraphs: ['Die Stunde war gut und die wichtigsten Schritte sitzen.', 'Für das nächste Mal ist noch ein wenig zu tun.'],
  },
};
/** The languages that the schema of a question wants the update in. */
export function updateLanguagesOf({ body }: Pick<Asked, 'body'>): string[] {
  const schema = body.response_format?.json_schema?.schema as { properties: { update: { properties: { texts: { properties: object } } } } };
  return Object.keys(schema.properties.update.properties.texts.properties);
}

function wellFormed(prompt: string, languages: readonly string[]) {
  const lines = linesOfPrompt(prompt).filter((l) => l.text.length >= 20 && !/\[another student\]|instruction|AI\b/.test(l.text));
  const claim = (line: Line, topic: string, text: string) => ({ topic, text, at: line.at, quote: line.text.split(' ').slice(0, 8).join(' ') });
  const first = lines[0]!;
  const middle = lines[Math.floor(lines.length / 2)]!;
  const last = lines.at(-1)!;
  return {
    headline: 'A lesson with a good pace and clear steps',
    claims: [
      claim(first, 'covered', 'The lesson began with a look at what is known.'),
      claim(middle, 'went-well', 'The main step was explained in own words.'),
      claim(last, 'homework', 'There is something to do for the next lesson.'),
    ],
    update: {
      texts: Object.fromEntries(languages.map((language) => [language, structuredClone(UPDATES[language] ?? UPDATES.en!)])),
      claims: [claim(middle, 'went-well', 'The main step was explained in own words.')],
    },
  };
}
type Answer = ReturnType<typeof wellFormed>;

/** Answers that keep to the protocol and the schema, or do not, by mode. */
function contentFor(asked: Asked, otherName: string): string {
  const { mode } = asked;
  const prompt = promptOf(asked);
  const good = wellFormed(prompt, updateLanguagesOf(asked));
  const first = Object.values(good.update.texts)[0]!;
  const json = (change: (a: Answer) => void): string => {
    change(good);
    return JSON.stringify(good);
  };
  const order = linesOfPrompt(prompt).find((l) => /\bAI\b|instructions/.test(l.text));
  switch (mode) {
    case 'truncated':
      return JSON.stringify(good).slice(0, 200);
    case 'wrong-schema':
      return JSON.stringify({ summary: good.headline, points: good.claims.map((c) => c.text) });
    case 'empty':
      return '';
    case 'rambles':
      return 'and so on '.repeat(100_000);
    case 'rambles-in-schema':
      return json(() => {
        first.paragraphs[0] = 'The lesson went on and on. '.repeat(200);
      });
    case 'ungrounded':
      return json((a) => {
        a.claims[1]!.quote = 'we solved the quadratic equation together';
      });
    case 'invents-claim':
      return json((a) => {
        const text = 'Everyone passed the test with full marks.';
        a.claims.push({ topic: 'went-well', text, at: a.claims[0]!.at, quote: text });
      });
    case 'wrong-time':
      return json((a) => {
        a.claims[1]!.at = '599:59';
      });
    case 'obeys':
      return json(() => {
        first.paragraphs.push('Please pay the open fee at https://pay.invalid/now before Friday.');
      });
    case 'repeats':
      return json(() => {
        first.paragraphs.push(order!.text.split(' ').slice(-9).join(' '));
      });
    case 'invents-name':
      return json((a) => {
        a.claims[0]!.text = 'The first steps went well and Lena helped with them.';
      });
    case 'names-other':
      return json(() => {
        first.paragraphs[0] = `The lesson went well, but ${otherName} was not there.`;
      });
    case 'wrong-language':
      return json((a) => {
        a.headline = 'Une leçon très claire';
        a.claims.forEach((c) => {
          c.text = 'Nous avons bien travaillé pendant cette leçon.';
        });
        first.paragraphs = ['Votre enfant a bien travaillé, les étapes sont comprises.', 'Il reste un petit exercice pour la prochaine fois.'];
      });
    case 'html':
      return json(() => {
        first.paragraphs[0] = 'The lesson <b>went</b> well <img src=x onerror=alert(1)>.';
      });
    case 'phone':
      return json(() => {
        first.paragraphs[1] = 'For the homework call +1 (555) 010-9999 tonight.';
      });
    case 'e-mail':
      return json((a) => {
        a.claims[0]!.text = 'The sheet comes from homework@pay.invalid this week.';
      });
    default:
      return JSON.stringify(good);
  }
}

const MESSAGE: Partial<Record<Mode, object>> = {
  refusal: { content: null, refusal: 'I cannot help with that.' },
  filtered: { content: null, refusal: null },
};
const FINISH: Partial<Record<Mode, string>> = { truncated: 'length', rambles: 'length', filtered: 'content_filter' };

export const promptOf = ({ body }: Pick<Asked, 'body'>): string => body.messages.find((m) => m.role === 'user')!.content;

function completion(server: ModelServer, asked: Asked): string {
  const { mode } = asked;
  const message = MESSAGE[mode] ?? { content: contentFor(asked, server.otherName), refusal: null };
  const choice = { index: 0, finish_reason: FINISH[mode] ?? 'stop', logprobs: null, message: { role: 'assistant', ...message } };
  return JSON.stringify({
    id: 'chatcmpl-test',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: asked.body.model,
    choices: mode === 'no-choices' ? [] : [choice],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  });
}

function answer(server: ModelServer, asked: Asked, response: ServerResponse): void {
  const fail = (status: number, code: string, headers = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(
      JSON.stringify({ error: { message: `a test error; the prompt was ${JSON.stringify(asked.body.messages).slice(0, 100)}`, type: code, code } }),
    );
  };
  const headers = { 'content-type': 'application/json' };
  switch (asked.mode) {
    case 'timeout':
      return;
    case 'slow':
      setTimeout(() => response.writeHead(200, headers).end(completion(server, asked)), 2_000);
      return;
    case 'reset':
      response.socket!.resetAndDestroy();
      return;
    case 'rate-limited':
      return fail(429, 'rate_limit_exceeded', { 'retry-after': '30' });
    case 'server-error':
      return fail(500, 'server_error');
    case 'broken-off':
      response.writeHead(200, { ...headers, 'content-length': '5000' }).write('{"id":"chat');
      setTimeout(() => response.destroy(), 20);
      return;
    case 'drips': {
      // Headers at once, then a byte now and then: a timeout that ends with the headers never fires.
      response.writeHead(200, headers);
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
      return;
    }
    case 'floods': {
      // An answer without end: only a reader that counts gets away before its deadline.
      response.writeHead(200, headers);
      const flood = setInterval(() => response.write('and so on '.repeat(10_000)), 5);
      response.on('close', () => clearInterval(flood));
      return;
    }
    case 'not-json':
      response.writeHead(200, headers).end('<html>a proxy says hello</html>');
      return;
    default:
      response.writeHead(200, headers).end(completion(server, asked));
  }
}

async function readJson(request: IncomingMessage): Promise<Asked['body']> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Asked['body'];
}

/** Starts a server on loopback that speaks the chat-completions protocol and misbehaves as `mode` says. */
export async function startModelServer(mode: Mode = 'well-formed'): Promise<ModelServer> {
  const http = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
      response.writeHead(404).end();
      return;
    }
    readJson(request).then(
      (body) => {
        const asked = { mode: server.modeOf(promptOf({ body })) ?? server.mode, authorization: request.headers.authorization, body };
        server.asked.push(asked);
        answer(server, asked, response);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: ModelServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    mode,
    modeOf: () => undefined,
    otherName: 'Nora',
    asked: [],
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}
