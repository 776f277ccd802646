import { Anchor, Stack, Text } from '@mantine/core';
import type { Batch } from '../api/client';
import { reasonOf } from '../lib/preview';
import { toSession } from '../lib/route';
import { Note } from './note';
import { Pill, type Tone } from './pill';
import { When } from './when';

type Item = Batch['items'][number];
const ITEMS: Record<Item['state'], { says: string; tone: Tone }> = {
  waiting: { says: 'to come', tone: 'neutral' },
  done: { says: 'done', tone: 'good' },
  held: { says: 'waits for a person', tone: 'warn' },
  refused: { says: 'refused', tone: 'bad' },
  superseded: { says: 'left to a later edit', tone: 'neutral' },
};
const CHANGES: Record<string, string> = {
  reschedule: 'moved',
  cancel: 'cancelled',
  reassign: 'given to another instructor',
  search: 'offered to substitutes',
  hold: 'asked about',
  add: 'a student joins',
  drop: 'a student leaves',
  several: 'several changes',
  rebook: 'booked anew',
};

const Row = ({ item: i }: { item: Item }) => (
  <li>
    <Pill tone={ITEMS[i.state].tone}>{ITEMS[i.state].says}</Pill>{' '}
    <Anchor href={toSession(i.sessionId)}>
      <bdi>{i.title}</bdi>
    </Anchor>
    , <When at={i.startsAt} />: {CHANGES[i.change] ?? i.change}
    {reasonOf(i.why) && (
      <Text size="sm" c="dimmed">
        {reasonOf(i.why)}
      </Text>
    )}
  </li>
);

/** As many as show without being asked for. */
const MOST_AT_ONCE = 5;

const isOver = ({ state }: Item): boolean => state === 'done' || state === 'superseded';

function Items({ batch }: { batch: Batch }) {
  const [open, done] = [batch.items.filter((i) => !isOver(i)), batch.items.filter(isOver)];
  const list = (items: Item[]) => (
    <ul className="plain lines">
      {items.map((i, n) => (
        <Row key={`${i.sessionId} ${n}`} item={i} />
      ))}
    </ul>
  );
  return (
    <>
      {open.length > 0 && list(open)}
      {done.length > MOST_AT_ONCE ? (
        <details>
          <summary>{done.length} done</summary>
          {list(done)}
        </details>
      ) : (
        done.length > 0 && list(done)
      )}
    </>
  );
}

/** What a batch has done so far, and what is still to come. */
const One = ({ batch }: { batch: Batch }) => (
  <div className="card">
    <Stack gap={6}>
      {batch.state === 'running' ? (
        <Note role="status" tone="info" title={`${batch.done} of ${batch.total} done`}>
          <progress max={batch.total} value={batch.done} aria-label="How far it is" />
          <Text size="sm">It goes on by itself, and needs nobody.</Text>
        </Note>
      ) : (
        <Text size="sm" fw={600}>
          {batch.total === 0 ? 'No lesson was concerned.' : batch.total === 1 ? 'One lesson, done' : `All ${batch.total} done`}
        </Text>
      )}
      <Items batch={batch} />
    </Stack>
  </div>
);

/** The newest first. */
export const Batches = ({ batches }: { batches: Batch[] }) => (
  <Stack gap="xs">
    {[...batches].reverse().map((batch) => (
      <One key={batch.id} batch={batch} />
    ))}
  </Stack>
);
