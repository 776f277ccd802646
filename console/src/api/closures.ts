import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, type ClosureMade, type ClosurePreview, type ReopenPreview } from './client';
import { usePlan } from './plan';
import { isUnderWay, UNDER_WAY_MS } from './progress';

/** A closure of the organisation or of a branch, or time off of one person: alike, with addresses of their own. */
export type KindOfClosure = 'closures' | 'time-off';
/** By whole days, the last of them given, or by instants. */
export type Span = { fromDay: string; toDay: string } | { from: string; to: string };
export type NewClosure = Span & { reason: string; branch?: string; personId?: string };
export type OtherTimes = Partial<Span> & { version: number; reason?: string };

const LISTS = { closures: '/v1/closures', 'time-off': '/v1/time-off' } as const;
const ITEMS = { closures: '/v1/closures/{id}', 'time-off': '/v1/time-off/{id}' } as const;
const REMOVE = { closures: '/v1/closures/{id}/remove', 'time-off': '/v1/time-off/{id}/remove' } as const;
const RESTORE = { closures: '/v1/closures/{id}/restore', 'time-off': '/v1/time-off/{id}/restore' } as const;
const PREVIEW = { preview: 'true' } as const;

export const useClosures = (kind: KindOfClosure, state: 'active' | 'removed') =>
  useInfiniteQuery({
    queryKey: ['closures', kind, state],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => ask(api.GET(LISTS[kind], { params: { query: { state, limit: 50, cursor: pageParam } } })),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

export const useClosure = (kind: KindOfClosure, id: string) =>
  useQuery({
    queryKey: ['closures', kind, id],
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data.batches) ? UNDER_WAY_MS : 60_000),
    queryFn: () => ask(api.GET(ITEMS[kind], { params: { path: { id } } })),
  });

export const useMakeClosure = (kind: KindOfClosure) =>
  usePlan<NewClosure, ClosurePreview, ClosureMade>({
    look: async (body) => (await ask(api.POST(LISTS[kind], { params: { query: PREVIEW }, body: body as never }))) as ClosurePreview,
    commit: async (body, headers) => (await ask(api.POST(LISTS[kind], { body: body as never, headers }))) as ClosureMade,
  });

export const useEditClosure = (kind: KindOfClosure, id: string) =>
  usePlan<OtherTimes, ClosurePreview, ClosureMade>({
    look: async (body) => (await ask(api.PATCH(ITEMS[kind], { params: { path: { id }, query: PREVIEW }, body }))) as ClosurePreview,
    commit: async (body) => (await ask(api.PATCH(ITEMS[kind], { params: { path: { id } }, body }))) as ClosureMade,
  });

/** What it did with lessons that are still to come, and which of them could be put back if its time were open again. */
export const useRemoval = (kind: KindOfClosure, id: string, enabled: boolean) =>
  useQuery({
    enabled,
    queryKey: ['closures', kind, id, 'removal'],
    queryFn: async () => (await ask(api.POST(REMOVE[kind], { params: { path: { id }, query: PREVIEW } }))) as ReopenPreview,
  });

export function useRemoveClosure(kind: KindOfClosure, id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST(REMOVE[kind], { params: { path: { id } } })),
    onSettled: () => cache.invalidateQueries(),
  });
}

export const usePutBack = (kind: KindOfClosure, id: string) =>
  usePlan<{ reason: string }, ReopenPreview, ClosureMade>({
    look: async (body) => (await ask(api.POST(RESTORE[kind], { params: { path: { id }, query: PREVIEW }, body }))) as ReopenPreview,
    commit: async (body, headers) => (await ask(api.POST(RESTORE[kind], { params: { path: { id } }, body, headers }))) as ClosureMade,
  });
