import { bookSession } from '../commands/book';
import { createSeries } from '../commands/series/create';
import { createTerm } from '../commands/terms';
import { createPerson } from '../commands/people';
import type { Context } from '../commands/context';
import { personIdsByExternalId } from '../db/people';
import { seriesIdOf } from '../db/series';
import { termsOf } from '../db/terms';
import { sessionIdOf } from '../db/sessions';
import { businessDate, instantOf } from '../domain/time';
import { coordinators, guardians, instructors, students, type Invented } from './invented';

export interface Seeded {
  coordinators: number;
  instructors: number;
  students: number;
  guardians: number;
  groupClasses: number;
  series: number;
  /** How many of all these were there already. */
  existed: number;
}

const GROUP_CLASS = 'seed-group-class';
const GROUP_ZONE = 'Europe/Berlin';

/** Weekly lessons, from a fortnight on, of the seventh and the eighth family, so that nobody of the group class has them. */
const SERIES = [
  { externalId: 'seed-series-1', title: 'Maths on a weekday', subject: 'Maths', clock: '16:00', inDays: 14, family: 6, teacher: 1 },
  { externalId: 'seed-series-2', title: 'English on a weekday', subject: 'English', clock: '17:30', inDays: 15, family: 7, teacher: 2 },
];

/**
 * Lays down an invented organisation: 60 students, 15 instructors, six zones on four continents, siblings, guardians in two
 * households, a group class tomorrow afternoon, two series of weekly lessons. Safe to repeat: whoever is there already, by external id, stays as they are.
 */
export async function seed(ctx: Context, progress: (line: string) => void): Promise<Seeded> {
  const known = new Map((await ctx.db.inOrganisation(ctx.organisationId, personIdsByExternalId)).map((p) => [p.externalId, p.id]));
  let existed = 0;
  const lay = async (people: Invented[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const person of people) {
      const id = known.get(person.externalId);
      if (id) existed++;
      ids.push(id ?? (await createPerson(ctx, person)).id);
    }
    return ids;
  };
  await layTerms(ctx);
  const coordinatorIds = await lay(coordinators());
  const instructorIds = await lay(instructors());
  progress(`${instructorIds.length} instructors and ${coordinatorIds.length} coordinators, all invented`);
  const all = students();
  const studentIds = await lay(all);
  progress(`${studentIds.length} students`);
  const guardianIds = await lay(guardians((family) => studentIds.filter((_, i) => all[i]!.family === family)));
  progress(`${guardianIds.length} guardians, some of them in two households of one family`);
  // One child of each of the first six families.
  const group = [...new Set(all.map((s) => s.family))].slice(0, 6).map((family) => studentIds[all.findIndex((s) => s.family === family)]!);
  if (!(await bookGroupClass(ctx, group, instructorIds[0]!))) existed++;
  progress(`a group class of ${group.length} tomorrow`);
  for (const weekly of SERIES) {
    const student = studentIds[all.findIndex((s) => s.family === weekly.family)]!;
    if (!(await layWeekly(ctx, { ...weekly, studentIds: [student], instructorId: instructorIds[weekly.teacher]! }))) existed++;
  }
  progress(`${SERIES.length} series of weekly lessons, booked as far ahead as the rules say`);
  return {
    coordinators: coordinatorIds.length,
    instructors: instructorIds.length,
    students: studentIds.length,
    guardians: guardianIds.length,
    groupClasses: 1,
    series: SERIES.length,
    existed,
  };
}

/** Two terms a year, this year's and the next one's, by which strikes are counted; what is there already stays. */
async function layTerms(ctx: Context): Promise<void> {
  const there = await ctx.db.inOrganisation(ctx.organisationId, termsOf);
  const year = Number(businessDate(+ctx.asOf, GROUP_ZONE).slice(0, 4));
  for (const y of [year, year + 1])
    for (const [name, startsOn, endsOn] of [
      [`Spring ${y}`, `${y}-01-01`, `${y}-07-31`],
      [`Autumn ${y}`, `${y}-08-01`, `${y}-12-31`],
    ] as const)
      if (!there.some((t) => t.startsOn <= endsOn && t.endsOn >= startsOn)) await createTerm(ctx, { name, startsOn, endsOn });
}

/** False when it is there already, whenever it was. */
async function bookGroupClass(ctx: Context, studentIds: string[], instructorId: string): Promise<boolean> {
  if (await ctx.db.inOrganisation(ctx.organisationId, (tx) => sessionIdOf(tx, GROUP_CLASS))) return false;
  const { ms } = instantOf(`${businessDate(+ctx.asOf + 24 * 3_600_000, GROUP_ZONE)}T16:00`, GROUP_ZONE);
  await bookSession(ctx, {
    title: 'Debate club',
    subject: 'English',
    startsAt: new Date(ms),
    endsAt: new Date(ms + 3_600_000),
    anchorZone: GROUP_ZONE,
    studentIds,
    instructorId,
    externalId: GROUP_CLASS,
  });
  return true;
}

/** False when it is there already. Its lessons are booked by filling, once a worker runs. */
async function layWeekly(ctx: Context, weekly: (typeof SERIES)[number] & { studentIds: string[]; instructorId: string }): Promise<boolean> {
  const { externalId, title, subject, clock, inDays, studentIds, instructorId } = weekly;
  if (await ctx.db.inOrganisation(ctx.organisationId, (tx) => seriesIdOf(tx, externalId))) return false;
  const firstLesson = `${businessDate(+ctx.asOf + inDays * 24 * 3_600_000, GROUP_ZONE)}T${clock}`;
  const series = { title, subject, firstLesson, lengthMinutes: 60, rrule: 'FREQ=WEEKLY', studentIds, instructorId, externalId };
  await createSeries(ctx, { ...series, anchorZone: GROUP_ZONE });
  return true;
}
