import { NativeSelect, TextInput } from '@mantine/core';
import type { Closure } from '../api/client';
import type { Span } from '../api/closures';
import { fieldOf, instantOf } from '../lib/time';

/** A closed time as the fields hold it, by whole days or on the reader's own clock. */
export interface TimeFields {
  by: 'days' | 'clock';
  fromDay: string;
  toDay: string;
  from: string;
  to: string;
  reason: string;
}
export const NO_TIMES: TimeFields = { by: 'days', fromDay: '', toDay: '', from: '', to: '', reason: '' };

export const fieldsOf = (c: Closure): TimeFields => ({
  by: c.zone === null ? 'clock' : 'days',
  fromDay: c.fromDay ?? '',
  toDay: c.toDay ?? '',
  from: fieldOf(c.from),
  to: fieldOf(c.to),
  reason: c.reason,
});

const isBackwards = (f: TimeFields): boolean =>
  f.by === 'days' ? f.fromDay !== '' && f.toDay !== '' && f.toDay < f.fromDay : f.from !== '' && f.to !== '' && f.to <= f.from;

/** What is sent of them; null as long as something is missing. */
export function spanOf(f: TimeFields): Span | null {
  if (isBackwards(f)) return null;
  if (f.by === 'days') return f.fromDay === '' || f.toDay === '' ? null : { fromDay: f.fromDay, toDay: f.toDay };
  return f.from === '' || f.to === '' ? null : { from: instantOf(f.from), to: instantOf(f.to) };
}

interface Props {
  fields: TimeFields;
  set: (some: Partial<TimeFields>) => void;
  /** In whose zone days are whole: "of the organisation". */
  whose: string;
}

/** From when to when, and why, which families read. */
export function Times({ fields, set, whose }: Props) {
  const byDays = fields.by === 'days';
  const [from, to] = byDays ? (['fromDay', 'toDay'] as const) : (['from', 'to'] as const);
  const type = byDays ? 'date' : 'datetime-local';
  return (
    <>
      <NativeSelect
        size="sm"
        label="How it is given"
        value={fields.by}
        onChange={(e) => set({ by: e.currentTarget.value as TimeFields['by'] })}
        data={[
          { value: 'days', label: `By whole days, in the zone ${whose}` },
          { value: 'clock', label: 'By times on your own clock' },
        ]}
      />
      <TextInput
        size="sm"
        type={type}
        label={byDays ? 'First day' : 'From, on your own clock'}
        value={fields[from]}
        onChange={(e) => set({ [from]: e.currentTarget.value })}
      />
      <TextInput
        size="sm"
        type={type}
        label={byDays ? 'Last day' : 'To, on your own clock'}
        value={fields[to]}
        error={isBackwards(fields) ? 'It ends before it begins.' : null}
        onChange={(e) => set({ [to]: e.currentTarget.value })}
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
}
