import { z } from 'zod';
import { checkRules, publishRules } from '../../commands/publish-rules';
import { activeRuleSet, ruleSetPage, wholeRuleSet, type ListedRuleSet } from '../../db/read/rule-sets';
import type { RuleSetRow } from '../../db/rule-sets';
import { notFound } from '../../domain/errors';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Reply } from '../route';
import { idParams, pageQuery } from '../schemas/common';
import { checkResult, checkRulesBody, publishResult, publishRulesBody, ruleSetPageSchema, wholeRuleSetSchema } from '../schemas/others';

const READERS = ['admin', 'coordinator'] as const;

function present(r: ListedRuleSet): object {
  return {
    id: r.id,
    version: 1,
    number: r.number,
    hash: r.hash,
    message: r.message,
    publishedAt: r.publishedAt,
    publishedBy: r.publishedBy === null ? null : { id: r.publishedBy, name: r.publishedByName ?? 'Lectern' },
    active: r.active,
  };
}

function presentWhole(set: (ListedRuleSet & Pick<RuleSetRow, 'content'>) | undefined, id: string): Reply {
  if (!set) throw notFound('rule set', id);
  const files = (list: RuleSetRow['content']['policies']): object[] => list.map(({ file, text }) => ({ file, text }));
  const { policies, messages, inbound } = set.content;
  return {
    status: 200,
    body: { ...present(set), policies: files(policies), messages: files(messages), ...(inbound && { inbound: files(inbound) }) },
  };
}

const list = route({
  method: 'get',
  path: '/v1/rules',
  tag: 'rules',
  summary: 'Published rule sets, the newest first',
  roles: READERS,
  query: pageQuery,
  responses: { 200: { description: 'A page of rule sets; the first is the active one.', schema: ruleSetPageSchema } },
  async handle({ query: { limit, cursor }, read }) {
    const after = decodeCursor('rules', ['number'], cursor);
    const found = await read((tx) => ruleSetPage(tx, { limit, after }));
    return { status: 200, body: toPage(found, limit, 'rules', (r) => [String(r.number)], present) };
  },
});

const active = route({
  method: 'get',
  path: '/v1/rules/active',
  tag: 'rules',
  summary: 'The rule set in force, with its files',
  roles: READERS,
  responses: { 200: { description: 'The active set.', schema: wholeRuleSetSchema } },
  handle: async ({ read }) => presentWhole(await read(activeRuleSet), 'active'),
});

const one = route({
  method: 'get',
  path: '/v1/rules/{id}',
  tag: 'rules',
  summary: 'One rule set, with its files',
  roles: READERS,
  what: 'rule set',
  params: idParams,
  responses: { 200: { description: 'The set.', schema: wholeRuleSetSchema } },
  handle: async ({ read, params }) => presentWhole(await read((tx) => wholeRuleSet(tx, params.id)), params.id),
});

const check = route({
  method: 'post',
  path: '/v1/rules/check',
  tag: 'rules',
  summary: 'Check rule files without publishing them',
  description: 'Also runs the examples in the files. 200 either way; `faults` names code, file, rule, path and remedy.',
  roles: READERS,
  body: checkRulesBody,
  responses: { 200: { description: 'What the check found.', schema: checkResult } },
  keepsKey: () => false,
  async handle({ ctx, body }) {
    const faults = await checkRules(ctx, body);
    return { status: 200, body: { ok: faults.length === 0, faults } };
  },
});

const published = (set: { setId: string; number: number; hash: string; diff: string[] }): Reply => {
  const { setId, number, hash, diff } = set;
  return { status: 201, body: { id: setId, number, hash, diff }, location: `/v1/rules/${setId}` };
};

const publish = route({
  method: 'post',
  path: '/v1/rules/publish',
  tag: 'rules',
  summary: 'Publish a new rule set',
  description: 'It is in force at once; running sessions keep the terms they were booked under. 422 `invalid-rules` lists the faults.',
  roles: ['admin'],
  body: publishRulesBody,
  responses: { 201: { description: 'Published.', schema: publishResult } },
  errors: ['invalid-rules'],
  handle: async ({ ctx, body }) => published(await publishRules(ctx, body)),
  recover(value) {
    const found = z.object({ setId: z.string(), number: z.int(), hash: z.string(), diff: z.array(z.string()) }).safeParse(value);
    return found.success ? published(found.data) : null;
  },
});

export const ruleRoutes = [list, active, one, check, publish];
