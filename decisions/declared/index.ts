import { sessionSeen, type SessionSeen } from '../../db/declared-facts';
import type { Tx } from '../../db/database';
import type { FactDocument } from '../../policy/facts/types';
import type { CompiledRuleSet } from '../../policy/ruleset';
import { selectPolicy, type Labels } from '../../policy/select';
import type { Facts } from '../../policy/types';
import { FACT_POINTS } from '../points/declared';
import type { Finding } from './asked';
import { find, roleOf, together } from './find';

/** A question as it is told apart here: by what it is about. */
interface About {
  point: string;
  sessionId: string | null;
  subject: string;
  about?: readonly string[];
  labels: Labels;
  facts: Facts;
  asOf: Date;
  /** The facts that are wanted, where it is not the policy that names them. */
  declared?: readonly FactDocument[];
}

/** Of whom a fact is found: whom the question is about where that is one person, otherwise all who are on the session as that. */
function personsOf(fact: FactDocument, { point, subject, about }: About, session: SessionSeen): readonly string[] {
  const role = roleOf(fact);
  if (role === null) return [];
  if (FACT_POINTS[point]?.subject === role) return [subject];
  const there = session.participants.filter((p) => p.role === role).map((p) => p.personId);
  if (role === 'student' && about) return about;
  return there.includes(subject) ? [subject] : there;
}

/** What policies name of the facts of their set, a question each; empty where none does. */
const namedBy = (set: CompiledRuleSet, q: About): readonly FactDocument[] =>
  q.declared ?? (q.sessionId !== null && Object.hasOwn(FACT_POINTS, q.point) ? selectPolicy(set.policies, q.point, q.labels).declared : []);

/** The values of one fact for questions about one session at one moment: found once for everybody concerned. */
async function valuesOf(tx: Tx, fact: FactDocument, questions: readonly About[], session: SessionSeen): Promise<Facts[string][]> {
  const persons = questions.map((q) => personsOf(fact, q, session));
  const { asOf } = questions[0]!;
  const found = await find(tx, fact, { session, homeZone: session.homeZone, personIds: [...new Set(persons.flat())], asOf });
  const of = (ids: readonly string[]): Finding[] => found.filter((f) => f.personId === null || ids.includes(f.personId));
  return persons.map((ids) => together(fact, of(ids)));
}

const sameMoment = (a: About, b: About): boolean => a.sessionId === b.sessionId && +a.asOf === +b.asOf;

/**
 * The questions with the facts that their rule set declares, found where the policy that answers names them, and nothing read where it
 * does not. What is not known is recorded as null, so that it can be told from what nobody asked for.
 */
export async function withDeclared<Q extends About>(tx: Tx, set: CompiledRuleSet, questions: readonly Q[]): Promise<readonly Q[]> {
  if (set.facts.length === 0) return questions;
  const asked = questions.map((q) => ({ q, named: namedBy(set, q), facts: { ...q.facts } }));
  for (const { q: first, named } of asked) {
    const together = asked.filter((a) => a.named.length > 0 && sameMoment(a.q, first));
    if (named.length === 0 || together[0]!.q !== first) continue;
    const session = await sessionSeen(tx, first.sessionId!);
    if (!session) continue;
    for (const fact of new Set(together.flatMap((a) => a.named))) {
      const wanting = together.filter((a) => a.named.includes(fact));
      const values = await valuesOf(
        tx,
        fact,
        wanting.map((a) => a.q),
        session,
      );
      wanting.forEach((a, i) => (a.facts[fact.fact] = values[i]));
    }
  }
  return asked.map(({ q, named, facts }) => (named.length === 0 ? q : { ...q, facts }));
}
