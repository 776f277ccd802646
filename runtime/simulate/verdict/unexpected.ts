import type { Check, Judging, Seen } from './seen';

export interface FinalState {
  status: string;
  startsAt: number;
  endsAt: number;
  verdicts: Record<string, string> | null;
  charges: Record<string, number>;
  payout: number;
  documents: string;
}

/** The state that a lesson came to, in the words of the script: nothing in it but what the script decides. */
export function finalStateOf({ lesson, session, participants, journals, documents }: Seen, { idOf }: Pick<Judging, 'idOf'>): FinalState | null {
  if (!session) return null;
  const posted = (kind: string, key: string): number =>
    journals.filter((j) => j.kind === kind && j.subjectId === idOf(key)).reduce((sum, j) => sum + j.amountMinor, 0);
  const verdict = (key: string): string => participants.find((p) => p.personId === idOf(key))?.verdict ?? 'not there';
  return {
    status: session.status,
    startsAt: +session.startsAt,
    endsAt: +session.endsAt,
    verdicts: session.status === 'settled' ? Object.fromEntries([lesson.instructor, ...lesson.students].map((p) => [p, verdict(p)])) : null,
    charges: Object.fromEntries(lesson.students.map((s) => [s, posted('charge', s)])),
    payout: posted('payout', lesson.instructor),
    documents: documents.find((d) => d.kind === 'parent-update')?.state ?? 'none',
  };
}

const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Where a lesson came to another end than the script has for it, if the script alone says. */
export const unexpected: Check = (seen, judging) => {
  const state = finalStateOf(seen, judging);
  if (!state || !seen.isDetermined) return [];
  const { messages: _, ...expected } = seen.expected;
  return (Object.keys(expected) as (keyof FinalState)[]).flatMap((field) =>
    shown(expected[field]) === shown(state[field]) ? [] : [`${field} is ${shown(state[field])}, and by the script ${shown(expected[field])}`],
  );
};
