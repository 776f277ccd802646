import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, ask, type EditSeries, type SeriesEdited, type SeriesEditPreview } from './client';
import { usePlan } from './plan';
import { isUnderWay, UNDER_WAY_MS } from './progress';

export const useAllSeries = (state: 'active' | 'ended') =>
  useInfiniteQuery({
    queryKey: ['series', 'all', state],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => ask(api.GET('/v1/series', { params: { query: { state, limit: 50, cursor: pageParam } } })),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

export const useSeries = (id: string) =>
  useQuery({
    queryKey: ['series', id],
    refetchInterval: ({ state }) => (state.data && (state.data.filling || isUnderWay(state.data.batches)) ? UNDER_WAY_MS : 60_000),
    queryFn: () => ask(api.GET('/v1/series/{id}', { params: { path: { id } } })),
  });

/** An edit of a series, looked at before it is made. */
export const useSeriesEdit = (id: string) =>
  usePlan<EditSeries, SeriesEditPreview, SeriesEdited>({
    look: async (body) =>
      (await ask(api.POST('/v1/series/{id}/changes', { params: { path: { id }, query: { preview: 'true' } }, body }))) as SeriesEditPreview,
    commit: async (body, headers) => (await ask(api.POST('/v1/series/{id}/changes', { params: { path: { id } }, body, headers }))) as SeriesEdited,
  });
