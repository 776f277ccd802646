import { z } from 'zod';
import { changePlaces } from '../../commands/groups/places';
import { answerPlace, refuseUntaken, type PlaceAnswer } from '../../commands/waitlist/answer';
import { joinWaitlist, leaveWaitlist } from '../../commands/waitlist/join';
import { listedEntry, waitlistOf, type ListedEntry } from '../../db/read/waitlist';
import { participantsOfSessions } from '../../db/read/sessions';
import { notFound } from '../../domain/errors';
import { waitlistActions } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Call, type Reply, type Route } from '../route';
import { idParams, pageQuery } from '../schemas/common';
import { sessionItem } from '../schemas/sessions';
import { joinBody, joinedWaitlist, placeAnswer, placesBody, waitlistItem, waitlistPage } from '../schemas/waitlist';
import { present as presentSession, requireSession } from './sessions';

const KEEPERS = ['admin', 'coordinator', 'integrator'] as const;

const present = (e: ListedEntry, { ctx }: Call): object => ({
  id: e.id,
  version: e.version,
  sessionId: e.sessionId,
  person: { id: e.personId, name: e.personName },
  state: e.state,
  addedAt: e.addedAt,
  offers: e.offers,
  offeredAt: e.offeredAt,
  expiresAt: e.state === 'offered' ? e.expiresAt : null,
  endedAt: e.endedAt,
  answeredBy: e.answeredByName === null ? null : { personId: e.answeredBy, name: e.answeredByName },
  allowedActions: waitlistActions(e, ctx.asOf),
});

const read = (call: Call, id: string): Promise<object> => call.read(async (tx) => present((await listedEntry(tx, id))!, call));

async function requireEntry(call: Call, id: string): Promise<ListedEntry> {
  const found = await call.read((tx) => listedEntry(tx, id));
  if (!found) throw notFound('waiting-list entry', id);
  return found;
}

const joinedFrom = z.object({ id: z.string(), sessionId: z.string(), personId: z.string(), state: z.string(), offers: z.int() });
const joined = (committed: unknown): Reply | null => {
  const entry = joinedFrom.safeParse(committed);
  return entry.success ? { status: 201, body: entry.data } : null;
};

const join = route({
  method: 'post',
  path: '/v1/sessions/{id}/waitlist',
  tag: 'groups',
  summary: 'A student waits for a place in a group',
  description:
    'A place that is free, or becomes free, is offered to the student’s guardians for a while, as the policy `waitlist` says; the answer is a button on a page of their own. 409 `illegal-move` for a session without a limit of places, or one that is over; 409 `already-exists` for who waits already.',
  roles: KEEPERS,
  what: 'session',
  params: idParams,
  body: joinBody,
  responses: { 201: { description: 'On the list.', schema: joinedWaitlist } },
  errors: ['illegal-move', 'already-exists'],
  async handle(call) {
    const session = await call.read((tx) => requireSession(tx, call, call.params.id));
    return joined(await joinWaitlist(call.ctx, session.id, call.body.studentId))!;
  },
  recover: joined,
});

const list = route({
  method: 'get',
  path: '/v1/sessions/{id}/waitlist',
  tag: 'groups',
  summary: 'Who waits, or waited, for a place in a group, in the order in which they came',
  roles: KEEPERS,
  what: 'session',
  params: idParams,
  query: pageQuery,
  responses: { 200: { description: 'A page of the list.', schema: waitlistPage } },
  async handle(call) {
    const { limit, cursor } = call.query;
    const after = decodeCursor('waitlist', ['instant', 'id'], cursor);
    const found = await call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      return waitlistOf(tx, session.id, { limit, after });
    });
    const body = toPage(
      found,
      limit,
      'waitlist',
      (e) => [e.cursorAt, e.id],
      (e) => present(e, call),
    );
    return { status: 200, body };
  },
});

const leave = route({
  method: 'post',
  path: '/v1/waitlist/{id}/leave',
  tag: 'groups',
  summary: 'A student waits no longer',
  description: 'What was offered is offered to the next. Repeating it changes nothing. 409 `already-decided` for who has a place: drop them.',
  roles: KEEPERS,
  what: 'waiting-list entry',
  params: idParams,
  responses: { 200: { description: 'Off the list.', schema: waitlistItem } },
  errors: ['already-decided'],
  async handle(call) {
    const entry = await requireEntry(call, call.params.id);
    await leaveWaitlist(call.ctx, entry.id);
    return { status: 200, body: await read(call, entry.id) };
  },
});

const isAnswer = (value: unknown): value is PlaceAnswer => placeAnswer.safeParse(value).success;
const answered = (answer: PlaceAnswer): Reply => ({ status: 200, body: refuseUntaken(answer) });

const answerRoute = (which: 'accept' | 'decline', summary: string): Route =>
  route({
    method: 'post',
    path: `/v1/waitlist/{id}/${which}`,
    tag: 'groups',
    summary,
    description:
      'For a coordinator who has reached the family; they themselves answer on the page behind their link. An acceptance is an addition to the session, with its rules. 409 `already-decided` says in details what became of the offer; after `slot-clash` and `refused-by-policy` it still stands.',
    roles: KEEPERS,
    what: 'waiting-list entry',
    params: idParams,
    responses: { 200: { description: 'Answered.', schema: placeAnswer } },
    errors: ['already-decided', 'slot-clash', 'refused-by-policy', 'illegal-move', 'no-place'],
    async handle(call) {
      const entry = await requireEntry(call, call.params.id);
      return answered(await answerPlace(call.ctx, entry.id, which));
    },
    recover: (committed) => (isAnswer(committed) && committed.isTaken ? answered(committed) : null),
  });

const places = route({
  method: 'patch',
  path: '/v1/sessions/{id}/places',
  tag: 'groups',
  summary: 'How many places a group has, and from how many students it takes place',
  description:
    'Nobody is told: what a family agreed to stays. A place that is free by it is offered to who waits; whether the group takes place is asked anew.',
  roles: KEEPERS,
  what: 'session',
  params: idParams,
  body: placesBody,
  responses: { 200: { description: 'The session.', schema: sessionItem } },
  errors: ['stale', 'illegal-move'],
  async handle(call) {
    const { id } = await call.read((tx) => requireSession(tx, call, call.params.id));
    await changePlaces(call.ctx, id, call.body);
    const body = await call.read(async (tx) => presentSession(await requireSession(tx, call, id), await participantsOfSessions(tx, [id]), call));
    return { status: 200, body };
  },
});

export const waitlistRoutes: Route[] = [
  join,
  list,
  leave,
  answerRoute('accept', 'Accept the offer of a place: the student takes part from that moment'),
  answerRoute('decline', 'Decline the offer of a place'),
  places,
];
