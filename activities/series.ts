import { Context as ActivityContext } from '@temporalio/activity';
import { changeItem, finishBatch } from '../commands/change-batch';
import { fillSeries } from '../commands/series/fill';
import { waitingItems } from '../db/batches';
import { seriesToFill } from '../db/series';
import { systemContext, type ActivityDeps } from './deps';

const AT_ONCE = 20;

interface Input {
  organisationId: string;
  /** Business epoch ms. */
  asOf: number;
}

/**
 * Fills the next series, and gives the id to go on after; null when there is none. One that fails is logged, stays asked for,
 * and keeps no other of its page waiting. Safe to repeat because an occurrence is filled once, whoever comes first.
 */
export async function fillSomeSeries(deps: ActivityDeps, input: Input & { which: 'asked' | 'all'; after: string | null }): Promise<string | null> {
  const ctx = systemContext(deps, input);
  const beat = (): void => ActivityContext.current().heartbeat();
  const ids = await deps.db.inOrganisation(input.organisationId, (tx) => seriesToFill(tx, input.which, input.after, AT_ONCE));
  const failures: unknown[] = [];
  for (const id of ids) {
    await fillSeries(ctx, id, beat).catch((error: unknown) => {
      deps.logger.error({ err: error, organisationId: input.organisationId, seriesId: id }, 'a series could not be filled and is tried again');
      failures.push(error);
    });
    beat();
  }
  // Tried again with growing pauses; the schedule, which comes round to every series, goes on to the next ones.
  if (failures.length > 0 && input.which === 'asked') throw failures[0];
  return ids.length < AT_ONCE ? null : ids.at(-1)!;
}

/**
 * Makes the next changes of a batch; true when all are made and everybody is told. Safe to repeat because an item ends in the transaction
 * that changes its session.
 */
export async function changeSome(deps: ActivityDeps, input: Input & { batchId: string }): Promise<boolean> {
  const ctx = systemContext(deps, input);
  const items = await deps.db.inOrganisation(input.organisationId, (tx) => waitingItems(tx, input.batchId, AT_ONCE));
  for (const item of items) {
    await changeItem(ctx, item);
    ActivityContext.current().heartbeat();
  }
  if (items.length === AT_ONCE) return false;
  await finishBatch(ctx, input.batchId);
  return true;
}
