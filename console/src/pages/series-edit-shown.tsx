import { Stack, Text } from '@mantine/core';
import type { EditedOccurrence, SeriesEditPreview } from '../api/client';
import { fold } from '../lib/fold';
import { chargeLines, conflictLines, countsOf, fateOf, fateOfMany, messageLines, reasonOf, toldLines } from '../lib/preview';
import { timeOnWall } from '../lib/time';
import { Lot } from '../ui/lot';
import { Pill, type Tone } from '../ui/pill';

type Names = ReadonlyMap<string, string>;

const TONES: Record<EditedOccurrence['verdict'], Tone> = { change: 'info', cancel: 'bad', hold: 'warn', keep: 'neutral', book: 'good' };
const WORDS: Record<EditedOccurrence['verdict'], string> = {
  change: 'changed',
  cancel: 'cancelled',
  hold: 'asked about',
  keep: 'as they are',
  book: 'new',
};

function One({ o, names }: { o: EditedOccurrence; names: Names }) {
  const costs = o.charges.filter((c) => c.held || c.amountMinor > 0);
  return (
    <li>
      <Text size="sm" component="div">
        <strong>{timeOnWall(o.original)}</strong> <Pill tone={TONES[o.verdict]}>{fateOf(o)}</Pill>
      </Text>
      {reasonOf(o.why) && (
        <Text size="sm" c="dimmed">
          {reasonOf(o.why)}
        </Text>
      )}
      <Lot title="In the way" lines={conflictLines(o.conflicts, names)} />
      {o.alternatives.length > 0 && <Text size="sm">Other times: {o.alternatives.map((a) => timeOnWall(a.wallTime)).join('; ')}</Text>}
      <Lot title="What it costs" lines={chargeLines(costs, names)} />
      {o.messages.length > 0 && (
        <details>
          <summary>{o.messages.length === 1 ? 'One message' : `${o.messages.length} messages`} of this lesson</summary>
          <Lot title="Who is written to" lines={messageLines(o.messages, names)} />
        </details>
      )}
    </li>
  );
}

/** What is the same of each lesson but its time, so that a year of lessons is not a year of lines. */
const signatureOf = (o: EditedOccurrence): string =>
  o.conflicts.length > 0 || o.verdict === 'hold'
    ? o.original
    : JSON.stringify([o.verdict, o.changes, o.why, o.obstacle, o.charges.map((c) => [c.studentId, c.amountMinor, c.held])]);

function Alike({ list, names }: { list: EditedOccurrence[]; names: Names }) {
  const [first] = list;
  return (
    <li>
      <details>
        <summary>
          {list.length} lessons, {timeOnWall(first!.original)} to {timeOnWall(list.at(-1)!.original)}: each {fateOfMany(first!)}
        </summary>
        <ul className="plain lines">
          {list.map((o) => (
            <One key={o.original} o={o} names={names} />
          ))}
        </ul>
      </details>
    </li>
  );
}

/** What an edit would do with every lesson: where it goes, what is in the way, what it costs, who is told. */
export function EditShown({ preview, names }: { preview: SeriesEditPreview; names: Names }) {
  const { occurrences, told } = preview;
  return (
    <Stack gap="sm">
      <Text fw={600}>{occurrences.length === 0 ? 'No lesson is concerned.' : `Lessons: ${countsOf(occurrences, WORDS)}`}</Text>
      <ul className="plain lines">
        {fold(occurrences, signatureOf).map(({ items }) =>
          items.length === 1 ? (
            <One key={items[0]!.original} o={items[0]!} names={names} />
          ) : (
            <Alike key={items[0]!.original} list={items} names={names} />
          ),
        )}
      </ul>
      <Lot title="Who is told once of all of it" lines={toldLines(told, names)} none="Nobody is told." />
    </Stack>
  );
}
