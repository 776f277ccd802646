import { peopleById } from '../../db/people';
import type { OfferRow } from '../../db/offers';
import type { SearchRow } from '../../db/searches';
import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { Considered } from '../../decisions/candidates';
import type { Decision } from '../../decisions/decide';
import { becauseOf, everybodyIsFree, lesson, sentences } from '../held-reasons';

/** A search that a coordinator takes over. */
export interface Held {
  search: SearchRow;
  offers: OfferRow[];
  considered: Considered[];
  decision: Decision;
  asOf: Date;
}

const WHY = { asked: 'cannot teach', unacknowledged: 'has not acknowledged', 'no-show': 'is not there for' } as const;

const few = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

/** What a coordinator reads when nobody has taken a lesson: whom it is for, what was tried, who could still be asked, what to do. */
export async function substituteReason(
  tx: Tx,
  session: SessionRow,
  { search, offers, considered, decision, alternatives }: Held & { alternatives: readonly { startsAt: string }[] },
): Promise<string> {
  const ids = [search.instructorId, ...offers.map((o) => o.personId)];
  const nameOf = new Map((await peopleById(tx, ids)).map((p) => [p.id, p.name]));
  const tried = few(offers.map((o) => nameOf.get(o.personId) ?? 'somebody'));
  const open = considered.filter((c) => c.eligible && !offers.some((o) => o.personId === c.personId)).map((c) => c.name);
  return sentences(
    `${nameOf.get(search.instructorId) ?? 'The instructor'} ${WHY[search.cause]} ${lesson(session)}, and nobody has taken it.`,
    await becauseOf(tx, decision.id),
    tried === '' ? 'It was offered to nobody: nobody may teach it by the rules.' : `It was offered to ${tried}.`,
    open.length > 0 ? `Still to be asked: ${few(open)}.` : null,
    everybodyIsFree(session, alternatives),
    'Give it to somebody yourself, search again, move or cancel it, or keep it as it is.',
  );
}
