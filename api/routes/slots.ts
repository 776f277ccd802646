import { busyTimes } from '../../db/read/busy';
import { peopleById } from '../../db/people';
import { LecternError, notFound } from '../../domain/errors';
import { freeSlots } from '../day';
import { decodeCursor, toPage } from '../http/cursor';
import { route } from '../route';
import { slotPage, slotsQuery } from '../schemas/sessions';

const LONGEST_MS = 31 * 86_400_000;

const findSlots = route({
  method: 'get',
  path: '/v1/slots',
  tag: 'sessions',
  summary: 'Free times of an instructor, and of a student too when one is named',
  description:
    "Between 08:00 and 20:00 in the instructor's zone. Buffers after lessons, time off and closures of the organisation, and of the branch that is named, count as taken. A free slot is no promise: booking decides.",
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  query: slotsQuery,
  responses: { 200: { description: 'A page of free slots by start.', schema: slotPage } },
  async handle({ query: q, ctx, scope, read }) {
    if (!scope.all && q.instructorId.toLowerCase() !== scope.personId) throw notFound('instructor', q.instructorId);
    const after = decodeCursor('slots', ['instant'], q.cursor);
    const from = new Date(Math.max(+new Date(q.from), +ctx.asOf, after ? +new Date(after[0]!) + 1 : 0));
    const to = new Date(q.to);
    if (+to - +new Date(q.from) > LONGEST_MS || to <= new Date(q.from)) {
      throw new LecternError('invalid-request', 'The search is empty or too wide.', [
        { path: 'to', message: 'must be after from, by at most 31 days' },
      ]);
    }
    const wanted = [q.instructorId, ...(q.studentId === undefined ? [] : [q.studentId])];
    const { zone, busy } = await read(async (tx) => {
      const people = await peopleById(tx, wanted);
      const person = (id: string, kind: string): (typeof people)[number] => {
        const found = people.find((p) => p.id === id.toLowerCase() && p.kind === kind && p.active);
        if (!found) throw notFound(kind, id);
        return found;
      };
      if (q.studentId !== undefined) person(q.studentId, 'student');
      return { zone: person(q.instructorId, 'instructor').zone, busy: await busyTimes(tx, wanted, { from, to, branch: q.branch ?? null }) };
    });
    const found: { startsAt: Date; endsAt: Date; wallTime: string }[] = [];
    for (const slot of freeSlots({ from, to, lengthMinutes: q.lengthMinutes, stepMinutes: q.stepMinutes, zone, busy })) {
      found.push(slot);
      if (found.length > q.limit) break;
    }
    const micros = (d: Date): string => d.toISOString().replace('Z', '000Z');
    return {
      status: 200,
      body: toPage(
        found,
        q.limit,
        'slots',
        (s) => [micros(s.startsAt)],
        (s) => ({ ...s, zone }),
      ),
    };
  },
});

export const slotRoutes = [findSlots];
