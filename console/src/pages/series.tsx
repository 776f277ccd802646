import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import type { HeldStep, Occurrence, SeriesDetail } from '../api/client';
import { useNamesOf } from '../api/people';
import { useIsStaff, useOpenSteps } from '../api/queries';
import { useSeries } from '../api/series';
import { wordOf } from '../lib/fields';
import { toHeldStep, toSeries, toSession } from '../lib/route';
import { ruleInWords } from '../lib/rule';
import { dayIn, dayOnWall, now, timeOnWall, wallIn } from '../lib/time';
import { STATUSES, STEP_KINDS } from '../lib/words';
import { Batches } from '../ui/batches';
import { Note } from '../ui/note';
import { Page, Section } from '../ui/page';
import { Pill } from '../ui/pill';
import { Asked, Empty } from '../ui/states';
import { Rows } from '../ui/table';
import { When } from '../ui/when';
import { SeriesEdit, stillToCome } from './series-edit';

function State({ o, step }: { o: Occurrence; step: HeldStep | undefined }) {
  const why = o.reason && (
    <Text size="sm" c="dimmed">
      {wordOf('why', o.reason)}
    </Text>
  );
  if (o.outcome === 'skipped' || o.status === null) {
    return (
      <>
        <Pill tone="neutral">left out</Pill> {why}
      </>
    );
  }
  const status = STATUSES[o.status];
  return (
    <>
      <Pill tone={status?.tone ?? 'neutral'}>{status?.title.toLowerCase() ?? o.status}</Pill>{' '}
      {o.isException && <Pill tone="info">changed by itself</Pill>}
      {why}
      {step && (
        <div>
          <Anchor size="sm" href={toHeldStep(step.id)}>
            {STEP_KINDS[step.kind] ?? 'A step waits'}
          </Anchor>
        </div>
      )}
    </>
  );
}

function Lesson({ o, zone }: { o: Occurrence; zone: string }) {
  const wall = o.startsAt ? wallIn(o.startsAt, zone) : o.original;
  const time = (
    <>
      {timeOnWall(wall)}
      {wall !== o.original && (
        <Text size="sm" c="dimmed" component="span" display="block">
          by the rule {timeOnWall(o.original)}
        </Text>
      )}
    </>
  );
  return o.sessionId ? <Anchor href={toSession(o.sessionId)}>{time}</Anchor> : time;
}

const Edit = ({ o, edit }: { o: Occurrence; edit: (original: string) => void }) => (
  <Button size="compact-sm" variant="default" aria-label={`Edit from ${timeOnWall(o.original)} on`} onClick={() => edit(o.original)}>
    Edit
  </Button>
);

interface ListProps {
  series: SeriesDetail;
  list: Occurrence[];
  steps: Map<string, HeldStep>;
  /** Null where nothing can be edited. */
  edit: ((original: string) => void) | null;
}
function Lessons({ series, list, steps, edit }: ListProps) {
  const editable = new Set(series.state === 'active' ? stillToCome(series).map((o) => o.original) : []);
  const columns = [
    { title: 'On the wall there', cell: (o: Occurrence) => <Lesson o={o} zone={series.anchorZone} /> },
    { title: 'Your time', cell: (o: Occurrence) => (o.startsAt ? <When at={o.startsAt} zone /> : '–') },
    { title: 'State', isWide: true, cell: (o: Occurrence) => <State o={o} step={o.sessionId ? steps.get(o.sessionId) : undefined} /> },
    ...(edit === null
      ? []
      : [{ title: 'Edit', isWide: true, cell: (o: Occurrence) => (editable.has(o.original) ? <Edit o={o} edit={edit} /> : '–') }]),
  ];
  return <Rows label="Lessons" rows={list} columns={columns} idOf={(o) => o.original} />;
}

function Head({ series: s }: { series: SeriesDetail }) {
  const names = useNamesOf([s.instructorId, ...s.studentIds]);
  return (
    <div className="card">
      <dl className="facts">
        <dt>When</dt>
        <dd>
          {ruleInWords(s.rrule)} at {s.clock}, {s.lengthMinutes} minutes, on the wall in {s.anchorZone.replace(/_/g, ' ')}
        </dd>
        <dt>From</dt>
        <dd>
          {timeOnWall(s.from ?? s.firstLesson)}
          {s.before && `, until before ${timeOnWall(s.before)}`}
        </dd>
        <dt>Instructor</dt>
        <dd>
          <bdi>{names.get(s.instructorId) ?? '…'}</bdi>
        </dd>
        <dt>Students</dt>
        <dd>
          <bdi>{s.studentIds.map((id) => names.get(id) ?? '…').join(', ')}</bdi>
          {s.capacity !== null && ` (${s.studentIds.length} of ${s.capacity} places)`}
        </dd>
        {s.exdates.length > 0 && (
          <>
            <dt>Left out</dt>
            <dd>{s.exdates.map(timeOnWall).join('; ')}</dd>
          </>
        )}
        {s.filledUntil && s.state === 'active' && !s.before && (
          <>
            <dt>Booked ahead</dt>
            <dd>until {dayOnWall(dayIn(new Date(s.filledUntil), s.anchorZone))}</dd>
          </>
        )}
        {s.continues && (
          <>
            <dt>Goes on from</dt>
            <dd>
              <Anchor href={toSeries(s.continues)}>the series before it</Anchor>
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

const isOver = (o: Occurrence): boolean => o.endsAt !== null && +new Date(o.endsAt) < +now();

function Series({ series }: { series: SeriesDetail }) {
  const isStaff = useIsStaff();
  const [original, setOriginal] = useState('');
  const form = useRef<HTMLDivElement>(null);
  const steps = new Map((useOpenSteps().data ?? []).map((s) => [s.session.id, s]));
  const edit = (chosen: string): void => {
    setOriginal(chosen);
    form.current?.querySelector('select')?.focus();
    form.current?.scrollIntoView();
  };
  const over = series.occurrences.filter(isOver);
  const ahead = series.occurrences.filter((o) => !isOver(o));
  const held = ahead.filter((o) => o.sessionId && steps.has(o.sessionId)).length;
  return (
    <Stack gap="lg">
      {series.state === 'ended' && <Note role="status" tone="neutral" title="This series has ended" />}
      {series.filling && <Note role="status" tone="info" title="Its lessons are being booked" />}
      <Head series={series} />
      <Section title="Lessons" aside={<Pill tone="neutral">{ahead.length}</Pill>}>
        {held > 0 && <Text size="sm">{held === 1 ? 'One lesson waits' : `${held} lessons wait`} for a person.</Text>}
        {ahead.length === 0 ? (
          <Empty>No lesson is to come.</Empty>
        ) : (
          <div className="card">
            <Lessons series={series} list={ahead} steps={steps} edit={isStaff ? edit : null} />
          </div>
        )}
        {over.length > 0 && (
          <details>
            <summary>{over.length === 1 ? 'One that is over' : `${over.length} that are over`}</summary>
            <div className="card">
              <Lessons series={series} list={over} steps={steps} edit={null} />
            </div>
          </details>
        )}
      </Section>
      {isStaff && series.state === 'active' && (
        <Section title="Edit or end it">
          <div className="card" ref={form}>
            <SeriesEdit series={series} original={original} onOriginal={setOriginal} />
          </div>
        </Section>
      )}
      {series.batches.length > 0 && (
        <Section title="What edits have done">
          <Batches batches={series.batches} />
        </Section>
      )}
    </Stack>
  );
}

export function SeriesPage({ id }: { id: string }) {
  const query = useSeries(id);
  return (
    <Page title={query.data?.title ?? 'Series'}>
      <Asked query={query} what="the series">
        {(series) => <Series series={series} />}
      </Asked>
    </Page>
  );
}
