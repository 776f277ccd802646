import { lockSessionsOwing, planAgain, plannedFor, type ObligationRow, type PlannedAgain } from '../db/obligations';
import { peopleById, type PersonRow } from '../db/people';
import { refreshNextDue } from '../db/dispatch';
import { wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { channelsFor, dueOutsideQuietHours, type PlanRecipient, type PlanStep } from '../domain/plan';
import type { PersonKind } from '../domain/vocabulary';
import type { Json } from '../policy/types';
import { asRecipient } from './plan';

/** What the message plan may call somebody of a kind. */
const ROLES: Record<PersonKind, readonly PlanRecipient['role'][]> = {
  student: ['student'],
  guardian: ['guardian'],
  instructor: ['instructor', 'former-instructor', 'reviewer', 'substitute'],
  coordinator: ['coordinator', 'reviewer'],
  admin: ['reviewer'],
};

/** The step of the message plan that gave a row, as it was decided then. */
export function stepOf(o: ObligationRow & { outcomes: Json }, person: PersonRow): PlanStep | undefined {
  const steps = (Array.isArray(o.outcomes) ? o.outcomes : [o.outcomes]) as unknown as PlanStep[];
  return steps.find((s) => s.kind === o.kind && s.step === o.step && ROLES[person.kind].includes(s.to));
}

function laidOutFor(person: PersonRow, o: ObligationRow & { outcomes: Json }, asOf: Date): PlannedAgain | undefined {
  const step = stepOf(o, person);
  if (!step) return undefined;
  const recipient = asRecipient(person, step.to, o.aboutId);
  const times = { wanted: +o.anchorAt + step.offset, deadlineAt: +o.deadlineAt, asOf: +asOf };
  const dueAt = new Date(dueOutsideQuietHours(times, step, recipient));
  // Where the first channel has failed already, the one that took over stays.
  const [channel, fallback] = o.reason === 'failing-over' ? [o.channel, o.fallback] : channelsFor(step, recipient);
  if (+dueAt === +o.dueAt && channel === o.channel && fallback === o.fallback) return undefined;
  const { id, rev, template, deadlineAt, decisionId } = o;
  return { id, rev, template, deadlineAt, decisionId, channel, fallback, dueAt };
}

/**
 * Lays out again what somebody is still to be told, for their zone, quiet hours and channels as they are now. No rule is asked
 * again: the steps are those of the decisions that laid the rows down. What is being sent already is left alone. One transaction
 * with the change of the person: it reads one person's rows, and writes those that differ in one statement.
 */
export async function retimePerson(tx: Tx, personId: string, asOf: Date): Promise<void> {
  const sessionIds = await lockSessionsOwing(tx, personId);
  if (sessionIds.length === 0) return;
  const [person] = await peopleById(tx, [personId]);
  const changed = (await plannedFor(tx, personId, sessionIds)).flatMap((o) => {
    const again = laidOutFor(person!, o, asOf);
    return again ? [{ ...again, sessionId: o.sessionId }] : [];
  });
  await planAgain(tx, changed, []);
  for (const sessionId of new Set(changed.map((c) => c.sessionId))) {
    await refreshNextDue(tx, sessionId);
    await wake(tx, sessionId);
  }
}
