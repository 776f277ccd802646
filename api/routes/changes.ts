import { z } from 'zod';
import { makeChange, previewChange } from '../../commands/change';
import type { ChangeResult } from '../../commands/types';
import { route, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { changeBody, changePreview, changeQuery, changeResult } from '../schemas/history';
import { requireSession } from './sessions';

const changed = (result: ChangeResult): Reply => ({
  status: result.heldStepId === null ? 200 : 202,
  body: result,
});

const isChangeResult = (value: unknown): value is ChangeResult =>
  z.object({ sessionId: z.string(), rev: z.int(), verdict: z.string(), heldStepId: z.string().nullable() }).safeParse(value).success;

const change = route({
  method: 'post',
  path: '/v1/sessions/{id}/changes',
  tag: 'sessions',
  summary: 'Change a session: cancel, move, reassign, swap, add, drop, another room, a 1:1 lesson of a group; or see what that would do',
  description:
    'With `preview=true` nothing is done; its `previewToken`, sent with the change, binds one to the other. 200 when the change is made, 202 when the rules hold it for a coordinator, 422 `refused-by-policy` with the decision in words, 409 `slot-clash`, `no-place`, `illegal-move` or `stale`.',
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  what: 'session',
  params: idParams,
  query: changeQuery,
  body: changeBody,
  responses: {
    200: { description: 'Changed; or, as a preview, what the change would do.', schema: z.union([changeResult, changePreview]) },
    202: { description: 'Held for a coordinator.', schema: changeResult },
  },
  errors: ['slot-clash', 'no-place', 'illegal-move', 'stale', 'refused-by-policy'],
  keepsKey: (call) => !call.query.preview,
  async handle(call) {
    const { startsAt, endsAt, ...named } = call.body;
    const session = await call.read(async (tx) => {
      if (named.withSessionId !== undefined) await requireSession(tx, call, named.withSessionId);
      return requireSession(tx, call, call.params.id);
    });
    const input = {
      ...named,
      startsAt: startsAt === undefined ? undefined : new Date(startsAt),
      endsAt: endsAt === undefined ? undefined : new Date(endsAt),
    };
    if (call.query.preview) return { status: 200, body: await previewChange(call.ctx, session.id, input) };
    return changed(await makeChange(call.ctx, session.id, input));
  },
  recover: (committed) => (isChangeResult(committed) ? changed(committed) : null),
});

export const changeRoutes = [change];
