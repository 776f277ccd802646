import type { Client } from '@temporalio/client';
import { appliedMigrations } from '../db/applied-migrations';
import { figuresOf, type Figures } from '../db/metrics';
import { organisationIds } from '../db/organisations';
import { stuckSessions } from '../db/outbox';
import { activePauses, type ListedPause } from '../db/pauses';
import type { Database } from '../db/database';
import { TASK_QUEUE } from '../workflows/session/contract';
import { MIGRATIONS } from './migrate';

export interface Ailment {
  check: string;
  detail: string;
  /** What to do about it. */
  remedy: string;
}

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
  ];
  return found.flatMap(([isSo, ailment]) => (isSo ? [ailment] : []));
}

async function ofSchema(db: Database): Promise<Ailment[]> {
  const applied = await appliedMigrations(db.crossing);
  const missing = Object.keys(MIGRATIONS).filter((name) => !applied.includes(name));
  const unknown = applied.filter((name) => !(name in MIGRATIONS));
  const check = 'the schema is that of this version';
  return [
    ...missing.map((name) => ({ check, detail: `${name} is not applied`, remedy: 'npx lectern migrate' })),
    ...unknown.map((name) => ({ check, detail: `${name} is of a newer version`, remedy: 'run the newer version of Lectern' })),
  ];
}

async function ofTemporal(client: Client | null): Promise<Ailment[]> {
  const away = { check: 'Temporal answers', detail: 'it does not', remedy: 'start it, or mend TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE' };
  if (!client) return [away];
  try {
    const { namespace } = client.options;
    const queue = await client.withDeadline(Date.now() + 5_000, () =>
      client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: TASK_QUEUE }, taskQueueType: 1 }),
    );
    const remedy = 'npm run worker';
    return queue.pollers.length > 0 ? [] : [{ check: 'a worker runs', detail: `nobody asks for work on ${TASK_QUEUE}`, remedy }];
  } catch {
    return [away];
  }
}

/** Looks at what goes wrong first, organisation by organisation; reads only. */
export async function examine(db: Database, client: Client | null, asOf: Date): Promise<Ailment[]> {
  const found = [...(await ofSchema(db)), ...(await ofTemporal(client))];
  for (const organisationId of await organisationIds(db.crossing)) {
    await db.inOrganisation(organisationId, async (tx) => {
      found.push(...(await activePauses(tx, asOf)).map(ofPause), ...ofFigures(await figuresOf(tx, asOf)));
      const stuck = await stuckSessions(tx, asOf);
      const ids = stuck.slice(0, 5).map((s) => s.id);
      const detail = `${stuck.length} sessions have something due for more than five minutes: ${ids.join(', ')}`;
      if (stuck.length > 0) found.push({ check: 'no session is stuck', detail, remedy: `the watchdog wakes them; ${LOG}` });
    });
  }
  return found;
}
