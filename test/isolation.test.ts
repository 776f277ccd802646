import { z } from 'zod';
import { ROUTES } from '../api/routes';
import { SYSTEM } from '../commands/context';
import { publishRules } from '../commands/publish-rules';
import { createApiKey } from '../commands/sign-in';
import { openDatabase } from '../db/database';
import { ERRORS } from '../domain/errors';
import { newId } from '../domain/ids';
import { ROLES } from '../domain/vocabulary';
import { defaultRulesFolder, readRuleFiles } from '../runtime/rule-files';
import { HOUR, Lectern, TRANSCRIPT } from './support/lectern';
import { draftable } from './support/rule-files';
import { bookSeries, weekly } from './support/series';

jest.setTimeout(180_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

async function settledSession(): Promise<string> {
  const { sessionId, step } = await lectern.underReview(await lectern.cast(1));
  await lectern.decide(step, 'approve');
  await lectern.closed(sessionId);
  return sessionId;
}

test('without an organisation nothing is seen', async () => {
  await settledSession();
  const raw = openDatabase({ url: lectern.at.databaseUrl, poolMax: 1 });
  const blind = await raw.crossing.raw('SELECT (SELECT count(*) FROM sessions)::int + (SELECT count(*) FROM people)::int AS n');
  expect(blind.rows).toEqual([{ n: 0 }]);
  await raw.close();
});

/** An offer of a session that is over, as a search for a substitute leaves it behind. */
async function offerOf(sessionId: string): Promise<string> {
  const [searchId, id] = [newId(), newId()];
  const [{ personId }] = (await lectern.query(`SELECT person_id FROM participants WHERE session_id = ? AND role = 'instructor'`, [sessionId])) as [
    { personId: string },
  ];
  await lectern.query(
    `INSERT INTO substitute_searches (id, session_id, rev, instructor_id, cause, state, started_at) VALUES (?, ?, 1, ?, 'asked', 'ended', now())`,
    [searchId, sessionId, personId],
  );
  await lectern.query(
    `INSERT INTO offers (id, search_id, session_id, person_id, state, token_hash, score, offered_at, expires_at) VALUES (?, ?, ?, ?, 'expired', ?, 0, now(), now())`,
    [id, searchId, sessionId, personId, id],
  );
  return id;
}

interface Stranger {
  organisationId: string;
  headers: { authorization: string };
  instructorId: string;
  studentId: string;
  /** The same Lectern, held by them. */
  theirs: Lectern;
}

/** Another organisation with everything of its own, whose admin holds every role that a key can have. */
async function stranger(): Promise<Stranger> {
  const organisationId = newId();
  const key = await lectern.db.inOrganisation(organisationId, async (tx) => {
    await tx.raw(`INSERT INTO organisations (id, name, slug, home_zone) VALUES (?, 'Other', ?, 'UTC')`, [organisationId, organisationId]);
    return (await createApiKey(tx, { organisationId, name: 'Other', roles: [...ROLES], now: new Date() })).key;
  });
  const system = { db: lectern.db, organisationId, principal: SYSTEM, asOf: lectern.now(), requestId: null, secret: lectern.at.secret };
  await publishRules(system, { ...readRuleFiles(defaultRulesFolder()), message: 'as shipped' });
  const headers = { authorization: `Bearer ${key}` };
  const person = async (kind: string): Promise<string> =>
    (await lectern.api<{ id: string }>('POST', '/v1/people', { kind, name: 'Other', givenName: 'Other', zone: 'UTC' }, headers)).body.id;
  const theirs = new Lectern(JSON.stringify({ ...lectern.at, organisationId, adminKey: key }));
  return { organisationId, headers, instructorId: await person('instructor'), studentId: await person('student'), theirs };
}

/** A run that is over before it began. */
const RUN = `INSERT INTO automation_runs (id, automation, set_id, event, key, session_id, at, root, depth, state, told)
  SELECT gen_random_uuid(), 'invented', booked_set_id, 'session.booked', 'invented', id, now(), 'invented', 0, 'not-met', 1 FROM sessions WHERE id = ? RETURNING id`;

/** An address that is told of nothing that happens here. */
const hookOf = async (of: Lectern): Promise<string> => {
  const hook = { name: `to-${newId()}`, url: 'https://hooks.example.invalid/', eventTypes: ['substitute.not-found'] };
  return (await of.api<{ id: string }>('POST', '/v1/webhooks', hook)).body.id;
};

interface Schema {
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
}

/** Where a schema takes ids: "students.studentId". */
function idFields({ format, properties, items, anyOf, oneOf, $ref, $defs }: Schema, here = '', defs = $defs ?? {}): string[] {
  if (format === 'uuid') return [here];
  const inside = [...(items ? [items] : []), ...(anyOf ?? []), ...(oneOf ?? []), ...($ref ? [defs[$ref.split('/').at(-1)!]!] : [])];
  const named = Object.entries(properties ?? {}).flatMap(([name, inner]) => idFields(inner, here ? `${here}.${name}` : name, defs));
  return [...named, ...inside.flatMap((inner) => idFields(inner, here, defs))];
}
const idFieldsOf = (schema: z.ZodType | undefined): string[] =>
  schema ? [...new Set(idFields(z.toJSONSchema(schema, { io: 'input' }) as Schema))] : [];

test('another organisation’s ids are not found on any route, wherever a route takes one', async () => {
  const sessionId = await settledSession();
  const other = await stranger();
  const one = async (sql: string): Promise<string> => (await lectern.query<{ id: string }>(sql, [sessionId]))[0]!.id;
  const instructorId = await one(`SELECT person_id AS id FROM participants WHERE session_id = ? AND role = 'instructor'`);
  const studentId = await one(`SELECT person_id AS id FROM participants WHERE session_id = ? AND role = 'student'`);
  const far = (hours: number): string => new Date(+lectern.now() + hours * 3_600_000).toISOString();
  const closed = async (what: string, more: object): Promise<string> =>
    (await lectern.api<{ id: string }>('POST', `/v1/${what}`, { from: far(9_000), to: far(9_001), reason: 'Invented', ...more })).body.id;
  const ids: Record<string, string> = {
    sessions: sessionId,
    'held-steps': await one('SELECT id FROM held_steps WHERE session_id = ? LIMIT 1'),
    people: studentId,
    incidents: await one(
      `INSERT INTO incidents (id, session_id, kind, opened_at) SELECT gen_random_uuid(), id, 'technical', starts_at FROM sessions WHERE id = ? RETURNING id`,
    ),
    transcripts: await one('SELECT id FROM transcripts WHERE session_id = ? LIMIT 1'),
    inbound: await one('SELECT id FROM inbox WHERE session_id = ? LIMIT 1'),
    // Released already: an active one would be in everybody's way.
    ops: await one(
      `INSERT INTO pauses (id, scope, value, reason, paused_at, paused_by_name, released_at, released_by_name)
       SELECT id, 'kind', 'coverage', 'Invented', now(), 'Ada', now(), 'Ada' FROM sessions WHERE id = ? RETURNING id`,
    ),
    duty: await one(
      `INSERT INTO duty_shifts (id, person_id, kind, weekday, from_clock, to_clock, created_at, ended_at)
       SELECT session_id, person_id, 'on', 1, '08:00', '09:00', now(), now() FROM participants WHERE session_id = ? LIMIT 1 RETURNING id`,
    ),
    waitlist: await one(
      `INSERT INTO waitlist (id, session_id, person_id, state, added_at, token_hash)
       SELECT gen_random_uuid(), session_id, person_id, 'waiting', now(), gen_random_uuid()::text FROM participants WHERE session_id = ? LIMIT 1 RETURNING id`,
    ),
    terms: (await lectern.api<{ id: string }>('POST', '/v1/terms', { name: 'Isolation', startsOn: '2190-01-01', endsOn: '2190-02-01' })).body.id,
    closures: await closed('closures', { branch: 'elsewhere' }),
    'time-off': await closed('time-off', { personId: studentId }),
    series: await bookSeries(lectern, weekly(lectern, await lectern.cast(1))),
    rules: (await lectern.query<{ id: string }>('SELECT id FROM rule_sets LIMIT 1'))[0]!.id,
    decisions: await one('SELECT id FROM decisions WHERE session_id = ? LIMIT 1'),
    'rule-drafts': (await lectern.api<{ id: string }>('POST', '/v1/rule-drafts', { ...draftable(), message: 'Invented' })).body.id,
    webhooks: await hookOf(lectern),
    adoptions: await one(
      `INSERT INTO adoptions (id, set_id, with_terms, selection, decision_id, batch, per_minute, state, started_at, ended_at)
       SELECT gen_random_uuid(), booked_set_id, false, '{}', gen_random_uuid(), 1, 1, 'done', now(), now() FROM sessions WHERE id = ? RETURNING id`,
    ),
    automations: await one(RUN),
  };
  // Stopped at once: one that runs would be in everybody's way.
  const shadow = await lectern.api<{ id: string }>('POST', '/v1/rule-shadows', { draftId: ids['rule-drafts'] });
  ids['rule-shadows'] = shadow.body.id;
  await lectern.api('POST', `/v1/rule-shadows/${shadow.body.id}/stop`, { version: 1 });
  ids['rule-backtests'] = (await lectern.api<{ id: string }>('POST', '/v1/rule-backtests', { draftId: ids['rule-drafts'], since: far(0) })).body.id;
  const at = (hours: number): string => new Date(+lectern.now() + hours * 3_600_000).toISOString();
  const booking = { title: 't', startsAt: at(300), endsAt: at(301), studentIds: [other.studentId], instructorId: other.instructorId };
  const series = weekly(lectern, { tag: '', guardianIds: [], studentIds: [other.studentId], instructorId: other.instructorId });
  const their = await lectern.api<{ id: string }>('POST', '/v1/sessions', { ...booking, startsAt: at(400), endsAt: at(401) }, other.headers);
  const closing = await lectern.api<{ id: string }>('POST', '/v1/sessions', { ...booking, startsAt: at(600), endsAt: at(601) }, other.headers);
  const theirClosed = closing.body.id;
  await lectern.api('POST', `/v1/sessions/${theirClosed}/changes`, { kind: 'cancel' }, other.headers);
  await other.theirs.closed(theirClosed);
  const theirSeries = (await lectern.api<{ id: string }>('POST', '/v1/series', series, other.headers)).body.id;
  const decisionId = await one('SELECT id FROM decisions WHERE session_id = ? LIMIT 1');
  const theirDecision = (await lectern.api<{ items: { id: string }[] }>('GET', `/v1/sessions/${their.body.id}/decisions`, undefined, other.headers))
    .body.items[0]!.id;
  const slots = `from=${at(1)}&to=${at(30)}&lengthMinutes=60`;
  const guardian = { kind: 'guardian', name: 'n', givenName: 'n', zone: 'UTC' };
  const wards = { students: [{ studentId, household: 'h' }] };
  const ward = await lectern.api<{ id: string }>('POST', '/v1/people', guardian, other.headers);
  await lectern.api('POST', '/v1/ops/pause', { policy: 'admission', reason: 'to have a held step' }, other.headers);
  await lectern.api('POST', '/v1/sessions', { ...booking, startsAt: at(500), endsAt: at(501) }, other.headers);
  const theirSteps = await lectern.api<{ items: { id: string }[] }>('GET', '/v1/held-steps', undefined, other.headers);
  const theirStep = `/v1/held-steps/${theirSteps.body.items[0]!.id}`;
  const contact = { personId: studentId, channel: 'phone', outcome: 'reached' };
  const decisions = [{ id: ids['held-steps'], version: 1, hash: 'a'.repeat(64), decision: 'approve' }];
  const bodies: Record<string, object> = {
    'post /v1/sessions/{id}/changes': { kind: 'cancel' },
    'post /v1/sessions/{id}/incidents': { kind: 'technical' },
    'post /v1/sessions/{id}/corrections': { kind: 'charge', personId: studentId, chargePercent: 0 },
    'patch /v1/terms/{id}': { version: 1 },
    'post /v1/sessions/{id}/matches': { key: 'k', personId: null },
    'post /v1/held-steps/{id}/claim': {},
    'post /v1/held-steps/{id}/comments': { text: 't' },
    'post /v1/held-steps/{id}/contacts': contact,
    'post /v1/held-steps/{id}/snooze': { event: 'session.started' },
    'post /v1/held-steps/{id}/decide': { version: 1, hash: 'a'.repeat(64), decision: 'approve' },
    'patch /v1/people/{id}': { version: 1 },
    'post /v1/people/{id}/opt-in': { channel: 'sms' },
    'post /v1/series/{id}/changes': { scope: 'all', reason: 'r', title: 't' },
    'patch /v1/closures/{id}': { version: 1, reason: 'r' },
    'post /v1/closures/{id}/restore': { reason: 'r' },
    'patch /v1/time-off/{id}': { version: 1, reason: 'r' },
    'post /v1/time-off/{id}/restore': { reason: 'r' },
    'post /v1/sessions/{id}/waitlist': { studentId: other.studentId },
    'patch /v1/sessions/{id}/places': { version: 1, capacity: 2 },
    'post /v1/decisions/{id}/what-if': {},
    'post /v1/rule-drafts/{id}/approve': { version: 1 },
    'post /v1/rule-drafts/{id}/withdraw': { version: 1 },
    'post /v1/rule-shadows/{id}/stop': { version: 1 },
    'post /v1/rule-shadows/{id}/promote': { version: 1 },
    'post /v1/automations/runs/{id}/cancel': { version: 1 },
    'patch /v1/webhooks/{id}': { version: 1, state: 'off' },
    'post /v1/webhooks/{id}/rotate-secret': { version: 1 },
    'post /v1/webhooks/{id}/redeliver': { since: at(-1) },
  };
  const delivery = await lectern.api<{ id: string }>('POST', `/v1/webhooks/${ids.webhooks}/test`);
  Object.assign(ids, { offers: await offerOf(sessionId) });
  Object.assign(bodies, { 'post /v1/sessions/{id}/substitute-search': {} });
  /** A request for each further place that takes an id; lists that filter by one are empty instead. */
  const places: Record<string, [path: string, body?: object]> = {
    'post /v1/sessions studentIds': ['/v1/sessions', { ...booking, studentIds: [studentId] }],
    'post /v1/sessions instructorId': ['/v1/sessions', { ...booking, instructorId }],
    'post /v1/sessions/{id}/corrections personId': [
      `/v1/sessions/${theirClosed}/corrections`,
      { kind: 'charge', personId: studentId, chargePercent: 0 },
    ],
    'post /v1/sessions/{id}/matches personId': [`/v1/sessions/${their.body.id}/matches`, { key: 'k', personId: studentId }],
    'post /v1/people students.studentId': ['/v1/people', { ...guardian, ...wards }],
    'patch /v1/people/{id} students.studentId': [`/v1/people/${ward.body.id}`, { version: 1, ...wards }],
    'post /v1/people blockedInstructors.instructorId': ['/v1/people', { ...guardian, kind: 'student', blockedInstructors: [{ instructorId }] }],
    'patch /v1/people/{id} blockedInstructors.instructorId': [
      `/v1/people/${other.studentId}`,
      { version: 1, blockedInstructors: [{ instructorId }] },
    ],
    'post /v1/sessions/{id}/changes instructorId': [`/v1/sessions/${their.body.id}/changes`, { kind: 'reassign', instructorId }],
    'post /v1/sessions/{id}/changes withSessionId': [`/v1/sessions/${their.body.id}/changes`, { kind: 'swap', withSessionId: sessionId }],
    'post /v1/sessions/{id}/changes studentId': [`/v1/sessions/${their.body.id}/changes`, { kind: 'add', studentId }],
    'post /v1/transcripts sessionId': ['/v1/transcripts', { sessionId, lines: TRANSCRIPT }],
    'post /v1/held-steps/{id}/contacts personId': [`${theirStep}/contacts`, contact],
    'post /v1/held-steps/{id}/snooze personId': [`${theirStep}/snooze`, { event: 'participant.joined', personId: studentId }],
    'post /v1/held-steps/decide-batch decisions.id': ['/v1/held-steps/decide-batch', { decisions }],
    'post /v1/duty personId': ['/v1/duty', { personId: studentId, weekday: 1, from: '08:00', to: '09:00' }],
    'post /v1/decisions/{id}/what-if draftId': [`/v1/decisions/${theirDecision}/what-if`, { draftId: ids['rule-drafts'] }],
    'post /v1/rule-backtests draftId': ['/v1/rule-backtests', { draftId: ids['rule-drafts'] }],
    'post /v1/rule-shadows draftId': ['/v1/rule-shadows', { draftId: ids['rule-drafts'] }],
    'get /v1/decisions/{id}/shadow shadowId': [`/v1/decisions/${theirDecision}/shadow?shadowId=${ids['rule-shadows']}`],
    'post /v1/webhooks/{id}/redeliver deliveryId': [`/v1/webhooks/${await hookOf(other.theirs)}/redeliver`, { deliveryId: delivery.body.id }],
    'post /v1/automations/try sessionId': ['/v1/automations/try', { automation: 'first-lesson', sessionId }],
    'post /v1/automations/try personId': ['/v1/automations/try', { automation: 'first-lesson', sessionId: their.body.id, personId: studentId }],
    'get /v1/automations/runs sessionId': [`/v1/automations/runs?sessionId=${sessionId}`],
    'get /v1/automations/runs personId': [`/v1/automations/runs?personId=${studentId}`],
    'get /v1/automations/marks sessionId': [`/v1/automations/marks?sessionId=${sessionId}`],
    'get /v1/automations/marks personId': [`/v1/automations/marks?personId=${studentId}`],
    'get /v1/slots instructorId': [`/v1/slots?${slots}&instructorId=${instructorId}`],
    'get /v1/slots studentId': [`/v1/slots?${slots}&instructorId=${other.instructorId}&studentId=${studentId}`],
    'post /v1/series studentIds': ['/v1/series', { ...series, studentIds: [studentId] }],
    'post /v1/series instructorId': ['/v1/series', { ...series, instructorId }],
    ...Object.fromEntries(
      Object.entries({ instructorId, addStudentIds: [studentId], dropStudentIds: [studentId] }).map(([field, value]) => [
        `post /v1/series/{id}/changes ${field}`,
        [`/v1/series/${theirSeries}/changes`, { scope: 'all', reason: 'r', [field]: value }],
      ]),
    ),
    'post /v1/sessions/{id}/waitlist studentId': [`/v1/sessions/${their.body.id}/waitlist`, { studentId }],
    'post /v1/time-off personId': ['/v1/time-off', { from: at(900), to: at(901), reason: 'r', personId: studentId }],
    'get /v1/facts/value personId': [`/v1/facts/value?fact=lateCancelsThisTerm&personId=${studentId}`],
    'get /v1/facts/value sessionId': [`/v1/facts/value?fact=lateCancelsThisTerm&personId=${other.studentId}&sessionId=${sessionId}`],
    'get /v1/series personId': [`/v1/series?personId=${studentId}`],
    'get /v1/sessions personId': [`/v1/sessions?personId=${studentId}`],
    'get /v1/sessions/{id}/decisions decisionId': [`/v1/sessions/${their.body.id}/decisions?decisionId=${decisionId}`],
    'get /v1/held-steps sessionId': [`/v1/held-steps?sessionId=${sessionId}`],
    'get /v1/offers sessionId': [`/v1/offers?sessionId=${sessionId}`],
    'get /v1/messages sessionId': [`/v1/messages?sessionId=${sessionId}`],
    'get /v1/messages personId': [`/v1/messages?personId=${studentId}`],
  };
  const ask = async (method: string, path: string, body?: object) => {
    type Said = { items?: unknown[]; code?: string; results?: { error: { code: 'not-found' } | null }[] };
    const answer = await lectern.api<Said>(method.toUpperCase(), path, body, other.headers);
    // A batch says of each what became of it.
    const refused = answer.body.results?.[0]?.error;
    return refused ? { status: ERRORS[refused.code].status, body: refused as Said } : answer;
  };
  const answers: [string, string][] = [];
  const expected: [string, string][] = [];
  for (const route of ROUTES) {
    const name = `${route.method} ${route.path}`;
    if (route.path.includes('{id}')) {
      const kind = route.path.split('/')[2]!;
      if (!ids[kind] || (route.method !== 'get' && route.body && !bodies[name])) throw new Error(`Nothing to try ${name} with; add it here.`);
      const { status, body } = await ask(route.method, route.path.replace('{id}', ids[kind]), bodies[name]);
      answers.push([name, `${status} ${body.code}`]);
      expected.push([name, '404 not-found']);
    }
    for (const field of [...idFieldsOf(route.query), ...idFieldsOf(route.body)]) {
      const place = places[`${name} ${field}`];
      if (!place) throw new Error(`Nothing to try "${name} ${field}" with; add it here.`);
      const { status, body } = await ask(route.method, ...place);
      answers.push([`${name} ${field}`, body.items ? JSON.stringify(body.items) : `${status} ${body.code}`]);
      expected.push([`${name} ${field}`, body.items ? '[]' : '404 not-found']);
    }
  }
  expect(answers).toEqual(expected);
  expect(Object.keys(places).filter((place) => !answers.some(([name]) => name === place))).toEqual([]);
  expect(answers.length).toBeGreaterThan(20);
});

test('another organisation’s webhooks reach no session of ours', async () => {
  const sessionId = await lectern.book(await lectern.cast(1), 300 * HOUR);
  const other = await stranger();
  const sent = await other.theirs.send('participant.joined', { sessionId, personId: newId() });
  expect(await other.theirs.applied(sent.body.id)).toMatchObject({ state: 'refused', reason: expect.stringContaining('not-found') });
  expect((await lectern.api('GET', `/v1/inbound/${sent.body.id}`)).status).toBe(404);
  await other.theirs.close();
});

test('a stream tells nothing of another organisation', async () => {
  const other = await stranger();
  const theirs = await fetch(`${lectern.at.url}/v1/stream`, { headers: other.headers });
  const ours = await fetch(`${lectern.at.url}/v1/stream`, { headers: { authorization: `Bearer ${lectern.at.adminKey}` } });
  const heard = async (stream: Response, what: string): Promise<string> => {
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes(what)) text += (await reader.read()).value ?? '';
    await reader.cancel();
    return text;
  };
  const sessionId = await lectern.book(await lectern.cast(1), 310 * HOUR);
  await heard(ours, sessionId);
  // What is told of its own comes after what was told of ours: had it been told of that, it would stand before.
  const own = newId();
  await lectern.db.inOrganisation(other.organisationId, (tx) =>
    tx.raw(`SELECT pg_notify('lectern_timeline', ?)`, [`${other.organisationId}/${own}`]),
  );
  expect(await heard(theirs, own)).not.toContain(sessionId);
});
