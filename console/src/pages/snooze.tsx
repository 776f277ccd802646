import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Snooze as Body } from '../api/client';
import { instantOf } from '../lib/time';
import { SNOOZE_EVENTS, phrase } from '../lib/words';
import { useNames } from '../ui/names';
import { When } from '../ui/when';
import type { OnDesk } from './desk';

function Rests({ step, desk }: OnDesk) {
  const { snooze } = step;
  const who = useNames().get(snooze!.personId ?? '');
  const event = snooze!.event === 'participant.joined' && who ? `${who} comes` : (SNOOZE_EVENTS[snooze!.event ?? ''] ?? phrase(snooze!.event ?? ''));
  return (
    <Group gap="sm" pt="sm">
      <Text size="sm">
        <bdi>{snooze!.by}</bdi> lets it rest until {snooze!.event && event}
        {snooze!.event && snooze!.until && ', at the latest '}
        {snooze!.until && <When at={snooze!.until} />}.
      </Text>
      <Button size="xs" variant="default" loading={desk.isPending} onClick={() => desk.mutate({ what: 'unsnooze' })}>
        Take it up now
      </Button>
    </Group>
  );
}

/** Lets a step rest until a time, something that happens on its lesson, or whichever of the two comes first. */
export function Snooze({ step, desk }: OnDesk) {
  const [until, setUntil] = useState('');
  const [event, setEvent] = useState('');
  if (step.snooze && !step.snooze.isOver) return <Rests step={step} desk={desk} />;
  const snooze: Body = {
    ...(until === '' ? {} : { until: instantOf(until) }),
    ...(event === '' ? {} : { event: event as NonNullable<Body['event']> }),
  };
  return (
    <details>
      <summary>Let it rest</summary>
      <Stack gap="xs" className="fields">
        <TextInput size="sm" type="datetime-local" label="Until" value={until} onChange={(e) => setUntil(e.currentTarget.value)} />
        <NativeSelect
          size="sm"
          label="Or until something happens, whichever comes first"
          value={event}
          onChange={(e) => setEvent(e.currentTarget.value)}
          data={[{ value: '', label: 'Only until that time' }, ...Object.entries(SNOOZE_EVENTS).map(([value, label]) => ({ value, label }))]}
        />
        <Button
          size="xs"
          variant="default"
          w="fit-content"
          disabled={until === '' && event === ''}
          loading={desk.isPending}
          onClick={() => desk.mutate({ what: 'snooze', snooze })}
        >
          Let it rest
        </Button>
      </Stack>
    </details>
  );
}
