import type { Client } from '@temporalio/client';
import type { Evidence } from '../../db/evidence';
import { businessNow, type BusinessClock } from '../../domain/clock';
import { batchWorkflowIdFor } from '../../workflows/batch/contract';
import { SESSION_WORKFLOW, workflowIdFor } from '../../workflows/session/contract';
import { expectationOf, isDetermined } from './expect';
import type { Outage } from './outages';
import type { Script } from './script';
import type { Mail } from './sink';
import type { Terms } from './terms';
import type { MessageSeen, Seen, WorkflowSeen } from './verdict/seen';
import type { WeekFinding } from './verdict';
import { externalIdOf } from './world';

/** What the three witnesses say: the database, the mail sink, Temporal. */
export interface Witnesses {
  evidence: Evidence;
  sink: readonly Mail[];
  /** By workflow id, of the newest run. */
  workflows: ReadonlyMap<string, WorkflowSeen>;
  /** By workflow id: when it waited for a process that was gone. */
  holdUps: ReadonlyMap<string, readonly Outage[]>;
}

/** The newest run of each session's workflow, as Temporal lists it. */
export async function workflowsOf(client: Client): Promise<Map<string, WorkflowSeen>> {
  const newest = new Map<string, WorkflowSeen & { startedAt: number }>();
  for await (const run of client.workflow.list({ query: `WorkflowType = '${SESSION_WORKFLOW}'` })) {
    const before = newest.get(run.workflowId);
    // A run that goes on as a new one started before it.
    const isNewer = !before || +run.startTime > before.startedAt || (+run.startTime === before.startedAt && run.status.name === 'RUNNING');
    if (isNewer) newest.set(run.workflowId, { status: run.status.name, startedAt: +run.startTime, pending: null });
  }
  for (const [id, seen] of newest) if (seen.status === 'RUNNING') seen.pending = await pendingOf(client, id);
  return newest;
}

/** What a run that has no end waits for, in Temporal's words. */
async function pendingOf(client: Client, workflowId: string): Promise<string> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const activities = (raw.pendingActivities ?? []).map(
    (a) => `${a.activityType?.name} in attempt ${a.attempt}${a.lastFailure ? ` after ${a.lastFailure.message}` : ''}`,
  );
  const task = raw.pendingWorkflowTask ? [`a workflow task in attempt ${String(raw.pendingWorkflowTask.attempt)}`] : [];
  return [...activities, ...task].join(', ') || 'nothing but a timer or a call';
}

function bySession<T extends { sessionId: string | null }>(list: readonly T[]): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const item of list) {
    if (item.sessionId === null) continue;
    const of = map.get(item.sessionId);
    if (of) of.push(item);
    else map.set(item.sessionId, [item]);
  }
  return map;
}

function messagesOf({ evidence, sink }: Witnesses, clock: BusinessClock): { known: (MessageSeen & { sessionId: string })[]; strangers: Mail[] } {
  const owed = new Map(evidence.obligations.map((o) => [`${o.id}.${o.channel}`, o]));
  const byId = new Map(evidence.obligations.map((o) => [o.id, o]));
  const known: (MessageSeen & { sessionId: string })[] = [];
  const strangers: Mail[] = [];
  for (const m of sink) {
    // One that failed over was sent under another channel before.
    const o = owed.get(m.key ?? '') ?? byId.get((m.key ?? '').split('.')[0]!);
    if (!o) {
      strangers.push(m);
      continue;
    }
    const { sessionId, personId, aboutId, kind, step, batchId } = o;
    const at = businessNow(clock, Date.parse(m.receivedAt));
    known.push({ sessionId, personId, aboutId, kind, step, batchId, key: m.key!, to: m.to, text: `${m.subject}\n${m.text}`, at, dueAt: +o.dueAt });
  }
  return { known, strangers };
}

interface Known {
  script: Script;
  terms: Terms;
  clock: BusinessClock;
  toleranceMs: number;
  /** When worker or server was away. */
  outages: readonly Outage[];
  /** What a lesson is called over there, as far as the world knows; of a series nobody else says so. */
  sessionIdOf: (key: string) => string | undefined;
}

/** What tells of several changes, by batch. */
function byBatch<T extends { batchId: string | null }>(messages: readonly T[]): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const m of messages) if (m.batchId !== null) map.set(m.batchId, [...(map.get(m.batchId) ?? []), m]);
  return map;
}

/** The batches that changed a session. */
const batchesIn = (changes: unknown): string[] => [...new Set((changes as Evidence['changes']).flatMap((c) => c.batchId ?? []))];

/** Puts what the witnesses say beside what the script has, lesson by lesson. */
export function gather(
  witnesses: Witnesses,
  { script, terms, clock, toleranceMs, outages, sessionIdOf }: Known,
): { seen: Seen[]; strays: WeekFinding[] } {
  const { evidence, workflows, holdUps } = witnesses;
  const { known, strangers } = messagesOf(witnesses, clock);
  const batches = byBatch(known);
  const sessions = new Map(evidence.sessions.flatMap((s) => [[s.externalId ?? '', s] as const, [s.id, s] as const]));
  const parts = Object.fromEntries(
    Object.entries(evidence)
      .filter(([name]) => name !== 'sessions')
      .map(([name, list]) => [name, bySession(list as { sessionId: string | null }[])]),
  );
  const messages = bySession(known);
  const seen = script.lessons.map((lesson): Seen => {
    const session = sessions.get(externalIdOf(lesson.key)) ?? sessions.get(sessionIdOf(lesson.key) ?? '') ?? null;
    const id = session?.id ?? '';
    const own = Object.fromEntries(Object.entries(parts).map(([name, map]) => [name, map.get(id) ?? []]));
    const changedBy = batchesIn(own.changes);
    // What changes a lesson is told of by the workflow of its batch, where it has one.
    const drivenBy = [workflowIdFor(id), ...changedBy.map(batchWorkflowIdFor)];
    const away = [...outages, ...drivenBy.flatMap((workflowId) => holdUps.get(workflowId) ?? [])];
    return {
      ...(own as unknown as Omit<Seen, 'lesson' | 'expected' | 'isDetermined' | 'session' | 'workflow' | 'messages' | 'together' | 'away'>),
      lesson,
      expected: expectationOf(lesson, script.cast, terms),
      away,
      isDetermined: isDetermined(lesson, { toleranceMs, outages: away }),
      session,
      workflow: workflows.get(workflowIdFor(id)) ?? null,
      messages: messages.get(id) ?? [],
      together: changedBy.flatMap((batch) => (batches.get(batch) ?? []).filter((m) => m.sessionId !== id)),
    };
  });
  const stray = (check: string, detail: string): WeekFinding => ({ check, lesson: null, course: null, sessionId: null, detail });
  const ours = new Set(seen.map((s) => s.session?.id));
  return {
    seen,
    strays: [
      ...strangers.map((m) => stray('unexplained', `the sink has a message (${m.key ?? m.messageId}) that nobody was owed`)),
      ...evidence.sessions
        .filter((s) => !ours.has(s.id))
        .map((s) => stray('unexplained', `there is a session ${s.id} that nobody of the week booked`)),
      ...evidence.inbox
        .filter((e) => e.sessionId === null && e.state !== 'applied')
        .map((e) => stray('unexplained', `the event ${e.eventId} (${e.type}) is ${e.state}: ${e.reason}`)),
    ],
  };
}
