import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import type { HeldStep, Session } from '../api/client';
import { useOpenSteps, useSessionsOfToday } from '../api/queries';
import { toHeldStep, toSession } from '../lib/route';
import { clock, dayName, now, ownZone, useTick, zoneName } from '../lib/time';
import { STATUSES, STEP_KINDS, phrase } from '../lib/words';
import { Page, Section } from '../ui/page';
import { People } from '../ui/people';
import { Pill } from '../ui/pill';
import { Asked, Empty } from '../ui/states';
import { Deadline, When } from '../ui/when';

const StepCard = ({ step }: { step: HeldStep }) => (
  <li className="card urgent">
    <Stack gap={4}>
      <Anchor href={toHeldStep(step.id)} fw={600}>
        {STEP_KINDS[step.kind] ?? phrase(step.kind)}: {step.session.title}
      </Anchor>
      <Text size="sm">{step.reason}</Text>
      <Text size="sm" c="dimmed">
        For {step.assignee?.name ?? `a ${step.audience}`}, since <When at={step.openedAt} />
        {step.deadlineAt && (
          <>
            {' · '}decide <Deadline at={step.deadlineAt} />
            {step.defaultOption && `, else “${step.defaultOption}”`}
          </>
        )}
      </Text>
    </Stack>
  </li>
);

const SessionCard = ({ session: s }: { session: Session }) => (
  <li className="card">
    <Stack gap={6}>
      <Group gap="xs" align="baseline">
        <span className="clock">
          <time dateTime={s.startsAt}>{clock(s.startsAt)}</time>–<time dateTime={s.endsAt}>{clock(s.endsAt)}</time>
        </span>
        <Anchor href={toSession(s.id)} fw={600}>
          {s.title}
        </Anchor>
        {s.isTrial && <Pill tone="info">trial</Pill>}
        {s.openHeldSteps > 0 && <Pill tone="warn">{s.openHeldSteps === 1 ? '1 step waits' : `${s.openHeldSteps} steps wait`}</Pill>}
      </Group>
      <People participants={s.participants} />
    </Stack>
  </li>
);

function Groups({ sessions }: { sessions: Session[] }) {
  if (sessions.length === 0) return <Empty>No session starts today. New bookings show up here by themselves.</Empty>;
  const groups = Object.entries(STATUSES)
    .map(([status, words]) => ({ status, ...words, items: sessions.filter((s) => s.status === status) }))
    .filter((g) => g.items.length > 0);
  return (
    <Stack gap="md">
      {groups.map((g) => (
        <section key={g.status} aria-label={g.title}>
          <Group gap="xs" mb={6} align="baseline">
            <Title order={3} size="h5">
              {g.title}
            </Title>
            <Pill tone={g.tone}>{g.items.length}</Pill>
            <Text size="sm" c="dimmed">
              {g.means}
            </Text>
          </Group>
          <Stack component="ul" gap="xs" className="plain">
            {g.items.map((s) => (
              <SessionCard key={s.id} session={s} />
            ))}
          </Stack>
        </section>
      ))}
    </Stack>
  );
}

export function TodayPage() {
  useTick();
  const sessions = useSessionsOfToday();
  const steps = useOpenSteps();
  return (
    <Page title="Today" lead={`${dayName(now())}. Times are your own: ${ownZone()}, ${zoneName()}.`}>
      <Section title="Waiting for a person" aside={steps.data && <Pill tone={steps.data.length > 0 ? 'warn' : 'neutral'}>{steps.data.length}</Pill>}>
        <Asked query={steps} what="the inbox">
          {(open) =>
            open.length === 0 ? (
              <Empty>Nothing waits for you.</Empty>
            ) : (
              <Stack component="ul" gap="xs" className="plain">
                {open.map((step) => (
                  <StepCard key={step.id} step={step} />
                ))}
              </Stack>
            )
          }
        </Asked>
      </Section>
      <Section title="Sessions" aside={sessions.data && <Pill tone="neutral">{sessions.data.length}</Pill>}>
        <Asked query={sessions} what="today's sessions">
          {(found) => <Groups sessions={found} />}
        </Asked>
      </Section>
    </Page>
  );
}
