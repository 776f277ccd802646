import { NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMakeClosure, type KindOfClosure, type NewClosure } from '../api/closures';
import { usePeople } from '../api/people';
import { closureLines } from '../lib/preview';
import { toClosure } from '../lib/route';
import { PersonSelect } from '../ui/person-select';
import { Planned } from '../ui/planned';
import { ClosureShown, useNamesIn } from './closure-shown';
import { NO_TIMES, spanOf, Times, type TimeFields } from './closure-times';

type ForWhom = 'everybody' | 'branch' | 'instructor' | 'student';
interface Fields extends TimeFields {
  whom: ForWhom;
  branch: string;
  personId: string;
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
  const span = spanOf(f);
  if (span === null || f.reason.trim() === '') return null;
  const times = { ...span, reason: f.reason.trim() };
  if (f.whom === 'everybody') return times;
  if (f.whom === 'branch') return f.branch.trim() === '' ? null : { ...times, branch: f.branch.trim() };
  return f.personId === '' ? null : { ...times, personId: f.personId };
}

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
  const [fields, setFields] = useState<Fields>({ whom: 'everybody', branch: '', personId: '', ...NO_TIMES });
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
        <Times fields={fields} set={set} whose={kind === 'closures' ? 'of the organisation' : 'of whoever is away'} />
      </Stack>
    </Planned>
  );
}
