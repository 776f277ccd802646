import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, type OpenIncident, type SubstituteSearch } from './client';
import { newKey } from './once';
import { useTimeline } from './queries';

export const useIncidents = (sessionId: string, enabled: boolean) =>
  useQuery({
    enabled,
    queryKey: ['session', sessionId, 'incidents'],
    queryFn: async () => (await ask(api.GET('/v1/sessions/{id}/incidents', { params: { path: { id: sessionId } } }))).items,
  });

/** The newest search for a substitute; null where the timeline tells of none: it is not asked for then, which would be answered by 404. */
export function useSearch(sessionId: string) {
  const { data: timeline } = useTimeline(sessionId);
  const wasSearched = timeline?.some((entry) => entry.kind === 'substitute.search-started');
  return useQuery({
    enabled: wasSearched !== undefined,
    queryKey: ['session', sessionId, 'search', wasSearched],
    queryFn: (): Promise<SubstituteSearch | null> =>
      wasSearched ? ask(api.GET('/v1/sessions/{id}/substitute-search', { params: { path: { id: sessionId } } })) : Promise.resolve(null),
  });
}

/** What can be said of a lesson that does not go as it should. */
export type Said =
  | { what: 'incident'; kind: OpenIncident['kind']; note: string }
  | { what: 'close-incident'; id: string }
  | { what: 'search'; note: string }
  | { what: 'stop-search' }
  | { what: 'acknowledge' }
  | { what: 'accept'; offerId: string };

export function useSay(sessionId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (said: Said): Promise<void> => {
      const headers = { 'idempotency-key': newKey() };
      const params = { path: { id: sessionId } };
      const note = 'note' in said && said.note.trim() !== '' ? { note: said.note.trim() } : {};
      if (said.what === 'incident') await ask(api.POST('/v1/sessions/{id}/incidents', { params, headers, body: { kind: said.kind, ...note } }));
      else if (said.what === 'close-incident') await ask(api.POST('/v1/incidents/{id}/close', { params: { path: { id: said.id } }, headers }));
      else if (said.what === 'search') await ask(api.POST('/v1/sessions/{id}/substitute-search', { params, headers, body: note }));
      else if (said.what === 'stop-search') await ask(api.POST('/v1/sessions/{id}/substitute-search/stop', { params, headers }));
      else if (said.what === 'acknowledge') await ask(api.POST('/v1/sessions/{id}/acknowledgement', { params, headers }));
      else await ask(api.POST('/v1/offers/{id}/accept', { params: { path: { id: said.offerId } }, headers }));
    },
    onSettled: () => cache.invalidateQueries(),
  });
}
