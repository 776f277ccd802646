import { approveDraft, saveDraft, withdrawDraft } from '../../commands/rule-drafts';
import { draftPage, listedDraft, type ListedDraft } from '../../db/read/rule-drafts';
import { newestSet } from '../../db/rule-sets';
import type { Tx } from '../../db/database';
import { notFound } from '../../domain/errors';
import { apart, diffRuleSets } from '../../policy/diff';
import type { Principal } from '../../commands/context';
import { action } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Reply } from '../route';
import { idParams, pageQuery } from '../schemas/common';
import { draftPageSchema, draftRulesBody, draftVersionBody, wholeDraftSchema } from '../schemas/rules';
import { contentOf, principalOf, published, PUBLISH_RESPONSES, recoverPublished } from './rules';

const READERS = ['admin', 'coordinator'] as const;
const OF_DRAFT = { tag: 'rules', what: 'draft', params: idParams } as const;

/** Why the caller cannot do it; null when they can. */
function whyNot(d: ListedDraft, { id, roles }: Principal, states: readonly string[], isOwn: boolean): string | null {
  if (!states.includes(d.state)) return `It is ${d.state}.`;
  if (!roles.includes('admin')) return 'This needs the role admin.';
  return isOwn && d.authorId === id ? 'Whoever proposed it cannot approve it.' : null;
}

export const presentDraft = (d: ListedDraft, principal: Principal): object => ({
  id: d.id,
  version: d.version,
  state: d.state,
  hash: d.hash,
  message: d.message,
  author: principalOf(d.authorId, d.authorName),
  createdAt: d.createdAt,
  effectiveFrom: d.effectiveFrom,
  rollsBackTo: d.rollsBackTo,
  approvedBy: principalOf(d.approvedBy, d.approvedByName),
  ruleSetId: d.setId,
  endedBy: principalOf(d.endedBy, d.endedByName),
  endedAt: d.endedAt,
  reason: d.reason,
  allowedActions: [
    action('approve', whyNot(d, principal, ['proposed'], true)),
    action('withdraw', whyNot(d, principal, ['draft', 'proposed', 'scheduled'], false)),
  ],
});

/** A draft with its files, and what it would change in the set in force. */
async function whole(tx: Tx, id: string, principal: Principal): Promise<object> {
  const draft = await listedDraft(tx, id);
  if (!draft) throw notFound('draft', id);
  const diff = apart(diffRuleSets((await newestSet(tx))!.content, draft.content));
  return { ...presentDraft(draft, principal), diff, ...contentOf(draft.content) };
}

const list = route({
  method: 'get',
  path: '/v1/rule-drafts',
  tag: 'rules',
  summary: 'Rule files that are not in force: drafts, proposals, what is to come into force; the newest first',
  roles: READERS,
  query: pageQuery,
  responses: { 200: { description: 'A page of drafts.', schema: draftPageSchema } },
  async handle({ query: { limit, cursor }, read, ctx }) {
    const after = decodeCursor('rule-drafts', ['instant', 'id'], cursor);
    const found = await read((tx) => draftPage(tx, { limit, after }));
    const body = toPage(
      found,
      limit,
      'rule-drafts',
      (d) => [d.cursorAt, d.id],
      (d) => presentDraft(d, ctx.principal),
    );
    return { status: 200, body };
  },
});

const one = route({
  ...OF_DRAFT,
  method: 'get',
  path: '/v1/rule-drafts/{id}',
  summary: 'One draft, with its files and what it would change',
  roles: READERS,
  responses: { 200: { description: 'The draft.', schema: wholeDraftSchema } },
  handle: async ({ ctx, params, read }) => ({ status: 200, body: await read((tx) => whole(tx, params.id, ctx.principal)) }),
});

const save = route({
  method: 'post',
  path: '/v1/rule-drafts',
  tag: 'rules',
  summary: 'Keep rule files as a draft',
  description: 'Nothing of it is in force. 422 `invalid-rules` lists the faults.',
  roles: ['admin'],
  body: draftRulesBody,
  responses: { 201: { description: 'Kept.', schema: wholeDraftSchema } },
  errors: ['invalid-rules', 'no-rules'],
  async handle({ ctx, body, read }): Promise<Reply> {
    const id = await saveDraft(ctx, body);
    return { status: 201, location: `/v1/rule-drafts/${id}`, body: await read((tx) => whole(tx, id, ctx.principal)) };
  },
});

const approve = route({
  ...OF_DRAFT,
  method: 'post',
  path: '/v1/rule-drafts/{id}/approve',
  summary: 'Approve what somebody else has proposed',
  description: 'In force at once, or scheduled. 403 `self-approval` for its author; 409 `stale` when another set was published since.',
  roles: ['admin'],
  body: draftVersionBody,
  responses: PUBLISH_RESPONSES,
  errors: ['not-found', 'self-approval', 'already-decided', 'already-exists', 'stale'],
  handle: async ({ ctx, params, body }) => published(await approveDraft(ctx, params.id, body.version)),
  recover: recoverPublished,
});

const withdraw = route({
  ...OF_DRAFT,
  method: 'post',
  path: '/v1/rule-drafts/{id}/withdraw',
  summary: 'Let go of a draft, a proposal, or what was to come into force',
  roles: ['admin'],
  body: draftVersionBody,
  responses: { 200: { description: 'Withdrawn.', schema: wholeDraftSchema } },
  errors: ['not-found', 'already-decided', 'stale'],
  async handle({ ctx, params, body, read }) {
    await withdrawDraft(ctx, params.id, body.version);
    return { status: 200, body: await read((tx) => whole(tx, params.id, ctx.principal)) };
  },
});

export const ruleDraftRoutes = [list, one, save, approve, withdraw];
