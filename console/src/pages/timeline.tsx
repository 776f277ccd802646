import { Anchor, Text } from '@mantine/core';
import type { TimelineEntry } from '../api/client';
import { toHeldStep } from '../lib/route';
import { clockWithSeconds, fullMoment } from '../lib/time';
import { STEP_KINDS, eventTitle, phrase } from '../lib/words';
import { DecisionInWords } from '../ui/decision';
import { Empty } from '../ui/states';

type Data = Record<string, unknown>;
const HIDDEN = ['personId', 'obligationId', 'heldStepId', 'attemptId', 'id'];
const isPlain = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** What is worth saying of an entry's data: names instead of ids, and only plain values. */
function details(kind: string, data: Data, names: Map<string, string>): string {
  const who = typeof data.personId === 'string' ? names.get(data.personId) : undefined;
  const rest = Object.entries(data)
    .filter(([key, value]) => !HIDDEN.includes(key) && isPlain(value))
    .map(([key, value]) => {
      if (key === 'step' && typeof value === 'string') return ((/^held/.test(kind) && STEP_KINDS[value]) || phrase(value)).toLowerCase();
      return typeof value === 'string' ? value : `${phrase(key).toLowerCase()}: ${value === true ? 'yes' : value === false ? 'no' : value}`;
    });
  return [who, ...new Set(rest)].filter(Boolean).join(', ');
}

function Entry({ entry, names }: { entry: TimelineEntry; names: Map<string, string> }) {
  const data = (entry.data ?? {}) as Data;
  const more = details(entry.kind, data, names);
  return (
    <li>
      <time dateTime={entry.at} title={fullMoment(entry.at)}>
        {clockWithSeconds(entry.at)}
      </time>
      <div>
        <Text component="div">
          <strong>{eventTitle(entry.kind)}</strong>
          {more && ` – ${more}`}{' '}
          {!['lectern', 'participant'].includes(entry.actor.id) && (
            <Text size="sm" c="dimmed" span>
              by {entry.actor.name}
            </Text>
          )}
        </Text>
        {typeof data.heldStepId === 'string' && (
          <Anchor size="sm" href={toHeldStep(data.heldStepId)}>
            To the step
          </Anchor>
        )}
        {entry.decision && <DecisionInWords decision={entry.decision} />}
      </div>
    </li>
  );
}

export function Timeline({ entries, names }: { entries: TimelineEntry[]; names: Map<string, string> }) {
  if (entries.length === 0) return <Empty>Nothing has happened yet.</Empty>;
  return (
    <div className="card">
      <ol className="plain timeline">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} names={names} />
        ))}
      </ol>
    </div>
  );
}
