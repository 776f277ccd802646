import { Button, Group, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Problem, type Decide, type HeldStepDetail } from '../api/client';
import type { useDecide } from '../api/queries';
import { fullMoment } from '../lib/time';
import { optionOf } from '../lib/options';
import { phrase } from '../lib/words';
import { ShownFacts } from '../ui/facts';
import { useNames } from '../ui/names';
import { Note } from '../ui/note';
import { ProblemNote } from '../ui/states';

type Mutation = ReturnType<typeof useDecide>;

export function Decided({ step }: { step: HeldStepDetail }) {
  const { decided, state } = step;
  if (!decided) return null;
  const title = state === 'withdrawn' ? 'Withdrawn, because the session changed' : `Already decided: ${optionOf(step, decided.decision ?? state)}`;
  return (
    <Note role="status" tone={state === 'decided' ? 'good' : 'neutral'} title={title}>
      {state !== 'withdrawn' && (
        <Text size="sm">
          By <bdi>{decided.by.name}</bdi>
          {decided.at && ` at ${fullMoment(decided.at)}`}.
        </Text>
      )}
      {decided.comment && (
        <Text size="sm">
          “<bdi>{decided.comment}</bdi>”
        </Text>
      )}
    </Note>
  );
}

interface Difference {
  path: string;
  shown: unknown;
  now: unknown;
}
/** "/facts/attendance/ID" as "Attendance › Sam Sample". */
const place = (path: string, names: ReadonlyMap<string, string>): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== 'facts')
    .map((part) => names.get(part) ?? phrase(part))
    .join(' › ') || 'Everything';

/** What went wrong with a decision, in the decider's words. */
export function DecideProblem({ error, step }: { error: Error; step: HeldStepDetail }) {
  const names = useNames();
  if (!(error instanceof Problem)) return <ProblemNote error={error} />;
  const details = (error.details ?? {}) as { decidedBy?: string; decidedAt?: string; decision?: string; difference?: Difference[] };
  if (error.code === 'already-decided' && details.decidedBy && details.decidedAt) {
    return (
      <Note role="alert" tone="warn" title="Your decision did not count">
        <Text size="sm">
          It was already decided by <bdi>{details.decidedBy}</bdi> at {fullMoment(details.decidedAt)}
          {details.decision && `: ${optionOf(step, details.decision)}`}.
        </Text>
      </Note>
    );
  }
  if (error.code === 'stale') {
    return (
      <Note role="alert" tone="warn" title="It changed while you were looking; nothing was decided">
        <Text size="sm">What you see now is the newest. Please look again, and decide again.</Text>
        <ul>
          {(details.difference ?? [])
            .filter((d) => d.path !== '/version')
            .slice(0, 20)
            .map((d) => (
              <li key={d.path}>
                <strong>{place(d.path, names)}</strong>
                <Text size="sm" component="div">
                  was: <ShownFacts shown={d.shown} />
                </Text>
                <Text size="sm" component="div">
                  is now: <ShownFacts shown={d.now} />
                </Text>
              </li>
            ))}
        </ul>
      </Note>
    );
  }
  return <ProblemNote error={error} title="The decision did not go through" />;
}

interface Props {
  step: HeldStepDetail;
  mutation: Mutation;
  edited: Decide['edited'];
}

/** The questions of a step that asks for notes; none of any other. */
const questionsOf = (step: HeldStepDetail): { key: string; question: string }[] =>
  step.options.includes('notes') ? (((step.shown ?? {}) as { questions?: { key: string; question: string }[] }).questions ?? []) : [];

/** More would cover half of a telephone: they stand at the end there. */
const MOST_IN_REACH = 2;

/** A button for each option, and a comment; always in reach at the bottom of the window. */
export function DecideForm({ step, mutation, edited }: Props) {
  const [comment, setComment] = useState('');
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const questions = questionsOf(step);
  const decide = (decision: string): void => {
    const { version, hash } = step;
    const said = comment.trim() === '' ? undefined : comment.trim();
    // Edits belong to what is sent on; a rejection sends nothing on.
    mutation.mutate({
      version,
      hash,
      decision,
      comment: said,
      edited: decision === 'reject' ? undefined : edited,
      answers: decision === 'notes' ? (answers as Decide['answers']) : undefined,
    });
  };
  const blocked = step.allowedActions.filter((a) => step.options.includes(a.action) && !a.allowed && a.whyNot);
  const label = (option: string): string => (option === 'approve' && edited ? 'Approve with your edits' : optionOf(step, option));
  return (
    <section className={step.options.length > MOST_IN_REACH || questions.length > 0 ? 'card decide long' : 'card decide'} aria-label="Your decision">
      {questions.map(({ key, question }) => (
        <Textarea
          key={key}
          label={question}
          dir="auto"
          autosize
          minRows={2}
          maxLength={2000}
          value={answers[key] ?? ''}
          onChange={(e) => {
            const { value } = e.currentTarget;
            setAnswers((before) => ({ ...before, [key]: value }));
          }}
        />
      ))}
      <div className="row">
        <Textarea
          className="said"
          label="Reason or comment (optional)"
          dir="auto"
          autosize
          minRows={1}
          maxRows={4}
          maxLength={2000}
          value={comment}
          onChange={(e) => setComment(e.currentTarget.value)}
        />
        <Group gap="sm">
          {step.options.map((option, n) => (
            <Button
              key={option}
              variant={n === 0 ? 'filled' : 'default'}
              loading={mutation.isPending && mutation.variables.decision === option}
              disabled={mutation.isPending || step.allowedActions.some((a) => a.action === option && !a.allowed)}
              onClick={() => decide(option)}
            >
              {label(option)}
            </Button>
          ))}
        </Group>
      </div>
      {blocked.map((a) => (
        <Text key={a.action} size="sm" pt={6}>
          {optionOf(step, a.action)}: {a.whyNot}
        </Text>
      ))}
    </section>
  );
}
