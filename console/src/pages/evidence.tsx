import { Text } from '@mantine/core';
import type { HeldStepDetail } from '../api/client';
import { useSession } from '../api/queries';
import { clockWithSeconds, fullMoment } from '../lib/time';
import { UNAWAITED, phrase } from '../lib/words';
import { Section } from '../ui/page';
import { People } from '../ui/people';
import { Strangers } from './strangers';

/** Who was there, and by what signs; of a lesson that is still ahead only who takes part. */
export function AttendanceEvidence({ step }: { step: HeldStepDetail }) {
  const session = useSession(step.session.id);
  const isAhead = step.evidence.length === 0 && session.data !== undefined && UNAWAITED.includes(session.data.status);
  return (
    <Section title={isAhead ? 'Who takes part' : 'Attendance and its evidence'}>
      <div className="card">
        {session.data && <People participants={session.data.participants} isAhead={isAhead} />}
        {session.data && <Strangers session={session.data} />}
        {isAhead ? null : step.evidence.length === 0 ? (
          <Text c="dimmed">No sign of anybody was seen.</Text>
        ) : (
          <details>
            <summary>
              {step.evidence.length} {step.evidence.length === 1 ? 'sign' : 'signs'} seen
            </summary>
            <ol className="plain timeline">
              {step.evidence.map((e, n) => (
                <li key={n}>
                  <time dateTime={e.at} title={fullMoment(e.at)}>
                    {clockWithSeconds(e.at)}
                  </time>
                  <span>
                    <bdi>{e.person?.name ?? 'Somebody unknown'}</bdi>: {phrase(e.kind).toLowerCase()}{' '}
                    <Text size="sm" c="dimmed" span>
                      seen by {phrase(e.source).toLowerCase()}
                    </Text>
                  </span>
                </li>
              ))}
            </ol>
          </details>
        )}
      </div>
    </Section>
  );
}
