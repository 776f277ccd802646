import { z } from 'zod';
import { makeClosure, previewClosure } from '../../commands/closures/close';
import type { ClosurePreview } from '../../commands/closures/describe';
import { editClosure, previewEdit } from '../../commands/closures/edit';
import { daysOf } from '../../commands/closures/when';
import { previewRemoval, previewRestore, reopen, restore, type ReopenPreview } from '../../commands/closures/reopen';
import { batchesOf, listedItems } from '../../db/batches';
import { closureOfKind, closurePage, type ListedClosure } from '../../db/read/closures';
import type { Tx } from '../../db/database';
import { notFound } from '../../domain/errors';
import { closureActions } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Call, type Reply, type Route } from '../route';
import {
  closureBody,
  closureDetail,
  closureEdit,
  closureMade,
  closurePageSchema,
  closurePreview,
  closuresQuery,
  removed,
  reopenPreview,
  restoreBody,
  timeOffBody,
} from '../schemas/closures';
import { idParams } from '../schemas/common';
import { previewQuery } from '../schemas/series';

const STAFF = ['admin', 'coordinator', 'integrator'] as const;
const STAYS = 'What was moved or cancelled for it stays as it is, until `restore` puts back what the rules offer, and books anew what was cancelled.';

const present = (c: ListedClosure): object => ({
  id: c.id,
  version: c.version,
  state: c.state,
  personId: c.personId,
  branch: c.branch,
  from: c.startsAt,
  to: c.endsAt,
  zone: c.zone,
  ...daysOf(c),
  reason: c.reason,
  createdAt: c.createdAt,
  removedAt: c.removedAt,
  allowedActions: closureActions(c),
});

export async function batchesFor(tx: Tx, causeId: string): Promise<object[]> {
  const found: object[] = [];
  for (const { id, state } of await batchesOf(tx, causeId)) {
    const items = (await listedItems(tx, id)).map(({ sessionId, title, startsAt, change, state: itemState, why }) => ({
      sessionId,
      title,
      startsAt,
      change: change.kind,
      state: itemState,
      why,
    }));
    const done = items.filter((i) => i.state !== 'waiting').length;
    found.push({ id, state, done, total: items.length, items });
  }
  return found;
}

interface TimesBody {
  from?: string;
  to?: string;
  fromDay?: string;
  toDay?: string;
}
interface EditBody extends TimesBody {
  version: number;
  reason?: string;
  previewToken?: string;
}

interface Body extends TimesBody {
  reason: string;
  branch?: string;
  personId?: string;
  previewToken?: string;
}
/** A body with its instants as such. */
const withTimes = <T extends TimesBody>({ from, to, ...rest }: T): Omit<T, 'from' | 'to'> & { from?: Date; to?: Date } => ({
  ...rest,
  ...(from && { from: new Date(from) }),
  ...(to && { to: new Date(to) }),
});

/** Closures and time off are one thing to the database and two to people, so each has addresses of its own. */
function routesFor(at: 'closures' | 'time-off', body: z.ZodType<Body>, words: { one: string; what: string }): Route[] {
  const ofPeople = at === 'time-off';
  const path = `/v1/${at}`;
  const made = ({ closureId, batchId }: { closureId: string; batchId: string }): Reply => ({
    status: 201,
    body: { id: closureId, batchId },
    location: `${path}/${closureId}`,
  });
  const one = async (tx: Tx, id: string): Promise<ListedClosure> => {
    const found = await closureOfKind(tx, id, ofPeople);
    if (!found) throw notFound(words.what, id);
    return found;
  };
  const make = route({
    method: 'post',
    path,
    tag: 'closures',
    summary: `${words.one}, or see what that would do`,
    description:
      'With `preview=true` nothing is done: what becomes of every session in that time, as the `closure` policy says, what it costs, and who is told. Else nothing is booked in it from now on, and what is there is moved, given to another instructor, cancelled or held in one batch; each person is told once of all of it.',
    roles: STAFF,
    query: previewQuery,
    body,
    responses: {
      200: { description: 'What would be done.', schema: closurePreview },
      201: { description: 'Closed; its batch goes on by itself.', schema: closureMade },
    },
    errors: ['stale'],
    keepsKey: (call) => !call.query.preview,
    async handle(call): Promise<{ status: number; body: ClosurePreview } | Reply> {
      const input = withTimes(call.body);
      if (call.query.preview) return { status: 200, body: await previewClosure(call.ctx, input) };
      return made(await makeClosure(call.ctx, input));
    },
    recover: (committed) => {
      const known = z.object({ closureId: z.string(), batchId: z.string() }).safeParse(committed);
      return known.success ? made(known.data) : null;
    },
  });
  const list = route({
    method: 'get',
    path,
    tag: 'closures',
    summary: `${words.what}, the newest first, a page at a time`,
    roles: STAFF,
    query: closuresQuery,
    responses: { 200: { description: 'A page.', schema: closurePageSchema } },
    handle: ({ query: q, read }) =>
      read(async (tx) => {
        const after = decodeCursor(at, ['instant', 'id'], q.cursor);
        const found = await closurePage(tx, { ofPeople, state: q.state ?? null }, { limit: q.limit, after });
        return { status: 200, body: toPage(found, q.limit, at, (c) => [c.cursorAt, c.id], present) };
      }),
  });
  const get = route({
    method: 'get',
    path: `${path}/{id}`,
    tag: 'closures',
    summary: 'One of them, with what became of each session',
    roles: STAFF,
    what: words.what,
    params: idParams,
    responses: { 200: { description: 'It, and its batch.', schema: closureDetail } },
    handle: ({ params, read }) =>
      read(async (tx) => ({ status: 200, body: { ...present(await one(tx, params.id)), batches: await batchesFor(tx, params.id) } })),
  });
  const edit = route({
    method: 'patch',
    path: `${path}/{id}`,
    tag: 'closures',
    summary: 'Give it other times',
    description:
      'What it falls on now and did not before is done in a batch of its own; `preview=true` shows it. What it no longer falls on stays as it is until `restore`.',
    roles: STAFF,
    what: words.what,
    params: idParams,
    query: previewQuery,
    body: closureEdit as z.ZodType<EditBody>,
    responses: { 200: { description: 'What would be done, or the batch that does it.', schema: z.union([closurePreview, closureMade]) } },
    errors: ['stale', 'illegal-move'],
    keepsKey: (call) => !call.query.preview,
    async handle(call): Promise<{ status: number; body: ClosurePreview | { id: string; batchId: string } }> {
      const { id } = call.params;
      await call.read((tx) => one(tx, id));
      if (call.query.preview) return { status: 200, body: await previewEdit(call.ctx, id, withTimes(call.body)) };
      const { batchId } = await editClosure(call.ctx, id, withTimes(call.body));
      return { status: 200, body: { id, batchId } };
    },
  });
  const remove = route({
    method: 'post',
    path: `${path}/{id}/remove`,
    tag: 'closures',
    summary: 'Open that time for bookings again',
    description: `${STAYS} With \`preview=true\` nothing is done: what it did with sessions that are still to come, and which of them could be put back.`,
    roles: STAFF,
    what: words.what,
    params: idParams,
    query: previewQuery,
    responses: { 200: { description: 'Open again, or what that would leave.', schema: z.union([removed, reopenPreview]) } },
    async handle(call: Call<{ id: string }, { preview?: boolean | undefined }>): Promise<{ status: number; body: object }> {
      const { id } = call.params;
      await call.read((tx) => one(tx, id));
      if (call.query.preview) return { status: 200, body: await previewRemoval(call.ctx, id) };
      await reopen(call.ctx, id);
      return { status: 200, body: { id, note: STAYS } };
    },
  });
  const putBack = route({
    method: 'post',
    path: `${path}/{id}/restore`,
    tag: 'closures',
    summary: 'Put back, in one batch, what it moved or gave to somebody else, and book anew what it cancelled',
    description:
      'Only sessions whose time is open again and that nobody has changed since, as `closure.reopen` says; `preview=true` lists each with its reason. Everybody is told once of what is put back; what is booked anew is confirmed as any booking.',
    roles: STAFF,
    what: words.what,
    params: idParams,
    query: previewQuery,
    body: restoreBody,
    responses: { 200: { description: 'What would be put back, or the batch that does it.', schema: z.union([reopenPreview, closureMade]) } },
    errors: ['stale'],
    keepsKey: (call) => !call.query.preview,
    async handle(call): Promise<{ status: number; body: ReopenPreview | { id: string; batchId: string } }> {
      const { id } = call.params;
      await call.read((tx) => one(tx, id));
      if (call.query.preview) return { status: 200, body: await previewRestore(call.ctx, id) };
      const { batchId } = await restore(call.ctx, id, call.body);
      return { status: 200, body: { id, batchId } };
    },
  });
  return [make, list, get, edit, remove, putBack];
}

export const closureRoutes = [
  ...routesFor('closures', closureBody as z.ZodType<Body>, { one: 'Close the organisation or a branch for some time', what: 'closure' }),
  ...routesFor('time-off', timeOffBody as z.ZodType<Body>, { one: 'Give an instructor or a student time off', what: 'time off' }),
];
