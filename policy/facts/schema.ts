import { LABELS } from '../select';
import type { Json } from '../types';
import {
  COUNTED_OF,
  DAYS,
  GIVES,
  HAPPENINGS,
  KEYS,
  LOOKED_UP_OF,
  LOOKUP_TYPES,
  STATUSES_OF_CHANGE,
  TABLE_NAME,
  ZONES_OF,
  type FactPoints,
} from './types';

/** JSON Schema draft-07 of fact documents, which editors complete by; `rules check` says the rest. */
type Schema = { [key: string]: Json };

const text: Schema = { type: 'string', minLength: 1 };
const duration: Schema = { type: 'string', pattern: '^\\d{1,9}(ms|s|m|h|d)$' };
const clock: Schema = { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' };
const one = (of: readonly string[], description?: string): Schema => ({ enum: [...of], ...(description && { description }) });
const strict = (properties: Schema, required: string[] = []): Schema => ({ type: 'object', additionalProperties: false, properties, required });
const range = (of: Schema): Schema => ({ ...strict({ from: of, to: of }), minProperties: 1 });

const COUNTER: Schema = {
  count: { anyOf: Object.entries(HAPPENINGS).map(([name, { meaning }]) => ({ const: name, description: meaning })) },
  of: one(COUNTED_OF),
  window: {
    anyOf: [one(['term', 'schoolYear']), { type: 'string', pattern: '^[1-9]\\d{0,3}d$' }],
    description: 'term, schoolYear, or days back such as "90d"',
  },
  yearFrom: { type: 'string', pattern: '^\\d\\d-\\d\\d$', description: 'The day on which a school year begins, such as "09-01"' },
  where: {
    ...strict({
      ...Object.fromEntries(LABELS.map((l) => [l, text])),
      trial: { type: 'boolean' },
      share: range({ type: 'number', minimum: 0, maximum: 100 }),
      notice: range(duration),
      status: { type: 'array', minItems: 1, items: one(STATUSES_OF_CHANGE) },
    }),
    minProperties: 1,
  },
};
const DEADLINE: Schema = {
  gives: one(GIVES, 'before: whether it is not over yet; left: how long it is still, negative once it is over'),
  zone: one(ZONES_OF, 'On whose clock'),
  lead: { ...duration, description: 'So long before the start' },
  clock: { ...clock, description: 'On the day of the lesson, or daysBefore earlier' },
  daysBefore: { type: 'integer', minimum: 0, maximum: 366 },
  hours: { ...duration, description: 'So many business hours before the start' },
  open: strict({ days: { type: 'array', minItems: 1, uniqueItems: true, items: one(DAYS) }, from: clock, to: clock }, ['days', 'from', 'to']),
  dayOfMonth: { type: 'integer', minimum: 1, maximum: 31, description: 'The last such day before the start' },
};
const LOOKUP: Schema = {
  table: { type: 'string', pattern: TABLE_NAME.source, description: 'As the file that was imported is called' },
  column: text,
  of: one(LOOKED_UP_OF),
  key: one([...new Set([...KEYS.person, ...KEYS.session])], 'What of them is looked for in the first column'),
  type: one(LOOKUP_TYPES),
  values: { type: 'array', minItems: 1, maxItems: 100, items: text },
};

export function factSchema(points: FactPoints): Schema {
  const kind = (name: string, own: Schema, required: string[], able: string[]): Schema => ({
    if: { properties: { kind: { const: name } }, required: ['kind'] },
    then: strict(
      {
        $schema: text,
        fact: { type: 'string', pattern: '^[a-z][A-Za-z0-9]{1,63}$', description: 'The name, as of the file' },
        kind: { const: name },
        meaning: strict({ en: text, de: text }, ['en', 'de']),
        unit: { ...text, description: 'Of a number: what is counted' },
        example: { type: ['boolean', 'number', 'string'] },
        points: { type: 'array', minItems: 1, uniqueItems: true, items: one(able) },
        ...own,
      },
      ['fact', 'kind', 'meaning', 'example', 'points', ...required],
    ),
  });
  const all = Object.keys(points);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A fact of your own, for the policies of Lectern',
    type: 'object',
    required: ['kind'],
    properties: { kind: one(['counter', 'deadline', 'lookup']) },
    allOf: [
      kind('counter', COUNTER, ['unit', 'count', 'of', 'window'], all),
      kind(
        'deadline',
        DEADLINE,
        ['gives'],
        all.filter((p) => points[p]!.deadline),
      ),
      kind('lookup', LOOKUP, ['table', 'column', 'of', 'key', 'type'], all),
    ],
  };
}
