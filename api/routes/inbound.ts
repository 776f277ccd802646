import { inboundEvent } from '../../db/read/inbound';
import { notFound } from '../../domain/errors';
import { route } from '../route';
import { idParams } from '../schemas/common';
import { inboundItem } from '../schemas/others';

const read = route({
  method: 'get',
  path: '/v1/inbound/{id}',
  tag: 'inbound',
  summary: 'What became of an event that was sent to us',
  roles: ['admin', 'coordinator', 'integrator'],
  what: 'inbound event',
  params: idParams,
  responses: { 200: { description: 'The event and its end.', schema: inboundItem } },
  async handle({ params, read: inTx }) {
    const found = await inTx((tx) => inboundEvent(tx, params.id));
    if (!found) throw notFound('inbound event', params.id);
    return { status: 200, body: { ...found, version: found.tries + (found.state === 'received' ? 1 : 2) } };
  },
});

export const inboundRoutes = [read];
