import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { newKey, useOnce } from './once';
import { dayIn, noteServerTime, now, ownZone } from '../lib/time';
import { allPages, api, ask, Problem, type BatchDecisions, type Contact, type Decide, type Me, type Snooze } from './client';

const LIMIT = 200;

export const useMe = () =>
  useQuery({
    queryKey: ['me'],
    staleTime: 60_000,
    // A page that opened while the server was away comes to life with it.
    refetchInterval: ({ state }) => (state.error !== null && !(state.error instanceof Problem && state.error.status === 401) ? 5_000 : false),
    queryFn: async () => {
      const me = await ask(api.GET('/v1/me'));
      noteServerTime(me.now);
      return me;
    },
  });

export const isStaff = (me: Me | undefined): boolean => (me?.roles ?? []).some((role) => role === 'admin' || role === 'coordinator');
export const useIsStaff = (): boolean => isStaff(useMe().data);

export function useSessionsOfToday() {
  const zone = ownZone();
  const day = dayIn(now(), zone);
  return useQuery({
    queryKey: ['sessions', day, zone],
    queryFn: () => allPages((cursor) => ask(api.GET('/v1/sessions', { params: { query: { day, zone, limit: LIMIT, cursor } } }))),
  });
}

export const useOpenSteps = () =>
  useQuery({
    queryKey: ['held-steps'],
    queryFn: () => allPages((cursor) => ask(api.GET('/v1/held-steps', { params: { query: { state: 'open', limit: LIMIT, cursor } } }))),
  });

/** What is paused. Nothing tells of a pause but asking, so that is done again and again. */
export const usePauses = () =>
  useQuery({ queryKey: ['pauses'], refetchInterval: 10_000, queryFn: async () => (await ask(api.GET('/v1/ops/pause'))).items });

export function useRelease() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ask(api.POST('/v1/ops/pause/{id}/release', { params: { path: { id } } })),
    onSettled: () => cache.invalidateQueries(),
  });
}

export const useHeldStep = (id: string) =>
  useQuery({ queryKey: ['held-step', id], queryFn: () => ask(api.GET('/v1/held-steps/{id}', { params: { path: { id } } })) });

export const useSession = (id: string, enabled = true) =>
  useQuery({ enabled, queryKey: ['session', id], queryFn: () => ask(api.GET('/v1/sessions/{id}', { params: { path: { id } } })) });

export const useTimeline = (id: string) =>
  useQuery({
    queryKey: ['session', id, 'timeline'],
    queryFn: () => allPages((cursor) => ask(api.GET('/v1/sessions/{id}/timeline', { params: { path: { id }, query: { limit: LIMIT, cursor } } }))),
  });

/** Who waits for a place in a group. */
export const useWaitlist = (id: string, enabled: boolean) =>
  useQuery({
    enabled,
    queryKey: ['session', id, 'waitlist'],
    queryFn: () => allPages((cursor) => ask(api.GET('/v1/sessions/{id}/waitlist', { params: { path: { id }, query: { limit: LIMIT, cursor } } }))),
  });

/** One decision with its rules and the values they saw; decisions never change, so it is asked for once. */
export const useDecision = (sessionId: string, decisionId: string, enabled: boolean) =>
  useQuery({
    enabled,
    staleTime: Infinity,
    queryKey: ['decision', decisionId],
    queryFn: async () => {
      const { items } = await ask(api.GET('/v1/sessions/{id}/decisions', { params: { path: { id: sessionId }, query: { decisionId } } }));
      return items[0]!;
    },
  });

export const useObligations = (id: string) =>
  useQuery({
    queryKey: ['session', id, 'obligations'],
    queryFn: () => allPages((cursor) => ask(api.GET('/v1/sessions/{id}/obligations', { params: { path: { id }, query: { limit: LIMIT, cursor } } }))),
  });

export const useMessages = () =>
  useInfiniteQuery({
    queryKey: ['messages'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => ask(api.GET('/v1/messages', { params: { query: { limit: 50, cursor: pageParam } } })),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** Sends a decision. */
export function useDecide(id: string) {
  const cache = useQueryClient();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: Decide) => once(body, (headers) => ask(api.POST('/v1/held-steps/{id}/decide', { params: { path: { id } }, body, headers }))),
    onSettled: () => cache.invalidateQueries(),
  });
}

/** Decides several steps, each with a result of its own. */
export function useDecideSeveral() {
  const cache = useQueryClient();
  const once = useOnce();
  return useMutation({
    mutationFn: (decisions: BatchDecisions) =>
      once(decisions, (headers) => ask(api.POST('/v1/held-steps/decide-batch', { body: { decisions }, headers }))),
    onSettled: () => cache.invalidateQueries(),
  });
}

/** Says who somebody in the room was; null: nobody of this lesson. Saying it twice says nothing more. */
export function useMatch(sessionId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { key: string; personId: string | null }) =>
      ask(api.POST('/v1/sessions/{id}/matches', { params: { path: { id: sessionId } }, body, headers: { 'idempotency-key': newKey() } })),
    onSettled: () => cache.invalidateQueries(),
  });
}

/** What can be done with a step besides deciding it. */
export type DeskAction =
  | { what: 'claim'; takeOver: boolean }
  | { what: 'release' | 'unsnooze' }
  | { what: 'comments'; text: string }
  | { what: 'contacts'; contact: Contact }
  | { what: 'snooze'; snooze: Snooze };

export function useDesk(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (action: DeskAction): Promise<void> => {
      const params = { path: { id } };
      const { what } = action;
      if (what === 'claim') await ask(api.POST('/v1/held-steps/{id}/claim', { params, body: { takeOver: action.takeOver } }));
      else if (what === 'comments') await ask(api.POST('/v1/held-steps/{id}/comments', { params, body: { text: action.text } }));
      else if (what === 'contacts') await ask(api.POST('/v1/held-steps/{id}/contacts', { params, body: action.contact }));
      else if (what === 'snooze') await ask(api.POST('/v1/held-steps/{id}/snooze', { params, body: action.snooze }));
      else if (what === 'release') await ask(api.POST('/v1/held-steps/{id}/release', { params }));
      else await ask(api.POST('/v1/held-steps/{id}/unsnooze', { params }));
    },
    onSettled: () => cache.invalidateQueries(),
  });
}

/** Ends the login; what this tab still holds in memory goes with the fresh start. */
export const useSignOut = () =>
  useMutation({
    mutationFn: async () => {
      const answer = await fetch('/sign-out', { method: 'POST' }).catch(() => null);
      if (answer === null) throw new Problem(0, 'offline', 'Lectern cannot be reached.', 'Check your connection, then try again.');
      // 401: the login had ended already.
      if (!answer.ok && answer.status !== 401) throw new Problem(answer.status, 'unknown', `The server answered ${answer.status}.`, 'Try again.');
    },
    onSuccess: () => window.location.assign('/'),
  });
