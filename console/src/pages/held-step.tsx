import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { HeldStepDetail } from '../api/client';
import { useDecide, useHeldStep, useSession } from '../api/queries';
import { approvedTexts, carriedOver, changes, editedDocuments, type Edits, type Shown } from '../lib/review';
import { toSession } from '../lib/route';
import { useTick } from '../lib/time';
import { STEP_KINDS, optionTitle, phrase } from '../lib/words';
import { DecisionInWords } from '../ui/decision';
import { ShownFacts } from '../ui/facts';
import { Names, namesOf } from '../ui/names';
import { Note } from '../ui/note';
import { Page, Section } from '../ui/page';
import { Asked } from '../ui/states';
import { Deadline, When } from '../ui/when';
import { DecideForm, DecideProblem, Decided } from './decide';
import { DeskOf } from './desk';
import { AttendanceEvidence } from './evidence';
import { GiveToSomebody } from './give';
import { Review } from './review';

/** What is asked, and what it rests on: a step's question is its head line, who it is about its title. */
function askedOf(step: HeldStepDetail): { question: string | null; rest: Record<string, unknown> } {
  const { question, personId, ...rest } = (step.shown ?? {}) as Record<string, unknown>;
  // Those are asked where they are answered.
  delete rest.questions;
  if (personId !== undefined && personId !== step.subject) rest.personId = personId;
  return { question: typeof question === 'string' ? question : null, rest };
}

const Asks = ({ step }: { step: HeldStepDetail }) => (
  <Stack gap={4} className={step.state === 'open' ? 'card urgent' : 'card'}>
    <Text fw={600}>{askedOf(step).question ?? step.reason}</Text>
    {![null, step.reason].includes(askedOf(step).question) && <Text size="sm">{step.reason}</Text>}
    <Text size="sm">
      Session:{' '}
      <Anchor href={toSession(step.session.id)}>
        <bdi>{step.session.title}</bdi>
      </Anchor>
      , <When at={step.session.startsAt} zone />
    </Text>
    {step.state === 'open' && step.deadlineAt && (
      <Text size="sm">
        Decide <Deadline at={step.deadlineAt} />.
        {step.defaultOption && ` If nobody does, “${optionTitle(step.defaultOption).toLowerCase()}” is taken.`}
      </Text>
    )}
    <Text size="sm" c="dimmed">
      For {step.assignee ? <bdi>{step.assignee.name}</bdi> : `a ${step.audience}`}, since <When at={step.openedAt} />
      {step.escalatedAt && (
        <>
          , escalated <When at={step.escalatedAt} />
        </>
      )}
    </Text>
    {step.decision && <DecisionInWords decision={step.decision} label="Why the rules held it" />}
  </Stack>
);

/** Keeps showing what the person is reading; a newer draft is taken over when they say so, or when their decision was refused as stale. */
function Step({ latest, id }: { latest: HeldStepDetail; id: string }) {
  useTick();
  const mutation = useDecide(id);
  const [read, setRead] = useState(latest);
  const [edits, setEdits] = useState<Edits>({});
  const [editing, setEditing] = useState(false);

  const isReview = latest.kind === 'documentation.review';
  const takeOver = (): void => {
    setEdits(carriedOver(read.shown as Shown, latest.shown as Shown, edits));
    setRead(latest);
  };
  const newer = latest.hash !== read.hash;
  const refused = mutation.error !== null && latest.version > (mutation.variables?.version ?? 0);
  if (newer && (latest.state !== 'open' || refused)) takeOver();

  const open = latest.state === 'open';
  // How a decision ended is said at the top: the form may be gone, and what to read again begins there.
  const answered = mutation.error !== null || (!open && !mutation.isIdle && !mutation.isPending);
  useEffect(() => {
    if (!answered) return;
    window.scrollTo(0, 0);
    document.getElementById('title')?.focus({ preventScroll: true });
  }, [answered]);
  // A reminder raises the version and leaves what is shown alone: the newest version goes with it.
  const step: HeldStepDetail = newer ? read : latest;
  const shown = (step.shown ?? {}) as Shown;
  const touched = Object.keys(changes(shown, edits)).length;
  return (
    <>
      <Asks step={latest} />
      <Decided step={latest} />
      {mutation.error && <DecideProblem error={mutation.error} step={latest} />}
      {newer && open && (
        <Note role="status" tone="warn" title="There is a newer version of this">
          <Button size="xs" variant="default" w="fit-content" onClick={takeOver}>
            Show it
          </Button>
        </Note>
      )}
      {isReview && open && (
        <Group gap="sm">
          <Button variant="default" aria-pressed={editing} onClick={() => setEditing(!editing)}>
            {editing ? 'Stop editing' : 'Edit the texts'}
          </Button>
          {touched > 0 && (
            <>
              <Text size="sm">{touched === 1 ? '1 text changed' : `${touched} texts changed`}, sent when you approve</Text>
              <Button size="xs" variant="subtle" onClick={() => setEdits({})}>
                Undo the changes
              </Button>
            </>
          )}
        </Group>
      )}
      {isReview ? (
        <Review
          shown={latest.decided?.decision === 'approve' ? approvedTexts(shown, latest.drafts) : shown}
          edits={open ? edits : {}}
          edit={open && editing ? (field, text) => setEdits((before) => ({ ...before, [field]: text })) : null}
        />
      ) : (
        Object.keys(askedOf(step).rest).length > 0 && (
          <Section title="What it is about">
            <div className="card">
              <ShownFacts shown={askedOf(step).rest} />
            </div>
          </Section>
        )
      )}
      {open && <GiveToSomebody step={latest} />}
      <AttendanceEvidence step={latest} />
      <DeskOf step={latest} />
      {open && <DecideForm step={step} mutation={mutation} edited={isReview ? editedDocuments(shown, edits) : undefined} />}
    </>
  );
}

/** Names the person that a step is about, where it is about one. */
function titleOf(step: HeldStepDetail, names: ReadonlyMap<string, string>): string {
  const who = names.get(step.subject);
  if (who !== undefined && step.kind === 'no-show') return `${who} has not come`;
  const title = STEP_KINDS[step.kind] ?? phrase(step.kind);
  return who === undefined ? title : `${title}: ${who}`;
}

export function HeldStepPage({ id }: { id: string }) {
  const query = useHeldStep(id);
  const session = useSession(query.data?.session.id ?? '', query.data !== undefined);
  const named = query.data?.people.map((p) => ({ personId: p.id, name: p.name })) ?? [];
  const names = namesOf([...named, ...(session.data?.participants ?? [])]);
  return (
    <Page title={query.data ? titleOf(query.data, names) : 'Held step'}>
      <Asked query={query} what="the step">
        {(latest) => (
          <Names of={names}>
            <Step latest={latest} id={id} />
          </Names>
        )}
      </Asked>
    </Page>
  );
}
