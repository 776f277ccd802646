import { cancelRun } from '../../commands/automations/cancel';
import { automationNamed, givenFacts, tryAutomation } from '../../commands/automations/try';
import { marksOn } from '../../db/automation-marks';
import { findRun, runsPage, stepsOf, type RunRow, type StepRow } from '../../db/automation-runs';
import type { Tx } from '../../db/database';
import { loadActiveSet } from '../../decisions/rule-sets';
import { OPEN_RUNS } from '../../domain/automation';
import { notFound } from '../../domain/errors';
import { action } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route } from '../route';
import {
  automationsSchema,
  cancelRunBody,
  marksQuery,
  marksSchema,
  runItem,
  runPage,
  runsQuery,
  tryBody,
  tryResult,
  wholeRun,
} from '../schemas/automations';
import { idParams } from '../schemas/common';

const READERS = ['admin', 'coordinator'] as const;

const present = (r: RunRow): object => ({
  id: r.id,
  version: r.version,
  automation: r.automation,
  ruleSetId: r.setId,
  event: r.event,
  sessionId: r.sessionId,
  personId: r.personId,
  at: r.at,
  causedBy: r.causedBy,
  depth: r.depth,
  state: r.state,
  reason: r.reason,
  dueAt: r.dueAt,
  endedAt: r.endedAt,
  allowedActions: [action('cancel', OPEN_RUNS.includes(r.state) ? null : `It has its end: ${r.state}.`)],
});

const presentStep = ({ step, kind, state, answer, detail, heldStepId, begunAt, dueAt, endedAt }: StepRow): object => ({
  step,
  kind,
  state,
  answer,
  detail,
  heldStepId,
  begunAt,
  dueAt,
  endedAt,
});

const list = route({
  method: 'get',
  path: '/v1/automations',
  tag: 'automations',
  summary: 'The automations of the rule set in force',
  roles: READERS,
  responses: { 200: { description: 'The automations.', schema: automationsSchema } },
  async handle({ read }) {
    const { compiled } = await read(loadActiveSet);
    const items = compiled.automations.map(({ name, document: { title, description, enabled, on, each = 'session' } }) => ({
      ...{ name, title, description, enabled, on, each },
    }));
    return { status: 200, body: { items } };
  },
});

const tryOut = route({
  method: 'post',
  path: '/v1/automations/try',
  tag: 'automations',
  summary: 'What an automation would do on a session, step by step',
  description: 'Nothing is written and nobody is told. As if its event happened now; one that is switched off is tried like any other.',
  roles: READERS,
  body: tryBody,
  responses: { 200: { description: 'What each run would come to.', schema: tryResult } },
  errors: ['not-found', 'no-rules'],
  keepsKey: () => false,
  async handle({ body: { automation: name, facts, ...trying }, read, ctx }) {
    return read(async (tx) => {
      const automation = automationNamed(await loadActiveSet(tx), name);
      const given = givenFacts(automation, facts ?? {});
      return { status: 200, body: { items: await tryAutomation(tx, automation, { ...trying, facts: given, asOf: ctx.asOf }) } };
    });
  },
});

const runs = route({
  method: 'get',
  path: '/v1/automations/runs',
  tag: 'automations',
  summary: 'Runs of automations, the newest first',
  roles: READERS,
  query: runsQuery,
  responses: { 200: { description: 'A page of runs.', schema: runPage } },
  async handle({ query: { limit, cursor, ...asked }, read }) {
    const after = decodeCursor('automation-runs', ['number'], cursor);
    const found = await read((tx) => runsPage(tx, { ...asked, limit, after }));
    return { status: 200, body: toPage(found, limit, 'automation-runs', (r) => [String(r.seq)], present) };
  },
});

async function whole(tx: Tx, id: string): Promise<object> {
  const run = await findRun(tx, id);
  if (!run) throw notFound('run', id);
  const { facts, decisionId } = run;
  return { ...present(run), facts, decisionId, steps: (await stepsOf(tx, id)).map(presentStep) };
}

const one = route({
  method: 'get',
  path: '/v1/automations/runs/{id}',
  tag: 'automations',
  summary: 'A run with its steps',
  roles: READERS,
  what: 'run',
  params: idParams,
  responses: { 200: { description: 'The run.', schema: wholeRun } },
  handle: ({ params, read }) => read(async (tx) => ({ status: 200, body: await whole(tx, params.id) })),
});

const cancel = route({
  method: 'post',
  path: '/v1/automations/runs/{id}/cancel',
  tag: 'automations',
  summary: 'End a run',
  description: 'What is done stays done, and a message that it has laid down leaves; what it asks somebody is withdrawn.',
  roles: READERS,
  what: 'run',
  params: idParams,
  body: cancelRunBody,
  responses: { 200: { description: 'It has its end.', schema: runItem } },
  errors: ['illegal-move', 'stale'],
  handle: async ({ ctx, params, body }) => ({ status: 200, body: present(await cancelRun(ctx, params.id, body.version)) }),
});

const marks = route({
  method: 'get',
  path: '/v1/automations/marks',
  tag: 'automations',
  summary: 'The tags and notes that automations have set on a session or a person',
  roles: READERS,
  query: marksQuery,
  responses: { 200: { description: 'Tags and notes, the oldest first.', schema: marksSchema } },
  async handle({ query: { sessionId, personId }, read }) {
    const on = sessionId === undefined ? { personId: personId! } : { sessionId };
    const items = (await read((tx) => marksOn(tx, on))).map(({ id, kind, tag, words, runId, at, ...of }) => ({
      ...{ id, kind, sessionId: of.sessionId, personId: of.personId, tag, words, runId, at },
    }));
    return { status: 200, body: { items } };
  },
});

export const automationRoutes = [list, tryOut, runs, one, cancel, marks];
