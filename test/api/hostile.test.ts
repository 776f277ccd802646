import { ROUTES } from '../../api/routes';
import { TRANSCRIPT } from '../support/lectern';
import { HOSTILE, pathsOf, seeded, withHostile, type Json, type Path } from '../support/hostile';
import { draftable } from '../support/rule-files';
import { Api, type Got, type Organisation } from './support';

jest.setTimeout(240_000);
const SEED = 20261125;
const api = new Api();
let own: Organisation;
let key: string;
/**
 * For every route that takes a body a request of good form that is refused in the end, and as what: so that nothing is written even
 * where something hostile is a text like any other; `ok` are those that write nothing anyway. A new route without one fails this test.
 */
let good: Record<string, { path: string; body: Json; end: string }>;

beforeAll(async () => {
  await api.start();
  own = await api.organisation();
  key = await own.key('admin');
  const [instructor, student, lonely, guardian] = [
    await own.person('instructor'),
    await own.person('student'),
    await own.person('student', { email: null }),
    await own.person('guardian', { externalId: 'taken' }),
  ];
  const sessionId = await own.book(key, instructor, student, 2400);
  const heldId = await own.book(key, instructor, lonely, 2500);
  const [step] = (await api.get<{ items: { id: string; version: number; hash: string }[] }>(`/v1/held-steps?sessionId=${heldId}`, key)).body.items;
  const decidedId = await own.book(key, instructor, lonely, 2600);
  const [decided] = (await api.get<{ items: { id: string; version: number; hash: string }[] }>(`/v1/held-steps?sessionId=${decidedId}`, key)).body
    .items;
  await api.post(`/v1/held-steps/${decided!.id}/decide`, { version: decided!.version, hash: decided!.hash, decision: 'reject' }, key);
  const series = await api.post<{ id: string }>(
    '/v1/series',
    {
      title: 'Invented series',
      firstLesson: '2029-03-05T16:00',
      lengthMinutes: 60,
      rrule: 'FREQ=WEEKLY;COUNT=9',
      studentIds: [student],
      instructorId: instructor,
      anchorZone: 'Europe/Berlin',
    },
    key,
  );
  const term = { name: 'Invented term', startsOn: '2030-01-01', endsOn: '2030-06-30' };
  const { body: kept } = await api.post<{ id: string }>('/v1/terms', term, key);
  await api.post('/v1/ops/pause', { kind: 'update', reason: 'r' }, key);
  const at = (hours: number): string => new Date(+api.now + hours * 3_600_000).toISOString();
  const closed = { from: at(3100), to: at(3124), reason: 'r' };
  const { body: closure } = await api.post<{ id: string }>('/v1/closures', { ...closed, branch: 'elsewhere' }, key);
  const { body: timeOff } = await api.post<{ id: string }>('/v1/time-off', { ...closed, personId: instructor }, key);
  const file = { file: 'a.json', text: '{}' };
  const message = { file: 'a.md', text: 'Hello' };
  const draftId = (await api.post<{ id: string }>('/v1/rule-drafts', { ...draftable(), message: 'm' }, key)).body.id;
  const shadowId = (await api.post<{ id: string }>('/v1/rule-shadows', { draftId }, key)).body.id;
  const made = await api.get<{ items: { id: string; point: string }[] }>(`/v1/sessions/${sessionId}/decisions`, key);
  const decisionId = made.body.items.find((d) => d.point === 'admission')!.id;
  const hook = { name: 'hostile', url: 'https://hooks.example.com/lectern', eventTypes: ['session.held'] };
  const hookId = (await api.post<{ id: string }>('/v1/webhooks', hook, key)).body.id;
  await api.send('PATCH', `/v1/webhooks/${hookId}`, { version: 1, state: 'off' }, key);
  good = {
    'post /v1/sessions': {
      path: '/v1/sessions',
      body: {
        title: 'Invented lesson',
        startsAt: at(2400),
        endsAt: at(2401),
        studentIds: [student],
        instructorId: instructor,
        programme: 'p',
        branch: 'b',
        subject: 's',
        anchorZone: 'Europe/Berlin',
        isTrial: false,
        externalId: 'hostile-1',
      },
      end: 'slot-clash',
    },
    'post /v1/sessions/{id}/incidents': {
      path: `/v1/sessions/${sessionId}/incidents`,
      body: { kind: 'room-failed', note: 'n', since: at(1) },
      end: 'illegal-move',
    },
    'post /v1/sessions/{id}/changes': {
      path: `/v1/sessions/${sessionId}/changes`,
      body: { kind: 'reschedule', reason: 'r', startsAt: at(2700), endsAt: at(2701), rev: 99 },
      end: 'stale',
    },
    'post /v1/held-steps/{id}/decide': {
      path: `/v1/held-steps/${step!.id}/decide`,
      body: {
        version: 99,
        hash: step!.hash,
        decision: 'approve',
        comment: 'c',
        edited: { update: { subject: 's', paragraphs: ['p'], claims: [] } },
      },
      end: 'stale',
    },
    'post /v1/sessions/{id}/matches': {
      path: `/v1/sessions/${sessionId}/matches`,
      body: { key: 'nobody of that name', personId: student },
      end: 'not-found',
    },
    'post /v1/sessions/{id}/corrections': {
      path: `/v1/sessions/${sessionId}/corrections`,
      body: { kind: 'attendance', personId: student, verdict: 'arrived', chargePercent: 50, reason: 'r', previewToken: 't' },
      end: 'illegal-move',
    },
    'post /v1/sessions/{id}/waitlist': { path: `/v1/sessions/${sessionId}/waitlist`, body: { studentId: student }, end: 'illegal-move' },
    'patch /v1/sessions/{id}/places': { path: `/v1/sessions/${sessionId}/places`, body: { version: 99, minStudents: 1, capacity: 5 }, end: 'stale' },
    'post /v1/sessions/{id}/substitute-search': { path: `/v1/sessions/${heldId}/substitute-search`, body: { note: 'n' }, end: 'illegal-move' },
    'post /v1/terms': { path: '/v1/terms', body: term, end: 'already-exists' },
    'patch /v1/terms/{id}': { path: `/v1/terms/${kept.id}`, body: { version: 99, ...term }, end: 'stale' },
    'post /v1/series': {
      path: '/v1/series?preview=true',
      body: {
        title: 'Invented series',
        firstLesson: '2028-03-06T16:00',
        lengthMinutes: 60,
        rrule: 'FREQ=WEEKLY;COUNT=3',
        exdates: ['2028-03-13T16:00'],
        studentIds: [student],
        instructorId: instructor,
        programme: 'p',
        branch: 'b',
        subject: 's',
        anchorZone: 'Europe/Berlin',
        isTrial: false,
        externalId: 'hostile-series',
      },
      end: 'ok',
    },
    'post /v1/series/{id}/changes': {
      path: `/v1/series/${series.body.id}/changes?preview=true`,
      body: {
        scope: 'following',
        original: '2029-03-12T16:00',
        wallTime: '2029-03-13T17:00',
        lengthMinutes: 45,
        instructorId: instructor,
        addStudentIds: [lonely],
        dropStudentIds: [student],
        title: 't',
        subject: 's',
        capacity: 3,
        rrule: 'FREQ=WEEKLY',
        exdates: ['2029-03-26T16:00'],
        cancel: false,
        reason: 'r',
        previewToken: 't',
      },
      end: 'ok',
    },
    'post /v1/closures': {
      path: '/v1/closures?preview=true',
      body: { from: at(3000), to: at(3024), reason: 'r', branch: 'b', previewToken: 't' },
      end: 'ok',
    },
    ...Object.fromEntries(
      [
        ['closures', closure.id],
        ['time-off', timeOff.id],
      ].flatMap(([route, id]) => [
        [
          `patch /v1/${route}/{id}`,
          { path: `/v1/${route}/${id}`, body: { version: 99, from: at(3000), to: at(3024), reason: 'r', previewToken: 't' }, end: 'stale' },
        ],
        [`post /v1/${route}/{id}/restore`, { path: `/v1/${route}/${id}/restore?preview=true`, body: { reason: 'r', previewToken: 't' }, end: 'ok' }],
      ]),
    ),
    'post /v1/time-off': {
      path: '/v1/time-off?preview=true',
      body: { personId: instructor, fromDay: at(3000).slice(0, 10), toDay: at(3024).slice(0, 10), reason: 'r', previewToken: 't' },
      end: 'ok',
    },
    'post /v1/held-steps/{id}/claim': { path: `/v1/held-steps/${decided!.id}/claim`, body: { takeOver: true }, end: 'already-decided' },
    'post /v1/held-steps/{id}/comments': { path: `/v1/held-steps/${decided!.id}/comments`, body: { text: 't' }, end: 'already-decided' },
    'post /v1/held-steps/{id}/contacts': {
      path: `/v1/held-steps/${decided!.id}/contacts`,
      body: { personId: guardian, channel: 'phone', outcome: 'reached', at: at(-1), text: 't' },
      end: 'already-decided',
    },
    'post /v1/held-steps/{id}/snooze': {
      path: `/v1/held-steps/${decided!.id}/snooze`,
      body: { until: at(2), event: 'participant.joined', personId: student },
      end: 'already-decided',
    },
    'post /v1/held-steps/decide-batch': {
      path: '/v1/held-steps/decide-batch',
      body: { decisions: [{ id: step!.id, version: 99, hash: step!.hash, decision: 'approve', comment: 'c' }] },
      end: 'ok',
    },
    'post /v1/duty': {
      path: '/v1/duty',
      body: { personId: '00000000-0000-4000-8000-000000000000', kind: 'on', weekday: 1, from: '08:00', to: '16:00' },
      end: 'not-found',
    },
    'post /v1/ops/pause': { path: '/v1/ops/pause', body: { kind: 'update', reason: 'r', until: at(2) }, end: 'already-exists' },
    'post /v1/people': {
      path: '/v1/people',
      body: {
        kind: 'guardian',
        name: 'Gil Invented',
        givenName: 'Gil',
        email: 'gil.hostile@example.invalid',
        phone: '+4915112345678',
        zone: 'Europe/Berlin',
        locale: 'de',
        channels: ['email'],
        quietFrom: '20:00',
        quietTo: '07:00',
        goals: 'g',
        externalId: 'taken',
        students: [{ studentId: student, household: 'h', canNotify: true, canDecide: false }],
        consents: [{ kind: 'ai', granted: true, textVersion: 't', method: 'm' }],
      },
      end: 'already-exists',
    },
    'patch /v1/people/{id}': {
      path: `/v1/people/${guardian}`,
      body: { version: 99, name: 'Gil Changed', email: 'g@example.invalid', externalId: 'x', active: true },
      end: 'stale',
    },
    'post /v1/people/{id}/opt-in': { path: `/v1/people/${guardian}/opt-in`, body: { channel: 'sms' }, end: 'ok' },
    'post /v1/transcripts': { path: '/v1/transcripts', body: { sessionId: heldId, lines: TRANSCRIPT.slice(0, 2) }, end: 'illegal-move' },
    'post /v1/rules/check': { path: '/v1/rules/check', body: { policies: [file], messages: [message] }, end: 'ok' },
    'post /v1/rules/publish': {
      path: '/v1/rules/publish',
      body: { policies: [file], messages: [message], message: 'm', effectiveFrom: at(9000) },
      end: 'invalid-rules',
    },
    'post /v1/rules/rollback': { path: '/v1/rules/rollback', body: { number: 999_999, message: 'm', effectiveFrom: at(9000) }, end: 'not-found' },
    'post /v1/decisions/{id}/what-if': {
      path: `/v1/decisions/${decisionId}/what-if`,
      body: { facts: { isTrial: true, length: '60m' }, draftId },
      end: 'ok',
    },
    'post /v1/rule-drafts': { path: '/v1/rule-drafts', body: { policies: [file], messages: [message], message: 'm' }, end: 'invalid-rules' },
    'post /v1/rule-drafts/{id}/approve': { path: `/v1/rule-drafts/${draftId}/approve`, body: { version: 99 }, end: 'stale' },
    'post /v1/rule-backtests': {
      path: '/v1/rule-backtests',
      body: { draftId: '00000000-0000-4000-8000-000000000000', since: at(-9000), cases: 5 },
      end: 'not-found',
    },
    'post /v1/adoptions/preview': { path: '/v1/adoptions/preview', body: { policies: [file], messages: [message] }, end: 'invalid-rules' },
    'post /v1/adoptions': {
      path: '/v1/adoptions',
      body: { number: 999_999, where: { programme: 'nowhere', branch: 'nowhere', subject: 'nothing', from: at(90_000), until: at(90_001) } },
      end: 'stale',
    },
    'post /v1/rule-shadows': { path: '/v1/rule-shadows', body: { draftId }, end: 'already-exists' },
    'post /v1/rule-shadows/{id}/stop': { path: `/v1/rule-shadows/${shadowId}/stop`, body: { version: 99 }, end: 'stale' },
    'post /v1/rule-shadows/{id}/promote': {
      path: `/v1/rule-shadows/${shadowId}/promote`,
      body: { version: 99, effectiveFrom: at(9000) },
      end: 'stale',
    },
    'post /v1/automations/try': {
      path: '/v1/automations/try',
      body: {
        automation: 'third-no-show',
        sessionId: heldId,
        personId: student,
        facts: { noShowsLately: 2, isTrial: null },
        answers: { call: 'called' },
      },
      end: 'not-found',
    },
    'post /v1/automations/runs/{id}/cancel': {
      path: '/v1/automations/runs/00000000-0000-4000-8000-000000000000/cancel',
      body: { version: 99 },
      end: 'not-found',
    },
    'post /v1/webhooks': { path: '/v1/webhooks', body: hook, end: 'already-exists' },
    'patch /v1/webhooks/{id}': {
      path: `/v1/webhooks/${hookId}`,
      body: { version: 99, url: hook.url, eventTypes: hook.eventTypes, state: 'off' },
      end: 'stale',
    },
    'post /v1/webhooks/{id}/rotate-secret': { path: `/v1/webhooks/${hookId}/rotate-secret`, body: { version: 99, leaked: true }, end: 'stale' },
    'post /v1/webhooks/{id}/redeliver': { path: `/v1/webhooks/${hookId}/redeliver`, body: { since: at(-1), all: true }, end: 'illegal-move' },
    'post /v1/rule-drafts/{id}/withdraw': { path: `/v1/rule-drafts/${draftId}/withdraw`, body: { version: 99 }, end: 'stale' },
  };
  await own.quiet();
});
afterAll(() => api.stop());

const send = (route: string, text: string): Promise<Got> => api.send(route.split(' ')[0]!.toUpperCase(), good[route]!.path, text, key);

/** A refusal has a code, says where, and what to do; it is never a fault of ours. */
function refusalFaults({ got, path }: { got: Got; path: Path }): string[] {
  const { code, message, remedy, requestId, details } = got.body;
  const faults: string[] = [];
  if (got.status >= 500) faults.push(`answered ${got.status}`);
  for (const [name, value] of Object.entries({ code, message, remedy, requestId }))
    if (typeof value !== 'string' || !value) faults.push(`no ${name}`);
  if (code === 'invalid-request') {
    const places = (details as { path: string }[] | undefined)?.map((d) => d.path) ?? [];
    const isNamed = path.length === 0 || places.some((p) => p.split('.').some((part) => path.map(String).includes(part)));
    if (places.length === 0 || !isNamed) faults.push(`${JSON.stringify(places)} do not name ${path.join('.')}`);
  }
  if (/stack|at .*\.ts|SELECT|relation "/.test(got.text)) faults.push('shows what is inside');
  return faults;
}

test('every route that takes a body is tried', () => {
  const taking = ROUTES.filter((r) => 'body' in r && r.body).map((r) => `${r.method} ${r.path}`);
  expect(taking.filter((route) => !good[route])).toEqual([]);
});

test('each of these requests is of good form, and refused for what it asks', async () => {
  for (const [route, { body, end }] of Object.entries(good)) {
    const got = await send(route, JSON.stringify(body));
    expect([route, got.body['code'] ?? 'ok']).toEqual([route, end]);
  }
});

/** Sends it and gives what is wrong with the answer; nothing, when it is refused as it should be. */
async function faultsOf(route: string, text: string, path: Path, name: string): Promise<string[]> {
  const got = await send(route, text);
  const what = `${route} ${path.join('.')} ← ${name}`;
  if (got.status < 400 && good[route]!.end !== 'ok') return [`${what}: taken`];
  return got.status < 400 ? [] : refusalFaults({ path, got }).map((fault) => `${what}: ${fault} ${got.text.slice(0, 200)}`);
}

test('a hostile value in any place of any body is refused with code, place and remedy, and writes nothing', async () => {
  const before = await own.counts();
  const wrong: string[] = [];
  for (const [route, { body }] of Object.entries(good)) {
    // The externalId of a person is what this one is refused for; that of PATCH stands for both.
    for (const path of pathsOf(body).filter((p) => route !== 'post /v1/people' || p[0] !== 'externalId')) {
      const tried = Object.entries(HOSTILE).map(([name, hostile]) => faultsOf(route, withHostile(body, path, hostile), path, name));
      wrong.push(...(await Promise.all(tried)).flat());
    }
  }
  expect(wrong).toEqual([]);
  expect(await own.counts()).toEqual(before);
});

test('so is what is wrong in several ways at once', async () => {
  const before = await own.counts();
  const random = seeded(SEED);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const wrong: string[] = [];
  for (let n = 0; n < 400; n++) {
    const route = one(Object.keys(good));
    const { body } = good[route]!;
    const first = one(
      pathsOf(body)
        .slice(1)
        .filter(([field]) => field !== 'externalId'),
    );
    const [name, hostile] = one(Object.entries(HOSTILE));
    const fields = { ...(JSON.parse(JSON.stringify(body)) as { [key: string]: Json }) };
    if (random() < 0.5) fields[`extra${n}`] = one<Json>([null, 1, 'x', [], { admin: true }]);
    if (random() < 0.5) delete fields[one(Object.keys(fields).filter((field) => field !== first[0] && field !== 'externalId'))];
    // More than one place is wrong, so any may be named.
    wrong.push(...(await faultsOf(route, withHostile(fields, first, hostile), [], `${name} and more (${n} of seed ${SEED})`)));
  }
  expect(wrong).toEqual([]);
  expect(await own.counts()).toEqual(before);
});

const HOUR = 3_600_000;
test.each<[string, (now: number) => { startsAt: string | number; endsAt: string | number; anchorZone?: string }, string, string]>([
  ['zero-length', (now) => times(now + 100 * HOUR, now + 100 * HOUR), 'invalid-request', 'endsAt'],
  ['inverted', (now) => times(now + 100 * HOUR, now + 99 * HOUR), 'invalid-request', 'endsAt'],
  ['past', (now) => times(now - 2 * HOUR, now - HOUR), 'refused-by-policy', ''],
  ['25 hours long', (now) => times(now + 100 * HOUR, now + 125 * HOUR), 'invalid-request', 'endsAt'],
  ['in the year 9999', () => ({ startsAt: '9999-01-01T00:00:00Z', endsAt: '9999-01-01T01:00:00Z' }), 'invalid-request', 'startsAt'],
  ['in the year 1999', () => ({ startsAt: '1999-01-01T00:00:00Z', endsAt: '1999-01-01T01:00:00Z' }), 'invalid-request', 'startsAt'],
  ['at the hour 25', () => ({ startsAt: '2027-01-01T25:00:00Z', endsAt: '2027-01-01T26:00:00Z' }), 'invalid-request', 'startsAt'],
  ['in seconds since 1970', () => ({ startsAt: 1_800_000_000, endsAt: 1_800_003_600 }), 'invalid-request', 'startsAt'],
  ['in no zone', (now) => ({ ...times(now + 100 * HOUR, now + 101 * HOUR), anchorZone: 'Europe/Atlantis' }), 'invalid-request', 'anchorZone'],
  ['at an offset for a zone', (now) => ({ ...times(now + 100 * HOUR, now + 101 * HOUR), anchorZone: '+01:00' }), 'invalid-request', 'anchorZone'],
])('a lesson that is %s is neither booked nor moved to', async (name, make, code, place) => {
  const before = await own.counts();
  const { anchorZone, ...when } = make(+api.now);
  const { body: booking } = good['post /v1/sessions']!;
  const booked = await send('post /v1/sessions', JSON.stringify({ ...(booking as object), ...make(+api.now) }));
  expect([name, booked.body['code']]).toEqual([name, code]);
  if (place) expect(JSON.stringify(booked.body['details'])).toContain(`"path":"${place}"`);
  const moved = await send('post /v1/sessions/{id}/changes', JSON.stringify({ kind: 'reschedule', ...when, ...(anchorZone ? { anchorZone } : {}) }));
  expect([name, moved.body['code']]).toEqual([name, 'invalid-request']);
  expect(await own.counts()).toEqual(before);
});

const times = (from: number, to: number): { startsAt: string; endsAt: string } => ({
  startsAt: new Date(from).toISOString(),
  endsAt: new Date(to).toISOString(),
});

test.each<[string, number, object]>([
  ['of 5 MB in many lines', 422, { code: 'invalid-transcript', details: { code: 'transcript-too-large', remedy: expect.any(String) } }],
  ['of 5 MB in one line', 422, { code: 'invalid-transcript', details: { code: 'transcript-too-large', place: 'line 1' } }],
  ['of 7 MB', 413, { code: 'body-too-large' }],
])('a transcript %s is refused and not kept', async (name, status, body) => {
  const before = await own.counts();
  const row = (dialogue: string) => ({ start: '0:00', stop: '0:01', speaker: 'Tutor', dialogue });
  const lines = {
    'of 5 MB in many lines': () => Array.from({ length: 20_000 }, () => row('w'.repeat(190))),
    'of 5 MB in one line': () => [row('w'.repeat(5_000_000))],
    'of 7 MB': () => [row('w'.repeat(7_000_000))],
  }[name]!();
  const got = await send('post /v1/transcripts', JSON.stringify({ ...(good['post /v1/transcripts']!.body as object), lines }));
  expect(got).toMatchObject({ status, body: { ...body, message: expect.any(String), remedy: expect.any(String) } });
  expect(await own.counts()).toEqual(before);
});
