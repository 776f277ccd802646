import { z } from 'zod';
import { matchPerson } from '../../commands/match-person';
import { route, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { matchBody, matchResult } from '../schemas/sessions';
import { requireSession } from './sessions';

const matched = (body: unknown): Reply => ({ status: 200, body });

const match = route({
  method: 'post',
  path: '/v1/sessions/{id}/matches',
  tag: 'sessions',
  summary: 'Say who somebody in the room was',
  description:
    'Matches one of the session’s `strangers` to a participant. What was said of the participant is decided anew by the time of the arrival, what followed from it is taken back, and the room provider’s own name for them is remembered. After the session was closed it is a correction, as the policy allows. The newest word counts; null says that it was nobody of this lesson.',
  roles: ['admin', 'coordinator'],
  what: 'session',
  params: idParams,
  body: matchBody,
  responses: { 200: { description: 'Matched.', schema: matchResult } },
  async handle(call) {
    const session = await call.read((tx) => requireSession(tx, call, call.params.id));
    return matched(await matchPerson(call.ctx, session.id, call.body));
  },
  recover: (committed) =>
    z.object({ sessionId: z.string(), key: z.string(), remembered: z.boolean() }).safeParse(committed).success ? matched(committed) : null,
});

export const matchRoutes = [match];
