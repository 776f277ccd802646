import type { Tx } from '../../db/database';
import { lesson, person, sentences, type Lesson } from './words';

/** What an automation asks, about which lesson, and about whom. */
export const automationReason = async (
  tx: Tx,
  session: Lesson,
  { question, title, personId }: { question: string; title: string; personId: string | null },
): Promise<string> =>
  sentences(
    question,
    `It is about ${lesson(session)}${personId === null ? '' : ` and ${await person(tx, session, personId)}`}.`,
    `Asked by the automation “${title}”.`,
  );
