import { Button, Group, Select, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { HeldStepDetail } from '../api/client';
import { useDesk } from '../api/queries';
import { CONTACT_OUTCOMES, SNOOZE_EVENTS, phrase } from '../lib/words';
import { Section } from '../ui/page';
import { ProblemNote } from '../ui/states';
import { When } from '../ui/when';

type Desk = ReturnType<typeof useDesk>;

function Claim({ step, desk }: { step: HeldStepDetail; desk: Desk }) {
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

function Snooze({ step, desk }: { step: HeldStepDetail; desk: Desk }) {
  const { snooze } = step;
  if (snooze && !snooze.isOver) {
    return (
      <Group gap="sm">
        <Text size="sm">
          <bdi>{snooze.by}</bdi> lets it rest until {snooze.event && (SNOOZE_EVENTS[snooze.event] ?? phrase(snooze.event))}
          {snooze.event && snooze.until && ', at the latest '}
          {snooze.until && <When at={snooze.until} />}.
        </Text>
        <Button size="xs" variant="default" loading={desk.isPending} onClick={() => desk.mutate({ what: 'unsnooze' })}>
          Take it up now
        </Button>
      </Group>
    );
  }
  return (
    <Select
      size="xs"
      w="fit-content"
      label="Let it rest until"
      placeholder="Choose"
      disabled={desk.isPending}
      data={Object.entries(SNOOZE_EVENTS).map(([value, label]) => ({ value, label }))}
      value={null}
      onChange={(event) => event && desk.mutate({ what: 'snooze', event })}
    />
  );
}

function Notes({ step }: { step: HeldStepDetail }) {
  if (step.notes.length === 0) return null;
  return (
    <ul className="plain lines">
      {step.notes.map((note) => (
        <li key={note.id}>
          <Text size="sm">
            <bdi>{note.author.name}</bdi>, <When at={note.writtenAt} />:{' '}
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

/** Who looks after a step, what was written about it, and until when it rests. */
export function DeskOf({ step }: { step: HeldStepDetail }) {
  const desk = useDesk(step.id);
  const [text, setText] = useState('');
  const open = step.state === 'open';
  if (!open && step.notes.length === 0) return null;
  return (
    <Section title="Who looks after it">
      <div className="card">
        {open && <Claim step={step} desk={desk} />}
        <Notes step={step} />
        {open && (
          <>
            <Textarea
              size="sm"
              label="A word for whoever takes it up next"
              autosize
              maxLength={2000}
              value={text}
              onChange={(e) => setText(e.currentTarget.value)}
            />
            <Group gap="sm" align="end">
              <Button
                size="xs"
                variant="default"
                disabled={text.trim() === ''}
                loading={desk.isPending}
                onClick={() => desk.mutate({ what: 'comments', text: text.trim() }, { onSuccess: () => setText('') })}
              >
                Leave the word
              </Button>
              <Snooze step={step} desk={desk} />
            </Group>
          </>
        )}
        {desk.error && <ProblemNote error={desk.error} />}
      </div>
    </Section>
  );
}
