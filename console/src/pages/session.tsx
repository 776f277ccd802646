import { Anchor, Group, Text } from '@mantine/core';
import type { Obligation, Participant, SessionDetail } from '../api/client';
import { useIsStaff, useObligations, useSession, useTimeline } from '../api/queries';
import { toSeries } from '../lib/route';
import { clock, dayName, ownZone, timeOnWall, useTick, zoneName } from '../lib/time';
import { STATUSES, UNAWAITED } from '../lib/words';
import { Names, namesOf } from '../ui/names';
import { Page, Section } from '../ui/page';
import { People, Verdict } from '../ui/people';
import { Pill } from '../ui/pill';
import { Asked } from '../ui/states';
import { Rows } from '../ui/table';
import { When } from '../ui/when';
import { ChangeForm } from './change';
import { StepsOfSession } from './inbox';
import { Obligations } from './obligations';
import { Timeline } from './timeline';
import { SomethingWrong } from './wrong';
import { Waitlist } from './waitlist';

const WAYS_IN: Record<string, string> = { none: 'none yet', issued: 'sent', opened: 'opened', proven: 'used' };
/** Before a lesson nobody has to be there: that somebody is not there yet says nothing. */
const columns = (isAhead: boolean) => [
  { title: 'Name', cell: (p: Participant) => <bdi>{p.name}</bdi> },
  { title: 'Role', cell: (p: Participant) => p.role },
  { title: 'Attendance', cell: (p: Participant) => (isAhead && p.verdict === 'waiting' ? '–' : <Verdict verdict={p.verdict} />) },
  { title: 'Arrived', cell: (p: Participant) => (p.arrivedAt ? <When at={p.arrivedAt} /> : '–') },
  { title: 'Way in', cell: (p: Participant) => WAYS_IN[p.credential] ?? p.credential },
  { title: 'Own zone', cell: (p: Participant) => p.zone },
];

const PeopleRows = ({ participants, isAhead = false }: { participants: Participant[]; isAhead?: boolean }) => (
  <Rows label="Participants" rows={participants} columns={columns(isAhead)} idOf={(p) => p.personId} />
);

const Waiting = ({ s }: { s: SessionDetail }) => (
  <section className="card urgent" aria-label="Steps that wait for a person">
    <StepsOfSession steps={s.heldSteps} />
  </section>
);

/** "3 of 6 places taken; takes place from 4, asked 2 Dec 16:00." */
function placesOf({ participants, capacity, minStudents, viabilityAt }: SessionDetail): string {
  const students = participants.filter((p) => p.role === 'student').length;
  const taken = capacity === null ? `${students} students` : `${students} of ${capacity} places taken`;
  if (minStudents === null) return `${taken}.`;
  return `${taken}; takes place from ${minStudents}${viabilityAt ? `, which is asked on ${dayName(viabilityAt)} at ${clock(viabilityAt)}` : ''}.`;
}

function Head({ s }: { s: SessionDetail }) {
  const status = STATUSES[s.status];
  return (
    <>
      <Group gap="xs">
        <Pill tone={status?.tone ?? 'neutral'}>{status?.title ?? s.status}</Pill>
        {s.isTrial && <Pill tone="info">trial</Pill>}
        <Text size="sm" c="dimmed">
          {[s.subject, s.programme, s.branch, `agreed as ${timeOnWall(s.agreedWallTime)} ${s.anchorZone}`].filter(Boolean).join(' · ')}
        </Text>
      </Group>
      {s.cancelReason && (
        <Text dir="auto">
          Cancelled: <bdi>{s.cancelReason}</bdi>
        </Text>
      )}
      {s.series && (
        <Text size="sm">
          A lesson of <Anchor href={toSeries(s.series.id)}>a series</Anchor>
          {s.series.state === 'ended' && ' that has ended'}; by its rule on {timeOnWall(s.series.original)} ({s.anchorZone}).
        </Text>
      )}
      {(s.capacity !== null || s.minStudents !== null) && <Text size="sm">{placesOf(s)}</Text>}
      {(s.room || s.recording) && (
        <Text size="sm">
          {s.room && `Room ${s.room.state} (${s.room.provider}). `}
          {s.recording && `Recording ${s.recording.state}.`}
        </Text>
      )}
    </>
  );
}

/** Everybody who takes part or is written to. */
const everybody = (s: SessionDetail, owed: Obligation[] = []): Map<string, string> =>
  namesOf([...owed.map((o) => ({ personId: o.personId, name: o.personName })), ...s.participants]);

export function SessionPage({ id }: { id: string }) {
  useTick();
  const session = useSession(id);
  const timeline = useTimeline(id);
  const owed = useObligations(id);
  const isStaff = useIsStaff();
  const s = session.data;
  const lead = s && `${dayName(s.startsAt)}, ${clock(s.startsAt)}–${clock(s.endsAt)} your time (${ownZone()}, ${zoneName(s.startsAt)})`;
  return (
    <Page title={s?.title ?? 'Session'} lead={lead}>
      <Asked query={session} what="the session">
        {(found) => (
          <Names of={everybody(found, owed.data)}>
            <Head s={found} />
            {found.heldSteps.length > 0 && <Waiting s={found} />}
            <Section title="Participants">
              <div className="card">
                <People participants={found.participants} isAhead={UNAWAITED.includes(found.status)} as={PeopleRows} />
              </div>
            </Section>
            {found.capacity !== null && <Waitlist sessionId={id} />}
            {isStaff && (
              <details className="card">
                <summary>Change this lesson</summary>
                <ChangeForm session={found} />
              </details>
            )}
            {isStaff && <SomethingWrong session={found} />}
            <Section title="Timeline">
              <Asked query={timeline} what="the timeline">
                {(entries) => <Timeline entries={entries} sessionId={id} />}
              </Asked>
            </Section>
            <Section title="What everybody is owed" aside={owed.data && <Pill tone="neutral">{owed.data.length}</Pill>}>
              <Asked query={owed} what="what is owed">
                {(list) => <Obligations owed={list} />}
              </Asked>
            </Section>
          </Names>
        )}
      </Asked>
    </Page>
  );
}
