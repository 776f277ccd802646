import { createSignInLink } from '../../commands/sign-in';
import { row } from '../../db/database';
import { MINUTE, TRANSCRIPT, type Cast, type Lectern } from '../support/lectern';

export interface Lesson {
  cast: Cast;
  id: string;
  title: string;
}

/** A lesson with a title that nobody else has, soon and short; with a further guardian, who reads German. */
export async function bookLesson(lectern: Lectern, title: string): Promise<Lesson> {
  const cast = await lectern.cast();
  await lectern.guardian(cast, 0, { locale: 'de' });
  const full = `${title} ${cast.tag}`;
  return { cast, id: await lectern.book(cast, 30 * MINUTE, { title: full }, 15 * MINUTE), title: full };
}

/** Everybody comes, early, so that a busy machine cannot bring them too late; the lesson ends; its transcript is still to come. */
export async function teach(lectern: Lectern, { cast, id }: Lesson): Promise<void> {
  await lectern.arrive(id, cast.instructorId, ...cast.studentIds);
  await lectern.status(id, 'documenting');
}

export async function review(lectern: Lectern, lesson: Lesson): Promise<{ id: string; version: number; hash: string }> {
  await lectern.send('transcript.ready', { sessionId: lesson.id, lines: TRANSCRIPT });
  return lectern.openStep(lesson.id, 'documentation.review');
}

/** A sign-in link of a person, as `lectern sign-in` makes them. */
export function signInLink(lectern: Lectern, personId: string, lifeMs?: number): Promise<string> {
  return lectern.in(async (tx) => {
    const principal = await row<{ id: string }>(tx, 'SELECT id FROM principals WHERE person_id = ?', [personId]);
    const { organisationId } = lectern.at;
    return (await createSignInLink(tx, { organisationId, principalId: principal!.id, now: new Date(), ...(lifeMs ? { lifeMs } : {}) })).path;
  });
}

/** A coordinator of their own. */
export async function coordinator(lectern: Lectern, givenName: string): Promise<{ name: string; link(lifeMs?: number): Promise<string> }> {
  const name = `${givenName} Invented`;
  const { body } = await lectern.api<{ id: string }>('POST', '/v1/people', {
    kind: 'coordinator',
    name,
    givenName,
    zone: 'Europe/Berlin',
    email: `${givenName.toLowerCase()}.${Date.now()}@example.invalid`,
  });
  return { name, link: (lifeMs) => signInLink(lectern, body.id, lifeMs) };
}
