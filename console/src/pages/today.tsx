import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import type { Session } from '../api/client';
import { useOpenSteps, useSessionsOfToday } from '../api/queries';
import { toSession } from '../lib/route';
import { clock, dayName, now, ownZone, useTick, zoneName } from '../lib/time';
import { STATUSES } from '../lib/words';
import { Page, Section } from '../ui/page';
import { People } from '../ui/people';
import { Pill } from '../ui/pill';
import { Asked, Empty } from '../ui/states';
import { Inbox } from './inbox';

const SessionCard = ({ session: s }: { session: Session }) => (
  <li className="card">
    <Stack gap={6}>
      <Group gap="xs" align="baseline">
        <span className="clock">
          <time dateTime={s.startsAt}>{clock(s.startsAt)}</time>–<time dateTime={s.endsAt}>{clock(s.endsAt)}</time>
        </span>
        <Anchor href={toSession(s.id)} fw={600}>
          <bdi>{s.title}</bdi>
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
          {(open) => <Inbox steps={open} />}
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
