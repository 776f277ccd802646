import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import type { HeldStep, Session } from '../api/client';
import { useMe, useOpenSteps, useSessionsOfToday } from '../api/queries';
import { toSession } from '../lib/route';
import { clock, dayName, now, ownZone, useTick, zoneName } from '../lib/time';
import { STATUSES, UNAWAITED } from '../lib/words';
import { Page, Section } from '../ui/page';
import { People } from '../ui/people';
import { Pill } from '../ui/pill';
import { Asked, Empty } from '../ui/states';
import { Inbox, isWithInstructor } from './inbox';
import { DecideSeveral } from './several';

const THEIRS = 'With the instructors';

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
      <People participants={s.participants} isAhead={UNAWAITED.includes(s.status)} />
    </Stack>
  </li>
);

const Cards = ({ sessions }: { sessions: Session[] }) => (
  <Stack component="ul" gap="xs" className="plain">
    {sessions.map((s) => (
      <SessionCard key={s.id} session={s} />
    ))}
  </Stack>
);

/** A rest that is shorter than this is not worth hiding. */
const FEWEST_HIDDEN = 4;

function FirstOf({ sessions, first = sessions.length }: { sessions: Session[]; first: number | undefined }) {
  const rest = sessions.slice(first);
  if (rest.length < FEWEST_HIDDEN) return <Cards sessions={sessions} />;
  return (
    <>
      {first > 0 && <Cards sessions={sessions.slice(0, first)} />}
      <details>
        <summary>{first > 0 ? `${rest.length} more, from ${clock(rest[0]!.startsAt)} on` : `All ${rest.length}`}</summary>
        <Cards sessions={rest} />
      </details>
    </>
  );
}

/** Sessions by status, in the order of the statuses, those without any left out. */
const groupsOf = (sessions: Session[]) =>
  Object.entries(STATUSES)
    .map(([status, words]) => ({ status, ...words, items: sessions.filter((s) => s.status === status) }))
    .filter((g) => g.items.length > 0);

/** A day at a glance, and a short way to each part of it: on a phone a full day is long. */
function Glance({ sessions, theirs }: { sessions: Session[]; theirs: HeldStep[] }) {
  const parts = groupsOf(sessions).map(({ status, title, items }) => ({ id: status, title, count: items.length }));
  if (theirs.length > 0) parts.push({ id: 'theirs', title: THEIRS, count: theirs.length });
  if (parts.length < 2) return null;
  return (
    <nav className="jump" aria-label="Parts of this page">
      {parts.map(({ id, title, count }) => (
        <Anchor key={id} href={`#${id}`} size="sm">
          {title} {count}
        </Anchor>
      ))}
    </nav>
  );
}

function Groups({ sessions }: { sessions: Session[] }) {
  if (sessions.length === 0) return <Empty>No session starts today. New bookings show up here by themselves.</Empty>;
  return (
    <Stack gap="md">
      {groupsOf(sessions).map((g) => (
        <section key={g.status} id={g.status} aria-label={g.title}>
          <Group gap="xs" mb={6} align="baseline">
            <Title order={3} size="h5">
              {g.title}
            </Title>
            <Pill tone={g.tone}>{g.items.length}</Pill>
            <Text size="sm" c="dimmed">
              {g.means}
            </Text>
          </Group>
          <FirstOf sessions={g.items} first={g.first} />
        </section>
      ))}
    </Stack>
  );
}

const Count = ({ of: { length } }: { of: unknown[] }) => <Pill tone={length > 0 ? 'warn' : 'neutral'}>{length}</Pill>;

export function TodayPage() {
  useTick();
  const me = useMe().data;
  const sessions = useSessionsOfToday();
  const steps = useOpenSteps();
  const theirs = (steps.data ?? []).filter((step) => isWithInstructor(step, me));
  const mine = steps.data?.filter((step) => !theirs.includes(step));
  return (
    <Page title="Today" lead={`${dayName(now())}. Times are your own: ${[...new Set([ownZone(), zoneName()])].join(', ')}.`}>
      <Glance sessions={sessions.data ?? []} theirs={theirs} />
      <Section title="Waiting for you" aside={mine && <Count of={mine} />}>
        <Asked query={steps} what="the inbox">
          {() => (
            <>
              {mine!.length === 0 ? <Empty>Nothing waits for you.</Empty> : <Inbox steps={mine!} />}
              <DecideSeveral steps={mine!} />
            </>
          )}
        </Asked>
      </Section>
      <Section title="Sessions" aside={sessions.data && <Pill tone="neutral">{sessions.data.length}</Pill>}>
        <Asked query={sessions} what="today's sessions">
          {(found) => <Groups sessions={found} />}
        </Asked>
      </Section>
      {theirs.length > 0 && (
        <Section title={THEIRS} id="theirs" aside={<Count of={theirs} />}>
          <Text size="sm" c="dimmed">
            They come to you when nobody has answered in time; you may decide them now.
          </Text>
          <Inbox steps={theirs} />
        </Section>
      )}
    </Page>
  );
}
