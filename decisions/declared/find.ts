import type { Tx } from '../../db/database';
import type { FactDocument } from '../../policy/facts/types';
import type { Json } from '../../policy/types';
import type { AskedOf, Finding } from './asked';
import { count } from './counter';
import { deadline } from './deadline';
import { lookUp } from './lookup';

/** Whose a fact is: of which of those on the session it is found. Null where it is of the session alone. */
export function roleOf(fact: FactDocument): 'student' | 'instructor' | null {
  const whose = fact.kind === 'deadline' ? fact.zone : fact.of;
  if (whose === 'household') return 'student';
  return whose === 'student' || whose === 'instructor' ? whose : null;
}

/** Finds a declared fact for each whom it is about. Decisions, their previews, and whoever asks for one student all come here, and nowhere else. */
export function find(tx: Tx, fact: FactDocument, asked: AskedOf): Promise<Finding[]> {
  if (fact.kind === 'counter') return count(tx, fact, asked);
  return fact.kind === 'deadline' ? deadline(tx, fact, asked) : lookUp(tx, fact, asked);
}

/**
 * One value for a question about several people: a counter that of who has most, a deadline that of whom it comes to last, a lookup
 * what is the same for all. Null where it is not known.
 */
export function together(fact: FactDocument, found: readonly Pick<Finding, 'value'>[]): Json {
  const values = found.map((f) => f.value);
  if (fact.kind === 'counter') return Math.max(0, ...values.map(Number));
  if (values.length === 0 || values.includes(null)) return null;
  if (fact.kind === 'lookup') return values.every((v) => v === values[0]) ? values[0]! : null;
  return fact.gives === 'before' ? values.includes(true) : Math.max(...values.map(Number));
}
