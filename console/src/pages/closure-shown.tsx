import { Anchor, Stack, Text } from '@mantine/core';
import type { ClosurePreview } from '../api/client';
import { useNamesOf } from '../api/people';
import { chargeLines, conflictLines, countsOf, fateOfClosed, reasonOf, toldLines } from '../lib/preview';
import { toSession } from '../lib/route';
import { Lot } from '../ui/lot';
import { Pill, type Tone } from '../ui/pill';
import { Span } from '../ui/span';
import { When } from '../ui/when';

type Verdict = ClosurePreview['sessions'][number]['verdict'];
type Names = ReadonlyMap<string, string>;

const TONES: Record<Verdict, Tone> = { move: 'info', reassign: 'info', search: 'info', cancel: 'bad', hold: 'warn', keep: 'neutral' };
const WORDS: Record<Verdict, string> = {
  move: 'moved',
  reassign: 'with another instructor',
  search: 'offered to substitutes',
  cancel: 'cancelled',
  hold: 'asked about',
  keep: 'as they are',
};

/** Everybody whom what is looked at names. */
export function useNamesIn(seen: { preview: ClosurePreview; before: ClosurePreview | null } | null): Names {
  const previews = seen ? [seen.preview, seen.before] : [];
  return useNamesOf(
    previews.flatMap((p) =>
      p === null
        ? []
        : [
            ...p.told.map((t) => t.personId),
            ...p.sessions.flatMap((s) => [s.newInstructorId, ...s.conflicts.map((c) => c.personId), ...s.charges.map((c) => c.studentId)]),
          ],
    ),
  );
}

/** What becomes of every lesson in a closed time, what it costs, and who is told. */
export function ClosureShown({ preview, names }: { preview: ClosurePreview; names: Names }) {
  const { sessions, told } = preview;
  return (
    <Stack gap="sm">
      <Text size="sm">
        <Span of={preview} />
      </Text>
      <Text fw={600}>{sessions.length === 0 ? 'No lesson is in that time.' : `Lessons: ${countsOf(sessions, WORDS)}`}</Text>
      <ul className="plain lines">
        {sessions.map((s) => (
          <li key={s.sessionId}>
            <Text size="sm" component="div">
              <Anchor href={toSession(s.sessionId)}>
                <bdi>{s.title}</bdi>
              </Anchor>
              , <When at={s.startsAt} zone /> <Pill tone={TONES[s.verdict]}>{fateOfClosed(s, names)}</Pill>
            </Text>
            <Text size="sm" c="dimmed">
              {reasonOf(s.why)}
            </Text>
            <Lot title="In the way" lines={conflictLines(s.conflicts, names)} />
            <Lot
              title="What it costs"
              lines={chargeLines(
                s.charges.filter((c) => c.amountMinor > 0),
                names,
              )}
            />
          </li>
        ))}
      </ul>
      <Lot title="Who is told once of all of it" lines={toldLines(told, names)} none="Nobody is told." />
    </Stack>
  );
}
