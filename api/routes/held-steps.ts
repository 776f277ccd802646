import { z } from 'zod';
import { decideHeldStep } from '../../commands/decide-held-step';
import type { DecideResult } from '../../commands/types';
import { notesOf, type NoteRow } from '../../db/desk';
import { peopleById } from '../../db/people';
import type { Tx } from '../../db/database';
import { draftsOfSession, evidenceOfSession, heldStepPage, visibleHeldStep, type ListedHeldStep } from '../../db/read/held-steps';
import { notFound } from '../../domain/errors';
import type { Json } from '../../policy/types';
import { heldStepActions } from '../actions';
import { staffScopeOf } from '../auth/authenticate';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Call, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { decideBody, decideResult, heldStepDetail, heldStepPageSchema, heldStepsQuery } from '../schemas/held-steps';
import { inWords } from './history';

export const DECIDERS = ['admin', 'coordinator', 'instructor'] as const;

function decided(h: ListedHeldStep): object | null {
  if (h.state === 'open') return null;
  return { decision: h.chosen, by: { id: h.chosenBy, name: h.chosenByName ?? 'Lectern' }, at: h.chosenAt, comment: h.comment };
}

export function present(h: ListedHeldStep, { ctx }: Pick<Call, 'ctx'>) {
  return {
    id: h.id,
    version: h.version,
    hash: h.shownHash,
    kind: h.kind,
    subject: h.subject,
    state: h.state,
    session: { id: h.sessionId, title: h.sessionTitle, startsAt: h.sessionStartsAt },
    rev: h.rev,
    audience: h.audience,
    assignee: h.assigneeId === null ? null : { id: h.assigneeId, name: h.assigneeName ?? '' },
    reason: h.reason,
    options: h.options,
    defaultOption: h.defaultOption,
    openedAt: h.openedAt,
    remindAt: h.remindAt,
    escalateAt: h.escalateAt,
    escalatedAt: h.escalatedAt,
    deadlineAt: h.deadlineAt,
    decided: decided(h),
    decisionId: h.decisionId,
    claim: h.claimedBy && { by: { id: h.claimedBy, name: h.claimedByName! }, since: h.claimedAt!, isYours: h.claimedBy === ctx.principal.id },
    snooze: h.snoozedAt && {
      until: h.snoozedUntil,
      event: h.snoozedEvent,
      personId: h.snoozedPersonId,
      since: h.snoozedAt,
      by: h.snoozedByName!,
      isOver: !h.isSnoozed,
    },
    allowedActions: heldStepActions(h, ctx.principal),
  };
}

const list = route({
  method: 'get',
  path: '/v1/held-steps',
  tag: 'held steps',
  summary: 'The inbox: steps that wait for a person, the oldest first',
  description: 'Instructors see the steps assigned to them.',
  roles: DECIDERS,
  query: heldStepsQuery,
  responses: { 200: { description: 'A page of held steps.', schema: heldStepPageSchema } },
  async handle(call) {
    const { limit, state = null, sessionId = null, snoozed = null, cursor } = call.query;
    const after = decodeCursor('held-steps', ['instant', 'id'], cursor);
    const found = await call.read((tx) =>
      heldStepPage(tx, { state, sessionId, snoozed, asOf: call.ctx.asOf }, staffScopeOf(call.ctx.principal), { limit, after }),
    );
    return {
      status: 200,
      body: toPage(
        found,
        limit,
        'held-steps',
        (h) => [h.cursorAt, h.id],
        (h) => present(h, call),
      ),
    };
  },
});

/** The step, where the caller may see it. */
export async function requireHeldStep(tx: Tx, { ctx }: Pick<Call, 'ctx'>, id: string): Promise<ListedHeldStep> {
  const step = await visibleHeldStep(tx, id, staffScopeOf(ctx.principal), ctx.asOf);
  if (!step) throw notFound('held step', id);
  return step;
}

const UUIDS = /"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/g;

/** Who is behind the ids of a step; others (sessions, series) are not people and are not found. */
async function peopleIn(tx: Tx, { subject, shown }: ListedHeldStep): Promise<{ id: string; name: string }[]> {
  const ids = [...new Set([...JSON.stringify([subject, shown]).matchAll(UUIDS)].map(([, id]) => id!))];
  return ids.length === 0 ? [] : (await peopleById(tx, ids)).map((p) => ({ id: p.id, name: p.name }));
}

export const presentNote = (n: NoteRow): object => ({
  id: n.id,
  kind: n.kind,
  text: n.body,
  contact: n.personId && { person: { id: n.personId, name: n.personName ?? '' }, channel: n.channel, outcome: n.outcome, at: n.at },
  writtenAt: n.writtenAt,
  author: { id: n.authorId, name: n.authorName },
});

const read = route({
  method: 'get',
  path: '/v1/held-steps/{id}',
  tag: 'held steps',
  summary: 'One held step: what is asked, the drafts, the evidence, and why the rules held it',
  roles: DECIDERS,
  what: 'held step',
  params: idParams,
  responses: { 200: { description: 'The step.', schema: heldStepDetail } },
  handle: (call) =>
    call.read(async (tx) => {
      const step = await requireHeldStep(tx, call, call.params.id);
      const drafts = step.kind === 'documentation.review' ? await draftsOfSession(tx, step.sessionId) : [];
      const evidence = await evidenceOfSession(tx, step.sessionId);
      const notes = await notesOf(tx, [step.id]);
      const body = {
        ...present(step, call),
        shown: step.shown,
        people: await peopleIn(tx, step),
        drafts: drafts.map((d) => ({
          id: d.id,
          document: d.documentKind,
          n: d.n,
          origin: d.origin,
          content: d.content,
          hash: d.hash,
          model: d.model,
          refusedBecause: d.refusedBecause,
          createdAt: d.createdAt,
        })),
        evidence: evidence.map((e) => ({
          at: e.at,
          kind: e.kind,
          source: e.source,
          person: e.personId === null ? null : { id: e.personId, name: e.personName ?? '' },
        })),
        notes: notes.map(presentNote),
        decision: step.decisionId === null ? null : await inWords(tx, step.decisionId),
      };
      return { status: 200, body };
    }),
});

export function answered({ heldStepId, ...rest }: DecideResult): Reply {
  return { status: 200, body: { id: heldStepId, ...rest } };
}

/** The command's transaction returns its result under `result`; a transaction that only showed the step anew does not. */
const decidedInside = z.object({ result: z.object({ heldStepId: z.string(), state: z.literal('decided'), decision: z.string() }) });

const decide = route({
  method: 'post',
  path: '/v1/held-steps/{id}/decide',
  tag: 'held steps',
  summary: 'Decide a held step',
  description:
    'A compare-and-swap on `version` and `hash` as you saw them. 409 `already-decided` says who and when; 409 `stale` says in details what changed; 403 `self-approval` where policy wants a second person.',
  roles: DECIDERS,
  what: 'held step',
  params: idParams,
  body: decideBody,
  responses: { 200: { description: 'Decided.', schema: decideResult } },
  errors: ['already-decided', 'stale', 'self-approval', 'slot-clash', 'illegal-move', 'refused-by-policy'],
  async handle(call) {
    const { params, body, ctx } = call;
    const step = await call.read((tx) => requireHeldStep(tx, call, params.id));
    const edited = body.edited as { summary?: Json; update?: Json } | undefined;
    return answered(await decideHeldStep(ctx, step.id, { ...body, edited }));
  },
  recover: (committed) => (decidedInside.safeParse(committed).success ? answered((committed as { result: DecideResult }).result) : null),
});

export const heldStepRoutes = [list, read, decide];
