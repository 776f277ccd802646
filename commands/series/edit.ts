import { insertBatch, itemsOfSeries, overtakeItems, type ItemChange } from '../../db/batches';
import { addAudit } from '../../db/audit';
import { withdrawHeldSteps } from '../../db/held-steps';
import { findSeries, forgetOccurrences, handOver, insertSeries, lockSeries, setStudents, studentsOfSeries, updateSeries } from '../../db/series';
import { lockSession, moveStatus } from '../../db/sessions';
import { wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { decide, preview, type Ask } from '../../decisions/decide';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import { differenceSince, previewTokenOf } from '../../domain/preview-token';
import { clashing } from '../change';
import type { Context } from '../context';
import { considerOccurrences, type ConsideredOccurrence, type Editing } from './consider-edit';
import { describeOccurrence, isChanged, toldOf, withBookings, type PreviewedEdit, type SeriesEditPreview } from './describe-edit';
import { changeOne } from './edit-one';
import { editedSeries, type SeriesEdit } from './edit-input';
import { itemOf } from './edit-items';

export interface SeriesEdited {
  /** The series that the edited lessons belong to: another one where the edit split it. */
  seriesId: string;
  /** What changes the lessons; null where none is to be changed. */
  batchId: string | null;
  /** Of a lesson edited alone: the step in which a coordinator says whether it may be. */
  heldStepId: string | null;
}

interface Described {
  editing: Editing;
  /** In the order in which they leave their places. */
  inOrder: ConsideredOccurrence[];
  occurrences: ConsideredOccurrence[];
  shown: PreviewedEdit[];
  preview: SeriesEditPreview;
  parts: Record<string, unknown>;
}

/** What a preview token binds to. Another edit in between is told as the series' version, whatever it changed. */
const partsOf = (editing: Editing, shown: PreviewedEdit[], told: SeriesEditPreview['told']): Record<string, unknown> => ({
  series: { version: editing.series.version },
  edit: { ...editing.edit, reason: null },
  lessons: shown.map((o) => [o.original, o.sessionId, o.verdict, o.startsAt, o.newStartsAt, o.newEndsAt, o.changes]),
  conflicts: shown.filter((o) => o.conflicts.length > 0 || o.obstacle !== null).map((o) => [o.original, o.obstacle, o.conflicts]),
  charges: shown.map((o) => [o.original, o.charges]),
  prices: shown.filter((o) => o.verdict === 'book').map((o) => [o.original, o.priceMinor, o.currency]),
  told,
});

async function describe(
  ctx: Context,
  tx: Tx,
  { seriesId, edit, ask, isCommit }: { seriesId: string; edit: SeriesEdit; ask: Ask; isCommit: boolean },
): Promise<Described> {
  const series = await (isCommit ? lockSeries : findSeries)(tx, seriesId);
  if (!series) throw notFound('series', seriesId);
  const students = (await studentsOfSeries(tx, [series.id])).map((s) => s.personId);
  const edited = await editedSeries(tx, series, students, { edit, asOf: ctx.asOf });
  const waiting = new Map((await itemsOfSeries(tx, series.id)).map((item) => [item.sessionId, item]));
  const editing: Editing = { ctx, tx, series, edited, edit, ask, isCommit, waiting };
  const inOrder = await considerOccurrences(editing);
  const { until, occurrences } = await withBookings(editing, inOrder);
  const shown: PreviewedEdit[] = [];
  for (const o of occurrences) shown.push(await describeOccurrence(editing, o));
  const told = await toldOf(editing, occurrences);
  const parts = partsOf(editing, shown, told);
  return { editing, inOrder, occurrences, shown, parts, preview: { until, occurrences: shown, told, previewToken: previewTokenOf(parts) } };
}

/** What an edit would do with every lesson that it concerns: conflicts, charges, messages. Writes nothing. */
export const previewEdit = (ctx: Context, seriesId: string, edit: SeriesEdit): Promise<SeriesEditPreview> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => (await describe(ctx, tx, { seriesId, edit, ask: preview, isCommit: false })).preview);

/**
 * Edits a series in one transaction: what it is from there on, and a batch that changes its lessons one by one. Lessons that were changed by
 * themselves, cancelled or begun stay as they are. Errors: `stale` with the difference when the preview would say something else now,
 * `illegal-move`, `not-found`, `invalid-request`; of a single lesson also `slot-clash` and `refused-by-policy`.
 */
export const editSeries = (ctx: Context, seriesId: string, { previewToken, ...edit }: SeriesEdit & { previewToken?: string | undefined }) =>
  clashing(() =>
    ctx.db.inOrganisation(ctx.organisationId, async (tx): Promise<SeriesEdited> => {
      const described = await describe(ctx, tx, { seriesId, edit, ask: decide, isCommit: true });
      const difference = previewToken === undefined ? [] : differenceSince(previewToken, described.parts);
      if (difference.length > 0)
        throw new LecternError('stale', `What this edit of series ${seriesId} would do is not what its preview showed.`, { difference });
      await addAudit(tx, ctx, 'series.edit', 'series', seriesId, { scope: edit.scope, lessons: described.occurrences.filter(isChanged).length });
      const overtaken = described.inOrder.flatMap((o) => o.overtakes ?? []);
      await overtakeItems(tx, overtaken, { why: 'A later edit of the series has taken it over.', at: ctx.asOf });
      if (edit.scope === 'this') return { seriesId, batchId: null, heldStepId: await changeOne(described.editing, described.occurrences) };
      return write(described);
    }),
  );

/** Lessons that give way to what the series is now: nobody was ever told of them. */
async function giveWay({ ctx, tx }: Editing, seriesId: string, list: ConsideredOccurrence[]): Promise<void> {
  const gone: string[] = [];
  for (const { original, session, verdict } of list) {
    if (verdict !== 'book') continue;
    if (session) {
      const now = await lockSession(tx, session.id);
      // Somebody has chosen a time for it a moment ago.
      if (now.status !== 'held' || !now.withoutSlot) continue;
      await withdrawHeldSteps(tx, now.id, ctx.asOf);
      await moveStatus(tx, now, 'refused');
      await wake(tx, now.id);
    }
    gone.push(original);
  }
  await forgetOccurrences(tx, seriesId, gone);
}

async function write({ editing, inOrder, occurrences }: Described): Promise<SeriesEdited> {
  const { ctx, tx, series, edited, edit } = editing;
  const { next, before, studentIds } = edited;
  if (before) {
    await updateSeries(tx, before);
    // Whoever was not told of a series that was brought in is told of what becomes of it.
    await insertSeries(tx, [{ ...next, quietly: false, createdBy: ctx.principal.id, createdAt: ctx.asOf, studentIds }]);
    await handOver(tx, series.id, next.id, next.fromOriginal!);
  } else {
    await updateSeries(tx, next);
    await setStudents(tx, next.id, studentIds);
  }
  await giveWay(editing, next.id, occurrences);
  const items = inOrder.flatMap((o) => {
    const change: ItemChange | null = itemOf(o);
    if (!change) return [];
    return [{ sessionId: o.session!.id, rev: o.session!.rev, change, decisionId: o.considered[0]?.decision.id ?? null }];
  });
  if (items.length === 0) return { seriesId: next.id, batchId: null, heldStepId: null };
  const batch = { id: newId(), cause: 'series', causeId: next.id, reason: edit.reason ?? null, madeBy: ctx.principal.id, madeAt: ctx.asOf } as const;
  await insertBatch(
    tx,
    batch,
    items.map((item, n) => ({ n, ...item })),
  );
  return { seriesId: next.id, batchId: batch.id, heldStepId: null };
}
