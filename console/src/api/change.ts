import { useQuery } from '@tanstack/react-query';
import { allPages, api, ask, type ChangePreview, type ChangeResult, type MakeChange } from './client';
import { usePlan } from './plan';

/** A change of one session, looked at before it is made. */
export const useChange = (id: string) =>
  usePlan<MakeChange, ChangePreview, ChangeResult>({
    look: async (body) =>
      (await ask(api.POST('/v1/sessions/{id}/changes', { params: { path: { id }, query: { preview: true } }, body }))) as ChangePreview,
    commit: async (body, headers) => (await ask(api.POST('/v1/sessions/{id}/changes', { params: { path: { id } }, body, headers }))) as ChangeResult,
  });

/** Lessons of one day on the reader's own calendar that can still exchange their instructor. */
export const useLessonsOfDay = (day: string, zone: string, enabled: boolean) =>
  useQuery({
    enabled,
    queryKey: ['sessions', day, zone, 'open'],
    queryFn: () =>
      allPages((cursor) => ask(api.GET('/v1/sessions', { params: { query: { day, zone, status: 'booked,ready,live', limit: 200, cursor } } }))),
  });
