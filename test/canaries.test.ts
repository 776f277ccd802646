import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';
import { startModelServer, type ModelServer } from './support/model-server';
import { OwnLectern } from './support/own-lectern';

jest.setTimeout(240_000);
/** Words that stand nowhere else; each is planted in one kind of place. */
const CANARIES = {
  name: 'Zéphyrine Quillfeather',
  address: 'quillfeather.zq@canary-mail.example',
  phone: '+15550142857',
  goals: 'Quokkagoals',
  title: 'Wombattitle',
  subject: 'Numbatsubject',
  spoken: 'Axolotlwords',
  comment: 'Pangolincomment',
  edited: 'Tapirparagraph',
  reason: 'Kakaporeason',
  refused: 'Narwhalrefused',
  external: 'Okapiexternal',
  raised: 'Bilbyraised',
};

/** A text as it may stand in a file: plain, escaped, in base64 at any of its three offsets, in hex, percent-encoded, or two bytes a letter. */
function formsOf(text: string): Buffer[] {
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from('x'.repeat(shift) + text).toString('base64');
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  const escaped = [...text].map((c) => (c > '~' ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join('');
  const forms = [text, escaped, ...base64, Buffer.from(text).toString('hex'), encodeURIComponent(text)];
  return [...forms.map((form) => Buffer.from(form)), Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')];
}
const holds = (file: Buffer, text: string): boolean => formsOf(text).some((form) => file.includes(form));

let own: OwnLectern;
let server: ModelServer;
let lectern: Lectern;
beforeAll(async () => {
  server = await startModelServer();
  own = new OwnLectern({ LOG_LEVEL: 'trace', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: server.url });
  lectern = new Lectern(await own.start());
});
afterAll(async () => {
  await lectern.close();
  await own.stop();
  await server.close();
});

async function plant(cast: Cast): Promise<void> {
  const { name, address, phone, goals, external } = CANARIES;
  for (const [id, body] of [
    [cast.studentIds[0]!, { name, givenName: name, goals, externalId: external }],
    [cast.guardianIds[0]!, { name, givenName: name, email: address, phone }],
    [cast.instructorId, { name, givenName: name }],
  ] as const) {
    expect((await lectern.api('PATCH', `/v1/people/${id}`, { version: 1, ...body })).status).toBe(200);
  }
}

/** A database that fails with the very row in its words, for as long as the test wants. */
async function failing<T>(work: () => Promise<T>): Promise<T> {
  const { Client } = await import('pg');
  const owner = new Client({ connectionString: lectern.at.databaseOwnerUrl });
  await owner.connect();
  await owner.query(`CREATE FUNCTION raise_row() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'canary % in %', '${CANARIES.raised}', NEW USING DETAIL = NEW::text, ERRCODE = '23514'; END $$`);
  await owner.query('CREATE TRIGGER raise_row BEFORE INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION raise_row()');
  try {
    return await work();
  } finally {
    await owner.query('DROP TRIGGER raise_row ON attempts');
    await owner.end();
  }
}

const filesOf = (prefix: string): Buffer =>
  Buffer.concat(
    readdirSync(own.home)
      .filter((f) => f.startsWith(prefix))
      .map((f) => readFileSync(path.join(own.home, f))),
  );

test('what is personal stands in no history and no log, whatever went well or wrong in a lesson’s life', async () => {
  const { title, subject, spoken, comment, edited, reason, refused, name, address, external } = CANARIES;
  const cast = await lectern.cast(1);
  await plant(cast);
  const cancelled = await failing(async () => {
    const id = await lectern.book(cast, 300 * HOUR, { title, subject });
    await lectern.until('the failure to be logged', () => Promise.resolve(filesOf('lectern.log').includes('an activity failed')));
    await lectern.until('the failure to be in the history', () => Promise.resolve(filesOf('temporal').includes('the worker')));
    return id;
  });
  await lectern.api('POST', `/v1/sessions/${cancelled}/changes`, { kind: 'cancel', reason });
  const sessionId = await lectern.book(cast, 40 * MINUTE, { title, subject }, 2 * HOUR);
  await lectern.status(sessionId, 'ready', 'live');
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  await lectern.status(sessionId, 'documenting');
  const line = { start: '00:01.00', stop: '00:09.00', speaker: name, dialogue: `${spoken} are what we learn about today, are they not?` };
  await lectern.send('transcript.ready', { sessionId, lines: [line] });
  // And what is refused: at the door, by a schema, by the database, at the sink.
  await lectern.send('participant.joined', { sessionId, personId: refused });
  await lectern.send('transcript.ready', { sessionId, lines: [{ ...line, start: refused }] });
  await lectern.api('POST', '/v1/people', { kind: 'student', name: refused, givenName: name, zone: refused, email: address });
  await lectern.api('POST', '/v1/people', { kind: 'student', name, givenName: name, zone: 'UTC', externalId: external });
  await lectern.api('POST', '/v1/people', `{"name":"${refused}`);
  await lectern.api('GET', `/v1/people?externalId=${refused}&sort=${refused}`);
  await fetch(`${lectern.at.catcherUrl}/test/fail`, { method: 'POST', body: JSON.stringify({ count: 1, code: 550 }) });
  const step = await lectern.openStep(sessionId, 'documentation.review');
  const update = { subject: title, paragraphs: [edited], claims: [], origin: 'person', notice: null };
  expect((await lectern.decide(step, 'approve', { comment, edited: { update } })).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  await lectern.closed(cancelled);

  const postgres = readFileSync(path.join(own.home, 'pg', 'postgres.log'));
  const logs = Buffer.concat([filesOf('lectern.log'), filesOf('temporal.log'), filesOf('catcher.log'), postgres]);
  const temporal = filesOf('temporal.db');
  // That one looks in the right place: ids and outcomes are there, and the planted words are where they belong.
  expect([holds(temporal, sessionId), holds(temporal, '"hasTranscript":true'), holds(logs, '"requestId"')]).toEqual([true, true, true]);
  expect(holds(postgres, 'ready to accept connections')).toBe(true);
  const inbox = readFileSync(path.join(own.home, 'mail', 'messages.ndjson'));
  for (const canary of [address, edited, title]) expect([canary, holds(inbox, canary)]).toEqual([canary, true]);
  const found = Object.entries(CANARIES).flatMap(([kind, canary]) => [
    ...(holds(temporal, canary) ? [`${kind} in Temporal`] : []),
    ...(holds(logs, canary) ? [`${kind} in the logs`] : []),
  ]);
  expect(found).toEqual([]);
});
