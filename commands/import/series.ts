import type { NewSeries } from '../../db/series';
import { recurrenceOf, type SeriesInput } from '../series/types';
import { seriesFaults, seriesOf } from '../series/create';
import { occurrencesBetween, rruleFault } from '../../domain/recurrence';
import { instantOf, isZone } from '../../domain/time';
import type { Context } from '../context';
import { given, isNamed, lessonPeople } from './lesson-row';
import { Once } from './once';
import type { People } from './relations';
import type { Remembered } from './remembered';
import type { At, Faults, Row } from './types';

export type ImportedSeries = NewSeries & { studentIds: string[] };
export interface SeriesPlan {
  created: ImportedSeries[];
  unchanged: number;
}

interface Ground {
  people: People;
  /** Ids of the series that are here, by external id. */
  known: ReadonlyMap<string, string>;
  remembered: Remembered;
  zone: string | null;
  quiet: boolean;
  faults: Faults;
}

type Said = { fault: string; remedy: string };
const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const DAY_MS = 86_400_000;
/** A series that has no lesson for as long as this has none that anybody would miss. */
const LOOKED_AHEAD_MS = 400 * DAY_MS;
const isoWeekday = (day: string): number => new Date(`${day}T00:00Z`).getUTCDay() || 7;

/** The rule of a row and its first day: by days of the week, or as it stands there. */
function ruleOf({ values }: Row): { rrule: string; firstDay: string } | (Said & { column: string }) {
  const firstDay = values.firstDay as string;
  const [lastDay, written] = [values.lastDay, values.rrule] as (string | null | undefined)[];
  const weekdays = (values.weekdays as number[] | null | undefined) ?? [isoWeekday(firstDay)];
  const until = lastDay ? `;UNTIL=${lastDay.replaceAll('-', '')}` : '';
  if (written) {
    const rrule = written.replace(/^RRULE:/i, '').toUpperCase();
    const wrong = rruleFault(rrule);
    const twice = values.weekdays ? 'weekdays' : values.everyWeeks ? 'everyWeeks' : until && /COUNT|UNTIL/.test(rrule) ? 'lastDay' : null;
    if (wrong) return { column: 'rrule', fault: wrong, remedy: 'write it as FREQ=WEEKLY;BYDAY=MO' };
    if (twice) return { column: twice, fault: 'says again what the rule says', remedy: 'leave one of the two out' };
    return { rrule: `${rrule}${until}`, firstDay };
  }
  const interval = Number(values.everyWeeks ?? 1);
  const rrule = `FREQ=WEEKLY${interval > 1 ? `;INTERVAL=${interval}` : ''};BYDAY=${[...new Set(weekdays)]
    .sort()
    .map((d) => DAYS[d - 1])
    .join(',')}${until}`;
  const ahead = Math.min(...weekdays.map((d) => (d - isoWeekday(firstDay) + 7) % 7));
  return { rrule, firstDay: new Date(Date.parse(`${firstDay}T00:00Z`) + ahead * DAY_MS).toISOString().slice(0, 10) };
}

/** How long the lessons are; null when neither says so, or they end before they start. */
function minutesOf({ values }: Row): number | null {
  if (values.minutes) return values.minutes as number;
  const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
  const length = values.endTime ? minutes(values.endTime as string) - minutes(values.startTime as string) : 0;
  return length > 0 ? length : null;
}

/** Which column a fault of the series itself is of. */
const COLUMN_OF: Readonly<Record<string, string>> = {
  firstLesson: 'firstDay',
  anchorZone: 'zone',
  lengthMinutes: 'minutes',
  studentIds: 'students',
  exdates: 'exceptDays',
};

export class SeriesCheck implements SeriesPlan {
  readonly created: ImportedSeries[] = [];
  unchanged = 0;
  private readonly once: Once;

  constructor(
    private readonly ctx: Context,
    private readonly ground: Ground,
  ) {
    this.once = new Once(ground.faults, 'externalId');
  }

  /** Takes a row in, or says what is wrong with it. */
  take(row: Row): void {
    const { at, values } = row;
    const { faults, known, remembered } = this.ground;
    const externalId = values.externalId as string;
    if (!this.once.isFirst(at, externalId)) return;
    const before = known.get(externalId);
    const isAsBefore = remembered.isAsBefore(externalId, row);
    if (before && isAsBefore) return void this.unchanged++;
    if (before)
      return faults.add(at, 'externalId', {
        fault: `is a series here already (${before}), and this row differs from what was brought in`,
        remedy: 'change or end the series in Lectern, where everybody concerned is told, and leave the row as it was',
      });
    const series = this.seriesIn(row, externalId);
    if (series) this.created.push(series);
  }

  private refuse(at: At, column: string, why: Said): null {
    this.ground.faults.add(at, column, why);
    return null;
  }

  private seriesIn(row: Row, externalId: string): ImportedSeries | null {
    const { at, values } = row;
    const found = lessonPeople(row, this.ground.people, this.ground.faults);
    const rule = ruleOf(row);
    const lengthMinutes = minutesOf(row);
    if ('fault' in rule) return this.refuse(at, rule.column, rule);
    if (lengthMinutes === null)
      return this.refuse(at, 'minutes', { fault: 'there is no length', remedy: 'fill in minutes, or an endTime after startTime' });
    if (!found) return null;
    const zone = given<string>(row, 'zone') ?? this.ground.zone ?? found.students[0]!.zone;
    if (!isZone(zone))
      return this.refuse(at, 'zone', { fault: `"${zone.slice(0, 40)}" is no IANA time zone`, remedy: 'write an IANA zone such as Europe/Berlin' });
    const clock = values.startTime as string;
    const input: SeriesInput = {
      title: values.title as string,
      firstLesson: `${rule.firstDay}T${clock}`,
      lengthMinutes,
      rrule: rule.rrule,
      exdates: (given<string[]>(row, 'exceptDays') ?? []).map((day) => `${day}T${clock}`),
      studentIds: found.students.map((s) => s.id),
      instructorId: found.instructor.id,
      programme: given(row, 'programme'),
      branch: given(row, 'branch'),
      subject: given(row, 'subject'),
      capacity: given(row, 'capacity'),
      isTrial: given<boolean>(row, 'isTrial') ?? false,
      externalId,
    };
    return this.isSound(row, input, zone) ? this.laid(at, input, zone) : null;
  }

  private isSound(row: Row, input: SeriesInput, zone: string): boolean {
    const areTextsSound = isNamed(row, this.ground.faults);
    const wrong = seriesFaults(input, zone);
    for (const { path, message } of wrong) {
      const column = path.split('.')[0]!;
      this.refuse(row.at, COLUMN_OF[column] ?? column, { fault: message, remedy: 'mend it' });
    }
    return areTextsSound && wrong.length === 0;
  }

  private laid(at: At, input: SeriesInput, zone: string): ImportedSeries | null {
    const { ctx } = this;
    const { version: _, fillAsked: __, fillDone: ___, filledUntil: ____, ...series } = seriesOf(input, zone);
    const made = { ...series, quietly: this.ground.quiet, createdBy: ctx.principal.id, createdAt: ctx.asOf, studentIds: input.studentIds };
    // One without an end always has lessons ahead; one that begins later as well.
    const mayBeOver = /COUNT|UNTIL/.test(input.rrule) && instantOf(input.firstLesson, zone).ms <= +ctx.asOf;
    const within = new Date(+ctx.asOf + LOOKED_AHEAD_MS);
    const isOver = mayBeOver && occurrencesBetween(recurrenceOf(seriesOf(input, zone)), ctx.asOf, within).length === 0;
    return isOver ? this.refuse(at, 'firstDay', { fault: 'all of its lessons are past', remedy: 'leave out what is over, or mend the days' }) : made;
  }
}
