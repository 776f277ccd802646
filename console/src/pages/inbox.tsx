import { Anchor, Group, Stack, Text } from '@mantine/core';
import type { HeldStep, Me } from '../api/client';
import { useSession } from '../api/queries';
import { toHeldStep, toSession } from '../lib/route';
import { STEP_KINDS, optionTitle, phrase } from '../lib/words';
import { Names, namesOf, useNames } from '../ui/names';
import { Pill } from '../ui/pill';
import { Deadline, When } from '../ui/when';

type Asking = Pick<HeldStep, 'id' | 'kind' | 'reason' | 'deadlineAt'> & { subject?: string };

const kindTitle = (kind: string): string => STEP_KINDS[kind] ?? phrase(kind);

/** "Ines Example has not come", where it is known who. */
export function StepTitle({ kind, subject }: { kind: string; subject: string | undefined }) {
  const who = useNames().get(subject ?? '');
  if (who === undefined) return <>{kindTitle(kind)}</>;
  if (kind === 'no-show') {
    return (
      <>
        <bdi>{who}</bdi> has not come
      </>
    );
  }
  return (
    <>
      {kindTitle(kind)}: <bdi>{who}</bdi>
    </>
  );
}

const Line = ({ step }: { step: Asking }) => (
  <li>
    <Anchor href={toHeldStep(step.id)} fw={600}>
      <StepTitle kind={step.kind} subject={step.subject} />
    </Anchor>
    <Text size="sm">{step.reason}</Text>
    {step.deadlineAt && (
      <Text size="sm" c="dimmed">
        Decide <Deadline at={step.deadlineAt} />
      </Text>
    )}
  </li>
);

/** As many of one kind as are worth a line each. */
const MOST_AT_ONCE = 3;

/** Steps of one session: of each kind a line for a step, or one line for many. */
export function StepsOfSession({ steps }: { steps: Asking[] }) {
  const kinds = [...new Set(steps.map((s) => s.kind))].map((kind) => steps.filter((s) => s.kind === kind));
  return (
    <Stack gap={6}>
      {kinds.map((same) => {
        const lines = (
          <ul className="plain lines">
            {same.map((step) => (
              <Line key={step.id} step={step} />
            ))}
          </ul>
        );
        if (same.length <= MOST_AT_ONCE) return <div key={same[0]!.kind}>{lines}</div>;
        return (
          <details key={same[0]!.kind}>
            <summary>
              {kindTitle(same[0]!.kind)}: {same.length} steps
            </summary>
            {lines}
          </details>
        );
      })}
    </Stack>
  );
}

const One = ({ step }: { step: HeldStep }) => (
  <Stack gap={4}>
    <Anchor href={toHeldStep(step.id)} fw={600}>
      <StepTitle kind={step.kind} subject={step.subject} /> – <bdi>{step.session.title}</bdi>
    </Anchor>
    <Text size="sm">{step.reason}</Text>
    <Text size="sm" c="dimmed">
      Lesson at <When at={step.session.startsAt} />, waits{' '}
      {step.assignee && (
        <>
          for <bdi>{step.assignee.name}</bdi>{' '}
        </>
      )}
      since <When at={step.openedAt} />
      {step.claim && (
        <>
          {' · '}
          {step.claim.isYours ? 'you have it' : <bdi>{step.claim.by.name}</bdi>}
          {!step.claim.isYours && ' has it'} since <When at={step.claim.since} />
        </>
      )}
      {step.snooze && !step.snooze.isOver && ' · rests'}
      {step.deadlineAt && (
        <>
          {' · '}decide <Deadline at={step.deadlineAt} />
          {step.defaultOption && `, else “${optionTitle(step.defaultOption).toLowerCase()}”`}
        </>
      )}
    </Text>
  </Stack>
);

function OfOneSession({ steps }: { steps: HeldStep[] }) {
  const [first] = steps;
  const { session } = first!;
  // A step about one person names their id alone; who that is, the session knows.
  const isAboutPeople = steps.some((s) => s.subject !== session.id);
  const names = namesOf(useSession(session.id, isAboutPeople).data?.participants);
  return (
    <li className="card urgent">
      <Names of={names}>
        {steps.length === 1 ? (
          <One step={first!} />
        ) : (
          <Stack gap="xs">
            <Group gap="xs">
              <Anchor href={toSession(session.id)} fw={600}>
                <bdi>{session.title}</bdi>
              </Anchor>
              <Text size="sm" c="dimmed" span>
                <When at={session.startsAt} />
              </Text>
              <Pill tone="warn">{steps.length} steps wait</Pill>
            </Group>
            <StepsOfSession steps={steps} />
          </Stack>
        )}
      </Names>
    </li>
  );
}

const KINDS = Object.keys(STEP_KINDS);
const urgencyOf = (steps: HeldStep[]): number => Math.min(...steps.map((s) => KINDS.indexOf(s.kind)));

/** What waits for a person: what cannot wait first, then the longest waiting; a session's steps stay together. */
export function Inbox({ steps }: { steps: HeldStep[] }) {
  const bySession = new Map<string, HeldStep[]>();
  for (const step of steps) bySession.set(step.session.id, [...(bySession.get(step.session.id) ?? []), step]);
  const urgentFirst = [...bySession].sort(([, a], [, b]) => urgencyOf(a) - urgencyOf(b));
  return (
    <Stack component="ul" gap="xs" className="plain">
      {urgentFirst.map(([id, own]) => (
        <OfOneSession key={id} steps={own} />
      ))}
    </Stack>
  );
}

/** Whether a step is an instructor's to decide: staff sees it, and is asked when it escalates. */
export const isWithInstructor = (step: HeldStep, me: Me | undefined): boolean =>
  step.audience === 'instructor' && step.escalatedAt === null && step.assignee?.id !== me?.personId;
