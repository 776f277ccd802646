import type { FieldSpec, Json, ValueType } from './types';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "15m", "-24h", "500ms" as ms; null when it is no duration. */
export function parseDuration(text: string): number | null {
  const found = /^(-?)(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return found ? (found[1] ? -1 : 1) * Number(found[2]) * UNIT_MS[found[3]!]! : null;
}

/** "20:00" as minutes after midnight; null when it is no clock time. */
export function parseClockTime(text: string): number | null {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

/** ISO 8601 with its offset as epoch ms; null otherwise. Without an offset Date.parse would take the server's zone. */
export function parseInstant(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** How a value of a type is written in a rule file. */
export const WRITTEN: Record<ValueType, string> = {
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  duration: 'a duration such as "15m"',
  clockTime: 'a clock time such as "20:00"',
  instant: 'an instant such as "2027-03-01T08:00:00Z"',
  money: 'a whole number of minor units',
  percent: 'a number from 0 to 100',
  text: 'a text',
  enum: 'one of its values',
  list: 'a list',
};

/** A literal of a rule file in its evaluated form, or null when it is not of that type. */
export function parseValue(spec: Pick<FieldSpec, 'type' | 'values' | 'of'>, value: Json): Json | undefined {
  const isWhole = (v: Json): v is number => typeof v === 'number' && Number.isSafeInteger(v);
  switch (spec.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
      return isWhole(value) ? value : undefined;
    case 'money':
      return isWhole(value) && value >= 0 ? value : undefined;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'percent':
      return typeof value === 'number' && value >= 0 && value <= 100 ? value : undefined;
    case 'duration':
      return typeof value === 'string' ? (parseDuration(value) ?? undefined) : undefined;
    case 'clockTime':
      return typeof value === 'string' ? (parseClockTime(value) ?? undefined) : undefined;
    case 'instant':
      return typeof value === 'string' ? (parseInstant(value) ?? undefined) : undefined;
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'enum':
      return typeof value === 'string' && (spec.values ?? []).includes(value) ? value : undefined;
    case 'list': {
      if (!Array.isArray(value) || !spec.of) return undefined;
      const items = value.map((v) => parseValue({ type: spec.of!, ...(spec.values ? { values: spec.values } : {}) }, v));
      return items.includes(undefined) ? undefined : (items as Json[]);
    }
  }
}

/** "23 h 59 min 59 s" */
function byParts(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const parts = [`${Math.floor(seconds / 3_600)} h`, `${Math.floor((seconds % 3_600) / 60)} min`, `${seconds % 60} s`];
  return parts.filter((part) => !part.startsWith('0 ')).join(' ');
}

/** A duration in the largest unit that gives a whole number: "16 minutes". */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? 'minus ' : '';
  const size = Math.abs(ms);
  if (size > 600_000 && size % 60_000 !== 0) return `${sign}${byParts(size)}`;
  for (const [name, unit] of [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const) {
    if (size >= unit && size % unit === 0) return `${sign}${size / unit} ${name}${size === unit ? '' : 's'}`;
  }
  if (size >= 60_000) return `${sign}${Math.floor(size / 60_000)} min ${Math.round((size % 60_000) / 1_000)} s`;
  return size === 0 ? 'no time' : `${sign}${(size / 1000).toFixed(1)} seconds`;
}

/** An evaluated value in words. */
export function formatValue(spec: Pick<FieldSpec, 'type' | 'unit'> | undefined, value: Json | undefined): string {
  if (value === undefined || value === null) return 'not known';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((v) => formatValue(undefined, v)).join(', ') || 'none';
  if (typeof value !== 'number') return String(typeof value === 'object' ? JSON.stringify(value) : value);
  switch (spec?.type) {
    case 'duration':
      return formatDuration(value);
    case 'clockTime':
      return `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`;
    case 'instant':
      return new Date(value).toISOString();
    case 'percent':
      return `${value} %`;
    case 'money':
      return (value / 100).toFixed(2);
    default:
      return spec?.unit ? `${value} ${spec.unit}` : String(value);
  }
}

/** "lateBy" as "late by". */
export const inWords = (name: string): string =>
  name
    .replace(/^params\./, '')
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase();
