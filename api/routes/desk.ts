import { decideBatch, type BatchResult } from '../../commands/held-steps/decide-batch';
import { claimHeldStep, commentOn, logContact, releaseHeldStep, snoozeHeldStep, unsnoozeHeldStep } from '../../commands/held-steps/desk';
import { notesOf } from '../../db/desk';
import { activePauses } from '../../db/pauses';
import { decidedSince, heldStepPage, visibleHeldStep } from '../../db/read/held-steps';
import { staffScopeOf } from '../auth/authenticate';
import { route, type Call, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { batchBody, batchResult, claimBody, commentBody, contactBody, handoverQuery, handoverSchema, noteReceipt, snoozeBody } from '../schemas/desk';
import { heldStepItem } from '../schemas/held-steps';
import { onDutyAt } from './duty';
import { answered, DECIDERS, present, presentNote, requireHeldStep } from './held-steps';
import { present as presentPause } from './ops';

const onStep = { method: 'post', tag: 'held steps', roles: DECIDERS, what: 'held step', params: idParams, errors: ['already-decided'] } as const;
type OnStep = Pick<Call<{ id: string }>, 'ctx' | 'params' | 'read'>;
const asStep = { 200: { description: 'The step.', schema: heldStepItem } };
const asNote = { 201: { description: 'Written.', schema: noteReceipt } };

/** Does something with a step that the caller sees, and gives it as it is then. */
async function changed(call: OnStep, work: (ref: { id: string; sessionId: string }) => Promise<void>): Promise<Reply> {
  await work(await call.read((tx) => requireHeldStep(tx, call, call.params.id)));
  return call.read(async (tx) => ({ status: 200, body: present(await requireHeldStep(tx, call, call.params.id), call) }));
}

const claim = route({
  ...onStep,
  path: '/v1/held-steps/{id}/claim',
  summary: 'Say that you look after a step',
  description:
    'It binds nobody: others see it, and whoever decides a step that a colleague has claimed is told so. 409 `already-claimed` unless `takeOver`.',
  body: claimBody,
  responses: asStep,
  errors: ['already-decided', 'already-claimed'],
  handle: (call) => changed(call, (ref) => claimHeldStep(call.ctx, ref, call.body.takeOver)),
});

const release = route({
  ...onStep,
  path: '/v1/held-steps/{id}/release',
  summary: 'Let a claimed step go, your own or a colleague’s',
  responses: asStep,
  handle: (call) => changed(call, (ref) => releaseHeldStep(call.ctx, ref)),
});

const comment = route({
  ...onStep,
  path: '/v1/held-steps/{id}/comments',
  summary: 'A word for whoever looks after the step next',
  body: commentBody,
  responses: asNote,
  async handle(call) {
    const ref = await call.read((tx) => requireHeldStep(tx, call, call.params.id));
    return { status: 201, body: await commentOn(call.ctx, ref, call.body.text) };
  },
  recover: (committed) => (noteReceipt.safeParse(committed).success ? { status: 201, body: committed } : null),
});

const contact = route({
  ...onStep,
  path: '/v1/held-steps/{id}/contacts',
  summary: 'Log that somebody was called or written to by hand, and what came of it',
  body: contactBody,
  responses: asNote,
  async handle(call) {
    const { personId, channel, outcome, at, text = null } = call.body;
    const ref = await call.read((tx) => requireHeldStep(tx, call, call.params.id));
    const logged = await logContact(call.ctx, ref, { personId, channel, outcome, at: at === undefined ? null : new Date(at), text });
    return { status: 201, body: logged };
  },
  recover: (committed) => (noteReceipt.safeParse(committed).success ? { status: 201, body: committed } : null),
});

const snooze = route({
  ...onStep,
  path: '/v1/held-steps/{id}/snooze',
  summary: 'Let a step rest until a time or an event, whichever comes first',
  description: 'It leaves the lists that ask for `snoozed=false`, and comes back by itself. Its deadline stands; a time behind it is refused.',
  body: snoozeBody,
  responses: asStep,
  handle: (call) =>
    changed(call, (ref) => {
      const { until, event = null, personId = null } = call.body;
      return snoozeHeldStep(call.ctx, ref, { until: until === undefined ? null : new Date(until), event, personId });
    }),
});

const unsnooze = route({
  ...onStep,
  path: '/v1/held-steps/{id}/unsnooze',
  summary: 'Take up a step that rests',
  responses: asStep,
  handle: (call) => changed(call, (ref) => unsnoozeHeldStep(call.ctx, ref)),
});

function inBatch(result: BatchResult): object {
  if ('decided' in result) return { id: result.id, decided: answered(result.decided).body, error: null };
  const { code, message, remedy, details } = result.error;
  return { id: result.id, decided: null, error: { code, message, remedy, details } };
}

const batch = route({
  method: 'post',
  path: '/v1/held-steps/decide-batch',
  tag: 'held steps',
  summary: 'Decide many held steps, with a result for each',
  description:
    'Each is a compare-and-swap of its own, as if it were the only one; one that is refused keeps none of the others. Always 200: read the results.',
  roles: DECIDERS,
  body: batchBody,
  responses: { 200: { description: 'What became of each.', schema: batchResult } },
  async handle(call) {
    const { ctx, body, read } = call;
    const sees = async (id: string): Promise<boolean> =>
      (await read((tx) => visibleHeldStep(tx, id, staffScopeOf(ctx.principal), ctx.asOf))) !== undefined;
    return { status: 200, body: { results: (await decideBatch(ctx, body.decisions, sees)).map(inBatch) } };
  },
});

const MOST_OPEN = 200;

const handover = route({
  method: 'get',
  path: '/v1/held-steps/handover',
  tag: 'held steps',
  summary: 'For whoever takes over: what is open, who has it, what was written since, what rests, who is on duty, what is paused',
  roles: ['admin', 'coordinator'],
  query: handoverQuery,
  responses: { 200: { description: 'The handover.', schema: handoverSchema } },
  handle: (call) =>
    call.read(async (tx) => {
      const { asOf, principal } = call.ctx;
      const since = new Date(call.query.since);
      const filter = { state: 'open' as const, sessionId: null, asOf };
      const open = await heldStepPage(tx, filter, staffScopeOf(principal), { limit: MOST_OPEN, after: null });
      const shown = open.slice(0, MOST_OPEN);
      const notes = await notesOf(
        tx,
        shown.map((h) => h.id),
        since,
      );
      const body = {
        since,
        now: asOf,
        onDuty: await onDutyAt(tx, asOf),
        open: shown.map((h) => ({
          step: present(h, call),
          notes: notes.filter((n) => n.heldStepId === h.id).map(presentNote),
          isNew: h.openedAt >= since,
        })),
        more: open.length > MOST_OPEN,
        ended: await decidedSince(tx, since),
        pauses: (await activePauses(tx, asOf)).map(presentPause),
      };
      return { status: 200, body };
    }),
});

export const deskRoutes = [claim, release, comment, contact, snooze, unsnooze, batch, handover];
