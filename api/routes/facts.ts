import { declaredFacts, findFact } from '../../commands/declared-facts';
import { specOfFact } from '../../policy/facts/declare';
import type { FactDocument } from '../../policy/facts/types';
import { route } from '../route';
import { factQuery, factsSchema, factValue } from '../schemas/facts';

const STAFF = ['admin', 'coordinator'] as const;

function present(document: FactDocument): object {
  const { fact, kind, meaning } = document;
  const { type, unit = null } = specOfFact(document);
  return { fact, kind, type, unit, meaning };
}

const list = route({
  method: 'get',
  path: '/v1/facts',
  tag: 'rules',
  summary: 'The facts that the rules in force declare by themselves',
  roles: STAFF,
  responses: { 200: { description: 'Each with its meaning, and where it may be named.', schema: factsSchema } },
  errors: ['no-rules'],
  handle: ({ read }) =>
    read(async (tx) => ({
      status: 200,
      body: { items: (await declaredFacts(tx)).map((d) => ({ ...present(d), example: d.example, points: d.points })) },
    })),
});

const value = route({
  method: 'get',
  path: '/v1/facts/value',
  tag: 'rules',
  summary: 'What a declared fact is for somebody now, and what was counted',
  description: 'Found as a decision would find it.',
  roles: STAFF,
  query: factQuery,
  responses: { 200: { description: 'The value, in words, and what it rests on.', schema: factValue } },
  errors: ['not-found', 'no-rules'],
  handle: ({ ctx, query, read }) =>
    read(async (tx) => {
      const { fact, ...found } = await findFact(tx, query, ctx.asOf);
      return { status: 200, body: { ...present(fact), ...found } };
    }),
});

export const factRoutes = [list, value];
