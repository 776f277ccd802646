import type { Moment } from '../../domain/import/cells';
import { instantOf, isZone, LONGEST_LESSON_MS } from '../../domain/time';
import type { At, Faults, Row } from './types';

/** What is wrong with a cell and how to mend it, for who throws it out. */
type Wrong = { column: string; fault: string; remedy: string };
const wrong = (column: string, fault: string, remedy: string): Wrong => ({ column, fault, remedy });
const isWrong = (value: number | Wrong): value is Wrong => typeof value !== 'number';

function onWall(column: string, wallTime: string, zone: string): number | Wrong {
  const { ms, shifted } = instantOf(wallTime, zone);
  return shifted
    ? wrong(column, `${wallTime.replace('T', ' ')} does not exist in ${zone}: the clock is put forward over it`, 'write the time that is meant')
    : ms;
}

function instant(column: string, { wallTime, offset }: Moment, zone: string): number | Wrong {
  if (offset === null) return onWall(column, wallTime, zone);
  const hours = /\d$/.test(offset) && !offset.includes(':') ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase();
  return Date.parse(`${wallTime}:00${hours}`);
}

function startOf(values: Row['values'], zone: string): number | Wrong {
  if (values.startsAt) return instant('startsAt', values.startsAt as Moment, zone);
  if (!values.date || !values.startTime) return wrong('startsAt', 'there is no start', 'fill in startsAt, or date and startTime');
  return onWall('startTime', `${values.date as string}T${values.startTime as string}`, zone);
}

function endOf(values: Row['values'], zone: string, startMs: number): number | Wrong {
  if (values.endsAt) return instant('endsAt', values.endsAt as Moment, zone);
  if (values.minutes) return startMs + (values.minutes as number) * 60_000;
  const day = (values.date as string | undefined) ?? (values.startsAt as Moment | undefined)?.wallTime.slice(0, 10);
  if (!values.endTime || !day) return wrong('endsAt', 'there is no end', 'fill in endsAt, endTime or minutes');
  return onWall('endTime', `${day}T${values.endTime as string}`, zone);
}

/** When a lesson starts and ends; null when that is not to be made out, and the fault says why. */
export function timesOf({ at, values }: Row, { zone, asOf }: { zone: string; asOf: Date }, faults: Faults): { startsAt: Date; endsAt: Date } | null {
  const say = (at: At, { column, ...rest }: Wrong): null => {
    faults.add(at, column, rest);
    return null;
  };
  if (!isZone(zone)) return say(at, wrong('zone', `"${zone.slice(0, 40)}" is no IANA time zone`, 'write an IANA zone such as Europe/Berlin'));
  const startMs = startOf(values, zone);
  if (isWrong(startMs)) return say(at, startMs);
  const endMs = endOf(values, zone, startMs);
  if (isWrong(endMs)) return say(at, endMs);
  if (startMs <= +asOf) return say(at, wrong('startsAt', 'has begun already', 'leave out what is past: only lessons ahead are brought in'));
  if (new Date(startMs).getUTCFullYear() > 2200) return say(at, wrong('startsAt', 'is too far away', 'mend the year'));
  if (endMs <= startMs) return say(at, wrong('endsAt', 'is not after the start', 'mend one of the two'));
  if (endMs - startMs > LONGEST_LESSON_MS) return say(at, wrong('endsAt', 'makes the lesson longer than 24 hours', 'mend one of the two'));
  return { startsAt: new Date(startMs), endsAt: new Date(endMs) };
}
