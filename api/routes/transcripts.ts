import { z } from 'zod';
import { uploadTranscript } from '../../commands/upload-transcript';
import { visibleTranscript } from '../../db/read/transcripts';
import { notFound } from '../../domain/errors';
import { staffScopeOf } from '../auth/authenticate';
import { route, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { transcriptBody, transcriptItem, transcriptReceipt } from '../schemas/others';
import { requireSession } from './sessions';

const LIMIT_BYTES = 6 * 1024 * 1024;

const committed = z.object({ transcriptId: z.string(), report: z.unknown(), duplicate: z.boolean() });
const received = ({ transcriptId, report, duplicate }: z.infer<typeof committed>): Reply => ({
  status: duplicate ? 200 : 201,
  body: { id: transcriptId, report: report ?? null, duplicate },
  location: `/v1/transcripts/${transcriptId}`,
});

const upload = route({
  method: 'post',
  path: '/v1/transcripts',
  tag: 'transcripts',
  summary: 'Hand in the transcript of a session',
  description:
    'At most 20,000 lines and 2 MB of words. 201 when it is new, 200 when the same one was there; `report` says what was mended. 422 `invalid-transcript` names the place.',
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  body: transcriptBody,
  bodyLimitBytes: LIMIT_BYTES,
  responses: { 200: { description: 'It was there already.', schema: transcriptReceipt }, 201: { description: 'Stored.', schema: transcriptReceipt } },
  errors: ['invalid-transcript', 'illegal-move'],
  async handle(call) {
    const session = await call.read((tx) => requireSession(tx, call, call.body.sessionId));
    return received(await uploadTranscript(call.ctx, session.id, call.body.lines, 'api'));
  },
  recover(value) {
    const found = committed.safeParse(value);
    return found.success ? received(found.data) : null;
  },
});

const read = route({
  method: 'get',
  path: '/v1/transcripts/{id}',
  tag: 'transcripts',
  summary: 'One transcript',
  roles: ['admin', 'coordinator', 'instructor'],
  what: 'transcript',
  params: idParams,
  responses: { 200: { description: 'The transcript.', schema: transcriptItem } },
  async handle({ params, ctx, read: inTx }) {
    const t = await inTx((tx) => visibleTranscript(tx, params.id, staffScopeOf(ctx.principal)));
    if (!t) throw notFound('transcript', params.id);
    const { id, sessionId, hash, lines, report, source, receivedAt } = t;
    return { status: 200, body: { id, version: 1, sessionId, hash, lines, report, source, receivedAt } };
  },
});

export const transcriptRoutes = [upload, read];
