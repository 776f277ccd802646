import { Temporal } from '@js-temporal/polyfill';
import { fault, quoted, type Habits, type Read } from './read';

/** A day, and a clock time with it when there is one; `offset` when it says its own. */
interface Written {
  day: string;
  clock: string | null;
  offset: string | null;
}

const TIME = String.raw`(?:[T,\s]\s*(\d{1,2})[:.](\d{2})(?::\d{2}(?:\.\d+)?)?\s*(am|pm)?)?`;
const ISO = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})${TIME}\s*(Z|[+-]\d{2}:?\d{2})?$`, 'i');
const DOTTED = new RegExp(String.raw`^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2,4})${TIME}(?:\s*Uhr)?$`, 'i');
const SLASHED = new RegExp(String.raw`^(\d{1,2})([/-])(\d{1,2})\2(\d{2,4})${TIME}$`, 'i');
const SERIAL = /^(\d{5})(?:[.,](\d+))?$/;

const HOW = 'write it as 2026-12-31, with a time as 2026-12-31 16:00';
const pad = (n: number | string): string => String(n).padStart(2, '0');

function clockOf(hour: string | undefined, minute: string | undefined, half: string | undefined): string | null {
  if (hour === undefined) return null;
  const twelve = half?.toLowerCase();
  const h = twelve ? (Number(hour) % 12) + (twelve === 'pm' ? 12 : 0) : Number(hour);
  return `${pad(h)}:${minute}`;
}

/** Spreadsheets keep a day as a number: days since 30 December 1899, the time of day behind the point. */
function ofSerial(whole: string, part: string | undefined): Written {
  const minutes = part === undefined ? 0 : Math.round(Number(`0.${part}`) * 1440);
  const day = Temporal.PlainDate.from('1899-12-30').add({ days: Number(whole) + Math.floor(minutes / 1440) });
  const clock = part === undefined ? null : `${pad(Math.floor((minutes % 1440) / 60))}:${pad(minutes % 60)}`;
  return { day: day.toString(), clock, offset: null };
}

interface Parts {
  year: string;
  month: string;
  day: string;
  clock: string | null;
  offset?: string | undefined;
}

function existing(text: string, { year, month, day, clock, offset }: Parts): Read<Written> {
  if (year.length !== 4) return fault(`${quoted(text)} has a year of ${year.length} digits`, 'write the year with four');
  if (clock !== null && !/^([01]\d|2[0-3]):[0-5]\d$/.test(clock)) return fault(`${quoted(text)} is no time of day`, HOW);
  try {
    const date = Temporal.PlainDate.from({ year: Number(year), month: Number(month), day: Number(day) }, { overflow: 'reject' });
    return { value: { day: date.toString(), clock, offset: offset ?? null } };
  } catch {
    return fault(`${quoted(text)} is a day that does not exist`, HOW);
  }
}

/** Slashes are written both ways round: what could be either is not guessed. */
function slashed(text: string, found: RegExpExecArray, { dates }: Habits): Read<Written> {
  const [, first, , second, year] = found as unknown as [string, string, string, string, string];
  const [a, b] = [Number(first), Number(second)];
  const order = dates ?? (a > 12 ? 'dmy' : b > 12 ? 'mdy' : a === b ? 'dmy' : null);
  if (order === null)
    return fault(`${quoted(text)} may be ${first} ${monthName(b)} or ${second} ${monthName(a)}`, 'say which by --dates dmy or --dates mdy');
  const [day, month] = order === 'dmy' ? [first, second] : [second, first];
  return existing(text, { year, month, day, clock: clockOf(found[5], found[6], found[7]) });
}

const monthName = (month: number): string => new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, month - 1, 1));

function readWritten(text: string, habits: Habits): Read<Written> {
  const iso = ISO.exec(text);
  if (iso) return existing(text, { year: iso[1]!, month: iso[2]!, day: iso[3]!, clock: clockOf(iso[4], iso[5], iso[6]), offset: iso[7] });
  const dotted = DOTTED.exec(text);
  if (dotted) return existing(text, { year: dotted[3]!, month: dotted[2]!, day: dotted[1]!, clock: clockOf(dotted[4], dotted[5], dotted[6]) });
  const withSlashes = SLASHED.exec(text);
  if (withSlashes) return slashed(text, withSlashes, habits);
  const serial = SERIAL.exec(text);
  return serial ? { value: ofSerial(serial[1]!, serial[2]) } : fault(`${quoted(text)} is no date`, HOW);
}

/** "2026-12-31". */
export function readDay(text: string, habits: Habits): Read<string> {
  const read = readWritten(text, habits);
  if ('fault' in read) return read;
  const { day, clock } = read.value;
  return clock === null || clock === '00:00' ? { value: day } : fault(`${quoted(text)} has a time of day, and a day is wanted`, HOW);
}

/** A day with its time; `offset` ("Z", "+01:00") where it says its own, else it is on the wall of a zone that stands elsewhere. */
export function readMoment(text: string, habits: Habits): Read<{ wallTime: string; offset: string | null }> {
  const read = readWritten(text, habits);
  if ('fault' in read) return read;
  const { day, clock, offset } = read.value;
  if (clock === null) return fault(`${quoted(text)} has no time of day`, HOW);
  return { value: { wallTime: `${day}T${clock}`, offset } };
}

/** "16:00", also of "4:00 pm", "16.00", "16:00:00", and of a spreadsheet's part of a day. "24:00" is the end of a day. */
export function readClock(text: string): Read<string> {
  const found = /^(\d{1,2})[:.](\d{2})(?::\d{2})?\s*(am|pm)?(?:\s*Uhr)?$/i.exec(text);
  const part = /^0[.,](\d+)$/.exec(text);
  const minutes = part && !(found && part[1]!.length === 2) ? Math.round(Number(`0.${part[1]}`) * 1440) : null;
  const clock = minutes === null ? clockOf(found?.[1], found?.[2], found?.[3]) : `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  if (clock !== null && (/^([01]\d|2[0-3]):[0-5]\d$/.test(clock) || clock === '24:00')) return { value: clock };
  return fault(`${quoted(text)} is no time of day`, 'write it as 16:00');
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const TAGE = ['montag', 'dienstag', 'mittwoch', 'donnerstag', 'freitag', 'samstag', 'sonntag'];

/** 1 is Monday, as ISO has it. */
export function readWeekday(text: string): Read<number> {
  const word = text.toLowerCase().replace(/\.$/, '');
  if (/^[1-7]$/.test(word)) return { value: Number(word) };
  const isOne = (names: string[], least: number): number => (word.length < least ? -1 : names.findIndex((d) => d.startsWith(word)));
  const at = Math.max(isOne(DAYS, 3), isOne(TAGE, 2));
  return at >= 0 ? { value: at + 1 } : fault(`${quoted(text)} is no day of the week`, 'write Monday to Sunday, or 1 (Monday) to 7');
}
