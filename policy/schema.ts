import { hitsOf } from './check-head';
import { OPERATORS } from './logic';
import { LABELS } from './select';
import { isQuantity } from './check-types';
import type { DecisionPointSpec, FieldSpec, Json } from './types';

/** JSON Schema draft-07, which editors complete by. `rules check` says what a schema cannot: types that meet, cost, examples. */
type Schema = { [key: string]: Json };

const DURATION: Schema = { type: 'string', pattern: '^-?\\d{1,9}(ms|s|m|h|d)$' };
const WRITTEN: Record<Exclude<FieldSpec['type'], 'enum' | 'list'>, Schema> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  money: { type: 'integer', minimum: 0 },
  percent: { type: 'number', minimum: 0, maximum: 100 },
  duration: DURATION,
  clockTime: { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' },
  instant: { type: 'string', format: 'date-time' },
  text: { type: 'string' },
};

function written(spec: Pick<FieldSpec, 'type' | 'values' | 'of'>): Schema {
  if (spec.type === 'list') return { type: 'array', items: written({ ...spec, type: spec.of ?? 'text' }) };
  return spec.type === 'enum' ? { enum: [...(spec.values ?? [])] } : WRITTEN[spec.type];
}

const told = ({ meaning, unit, example }: FieldSpec): string => `${meaning}${unit ? ` (${unit})` : ''}. Such as ${JSON.stringify(example)}`;
const described = (spec: FieldSpec): Schema => ({
  description: told(spec),
  defaultSnippets: [{ label: JSON.stringify(spec.example), body: spec.example }],
});
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

/** Where a piece of logic stands: a property may name the outcome as well, a value may calculate. */
type Place = 'condition' | 'value' | 'property';

/** What may be named: a fact with its meaning, a parameter, inside a list its item, in a property the outcome. */
const names = (spec: DecisionPointSpec, withOutcome: boolean): Schema => ({
  anyOf: [
    ...Object.entries(spec.facts).map(([name, field]) => ({ const: name, description: told(field) })),
    ...(withOutcome ? Object.entries(spec.outcome).map(([name, field]) => ({ const: `outcome.${name}`, description: told(field) })) : []),
    { const: '', description: 'Inside some, all and none: the item of the list' },
    { type: 'string', pattern: '^params\\.[A-Za-z][A-Za-z0-9_]*$' },
  ],
});

/** The words that facts and outcomes of a point can be, for an editor to offer; which fact takes which, the check says. */
const words = ({ facts, outcome }: DecisionPointSpec): string[] => [
  ...new Set([...Object.values(facts), ...Object.values(outcome)].flatMap((field) => field.values ?? [])),
];

/** How many operands an operator takes, as a definition is named by it. */
const arityOf = ({ least, most }: (typeof OPERATORS)[string]): string => `${least}-${most}`;

/** One operator an object; `calc` ones stand under `calc` only. Operators that take as many operands share a definition. */
function logic(spec: DecisionPointSpec, place: Place): Schema {
  const own = `${spec.point}.${place}`;
  const operators = Object.entries(OPERATORS).filter(([name, o]) => name !== 'var' && (place === 'value' || !o.calc));
  const name = ref(`${spec.point}.${place === 'property' ? 'named' : 'fact'}`);
  const operands = operators.map(([, o]): [string, Json] => [
    `${own}.${arityOf(o)}`,
    { anyOf: [{ type: 'array', minItems: o.least, maxItems: o.most, items: ref(own) }, ref(own)] },
  ]);
  const properties: Schema = {
    var: { anyOf: [name, { type: 'array', minItems: 1, maxItems: 1, items: name }] },
    ...Object.fromEntries(operators.map(([operator, o]) => [operator, ref(`${own}.${arityOf(o)}`)])),
  };
  const operation: Schema = { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: false, properties };
  const word = words(spec).length > 0 ? [ref(`${spec.point}.word`)] : [];
  return {
    ...Object.fromEntries(operands),
    [own]: { anyOf: [operation, ...word, { type: ['boolean', 'number', 'string', 'null'] }, { type: 'array', items: ref(own) }] },
  };
}

const calc = (spec: DecisionPointSpec): Schema => ({
  type: 'object',
  properties: { calc: ref(`${spec.point}.value`) },
  required: ['calc'],
  additionalProperties: false,
});

/** A whole outcome, or where columns are merged a part of one. */
const outcome = (spec: DecisionPointSpec, isWhole: boolean): Schema => ({
  type: 'object',
  ...(isWhole ? {} : { minProperties: 1 }),
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(spec.outcome).map(([name, field]) => [name, { ...described(field), anyOf: [written(field), calc(spec)] }]),
  ),
  required: Object.entries(spec.outcome).flatMap(([name, field]) => (field.optional || !isWhole ? [] : [name])),
});

const facts = (spec: DecisionPointSpec): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(spec.facts).map(([name, field]) => [name, { ...described(field), anyOf: [written(field), calc(spec), { type: 'null' }] }]),
  ),
});

const text: Schema = { type: 'string', minLength: 1 };
const open: Schema = { type: 'object' };

/** One thing that moves one way. */
const course = (fields: Readonly<Record<string, FieldSpec>>): Schema => ({
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(fields)
      .filter(([, field]) => isQuantity(field.type))
      .map(([name, field]) => [name, { description: told(field), enum: ['rises', 'falls'] }]),
  ),
});

/** What holds whatever the situation: a condition on facts and outcome, or a field that never moves one way as a fact moves. */
function property(spec: DecisionPointSpec): Schema {
  const said: Schema =
    spec.hit === 'collect'
      ? { always: ref(`${spec.point}.property`), some: ref(`${spec.point}.property`) }
      : { always: ref(`${spec.point}.property`) };
  const courses: Schema = spec.hit === 'collect' ? {} : { as: course(spec.facts), never: course(spec.outcome) };
  return {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'title'],
    properties: { id: text, title: text, when: ref(`${spec.point}.condition`), ...said, ...courses },
  };
}

const row = (spec: DecisionPointSpec, then: string): Schema => {
  const point = (part: string): Schema => ref(`${spec.point}.${part}`);
  return {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'when', 'then'],
    properties: {
      id: text,
      description: text,
      when: point('condition'),
      then: point(then),
      say: { type: 'object', additionalProperties: text },
    },
  };
};

function document(spec: DecisionPointSpec): Schema {
  const point = (part: string): Schema => ref(`${spec.point}.${part}`);
  const rows = (then: string): Schema => ({ properties: { rules: { type: 'array', items: row(spec, then) } } });
  const hits = hitsOf(spec);
  const cases: Schema = {
    type: 'array',
    items: { type: 'object', required: ['id', 'given', 'expect'], properties: { id: text, given: point('facts'), expect: {} } },
  };
  const none: Schema[] = spec.hit === 'collect' ? [{ type: 'null' }] : [];
  return {
    description: spec.meaning,
    required: ['title', 'description', 'binding', 'hit', 'rules', 'otherwise', 'examples'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      policy: { const: spec.point, description: spec.meaning },
      title: text,
      description: text,
      binding: { const: spec.binding },
      hit: { enum: [...hits] },
      appliesTo: { type: 'object', additionalProperties: false, properties: Object.fromEntries(LABELS.map((l) => [l, text])) },
      params: open,
      rules: { type: 'array' },
      otherwise: { anyOf: [point('outcome'), ...none] },
      onMissing: { anyOf: [point('outcome'), { type: 'object', maxProperties: 0 }] },
      properties: { type: 'array', items: property(spec) },
      examples: { type: 'object', required: ['base', 'cases'], properties: { base: point('facts'), cases } },
    },
    if: { properties: { hit: { const: 'merge' } }, required: ['hit'] },
    then: hits.includes('merge') ? rows('part') : {},
    else: rows('outcome'),
  };
}

/** One schema for every policy document: which decision point it answers says what it may name and give. */
export function policySchema(points: Readonly<Record<string, DecisionPointSpec>>): Schema {
  const all = Object.values(points);
  const definitions: Schema = {};
  for (const spec of all) {
    definitions[`${spec.point}.fact`] = names(spec, false);
    definitions[`${spec.point}.named`] = names(spec, true);
    if (words(spec).length > 0) definitions[`${spec.point}.word`] = { enum: words(spec) };
    for (const place of ['condition', 'value', 'property'] as const) Object.assign(definitions, logic(spec, place));
    definitions[`${spec.point}.outcome`] = outcome(spec, true);
    definitions[`${spec.point}.part`] = outcome(spec, false);
    definitions[`${spec.point}.facts`] = facts(spec);
    definitions[spec.point] = document(spec);
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A policy of Lectern',
    type: 'object',
    required: ['policy'],
    properties: { policy: { enum: all.map((s) => s.point), description: 'The decision point that this document answers' } },
    allOf: all.map((s) => ({ if: { properties: { policy: { const: s.point } }, required: ['policy'] }, then: ref(s.point) })),
    definitions,
  };
}
