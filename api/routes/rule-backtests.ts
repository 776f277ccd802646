import { cancelBacktest, startBacktest } from '../../commands/backtests';
import type { Principal } from '../../commands/context';
import { listedBacktest, type ListedBacktest } from '../../db/rule-backtests';
import type { Tx } from '../../db/database';
import { notFound } from '../../domain/errors';
import { action } from '../actions';
import { route, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { backtestSchema, startBacktestBody } from '../schemas/rule-backtests';
import { instantOf, principalOf } from './rules';

const READERS = ['admin', 'coordinator'] as const;
const OF_BACKTEST = { tag: 'rules', what: 'back-test', params: idParams } as const;

const present = (b: ListedBacktest, { roles }: Principal): object => ({
  id: b.id,
  version: b.version,
  draftId: b.draftId,
  since: b.since,
  state: b.state,
  progress: { done: b.done, of: b.of },
  report: b.report,
  reason: b.state === 'failed' ? b.reason : null,
  askedBy: principalOf(b.askedBy, b.askedByName),
  askedAt: b.askedAt,
  endedBy: principalOf(b.endedBy, b.endedByName),
  endedAt: b.endedAt,
  allowedActions: [action('cancel', b.endedAt ? `It is ${b.state}.` : roles.includes('admin') ? null : 'This needs the role admin.')],
});

async function theBacktest(tx: Tx, id: string, principal: Principal): Promise<object> {
  const found = await listedBacktest(tx, id);
  if (!found) throw notFound('back-test', id);
  return present(found, principal);
}

const start = route({
  method: 'post',
  path: '/v1/rule-backtests',
  tag: 'rules',
  summary: 'Decide recorded decisions anew by a draft',
  description:
    'A worker does it, apart from everything else; ask for it until `state` is `done`. Nothing is changed. One at a time: 409 `already-exists` while another is under way.',
  roles: ['admin'],
  body: startBacktestBody,
  responses: { 202: { description: 'It is under way.', schema: backtestSchema } },
  errors: ['already-exists', 'invalid-rules'],
  async handle({ ctx, body, read }): Promise<Reply> {
    const id = await startBacktest(ctx, { ...body, since: instantOf(body.since) });
    return { status: 202, location: `/v1/rule-backtests/${id}`, body: await read((tx) => theBacktest(tx, id, ctx.principal)) };
  },
});

const one = route({
  ...OF_BACKTEST,
  method: 'get',
  path: '/v1/rule-backtests/{id}',
  summary: 'How far a back-test is, and what it has found',
  roles: READERS,
  responses: { 200: { description: 'The back-test.', schema: backtestSchema } },
  handle: async ({ ctx, params, read }) => ({ status: 200, body: await read((tx) => theBacktest(tx, params.id, ctx.principal)) }),
});

const cancel = route({
  ...OF_BACKTEST,
  method: 'post',
  path: '/v1/rule-backtests/{id}/cancel',
  summary: 'End a back-test that is under way',
  roles: ['admin'],
  responses: { 200: { description: 'Cancelled.', schema: backtestSchema } },
  errors: ['not-found', 'already-decided'],
  async handle({ ctx, params, read }) {
    await cancelBacktest(ctx, params.id);
    return { status: 200, body: await read((tx) => theBacktest(tx, params.id, ctx.principal)) };
  },
});

export const ruleBacktestRoutes = [start, one, cancel];
