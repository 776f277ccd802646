import { candidatesFor, lessonsAround, type CandidateRow } from '../db/candidates';
import { peopleById } from '../db/people';
import { participantsOf, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { languageOf } from '../domain/languages';
import { businessDate, weekOf } from '../domain/time';
import type { Facts } from '../policy/types';
import { decideEach, type AskEach, type Decision, type Question } from './decide';

/** An instructor as the rules see them for a session. */
export interface Considered {
  personId: string;
  name: string;
  eligible: boolean;
  /** Why they may not, or may; in words for a coordinator. */
  reason: string;
  /** Of an eligible one: the sum of their points, and what for. */
  score: number;
  points: { points: number; reason: string }[];
  weekLoad: number;
  decisionId: string;
  rankingId: string | null;
}

export interface Asked {
  session: SessionRow;
  /** What raised the question: the round of a search, or an acceptance. */
  seq: string;
  offeredTo: ReadonlySet<string>;
  /** One instructor only. */
  personId?: string;
  asOf: Date;
  /** `decideEach` by default. */
  ask?: AskEach;
}

interface Lesson {
  session: SessionRow;
  languages: readonly string[];
  students: number;
}

interface Load {
  day: number;
  week: number;
}

function loadOf(candidate: CandidateRow, session: SessionRow, lessons: readonly Date[]): Load {
  const { zone } = candidate;
  const [day, week] = [businessDate(+session.startsAt, zone), weekOf(+session.startsAt, zone)];
  return {
    day: lessons.filter((at) => businessDate(+at, zone) === day).length,
    week: lessons.filter((at) => weekOf(+at, zone) === week).length,
  };
}

function factsOf(
  c: CandidateRow,
  { session, languages, students }: Lesson,
  { load, alreadyOffered }: { load: Load; alreadyOffered: boolean },
): Facts {
  const spoken = [c.locale, ...(c.languages ?? [])].map(languageOf);
  const subject = session.subject?.trim().toLowerCase();
  return {
    teachesSubject: subject === undefined || subject === '' || (c.subjects ?? []).some((s) => s.trim().toLowerCase() === subject),
    cleared: c.clearedUntil !== null,
    ...(c.clearedUntil && { clearedBeyond: +c.clearedUntil - +session.endsAt }),
    blocked: c.blocked,
    speaksLanguage: languages.every((l) => spoken.includes(l)),
    isFree: !c.clashes && !c.away,
    isAway: c.away,
    dayLoad: load.day,
    weekLoad: load.week,
    capReached: (c.mostADay !== null && load.day >= c.mostADay) || (c.mostAWeek !== null && load.week >= c.mostAWeek),
    taughtBefore: c.taughtBefore,
    reachable: c.reachable,
    alreadyOffered,
    isTrial: session.isTrial,
    students,
  };
}

const questionOf = (point: string, { session, seq, asOf }: Asked, personId: string, facts: Facts): Question => ({
  point,
  sessionId: session.id,
  subject: personId,
  rev: session.rev,
  seq,
  facts,
  labels: session,
  bookedSetId: null,
  asOf,
});

const pointsOf = ({ outcomes }: Decision): Considered['points'] =>
  outcomes.flatMap((o) => (o.points == null ? [] : [{ points: Number(o.points), reason: String(o.reason) }]));

/** The best first: by points, then by who has less to do that week; the rest in the order in which they came to the organisation. */
const byRank = (a: Considered, b: Considered): number => Number(b.eligible) - Number(a.eligible) || b.score - a.score || a.weekLoad - b.weekLoad;

/** Every instructor who is not on the session, asked whether they may teach it, and the eligible ones ranked. */
export async function considerCandidates(tx: Tx, asked: Asked): Promise<Considered[]> {
  const { session, offeredTo, personId = null, ask: askEach = decideEach } = asked;
  const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student').map((p) => p.personId);
  const until = new Date(+session.endsAt + session.bufferMinutes * 60_000);
  const [candidates, lessons, people] = await Promise.all([
    candidatesFor(tx, { sessionId: session.id, studentIds: students, startsAt: session.startsAt, endsAt: session.endsAt, until, personId }),
    lessonsAround(tx, session.id, session.startsAt),
    peopleById(tx, students),
  ]);
  const byTeacher = new Map<string, Date[]>();
  for (const { personId: id, startsAt } of lessons) byTeacher.set(id, [...(byTeacher.get(id) ?? []), startsAt]);
  const lesson = { session, languages: [...new Set(people.map((p) => languageOf(p.locale)))], students: students.length };
  const seen = candidates.map((c) => {
    const load = loadOf(c, session, byTeacher.get(c.personId) ?? []);
    return { c, load, facts: factsOf(c, lesson, { load, alreadyOffered: offeredTo.has(c.personId) }) };
  });
  const ask = (point: string, list: typeof seen): Promise<Decision[]> =>
    askEach(
      tx,
      list.map(({ c, facts }) => questionOf(point, asked, c.personId, facts)),
    );
  const eligibility = await ask('substitute.eligibility', seen);
  const isEligible = (n: number): boolean => eligibility[n]!.outcome.eligible === true;
  const ranked = await ask(
    'substitute.ranking',
    seen.filter((_, n) => isEligible(n)),
  );
  let next = 0;
  const considered = seen.map(({ c, load }, n): Considered => {
    const ranking = isEligible(n) ? ranked[next++]! : null;
    const points = ranking ? pointsOf(ranking) : [];
    const { outcome, id } = eligibility[n]!;
    const score = points.reduce((sum, p) => sum + p.points, 0);
    const reason = String(outcome.reason ?? '');
    return {
      personId: c.personId,
      name: c.name,
      eligible: isEligible(n),
      reason,
      score,
      points,
      weekLoad: load.week,
      decisionId: id,
      rankingId: ranking?.id ?? null,
    };
  });
  return considered.sort(byRank);
}
