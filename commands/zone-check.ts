import { refreshNextDue } from '../db/dispatch';
import {
  livingWith,
  lockZoneCheck,
  openZoneStep,
  releaseForZone,
  setZoneCheck,
  withdrawZoneSteps,
  zoneRows,
  type Living,
  type ZoneRow,
} from '../db/zones';
import { updatePersonRow } from '../db/write-people';
import type { SessionRow } from '../db/sessions';
import { wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { decide, isAnswered } from '../decisions/decide';
import { hashOf } from '../domain/ids';
import { doubtsOf, type ZoneDoubts, type ZoneKnown } from '../domain/zone-evidence';
import { zoneReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import { retimePerson } from './retime';

/** Of whom somebody lives with, the zones, a list for each household that has any. */
function householdsOf(person: ZoneRow, living: Living[]): string[][] {
  const grouped = new Map<string, string[]>();
  const put = (household: string, zone: string): void => void grouped.set(household, [...(grouped.get(household) ?? []), zone]);
  for (const l of living.filter((m) => m.studentId === person.id)) put(l.household, l.guardianZone);
  for (const own of living.filter((m) => m.guardianId === person.id)) {
    const family = living.filter((m) => m.studentId === own.studentId);
    const others = family.filter((m) => m.household === own.household && m.guardianId !== person.id);
    // A child of two households may live with the other one; of one, they live together.
    if (others.length > 0) for (const o of others) put(own.household, o.guardianZone);
    else if (family.every((m) => m.household === own.household)) put(own.household, own.studentZone);
  }
  return [...grouped.values()];
}

interface Known {
  row: ZoneRow;
  known: ZoneKnown;
  evidence: string;
}

async function readZones(tx: Tx, personIds: readonly string[], asOf: Date): Promise<Known[]> {
  const [found, living] = await Promise.all([zoneRows(tx, personIds, asOf), livingWith(tx, personIds)]);
  return found.map((row) => {
    const off = row.offLessons === null ? null : { hours: row.offHours!, lessons: row.offLessons };
    const known = { zone: row.zone, phone: row.phone, households: householdsOf(row, living), off };
    return { row, known, evidence: hashOf(known) };
  });
}

const isDoubted = (d: ZoneDoubts): boolean => d.householdDisagrees || d.phoneDisagrees || d.arrivedOff > 0;

/**
 * Of people whom a message is about to show a time: those whose zone is in doubt, each with one question to a coordinator. What is said
 * once counts until something else speaks. Safe to repeat: a person is asked about once at a time.
 */
export async function doubtedZones(tx: Tx, session: SessionRow, personIds: readonly string[], asOf: Date): Promise<ReadonlySet<string>> {
  const doubted = new Set<string>();
  if (personIds.length === 0) return doubted;
  for (const known of await readZones(tx, [...new Set(personIds)], asOf)) {
    if (known.row.state === 'settled' && known.row.evidence === known.evidence) continue;
    const doubts = doubtsOf(known.known, +session.startsAt);
    if (isDoubted(doubts) && (await isHeld(tx, session, { known, doubts, asOf }))) doubted.add(known.row.id);
  }
  return doubted;
}

async function isHeld(tx: Tx, session: SessionRow, { known, doubts, asOf }: { known: Known; doubts: ZoneDoubts; asOf: Date }): Promise<boolean> {
  if (!(await isAnswered(tx, 'zone-check', session))) return false;
  const personId = known.row.id;
  await lockZoneCheck(tx, personId);
  if (await openZoneStep(tx, personId)) return true;
  const { householdDisagrees, phoneDisagrees, arrivedOff } = doubts;
  const decision = await decide(tx, {
    point: 'zone-check',
    sessionId: session.id,
    subject: personId,
    rev: session.rev,
    seq: `${known.evidence}:${asOf.toISOString()}`,
    facts: { householdDisagrees, phoneDisagrees, arrivedOff },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf,
  });
  const held = decision.outcome.verdict === 'hold';
  await setZoneCheck(tx, { personId, evidence: known.evidence, state: held ? 'held' : 'settled', decisionId: decision.id, at: asOf });
  if (!held) return false;
  const zones = [known.row.zone, ...doubts.instead.map((i) => i.zone)];
  await openHeldStep(tx, {
    session,
    kind: 'zone',
    subject: personId,
    audience: 'coordinator',
    reason: zoneReason(session, { ...known.row, doubts, off: known.known.off }),
    shown: { question: 'Which time zone is theirs?', personId, zone: known.row.zone, instead: doubts.instead, off: known.known.off },
    options: [...new Set(zones)],
    decisionId: decision.id,
    asOf,
  });
  return true;
}

/** A person has said which zone somebody has: it is theirs, what waited for it is laid out by it and sent, and nobody asks again. */
export async function decideZone(tx: Tx, personId: string, zone: string, asOf: Date): Promise<void> {
  await updatePersonRow(tx, personId, { zone });
  await settleZone(tx, personId, asOf);
}

/** Whatever is known of somebody's zone now is right: a person has just said so. Those they live with may agree with them by it. */
export async function settleZone(tx: Tx, personId: string, asOf: Date): Promise<void> {
  const [own] = await readZones(tx, [personId], asOf);
  if (!own) return;
  await setZoneCheck(tx, { personId, evidence: own.evidence, state: 'settled', decisionId: null, at: asOf });
  await release(tx, personId, asOf);
  const living = await livingWith(tx, [personId]);
  const mates = [...new Set(living.flatMap((l) => [l.studentId, l.guardianId]))].filter((id) => id !== personId);
  for (const mate of mates.length > 0 ? await readZones(tx, mates, asOf) : [])
    if (mate.row.state === 'held' && !isDoubted(doubtsOf(mate.known, +asOf))) await release(tx, mate.row.id, asOf);
}

async function release(tx: Tx, personId: string, asOf: Date): Promise<void> {
  await withdrawZoneSteps(tx, personId, asOf);
  const sessions = await releaseForZone(tx, personId, asOf);
  await retimePerson(tx, personId, asOf);
  for (const id of sessions) {
    await refreshNextDue(tx, id);
    await wake(tx, id);
  }
}
