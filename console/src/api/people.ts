import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { allPages, api, ask, type Person } from './client';

const LIMIT = 200;
const STALE_MS = 60_000;

/** Everybody of a kind who is active, by name. */
export const usePeople = (kind: Person['kind'], enabled = true) =>
  useQuery({
    enabled,
    staleTime: STALE_MS,
    refetchInterval: false,
    queryKey: ['people', kind],
    queryFn: async () => {
      const found = await allPages((cursor) => ask(api.GET('/v1/people', { params: { query: { kind, active: true, limit: LIMIT, cursor } } })));
      return found.sort((a, b) => a.name.localeCompare(b.name));
    },
  });

/** Names by id. What is not known yet is missing. */
export function useNamesOf(ids: readonly (string | null)[]): ReadonlyMap<string, string> {
  const wanted = [...new Set(ids.filter((id) => id !== null))].sort();
  const { data } = useQuery({
    enabled: wanted.length > 0,
    staleTime: STALE_MS,
    refetchInterval: false,
    placeholderData: keepPreviousData,
    queryKey: ['names', ...wanted],
    queryFn: async () => {
      const names = new Map<string, string>();
      for (let n = 0; n < wanted.length; n += LIMIT) {
        const some = wanted.slice(n, n + LIMIT).join(',');
        const { items } = await ask(api.GET('/v1/people', { params: { query: { ids: some, limit: LIMIT } } }));
        for (const { id, name } of items) names.set(id, name);
      }
      return names;
    },
  });
  return data ?? new Map();
}
