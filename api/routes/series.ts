import { z } from 'zod';
import { createSeries, previewSeries } from '../../commands/series/create';
import { editSeries, previewEdit, type SeriesEdited } from '../../commands/series/edit';
import { occurrencesOf, studentsOfSeries } from '../../db/series';
import { seriesPage, visibleSeries, type ListedSeries } from '../../db/read/series';
import { notFound } from '../../domain/errors';
import { seriesActions } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Reply } from '../route';
import { batchesFor } from './closures';
import { idParams } from '../schemas/common';
import {
  previewQuery,
  seriesBody,
  seriesCreated,
  seriesDetail,
  seriesEditBody,
  seriesEdited,
  seriesEditPreview,
  seriesPageSchema,
  seriesPreview,
  seriesQuery,
} from '../schemas/series';

const present = (s: ListedSeries, students: { seriesId: string; personId: string }[]): object => ({
  id: s.id,
  version: s.version,
  state: s.state,
  title: s.title,
  subject: s.subject,
  programme: s.programme,
  branch: s.branch,
  isTrial: s.isTrial,
  instructorId: s.instructorId,
  studentIds: students.filter((t) => t.seriesId === s.id).map((t) => t.personId),
  rrule: s.rrule,
  firstLesson: s.ruleStart,
  anchorZone: s.anchorZone,
  exdates: s.exdates,
  clock: s.clock,
  dayShift: s.dayShift,
  lengthMinutes: s.lengthMinutes,
  capacity: s.capacity,
  from: s.fromOriginal,
  before: s.beforeOriginal,
  continues: s.continues,
  externalId: s.externalId,
  createdAt: s.createdAt,
  filledUntil: s.filledUntil,
  filling: s.state === 'active' && s.fillAsked > s.fillDone,
  allowedActions: seriesActions(s),
});

const created = ({ seriesId }: { seriesId: string }): Reply => ({ status: 201, body: { id: seriesId }, location: `/v1/series/${seriesId}` });

const create = route({
  method: 'post',
  path: '/v1/series',
  tag: 'series',
  summary: 'Book a series of lessons, or see what that would book',
  description:
    'With `preview=true` nothing is done: every lesson up to the horizon with what is in its way. 201 when the series is taken down; its lessons are booked one by one within moments, each as a booking by itself, and go on being booked as the days go by. What cannot be booked is held with other times, left out, or moved, as `series.occurrence` says.',
  roles: ['admin', 'coordinator', 'integrator'],
  query: previewQuery,
  body: seriesBody,
  responses: {
    200: { description: 'What would be booked.', schema: seriesPreview },
    201: { description: 'Taken down; its lessons are being booked.', schema: seriesCreated },
  },
  errors: ['stale', 'already-exists', 'no-rules'],
  keepsKey: (call) => !call.query.preview,
  async handle({ ctx, body, query }) {
    if (query.preview) return { status: 200, body: await previewSeries(ctx, body) };
    return created(await createSeries(ctx, body));
  },
  recover: (committed) => (z.object({ seriesId: z.string() }).safeParse(committed).success ? created(committed as { seriesId: string }) : null),
});

const list = route({
  method: 'get',
  path: '/v1/series',
  tag: 'series',
  summary: 'Series, the newest first, a page at a time',
  description: 'Instructors see the series that they teach.',
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  query: seriesQuery,
  responses: { 200: { description: 'A page of series.', schema: seriesPageSchema } },
  handle: ({ query: q, scope, read }) =>
    read(async (tx) => {
      const after = decodeCursor('series', ['instant', 'id'], q.cursor);
      const found = await seriesPage(tx, { personId: q.personId ?? null, state: q.state ?? null }, scope, { limit: q.limit, after });
      const students = await studentsOfSeries(
        tx,
        found.map((s) => s.id),
      );
      const page = toPage(
        found,
        q.limit,
        'series',
        (s) => [s.cursorAt, s.id],
        (s) => present(s, students),
      );
      return { status: 200, body: page };
    }),
});

const get = route({
  method: 'get',
  path: '/v1/series/{id}',
  tag: 'series',
  summary: 'One series with its lessons so far',
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  what: 'series',
  params: idParams,
  responses: { 200: { description: 'The series.', schema: seriesDetail } },
  handle: ({ params, scope, read }) =>
    read(async (tx) => {
      const found = await visibleSeries(tx, params.id, scope);
      if (!found) throw notFound('series', params.id);
      const occurrences = (await occurrencesOf(tx, found.id)).map(
        ({ original, outcome, reason, sessionId, status, startsAt, endsAt, isException }) => ({
          original,
          outcome,
          reason,
          sessionId,
          status,
          startsAt,
          endsAt,
          isException,
        }),
      );
      const batches = await batchesFor(tx, found.id);
      return { status: 200, body: { ...present(found, await studentsOfSeries(tx, [found.id])), occurrences, batches } };
    }),
});

const edited = ({ seriesId, batchId, heldStepId }: SeriesEdited): Reply => ({
  status: heldStepId === null ? 200 : 202,
  body: { id: seriesId, batchId, heldStepId },
});

const change = route({
  method: 'post',
  path: '/v1/series/{id}/changes',
  tag: 'series',
  summary: 'Edit or end a series: one lesson, it and all that follow, or all; or see what that would do',
  description:
    'With `preview=true` nothing is done: for every lesson what becomes of it, what is in the way with other times, what it costs, who is told. Else the series is another one from now on, and its lessons are changed one by one within moments, as `batches` of the series tells; one that is in the way of another is held with other times, and the others stand. What was changed by itself, cancelled or begun stays as it is. One lesson alone is changed at once: 202 when the rules hold it for a coordinator.',
  roles: ['admin', 'coordinator', 'integrator'],
  what: 'series',
  params: idParams,
  query: previewQuery,
  body: seriesEditBody,
  responses: {
    200: { description: 'Edited; or, as a preview, what the edit would do.', schema: z.union([seriesEdited, seriesEditPreview]) },
    202: { description: 'One lesson, held for a coordinator.', schema: seriesEdited },
  },
  errors: ['stale', 'illegal-move', 'slot-clash', 'refused-by-policy', 'no-rules'],
  keepsKey: (call) => !call.query.preview,
  async handle({ ctx, params, body, query, scope, read }) {
    const found = await read((tx) => visibleSeries(tx, params.id, scope));
    if (!found) throw notFound('series', params.id);
    if (query.preview) return { status: 200, body: await previewEdit(ctx, found.id, body) };
    return edited(await editSeries(ctx, found.id, body));
  },
  recover: (committed) => (isEdited(committed) ? edited(committed) : null),
});

const isEdited = (value: unknown): value is SeriesEdited =>
  z.object({ seriesId: z.string(), batchId: z.string().nullable(), heldStepId: z.string().nullable() }).safeParse(value).success;

export const seriesRoutes = [create, list, get, change];
