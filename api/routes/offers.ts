import { answerOffer, refuseUntaken, type OfferAnswer } from '../../commands/substitutes/accept';
import { offerPage, visibleOffer, type ListedOffer } from '../../db/read/offers';
import { notFound } from '../../domain/errors';
import { offerActions } from '../actions';
import { staffScopeOf } from '../auth/authenticate';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Call, type Reply, type Route } from '../route';
import { idParams } from '../schemas/common';
import { offerAnswer, offerPageSchema, offersQuery } from '../schemas/substitutes';

const ASKED = ['admin', 'coordinator', 'instructor'] as const;

const present = (o: ListedOffer, { ctx }: Call): object => ({
  id: o.id,
  version: o.version,
  state: o.state,
  reason: o.reason,
  session: {
    id: o.sessionId,
    title: o.sessionTitle,
    subject: o.sessionSubject,
    startsAt: o.sessionStartsAt,
    endsAt: o.sessionEndsAt,
    students: o.students,
  },
  person: { id: o.personId, name: o.personName },
  offeredAt: o.offeredAt,
  expiresAt: o.expiresAt,
  endedAt: o.endedAt,
  allowedActions: offerActions(o, ctx.asOf),
});

const list = route({
  method: 'get',
  path: '/v1/offers',
  tag: 'substitutes',
  summary: 'Lessons that are or were offered to substitutes, the newest first',
  description: 'Instructors see the offers made to them, coordinators all.',
  roles: ASKED,
  query: offersQuery,
  responses: { 200: { description: 'A page of offers.', schema: offerPageSchema } },
  async handle(call) {
    const { limit, sessionId = null, state = null, cursor } = call.query;
    const after = decodeCursor('offers', ['instant', 'id'], cursor);
    const found = await call.read((tx) => offerPage(tx, { sessionId, state }, staffScopeOf(call.ctx.principal), { limit, after }));
    return {
      status: 200,
      body: toPage(
        found,
        limit,
        'offers',
        (o) => [o.cursorAt, o.id],
        (o) => present(o, call),
      ),
    };
  },
});

const isAnswer = (value: unknown): value is OfferAnswer => offerAnswer.safeParse(value).success;
const answered = (answer: OfferAnswer): Reply => ({ status: 200, body: refuseUntaken(answer) });

const answerRoute = (which: 'accept' | 'decline', summary: string): Route =>
  route({
    method: 'post',
    path: `/v1/offers/{id}/${which}`,
    tag: 'substitutes',
    summary,
    description:
      'By the instructor it was made to, or by a coordinator who has reached them. 409 `already-decided` says in details what became of the offer: covered by somebody else, expired, not possible any more (with the reason).',
    roles: ASKED,
    what: 'offer',
    params: idParams,
    responses: { 200: { description: 'Answered.', schema: offerAnswer } },
    errors: ['already-decided', 'slot-clash', 'illegal-move'],
    async handle(call) {
      const offer = await call.read((tx) => visibleOffer(tx, call.params.id, staffScopeOf(call.ctx.principal)));
      if (!offer) throw notFound('offer', call.params.id);
      return answered(await answerOffer(call.ctx, offer.id, which));
    },
    recover: (committed) => (isAnswer(committed) && committed.isTaken ? answered(committed) : null),
  });

export const offerRoutes: Route[] = [
  list,
  answerRoute('accept', 'Accept an offer: the lesson is yours from that moment'),
  answerRoute('decline', 'Decline an offer'),
];
