import { peopleById } from '../../db/people';
import { lockPeople } from '../../db/sessions';
import { isAnswered, preview, type Ask, type Decision, type Question } from '../../decisions/decide';
import { roleOf } from '../admission';
import { moreLoadFacts, readAround, type Around } from '../load';
import type { After, Changing } from './kind';

/** Whom a change gives a session more: everybody of one that moves, otherwise those who come. */
const given = ({ input }: Changing, { participants, joins }: After) => (input.kind === 'reschedule' ? participants : joins);

/** A session that moves with this one, in the same batch: it is counted where it goes. */
export interface MovesToo {
  sessionId: string;
  personIds: readonly string[];
  startsAt: Date;
}

const withMoves = ({ others, ownCap }: Around, moving: readonly MovesToo[]): Around => ({
  ownCap,
  others: [
    ...others.filter((o) => !moving.some((m) => m.sessionId === o.sessionId)),
    ...moving.flatMap((m) => m.personIds.map((personId) => ({ personId, startsAt: m.startsAt }))),
  ],
});

/**
 * May those whom the change gives a session more have it? Their weeks are read behind their locks, so that two changes at once do not both
 * find the last one free. Null when it gives nobody one, for a booking that is still held (admission asks the same), and while no rule answers.
 */
export async function considerLoad(
  changing: Changing,
  after: After,
  ask: Ask,
  moving: readonly MovesToo[] = [],
): Promise<{ question: Question; decision: Decision } | null> {
  const { ctx, tx, input, before } = changing;
  const { session } = after;
  const more = given(changing, after);
  if (more.length === 0 || session.status === 'held' || !(await isAnswered(tx, 'load', session))) return null;
  if (ask !== preview) {
    await lockPeople(
      tx,
      [...more, ...after.leaves].map((p) => p.personKey),
    );
  }
  const personIds = more.map((p) => p.personId);
  const people = await peopleById(tx, personIds);
  const inRole = (role: string) => people.filter((p) => more.some((m) => m.personId === p.id && m.role === role));
  const [instructor] = inRole('instructor');
  const { startsAt } = session;
  const around = withMoves(await readAround(tx, { personIds, instructorId: instructor?.id ?? null, startsAt, id: session.id }), moving);
  const movedFrom = input.kind === 'reschedule' ? before.session.startsAt : null;
  const question: Question = {
    point: 'load',
    sessionId: session.id,
    subject: session.id,
    rev: before.session.rev,
    seq: [input.kind, ...personIds, ctx.asOf.toISOString()].join(':'),
    facts: { kind: input.kind, by: roleOf(ctx), ...moreLoadFacts({ startsAt, movedFrom, students: inRole('student'), instructor }, around) },
    labels: session,
    bookedSetId: null,
    asOf: ctx.asOf,
  };
  return { question, decision: await ask(tx, question) };
}
