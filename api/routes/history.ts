import { SYSTEM } from '../../commands/context';
import { attemptsOf } from '../../db/read/messages';
import { changePage, decisionPage, obligationPage, timelinePage } from '../../db/read/history';
import { findSession } from '../../db/sessions';
import { explainDecision } from '../../decisions/explain';
import { explainWhole, type WholeExplanation } from '../../decisions/explain-whole';
import type { Tx } from '../../db/database';
import { decodeCursor, toPage } from '../http/cursor';
import { route } from '../route';
import { idParams } from '../schemas/common';
import { changePageSchema, decisionPageSchema, decisionsQuery, historyQuery, obligationPageSchema, timelinePageSchema } from '../schemas/history';
import { theDecision } from './decisions';
import { requireSession } from './sessions';

const READERS = ['admin', 'coordinator', 'instructor', 'integrator'] as const;
const ofSession = { method: 'get', tag: 'sessions', roles: READERS, what: 'session', params: idParams, query: historyQuery } as const;

const presentWords = ({ sentence, because, nearest, rows, missing }: WholeExplanation): object => ({ sentence, because, nearest, rows, missing });

/** A decision in words, in the shape that the API gives. */
export async function inWords(tx: Tx, decisionId: string): Promise<object> {
  const decision = await theDecision(tx, decisionId);
  const words = await explainWhole(tx, decision);
  return { id: decision.id, point: decision.point, rule: decision.rule, title: words.title, ...presentWords(words) };
}

/** Actors that are no principal. */
const ACTORS: Record<string, string> = { lectern: 'Lectern', deadline: 'the deadline', [SYSTEM.id]: SYSTEM.name };

const timeline = route({
  ...ofSession,
  path: '/v1/sessions/{id}/timeline',
  summary: 'What a session lived through, each entry with its decision in a sentence',
  responses: { 200: { description: 'A page of entries, the oldest first.', schema: timelinePageSchema } },
  async handle(call) {
    const { limit } = call.query;
    const after = decodeCursor('timeline', ['number'], call.query.cursor);
    return call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      const found = await timelinePage(tx, session.id, { limit, after });
      const words = new Map<string, object>();
      for (const { decisionId } of found) {
        if (decisionId === null || words.has(decisionId)) continue;
        const { id, point, rule, title, sentence } = await explainDecision(tx, decisionId);
        words.set(decisionId, { id, point, rule, title, sentence });
      }
      const body = toPage(
        found,
        limit,
        'timeline',
        (t) => [String(t.id)],
        (t) => ({
          id: String(t.id),
          version: 1,
          rev: t.rev,
          at: t.at,
          kind: t.kind,
          actor: { id: t.actor, name: t.actorName ?? ACTORS[t.actor] ?? t.actor },
          data: t.data,
          decision: t.decisionId === null ? null : words.get(t.decisionId),
        }),
      );
      return { status: 200, body };
    });
  },
});

const decisions = route({
  ...ofSession,
  path: '/v1/sessions/{id}/decisions',
  query: decisionsQuery,
  summary: 'What the rules decided for a session: facts, rule, outcome, and why in words',
  responses: { 200: { description: 'A page of decisions, the oldest first.', schema: decisionPageSchema } },
  async handle(call) {
    const { limit, decisionId = null } = call.query;
    const after = decodeCursor('decisions', ['instant', 'id'], call.query.cursor);
    return call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      const found = await decisionPage(tx, session.id, decisionId, { limit, after });
      const words = new Map<string, WholeExplanation>();
      const lesson = await findSession(tx, session.id);
      for (const decision of found.slice(0, limit)) words.set(decision.id, await explainWhole(tx, decision, lesson));
      const body = toPage(
        found,
        limit,
        'decisions',
        (d) => [d.cursorAt, d.id],
        (d) => {
          const whole = words.get(d.id)!;
          return {
            id: d.id,
            version: 1,
            point: d.point,
            subject: d.subject,
            rev: d.rev,
            seq: d.seq,
            asOf: d.asOf,
            ruleSet: { id: d.setId, number: d.setNumber },
            policyFile: d.policyFile,
            rule: d.rule,
            title: whole.title,
            facts: d.facts,
            outcome: d.outcome,
            say: d.say,
            ...presentWords(whole),
          };
        },
      );
      return { status: 200, body };
    });
  },
});

const obligations = route({
  ...ofSession,
  path: '/v1/sessions/{id}/obligations',
  summary: 'What each person is owed on a session, and how it ended',
  responses: { 200: { description: 'A page of obligations by due time.', schema: obligationPageSchema } },
  async handle(call) {
    const { limit } = call.query;
    const after = decodeCursor('obligations', ['instant', 'id'], call.query.cursor);
    return call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      const found = await obligationPage(tx, session.id, { limit, after });
      const attempts = await attemptsOf(
        tx,
        found.map((o) => o.id),
      );
      const body = toPage(
        found,
        limit,
        'obligations',
        (o) => [o.cursorAt, o.id],
        (o) => ({
          id: o.id,
          version: o.version,
          rev: o.rev,
          personId: o.personId,
          personName: o.personName,
          aboutId: o.aboutId,
          kind: o.kind,
          step: o.step,
          channel: o.channel,
          fallback: o.fallback,
          template: o.template,
          anchorAt: o.anchorAt,
          dueAt: o.dueAt,
          deadlineAt: o.deadlineAt,
          state: o.state,
          reason: o.reason,
          evidence: o.evidence,
          endedAt: o.endedAt,
          heldStepId: o.heldStepId,
          decisionId: o.decisionId,
          attempts: attempts.filter((a) => a.obligationId === o.id).map(({ obligationId: _, ...attempt }) => attempt),
        }),
      );
      return { status: 200, body };
    });
  },
});

const changes = route({
  ...ofSession,
  path: '/v1/sessions/{id}/changes',
  summary: 'How a session was changed',
  responses: { 200: { description: 'A page of changes by rev.', schema: changePageSchema } },
  async handle(call) {
    const { limit } = call.query;
    const after = decodeCursor('changes', ['number'], call.query.cursor);
    return call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      const found = await changePage(tx, session.id, { limit, after });
      const body = toPage(
        found,
        limit,
        'changes',
        (c) => [String(c.rev)],
        (c) => ({
          id: c.id,
          version: c.compensatedAt ? 2 : 1,
          rev: c.rev,
          kind: c.kind,
          reason: c.reason,
          before: c.before,
          after: c.after,
          compensates: c.compensates,
          compensatedAt: c.compensatedAt,
          decisionId: c.decisionId,
          madeBy: c.madeBy === null ? null : { id: c.madeBy, name: c.madeByName ?? 'Lectern' },
          madeAt: c.madeAt,
        }),
      );
      return { status: 200, body };
    });
  },
});

export const historyRoutes = [timeline, decisions, obligations, changes];
