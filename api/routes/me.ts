import { ownOrganisation } from '../../db/read/organisation';
import { route } from '../route';
import { meItem } from '../schemas/others';

const me = route({
  method: 'get',
  path: '/v1/me',
  tag: 'access',
  summary: 'Who you are here, and what time it is',
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  responses: { 200: { description: 'The principal behind the key or login.', schema: meItem } },
  async handle({ ctx, read }) {
    const { id, name, kind, personId, roles } = ctx.principal;
    return { status: 200, body: { id, name, kind, personId, roles, organisation: await read(ownOrganisation), now: ctx.asOf } };
  },
});

export const meRoutes = [me];
