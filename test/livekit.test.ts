import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { newIdentity } from '../domain/livekit-names';
import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';
import { LiveKitClient } from './support/livekit-client';
import { KEY, liveKitBinary, LiveKitServer, SECRET } from './support/livekit-server';
import { OwnLectern } from './support/own-lectern';
import { alwaysFor, publish, shippedRules } from './support/rule-files';

jest.setTimeout(900_000);

/** A slower clock than other tests have: LiveKit tells of what happens in whole seconds of real time. */
const RATE = '60';
let server: LiveKitServer | undefined;
let own: OwnLectern | undefined;
let lectern: Lectern;
let skipped: string | null = null;
const clients: LiveKitClient[] = [];

beforeAll(async () => {
  const binary = await liveKitBinary();
  if (!binary) {
    skipped = 'There is no livekit-server on the PATH or in the cache, and it cannot be built here (Go, and a network for its modules).';
    process.stderr.write(`SKIPPED test/livekit.test.ts: ${skipped}\n`);
    return;
  }
  server = new LiveKitServer(binary);
  await server.choosePorts();
  own = new OwnLectern({ LIVEKIT_URL: server.url, LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET, CLOCK_RATE: RATE });
  lectern = new Lectern(await own.start());
  await server.start(lectern.at.url);
  const times = { roomBefore: '24h', doorsBefore: '30m', coverageBefore: '5m', buffer: '5m' };
  const rooms = alwaysFor('video', 'preparation', { ...times, provider: 'livekit' });
  expect((await publish(lectern, [...shippedRules().policies, rooms], 'rooms of LiveKit')).status).toBe(201);
});
afterAll(async () => {
  await Promise.all(clients.map((c) => c.vanish()));
  if (lectern) await lectern.close();
  await own?.stop();
  await server?.stop();
});

/** Where there is no LiveKit server, each test says so and proves nothing. */
const withLiveKit = (name: string, work: () => Promise<void>): void =>
  test.concurrent(name, async () => {
    if (skipped === null) await work();
  });

interface Room {
  id: string;
  provider: string;
  providerRoomId: string | null;
  state: string;
}
const rooms = (sessionId: string): Promise<Room[]> =>
  lectern.query('SELECT * FROM rooms WHERE session_id = ? ORDER BY opened_at NULLS LAST', [sessionId]);
const openRoom = (sessionId: string): Promise<Room> => lectern.until('a room', async () => (await rooms(sessionId)).find((r) => r.state === 'open'));
const device = (token: string): LiveKitClient => {
  const client = new LiveKitClient(server!.url, token);
  clients.push(client);
  return client;
};

async function lesson(cast: Cast, leadMs = 25 * MINUTE, lengthMs = HOUR): Promise<string> {
  const sessionId = await lectern.book(cast, leadMs, { programme: 'video' }, lengthMs);
  await openRoom(sessionId);
  return sessionId;
}

/** The link in somebody's mail, and what its button answers. */
async function pressed(cast: Cast, to: string): Promise<{ link: string; token: string }> {
  const link = await lectern.until(`the link of ${to}`, async () => {
    const mail = (await lectern.mails(cast)).find((m) => m.to.startsWith(to) && m.text.includes('/j/'));
    return mail && /(https?:\/\/\S+\/j\/[\w-]+)/.exec(mail.text)![1];
  });
  const page = await (await fetch(link, { method: 'POST' })).text();
  expect(page).toContain(server!.url);
  return { link, token: />(ey[\w-]+\.[\w-]+\.[\w-]+)</.exec(page)![1]! };
}

/** A way in of LiveKit's own, without the join button: what the provider's list alone can tell of. */
async function tokenFor(room: Room, personId: string): Promise<string> {
  const token = new AccessToken(KEY, SECRET, { identity: newIdentity(personId), name: 'Invented', ttl: 600 });
  token.addGrant({ roomJoin: true, room: room.providerRoomId!, canPublish: true, canSubscribe: true });
  return token.toJwt();
}
const eventsOf = (sessionId: string, personId: string): Promise<{ kind: string; source: string; at: Date; connection: string }[]> =>
  lectern.query(
    `SELECT kind, source, at, data->>'connection' AS connection FROM attendance_events WHERE session_id = ? AND person_id = ? ORDER BY at, kind`,
    [sessionId, personId],
  );
const fromLiveKit = async (sessionId: string, personId: string) => (await eventsOf(sessionId, personId)).filter((e) => e.source === 'livekit');
/** From now on LiveKit's webhooks of this kind, about this person or of this room, never arrive. */
function lose(event: string, of: string): void {
  const before = server!.loses;
  server!.loses = (e) => before(e) || (e.event === event && (e.participant?.identity.startsWith(of) === true || e.room?.name === of));
}
const verdictOf = async (sessionId: string, personId: string): Promise<string> =>
  (await lectern.query<{ verdict: string }>('SELECT verdict FROM participants WHERE session_id = ? AND person_id = ?', [sessionId, personId]))[0]!
    .verdict;
const lastAsked = async (sessionId: string, personId: string): Promise<Record<string, unknown> | undefined> =>
  (
    await lectern.query<{ facts: Record<string, unknown> }>(
      `SELECT facts FROM decisions WHERE session_id = ? AND subject = ? AND point LIKE 'no-show.%' ORDER BY as_of DESC LIMIT 1`,
      [sessionId, personId],
    )
  )[0]?.facts;

withLiveKit('people come in by their own links: late, on two devices, and again after a broken connection, each one person', async () => {
  const cast = await lectern.cast(1, { studentMail: true });
  const [studentId] = cast.studentIds as [string];
  const sessionId = await lesson(cast);
  const { startsAt } = await lectern.session(sessionId);
  const instructor = device((await pressed(cast, 'ines')).token);
  await instructor.says('connected');
  await lectern.status(sessionId, 'live');
  // Late: the lesson has begun, the grace is not over.
  const { link, token } = await pressed(cast, 'stu0');
  const laptop = device(token);
  await laptop.says('connected');
  const joined = await lectern.until('the first device', async () => (await fromLiveKit(sessionId, studentId)).find((e) => e.kind === 'joined'));
  expect(+joined.at).toBeGreaterThan(+startsAt);
  const again = /(ey[\w-]+\.[\w-]+\.[\w-]+)</.exec(await (await fetch(link, { method: 'POST' })).text())![1]!;
  const phone = device(again);
  await phone.says('connected');
  await lectern.until('the second device', async () => (await fromLiveKit(sessionId, studentId)).filter((e) => e.kind === 'joined').length === 2);
  // One device goes: the person is still there, and nobody was put out by their own second device.
  await laptop.leave();
  await lectern.until('the first device to be gone', async () => (await fromLiveKit(sessionId, studentId)).some((e) => e.kind === 'left'));
  const all = await fromLiveKit(sessionId, studentId);
  expect(all.filter((e) => e.kind === 'left')).toHaveLength(1);
  // A connection that breaks, and comes back at once under the same link.
  await phone.vanish();
  const back = device(/(ey[\w-]+\.[\w-]+\.[\w-]+)</.exec(await (await fetch(link, { method: 'POST' })).text())![1]!);
  await back.says('connected');
  await lectern.until('the return', async () => (await fromLiveKit(sessionId, studentId)).filter((e) => e.kind === 'joined').length === 3);
  expect(await verdictOf(sessionId, studentId)).toBe('arrived');
  expect(await lectern.query(`SELECT 1 FROM attendance_events WHERE session_id = ? AND person_id IS NULL`, [sessionId])).toEqual([]);
  expect(await lectern.query(`SELECT 1 FROM held_steps WHERE session_id = ? AND kind = 'no-show'`, [sessionId])).toEqual([]);
});

withLiveKit('whose joining was never told is found in the list before anybody calls it a no-show; who is really missing is missing', async () => {
  const cast = await lectern.cast(2);
  const [there, missing] = cast.studentIds as [string, string];
  const sessionId = await lesson(cast);
  const room = await openRoom(sessionId);
  lose('participant_joined', there);
  const [instructor, student] = [device(await tokenFor(room, cast.instructorId)), device(await tokenFor(room, there))];
  await Promise.all([instructor.says('connected'), student.says('connected')]);
  await lectern.until('the instructor to be there', async () => (await verdictOf(sessionId, cast.instructorId)) === 'arrived');
  await lectern.until('the list to be believed', async () => (await verdictOf(sessionId, there)) === 'arrived');
  expect((await fromLiveKit(sessionId, there)).map((e) => e.kind)).toEqual(['joined']);
  await lectern.until('the no-show', async () => (await verdictOf(sessionId, missing)) === 'no-show');
  expect(await lastAsked(sessionId, missing)).toMatchObject({ providerSays: 'absent' });
  expect(await lectern.query(`SELECT 1 FROM obligations WHERE session_id = ? AND kind = 'no-show' AND about_id = ?`, [sessionId, there])).toEqual([]);
});

withLiveKit('an instructor who is reassigned is put out of the room, and out again; their link leads nowhere', async () => {
  const cast = await lectern.cast(1);
  const other = await lectern.cast(0);
  const sessionId = await lesson(cast);
  const { link, token } = await pressed(cast, 'ines');
  const first = device(token);
  await first.says('connected');
  await lectern.until('the joining', async () => (await fromLiveKit(sessionId, cast.instructorId)).some((e) => e.kind === 'joined'));
  const changed = await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'reassign', instructorId: other.instructorId });
  expect([changed.status, JSON.stringify(changed.body)]).toEqual([200, expect.any(String)]);
  await first.says('disconnected');
  expect((await fetch(link, { method: 'POST' })).status).toBe(410);
  // The token that is still good for a moment brings its owner in, and out again.
  const second = device(token);
  await second.says('disconnected');
  const removals = (): Promise<unknown[]> =>
    lectern.query(`SELECT 1 FROM timeline WHERE session_id = ? AND kind = 'participant.removed'`, [sessionId]);
  await lectern.until('both to be noted', async () => (await removals()).length >= 2);
});

withLiveKit('who comes back with a token of before is put out, though no event tells of it and nobody is waited for', async () => {
  const cast = await lectern.cast(1);
  const other = await lectern.cast(0);
  const [studentId] = cast.studentIds as [string];
  const sessionId = await lesson(cast, 25 * MINUTE, 3 * HOUR);
  const room = await openRoom(sessionId);
  const { token } = await pressed(cast, 'ines');
  const first = device(token);
  await Promise.all([first, device(await tokenFor(room, studentId))].map((d) => d.says('connected')));
  await lectern.status(sessionId, 'live');
  for (const id of [cast.instructorId, studentId]) await lectern.until('an arrival', async () => (await verdictOf(sessionId, id)) === 'arrived');
  lose('participant_joined', cast.instructorId);
  const changed = await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'reassign', instructorId: other.instructorId });
  expect([changed.status, JSON.stringify(changed.body)]).toEqual([200, expect.any(String)]);
  await first.says('disconnected');
  // Who teaches now is there, in time or late: LiveKit is asked about nobody.
  await device(await tokenFor(room, other.instructorId)).says('connected');
  await lectern.until('who teaches now', async () => /arrived|late/.test(await verdictOf(sessionId, other.instructorId)));
  const second = device(token);
  await second.says('connected');
  await second.says('disconnected');
  expect((await fromLiveKit(sessionId, cast.instructorId)).filter((e) => e.kind === 'joined')).toHaveLength(1);
});

withLiveKit('whose leaving was never told has left when the list says so', async () => {
  const cast = await lectern.cast(2);
  const [left, missing] = cast.studentIds as [string, string];
  const sessionId = await lesson(cast);
  const room = await openRoom(sessionId);
  lose('participant_left', left);
  const [instructor, student] = [device(await tokenFor(room, cast.instructorId)), device(await tokenFor(room, left))];
  await Promise.all([instructor.says('connected'), student.says('connected')]);
  await lectern.until('both to be there', async () => (await verdictOf(sessionId, left)) === 'arrived');
  await student.leave();
  await lectern.until('the no-show of who never came', async () => (await verdictOf(sessionId, missing)) === 'no-show');
  const events = await fromLiveKit(sessionId, left);
  expect(events.map((e) => e.kind)).toEqual(['joined', 'left']);
  expect(new Set(events.map((e) => e.connection)).size).toBe(1);
  expect(
    await lectern.query(`SELECT 1 FROM attendance_events WHERE session_id = ? AND data->>'listed' = 'true' AND kind = 'left'`, [sessionId]),
  ).toHaveLength(1);
  expect((await fromLiveKit(sessionId, cast.instructorId)).map((e) => e.kind)).toEqual(['joined']);
});

withLiveKit('a room that is gone, of which no webhook told, is found to be gone when LiveKit is asked; a second one takes its place', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lesson(cast);
  const room = await openRoom(sessionId);
  const instructor = device(await tokenFor(room, cast.instructorId));
  await instructor.says('connected');
  await lectern.status(sessionId, 'live');
  for (const event of ['room_finished', 'participant_left']) lose(event, room.providerRoomId!);
  await new RoomServiceClient(server!.url.replace('ws', 'http'), KEY, SECRET).deleteRoom(room.providerRoomId!);
  await instructor.says('disconnected');
  // The student is waited for, so that LiveKit is asked, and knows no such room.
  const second = await lectern.until('the second room', async () => (await rooms(sessionId)).find((r) => r.state === 'open' && r.id !== room.id));
  expect([second.provider, second.providerRoomId === room.providerRoomId]).toEqual(['livekit', false]);
  const [incident] = await lectern.query<{ reportedBy: string; outcome: string }>('SELECT * FROM incidents WHERE session_id = ?', [sessionId]);
  expect(incident).toMatchObject({ reportedBy: 'lectern', outcome: 'second-room' });
  const [asked] = await lectern.query<{ facts: object }>(`SELECT facts FROM decisions WHERE session_id = ? AND point = 'room-failure'`, [sessionId]);
  expect(asked!.facts).toMatchObject({ reportedBy: 'lectern', providerSays: 'gone' });
  // Whoever presses the new link is let into the new room.
  const mail = await lectern.until('the new link', async () =>
    (await lectern.mails(cast)).find((m) => /^New link/.test(m.subject) && m.to.startsWith('ines')),
  );
  const page = await (await fetch(/(https?:\/\/\S+\/j\/[\w-]+)/.exec(mail.text)![1]!, { method: 'POST' })).text();
  const back = device(/>(ey[\w-]+\.[\w-]+\.[\w-]+)</.exec(page)![1]!);
  await back.says('connected');
  await lectern.until('the arrival', async () => (await fromLiveKit(sessionId, cast.instructorId)).filter((e) => e.kind === 'joined').length === 2);
});

withLiveKit('a webhook that is not signed by this LiveKit server is refused; another installation’s room is nobody’s business', async () => {
  const post = (headers: Record<string, string>, body: string): Promise<Response> =>
    fetch(`${lectern.at.url}/v1/inbound/livekit`, { method: 'POST', headers: { 'content-type': 'application/webhook+json', ...headers }, body });
  expect((await post({}, '{}')).status).toBe(401);
  const body = JSON.stringify({ event: 'room_started', id: 'EV_x', room: { name: 'somebody-elses' } });
  const signed = async (secret: string): Promise<string> => {
    const token = new AccessToken(KEY, secret, { ttl: 60 });
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body));
    token.sha256 = Buffer.from(hash).toString('base64');
    return token.toJwt();
  };
  expect((await post({ authorization: await signed('another-secret-of-at-least-32-characters') }, body)).status).toBe(401);
  expect((await post({ authorization: await signed(SECRET) }, `${body} `)).status).toBe(401);
  expect((await post({ authorization: await signed(SECRET) }, body)).status).toBe(200);
  expect(await lectern.query(`SELECT 1 FROM inbox WHERE event_id = 'EV_x'`)).toEqual([]);
});

/** The last test, and by itself: it takes the server from all others. */
test('a server that is killed in mid-lesson: asked in vain, a second room by another provider, and everybody on their way into it', async () => {
  if (skipped !== null) return;
  const cast = await lectern.cast(1, { studentMail: true });
  const [studentId] = cast.studentIds as [string];
  const sessionId = await lesson(cast, 20 * MINUTE, 3 * HOUR);
  const room = await openRoom(sessionId);
  const here = [device(await tokenFor(room, cast.instructorId)), device(await tokenFor(room, studentId))];
  await Promise.all(here.map((d) => d.says('connected')));
  await lectern.status(sessionId, 'live');
  for (const id of [cast.instructorId, studentId]) await lectern.until('an arrival', async () => (await verdictOf(sessionId, id)) === 'arrived');
  await server!.kill();
  const reported = await lectern.api('POST', `/v1/sessions/${sessionId}/incidents`, { kind: 'room-failed', note: 'everybody is out' });
  expect(reported.status).toBe(201);
  const [asked] = await lectern.until('the rules to be asked', async () => {
    const found = await lectern.query<{ facts: object }>(`SELECT facts FROM decisions WHERE session_id = ? AND point = 'room-failure'`, [sessionId]);
    return found.length > 0 && found;
  });
  expect(asked!.facts).toMatchObject({ providerSays: 'no-answer', present: 2, hasBegun: true });
  const second = await lectern.until('the second room', async () => (await rooms(sessionId)).find((r) => r.state === 'open' && r.id !== room.id));
  expect(second.provider).toBe('link');
  const links = await lectern.until('the new links', async () => {
    const mails = (await lectern.mails(cast)).filter((m) => /^New link/.test(m.subject));
    return mails.length >= 3 && mails;
  });
  expect(links.map((m) => m.to.split('.')[0]).sort()).toEqual(['gil0', 'ines', 'stu0']);
  const link = /(https?:\/\/\S+\/j\/[\w-]+)/.exec(links.find((m) => m.to.startsWith('stu0'))!.text)![1]!;
  expect((await fetch(link, { method: 'POST', redirect: 'manual' })).headers.get('location')).toContain(second.id);
  const [incident] = await lectern.query<{ outcome: string; closedAt: Date | null }>('SELECT * FROM incidents WHERE session_id = ?', [sessionId]);
  expect(incident).toMatchObject({ outcome: 'second-room', closedAt: expect.any(Date) });
});
