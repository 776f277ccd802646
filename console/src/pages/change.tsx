import { NativeSelect, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useChange, useLessonsOfDay } from '../api/change';
import type { ChangePreview, ChangeResult, Session } from '../api/client';
import { useNamesOf, usePeople } from '../api/people';
import { CHANGE_WORDS, changeOf, type ChangeFields, type KindOfChange } from '../lib/change';
import { changeLines, chargeLines, conflictLines, messageLines, reasonOf, verdictOf } from '../lib/preview';
import { clock, clockIn, dayIn, fieldOf, instantOf, ownZone } from '../lib/time';
import { toHeldStep } from '../lib/route';
import { Lot } from '../ui/lot';
import { Names, useNames } from '../ui/names';
import { Note } from '../ui/note';
import { PersonSelect, type Choice } from '../ui/person-select';
import { Planned } from '../ui/planned';

interface Props {
  session: Session;
  /** Where only one kind makes sense. */
  only?: KindOfChange;
  /** Instructors to be named first, the best first, each with what speaks for or against them. */
  first?: readonly { id: string; note: string }[];
}
interface FieldProps extends Props {
  fields: ChangeFields;
  set: (some: Partial<ChangeFields>) => void;
}

const studentsOf = ({ participants }: Session) => participants.filter((p) => p.role === 'student');
const minutesOf = (s: Session): number => Math.round((+new Date(s.endsAt) - +new Date(s.startsAt)) / 60_000);

function Time({ session, fields, set }: FieldProps) {
  const there = fields.startsAt === '' ? null : clockIn(instantOf(fields.startsAt), session.anchorZone);
  return (
    <>
      <TextInput
        size="sm"
        type="datetime-local"
        label="New start, on your own clock"
        description={there === null ? null : `On the wall in ${session.anchorZone}: ${there}`}
        value={fields.startsAt}
        onChange={(e) => set({ startsAt: e.currentTarget.value })}
      />
      <Minutes value={fields.lengthMinutes} onChange={(lengthMinutes) => set({ lengthMinutes })} />
    </>
  );
}

export const Minutes = ({ value, onChange }: { value: number; onChange: (minutes: number) => void }) => (
  <TextInput
    size="sm"
    type="number"
    min={5}
    max={1440}
    label="Length in minutes"
    value={value || ''}
    onChange={(e) => onChange(Number(e.currentTarget.value))}
  />
);

function Instructor({ session, first = [], fields, set }: FieldProps) {
  const { data = [] } = usePeople('instructor');
  const teaches = session.participants.find((p) => p.role === 'instructor')?.personId;
  const noted = new Map(first.map((f) => [f.id, f.note]));
  const order = new Map(first.map((f, n) => [f.id, n]));
  const rank = (id: string): number => order.get(id) ?? first.length;
  const choices: Choice[] = data
    .filter((p) => p.id !== teaches)
    .sort((a, b) => rank(a.id) - rank(b.id))
    .map((p) => ({ value: p.id, label: noted.has(p.id) ? `${p.name} – ${noted.get(p.id)}` : p.name }));
  return <PersonSelect label="Instructor" choices={choices} value={fields.instructorId} onChange={(instructorId) => set({ instructorId })} />;
}

function OtherLesson({ session, fields, set }: FieldProps) {
  const [day, setDay] = useState(dayIn(new Date(session.startsAt), ownZone()));
  const { data = [] } = useLessonsOfDay(day, ownZone(), day !== '');
  const choices = data
    .filter((s) => s.id !== session.id)
    .map((s) => ({
      value: s.id,
      label: `${clock(s.startsAt)} ${s.title} – ${s.participants.find((p) => p.role === 'instructor')?.name ?? 'nobody'}`,
    }));
  return (
    <>
      <TextInput
        size="sm"
        type="date"
        label="Day of the other lesson"
        value={day}
        onChange={(e) => {
          setDay(e.currentTarget.value);
          set({ withSessionId: '' });
        }}
      />
      <NativeSelect
        size="sm"
        label="The other lesson"
        value={fields.withSessionId}
        onChange={(e) => set({ withSessionId: e.currentTarget.value })}
        data={[{ value: '', label: choices.length === 0 ? 'No other lesson on that day' : 'Choose' }, ...choices]}
      />
    </>
  );
}

function NewStudent({ session, fields, set }: FieldProps) {
  const { data = [] } = usePeople('student');
  const there = studentsOf(session).map((s) => s.personId);
  const choices = data.filter((p) => !there.includes(p.id)).map((p) => ({ value: p.id, label: p.name }));
  return <PersonSelect label="Student" choices={choices} value={fields.studentId} onChange={(studentId) => set({ studentId })} />;
}

function Fields(props: FieldProps) {
  const { kind } = props.fields;
  const { session, fields, set } = props;
  if (kind === 'reschedule') return <Time {...props} />;
  if (kind === 'reassign') return <Instructor {...props} />;
  if (kind === 'swap') return <OtherLesson {...props} />;
  if (kind === 'add') return <NewStudent {...props} />;
  if (kind === 'drop') {
    const choices = studentsOf(session).map((s) => ({ value: s.personId, label: s.name }));
    return <PersonSelect label="Student" choices={choices} value={fields.studentId} onChange={(studentId) => set({ studentId })} />;
  }
  if (kind === 'room') {
    const data = [
      { value: '', label: 'The same as before' },
      { value: 'link', label: 'Lectern’s own link' },
    ];
    return (
      <NativeSelect
        size="sm"
        label="Provider of the room"
        value={fields.provider}
        onChange={(e) => set({ provider: e.currentTarget.value })}
        data={data}
      />
    );
  }
  return null;
}

const TONES = { allow: 'good', hold: 'warn', refuse: 'bad' } as const;

function Shown({ preview: p, names }: { preview: ChangePreview; names: ReadonlyMap<string, string> }) {
  const why = p.say?.en ?? reasonOf(p.why);
  return (
    <>
      <Note role="status" tone={TONES[p.verdict]} title={verdictOf(p)}>
        {why && <Text size="sm">{why}</Text>}
      </Note>
      <Lot title="In the way" lines={conflictLines(p.conflicts, names)} />
      <Lot title="What it costs" lines={chargeLines(p.charges, names)} none="It costs nobody anything." />
      <Lot title="Who is written to" lines={messageLines(p.messages, names)} none="Nobody is written to." />
      {p.dropped.length > 0 && (
        <Text size="sm">{p.dropped.length === 1 ? 'One planned message is' : `${p.dropped.length} planned messages are`} not sent.</Text>
      )}
    </>
  );
}

const commitOf = (kind: ChangeFields['kind']) => (p: ChangePreview) =>
  p.verdict === 'refuse' || kind === '' || p.conflicts.length > 0 ? null : p.verdict === 'hold' ? 'Ask for it' : CHANGE_WORDS[kind];

const Done = ({ heldStepId }: ChangeResult) =>
  heldStepId === null ? (
    <Text size="sm">It is changed; whoever has to know is written to.</Text>
  ) : (
    <Text size="sm">
      It waits for a coordinator: <a href={toHeldStep(heldStepId)}>to the step</a>.
    </Text>
  );

/** Changes a lesson: what it would do first, then that. */
export function ChangeForm({ session, only, first }: Props) {
  const plan = useChange(session.id);
  const [fields, setFields] = useState<ChangeFields>({
    kind: only ?? '',
    startsAt: fieldOf(session.startsAt),
    lengthMinutes: minutesOf(session),
    instructorId: '',
    withSessionId: '',
    studentId: '',
    provider: '',
    reason: '',
  });
  const set = (some: Partial<ChangeFields>): void => setFields((before) => ({ ...before, ...some }));
  const known = useNames();
  const { seen } = plan;
  const concerned = seen ? [seen.preview, seen.before].flatMap((p) => (p ? [...p.messages, ...p.conflicts].map((m) => m.personId) : [])) : [];
  const names = new Map([...known, ...useNamesOf(concerned), ...useNamesOf(seen?.preview.charges.map((c) => c.studentId) ?? [])]);
  const kinds = (Object.keys(CHANGE_WORDS) as KindOfChange[]).map((kind) => ({ kind, may: session.allowedActions.find((a) => a.action === kind) }));
  const possible = kinds.filter(({ may }) => may?.allowed);
  if (possible.length === 0) return <Text size="sm">{kinds.find(({ may }) => may?.whyNot)?.may?.whyNot ?? 'It cannot be changed.'}</Text>;
  return (
    <Names of={names}>
      <Planned
        plan={plan}
        body={changeOf(fields)}
        shown={(preview) => <Shown preview={preview} names={names} />}
        lines={(preview) => changeLines(preview, names)}
        commit={commitOf(fields.kind)}
        done={(result) => <Done {...result} />}
      >
        <Stack gap="xs" className="fields">
          {!only && (
            <NativeSelect
              size="sm"
              label="What to do"
              value={fields.kind}
              onChange={(e) => set({ kind: e.currentTarget.value as ChangeFields['kind'], studentId: '' })}
              data={[{ value: '', label: 'Choose' }, ...possible.map(({ kind }) => ({ value: kind, label: CHANGE_WORDS[kind] }))]}
            />
          )}
          <Fields session={session} first={first ?? []} fields={fields} set={set} />
          {fields.kind !== '' && (
            <Textarea
              size="sm"
              label="Reason (families read it)"
              autosize
              maxRows={4}
              maxLength={1000}
              dir="auto"
              value={fields.reason}
              onChange={(e) => set({ reason: e.currentTarget.value })}
            />
          )}
        </Stack>
      </Planned>
    </Names>
  );
}
