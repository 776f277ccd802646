import { peopleById } from '../../db/people';
import { homeZone } from '../../db/read/sessions';
import type { ClosureRow } from '../../db/closures';
import type { Tx } from '../../db/database';
import { daysBetween, instantsOfDays } from '../../domain/days';
import { LecternError, notFound } from '../../domain/errors';
import type { Context } from '../context';

/** When a time is closed, as somebody says it: by instants, or by whole days (`toDay` is the last of them). */
export interface Given {
  from?: Date | undefined;
  to?: Date | undefined;
  fromDay?: string | undefined;
  toDay?: string | undefined;
}

/** When it is, as it is kept: instants, and the zone in which they are whole days, where they are. */
export type When = Pick<ClosureRow, 'startsAt' | 'endsAt' | 'zone'>;

type Fault = { path: string; message: string };
const LONGEST_MS = 370 * 86_400_000;

function refuse(faults: Fault[]): void {
  if (faults.length > 0) throw new LecternError('invalid-request', 'The times of this closure are not valid.', faults);
}

/** In whose days it is counted: those of who is away, else the organisation's. Errors: `not-found`. */
async function zoneFor(tx: Tx, personId: string | null): Promise<string> {
  if (personId === null) return homeZone(tx);
  const [person] = await peopleById(tx, [personId]);
  if (!person || !['student', 'instructor'].includes(person.kind)) throw notFound('student or instructor', personId);
  return person.zone;
}

function faultsOf({ asOf }: Context, { startsAt, endsAt }: When, to: 'to' | 'toDay'): Fault[] {
  if (endsAt <= startsAt) return [{ path: to, message: to === 'to' ? 'must be after from' : 'must not be before fromDay' }];
  if (endsAt <= asOf) return [{ path: to, message: 'is in the past' }];
  return +endsAt - +startsAt > LONGEST_MS ? [{ path: to, message: `must be at most 370 days after ${to === 'to' ? 'from' : 'fromDay'}` }] : [];
}

/** What it says by days; what it leaves out is as it was. */
function byDays(given: Given, was: When | null, zone: string): When {
  const before = was && daysBetween(was.startsAt, was.endsAt, zone);
  const fromDay = given.fromDay ?? before?.fromDay;
  const toDay = given.toDay ?? before?.toDay;
  const faults: Fault[] = [];
  if (given.from !== undefined || given.to !== undefined)
    faults.push({ path: given.from ? 'from' : 'to', message: 'goes without fromDay and toDay' });
  if (fromDay === undefined) faults.push({ path: 'fromDay', message: 'is needed where a time is given by days' });
  if (toDay === undefined) faults.push({ path: 'toDay', message: 'is needed where a time is given by days' });
  refuse(faults);
  return { ...instantsOfDays({ fromDay: fromDay!, toDay: toDay! }, zone), zone };
}

function byInstants(given: Given, was: When | null, zone: string): When {
  const startsAt = given.from ?? was?.startsAt;
  const endsAt = given.to ?? was?.endsAt;
  const faults: Fault[] = [];
  if (!startsAt) faults.push({ path: 'from', message: 'is needed: give from and to, or fromDay and toDay' });
  if (!endsAt) faults.push({ path: 'to', message: 'is needed: give from and to, or fromDay and toDay' });
  refuse(faults);
  return { startsAt: startsAt!, endsAt: endsAt!, zone: daysBetween(startsAt!, endsAt!, zone) && zone };
}

/**
 * When a closure is, from what is said of it and what it was before. From midnight to midnight it is whole days, however it was said. Errors:
 * `invalid-request`, each fault at its place, and `not-found`.
 */
export async function whenOf(ctx: Context, tx: Tx, given: Given, { personId, was }: { personId: string | null; was: When | null }): Promise<When> {
  const zone = was?.zone ?? (await zoneFor(tx, personId));
  const isByDays = given.fromDay !== undefined || given.toDay !== undefined;
  const when = (isByDays ? byDays : byInstants)(given, was, zone);
  refuse(faultsOf(ctx, when, isByDays ? 'toDay' : 'to'));
  return when;
}

/** Its whole days, where it is whole days. */
export const daysOf = ({ startsAt, endsAt, zone }: When): { fromDay: string | null; toDay: string | null } =>
  (zone === null ? null : daysBetween(startsAt, endsAt, zone)) ?? { fromDay: null, toDay: null };
