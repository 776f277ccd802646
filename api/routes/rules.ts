import { checkRules, publishedSchema, publishRules, type Published } from '../../commands/publish-rules';
import { rollBack } from '../../commands/rule-drafts';
import { activeRuleSet, contentOfNumber, ruleSetPage, wholeRuleSet, type ListedRuleSet, type WholeRuleSet } from '../../db/read/rule-sets';
import type { RuleFile, RuleSetRow } from '../../db/rule-sets';
import type { Tx } from '../../db/database';
import { notFound } from '../../domain/errors';
import { apart, diffRuleSets } from '../../policy/diff';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Reply } from '../route';
import { idParams, pageQuery } from '../schemas/common';
import { checkResult, checkRulesBody, publishResult, publishRulesBody, rollbackBody, ruleSetPageSchema, wholeRuleSetSchema } from '../schemas/rules';

const READERS = ['admin', 'coordinator'] as const;

function present(r: ListedRuleSet): object {
  return {
    id: r.id,
    version: 1,
    number: r.number,
    hash: r.hash,
    message: r.message,
    publishedAt: r.publishedAt,
    publishedBy: principalOf(r.publishedBy, r.publishedByName),
    approvedBy: principalOf(r.approvedBy, r.approvedByName),
    effectiveFrom: r.effectiveFrom,
    rollsBackTo: r.rollsBackTo,
    active: r.active,
  };
}

export const principalOf = (id: string | null, name: string | null): object | null => (id === null ? null : { id, name: name ?? 'Lectern' });
const filesOf = (list: readonly RuleFile[]): object[] => list.map(({ file, text }) => ({ file, text }));
export const contentOf = ({ policies, messages, inbound, facts, automations }: RuleSetRow['content']): object => ({
  policies: filesOf(policies),
  messages: filesOf(messages),
  ...(inbound && { inbound: filesOf(inbound) }),
  ...(facts && { facts: filesOf(facts) }),
  ...(automations && { automations: filesOf(automations) }),
});

async function presentWhole(tx: Tx, set: WholeRuleSet | undefined, id: string): Promise<Reply> {
  if (!set) throw notFound('rule set', id);
  const before = await contentOfNumber(tx, set.number - 1);
  const diff = before ? apart(diffRuleSets(before, set.content)) : null;
  return { status: 200, body: { ...present(set), diff, ...contentOf(set.content) } };
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
  handle: ({ read }) => read(async (tx) => presentWhole(tx, await activeRuleSet(tx), 'active')),
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
  handle: ({ read, params }) => read(async (tx) => presentWhole(tx, await wholeRuleSet(tx, params.id), params.id)),
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

/** A set has come into force (201), or it will once somebody has approved it or its time has come (202). */
export function published(result: Published): Reply {
  const isSet = result.number !== null;
  return { status: isSet ? 201 : 202, body: result, location: isSet ? `/v1/rules/${result.id}` : `/v1/rule-drafts/${result.id}` };
}
export const PUBLISH_RESPONSES = {
  201: { description: 'Published: `in-force`, or `unchanged` where the same was in force already.', schema: publishResult },
  202: { description: 'Kept as a draft: `proposed` until a second person approves it, or `scheduled`.', schema: publishResult },
};
export function recoverPublished(value: unknown): Reply | null {
  const found = publishedSchema.safeParse(value);
  return found.success ? published(found.data) : null;
}
export const instantOf = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));

const publish = route({
  method: 'post',
  path: '/v1/rules/publish',
  tag: 'rules',
  summary: 'Publish a new rule set',
  description:
    'In force at once, or from `effectiveFrom` on; what is booked keeps the terms it was booked under. Where the rules in force ask for a second person it is proposed (202). 422 `invalid-rules` lists the faults; 409 `already-exists` while another set is to come into force.',
  roles: ['admin'],
  body: publishRulesBody,
  responses: PUBLISH_RESPONSES,
  errors: ['invalid-rules', 'already-exists'],
  handle: async ({ ctx, body }) => published(await publishRules(ctx, { ...body, effectiveFrom: instantOf(body.effectiveFrom) })),
  recover: recoverPublished,
});

const rollback = route({
  method: 'post',
  path: '/v1/rules/rollback',
  tag: 'rules',
  summary: 'Take an earlier rule set back into force',
  description: 'Publishes the earlier set anew, with a number of its own. Errors as those of a publish.',
  roles: ['admin'],
  body: rollbackBody,
  responses: PUBLISH_RESPONSES,
  errors: ['not-found', 'no-rules', 'invalid-rules', 'already-exists'],
  handle: async ({ ctx, body }) => published(await rollBack(ctx, { ...body, effectiveFrom: instantOf(body.effectiveFrom) })),
  recover: recoverPublished,
});

export const ruleRoutes = [list, active, one, check, publish, rollback];
