import { Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { Problem } from '../api/client';
import type { Plan } from '../api/plan';
import { differences, type Line } from '../lib/plan';
import { Note } from './note';
import { ProblemNote } from './states';

interface Props<Body, Preview extends { previewToken: string }, Result> {
  plan: Plan<Body, Preview, Result>;
  /** What the fields say; null as long as something is missing. */
  body: Body | null;
  /** The fields. */
  children?: ReactNode;
  shown: (preview: Preview) => ReactNode;
  /** The same in one line for each thing, to tell what has become different. */
  lines: (preview: Preview) => Line[];
  /** What the button says that does it; null where it cannot be done. */
  commit: (preview: Preview) => string | null;
  done: (result: Result) => ReactNode;
  look?: string;
}

/** Looked at first, then done: exactly what was looked at, or nothing. */
export function Planned<Body, Preview extends { previewToken: string }, Result>(props: Props<Body, Preview, Result>) {
  const { plan, body, children, done, look = 'See what it would do' } = props;
  const { seen, error, result } = plan;
  const isNewest = seen !== null && body !== null && JSON.stringify(body) === JSON.stringify(seen.body);
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event: React.FormEvent) => {
        event.preventDefault();
        if (body) plan.look(body);
      }}
    >
      {children}
      <Button type="submit" variant="default" w="fit-content" disabled={body === null} loading={plan.isLooking}>
        {look}
      </Button>
      {error && <Refused error={error} isLookedAtAnew={seen?.before != null} />}
      {seen && (isNewest ? <Seen {...props} /> : <Text size="sm">The fields say something else by now: look at it again before you do it.</Text>)}
      {result !== null && seen === null && !error && (
        <Note role="status" tone="good" title="Done">
          {done(result)}
        </Note>
      )}
    </Stack>
  );
}

const Refused = ({ error, isLookedAtAnew }: { error: Error; isLookedAtAnew: boolean }) =>
  error instanceof Problem && error.code === 'stale' && isLookedAtAnew ? (
    <Note role="alert" tone="warn" title="It would do something else by now; nothing was done">
      <Text size="sm">What you see below is what it would do now. Please look again.</Text>
    </Note>
  ) : (
    <ProblemNote error={error} title="It was not done" />
  );

function Seen<Body, Preview extends { previewToken: string }, Result>({ plan, shown, lines, commit }: Props<Body, Preview, Result>) {
  const { preview, before } = plan.seen!;
  const label = commit(preview);
  const here = useRef<HTMLElement>(null);
  // Whoever asked what it would do reads on there.
  useEffect(() => here.current?.focus(), [preview]);
  return (
    <section className="preview" aria-label="What it would do" tabIndex={-1} ref={here}>
      <Stack gap="sm">
        {before && <Differing before={lines(before)} now={lines(preview)} />}
        {shown(preview)}
        <Group gap="sm">
          {label !== null && (
            <Button loading={plan.isDoing} onClick={plan.commit}>
              {label}
            </Button>
          )}
          <Button variant="subtle" disabled={plan.isDoing} onClick={plan.forget}>
            Leave it
          </Button>
        </Group>
      </Stack>
    </section>
  );
}

/** As many as are read. */
const MOST_SHOWN = 20;

function Differing({ before, now }: { before: Line[]; now: Line[] }) {
  const found = differences(before, now);
  if (found.length === 0) return null;
  return (
    <div>
      <Text fw={600}>What has become different</Text>
      <ul>
        {found.slice(0, MOST_SHOWN).map(({ id, was, is }) => (
          <li key={id}>
            {was !== null && <Text size="sm">was: {was}</Text>}
            <Text size="sm">is now: {is ?? 'no longer so'}</Text>
          </li>
        ))}
      </ul>
      {found.length > MOST_SHOWN && <Text size="sm">And {found.length - MOST_SHOWN} more.</Text>}
    </div>
  );
}
