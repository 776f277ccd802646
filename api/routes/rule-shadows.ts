import type { Principal } from '../../commands/context';
import { promoteShadow, startShadow, stopShadow } from '../../commands/shadow/shadow';
import { draftById } from '../../db/rule-drafts';
import { newestShadow, shadowById } from '../../db/rule-shadows';
import { differencePage, listedShadow, shadowPage, shadowReport, type ListedDifference, type ListedShadow } from '../../db/read/rule-shadows';
import type { Tx } from '../../db/database';
import { whatIf } from '../../decisions/explain-whole';
import { notFound } from '../../domain/errors';
import { action } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Reply } from '../route';
import { idParams, pageQuery } from '../schemas/common';
import {
  bothExplanations,
  differencePageSchema,
  explanationQuery,
  promoteShadowBody,
  shadowPageSchema,
  shadowVersionBody,
  startShadowBody,
  wholeShadowSchema,
} from '../schemas/rule-shadows';
import { presentDecision, presentWhatIf, theDecision } from './decisions';
import { instantOf, principalOf, published, PUBLISH_RESPONSES, recoverPublished } from './rules';

const READERS = ['admin', 'coordinator'] as const;
const OF_SHADOW = { tag: 'rules', what: 'shadow', params: idParams } as const;

function whyNot(principal: Principal, over: string | null): string | null {
  return over ?? (principal.roles.includes('admin') ? null : 'This needs the role admin.');
}

const presentShadow = (s: ListedShadow, principal: Principal): object => ({
  id: s.id,
  version: s.version,
  draftId: s.draftId,
  draftMessage: s.draftMessage,
  draftState: s.draftState,
  startedAt: s.startedAt,
  startedBy: principalOf(s.startedBy, s.startedByName),
  endedAt: s.endedAt,
  endedBy: principalOf(s.endedBy, s.endedByName),
  endedAs: s.endedAs,
  reason: s.reason,
  allowedActions: [
    action('stop', whyNot(principal, s.endedAt && `It has ended at ${s.endedAt.toISOString()}.`)),
    action('promote', whyNot(principal, s.draftState === 'draft' ? null : `Its draft is ${s.draftState}.`)),
  ],
});

async function theShadow(tx: Tx, id: string): Promise<ListedShadow> {
  const shadow = await listedShadow(tx, id);
  if (!shadow) throw notFound('shadow', id);
  return shadow;
}

async function whole(tx: Tx, id: string, principal: Principal): Promise<object> {
  const shadow = await theShadow(tx, id);
  return { ...presentShadow(shadow, principal), report: await shadowReport(tx, shadow) };
}

const list = route({
  method: 'get',
  path: '/v1/rule-shadows',
  tag: 'rules',
  summary: 'Drafts that are or were beside the live set, the newest first',
  roles: READERS,
  query: pageQuery,
  responses: { 200: { description: 'A page of shadows.', schema: shadowPageSchema } },
  async handle({ ctx, query: { limit, cursor }, read }) {
    const after = decodeCursor('rule-shadows', ['instant', 'id'], cursor);
    const found = await read((tx) => shadowPage(tx, { limit, after }));
    const body = toPage(
      found,
      limit,
      'rule-shadows',
      (s) => [s.cursorAt, s.id],
      (s) => presentShadow(s, ctx.principal),
    );
    return { status: 200, body };
  },
});

const one = route({
  ...OF_SHADOW,
  method: 'get',
  path: '/v1/rule-shadows/{id}',
  summary: 'One shadow, with what its draft would have said, added up',
  roles: READERS,
  responses: { 200: { description: 'The shadow and its report.', schema: wholeShadowSchema } },
  handle: async ({ ctx, params, read }) => ({ status: 200, body: await read((tx) => whole(tx, params.id, ctx.principal)) }),
});

const start = route({
  method: 'post',
  path: '/v1/rule-shadows',
  tag: 'rules',
  summary: 'Put a draft beside the live set',
  description:
    'From here on it is asked what it would have said of each decision, and nothing follows from that. One at a time: 409 `already-exists` while another runs.',
  roles: ['admin'],
  body: startShadowBody,
  responses: { 201: { description: 'It runs.', schema: wholeShadowSchema } },
  errors: ['already-exists', 'already-decided', 'invalid-rules'],
  async handle({ ctx, body, read }): Promise<Reply> {
    const id = await startShadow(ctx, body.draftId);
    return { status: 201, location: `/v1/rule-shadows/${id}`, body: await read((tx) => whole(tx, id, ctx.principal)) };
  },
});

const presentDifference = (d: ListedDifference): object => ({
  id: d.decisionId,
  version: 1,
  sessionId: d.sessionId,
  point: d.point,
  programme: d.programme,
  asOf: d.asOf,
  was: { rule: d.ruleWas, outcome: d.outcomeWas },
  is: { rule: d.rule, outcome: d.outcomeIs },
});

const differences = route({
  ...OF_SHADOW,
  method: 'get',
  path: '/v1/rule-shadows/{id}/differences',
  summary: 'The decisions that the draft would have made otherwise, the newest first',
  roles: READERS,
  query: pageQuery,
  responses: { 200: { description: 'A page of decisions.', schema: differencePageSchema } },
  async handle({ params, query: { limit, cursor }, read }) {
    const after = decodeCursor('rule-shadow-differences', ['instant', 'id'], cursor);
    const found = await read(async (tx) => differencePage(tx, (await theShadow(tx, params.id)).id, { limit, after }));
    return { status: 200, body: toPage(found, limit, 'rule-shadow-differences', (d) => [d.cursorAt, d.decisionId], presentDifference) };
  },
});

const explanation = route({
  method: 'get',
  path: '/v1/decisions/{id}/shadow',
  tag: 'rules',
  summary: 'One decision explained twice: as it was made, and as the draft beside the live set would have made it',
  roles: READERS,
  what: 'decision',
  params: idParams,
  query: explanationQuery,
  responses: { 200: { description: 'Both explanations.', schema: bothExplanations } },
  handle: ({ params, query: { shadowId }, read }) =>
    read(async (tx) => {
      const decision = await theDecision(tx, params.id);
      const shadow = await (shadowId === undefined ? newestShadow(tx) : shadowById(tx, shadowId));
      if (!shadow) throw notFound('shadow', shadowId ?? 'newest');
      const rules = (await draftById(tx, shadow.draftId))!.content;
      const draft = presentWhatIf(await whatIf(tx, decision, { rules }));
      return { status: 200, body: { recorded: await presentDecision(tx, decision), draft } };
    }),
});

const stop = route({
  ...OF_SHADOW,
  method: 'post',
  path: '/v1/rule-shadows/{id}/stop',
  summary: 'Take a draft from beside the live set',
  description: 'What it would have said so far is kept.',
  roles: ['admin'],
  body: shadowVersionBody,
  responses: { 200: { description: 'It has ended.', schema: wholeShadowSchema } },
  errors: ['not-found', 'already-decided', 'stale'],
  async handle({ ctx, params, body, read }) {
    await stopShadow(ctx, params.id, body.version);
    return { status: 200, body: await read((tx) => whole(tx, params.id, ctx.principal)) };
  },
});

const promote = route({
  ...OF_SHADOW,
  method: 'post',
  path: '/v1/rule-shadows/{id}/promote',
  summary: 'Publish the draft of a shadow',
  description:
    'As a publish does: where the rules in force ask for a second person it is proposed (202). 409 `stale` when another set was published since the draft was kept.',
  roles: ['admin'],
  body: promoteShadowBody,
  responses: PUBLISH_RESPONSES,
  errors: ['not-found', 'already-decided', 'already-exists', 'stale', 'invalid-rules'],
  handle: async ({ ctx, params, body }) =>
    published(await promoteShadow(ctx, params.id, { version: body.version, effectiveFrom: instantOf(body.effectiveFrom) })),
  recover: recoverPublished,
});

export const ruleShadowRoutes = [list, one, start, differences, explanation, stop, promote];
