import { Button, Group, Loader, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Problem } from '../api/client';
import { withoutIds } from '../lib/words';
import { Note } from './note';

export const Loading = ({ what }: { what: string }) => (
  <Group gap="xs" role="status" py="md">
    <Loader size="sm" aria-hidden />
    <Text c="dimmed">Loading {what} …</Text>
  </Group>
);

export const Empty = ({ children }: { children: ReactNode }) => (
  <div className="card">
    <Text c="dimmed">{children}</Text>
  </div>
);

export function ProblemNote({ error, title, retry, children }: { error: Error; title?: string; retry?: () => void; children?: ReactNode }) {
  const problem = error instanceof Problem ? error : null;
  const faults = Array.isArray(problem?.details) ? (problem.details as { path?: string; message?: string }[]) : [];
  return (
    <Note tone="bad" role="alert" title={title ?? withoutIds(error.message)}>
      {title && <Text size="sm">{withoutIds(error.message)}</Text>}
      {faults.length > 0 && (
        <ul>
          {faults.slice(0, 10).map((fault, n) => (
            <li key={n}>
              {fault.path}: {fault.message}
            </li>
          ))}
        </ul>
      )}
      <Text size="sm">{problem?.remedy ?? 'Reload the page; if it stays like this, ask whoever runs this installation.'}</Text>
      {children}
      {problem?.requestId && (
        <Text size="xs" c="dimmed">
          Request {problem.requestId}
        </Text>
      )}
      {retry && (
        <Button size="xs" variant="default" onClick={retry} w="fit-content">
          Try again
        </Button>
      )}
    </Note>
  );
}

/**
 * The error of a query, until it succeeds: the library forgets the error of what was never read as soon as it is asked for again, and a
 * page that is told of events every second would flicker between the error and "loading".
 */
export function useStandingError({ error, status }: Pick<UseQueryResult, 'error' | 'status'>): Error | null {
  const [standing, setStanding] = useState<Error | null>(null);
  const now = error ?? (status === 'success' ? null : standing);
  if (now !== standing) setStanding(now);
  return now;
}

/** What a query has to say: loading, an error with its remedy, or what was asked for. What was shown stays while a later try fails. */
export function Asked<T>({ query, what, children }: { query: UseQueryResult<T>; what: string; children: (data: T) => ReactNode }) {
  const { data, refetch } = query;
  const error = useStandingError(query);
  return (
    <>
      {error && <ProblemNote error={error} title={`Reading ${what} did not work`} retry={() => void refetch()} />}
      {data !== undefined ? children(data) : !error && <Loading what={what} />}
    </>
  );
}
