import { Button, Stack } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Empty, Loading, ProblemNote, useStandingError } from './states';

interface Props<T> {
  query: UseInfiniteQueryResult<InfiniteData<{ items: T[] }>>;
  what: string;
  empty: string;
  children: (items: T[]) => ReactNode;
}

/** A list that is read a page at a time: loading, an error with its remedy, nothing there, or what there is so far. */
export function PagesOf<T>({ query, what, empty, children }: Props<T>) {
  const { data, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const error = useStandingError(query);
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <>
      {error && <ProblemNote error={error} title={`Reading ${what} did not work`} retry={() => void refetch()} />}
      {!items && !error && <Loading what={what} />}
      {items?.length === 0 && <Empty>{empty}</Empty>}
      {items && items.length > 0 && (
        <Stack gap="md">
          {children(items)}
          {hasNextPage && (
            <Button variant="default" w="fit-content" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show older ones
            </Button>
          )}
        </Stack>
      )}
    </>
  );
}
