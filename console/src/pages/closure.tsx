import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ClosureDetail, ReopenPreview } from '../api/client';
import { useClosure, useEditClosure, usePutBack, useRemoval, useRemoveClosure, type KindOfClosure } from '../api/closures';
import { useNamesOf } from '../api/people';
import { closureLines, reasonOf, reopenLines, wasOf } from '../lib/preview';
import { toSession } from '../lib/route';
import { timeAt } from '../lib/time';
import { Batches } from '../ui/batches';
import { Note } from '../ui/note';
import { Page, Section } from '../ui/page';
import { Pill } from '../ui/pill';
import { Planned } from '../ui/planned';
import { Span } from '../ui/span';
import { Asked, ProblemNote } from '../ui/states';
import { When } from '../ui/when';
import { ClosureShown, useNamesIn } from './closure-shown';
import { fieldsOf, spanOf, Times } from './closure-times';
import { ofWhom } from './closures';

interface Props {
  kind: KindOfClosure;
  closure: ClosureDetail;
}

function OtherTimes({ kind, closure }: Props) {
  const plan = useEditClosure(kind, closure.id);
  const is = fieldsOf(closure);
  const [fields, setFields] = useState(is);
  const span = spanOf(fields);
  const isMoved = JSON.stringify(span) !== JSON.stringify(spanOf(is));
  const reason = fields.reason.trim();
  const changed = { ...(isMoved && span), ...(reason !== is.reason && { reason }) };
  const isWhole = span !== null && reason !== '' && Object.keys(changed).length > 0;
  const names = useNamesIn(plan.seen);
  return (
    <Planned
      plan={plan}
      body={isWhole ? { version: closure.version, ...changed } : null}
      shown={(preview) => <ClosureShown preview={preview} names={names} />}
      lines={(preview) => closureLines(preview, names)}
      commit={() => 'Give it these times'}
      done={() => <Text size="sm">What it falls on now and did not before is done in a batch of its own, below.</Text>}
    >
      <Stack gap="xs" className="fields">
        <Times
          fields={fields}
          set={(some) => setFields((before) => ({ ...before, ...some }))}
          whose={kind === 'closures' ? 'of the organisation' : 'of whoever is away'}
        />
      </Stack>
    </Planned>
  );
}

const Reopened = ({ preview }: { preview: ReopenPreview }) =>
  preview.sessions.length === 0 ? (
    <Text size="sm">It did nothing with lessons that are still to come.</Text>
  ) : (
    <ul className="plain lines">
      {preview.sessions.map((s) => (
        <li key={s.sessionId}>
          <Text size="sm" component="div">
            <Anchor href={toSession(s.sessionId)}>
              <bdi>{s.title}</bdi>
            </Anchor>
            , <When at={s.originalStartsAt} zone />: {wasOf(s.was)}
            {s.was === 'moved' && ` to ${timeAt(s.startsAt)}`}{' '}
            <Pill tone={s.verdict === 'restore' ? 'good' : 'neutral'}>
              {s.verdict === 'leave' ? 'stays so' : s.was === 'cancelled' ? 'can be booked anew' : 'can be put back'}
            </Pill>
          </Text>
          <Text size="sm" c="dimmed">
            {reasonOf(s.why)}
          </Text>
        </li>
      ))}
    </ul>
  );

/** Opens the time for bookings again; what was done because of it stands, and is listed. */
function Remove({ kind, closure }: Props) {
  const [wanted, setWanted] = useState(false);
  const removal = useRemoval(kind, closure.id, wanted);
  const remove = useRemoveClosure(kind, closure.id);
  return (
    <details onToggle={() => setWanted(true)}>
      <summary>Open this time again</summary>
      <Stack gap="sm" pt="xs">
        <Text size="sm">Lessons can be booked in it again. What was moved or cancelled for it stays so, until you put it back.</Text>
        {wanted && (
          <Asked query={removal} what="what it did">
            {(preview) => <Reopened preview={preview} />}
          </Asked>
        )}
        <Button variant="default" w="fit-content" loading={remove.isPending} onClick={() => remove.mutate()}>
          Open it again
        </Button>
        {remove.error && <ProblemNote error={remove.error} title="It was not opened" />}
      </Stack>
    </details>
  );
}

function PutBack({ kind, closure }: Props) {
  const plan = usePutBack(kind, closure.id);
  const [reason, setReason] = useState('');
  return (
    <details>
      <summary>Put back what it moved or gave to somebody else, and book anew what it cancelled</summary>
      <Planned
        plan={plan}
        body={reason.trim() === '' ? null : { reason: reason.trim() }}
        shown={(preview) => <Reopened preview={preview} />}
        lines={reopenLines}
        commit={({ sessions }) => {
          const back = sessions.filter((s) => s.verdict === 'restore').length;
          return back === 0 ? null : back === 1 ? 'Put one lesson back' : `Put ${back} lessons back`;
        }}
        done={() => <Text size="sm">They are put back one by one, as you see below.</Text>}
      >
        <TextInput
          size="sm"
          className="fields"
          label="Reason (families read it)"
          dir="auto"
          maxLength={200}
          value={reason}
          onChange={(e) => setReason(e.currentTarget.value)}
        />
      </Planned>
    </details>
  );
}

function Closure({ kind, closure }: Props) {
  const names = useNamesOf([closure.personId]);
  const may = (action: string): boolean => closure.allowedActions.some((a) => a.action === action && a.allowed);
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <Pill tone={closure.state === 'active' ? 'warn' : 'neutral'}>{closure.state === 'active' ? 'closed' : 'open again'}</Pill>
        <Text>
          <bdi>{ofWhom(closure, names)}</bdi>, <Span of={closure} />
        </Text>
      </Group>
      {closure.removedAt && (
        <Note role="status" tone="neutral" title="This time is open again">
          <Text size="sm">
            Since <When at={closure.removedAt} zone />. What was moved or cancelled for it stays so until you put it back.
          </Text>
        </Note>
      )}
      <Section title="What became of its lessons">
        <Batches batches={closure.batches} />
      </Section>
      {may('edit') && (
        <Section title="Other times">
          <div className="card">
            <OtherTimes kind={kind} closure={closure} />
          </div>
        </Section>
      )}
      <Section title="Open it again">
        <div className="card">
          {may('remove') && <Remove kind={kind} closure={closure} />}
          {may('restore') && <PutBack kind={kind} closure={closure} />}
        </div>
      </Section>
    </Stack>
  );
}

export function ClosurePage({ kind, id }: { kind: KindOfClosure; id: string }) {
  const query = useClosure(kind, id);
  const title = query.data ? `${kind === 'closures' ? 'Closure' : 'Time off'}: ${query.data.reason}` : kind === 'closures' ? 'Closure' : 'Time off';
  return (
    <Page title={title}>
      <Asked query={query} what={kind === 'closures' ? 'the closure' : 'time off'}>
        {(closure) => <Closure kind={kind} closure={closure} />}
      </Asked>
    </Page>
  );
}
