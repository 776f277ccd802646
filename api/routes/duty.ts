import { addShift, removeShift } from '../../commands/duty';
import { shiftsInForce, type ListedShift } from '../../db/duty';
import { coordinatorsWithShifts } from '../../db/people';
import type { Tx } from '../../db/database';
import { isOnDuty } from '../../domain/duty';
import { action } from '../actions';
import { route } from '../route';
import { idParams } from '../schemas/common';
import { dutyQuery, dutySchema, shiftBody, shiftItem } from '../schemas/desk';

const STAFF = ['admin', 'coordinator'] as const;

const present = (s: ListedShift): object => ({
  id: s.id,
  version: s.version,
  person: { id: s.personId, name: s.personName },
  zone: s.zone,
  kind: s.kind,
  weekday: s.weekday,
  date: s.onDate,
  from: s.fromClock,
  to: s.toClock,
  endedAt: s.endedAt,
  allowedActions: [action('end', s.endedAt ? 'It is off the calendar already.' : null)],
});

/** Who is on duty at an instant: by the calendar, or everybody where it names nobody. */
export async function onDutyAt(tx: Tx, at: Date): Promise<{ people: { id: string; name: string }[]; isFallback: boolean }> {
  const all = await coordinatorsWithShifts(tx);
  const on = all.filter((c) => isOnDuty(c, +at));
  return { people: (on.length > 0 ? on : all).map(({ id, name }) => ({ id, name })), isFallback: on.length === 0 };
}

const calendar = route({
  method: 'get',
  path: '/v1/duty',
  tag: 'held steps',
  summary: 'The on-duty calendar, and who is on duty',
  roles: STAFF,
  query: dutyQuery,
  responses: { 200: { description: 'The calendar.', schema: dutySchema } },
  handle: ({ ctx, query, read }) =>
    read(async (tx) => {
      const at = query.at === undefined ? ctx.asOf : new Date(query.at);
      return { status: 200, body: { items: (await shiftsInForce(tx)).map(present), onDuty: await onDutyAt(tx, at) } };
    }),
});

const add = route({
  method: 'post',
  path: '/v1/duty',
  tag: 'held steps',
  summary: 'Put a coordinator on duty, or off',
  description:
    'What coordinators are told (gaps, escalations, reviews that are theirs) goes to those on duty when it is due, by wall time in their own zone; to all of them when nobody is. What was planned before goes to whoever is on duty now.',
  roles: STAFF,
  body: shiftBody,
  responses: { 201: { description: 'On the calendar.', schema: shiftItem } },
  async handle({ ctx, body }) {
    const { personId, kind, weekday = null, date: onDate = null, from: fromClock, to: toClock } = body;
    const added = await addShift(ctx, personId, { kind, weekday, onDate, fromClock, toClock });
    return { status: 201, body: present(added) };
  },
});

const end = route({
  method: 'post',
  path: '/v1/duty/{id}/end',
  tag: 'held steps',
  summary: 'Take a shift off the calendar',
  roles: STAFF,
  what: 'shift',
  params: idParams,
  responses: { 200: { description: 'It is off the calendar.', schema: shiftItem } },
  handle: async ({ ctx, params }) => ({ status: 200, body: present(await removeShift(ctx, params.id)) }),
});

export const dutyRoutes = [calendar, add, end];
