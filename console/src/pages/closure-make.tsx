import { NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMakeClosure, type KindOfClosure, type NewClosure } from '../api/closures';
import { usePeople } from '../api/people';
import { closureLines } from '../lib/preview';
import { toClosure } from '../lib/route';
import { instantOf } from '../lib/time';
import { PersonSelect } from '../ui/person-select';
import { Planned } from '../ui/planned';
import { ClosureShown, useNamesIn } from './closure-shown';

type ForWhom = 'everybody' | 'branch' | 'instructor' | 'student';
interface Fields {
  whom: ForWhom;
  branch: string;
  personId: string;
  from: string;
  to: string;
  reason: string;
}

const WHOM: Record<ForWhom, string> = {
  everybody: 'Everybody: the whole organisation is closed',
  branch: 'One branch is closed',
  instructor: 'An instructor is away',
  student: 'A student is away',
};
const kindOf = (whom: ForWhom): KindOfClosure => (whom === 'everybody' || whom === 'branch' ? 'closures' : 'time-off');

/** What is sent; null as long as something is missing. */
function bodyOf(f: Fields): NewClosure | null {
  if (f.from === '' || f.to === '' || f.to <= f.from || f.reason.trim() === '') return null;
  const times = { from: instantOf(f.from), to: instantOf(f.to), reason: f.reason.trim() };
  if (f.whom === 'everybody') return times;
  if (f.whom === 'branch') return f.branch.trim() === '' ? null : { ...times, branch: f.branch.trim() };
  return f.personId === '' ? null : { ...times, personId: f.personId };
}

interface TimesProps {
  fields: Pick<Fields, 'from' | 'to' | 'reason'>;
  set: (some: Partial<Pick<Fields, 'from' | 'to' | 'reason'>>) => void;
}
/** From when to when, and why, which families read. */
export const Times = ({ fields, set }: TimesProps) => (
  <>
    <TextInput
      size="sm"
      type="datetime-local"
      label="From, on your own clock"
      value={fields.from}
      onChange={(e) => set({ from: e.currentTarget.value })}
    />
    <TextInput
      size="sm"
      type="datetime-local"
      label="To, on your own clock"
      value={fields.to}
      error={fields.from !== '' && fields.to !== '' && fields.to <= fields.from ? 'Ends before it begins.' : null}
      onChange={(e) => set({ to: e.currentTarget.value })}
    />
    <TextInput
      size="sm"
      label="Reason (families read it)"
      dir="auto"
      maxLength={200}
      value={fields.reason}
      onChange={(e) => set({ reason: e.currentTarget.value })}
    />
  </>
);

function Whom({ fields, set }: { fields: Fields; set: (some: Partial<Fields>) => void }) {
  const isPerson = fields.whom === 'instructor' || fields.whom === 'student';
  const people = usePeople(isPerson ? (fields.whom as 'instructor' | 'student') : 'instructor', isPerson).data ?? [];
  return (
    <>
      <NativeSelect
        size="sm"
        label="For whom"
        value={fields.whom}
        onChange={(e) => set({ whom: e.currentTarget.value as ForWhom, personId: '' })}
        data={Object.entries(WHOM).map(([value, label]) => ({ value, label }))}
      />
      {fields.whom === 'branch' && (
        <TextInput size="sm" label="Branch, as its lessons name it" value={fields.branch} onChange={(e) => set({ branch: e.currentTarget.value })} />
      )}
      {isPerson && (
        <PersonSelect
          label="Who"
          choices={people.map((p) => ({ value: p.id, label: p.name }))}
          value={fields.personId}
          onChange={(personId) => set({ personId })}
        />
      )}
    </>
  );
}

/** Closes a time, or gives somebody time off: what becomes of every lesson in it first, then that. */
export function MakeClosure() {
  const [fields, setFields] = useState<Fields>({ whom: 'everybody', branch: '', personId: '', from: '', to: '', reason: '' });
  const kind = kindOf(fields.whom);
  const plan = useMakeClosure(kind);
  const names = useNamesIn(plan.seen);
  const set = (some: Partial<Fields>): void => setFields((before) => ({ ...before, ...some }));
  return (
    <Planned
      plan={plan}
      body={bodyOf(fields)}
      shown={(preview) => <ClosureShown preview={preview} names={names} />}
      lines={(preview) => closureLines(preview, names)}
      commit={() => (kind === 'closures' ? 'Close this time' : 'Give this time off')}
      done={({ id }) => (
        <Text size="sm">
          Nothing is booked in it from now on. <a href={toClosure({ id, personId: kind === 'closures' ? null : id })}>See how far its lessons are</a>.
        </Text>
      )}
    >
      <Stack gap="xs" className="fields">
        <Whom fields={fields} set={set} />
        <Times fields={fields} set={set} />
      </Stack>
    </Planned>
  );
}
