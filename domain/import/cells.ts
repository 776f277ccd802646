import { readAmount } from './amounts';
import type { Column } from './columns';
import { readClock, readDay, readMoment, readWeekday } from './dates';
import { readPhone } from './phones';
import { fault, quoted, type Habits, type Read } from './read';

export type Amount = Extract<ReturnType<typeof readAmount>, { value: unknown }>['value'];
export interface Moment {
  wallTime: string;
  offset: string | null;
}
/** A cell read by its column's type; null when it is empty. */
export type Cell = string | number | boolean | string[] | number[] | Moment | Amount | null;

const YES = ['yes', 'y', 'true', '1', 'ja', 'j', 'x', 'wahr', 'on'];
const NO = ['no', 'n', 'false', '0', 'nein', 'falsch', 'off'];

function readYesNo(text: string): Read<boolean> {
  const word = text.toLowerCase();
  if (YES.includes(word)) return { value: true };
  return NO.includes(word) ? { value: false } : fault(`${quoted(text)} is neither yes nor no`, 'write yes or no');
}

function readChoice(text: string, { values = [] }: Column): Read<string> {
  const word = values.find((v) => v === text.toLowerCase());
  return word === undefined ? fault(`${quoted(text)} is none of what it may be`, `one of ${values.join(', ')}`) : { value: word };
}

function readMinutes(text: string): Read<number> {
  const found = /^(\d{1,4})\s*(?:min|minutes|minuten|m)?\.?$/i.exec(text);
  return found && Number(found[1]) > 0 ? { value: Number(found[1]) } : fault(`${quoted(text)} is no number of minutes`, 'write it as 60');
}

function readCount(text: string): Read<number> {
  return /^[1-9]\d{0,3}$/.test(text) ? { value: Number(text) } : fault(`${quoted(text)} is no number`, 'write it as 4');
}

const listOf = (text: string, apart = /[,;|\n]/): string[] =>
  text
    .split(apart)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Each part read by itself; the first that is wrong is the cell's fault. */
function readEach<T>(parts: readonly string[], read: (part: string) => Read<T>): Read<T[]> {
  const values: T[] = [];
  for (const part of parts) {
    const one = read(part);
    if ('fault' in one) return one;
    values.push(one.value);
  }
  return { value: values };
}

/** "Mon, Wed", "Mo/Mi", "Dienstag und Donnerstag". */
const WEEKDAYS_APART = /[,;|/+&\n\s]+(?:(?:und|and)\s+)?/i;

const STRIKES: Readonly<Record<string, string>> = {
  'no-show': 'no-show',
  noshow: 'no-show',
  'no show': 'no-show',
  missed: 'no-show',
  absent: 'no-show',
  'nicht erschienen': 'no-show',
  versäumt: 'no-show',
  'late-cancellation': 'late-cancellation',
  'late cancellation': 'late-cancellation',
  'late cancel': 'late-cancellation',
  'cancelled late': 'late-cancellation',
  'spät abgesagt': 'late-cancellation',
  'späte absage': 'late-cancellation',
};

function readStrikeKind(text: string): Read<string> {
  const kind = STRIKES[text.toLowerCase().replace(/\s+/g, ' ')];
  return kind ? { value: kind } : fault(`${quoted(text)} is no kind of strike`, 'write no-show or late-cancellation');
}

type Reader = (text: string, habits: Habits, column: Column) => Read<Exclude<Cell, null>>;
const READERS: Record<Column['type'], Reader> = {
  text: (text) => ({ value: text }),
  choice: (text, _habits, column) => readChoice(text, column),
  yesNo: readYesNo,
  list: (text) => ({ value: listOf(text) }),
  phone: readPhone,
  clock: readClock,
  weekday: readWeekday,
  weekdays: (text) => readEach(listOf(text, WEEKDAYS_APART), readWeekday),
  day: readDay,
  days: (text, habits) => readEach(listOf(text, /[,;|\n]/), (part) => readDay(part, habits)),
  strikeKind: readStrikeKind,
  moment: readMoment,
  minutes: readMinutes,
  count: readCount,
  amount: readAmount,
};

export interface CellFault {
  column: string;
  fault: string;
  remedy: string;
}

/** Reads the cells of a row: what there is by the names of our columns, and what is wrong by the names of the file. */
export function readCells(
  { columns, header, cells }: { columns: readonly (Column | null)[]; header: readonly string[]; cells: readonly string[] },
  habits: Habits,
): { values: Record<string, Cell>; faults: CellFault[] } {
  const values: Record<string, Cell> = {};
  const faults: CellFault[] = [];
  columns.forEach((column, i) => {
    if (column === null) return;
    const text = (cells[i] ?? '').trim();
    if (text === '') {
      values[column.name] = null;
      if (column.required) faults.push({ column: header[i]!, ...fault('is empty', `fill it in: ${column.meaning}`) });
      return;
    }
    const read = READERS[column.type](text, habits, column);
    if ('fault' in read) faults.push({ column: header[i]!, ...read });
    else values[column.name] = read.value;
  });
  if (cells.length > header.length && cells.slice(header.length).some((c) => c.trim() !== ''))
    faults.push({
      column: header.at(-1)!,
      ...fault('has more cells behind it than there are columns', 'put quotes around a text that holds the separator'),
    });
  return { values, faults };
}
