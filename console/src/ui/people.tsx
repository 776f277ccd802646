import type { Participant } from '../api/client';
import { VERDICTS, phrase } from '../lib/words';
import { Pill } from './pill';

export const Verdict = ({ verdict }: { verdict: string }) => {
  const known = VERDICTS[verdict];
  return <Pill tone={known?.tone ?? 'neutral'}>{known?.says ?? phrase(verdict)}</Pill>;
};

/** Who takes part, each with how it went for them. */
export const People = ({ participants }: { participants: Participant[] }) => (
  <ul className="plain" aria-label="Participants" style={{ display: 'flex', flexWrap: 'wrap', gap: '6px 16px' }}>
    {participants.map((p) => (
      <li key={p.personId}>
        {p.name} <small>({p.role})</small> <Verdict verdict={p.verdict} />
      </li>
    ))}
  </ul>
);
