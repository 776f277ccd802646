import { Checkbox, NativeSelect, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Occurrence, SeriesDetail, SeriesEdited, SeriesEditPreview } from '../api/client';
import { useNamesOf, usePeople } from '../api/people';
import { useSeriesEdit } from '../api/series';
import { seriesLines } from '../lib/preview';
import { toHeldStep, toSeries } from '../lib/route';
import { SCOPES, editOf, type SeriesFields, type WhatToDo } from '../lib/series-edit';
import { now, timeOnWall, wallIn } from '../lib/time';
import { PersonSelect } from '../ui/person-select';
import { Planned } from '../ui/planned';
import { Minutes } from './change';
import { EditShown } from './series-edit-shown';

const WHAT: Record<WhatToDo, string> = {
  change: 'Change lessons: time, length, people, name',
  pause: 'Leave some lessons out',
  end: 'Let it end on a day',
  cancel: 'Cancel lessons',
};
const SCOPE_WORDS: Record<SeriesFields['scope'], string> = {
  this: 'This lesson alone',
  following: 'This lesson and all that follow',
  all: 'All that are still to come',
};

interface FieldProps {
  series: SeriesDetail;
  fields: SeriesFields;
  set: (some: Partial<SeriesFields>) => void;
}

/** Lessons that an edit can be about: those that are still to come. */
export const stillToCome = ({ occurrences }: SeriesDetail): Occurrence[] =>
  occurrences.filter((o) => o.startsAt !== null && +new Date(o.startsAt) > +now() && o.status !== 'cancelled');

const wallOf = (series: SeriesDetail, original: string): string => {
  const startsAt = series.occurrences.find((o) => o.original === original)?.startsAt;
  return startsAt ? wallIn(startsAt, series.anchorZone) : '';
};

function Which({ series, fields, set }: FieldProps) {
  const scopes = SCOPES[fields.what];
  const choices = stillToCome(series).map((o) => {
    const wall = wallIn(o.startsAt!, series.anchorZone);
    return { value: o.original, label: wall === o.original ? timeOnWall(wall) : `${timeOnWall(o.original)}, now ${timeOnWall(wall)}` };
  });
  return (
    <>
      <NativeSelect
        size="sm"
        label="What to do"
        value={fields.what}
        onChange={(e) => {
          const what = e.currentTarget.value as WhatToDo;
          set({ what, scope: SCOPES[what].includes(fields.scope) ? fields.scope : SCOPES[what][0]! });
        }}
        data={Object.entries(WHAT).map(([value, label]) => ({ value, label }))}
      />
      <NativeSelect
        size="sm"
        label="Which lessons"
        value={fields.scope}
        onChange={(e) => set({ scope: e.currentTarget.value as SeriesFields['scope'] })}
        data={scopes.map((value) => ({ value, label: SCOPE_WORDS[value] }))}
      />
      <NativeSelect
        size="sm"
        label={fields.scope === 'all' ? 'A lesson to move, the others alike (optional)' : 'This lesson'}
        value={fields.original}
        onChange={(e) => set({ original: e.currentTarget.value, wallTime: wallOf(series, e.currentTarget.value) })}
        data={[{ value: '', label: fields.scope === 'all' ? 'None' : 'Choose' }, ...choices]}
      />
    </>
  );
}

function What({ series, fields, set }: FieldProps) {
  const instructors = usePeople('instructor', fields.what === 'change').data ?? [];
  const students = usePeople('student', fields.what === 'change').data ?? [];
  const names = useNamesOf(series.studentIds);
  const choice = (p: { id: string; name: string }) => ({ value: p.id, label: p.name });
  return (
    <>
      {fields.original !== '' && (
        <TextInput
          size="sm"
          type="datetime-local"
          label={`Where it goes, on the wall in ${series.anchorZone.replace(/_/g, ' ')}`}
          value={fields.wallTime}
          onChange={(e) => set({ wallTime: e.currentTarget.value })}
        />
      )}
      <Minutes value={fields.lengthMinutes} onChange={(lengthMinutes) => set({ lengthMinutes })} />
      <PersonSelect
        label="Another instructor (optional)"
        choices={instructors.filter((p) => p.id !== series.instructorId).map(choice)}
        value={fields.instructorId}
        onChange={(instructorId) => set({ instructorId })}
      />
      <PersonSelect
        label="A student who joins (optional)"
        choices={students.filter((p) => !series.studentIds.includes(p.id)).map(choice)}
        value={fields.addStudentId}
        onChange={(addStudentId) => set({ addStudentId })}
      />
      {series.studentIds.length > 1 && (
        <PersonSelect
          label="A student who leaves (optional)"
          choices={series.studentIds.map((id) => ({ value: id, label: names.get(id) ?? '…' }))}
          value={fields.dropStudentId}
          onChange={(dropStudentId) => set({ dropStudentId })}
        />
      )}
      <TextInput
        size="sm"
        label="What it is called"
        dir="auto"
        maxLength={200}
        value={fields.title}
        onChange={(e) => set({ title: e.currentTarget.value })}
      />
    </>
  );
}

function LeftOut({ series, fields, set }: FieldProps) {
  const list = stillToCome(series).filter((o) => fields.scope === 'all' || fields.original === '' || o.original >= fields.original);
  const { exdates } = fields;
  return (
    <fieldset>
      <legend>Lessons to leave out</legend>
      <Stack gap="xs">
        {list.map(({ original }) => (
          <Checkbox
            key={original}
            label={timeOnWall(original)}
            checked={exdates.includes(original)}
            onChange={() => set({ exdates: exdates.includes(original) ? exdates.filter((d) => d !== original) : [...exdates, original].sort() })}
          />
        ))}
      </Stack>
    </fieldset>
  );
}

function Fields(props: FieldProps) {
  const { series, fields, set } = props;
  return (
    <Stack gap="xs" className="fields">
      <Which {...props} />
      {fields.what === 'change' && <What {...props} />}
      {fields.what === 'pause' && <LeftOut {...props} />}
      {fields.what === 'end' && (
        <TextInput
          size="sm"
          type="date"
          label={`The last day, on the calendar in ${series.anchorZone.replace(/_/g, ' ')}`}
          value={fields.lastDay}
          onChange={(e) => set({ lastDay: e.currentTarget.value })}
        />
      )}
      <Textarea
        size="sm"
        label={`Reason (families read it${fields.scope === 'this' ? '; optional' : ''})`}
        autosize
        maxLength={500}
        dir="auto"
        value={fields.reason}
        onChange={(e) => set({ reason: e.currentTarget.value })}
      />
    </Stack>
  );
}

const Done = ({ id, batchId, heldStepId, seriesId }: SeriesEdited & { seriesId: string }) => (
  <Text size="sm">
    {heldStepId !== null ? (
      <>
        It waits for a coordinator: <a href={toHeldStep(heldStepId)}>to the step</a>.
      </>
    ) : batchId !== null ? (
      'Its lessons are changed one by one, as you see below.'
    ) : (
      'The series is as you wanted it.'
    )}
    {id !== seriesId && (
      <>
        {' '}
        The lessons from there on are a <a href={toSeries(id)}>series of their own</a> now, where you see how far it is.
      </>
    )}
  </Text>
);

const peopleIn = (p: SeriesEditPreview): string[] => [
  ...p.told.map((t) => t.personId),
  ...p.occurrences.flatMap((o) => [
    ...o.conflicts.map((c) => c.personId),
    ...o.charges.map((c) => c.studentId),
    ...o.messages.map((m) => m.personId),
  ]),
];

interface Props {
  series: SeriesDetail;
  /** The lesson that the edit begins with; empty for none. */
  original: string;
  onOriginal: (original: string) => void;
}

/** Edits or ends a series: what becomes of every lesson first, then that. */
export function SeriesEdit({ series, original, onOriginal }: Props) {
  const plan = useSeriesEdit(series.id);
  const [rest, setRest] = useState<Omit<SeriesFields, 'original' | 'wallTime'>>({
    what: 'change',
    scope: 'following',
    lengthMinutes: series.lengthMinutes,
    instructorId: '',
    title: series.title,
    addStudentId: '',
    dropStudentId: '',
    exdates: [],
    lastDay: '',
    reason: '',
  });
  // Where the lesson goes is asked anew with every other lesson.
  const [goes, setGoes] = useState({ original: '', wallTime: '' });
  const isNow = wallOf(series, original);
  const fields: SeriesFields = { ...rest, original, wallTime: goes.original === original ? goes.wallTime : isNow };
  const set = ({ original: chosen = original, wallTime, ...some }: Partial<SeriesFields>): void => {
    if (chosen !== original) onOriginal(chosen);
    if (wallTime !== undefined) setGoes({ original: chosen, wallTime });
    setRest((before) => ({ ...before, ...some }));
  };
  const names = useNamesOf(plan.seen ? [plan.seen.preview, plan.seen.before].flatMap((p) => (p ? peopleIn(p) : [])) : []);
  const body = editOf(fields, { rrule: series.rrule, lengthMinutes: series.lengthMinutes, title: series.title, wallTime: isNow });
  return (
    <Planned
      plan={plan}
      body={body}
      shown={(preview) => <EditShown preview={preview} names={names} />}
      lines={(preview) => seriesLines(preview, names)}
      commit={() => 'Do this'}
      done={(result) => <Done {...result} seriesId={series.id} />}
    >
      <Fields series={series} fields={fields} set={set} />
    </Planned>
  );
}
