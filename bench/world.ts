import { createPerson } from '../commands/people';
import { newId } from '../domain/ids';
import type { Ground } from './ground';

export interface Cast {
  instructorId: string;
  studentId: string;
}

const GRANTED = (['recording', 'ai'] as const).map((kind) => ({ kind, granted: true, textVersion: 'bench', method: 'bench' }));
const common = { zone: 'Europe/Berlin', consents: GRANTED };

/** A student with a guardian, and an instructor: the people of one lesson, whom no other lesson needs at its time. */
export async function makeCast(ground: Ground, n: number): Promise<Cast> {
  const ctx = ground.context();
  const email = (who: string): string => `${who}${n}.${newId()}@example.invalid`;
  const instructor = await createPerson(ctx, {
    ...common,
    kind: 'instructor',
    name: `Instructor ${n}`,
    givenName: `I${n}`,
    email: email('instructor'),
  });
  const student = await createPerson(ctx, { ...common, kind: 'student', name: `Student ${n}`, givenName: `S${n}`, email: email('student') });
  await createPerson(ctx, {
    zone: 'Europe/Berlin',
    kind: 'guardian',
    name: `Guardian ${n}`,
    givenName: `G${n}`,
    email: email('guardian'),
    students: [{ studentId: student.id, household: 'h' }],
  });
  return { instructorId: instructor.id, studentId: student.id };
}

/** An invented lesson of forty turns. */
export const TRANSCRIPT = Array.from({ length: 40 }, (_, i) => {
  const clock = (s: number): string => `${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}.00`;
  const tutor = i % 2 === 0;
  return {
    start: clock(i * 30),
    stop: clock(i * 30 + 20),
    speaker: tutor ? 'Tutor' : 'Student',
    dialogue: tutor
      ? ['Exactly, good job with these fractions.', 'What is the denominator here?', 'For next time practise page twelve please.'][(i / 2) % 3]!
      : 'The bottom number, and then I add the numerators.',
  };
});
