import { homeZone, sessionSeen } from '../db/declared-facts';
import { peopleById } from '../db/people';
import type { Tx } from '../db/database';
import type { Finding } from '../decisions/declared/asked';
import { find, roleOf } from '../decisions/declared/find';
import { loadActiveSet } from '../decisions/rule-sets';
import { LecternError, notFound } from '../domain/errors';
import { nearest } from '../domain/nearest';
import { timeForReader } from '../domain/time';
import { specOfFact } from '../policy/facts/declare';
import type { FactDocument } from '../policy/facts/types';
import type { Json } from '../policy/types';
import { formatValue } from '../policy/units';

/** The facts that the rule set in force declares, by name. */
export const declaredFacts = async (tx: Tx): Promise<FactDocument[]> =>
  [...(await loadActiveSet(tx)).compiled.facts].sort((a, b) => (a.fact < b.fact ? -1 : 1));

export interface FactAsked {
  fact: string;
  /** A student or an instructor, as the fact is about. */
  personId?: string | undefined;
  /** The session that would be decided on: its term, its start, and what happened on it is left out. */
  sessionId?: string | undefined;
}

/** How a declared fact stands for one person now, and how that was found. */
export interface FactFound {
  fact: FactDocument;
  person: { id: string; name: string } | null;
  sessionId: string | null;
  /** In evaluated form: durations in ms; null where it is not known. */
  value: Json;
  /** "lateCancelsThisTerm for Maya = 2: 3 Oct, 19 Oct" */
  sentence: string;
  counted: { sessionId: string | null; title: string | null; day: string }[];
  deadlineAt: Date | null;
}

const dayInWords = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));

function sentenceOf(fact: FactDocument, name: string | null, found: Finding, zone: string): string {
  const value = formatValue({ type: specOfFact(fact).type }, found.value ?? undefined);
  const said = `${fact.fact}${name === null ? '' : ` for ${name}`} = ${value}`;
  if (found.counted?.length) return `${said}: ${found.counted.map((c) => dayInWords(c.day)).join(', ')}`;
  if (fact.kind === 'lookup' && found.value === null)
    return `${said}: ${found.sought == null ? `there is no ${fact.key} to look for` : `${fact.table} has nothing for “${found.sought}” in ${fact.column}`}`;
  return found.deadlineAt ? `${said}: the deadline is ${timeForReader(+found.deadlineAt, zone, 'en')}` : said;
}

async function theFact(tx: Tx, name: string): Promise<FactDocument> {
  const facts = await declaredFacts(tx);
  const fact = facts.find((f) => f.fact === name);
  if (fact) return fact;
  const names = facts.map((f) => f.fact);
  const near = nearest(name, names);
  const suggestion = near ? ` Did you mean ${near}?` : names.length > 0 ? ` It declares ${names.join(', ')}.` : ' It declares none.';
  throw new LecternError('not-found', `The rules in force declare no fact "${name}".${suggestion}`);
}

function refuseLacking(fact: FactDocument, { personId, sessionId }: FactAsked): void {
  const role = roleOf(fact);
  const faults = [
    ...(role !== null && personId === undefined ? [{ path: 'personId', message: `${fact.fact} is of a ${role}: name one` }] : []),
    ...(fact.kind !== 'counter' && role === null && sessionId === undefined
      ? [{ path: 'sessionId', message: `${fact.fact} is of a session: name one` }]
      : []),
    ...(fact.kind === 'deadline' && role !== null && sessionId === undefined
      ? [{ path: 'sessionId', message: `${fact.fact} is a deadline of a session: name one` }]
      : []),
  ];
  if (faults.length > 0) throw new LecternError('invalid-request', faults.map((f) => f.message).join('; '), faults);
}

/**
 * What a declared fact is for somebody at a moment, found as a decision would find it. Reads only. Errors: `not-found` for the fact,
 * person or session; `invalid-request` when it is not said of whom or of which session.
 */
export async function findFact(tx: Tx, asked: FactAsked, asOf: Date): Promise<FactFound> {
  const { personId, sessionId } = asked;
  const fact = await theFact(tx, asked.fact);
  refuseLacking(fact, asked);
  const [person] = personId === undefined ? [] : await peopleById(tx, [personId]);
  if (personId !== undefined && !person) throw notFound('person', personId);
  if (person && person.kind !== roleOf(fact))
    throw new LecternError('invalid-request', `${fact.fact} is of a ${roleOf(fact) ?? 'session'}, and ${person.name} is a ${person.kind}.`, [
      { path: 'personId', message: `must be a ${roleOf(fact) ?? 'session, not a person'}` },
    ]);
  const session = sessionId === undefined ? null : ((await sessionSeen(tx, sessionId)) ?? null);
  if (sessionId !== undefined && !session) throw notFound('session', sessionId);
  const zone = await homeZone(tx);
  const [found] = await find(tx, fact, { session, homeZone: zone, personIds: person ? [person.id] : [], asOf });
  const { value, counted = [], deadlineAt = null } = found ?? { value: null };
  return {
    fact,
    person: person ? { id: person.id, name: person.name } : null,
    sessionId: session?.id ?? null,
    value,
    sentence: sentenceOf(fact, person?.givenName ?? null, { personId: null, ...found, value }, zone),
    counted: counted.map((c) => ({ sessionId: c.sessionId, title: c.title, day: c.day })),
    deadlineAt,
  };
}
