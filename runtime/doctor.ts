import { Client, Connection } from '@temporalio/client';
import { appliedMigrations } from '../db/applied-migrations';
import { figuresOf, type Figures } from '../db/metrics';
import { organisationIds } from '../db/organisations';
import { readClock, stuckSessions } from '../db/outbox';
import { activePauses, type ListedPause } from '../db/pauses';
import { openDatabase, type Database } from '../db/database';
import { businessNow, REAL_CLOCK } from '../domain/clock';
import { TASK_QUEUE } from '../workflows/session/contract';
import type { Config } from './config';
import type { KnownAddresses } from './engines/addresses';
import { MIGRATIONS } from './migrate';
import { createMessagePorts, createRooms } from './wiring';

export interface Ailment {
  check: string;
  detail: string;
  /** What to do about it. */
  remedy: string;
}

const PATIENCE_MS = 5_000;
const NO_SUCH_TABLE = '42P01';
/** Younger than this it is on its way. */
const LATE_SECONDS = 60;
const LOG = 'read the log of the workers; lectern verify names each';

function ofPause(p: ListedPause): Ailment {
  const what = p.scope === 'all' ? 'all messages' : `${p.scope} ${p.value}`;
  const until = p.untilAt ? `, until ${p.untilAt.toISOString()}` : '';
  const detail = `PAUSED: ${what}, by ${p.pausedByName} since ${p.pausedAt.toISOString()}${until}: ${p.reason}. ${p.waiting} messages wait`;
  return { check: 'nothing is paused', detail, remedy: `POST /v1/ops/pause/${p.id}/release, or the button on the page` };
}

const total = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const inWords = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([word, n]) => `${n} ${word}`)
    .join(', ');

function ofFigures(f: Figures): Ailment[] {
  const found: [boolean, Ailment][] = [
    [
      f.obligationsOverdue > 0,
      { check: 'what is due is sent', detail: `${f.obligationsOverdue} messages are overdue`, remedy: `a worker must run; ${LOG}` },
    ],
    [
      f.outbox > 0 && f.outboxAge > LATE_SECONDS,
      {
        check: 'workflows are woken',
        detail: `${f.outbox} wakes wait, for ${Math.round(f.outboxAge)} s`,
        remedy: 'a worker must run and reach Temporal',
      },
    ],
    [
      f.inbox > 0 && f.inboxAge > LATE_SECONDS,
      {
        check: 'events are applied',
        detail: `${f.inbox} inbound events wait, for ${Math.round(f.inboxAge)} s`,
        remedy: 'GET /v1/inbound/{id} and lectern verify tell why; a worker must run',
      },
    ],
    [
      total(f.heldStepsOverdue) > 0,
      {
        check: 'held steps are decided in time',
        detail: inWords(f.heldStepsOverdue),
        remedy: 'decide them: the page, or GET /v1/held-steps/handover',
      },
    ],
    [
      f.webhooksOverdue > 0,
      { check: 'what is due by webhook is sent', detail: `${f.webhooksOverdue} webhooks are overdue`, remedy: `a worker must run; ${LOG}` },
    ],
    [
      (f.webhooks['failing'] ?? 0) + (f.webhooks['switched-off'] ?? 0) + f.webhooksFailed > 0,
      {
        check: 'webhooks are taken',
        detail: `${f.webhooks['failing'] ?? 0} addresses take nothing, ${f.webhooks['switched-off'] ?? 0} were switched off for it, ${f.webhooksFailed} webhooks were given up within a day`,
        remedy: 'lectern webhook list names them; once they are mended, lectern webhook redeliver',
      },
    ],
  ];
  return found.flatMap(([isSo, ailment]) => (isSo ? [ailment] : []));
}

async function ofSchema(db: Database): Promise<Ailment[]> {
  const applied = await appliedMigrations(db.crossing).catch((error: { code?: string }): string[] => {
    if (error.code === NO_SUCH_TABLE) return [];
    throw error;
  });
  const missing = Object.keys(MIGRATIONS).filter((name) => !applied.includes(name));
  const unknown = applied.filter((name) => !(name in MIGRATIONS));
  const check = 'the schema is that of this version';
  return [
    ...missing.map((name) => ({ check, detail: `${name} is not applied`, remedy: 'npx lectern migrate' })),
    ...unknown.map((name) => ({ check, detail: `${name} is of a newer version`, remedy: 'run the newer version of Lectern' })),
  ];
}

/** What went wrong, in a word: codes only, since a message may carry a password or a name. */
function wordOf(error: unknown): string {
  const { code, responseCode, status, cause } = error as {
    code?: string | number;
    responseCode?: number;
    status?: number;
    cause?: { code?: string };
  };
  return [code ?? cause?.code, responseCode ?? status].filter((word) => word !== undefined).join(' ') || 'no answer';
}

async function ofTemporal(address: string, namespace: string): Promise<Ailment[]> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: PATIENCE_MS });
    const { workflowService } = new Client({ connection, namespace });
    const queue = await connection.withDeadline(Date.now() + PATIENCE_MS, () =>
      workflowService.describeTaskQueue({ namespace, taskQueue: { name: TASK_QUEUE }, taskQueueType: 1 }),
    );
    const idle = { check: 'a worker runs', detail: `nobody asks for work on ${TASK_QUEUE}`, remedy: 'npm run worker, or npm start' };
    return queue.pollers.length > 0 ? [] : [idle];
  } catch (error) {
    const remedy = 'start it, or mend TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE; what is booked meanwhile is kept, and goes on then';
    return [{ check: 'Temporal answers', detail: `${address} does not (${wordOf(error)})`, remedy }];
  } finally {
    await connection?.close();
  }
}

async function ofOrganisation(db: Database, organisationId: string, asOf: Date): Promise<Ailment[]> {
  return db.inOrganisation(organisationId, async (tx) => {
    const found = [...(await activePauses(tx, asOf)).map(ofPause), ...ofFigures(await figuresOf(tx, asOf))];
    const stuck = await stuckSessions(tx, asOf);
    const ids = stuck.slice(0, 5).map((s) => s.id);
    const detail = `${stuck.length} sessions have something due for more than five minutes: ${ids.join(', ')}`;
    if (stuck.length > 0) found.push({ check: 'no session is stuck', detail, remedy: `the watchdog wakes them; ${LOG}` });
    return found;
  });
}

/** What the database tells, organisation by organisation; of a schema that is not ours nothing more is read. */
async function ofDatabase(url: string): Promise<Ailment[]> {
  const db = openDatabase({ url, poolMax: 1, applicationName: 'lectern-doctor' });
  try {
    const found = await ofSchema(db);
    if (found.length > 0) return found;
    const asOf = new Date(businessNow(await readClock(db), Date.now()));
    for (const organisationId of await organisationIds(db.crossing)) found.push(...(await ofOrganisation(db, organisationId, asOf)));
    return found;
  } catch (error) {
    const remedy = 'start it, or mend DATABASE_URL; requests are answered 503 until then, and nothing is lost';
    return [{ check: 'Postgres answers', detail: `${new URL(url).host} does not (${wordOf(error)})`, remedy }];
  } finally {
    await db.close();
  }
}

/** Whoever takes mail and texts and gives rooms: each is asked whether it knows us. */
async function ofProviders(config: Config, { smtpUrl, catcherUrl }: KnownAddresses): Promise<Ailment[]> {
  const asked = async (check: string, who: string, remedy: string, ask: Promise<void> | undefined): Promise<Ailment[]> => {
    try {
      await ask;
      return [];
    } catch (error) {
      return [{ check, detail: `${who} does not (${wordOf(error)})`, remedy }];
    }
  };
  const ports = smtpUrl === null ? null : createMessagePorts(config, { smtpUrl, catcherUrl }, config.publicUrl ?? '');
  const waits = 'what is due is tried again until its deadline, or goes by its other channel';
  const rooms = Object.values(createRooms(config, REAL_CLOCK));
  const found = await Promise.all([
    asked('mail is taken', smtpUrl === null ? '' : new URL(smtpUrl).host, `start it, or mend SMTP_URL; ${waits}`, ports?.email.check?.()),
    asked('text messages are taken', 'Twilio', `mend TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or ask Twilio; ${waits}`, ports?.sms.check?.()),
    ...rooms.map((room) => {
      const remedy = `start it, or mend ${room.name.toUpperCase()}_URL and its key; a room that cannot be had is opened with another provider, as room-failure says`;
      return asked('rooms can be had', room.name, remedy, room.check?.(AbortSignal.timeout(PATIENCE_MS)));
    }),
  ]);
  ports?.close();
  return found.flat();
}

/** Looks at what goes wrong first: engines and providers, then each organisation; reads only, and says of what is dead that it is. */
export async function examine(config: Config, at: KnownAddresses): Promise<Ailment[]> {
  const unknown = (check: string): Ailment[] => [{ check, detail: 'its address is not known', remedy: 'npm start, or set its variable' }];
  const found = await Promise.all([
    at.databaseUrl === null ? unknown('Postgres answers') : ofDatabase(at.databaseUrl),
    at.temporalAddress === null ? unknown('Temporal answers') : ofTemporal(at.temporalAddress, config.temporalNamespace),
    ofProviders(config, at),
  ]);
  return found.flat();
}
