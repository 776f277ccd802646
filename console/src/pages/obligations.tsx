import { Text } from '@mantine/core';
import type { Obligation } from '../api/client';
import { OBLIGATIONS, owedTitle, phrase } from '../lib/words';
import { Pill } from '../ui/pill';
import { Empty } from '../ui/states';
import { Rows } from '../ui/table';
import { When } from '../ui/when';

const stateOf = (state: string): string => phrase(state).toLowerCase();

/** "told-together:ID" as "told together"; what a provider said stays as it is. */
const reasonOf = (reason: string): string => (/^[a-z]+(-[a-z]+)*(:[0-9a-f-]+)?$/.test(reason) ? phrase(reason.split(':')[0]!).toLowerCase() : reason);

const who = { title: 'To', cell: (o: Obligation) => <bdi>{o.personName}</bdi> };
const what = { title: 'What', cell: owedTitle };
const rest = [
  { title: 'By', cell: (o: Obligation) => (o.fallback ? `${o.channel}, else ${o.fallback}` : o.channel) },
  { title: 'Due', cell: (o: Obligation) => <When at={o.dueAt} /> },
  {
    title: 'State',
    cell: (o: Obligation) => (
      <>
        <Pill tone={OBLIGATIONS[o.state] ?? 'neutral'}>{stateOf(o.state)}</Pill>
        {o.reason && <Text size="sm">{reasonOf(o.reason)}</Text>}
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

/** More rows than this show as one line for each thing owed, with its rows on demand. */
const MOST_AT_ONCE = 20;

function counts(owed: Obligation[]): { state: string; count: number }[] {
  const states = [...new Set(owed.map((o) => o.state))];
  return states.map((state) => ({ state, count: owed.filter((o) => o.state === state).length }));
}

export function Obligations({ owed }: { owed: Obligation[] }) {
  if (owed.length === 0) return <Empty>Nothing is owed yet.</Empty>;
  if (owed.length <= MOST_AT_ONCE) {
    return (
      <div className="card">
        <Rows label="Obligations" rows={owed} columns={[who, what, ...rest]} idOf={(o) => o.id} />
      </div>
    );
  }
  const kinds = [...new Set(owed.map(owedTitle))].map((kind) => ({ kind, rows: owed.filter((o) => owedTitle(o) === kind) }));
  return (
    <div className="card">
      {kinds.map(({ kind, rows }) => (
        <details key={kind} className="owed">
          <summary>
            {kind}: {rows.length === 1 ? '1 message' : `${rows.length} messages`}{' '}
            {counts(rows).map(({ state, count }) => (
              <Pill key={state} tone={OBLIGATIONS[state] ?? 'neutral'}>
                {count} {stateOf(state)}
              </Pill>
            ))}
          </summary>
          <Rows label={kind} rows={rows} columns={[who, ...rest]} idOf={(o) => o.id} />
        </details>
      ))}
    </div>
  );
}
