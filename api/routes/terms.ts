import { z } from 'zod';
import { changeTerm, createTerm } from '../../commands/terms';
import { termPage, type TermRow } from '../../db/terms';
import { termActions } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Call, type Reply } from '../route';
import { idParams, pageQuery } from '../schemas/common';
import { createTermBody, termPageSchema, updateTermBody, writtenTerm } from '../schemas/terms';

const present = (t: TermRow, { ctx }: Call): object => ({ ...t, allowedActions: termActions(ctx.principal) });

const list = route({
  method: 'get',
  path: '/v1/terms',
  tag: 'people',
  summary: 'The terms of the organisation’s calendar, by which strikes are counted',
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  query: pageQuery,
  responses: { 200: { description: 'A page of terms by their first day.', schema: termPageSchema } },
  handle: (call) =>
    call.read(async (tx) => {
      const { limit, cursor } = call.query;
      const after = decodeCursor('terms', ['day', 'id'], cursor);
      const found = await termPage(tx, { limit, after });
      return {
        status: 200,
        body: toPage(
          found,
          limit,
          'terms',
          (t) => [t.startsOn, t.id],
          (t) => present(t, call),
        ),
      };
    }),
});

const created = (body: { id: string; version: number }): Reply => ({ status: 201, body, location: `/v1/terms` });

const create = route({
  method: 'post',
  path: '/v1/terms',
  tag: 'people',
  summary: 'Add a term',
  description: 'Both days belong to it. 409 `already-exists` when another term has its name or some of its days.',
  roles: ['admin', 'coordinator'],
  body: createTermBody,
  responses: { 201: { description: 'Added.', schema: writtenTerm } },
  errors: ['already-exists'],
  handle: async (call) => created(await createTerm(call.ctx, call.body)),
  recover(committed) {
    const found = z.strictObject({ id: z.string(), version: z.int() }).safeParse(committed);
    return found.success ? created(found.data) : null;
  },
});

const update = route({
  method: 'patch',
  path: '/v1/terms/{id}',
  tag: 'people',
  summary: 'Change a term',
  description: 'Strikes that are counted already keep the term they were counted in. 409 `stale` when somebody else changed it since you looked.',
  roles: ['admin', 'coordinator'],
  what: 'term',
  params: idParams,
  body: updateTermBody,
  responses: { 200: { description: 'Changed.', schema: writtenTerm } },
  errors: ['stale', 'already-exists'],
  handle: async (call) => ({ status: 200, body: await changeTerm(call.ctx, call.params.id, call.body) }),
});

export const termRoutes = [list, create, update];
