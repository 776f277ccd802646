import type { Tx } from '../../db/database';
import { findSession } from '../../db/sessions';
import type { ChangeInput } from '../types';
import { becauseOf, lesson, person, sentences, timeOf, type Lesson } from './words';

async function wishOf(tx: Tx, session: Lesson, input: ChangeInput): Promise<string> {
  const who = async (id: string | undefined): Promise<string> => person(tx, session, id!);
  switch (input.kind) {
    case 'cancel':
      return `cancel ${lesson(session)}`;
    case 'reschedule':
      return `move ${lesson(session)} to ${timeOf({ ...session, startsAt: input.startsAt! })}`;
    case 'reassign':
      return `give ${lesson(session)} to ${await who(input.instructorId)}`;
    case 'swap':
      return `exchange the instructor of ${lesson(session)} with that of ${lesson((await findSession(tx, input.withSessionId!))!)}`;
    case 'add':
      return `have ${await who(input.studentId)} take part in ${lesson(session)}`;
    case 'drop':
      return `take ${await who(input.studentId)} off ${lesson(session)}`;
    case 'room':
      return `move ${lesson(session)} to another room`;
    case 'convert':
      return `make ${lesson(session)} a 1:1 lesson`;
  }
}

export async function changeReason(tx: Tx, session: Lesson, { input, decisionId }: { input: ChangeInput; decisionId: string }): Promise<string> {
  const asked = `Somebody asks to ${await wishOf(tx, session, input)}.`;
  return sentences(
    asked,
    (await becauseOf(tx, decisionId)) ?? 'The rules leave it to a person.',
    'Approve it, or reject it and the lesson stays as it is; nobody deciding before its start, it stays.',
  );
}
