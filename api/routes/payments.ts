import { paymentsOf } from '../../db/payments';
import { route } from '../route';
import { idParams } from '../schemas/common';
import { paymentPageSchema } from '../schemas/payments';
import { requireSession } from './sessions';

const list = route({
  method: 'get',
  path: '/v1/sessions/{id}/payments',
  tag: 'sessions',
  summary: 'What payment providers say of a lesson',
  description: 'By the newest word of each payment, as its provider dates it. The ledger posts nothing by it.',
  roles: ['admin', 'coordinator', 'integrator'],
  what: 'session',
  params: idParams,
  responses: { 200: { description: 'The payments, the oldest first; all of them.', schema: paymentPageSchema } },
  handle: (call) =>
    call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      return { status: 200, body: { items: await paymentsOf(tx, session.id), nextCursor: null } };
    }),
});

export const paymentRoutes = [list];
