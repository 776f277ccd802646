import { Button, Group, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { HeldStepDetail } from '../api/client';
import { useDesk } from '../api/queries';
import { CONTACT_OUTCOMES, phrase } from '../lib/words';
import { Section } from '../ui/page';
import { ProblemNote } from '../ui/states';
import { When } from '../ui/when';
import { ContactForm } from './contact';
import { Snooze } from './snooze';

export type Desk = ReturnType<typeof useDesk>;
export interface OnDesk {
  step: HeldStepDetail;
  desk: Desk;
}

function Claim({ step, desk }: OnDesk) {
  const { claim } = step;
  return (
    <Group gap="sm">
      <Text size="sm">
        {claim === null ? (
          'Nobody has it yet.'
        ) : (
          <>
            {claim.isYours ? 'You have it' : <bdi>{claim.by.name}</bdi>} {claim.isYours ? '' : 'has it '}since <When at={claim.since} />.
          </>
        )}
      </Text>
      {!claim?.isYours && (
        <Button size="xs" variant="default" loading={desk.isPending} onClick={() => desk.mutate({ what: 'claim', takeOver: claim !== null })}>
          {claim ? 'Take it over' : 'I have it'}
        </Button>
      )}
      {claim?.isYours && (
        <Button size="xs" variant="default" loading={desk.isPending} onClick={() => desk.mutate({ what: 'release' })}>
          Let it go
        </Button>
      )}
    </Group>
  );
}

function Notes({ step }: { step: HeldStepDetail }) {
  if (step.notes.length === 0) return null;
  return (
    <ul className="plain lines">
      {step.notes.map((note) => (
        <li key={note.id}>
          <Text size="sm">
            <bdi>{note.author.name}</bdi>, <When at={note.contact?.at ?? note.writtenAt} />:{' '}
            {note.contact && (
              <>
                <bdi>{note.contact.person.name}</bdi> by {phrase(note.contact.channel).toLowerCase()} –{' '}
                {CONTACT_OUTCOMES[note.contact.outcome] ?? phrase(note.contact.outcome)}.{' '}
              </>
            )}
            {note.text && <bdi className="pre">{note.text}</bdi>}
          </Text>
        </li>
      ))}
    </ul>
  );
}

function Word({ desk }: { desk: Desk }) {
  const [text, setText] = useState('');
  return (
    <>
      <Textarea
        size="sm"
        label="A word for whoever takes it up next"
        autosize
        maxLength={2000}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
      />
      <Button
        size="xs"
        variant="default"
        w="fit-content"
        mt="xs"
        disabled={text.trim() === ''}
        loading={desk.isPending}
        onClick={() => desk.mutate({ what: 'comments', text: text.trim() }, { onSuccess: () => setText('') })}
      >
        Leave the word
      </Button>
    </>
  );
}

/** Who looks after a step, what was written about it, whom somebody tried to reach, and until when it rests. */
export function DeskOf({ step }: { step: HeldStepDetail }) {
  const desk = useDesk(step.id);
  const open = step.state === 'open';
  if (!open && step.notes.length === 0) return null;
  return (
    <Section title="Who looks after it">
      <div className="card">
        {open && <Claim step={step} desk={desk} />}
        <Notes step={step} />
        {open && (
          <>
            <Word desk={desk} />
            <ContactForm step={step} desk={desk} />
            <Snooze step={step} desk={desk} />
          </>
        )}
        {desk.error && <ProblemNote error={desk.error} />}
      </div>
    </Section>
  );
}
