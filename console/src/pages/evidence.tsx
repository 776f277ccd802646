import { Text } from '@mantine/core';
import type { HeldStepDetail } from '../api/client';
import { useSession } from '../api/queries';
import { clockWithSeconds, fullMoment } from '../lib/time';
import { phrase } from '../lib/words';
import { Section } from '../ui/page';
import { People } from '../ui/people';

/** Who was there, and by what signs. */
export function AttendanceEvidence({ step }: { step: HeldStepDetail }) {
  const session = useSession(step.session.id);
  return (
    <Section title="Attendance and its evidence">
      <div className="card">
        {session.data && <People participants={session.data.participants} />}
        {step.evidence.length === 0 ? (
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
                    {e.person?.name ?? 'Somebody unknown'}: {phrase(e.kind).toLowerCase()}{' '}
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

const isBranch = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object';

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <>–</>;
  if (value === true || value === false) return <>{value ? 'yes' : 'no'}</>;
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return <time dateTime={value}>{fullMoment(value)}</time>;
  if (Array.isArray(value) && value.every((v) => !isBranch(v))) return <>{value.length === 0 ? '–' : value.join(', ')}</>;
  if (isBranch(value)) return <ShownFacts shown={value} />;
  return <>{String(value as string | number)}</>;
}

/** What a step is about, whatever its kind. */
export function ShownFacts({ shown }: { shown: unknown }) {
  if (!isBranch(shown)) return <Value value={shown} />;
  return (
    <dl className="facts">
      {Object.entries(shown).map(([key, value]) => (
        <div key={key} style={{ display: 'contents' }}>
          <dt>{phrase(key)}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
