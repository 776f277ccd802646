import { z } from 'zod';
import { makeCorrection, previewCorrection } from '../../commands/corrections/correct';
import type { CorrectionInput, CorrectionResult } from '../../commands/corrections/types';
import { correctionPage, type ListedCorrection } from '../../db/corrections';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { correctionBody, correctionPageSchema, correctionPreview, correctionResult } from '../schemas/corrections';
import { changeQuery, historyQuery } from '../schemas/history';
import { requireSession } from './sessions';

const corrected = (result: CorrectionResult): Reply => ({ status: result.heldStepId === null ? 200 : 202, body: result });

const isCorrection = (value: unknown): value is CorrectionResult =>
  z.object({ sessionId: z.string(), correctionId: z.string().nullable(), heldStepId: z.string().nullable() }).safeParse(value).success;

const correct = route({
  method: 'post',
  path: '/v1/sessions/{id}/corrections',
  tag: 'sessions',
  summary: 'Put something right after a session was closed, or see what that would do',
  description:
    'With `preview=true` nothing is done; its `previewToken`, sent with the correction, binds one to the other. Charges and payouts that rest on what is corrected are decided anew by the terms that were agreed, reversed and posted again; strikes are mended; those concerned get one message. 200 when it is done, 202 when the rules hold it for a coordinator, 422 `refused-by-policy`, 409 `illegal-move` while the session is not closed, 400 when nothing would change.',
  roles: ['admin', 'coordinator'],
  what: 'session',
  params: idParams,
  query: changeQuery,
  body: correctionBody,
  responses: {
    200: { description: 'Corrected; or, as a preview, what the correction would do.', schema: z.union([correctionResult, correctionPreview]) },
    202: { description: 'Held for a coordinator.', schema: correctionResult },
  },
  errors: ['illegal-move', 'stale', 'refused-by-policy'],
  keepsKey: (call) => !call.query.preview,
  async handle(call) {
    const session = await call.read((tx) => requireSession(tx, call, call.params.id));
    const { previewToken, ...input } = call.body as z.infer<typeof correctionBody> & CorrectionInput;
    if (call.query.preview) return { status: 200, body: await previewCorrection(call.ctx, session.id, input) };
    return corrected(await makeCorrection(call.ctx, session.id, input, previewToken));
  },
  recover: (committed) => (isCorrection(committed) ? corrected(committed) : null),
});

const list = route({
  method: 'get',
  path: '/v1/sessions/{id}/corrections',
  tag: 'sessions',
  summary: 'What was put right after close',
  roles: ['admin', 'coordinator'],
  what: 'session',
  params: idParams,
  query: historyQuery,
  responses: { 200: { description: 'A page of corrections in order.', schema: correctionPageSchema } },
  handle: (call) =>
    call.read(async (tx) => {
      const { limit, cursor } = call.query;
      const session = await requireSession(tx, call, call.params.id);
      const after = decodeCursor('corrections', ['number'], cursor);
      const found = await correctionPage(tx, session.id, { limit, after: Number(after?.[0] ?? 0) });
      const present = ({ input: _, sessionId: __, result, madeBy, madeByName, ...c }: ListedCorrection): object => ({
        ...c,
        version: 1,
        ...{ minutes: null, update: null, ...(result as object) },
        madeBy: madeBy && { id: madeBy, name: madeByName ?? '' },
      });
      return { status: 200, body: toPage(found, limit, 'corrections', (c) => [String(c.n)], present) };
    }),
});

export const correctionRoutes = [correct, list];
