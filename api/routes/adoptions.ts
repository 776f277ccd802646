import { applyTerms } from '../../commands/adoption/begin';
import { previewAdoption } from '../../commands/adoption/preview';
import { checkRuleFiles, contentOf } from '../../commands/publish-rules';
import type { ListedAdoption } from '../../db/adoptions';
import { adoptionPage, failuresOf, listedAdoption } from '../../db/read/adoptions';
import { newestSet } from '../../db/rule-sets';
import { LecternError, notFound } from '../../domain/errors';
import { decodeCursor, toPage } from '../http/cursor';
import { route } from '../route';
import { adoptionPageSchema, adoptionPreviewSchema, applyTermsBody, applyTermsResult, wholeAdoptionSchema } from '../schemas/adoptions';
import { idParams, pageQuery } from '../schemas/common';
import { checkRulesBody } from '../schemas/rules';
import { principalOf } from './rules';

const READERS = ['admin', 'coordinator'] as const;
const MOST_LOOKED_AT = 500;
const MOST_CASES = 20;
const MOST_FAILURES = 100;

const present = (a: ListedAdoption): object => ({
  id: a.id,
  version: a.version,
  ruleSetId: a.setId,
  number: a.number,
  withTerms: a.withTerms,
  where: a.selection,
  decisionId: a.decisionId,
  perMinute: a.perMinute,
  state: a.state,
  startedAt: a.startedAt,
  startedBy: principalOf(a.startedBy, a.startedByName),
  endedAt: a.endedAt,
  sessions: a.sessions,
  waiting: a.waiting,
  failed: a.failed,
  messages: { moved: a.moved, added: a.added, takenBack: a.takenBack },
});

const list = route({
  method: 'get',
  path: '/v1/adoptions',
  tag: 'rules',
  summary: 'How booked lessons follow rules that came into force, the newest first',
  roles: READERS,
  query: pageQuery,
  responses: { 200: { description: 'A page of adoptions.', schema: adoptionPageSchema } },
  async handle({ query: { limit, cursor }, read }) {
    const after = decodeCursor('adoptions', ['instant', 'id'], cursor);
    const found = await read((tx) => adoptionPage(tx, { limit, after }));
    return { status: 200, body: toPage(found, limit, 'adoptions', (a) => [a.cursorAt, a.id], present) };
  },
});

const one = route({
  method: 'get',
  path: '/v1/adoptions/{id}',
  tag: 'rules',
  summary: 'One adoption, with the lessons that could not follow',
  roles: READERS,
  what: 'adoption',
  params: idParams,
  responses: { 200: { description: 'The adoption.', schema: wholeAdoptionSchema } },
  handle: ({ read, params: { id } }) =>
    read(async (tx) => {
      const found = await listedAdoption(tx, id);
      if (!found) throw notFound('adoption', id);
      return { status: 200, body: { ...present(found), failures: await failuresOf(tx, id, MOST_FAILURES) } };
    }),
});

const preview = route({
  method: 'post',
  path: '/v1/adoptions/preview',
  tag: 'rules',
  summary: 'What publishing these files would do to the messages of booked lessons',
  description: 'By the code that does it after a publish; nothing is written. Of many lessons the first 500 are looked at.',
  roles: READERS,
  body: checkRulesBody,
  responses: { 200: { description: 'What would differ.', schema: adoptionPreviewSchema } },
  errors: ['invalid-rules', 'no-rules'],
  keepsKey: () => false,
  async handle({ ctx, body, read }) {
    const faults = checkRuleFiles(body);
    if (faults.length > 0) throw new LecternError('invalid-rules', `The rules have ${faults.length} faults.`, faults);
    const content = contentOf(body, await read(newestSet));
    return { status: 200, body: await previewAdoption(ctx, content, { most: MOST_CASES, upTo: MOST_LOOKED_AT }) };
  },
});

const apply = route({
  method: 'post',
  path: '/v1/adoptions',
  tag: 'rules',
  summary: 'Let booked lessons take the terms in force',
  description:
    'Until then they keep those that they were booked under. Their price stays; what a change, a charge or their pay comes to is decided by the set in force from then on.',
  roles: ['admin'],
  body: applyTermsBody,
  responses: { 202: { description: 'They follow; null where none is meant.', schema: applyTermsResult } },
  errors: ['no-rules', 'stale'],
  async handle({ ctx, body: { number, where = {} } }) {
    const id = await applyTerms(ctx, { number, selection: where });
    return { status: 202, body: { id }, ...(id !== null && { location: `/v1/adoptions/${id}` }) };
  },
});

export const adoptionRoutes = [list, one, preview, apply];
