import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { bookSession } from '../commands/book';
import { decideHeldStep } from '../commands/decide-held-step';
import { storeInbound } from '../commands/inbound';
import { createPerson } from '../commands/people';
import { publishRules } from '../commands/publish-rules';
import { acknowledge } from '../commands/substitutes/acknowledge';
import { SYSTEM, type Context } from '../commands/context';
import { heldStepsOf } from '../db/held-steps';
import { obligationsOf } from '../db/obligations';
import { findSession } from '../db/sessions';
import { newId } from '../domain/ids';
import { loadConfig } from '../runtime/config';
import { openInstallation, type Installation } from '../runtime/installation';
import { defaultRulesFolder, readRuleFiles } from '../runtime/rule-files';
import { workflowIdFor } from '../workflows/session/contract';
import { newHome } from './home';

/**
 * Counts the events of the standard path over all runs of a session's chain: by the shipped policies, acknowledged by its instructor as
 * soon as they are told, every join and leave delivered. `{"one": n, "thirty": m}`; the budget is 100.
 */
const RATE = 600;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Nothing happens between a day and an hour before the lesson, and waiting for it proves nothing. */
const LEAD = 130 * MINUTE;
/**
 * The instants of a lesson that is booked days ahead, nearer to it: as many of them, in the same order, and no two so near (a timer's
 * second is ten minutes of this clock) that one answers for both.
 */
const NEARER: Record<string, [was: string, is: string][]> = {
  'obligations.json': [['"offset": "-24h"', '"offset": "-100m"']],
  'preparation.json': [
    ['"roomBefore": "24h"', '"roomBefore": "100m"'],
    ['"viabilityBefore": "48h"', '"viabilityBefore": "110m"'],
  ],
  'acknowledgement.json': [
    ['"askFrom": "96h"', '"askFrom": "120m"'],
    ['"remindBefore": "44h"', '"remindBefore": "80m"'],
    ['"searchBefore": "20h"', '"searchBefore": "30m"'],
  ],
};

async function bringNearer(ctx: Context): Promise<void> {
  const files = readRuleFiles(defaultRulesFolder());
  const policies = files.policies.map(({ file, text }) => {
    const put = (now: string, [was, is]: [string, string]): string => {
      if (!now.includes(was)) throw new Error(`${file} does not hold ${was}`);
      return now.replaceAll(was, is);
    };
    return { file, text: (NEARER[file] ?? []).reduce(put, text) };
  });
  await publishRules(ctx, { ...files, policies, message: 'times nearer to the lesson' });
}

async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const end = Date.now() + 300_000; Date.now() < end; await sleep(100)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`waited in vain for ${what}`);
}

const contextOf = ({ db, first, now, engines }: Installation): Context => ({
  db,
  organisationId: first.organisationId,
  principal: SYSTEM,
  asOf: now(),
  requestId: null,
  secret: engines.secret,
});

async function play(lectern: Installation, students: number): Promise<string> {
  const { db, first } = lectern;
  const { organisationId } = first;
  const ctx = (): Context => contextOf(lectern);
  const consents = (['recording', 'ai'] as const).map((kind) => ({ kind, granted: true, textVersion: 'bench', method: 'bench' }));
  const person = async (kind: 'student' | 'instructor', i: number): Promise<string> =>
    (
      await createPerson(ctx(), {
        kind,
        name: `${kind} ${i}`,
        givenName: `P${i}`,
        zone: 'Europe/Berlin',
        email: `${kind}${i}.${newId()}@example.invalid`,
        consents,
      })
    ).id;
  const instructorId = await person('instructor', 0);
  const studentIds: string[] = [];
  for (let i = 0; i < students; i++) {
    const studentId = await person('student', i);
    studentIds.push(studentId);
    await createPerson(ctx(), {
      kind: 'guardian',
      name: `G ${i}`,
      givenName: 'G',
      zone: 'Europe/Berlin',
      email: `g${i}.${newId()}@example.invalid`,
      students: [{ studentId, household: 'h' }],
    });
  }
  const startsAt = new Date(+lectern.now() + LEAD);
  const { sessionId } = await bookSession(ctx(), { title: 'Counted', startsAt, endsAt: new Date(+startsAt + HOUR), studentIds, instructorId });
  const send = (type: string, data: object, occurredAt = lectern.now()): Promise<unknown> =>
    storeInbound(db, organisationId, {
      source: 'bench',
      eventId: newId(),
      type,
      occurredAt,
      body: JSON.stringify({ type, data: { sessionId, ...data } }),
      asOf: lectern.now(),
    });
  const status = (...wanted: string[]): Promise<unknown> =>
    until(wanted.join(), async () => wanted.includes((await db.inOrganisation(organisationId, (tx) => findSession(tx, sessionId)))!.status));
  await until('the instructor to be told', async () =>
    (await db.inOrganisation(organisationId, (tx) => obligationsOf(tx, sessionId))).some((o) => o.kind === 'assignment' && o.state === 'delivered'),
  );
  await acknowledge(ctx(), sessionId, { personId: instructorId, by: 'api' });
  await status('ready', 'live');
  // Everybody is early, however late a busy machine sends it: the grace is a second and a half of this clock.
  for (const personId of [instructorId, ...studentIds])
    await send('participant.joined', { personId, connection: 'a' }, new Date(Math.min(+lectern.now(), +startsAt)));
  await status('live');
  await send('recording.started', {});
  await status('documenting');
  for (const personId of [instructorId, ...studentIds]) await send('participant.left', { personId, connection: 'a' });
  await send('recording.ready', {});
  await send('transcript.ready', {
    lines: [{ start: '00:01.00', stop: '00:04.00', speaker: 'Tutor', dialogue: 'Exactly, good job with these fractions.' }],
  });
  const step = await until('the review', async () =>
    (await db.inOrganisation(organisationId, (tx) => heldStepsOf(tx, sessionId))).find(
      (h) => h.kind === 'documentation.review' && h.state === 'open',
    ),
  );
  await sleep(1_500);
  await decideHeldStep(ctx(), step.id, { version: step.version, hash: step.shownHash, decision: 'approve' });
  await until('settled', async () => (await db.inOrganisation(organisationId, (tx) => findSession(tx, sessionId)))!.closedAt !== null);
  await sleep(1_000);
  return sessionId;
}

async function countEvents(client: Client, sessionId: string): Promise<{ total: number; byType: Record<string, number> }> {
  const byType: Record<string, number> = {};
  let total = 0;
  for await (const run of client.workflow.list({ query: `WorkflowId = '${workflowIdFor(sessionId)}'` })) {
    const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
    for (const event of history.events ?? []) {
      total++;
      if (process.argv.includes('--trace')) {
        const marker = event.markerRecordedEventAttributes?.details?.data?.payloads?.[0]?.data;
        const what =
          event.activityTaskScheduledEventAttributes?.activityType?.name ??
          (event.timerStartedEventAttributes ? Number(event.timerStartedEventAttributes.startToFireTimeout?.seconds) : undefined) ??
          (marker ? Buffer.from(marker).toString().slice(0, 300) : '');
        process.stderr.write(`${run.runId.slice(0, 4)} ${Number(event.eventId)} ${event.eventType} ${what}\n`);
      }
      byType[String(event.eventType)] = (byType[String(event.eventType)] ?? 0) + 1;
    }
  }
  return { total, byType };
}

async function main(): Promise<void> {
  const home = newHome();
  const config = loadConfig({ ...process.env, NODE_ENV: 'test', LECTERN_HOME: home, PORT: '0', CLOCK_RATE: String(RATE), LOG_LEVEL: 'warn' });
  const lectern = await openInstallation(config, (line) => process.stderr.write(`  ${line}\n`));
  const connection = await Connection.connect({ address: lectern.engines.temporalAddress });
  try {
    const client = new Client({ connection });
    await bringNearer(contextOf(lectern));
    const [one, thirty] = await Promise.all([play(lectern, 1), play(lectern, 30)]);
    await sleep(2_000);
    const counted = { one: await countEvents(client, one), thirty: await countEvents(client, thirty) };
    process.stderr.write(`${JSON.stringify(counted, null, 1)}\n`);
    process.stdout.write(`${JSON.stringify({ one: counted.one.total, thirty: counted.thirty.total })}\n`);
  } finally {
    await connection.close();
    await lectern.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
