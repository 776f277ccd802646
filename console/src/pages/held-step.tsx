import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { HeldStepDetail } from '../api/client';
import { useDecide, useHeldStep } from '../api/queries';
import { approvedTexts, carriedOver, changes, editedDocuments, type Edits, type Shown } from '../lib/review';
import { toSession } from '../lib/route';
import { useTick } from '../lib/time';
import { STEP_KINDS, phrase } from '../lib/words';
import { DecisionInWords } from '../ui/decision';
import { Page, Section } from '../ui/page';
import { Asked } from '../ui/states';
import { Deadline, When } from '../ui/when';
import { DecideForm, DecideProblem, Decided } from './decide';
import { AttendanceEvidence, ShownFacts } from './evidence';
import { Review } from './review';

const Asks = ({ step }: { step: HeldStepDetail }) => (
  <Stack gap={4} className={step.state === 'open' ? 'card urgent' : 'card'}>
    <Text fw={600}>{step.reason}</Text>
    <Text size="sm">
      Session: <Anchor href={toSession(step.session.id)}>{step.session.title}</Anchor>, <When at={step.session.startsAt} zone />
    </Text>
    {step.state === 'open' && step.deadlineAt && (
      <Text size="sm">
        Decide <Deadline at={step.deadlineAt} />.{step.defaultOption && ` If nobody does, “${phrase(step.defaultOption).toLowerCase()}” is taken.`}
      </Text>
    )}
    <Text size="sm" c="dimmed">
      For {step.assignee?.name ?? `a ${step.audience}`}, since <When at={step.openedAt} />
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
  const answered = !open && !mutation.isIdle && !mutation.isPending;
  useEffect(() => {
    // The form is gone from under the person's hand; how it ended is said at the top.
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
      {!open && mutation.error && <DecideProblem error={mutation.error} />}
      {newer && open && (
        <Alert role="status" variant="outline" color="orange" title="There is a newer version of this">
          <Button size="xs" variant="default" onClick={takeOver}>
            Show it
          </Button>
        </Alert>
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
        <Section title="What it is about">
          <div className="card">
            <ShownFacts shown={step.shown} />
          </div>
        </Section>
      )}
      <AttendanceEvidence step={latest} />
      {open && <DecideForm step={step} mutation={mutation} edited={isReview ? editedDocuments(shown, edits) : undefined} />}
    </>
  );
}

export function HeldStepPage({ id }: { id: string }) {
  const query = useHeldStep(id);
  const title = query.data ? (STEP_KINDS[query.data.kind] ?? phrase(query.data.kind)) : 'Held step';
  return (
    <Page title={title}>
      <Asked query={query} what="the step">
        {(latest) => <Step latest={latest} id={id} />}
      </Asked>
    </Page>
  );
}
