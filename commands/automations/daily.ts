import { dailyAutomations, insertDailyRun, noteLook, quietStudents, wasLookedFor, type Quiet } from '../../db/automation-triggers';
import { homeZone } from '../../db/declared-facts';
import { findSession } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { considerRun } from '../../decisions/automation';
import { preview } from '../../decisions/decide';
import { loadActiveSet } from '../../decisions/rule-sets';
import { newId } from '../../domain/ids';
import { businessDate, clockTimeOf } from '../../domain/time';
import type { CompiledAutomation } from '../../policy/automations/types';
import { parseClockTime } from '../../policy/units';
import type { Context } from '../context';

const AT_ONCE = 50;

async function layDownIfMet(tx: Tx, automation: CompiledAutomation, quiet: Quiet, asOf: Date): Promise<void> {
  const set = await loadActiveSet(tx);
  const session = (await findSession(tx, quiet.sessionId))!;
  const event = automation.document.on;
  const asked = { id: newId(), automation: automation.name, event, sessionId: session.id, personId: quiet.studentId, timelineId: null };
  const run = { ...asked, root: `quiet/${session.id}/${quiet.studentId}`, depth: 0 };
  const { answer } = await considerRun(tx, { set, automation, run, session, ask: preview, asOf });
  if (answer !== 'not-met') await insertDailyRun(tx, { ...quiet, id: run.id, automation: automation.name, setId: set.id, event, at: asOf });
}

/** Looks through some students; gives the last of them, null when there are no more. */
const lookAtSome = (ctx: Context, name: string, after: string | null): Promise<string | null> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const automation = (await loadActiveSet(tx)).compiled.automations.find((a) => a.name === name && a.document.enabled);
    if (!automation) return null;
    const some = await quietStudents(tx, name, ctx.asOf, { after, limit: AT_ONCE });
    for (const quiet of some) await layDownIfMet(tx, automation, quiet, ctx.asOf);
    return some.length < AT_ONCE ? null : some.at(-1)!.studentId;
  });

/** The day on which an automation is to be looked for now, by the organisation's calendar; null when it is too early, or was done. */
async function dayToLook(tx: Tx, name: string, asOf: Date): Promise<string | null> {
  const automation = (await loadActiveSet(tx)).compiled.automations.find((a) => a.name === name);
  if (!automation) return null;
  const zone = await homeZone(tx);
  const day = businessDate(+asOf, zone);
  return clockTimeOf(+asOf, zone) < parseClockTime(automation.document.at!)! || (await wasLookedFor(tx, name, day)) ? null : day;
}

/**
 * Looks once a day for what comes with the calendar, and lays down a run for each whom its condition meets. Safe to repeat because each is laid
 * down once; that the day was looked through is written at its end, so that a look that was broken off begins anew.
 */
export async function lookForDaily(ctx: Context): Promise<void> {
  const { db, organisationId, asOf } = ctx;
  for (const name of await db.inOrganisation(organisationId, dailyAutomations)) {
    const day = await db.inOrganisation(organisationId, (tx) => dayToLook(tx, name, asOf));
    if (day === null) continue;
    for (let after = await lookAtSome(ctx, name, null); after !== null;) after = await lookAtSome(ctx, name, after);
    await db.inOrganisation(organisationId, (tx) => noteLook(tx, name, day, asOf));
  }
}
