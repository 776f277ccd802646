import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { considerCandidates, type Considered } from '../../decisions/candidates';
import { isAnswered, type AskEach } from '../../decisions/decide';
import { whyNotSearch } from '../substitutes/start';

export interface StandIns {
  session: SessionRow;
  /** What raised the question. */
  seq: string;
  /** Who has been given another lesson at that time by the same batch. */
  given: ReadonlySet<string>;
  ask: AskEach;
  asOf: Date;
}

/** Who may take a session at its time, the best first; nobody where the rules in force do not say who may. */
export async function standInsFor(tx: Tx, { session, seq, given, ask, asOf }: StandIns): Promise<Considered[]> {
  if (whyNotSearch(session, asOf) !== null || !(await isAnswered(tx, 'substitute.eligibility', session))) return [];
  const considered = await considerCandidates(tx, { session, seq, offeredTo: new Set(), asOf, ask });
  return considered.filter((c) => c.eligible && !given.has(c.personId));
}
