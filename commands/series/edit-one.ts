import { setApart, updateSeries } from '../../db/series';
import { LecternError } from '../../domain/errors';
import { isWanted } from '../../domain/recurrence';
import { holdChange } from '../changes/held-change';
import { applySeveral } from '../changes/several';
import { describeLesson } from './describe-lesson';
import type { ConsideredOccurrence, Editing } from './consider-edit';
import { recurrenceOf } from './types';

/** A lesson that nobody has booked yet can be left out; more there is not to change. */
async function leaveOut({ tx, series, edit }: Editing): Promise<null> {
  const original = edit.original!;
  if (!isWanted(recurrenceOf(series), original)) {
    const fault = { path: 'original', message: `${original} is not a time of this series` };
    throw new LecternError('invalid-request', 'This edit of the series is not valid.', [fault]);
  }
  if (edit.cancel !== true) {
    throw new LecternError('illegal-move', `The lesson of ${original} is not booked yet: change it once it is, or edit it and all that follow.`);
  }
  await updateSeries(tx, { ...series, exdates: [...series.exdates, original].sort() });
  return null;
}

function refuseWhatWaits({ verdict, asks, why, conflicts, alternatives, considered }: ConsideredOccurrence): void {
  if (verdict !== 'hold' || asks !== 'time') return;
  if (conflicts.length > 0) throw new LecternError('slot-clash', why ?? 'Somebody is taken then.', { conflicts, alternatives });
  const refused = considered.find((c) => c.decision.outcome.verdict === 'refuse')!;
  throw new LecternError('refused-by-policy', why ?? 'The rules refuse it.', { rule: refused.decision.rule, say: refused.decision.say });
}

/**
 * Changes one lesson of a series by itself: it is set apart, and no edit of the series touches it from then on. Gives the step that it waits
 * in where the rules leave it to a person.
 */
export async function changeOne(editing: Editing, [found]: ConsideredOccurrence[]): Promise<string | null> {
  const { ctx, tx, edit } = editing;
  if (!found) return leaveOut(editing);
  if (!found.session) throw new LecternError('illegal-move', `The lesson of ${found.original} was left out: ${found.why ?? 'book one by itself'}`);
  refuseWhatWaits(found);
  const parts = found.considered.map(({ changing, decision, terms }) => ({ input: changing.input, decisionId: decision.id, termsId: terms.id }));
  if (found.verdict === 'hold') {
    const steps: string[] = [];
    for (const { input, decisionId, termsId } of parts)
      steps.push(await holdChange(ctx, tx, found.session, input, { because: decisionId, terms: termsId }));
    return steps[0]!;
  }
  // It stays where it is although its series goes elsewhere.
  if (found.verdict === 'keep') {
    if (found.overtakes) await setApart(tx, found.session.id);
    return null;
  }
  if (parts.length > 0) await applySeveral(ctx, tx, found.session, parts);
  if (found.words) await describeLesson(ctx, tx, found.session, found.words);
  if (edit.cancel !== true) await setApart(tx, found.session.id);
  return null;
}
