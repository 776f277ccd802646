import { Button, NativeSelect, Stack, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Contact } from '../api/client';
import { useObligations } from '../api/queries';
import { instantOf } from '../lib/time';
import { CONTACT_CHANNELS, CONTACT_OUTCOMES } from '../lib/words';
import { useNames } from '../ui/names';
import type { OnDesk } from './desk';

const optionsOf = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));

/** Logs that somebody was called, or written to by hand, and what came of it. */
export function ContactForm({ step, desk }: OnDesk) {
  const names = useNames();
  // Guardians take part in nothing; they are known by what they are written.
  const owed = useObligations(step.session.id).data ?? [];
  const people = new Map([...owed.map((o) => [o.personId, o.personName] as const), ...names]);
  const [personId, setPersonId] = useState('');
  const [channel, setChannel] = useState<Contact['channel']>('phone');
  const [outcome, setOutcome] = useState<Contact['outcome']>('reached');
  const [at, setAt] = useState('');
  const [text, setText] = useState('');
  const contact: Contact = {
    personId,
    channel,
    outcome,
    ...(at === '' ? {} : { at: instantOf(at) }),
    ...(text.trim() === '' ? {} : { text: text.trim() }),
  };
  const clear = (): void => {
    setPersonId('');
    setAt('');
    setText('');
  };
  return (
    <details>
      <summary>Somebody was called, or written to by hand</summary>
      <Stack gap="xs" className="fields">
        <NativeSelect
          size="sm"
          label="Who"
          value={personId}
          onChange={(e) => setPersonId(e.currentTarget.value)}
          data={[{ value: '', label: 'Choose' }, ...[...people].map(([value, label]) => ({ value, label }))]}
        />
        <NativeSelect
          size="sm"
          label="How"
          value={channel}
          onChange={(e) => setChannel(e.currentTarget.value as Contact['channel'])}
          data={optionsOf(CONTACT_CHANNELS)}
        />
        <NativeSelect
          size="sm"
          label="What came of it"
          value={outcome}
          onChange={(e) => setOutcome(e.currentTarget.value as Contact['outcome'])}
          data={optionsOf(CONTACT_OUTCOMES)}
        />
        <TextInput size="sm" type="datetime-local" label="When (empty: just now)" value={at} onChange={(e) => setAt(e.currentTarget.value)} />
        <Textarea
          size="sm"
          label="What was said (optional)"
          autosize
          maxLength={2000}
          dir="auto"
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        <Button
          size="xs"
          variant="default"
          w="fit-content"
          disabled={personId === ''}
          loading={desk.isPending}
          onClick={() => desk.mutate({ what: 'contacts', contact }, { onSuccess: clear })}
        >
          Log it
        </Button>
      </Stack>
    </details>
  );
}
