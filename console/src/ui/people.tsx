import type { ComponentType } from 'react';
import type { Participant } from '../api/client';
import { VERDICTS, phrase } from '../lib/words';
import { Pill } from './pill';

export const Verdict = ({ verdict }: { verdict: string }) => {
  const known = VERDICTS[verdict];
  return <Pill tone={known?.tone ?? 'neutral'}>{known?.says ?? phrase(verdict)}</Pill>;
};

const List = ({ participants }: { participants: Participant[] }) => (
  <ul className="plain people" aria-label="Participants">
    {participants.map((p) => (
      <li key={p.personId}>
        <bdi>{p.name}</bdi> <small>({p.role})</small> <Verdict verdict={p.verdict} />
      </li>
    ))}
  </ul>
);

/** More students than fit a line or two show as counts first. */
const MOST_AT_ONCE = 6;

function counts(students: Participant[]): string {
  const by = new Map<string, number>();
  for (const { verdict } of students) by.set(verdict, (by.get(verdict) ?? 0) + 1);
  return Object.keys(VERDICTS)
    .flatMap((verdict) => (by.has(verdict) ? [`${by.get(verdict)} ${VERDICTS[verdict]!.says}`] : []))
    .join(', ');
}

type Listing = ComponentType<{ participants: Participant[] }>;

/** Who takes part, each with how it went for them; `as` says how they are listed. */
export function People({ participants, as: Listed = List }: { participants: Participant[]; as?: Listing }) {
  const students = participants.filter((p) => p.role === 'student');
  if (students.length <= MOST_AT_ONCE) return <Listed participants={participants} />;
  return (
    <>
      <Listed participants={participants.filter((p) => p.role !== 'student')} />
      <details>
        <summary>
          {students.length} students: {counts(students)}
        </summary>
        <Listed participants={students} />
      </details>
    </>
  );
}
