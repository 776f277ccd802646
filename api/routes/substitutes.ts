import { z } from 'zod';
import { acknowledge } from '../../commands/substitutes/acknowledge';
import { findSubstitute, stopSearch } from '../../commands/substitutes/find';
import { offersOfSearch } from '../../db/offers';
import { newestSearchOf, type SearchRow } from '../../db/searches';
import { participantsOf } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { notFound } from '../../domain/errors';
import { hasRole } from '../auth/authenticate';
import { searchActions } from '../actions';
import { route, type Call } from '../route';
import { idParams } from '../schemas/common';
import { acknowledged, searchItem, startSearchBody } from '../schemas/substitutes';
import { requireSession } from './sessions';

const SEARCHERS = ['admin', 'coordinator', 'instructor'] as const;

async function present(tx: Tx, search: SearchRow, { ctx }: Call): Promise<object> {
  const { id, version, sessionId, instructorId, cause, note, state, reason, startedAt, nextAt, endedAt } = search;
  const isStaff = hasRole(ctx.principal, 'admin', 'coordinator');
  // Who was asked, who said no and who may not teach is for coordinators; an instructor learns how far the search is.
  const offers = isStaff ? await offersOfSearch(tx, search.id) : [];
  return {
    ...{ id, version, sessionId, instructorId, cause, note, state, reason, startedAt, nextAt, endedAt },
    candidates: isStaff ? search.considered : [],
    offers: offers.map((o) => ({
      id: o.id,
      personId: o.personId,
      state: o.state,
      reason: o.reason,
      offeredAt: o.offeredAt,
      expiresAt: o.expiresAt,
      endedAt: o.endedAt,
    })),
    allowedActions: searchActions(search),
  };
}

const start = route({
  method: 'post',
  path: '/v1/sessions/{id}/substitute-search',
  tag: 'substitutes',
  summary: 'The instructor cannot teach: search for a substitute',
  description:
    'Whom it is offered to, how many at once and for how long is the rules’ to say (substitute.eligibility, substitute.ranking, substitute.search). The first who accepts teaches; the family is told once, after that. A search that is open goes on and is given.',
  roles: SEARCHERS,
  what: 'session',
  params: idParams,
  body: startSearchBody,
  responses: { 200: { description: 'The search with its first offers.', schema: searchItem } },
  errors: ['illegal-move', 'no-rules'],
  async handle(call) {
    const session = await call.read((tx) => requireSession(tx, call, call.params.id));
    const search = await findSubstitute(call.ctx, session.id, call.body.note ?? null);
    return { status: 200, body: await call.read((tx) => present(tx, search, call)) };
  },
});

const read = route({
  method: 'get',
  path: '/v1/sessions/{id}/substitute-search',
  tag: 'substitutes',
  summary: 'The newest search for a substitute: who was considered and why, what was offered to whom',
  description: 'Candidates and offers are shown to coordinators and admins. 404 when none was ever searched.',
  roles: SEARCHERS,
  what: 'session',
  params: idParams,
  responses: { 200: { description: 'The search.', schema: searchItem } },
  handle: (call) =>
    call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      const search = await newestSearchOf(tx, session.id);
      if (!search) throw notFound('substitute search for session', session.id);
      return { status: 200, body: await present(tx, search, call) };
    }),
});

const stop = route({
  method: 'post',
  path: '/v1/sessions/{id}/substitute-search/stop',
  tag: 'substitutes',
  summary: 'The instructor teaches after all: end the search',
  description: 'Offers that stand are released, and whoever knows of one is told.',
  roles: SEARCHERS,
  what: 'session',
  params: idParams,
  responses: { 200: { description: 'The search, ended.', schema: searchItem } },
  errors: ['illegal-move'],
  async handle(call) {
    const session = await call.read((tx) => requireSession(tx, call, call.params.id));
    const search = await stopSearch(call.ctx, session.id);
    return { status: 200, body: await call.read((tx) => present(tx, search, call)) };
  },
});

const isAcknowledged = z.object({ sessionId: z.string(), personId: z.string(), acknowledgedAt: z.union([z.string(), z.date()]) });

const confirm = route({
  method: 'post',
  path: '/v1/sessions/{id}/acknowledgement',
  tag: 'substitutes',
  summary: 'The instructor knows of the lesson',
  description:
    'By the instructor, or by a coordinator who has reached them. A search that began because no word came ends. Repeating it changes nothing.',
  roles: SEARCHERS,
  what: 'session',
  params: idParams,
  responses: { 200: { description: 'Acknowledged.', schema: acknowledged } },
  errors: ['illegal-move'],
  async handle(call) {
    const personId = await call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      const instructor = (await participantsOf(tx, session.id)).find((p) => p.role === 'instructor');
      // An instructor speaks for themselves only.
      return call.scope.all ? (instructor?.personId ?? call.scope.personId) : call.scope.personId;
    });
    return { status: 200, body: await acknowledge(call.ctx, call.params.id, { personId, by: 'api' }) };
  },
  recover: (committed) => (isAcknowledged.safeParse(committed).success ? { status: 200, body: committed } : null),
});

export const substituteRoutes = [start, read, stop, confirm];
