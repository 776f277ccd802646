import { Text } from '@mantine/core';
import type { HeldStepDetail } from '../api/client';
import { useIsStaff, useSession } from '../api/queries';
import { Section } from '../ui/page';
import { ChangeForm } from './change';

interface Candidate {
  personId: string;
  eligible: boolean;
  reason: string;
  score: number;
}
const candidatesOf = ({ shown }: HeldStepDetail): Candidate[] => {
  const { candidates, search } = (shown ?? {}) as { candidates?: Candidate[]; search?: { candidates?: Candidate[] } };
  return candidates ?? search?.candidates ?? [];
};

/** Whoever could teach it by the rules first, the best of them first; then the others, each with the reason. */
const inOrder = (list: Candidate[]) =>
  [...list]
    .sort((a, b) => Number(b.eligible) - Number(a.eligible) || b.score - a.score)
    .map((c) => ({ id: c.personId, note: c.eligible ? `may teach it${c.score === 0 ? '' : `, ${c.score} points`}` : c.reason }));

/** Whether it is for a coordinator to find who teaches the lesson. */
const asksWhoTeaches = (step: HeldStepDetail): boolean => step.kind === 'substitute' || (step.kind === 'no-show' && candidatesOf(step).length > 0);

/** Nobody has taken it: give it to somebody yourself, which answers the question. */
export function GiveToSomebody({ step }: { step: HeldStepDetail }) {
  const isAsked = useIsStaff() && asksWhoTeaches(step);
  const session = useSession(step.session.id, isAsked).data;
  if (!isAsked || !session) return null;
  return (
    <Section title="Give it to somebody yourself">
      <div className="card">
        <Text size="sm" c="dimmed" pb="xs">
          Who is chosen teaches it from then on, and is written to. The question is answered with that.
        </Text>
        <ChangeForm session={session} only="reassign" first={inOrder(candidatesOf(step))} />
      </div>
    </Section>
  );
}
