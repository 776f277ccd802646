import { Button, Group, Loader, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from '../api/client';
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
    <Note tone="bad" role="alert" title={title ?? error.message}>
      {title && <Text size="sm">{error.message}</Text>}
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

/** What a query has to say: loading, an error with its remedy, or what was asked for. What was shown stays while a later try fails. */
export function Asked<T>({ query, what, children }: { query: UseQueryResult<T>; what: string; children: (data: T) => ReactNode }) {
  const { data, error, refetch } = query;
  return (
    <>
      {error && <ProblemNote error={error} title={`Reading ${what} did not work`} retry={() => void refetch()} />}
      {data !== undefined ? children(data) : !error && <Loading what={what} />}
    </>
  );
}
