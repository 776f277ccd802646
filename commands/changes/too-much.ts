import { preview, type Ask, type Decision } from '../../decisions/decide';
import { afterOf, movingOf } from '.';
import { inWords } from './consider';
import { considerLoad, type MovesToo } from './consider-load';
import type { Changing } from './kind';

/**
 * Why a change would give somebody more than the policy `load` allows, for who decides by other rules than those of a change (a closure, an offer
 * that is accepted) and can ask nobody; null where it would not. Of a booking that is held admission says so.
 */
export async function tooMuchBy(changing: Changing, ask: Ask, moving: readonly MovesToo[] = []): Promise<{ decision: Decision; why: string } | null> {
  // Admission is asked behind the locks of its people, which who only looks does not take.
  if (changing.before.session.status === 'held' && ask === preview) return null;
  const after = await afterOf(changing, await movingOf(changing), preview);
  if (after.admission?.outcome.verdict === 'refuse')
    return { decision: after.admission, why: after.admission.say?.en ?? 'The rules refuse a booking at that time.' };
  const load = await considerLoad(changing, after, ask, moving);
  if (!load || load.decision.outcome.verdict === 'allow') return null;
  const { question, decision } = load;
  return { decision, why: decision.say?.en ?? (await inWords(changing.tx, question, decision)) };
}
