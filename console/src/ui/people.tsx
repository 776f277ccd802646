import type { ComponentType } from 'react';
import type { Participant } from '../api/client';
import { VERDICTS, phrase } from '../lib/words';
import { Pill } from './pill';

export const Verdict = ({ verdict }: { verdict: string }) => {
  const known = VERDICTS[verdict];
  return <Pill tone={known?.tone ?? 'neutral'}>{known?.says ?? phrase(verdict)}</Pill>;
};

interface Shown {
  participants: Participant[];
  /** Before a lesson nobody has to be there: that somebody is not there yet says nothing. */
  isAhead?: boolean;
}

const List = ({ participants, isAhead = false }: Shown) => (
  <ul className="plain people" aria-label="Participants">
    {participants.map((p) => (
      <li key={p.personId}>
        <bdi>{p.name}</bdi> <small>({p.role})</small> {!(isAhead && p.verdict === 'waiting') && <Verdict verdict={p.verdict} />}
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

/** Who takes part, each with how it went for them; `as` says how they are listed. */
export function People({ participants, isAhead = false, as: Listed = List }: Shown & { as?: ComponentType<Shown> }) {
  const students = participants.filter((p) => p.role === 'student');
  if (students.length <= MOST_AT_ONCE) return <Listed participants={participants} isAhead={isAhead} />;
  return (
    <>
      <Listed participants={participants.filter((p) => p.role !== 'student')} isAhead={isAhead} />
      <details>
        <summary>
          {students.length} students{!(isAhead && students.every((s) => s.verdict === 'waiting')) && `: ${counts(students)}`}
        </summary>
        <Listed participants={students} isAhead={isAhead} />
      </details>
    </>
  );
}
