import { mapAgain } from '../../commands/map-inbound';
import { inboundEvent, inboundPage, type InboundRow } from '../../db/read/inbound';
import { notFound } from '../../domain/errors';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { inboundItem, inboundPageSchema, inboundQuery } from '../schemas/others';

const READERS = ['admin', 'coordinator', 'integrator'] as const;

function present({ mapping, mappingRow, ruleSetId, ...event }: InboundRow): object {
  const by = mapping === null ? null : { name: mapping, row: mappingRow, ruleSetId: ruleSetId! };
  return { ...event, mapping: by, version: event.tries + (event.state === 'received' ? 1 : 2) };
}

const list = route({
  method: 'get',
  path: '/v1/inbound',
  tag: 'inbound',
  summary: 'Events that were sent to us, the newest first',
  description: 'With `state=refused` those that could not be mapped or applied, each with its reason and what to do.',
  roles: READERS,
  query: inboundQuery,
  responses: { 200: { description: 'A page of events.', schema: inboundPageSchema } },
  async handle({ query: { limit, cursor, state, source }, read: inTx }) {
    const after = decodeCursor('inbound', ['instant', 'id'], cursor);
    const found = await inTx((tx) => inboundPage(tx, { limit, after }, { state, source }));
    return { status: 200, body: toPage(found, limit, 'inbound', (e) => [microseconds(e.receivedAt), e.id], present) };
  },
});

/** Instants of cursors are written as Postgres keeps them; ours come from a clock of milliseconds. */
const microseconds = (at: Date): string => at.toISOString().replace('Z', '000Z');

const read = route({
  method: 'get',
  path: '/v1/inbound/{id}',
  tag: 'inbound',
  summary: 'What became of an event that was sent to us',
  roles: READERS,
  what: 'inbound event',
  params: idParams,
  responses: { 200: { description: 'The event and its end.', schema: inboundItem } },
  async handle({ params, read: inTx }) {
    const found = await inTx((tx) => inboundEvent(tx, params.id));
    if (!found) throw notFound('inbound event', params.id);
    return { status: 200, body: present(found) };
  },
});

const again = route({
  method: 'post',
  path: '/v1/inbound/{id}/again',
  tag: 'inbound',
  summary: 'Map an event again, by the rules in force now',
  description: 'For one that was refused or ignored: its mapping has been mended, or what it is about has come since. A worker applies it.',
  roles: READERS,
  what: 'inbound event',
  params: idParams,
  responses: { 202: { description: 'It waits to be applied; GET /v1/inbound/{id} tells what becomes of it.', schema: inboundItem } },
  errors: ['illegal-move', 'no-rules'],
  async handle({ ctx, params, deps, read: inTx }): Promise<Reply> {
    await mapAgain(ctx, params.id, deps.businessAt);
    const found = await inTx((tx) => inboundEvent(tx, params.id));
    return { status: 202, body: present(found!), location: `/v1/inbound/${params.id}` };
  },
});

export const inboundRoutes = [list, read, again];
