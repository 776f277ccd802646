import { addAudit } from '../db/audit';
import { endShift, insertShift, shiftById, type ListedShift } from '../db/duty';
import { refreshNextDueOf } from '../db/dispatch';
import {
  insertObligations,
  lockSessionsOwingCoordinators,
  planAgain,
  plannedForCoordinators,
  suppressObligations,
  type ObligationRow,
} from '../db/obligations';
import { coordinatorsWithShifts, peopleById, type CoordinatorRow } from '../db/people';
import { wakeAll } from '../db/timeline';
import type { Tx } from '../db/database';
import { onDutyOf, type Shift } from '../domain/duty';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import type { Context } from './context';

const DUTY_CHANGED = 'duty-changed';

type Due = ObligationRow;
const sameMessage = (a: Due, b: Due): boolean =>
  a.sessionId === b.sessionId && a.kind === b.kind && a.step === b.step && +a.anchorAt === +b.anchorAt && a.heldStepId === b.heldStepId;

/** Who is told of one thing now, beside who was to be told: what goes, what comes back, and what is new. */
function rerouted(rows: Due[], coordinators: CoordinatorRow[]): { suppress: Due[]; revive: Due[]; insert: Due[] } {
  const standing = rows.find((o) => o.state === 'planned')!;
  const on = onDutyOf(
    coordinators,
    (c) => c,
    () => +standing.dueAt,
  ).map((c) => c.id);
  return {
    suppress: rows.filter((o) => o.state === 'planned' && !on.includes(o.personId)),
    revive: rows.filter((o) => o.state === 'suppressed' && o.reason === DUTY_CHANGED && on.includes(o.personId)),
    insert: on.filter((id) => !rows.some((o) => o.personId === id)).map((personId) => ({ ...standing, id: newId(), personId })),
  };
}

/**
 * What coordinators are still to be told goes to whoever is on duty by the calendar as it is now. One transaction with the change of the
 * calendar; what is being sent already, or has its end, stays.
 */
async function reroute(tx: Tx, asOf: Date): Promise<void> {
  const sessionIds = await lockSessionsOwingCoordinators(tx);
  const coordinators = await coordinatorsWithShifts(tx);
  const rows = await plannedForCoordinators(tx, sessionIds);
  const changes = { suppress: [] as Due[], revive: [] as Due[], insert: [] as Due[] };
  for (let rest = rows; rest.length > 0;) {
    const same = rest.filter((o) => sameMessage(o, rest[0]!));
    rest = rest.filter((o) => !same.includes(o));
    if (!same.some((o) => o.state === 'planned')) continue;
    const { suppress, revive, insert } = rerouted(same, coordinators);
    changes.suppress.push(...suppress);
    changes.revive.push(...revive);
    changes.insert.push(...insert);
  }
  await insertObligations(tx, changes.insert);
  await planAgain(tx, changes.revive, [DUTY_CHANGED]);
  await suppressObligations(
    tx,
    changes.suppress.map((o) => o.id),
    DUTY_CHANGED,
    asOf,
  );
  const touched = [...new Set(Object.values(changes).flatMap((list) => list.map((o) => o.sessionId)))];
  await refreshNextDueOf(tx, touched);
  await wakeAll(tx, touched);
}

/** Adds to the calendar. Errors: `not-found` for who is no coordinator. */
export const addShift = (ctx: Context, personId: string, shift: Shift): Promise<ListedShift> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const [person] = await peopleById(tx, [personId]);
    if (!person) throw notFound('person', personId);
    if (person.kind !== 'coordinator' || !person.active) {
      throw new LecternError('invalid-request', 'Only a coordinator is on duty.', [{ path: 'personId', message: `names a ${person.kind}` }]);
    }
    const id = newId();
    await insertShift(tx, { ...shift, id, personId, at: ctx.asOf, by: ctx.principal.id });
    await addAudit(tx, ctx, 'duty.add', 'duty-shift', id, { personId, kind: shift.kind });
    await reroute(tx, ctx.asOf);
    return (await shiftById(tx, id))!;
  });

/** Takes a shift off the calendar; harmless when it is off already. */
export const removeShift = (ctx: Context, id: string): Promise<ListedShift> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    if (!(await shiftById(tx, id))) throw notFound('shift', id);
    if ((await endShift(tx, id, ctx.asOf)) > 0) {
      await addAudit(tx, ctx, 'duty.end', 'duty-shift', id);
      await reroute(tx, ctx.asOf);
    }
    return (await shiftById(tx, id))!;
  });
