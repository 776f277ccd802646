import { Anchor, Text } from '@mantine/core';
import type { Series } from '../api/client';
import { useNamesOf } from '../api/people';
import { useAllSeries } from '../api/series';
import { toSeries } from '../lib/route';
import { ruleInWords } from '../lib/rule';
import { timeOnWall } from '../lib/time';
import { Page, Section } from '../ui/page';
import { PagesOf } from '../ui/pages-of';
import { Pill } from '../ui/pill';
import { Rows } from '../ui/table';

/** As many as are named in a line. */
const MOST_NAMED = 3;

function Students({ ids, names }: { ids: string[]; names: ReadonlyMap<string, string> }) {
  const named = ids.slice(0, MOST_NAMED).map((id) => names.get(id) ?? '…');
  return (
    <bdi>
      {named.join(', ')}
      {ids.length > MOST_NAMED && ` and ${ids.length - MOST_NAMED} more`}
    </bdi>
  );
}

/** "every week at 16:00, 60 minutes": by the clock on the wall of the zone that it keeps. */
export const When = ({ s }: { s: Series }) => (
  <>
    {ruleInWords(s.rrule)} at {s.clock}, {s.lengthMinutes} minutes
    <Text size="sm" c="dimmed">
      {s.anchorZone.replace(/_/g, ' ')}
    </Text>
  </>
);

const columnsOf = (names: ReadonlyMap<string, string>) => [
  {
    title: 'Series',
    cell: (s: Series) => (
      <>
        <Anchor href={toSeries(s.id)} fw={600}>
          <bdi>{s.title}</bdi>
        </Anchor>{' '}
        {s.filling && <Pill tone="info">lessons are being booked</Pill>}
      </>
    ),
  },
  { title: 'When', isWide: true, cell: (s: Series) => <When s={s} /> },
  { title: 'From', cell: (s: Series) => timeOnWall(s.from ?? s.firstLesson) },
  { title: 'Instructor', cell: (s: Series) => <bdi>{names.get(s.instructorId) ?? '…'}</bdi> },
  { title: 'Students', cell: (s: Series) => <Students ids={s.studentIds} names={names} /> },
];

function Table({ label, list }: { label: string; list: Series[] }) {
  const names = useNamesOf(list.flatMap((s) => [s.instructorId, ...s.studentIds.slice(0, MOST_NAMED)]));
  return (
    <div className="card">
      <Rows label={label} rows={list} columns={columnsOf(names)} idOf={(s) => s.id} />
    </div>
  );
}

export function AllSeriesPage() {
  return (
    <Page title="Series" lead="Lessons that recur. Times are on the wall of the zone that each series keeps.">
      <Section title="Going on">
        <PagesOf
          query={useAllSeries('active')}
          what="the series"
          empty="There is no series yet. One is booked by the API, or brought in by an import."
        >
          {(list) => <Table label="Series that go on" list={list} />}
        </PagesOf>
      </Section>
      <Section title="Ended">
        <PagesOf query={useAllSeries('ended')} what="series that have ended" empty="None has ended.">
          {(list) => <Table label="Series that have ended" list={list} />}
        </PagesOf>
      </Section>
    </Page>
  );
}
