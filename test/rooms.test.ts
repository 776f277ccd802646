import { presenceOf } from '../domain/attendance';
import { EGRESSES, fromLiveKit, LIVEKIT } from './support/egress';
import { HOUR, MINUTE, TRANSCRIPT, type Cast, type Lectern } from './support/lectern';
import { OwnLectern, startedForAll } from './support/own-lectern';
import { alwaysFor, publish, shippedRules } from './support/rule-files';

jest.setTimeout(300_000);
let lectern: Lectern;
startedForAll(new OwnLectern(LIVEKIT), (started) => (lectern = started));

const CORA = 'cora.coordinator@example.invalid';
/** A coordinator who is told, and a programme whose rooms say who is there and whether they record. */
beforeAll(async () => {
  const cora = { kind: 'coordinator', name: 'Cora Coordinator', givenName: 'Cora', email: CORA, zone: 'Europe/Berlin' };
  expect((await lectern.api('POST', '/v1/people', cora)).status).toBe(201);
  const times = { roomBefore: '24h', doorsBefore: '30m', coverageBefore: '15m', buffer: '5m' };
  const asks = alwaysFor('asks', 'preparation', { ...times, provider: 'test' });
  const video = ['video', 'video-held'].map((programme) => alwaysFor(programme, 'preparation', { ...times, provider: 'livekit' }));
  const failing = [
    alwaysFor('ends', 'room-failure', { next: 'end' }),
    alwaysFor('dismisses', 'room-failure', { next: 'dismiss' }),
    alwaysFor('ends-unanswered', 'room-failure', { next: 'hold', provider: 'link', answerWithin: '5m', default: 'end-lesson' }),
    alwaysFor('video-held', 'room-failure', { next: 'hold', provider: 'same', answerWithin: '6h', default: 'dismiss' }),
  ];
  // Three minutes are a moment here: a coordinator has as long as the machine may need.
  const patient = shippedRules().policies.map((p) =>
    p.file === 'room-failure.json' ? { ...p, text: p.text.replace('"answerWithin": "3m"', '"answerWithin": "90m"') } : p,
  );
  expect((await publish(lectern, [...patient, asks, ...video, ...failing], 'rooms that speak')).status).toBe(201);
});

interface Incident {
  id: string;
  kind: string;
  reportedBy: string;
  outcome: string | null;
  closedAt: string | null;
  messages: { kind: string; step: string; state: string; personId: string }[];
  allowedActions: { action: string; allowed: boolean; whyNot: string | null }[];
}
const incidents = async (sessionId: string): Promise<Incident[]> =>
  (await lectern.api<{ items: Incident[] }>('GET', `/v1/sessions/${sessionId}/incidents`)).body.items;
const closedIncident = (sessionId: string, kind = 'room-failed'): Promise<Incident> =>
  lectern.until('the incident to be over', async () => (await incidents(sessionId)).find((i) => i.kind === kind && i.closedAt !== null));
const rooms = (sessionId: string): Promise<{ id: string; provider: string; state: string; failedAt: Date | null }[]> =>
  lectern.query('SELECT * FROM rooms WHERE session_id = ? ORDER BY opened_at NULLS LAST', [sessionId]);
const newLinks = async (cast: Cast) => (await lectern.mails(cast)).filter((m) => /^New link/.test(m.subject));
const toCora = async (sessionId: string): Promise<string[]> =>
  (
    await lectern.query<{ step: string }>(
      `SELECT o.step FROM obligations o JOIN people p ON p.id = o.person_id WHERE o.session_id = ? AND o.kind = 'incident' AND o.state = 'delivered' AND p.email = ?`,
      [sessionId, CORA],
    )
  ).map((o) => o.step);

/** A running lesson that everybody has come to. */
async function running(cast: Cast, more: object = {}, lengthMs = 3 * HOUR): Promise<string> {
  const sessionId = await lectern.book(cast, 40 * MINUTE, more, lengthMs);
  await lectern.status(sessionId, 'ready', 'live');
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  await lectern.status(sessionId, 'live');
  return sessionId;
}

test.concurrent('a room that fails in mid-lesson is replaced at once: everybody gets one new way in, and what was taught stays taught', async () => {
  const cast = await lectern.cast(2, { studentMail: true });
  const sessionId = await running(cast);
  const oldLink = await lectern.until('the first way in', async () => {
    const mail = (await lectern.mails(cast)).find((m) => m.to.startsWith('stu0') && m.text.includes('/j/'));
    return mail && /(https?:\/\/\S+\/j\/[\w-]+)/.exec(mail.text)![1];
  });
  const failedAt = lectern.now();
  const sent = await lectern.send('room.failed', { sessionId, reason: 'invented' }, failedAt);
  expect(await lectern.applied(sent.body.id)).toMatchObject({ state: 'applied' });
  const incident = await closedIncident(sessionId);
  expect(incident).toMatchObject({ reportedBy: 'provider', outcome: 'second-room' });

  const [first, second] = await rooms(sessionId);
  expect([first!.state, second!.state]).toEqual(['closed', 'open']);
  expect(first!.failedAt).not.toBeNull();
  const told = await lectern.until('everybody to be told', async () => {
    const links = await newLinks(cast);
    return links.length >= 5 && links;
  });
  expect(told.map((m) => m.to.split('.')[0]).sort()).toEqual(['gil0', 'gil1', 'ines', 'stu0', 'stu1']);
  // The old link leads into the new room: it is what people press when the picture freezes.
  expect((await fetch(oldLink, { method: 'POST', redirect: 'manual' })).headers.get('location')).toContain(second!.id);
  await lectern.until('the coordinator to know', async () => (await toCora(sessionId)).sort().join() === 'closed,opened');
  const seen = (await incidents(sessionId))[0]!;
  expect(seen.messages.map((m) => m.state).every((s) => s === 'delivered')).toBe(true);
  expect(seen.messages.filter((m) => m.kind === 'second-room')).toHaveLength(5);

  // Minutes: until the failure in the first room, from the return on in the second, and nothing in between.
  const [student] = cast.studentIds;
  const { startsAt, endsAt } = await lectern.session(sessionId);
  const events = await lectern.query<{ kind: 'joined' | 'left'; at: Date; data: { connection: string } }>(
    `SELECT kind, at, data FROM attendance_events WHERE session_id = ? AND person_id = ? ORDER BY at`,
    [sessionId, cast.studentIds[1]],
  );
  const presence = presenceOf(
    events.map((e) => ({ kind: e.kind, atMs: +e.at, connection: e.data.connection })),
    +endsAt,
  );
  expect(presence.presentAt(+failedAt - 1)).toBe(true);
  expect(presence.presentAt(+failedAt + 1)).toBe(false);
  expect(presence.minutes).toBeGreaterThan(0);
  expect(+startsAt).toBeLessThan(+failedAt);
  const verdicts = await lectern.query<{ verdict: string }>('SELECT verdict FROM participants WHERE session_id = ? AND person_id = ?', [
    sessionId,
    student,
  ]);
  expect(verdicts).toEqual([{ verdict: 'arrived' }]);
  expect((await newLinks(cast)).length).toBe(5);
  expect((await lectern.api('POST', `/v1/incidents/${incident.id}/close`)).status).toBe(409);
});

test.concurrent('the same failure told twice, and by a coordinator besides, is one incident and one second room', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await running(cast);
  const [reported] = await Promise.all([
    lectern.api<{ id: string; kind: string }>('POST', `/v1/sessions/${sessionId}/incidents`, { kind: 'room-failed', note: 'frozen' }),
    lectern.send('room.failed', { sessionId, roomId: (await rooms(sessionId))[0]!.id }),
    lectern.send('room.failed', { sessionId, roomId: (await rooms(sessionId))[0]!.id }),
  ]);
  expect(reported.status).toBe(201);
  await closedIncident(sessionId);
  await lectern.until('the links', async () => (await newLinks(cast)).length === 2);
  expect(await rooms(sessionId)).toHaveLength(2);
  expect(await incidents(sessionId)).toHaveLength(1);
});

test.concurrent('one room after the other: a coordinator is asked, and may end the lesson there; what was taught is documented', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await running(cast, {}, 4 * HOUR);
  for (const n of [1, 2]) {
    await lectern.send('room.failed', {
      sessionId,
      roomId: (await lectern.until('a room', async () => (await rooms(sessionId)).find((r) => r.state === 'open'))).id,
    });
    await lectern.until(
      'the next room',
      async () => (await rooms(sessionId)).filter((r) => r.failedAt).length === n && (await rooms(sessionId)).some((r) => r.state === 'open'),
    );
  }
  await lectern.send('room.failed', { sessionId, roomId: (await rooms(sessionId)).find((r) => r.state === 'open')!.id });
  const step = await lectern.openStep(sessionId, 'room');
  expect((await lectern.decide(step, 'end-lesson')).status).toBe(200);
  await lectern.status(sessionId, 'documenting');
  expect(+lectern.now()).toBeLessThan(+(await lectern.session(sessionId)).endsAt);
  const all = await incidents(sessionId);
  expect(all.map((i) => i.outcome)).toEqual(['second-room', 'second-room', 'lesson-ended']);
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  expect((await lectern.decide(await lectern.openStep(sessionId, 'documentation.review'), 'approve')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
});

test.concurrent('whatever disturbs a lesson is opened and closed by a coordinator, and speaks against fault meanwhile', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE, {}, 2 * HOUR);
  expect((await lectern.api('POST', `/v1/sessions/${sessionId}/incidents`, { kind: 'nonsense' })).status).toBe(400);
  const opened = await lectern.api<Incident>('POST', `/v1/sessions/${sessionId}/incidents`, { kind: 'technical', note: 'no sound' });
  expect(opened.status).toBe(201);
  expect(opened.body.allowedActions).toEqual([{ action: 'close', allowed: true, whyNot: null }]);
  await lectern.status(sessionId, 'live');
  const closed = await lectern.api<Incident>('POST', `/v1/incidents/${opened.body.id}/close`);
  expect([closed.status, closed.body.outcome]).toEqual([200, 'closed-by-person']);
  await lectern.arrive(sessionId, cast.instructorId);
  await lectern.openStep(sessionId, 'no-show');
  const [asked] = await lectern.query<{ facts: object }>(
    `SELECT facts FROM decisions WHERE session_id = ? AND point = 'no-show.student' ORDER BY as_of DESC LIMIT 1`,
    [sessionId],
  );
  expect(asked!.facts).toMatchObject({ incidentOverlapped: true });
  expect(await rooms(sessionId)).toHaveLength(1);
});

test.concurrent(
  'a room that fails when the rules say that it is not worth another one ends the lesson instead of sending everybody a new link',
  async () => {
    const cast = await lectern.cast(1);
    // The rules of this programme end it whenever: a last minute is short on a fast clock.
    const sessionId = await running(cast, { programme: 'ends' });
    await lectern.send('room.failed', { sessionId });
    await lectern.status(sessionId, 'documenting');
    expect(await newLinks(cast)).toEqual([]);
    expect(await rooms(sessionId)).toHaveLength(1);
  },
);

test.concurrent('a room that is well by the rules stays the one there is: nobody gets a new link', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await running(cast, { programme: 'dismisses' });
  await lectern.send('room.failed', { sessionId });
  expect(await closedIncident(sessionId)).toMatchObject({ outcome: 'false-alarm' });
  expect([await newLinks(cast), (await rooms(sessionId)).length]).toEqual([[], 1]);
});

test.concurrent(
  'what the rules name is done when nobody answers about a failed room: here the lesson ends, and what was taught is documented',
  async () => {
    const cast = await lectern.cast(1);
    const sessionId = await running(cast, { programme: 'ends-unanswered' });
    await lectern.send('room.failed', { sessionId });
    const step = await lectern.openStep(sessionId, 'room').catch(() => null);
    await lectern.status(sessionId, 'documenting');
    expect(+lectern.now()).toBeLessThan(+(await lectern.session(sessionId)).endsAt);
    expect(await closedIncident(sessionId)).toMatchObject({ outcome: 'lesson-ended' });
    const [held] = await lectern.query<{ state: string; chosen: string; reason: string }>(
      `SELECT state, chosen, reason FROM held_steps WHERE session_id = ? AND kind = 'room'`,
      [sessionId],
    );
    expect(held).toMatchObject({ state: 'expired', chosen: 'end-lesson', reason: expect.stringMatching(/When nobody says, the lesson ends here/) });
    if (step) expect((await lectern.decide(step, 'dismiss')).body.code).toBe('already-decided');
  },
);

test.concurrent(
  'a provider that opens no room, however often it is asked, keeps nobody out: another one gives it, and each has one link',
  async () => {
    const cast = await lectern.cast(1);
    const sessionId = await lectern.book(cast, 4 * HOUR, { programme: 'video' });
    expect(await closedIncident(sessionId)).toMatchObject({ reportedBy: 'lectern', outcome: 'second-room' });
    expect((await rooms(sessionId)).map((r) => [r.provider, r.state])).toEqual([
      ['link', 'open'],
      ['livekit', 'closed'],
    ]);
    const links = await lectern.until('the links', async () => {
      const found = (await lectern.mails(cast)).filter((m) => m.text.includes('/j/'));
      return found.length >= 2 && found;
    });
    expect(links.map((m) => m.to.split('.')[0]).sort()).toEqual(['gil0', 'ines']);
  },
);

test.concurrent(
  'where the rules ask a person about it the step says what to look at; a second room that cannot be opened either asks again',
  async () => {
    const cast = await lectern.cast(1);
    const sessionId = await lectern.book(cast, 4 * HOUR, { programme: 'video-held' });
    const step = await lectern.openStep(sessionId, 'room');
    const { body } = await lectern.api<{ reason: string; options: string[] }>('GET', `/v1/held-steps/${step.id}`);
    expect(body.reason).toMatch(/“livekit” opened no room .*nobody has a way in.*whether it can be reached.*When nobody says, it goes on as it is/);
    expect(body.options).toEqual(['second-room', 'dismiss']);
    expect((await lectern.decide(step, 'second-room')).status).toBe(200);
    const again = await lectern.until('the next question', async () => {
      const next = await lectern.openStep(sessionId, 'room');
      return next.id !== step.id && next;
    });
    const asked = (await decisionsOf(sessionId, 'room-failure')).map((d) => d.facts.roomsOpened);
    expect(asked).toEqual([1, 2]);
    expect((await lectern.decide(again, 'dismiss')).status).toBe(200);
    expect((await incidents(sessionId)).map((i) => i.outcome)).toEqual(['dismissed']);
  },
);

test.concurrent.each(EGRESSES)('a recording of LiveKit’s egress that %s is that', async (_what, events, expected) => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 20 * HOUR);
  for (const event of events) await lectern.applied(await fromLiveKit(lectern, sessionId, event));
  const [row] = await lectern.query<object>('SELECT * FROM recordings WHERE session_id = ?', [sessionId]);
  expect(row).toMatchObject(expected);
});

const decisionsOf = async (
  sessionId: string,
  point: string,
): Promise<{ rule: string; facts: Record<string, unknown>; outcome: { next: string } }[]> =>
  lectern.query('SELECT rule, facts, outcome FROM decisions WHERE session_id = ? AND point = ? ORDER BY as_of, id', [sessionId, point]);
const startsAsked = (sessionId: string): Promise<{ recorder: string }[]> =>
  lectern.query(`SELECT data->>'recorder' AS recorder FROM timeline WHERE session_id = ? AND kind = 'recording.start-asked' ORDER BY id`, [
    sessionId,
  ]);

test.concurrent('a recording that does not start is started again, then by the second recorder, and only then is a person asked', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE, { programme: 'asks' }, 3 * HOUR);
  for (const personId of [cast.instructorId, ...cast.studentIds]) await lectern.send('participant.joined', { sessionId, personId });
  const step = await lectern.openStep(sessionId, 'recording');
  expect((await startsAsked(sessionId)).map((s) => s.recorder)).toEqual(['first', 'first', 'second']);
  expect((await decisionsOf(sessionId, 'recording')).map((d) => d.outcome.next)).toEqual(['expect', 'start', 'start', 'second-recorder', 'hold']);
  expect((await lectern.decide(step, 'proceed-without')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  // What Lectern had started it has stopped, once, with the lesson.
  const [stop, ...more] = await lectern.query<{ at: Date }>(`SELECT at FROM timeline WHERE session_id = ? AND kind = 'recording.stop-asked'`, [
    sessionId,
  ]);
  expect([+stop!.at >= +(await lectern.session(sessionId)).endsAt, more]).toEqual([true, []]);
});

test.concurrent('a recording that fails in mid-lesson is started again at once, and asks nobody when it then runs', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await running(cast, { programme: 'asks' });
  await lectern.send('recording.failed', { sessionId, reason: 'invented' });
  await lectern.until('the second start', async () => (await startsAsked(sessionId)).length === 1);
  await lectern.send('recording.started', { sessionId });
  await lectern.send('recording.ready', { sessionId });
  await lectern.status(sessionId, 'documenting');
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  expect((await lectern.decide(await lectern.openStep(sessionId, 'documentation.review'), 'approve')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect(await lectern.query(`SELECT 1 FROM held_steps WHERE session_id = ? AND kind = 'recording'`, [sessionId])).toEqual([]);
});

test.concurrent('of a lesson without a recording the instructor writes three answers, and the family reads what was written from them', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await running(cast, {}, 30 * MINUTE);
  const step = await lectern.openStep(sessionId, 'recording');
  const [held] = await lectern.query<{ audience: string; assigneeId: string; defaultOption: string }>('SELECT * FROM held_steps WHERE id = ?', [
    step.id,
  ]);
  expect(held).toMatchObject({ audience: 'instructor', assigneeId: cast.instructorId, defaultOption: 'proceed-without' });
  const asked = await lectern.until('the mail with the questions', async () =>
    (await lectern.mails(cast)).filter((m) => /^Three questions/.test(m.subject)),
  );
  await lectern.until('one mail', () => Promise.resolve(asked.length <= 1));
  expect((await lectern.decide(step, 'notes')).status).toBe(400);
  expect((await lectern.decide(step, 'notes', { answers: { covered: 'See https://evil.example for more' } })).status).toBe(400);
  const answers = {
    covered: 'Invented fractions with unlike denominators.',
    practise: 'Finding the common one took a while.',
    homework: 'Page twelve.',
  };
  expect((await lectern.decide(step, 'notes', { answers })).status).toBe(200);
  const review = await lectern.openStep(sessionId, 'documentation.review');
  expect((await lectern.decide(review, 'approve')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  const mails = (await lectern.mails(cast)).filter((m) => /how the lesson went/.test(m.subject));
  expect(mails).toHaveLength(1);
  const text = mails[0]!.text.replace(/\s+/g, ' ');
  for (const answer of Object.values(answers)) expect(text).toContain(answer);
  expect(text).toContain('from the notes of the instructor');
  expect((await lectern.mails(cast)).filter((m) => /^Three questions/.test(m.subject))).toHaveLength(1);
});

test.concurrent('a transcript that comes while the instructor is asked for notes is used instead, and nobody is asked any more', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await running(cast, {}, 30 * MINUTE);
  const step = await lectern.openStep(sessionId, 'recording');
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  const review = await lectern.openStep(sessionId, 'documentation.review');
  const late = await lectern.decide(step, 'notes', { answers: { covered: 'Too late.' } });
  expect([late.status, late.body.code]).toEqual([409, 'already-decided']);
  expect((await lectern.decide(review, 'approve')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
});
