import { Anchor, Group, Stack, Text } from '@mantine/core';
import type { Obligation, Participant, SessionDetail } from '../api/client';
import { useObligations, useSession, useTimeline } from '../api/queries';
import { toHeldStep } from '../lib/route';
import { clock, dayName, ownZone, useTick, zoneName } from '../lib/time';
import { OBLIGATIONS, STATUSES, STEP_KINDS, phrase } from '../lib/words';
import { Page, Section } from '../ui/page';
import { Verdict } from '../ui/people';
import { Pill } from '../ui/pill';
import { Asked, Empty } from '../ui/states';
import { Rows } from '../ui/table';
import { Deadline, When } from '../ui/when';
import { Timeline } from './timeline';

const WAYS_IN: Record<string, string> = { none: 'none yet', issued: 'sent', opened: 'opened', proven: 'used' };
const people = [
  { title: 'Name', cell: (p: Participant) => p.name },
  { title: 'Role', cell: (p: Participant) => p.role },
  { title: 'Attendance', cell: (p: Participant) => <Verdict verdict={p.verdict} /> },
  { title: 'Arrived', cell: (p: Participant) => (p.arrivedAt ? <When at={p.arrivedAt} /> : '–') },
  { title: 'Way in', cell: (p: Participant) => WAYS_IN[p.credential] ?? p.credential },
  { title: 'Own zone', cell: (p: Participant) => p.zone },
];

const obligations = [
  { title: 'To', cell: (o: Obligation) => o.personName },
  { title: 'What', cell: (o: Obligation) => (o.kind === o.step ? phrase(o.kind) : `${phrase(o.kind)}, ${phrase(o.step).toLowerCase()}`) },
  { title: 'By', cell: (o: Obligation) => (o.fallback ? `${o.channel}, else ${o.fallback}` : o.channel) },
  { title: 'Due', cell: (o: Obligation) => <When at={o.dueAt} /> },
  {
    title: 'State',
    cell: (o: Obligation) => (
      <>
        <Pill tone={OBLIGATIONS[o.state] ?? 'neutral'}>{phrase(o.state).toLowerCase()}</Pill>
        {o.reason && <Text size="sm">{o.reason}</Text>}
      </>
    ),
  },
  {
    title: 'How we know',
    cell: (o: Obligation) => (
      <>
        {o.evidence ?? '–'}
        {o.endedAt && (
          <>
            {', '}
            <When at={o.endedAt} />
          </>
        )}
        {o.attempts
          .filter((a) => a.error)
          .map((a) => (
            <Text key={a.id} size="sm">
              Attempt {a.n} by {a.channel}: {a.error}
            </Text>
          ))}
      </>
    ),
  },
];

const Waiting = ({ steps }: { steps: SessionDetail['heldSteps'] }) => (
  <Stack component="ul" gap="xs" className="plain" aria-label="Steps that wait for a person">
    {steps.map((step) => (
      <li key={step.id} className="card urgent">
        <Anchor href={toHeldStep(step.id)} fw={600}>
          {STEP_KINDS[step.kind] ?? phrase(step.kind)}
        </Anchor>
        <Text size="sm">
          {step.reason} {step.deadlineAt && <Deadline at={step.deadlineAt} />}
        </Text>
      </li>
    ))}
  </Stack>
);

function Head({ s }: { s: SessionDetail }) {
  const status = STATUSES[s.status];
  return (
    <>
      <Group gap="xs">
        <Pill tone={status?.tone ?? 'neutral'}>{status?.title ?? s.status}</Pill>
        {s.isTrial && <Pill tone="info">trial</Pill>}
        <Text size="sm" c="dimmed">
          {[s.subject, s.programme, s.branch].filter(Boolean).join(' · ')} · agreed as {s.agreedWallTime.replace('T', ' ')} {s.anchorZone}
        </Text>
      </Group>
      {s.cancelReason && <Text>Cancelled: {s.cancelReason}</Text>}
      {(s.room || s.recording) && (
        <Text size="sm">
          {s.room && `Room ${s.room.state} (${s.room.provider}). `}
          {s.recording && `Recording ${s.recording.state}.`}
        </Text>
      )}
    </>
  );
}

/** Of everybody who takes part or is written to. */
const namesOf = (s: SessionDetail, owed: Obligation[] = []): Map<string, string> =>
  new Map([...owed.map((o) => [o.personId, o.personName] as const), ...s.participants.map((p) => [p.personId, p.name] as const)]);

export function SessionPage({ id }: { id: string }) {
  useTick();
  const session = useSession(id);
  const timeline = useTimeline(id);
  const owed = useObligations(id);
  const s = session.data;
  const lead = s && `${dayName(s.startsAt)}, ${clock(s.startsAt)}–${clock(s.endsAt)} your time (${ownZone()}, ${zoneName(s.startsAt)})`;
  return (
    <Page title={s?.title ?? 'Session'} lead={lead}>
      <Asked query={session} what="the session">
        {(found) => (
          <>
            <Head s={found} />
            {found.heldSteps.length > 0 && <Waiting steps={found.heldSteps} />}
            <Section title="Participants">
              <div className="card">
                <Rows label="Participants" rows={found.participants} columns={people} idOf={(p) => p.personId} />
              </div>
            </Section>
            <Section title="Timeline">
              <Asked query={timeline} what="the timeline">
                {(entries) => <Timeline entries={entries} names={namesOf(found, owed.data)} />}
              </Asked>
            </Section>
            <Section title="What everybody is owed" aside={owed.data && <Pill tone="neutral">{owed.data.length}</Pill>}>
              <Asked query={owed} what="what is owed">
                {(list) =>
                  list.length === 0 ? (
                    <Empty>Nothing is owed yet.</Empty>
                  ) : (
                    <div className="card">
                      <Rows label="Obligations" rows={list} columns={obligations} idOf={(o) => o.id} />
                    </div>
                  )
                }
              </Asked>
            </Section>
          </>
        )}
      </Asked>
    </Page>
  );
}
