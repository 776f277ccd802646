import { createApiKey } from '../commands/sign-in';
import { createPerson } from '../commands/people';
import { createSource } from '../commands/sources';
import { SYSTEM, type Context } from '../commands/context';
import { attemptsOf } from '../db/dispatch';
import type { Database } from '../db/database';
import { newId } from '../domain/ids';
import { awaitValue, DemoWorld } from './demo-world';

const LEAD_MS = 9_000;
const LENGTH_MS = 9_000;
/** Webhooks are taken up to 1 MiB, signature and envelope included. */
const WEBHOOK_BYTES = 900_000;

export interface DemoCast {
  world: DemoWorld;
  title: string;
  instructorId: string;
  /** The one who comes, and the one who never does. */
  presentId: string;
  absentId: string;
}

/** People, key and source of a demo; new ones each time, so that demos side by side do not touch each other. */
export async function castDemo(ctx: Omit<Context, 'principal'>, url: string): Promise<DemoCast> {
  const system: Context = { ...ctx, principal: SYSTEM };
  const tag = newId().slice(0, 8);
  const consents = (['recording', 'ai'] as const).map((kind) => ({ kind, granted: true, textVersion: 'demo', method: 'demo' }));
  const person = async (kind: 'student' | 'instructor', given: string, name: string): Promise<string> =>
    (
      await createPerson(system, {
        kind,
        name,
        givenName: given,
        // A family in New York, a teacher in Berlin: each reads the time that their own clock shows.
        zone: kind === 'student' ? 'America/New_York' : 'Europe/Berlin',
        email: `${given.toLowerCase()}.${tag}@example.invalid`,
        consents,
        goals: kind === 'student' ? 'fractions' : null,
      })
    ).id;
  const instructorId = await person('instructor', 'Iris', 'Iris Example');
  const presentId = await person('student', 'Sam', 'Sam Sample');
  const absentId = await person('student', 'Nora', 'Nora Nowhere');
  for (const [given, studentId] of [
    ['Gina', presentId],
    ['Gus', absentId],
  ] as const) {
    await createPerson(system, {
      kind: 'guardian',
      name: `${given} Guardian`,
      givenName: given,
      zone: 'America/New_York',
      email: `${given.toLowerCase()}.${tag}@example.invalid`,
      phone: '+15550109999',
      students: [{ studentId, household: `demo-${tag}`, canNotify: true, canDecide: true }],
    });
  }
  const { key } = await ctx.db.inOrganisation(ctx.organisationId, (tx) =>
    createApiKey(tx, {
      organisationId: ctx.organisationId,
      name: 'Demo',
      roles: ['coordinator', 'integrator'],
      now: new Date(),
      expiresAt: new Date(Date.now() + 3_600_000),
    }),
  );
  const name = `demo-${tag}`;
  const { secret } = await createSource({ ...ctx, principal: SYSTEM }, name);
  return { world: new DemoWorld(url, key, { name, secret }), title: 'Fractions, a group of two', instructorId, presentId, absentId };
}

/** The link that a participant got by mail: read from the message that left, as they would. */
async function joinUrlOf(db: Database, organisationId: string, sessionId: string, personId: string): Promise<string | null> {
  return db.inOrganisation(organisationId, async (tx) => {
    const sent = (await attemptsOf(tx, sessionId)).find((a) => a.personId === personId && a.state === 'sent' && /\/j\/[\w-]+/.test(a.bodyText));
    return sent ? (/(https?:\/\/\S+\/j\/[\w-]+)/.exec(sent.bodyText)?.[1] ?? null) : null;
  });
}

interface SessionSeen {
  status: string;
  startsAt: string;
  endsAt: string;
}

/** The transcript comes by webhook, as from a recorder; what a webhook may not carry is uploaded. */
async function handIn(world: DemoWorld, sessionId: string, lines: readonly object[]): Promise<void> {
  const fitsWebhook = Buffer.byteLength(JSON.stringify(lines)) < WEBHOOK_BYTES;
  if (fitsWebhook) await world.send('transcript.ready', new Date(), { sessionId, lines });
  else await world.api('POST', '/v1/transcripts', { sessionId, lines });
}

/** Books the demo lesson over the API and plays everyone in it. Gives the session's id once the transcript is delivered. */
export async function playLesson(
  ctx: Omit<Context, 'principal'>,
  cast: DemoCast,
  transcript: readonly object[],
  booked: (sessionId: string) => void,
): Promise<string> {
  const { world } = cast;
  const startsAt = new Date(Date.now() + LEAD_MS);
  const { id: sessionId } = await world.api<{ id: string }>('POST', '/v1/sessions', {
    title: cast.title,
    subject: 'Mathematics',
    programme: 'demo',
    startsAt: startsAt.toISOString(),
    endsAt: new Date(+startsAt + LENGTH_MS).toISOString(),
    studentIds: [cast.presentId, cast.absentId],
    instructorId: cast.instructorId,
  });
  booked(sessionId);
  const seen = (wanted: string[]) => async (): Promise<SessionSeen | null> => {
    const session = await world.api<SessionSeen>('GET', `/v1/sessions/${sessionId}`);
    return wanted.includes(session.status) ? session : null;
  };
  for (const personId of [cast.instructorId, cast.presentId]) {
    const url = await awaitValue('the mail with the way in', () => joinUrlOf(ctx.db, ctx.organisationId, sessionId, personId));
    await world.pressJoin(url);
    await world.send('participant.joined', new Date(), { sessionId, personId, connection: 'laptop' });
  }
  await awaitValue('the lesson to start', seen(['live', 'documenting', 'settling', 'settled']));
  await world.send('recording.started', new Date(), { sessionId });
  await world.send('poll.answered', new Date(), { sessionId, personId: cast.presentId, poll: 'Which is bigger?', answer: 'One third' });
  await awaitValue('the lesson to end', seen(['documenting', 'settling', 'settled']));
  for (const personId of [cast.instructorId, cast.presentId])
    await world.send('participant.left', new Date(), { sessionId, personId, connection: 'laptop' });
  await world.send('recording.ready', new Date(), { sessionId });
  await handIn(world, sessionId, transcript);
  return sessionId;
}

export interface HeldStepSeen {
  id: string;
  version: number;
  hash: string;
  kind: string;
  reason: string;
}

const openSteps = async (world: DemoWorld, sessionId: string): Promise<HeldStepSeen[]> =>
  (await world.api<{ items: HeldStepSeen[] }>('GET', `/v1/held-steps?sessionId=${sessionId}&state=open`)).items;

/** The review that waits for a person. */
export const awaitReview = (world: DemoWorld, sessionId: string): Promise<HeldStepSeen> =>
  awaitValue('the review', async () => (await openSteps(world, sessionId)).find((h) => h.kind === 'documentation.review'));

export const approve = (world: DemoWorld, step: HeldStepSeen): Promise<unknown> =>
  world.api('POST', `/v1/held-steps/${step.id}/decide`, { version: step.version, hash: step.hash, decision: 'approve' });

/** Waits until the session has its end, for ever with a patience of Infinity; gives its status. */
export const awaitSettled = (world: DemoWorld, sessionId: string, patienceMs?: number): Promise<string> =>
  awaitValue(
    'the session to be settled',
    async () => {
      const { status } = await world.api<SessionSeen>('GET', `/v1/sessions/${sessionId}`);
      return ['settled', 'cancelled'].includes(status) ? status : null;
    },
    patienceMs,
  );

/** Where a session stands, and which steps of it wait for a person, in words. */
export async function whatHolds(world: DemoWorld, sessionId: string): Promise<string> {
  const { status } = await world.api<SessionSeen>('GET', `/v1/sessions/${sessionId}`);
  const held = (await openSteps(world, sessionId)).map((h) => `${h.kind} (${h.reason})`);
  return `Session ${sessionId} is ${status}${held.length > 0 ? ` and waits for a person: ${held.join('; ')}` : ''}.`;
}
