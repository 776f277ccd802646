import { pause, releasePause } from '../../commands/pause';
import { activePauses, newestPauses, pauseById, type ListedPause } from '../../db/pauses';
import { notFound } from '../../domain/errors';
import { PAUSE_SCOPES } from '../../domain/pauses';
import { action } from '../actions';
import { route } from '../route';
import { idParams } from '../schemas/common';
import { pauseBody, pauseItem, pausesQuery, pausesSchema } from '../schemas/ops';

const STAFF = ['admin', 'coordinator'] as const;

export const present = (p: ListedPause): object => ({
  id: p.id,
  version: p.version,
  scope: p.scope,
  value: p.value,
  reason: p.reason,
  pausedAt: p.pausedAt,
  pausedBy: p.pausedByName,
  until: p.untilAt,
  waiting: p.waiting,
  underWay: p.underWay,
  released: p.releasedAt && { at: p.releasedAt, by: p.releasedByName ?? 'Lectern', sent: p.sent ?? 0, suppressed: p.suppressed ?? 0 },
  allowedActions: [action('release', p.releasedAt ? `It was released by ${p.releasedByName ?? 'Lectern'} at ${p.releasedAt.toISOString()}.` : null)],
});

const make = route({
  method: 'post',
  path: '/v1/ops/pause',
  tag: 'operations',
  summary: 'Pause messages of a kind or on a channel, all messages, or what a policy decides',
  description:
    'What falls due meanwhile waits; what a paused policy would decide is held for a person. What was being sent when the pause was asked for leaves: `underWay` says how much. 409 `already-exists` when it is paused already.',
  roles: STAFF,
  body: pauseBody,
  responses: { 201: { description: 'Paused.', schema: pauseItem } },
  errors: ['already-exists'],
  async handle({ ctx, body }) {
    const scope = PAUSE_SCOPES.find((s) => body[s] !== undefined)!;
    const value = scope === 'all' ? null : body[scope]!;
    const made = await pause(ctx, { scope, value, reason: body.reason, until: body.until === undefined ? null : new Date(body.until) });
    return { status: 201, location: `/v1/ops/pause/${made.id}`, body: present(made) };
  },
});

const list = route({
  method: 'get',
  path: '/v1/ops/pause',
  tag: 'operations',
  summary: 'What is paused: by whom, why, since when, and how much waits',
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  query: pausesQuery,
  responses: { 200: { description: 'The pauses.', schema: pausesSchema } },
  async handle({ ctx, query, read }) {
    const found = await read((tx) => (query.state === 'active' ? activePauses(tx, ctx.asOf) : newestPauses(tx, ctx.asOf, query.limit)));
    return { status: 200, body: { items: found.map(present) } };
  },
});

const read = route({
  method: 'get',
  path: '/v1/ops/pause/{id}',
  tag: 'operations',
  summary: 'One pause',
  roles: STAFF,
  what: 'pause',
  params: idParams,
  responses: { 200: { description: 'The pause.', schema: pauseItem } },
  async handle({ ctx, params, read: inTx }) {
    const found = await inTx((tx) => pauseById(tx, ctx.asOf, params.id));
    if (!found) throw notFound('pause', params.id);
    return { status: 200, body: present(found) };
  },
});

const release = route({
  method: 'post',
  path: '/v1/ops/pause/{id}/release',
  tag: 'operations',
  summary: 'Take the brake off',
  description:
    'What waited leaves once, where it still makes sense: of several reminders to one person the last, and what came too late or whose lesson is over is suppressed with the reason `paused`. Steps that a paused policy held stay for a person. Releasing twice is harmless.',
  roles: STAFF,
  what: 'pause',
  params: idParams,
  responses: { 200: { description: 'Released.', schema: pauseItem } },
  handle: async ({ ctx, params }) => ({ status: 200, body: present(await releasePause(ctx, params.id)) }),
});

export const opsRoutes = [make, list, read, release];
