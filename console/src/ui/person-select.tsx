import { NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';

export interface Choice {
  value: string;
  label: string;
}
/** More than these are looked for by name. */
const MOST_AT_ONCE = 30;

/** One of many people, by keyboard and on a telephone alike. */
export function PersonSelect({
  label,
  choices,
  value,
  onChange,
}: {
  label: string;
  choices: Choice[];
  value: string;
  onChange: (id: string) => void;
}) {
  const [part, setPart] = useState('');
  const isLong = choices.length > MOST_AT_ONCE;
  const wanted = part.trim().toLowerCase();
  const found = choices.filter((c) => c.value === value || wanted === '' || c.label.toLowerCase().includes(wanted));
  return (
    <Stack gap={4}>
      {isLong && (
        <TextInput size="sm" label={`${label}: part of the name`} value={part} autoComplete="off" onChange={(e) => setPart(e.currentTarget.value)} />
      )}
      <NativeSelect
        size="sm"
        label={isLong ? `${label} (${found.length} of ${choices.length})` : label}
        value={value}
        onChange={(e) => onChange(e.currentTarget.value)}
        data={[{ value: '', label: 'Choose' }, ...found]}
      />
    </Stack>
  );
}
