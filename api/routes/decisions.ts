import { checkRuleFiles } from '../../commands/check-rules';
import { decisionById, type DecisionRow } from '../../db/decisions';
import { draftById } from '../../db/rule-drafts';
import type { Tx } from '../../db/database';
import { explainWhole, whatIf, type WhatIf, type WhatIfAnswer, type WholeExplanation } from '../../decisions/explain-whole';
import { LecternError, notFound } from '../../domain/errors';
import { route } from '../route';
import { idParams } from '../schemas/common';
import { decisionItem, whatIfBody, whatIfResult } from '../schemas/decisions';

const STAFF = ['admin', 'coordinator'] as const;

const present = (w: WholeExplanation): object => ({
  title: w.title,
  policyFile: w.policyFile,
  rule: w.rule,
  outcome: w.outcome,
  outcomeWords: w.outcomeWords,
  facts: w.facts,
  sentence: w.sentence,
  because: w.because,
  say: w.say,
  rows: w.rows,
  missing: w.missing,
  nearest: w.nearest,
});

/** A decision in full. */
export async function presentDecision(tx: Tx, decision: DecisionRow): Promise<object> {
  const { id, sessionId, point, subject, asOf, setId } = decision;
  return { id, version: 1, sessionId, point, subject, asOf, ruleSetId: setId, ...present(await explainWhole(tx, decision)) };
}
export const presentWhatIf = (answer: WhatIfAnswer): object => ({ differs: answer.differs, notRecorded: answer.notRecorded, ...present(answer) });

export async function theDecision(tx: Tx, id: string): Promise<DecisionRow> {
  const decision = await decisionById(tx, id);
  if (!decision) throw notFound('decision', id);
  return decision;
}

const one = route({
  method: 'get',
  path: '/v1/decisions/{id}',
  tag: 'rules',
  summary: 'One decision in full: each row with the values that it saw, who reads what, and the nearest other answer',
  roles: STAFF,
  what: 'decision',
  params: idParams,
  responses: { 200: { description: 'The decision.', schema: decisionItem } },
  handle: ({ params, read }) => read(async (tx) => ({ status: 200, body: await presentDecision(tx, await theDecision(tx, params.id)) })),
});

/** The rules that the question is put to: those of a draft, or files that come with it. */
async function otherRules(tx: Tx, draftId: string | undefined, files: WhatIf['rules']): Promise<WhatIf['rules']> {
  if (draftId === undefined) return files;
  const draft = await draftById(tx, draftId);
  if (!draft) throw notFound('draft', draftId);
  return draft.content;
}

const ask = route({
  method: 'post',
  path: '/v1/decisions/{id}/what-if',
  tag: 'rules',
  summary: 'The same question with other facts, or put to other rules',
  description: 'Nothing is stored. 422 `invalid-rules` when the files have faults.',
  roles: STAFF,
  what: 'decision',
  params: idParams,
  body: whatIfBody,
  responses: { 200: { description: 'How it would have been.', schema: whatIfResult } },
  errors: ['not-found', 'invalid-rules'],
  keepsKey: () => false,
  handle: ({ params, body, read }) => {
    const faults = body.rules ? checkRuleFiles(body.rules) : [];
    if (faults.length > 0) throw new LecternError('invalid-rules', `The rules have ${faults.length} faults.`, faults);
    return read(async (tx) => {
      const decision = await theDecision(tx, params.id);
      const answer = await whatIf(tx, decision, { facts: body.facts, rules: await otherRules(tx, body.draftId, body.rules) });
      return { status: 200, body: presentWhatIf(answer) };
    });
  },
});

export const decisionRoutes = [one, ask];
