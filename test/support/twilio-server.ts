import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';

/** What happens to one create: an error that Twilio documents, before or after the message was taken; or no answer in time. */
export type TwilioFault =
  | { status: 400; code: 21610 | 21211 }
  | { status: 429; code: 20429 }
  | { status: 500; code: 20500; taken: boolean }
  | { silent: true; taken: boolean };

/** A report of what became of a message; `first`: before the answer to the create. Sent twice where it says so. */
export interface TwilioReport {
  status: string;
  code?: number;
  first?: boolean;
  twice?: boolean;
}

export interface TwilioMessage {
  sid: string;
  to: string;
  from: string;
  body: string;
  status: 'queued';
  dateSent: null;
}
export interface TwilioServer {
  url: string;
  /** What is to happen to the next creates for a number, one each; afterwards all goes well. */
  faults: Map<string, TwilioFault[]>;
  taken: TwilioMessage[];
  /** What is reported of each message to a number, in this order. */
  reports: Map<string, TwilioReport[]>;
  /** What our side answered to each report. */
  reported: { to: string; status: string; answer: number }[];
  /** Every create that was asked for, and every look-up, by number. */
  creates: string[];
  lookUps: string[];
  authorization: Set<string | undefined>;
  authToken: string;
  close(): Promise<void>;
}

const resource = (m: TwilioMessage, account: string): object => ({
  account_sid: account,
  api_version: '2010-04-01',
  body: m.body,
  date_created: 'Thu, 24 Aug 2023 05:01:45 +0000',
  date_sent: m.dateSent,
  date_updated: 'Thu, 24 Aug 2023 05:01:45 +0000',
  direction: 'outbound-api',
  error_code: null,
  error_message: null,
  from: m.from,
  num_media: '0',
  num_segments: '1',
  price: null,
  price_unit: 'USD',
  messaging_service_sid: null,
  sid: m.sid,
  status: m.status,
  to: m.to,
  subresource_uris: {},
  uri: `/2010-04-01/Accounts/${account}/Messages/${m.sid}.json`,
});

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(status === 429 ? { 'retry-after': '1' } : {}) }).end(JSON.stringify(body));
}

const MESSAGE: Record<number, string> = {
  20429: 'Too Many Requests',
  20500: 'Internal Server Error',
  21211: "Invalid 'To' Phone Number",
  21610: 'Attempt to send to unsubscribed recipient',
};

/** Newest first, as Twilio lists them. A message that is only queued has no date of sending, so that a filter by one does not find it. */
function list(server: TwilioServer, query: URLSearchParams, account: string, response: ServerResponse): void {
  const to = query.get('To');
  if (to !== null) server.lookUps.push(to);
  const byDate = ['DateSent', 'DateSent<', 'DateSent>'].some((name) => query.has(name));
  const messages = byDate ? [] : server.taken.filter((m) => to === null || m.to === to).toReversed();
  const uri = `/2010-04-01/Accounts/${account}/Messages.json`;
  json(response, 200, {
    messages: messages.map((m) => resource(m, account)),
    page: 0,
    page_size: 50,
    start: 0,
    end: messages.length,
    uri,
    first_page_uri: uri,
    next_page_uri: null,
    previous_page_uri: null,
  });
}

/** Signed as Twilio signs: over the address it was given and the fields of the form. */
async function report(
  server: TwilioServer,
  { message, account, url }: { message: TwilioMessage; account: string; url: string },
  r: TwilioReport,
): Promise<void> {
  const form: Record<string, string> = {
    AccountSid: account,
    ApiVersion: '2010-04-01',
    From: message.from,
    MessageSid: message.sid,
    MessageStatus: r.status,
    SmsSid: message.sid,
    SmsStatus: r.status,
    To: message.to,
    ...(r.code ? { ErrorCode: String(r.code) } : {}),
  };
  const signature = getExpectedTwilioSignature(server.authToken, url, form);
  for (let n = r.twice ? 2 : 1; n > 0; n--) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', 'x-twilio-signature': signature };
    const { status } = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) });
    server.reported.push({ to: message.to, status: r.status, answer: status });
  }
}

async function create(server: TwilioServer, form: URLSearchParams, account: string, response: ServerResponse): Promise<void> {
  const to = form.get('To')!;
  server.creates.push(to);
  const fault = server.faults.get(to)?.shift();
  const message: TwilioMessage = {
    sid: `SM${randomBytes(16).toString('hex')}`,
    to,
    from: form.get('From') ?? form.get('MessagingServiceSid')!,
    body: form.get('Body')!,
    status: 'queued',
    dateSent: null,
  };
  const isTaken = !fault || ('taken' in fault && fault.taken);
  if (isTaken) server.taken.push(message);
  const url = form.get('StatusCallback');
  const reports = isTaken && url ? (server.reports.get(to) ?? []) : [];
  const told = { message, account, url: url ?? '' };
  for (const r of reports) if (r.first) await report(server, told, r);
  response.once(
    'finish',
    () =>
      void (async () => {
        for (const r of reports) if (!r.first) await report(server, told, r);
      })(),
  );
  if (!fault) json(response, 201, resource(message, account));
  else if ('status' in fault) {
    const more_info = `https://www.twilio.com/docs/errors/${fault.code}`;
    json(response, fault.status, { code: fault.code, message: MESSAGE[fault.code], more_info, status: fault.status });
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += (chunk as Buffer).toString();
  return new URLSearchParams(text);
}

/** A server on loopback that behaves as Twilio documents its message resource, and fails as told. */
export async function startTwilioServer(authToken = 'invented-token'): Promise<TwilioServer> {
  const http = createServer((request, response) => {
    const url = new URL(request.url!, 'http://twilio.invalid');
    const account = /^\/2010-04-01\/Accounts\/(AC\w+)\/Messages\.json$/.exec(url.pathname)?.[1];
    server.authorization.add(request.headers.authorization);
    if (!account) json(response, 404, { code: 20404, message: 'not found', status: 404 });
    else if (request.method === 'GET') list(server, url.searchParams, account, response);
    else
      readForm(request).then(
        (form) => create(server, form, account, response).catch(() => response.destroy()),
        () => response.destroy(),
      );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: TwilioServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    faults: new Map(),
    taken: [],
    reports: new Map(),
    reported: [],
    authToken,
    creates: [],
    lookUps: [],
    authorization: new Set(),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}
