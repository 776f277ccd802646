import { OPERATORS } from './logic';
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

const described = (spec: FieldSpec): Schema => ({
  description: `${spec.meaning}${spec.unit ? ` (${spec.unit})` : ''}. Such as ${JSON.stringify(spec.example)}`,
  defaultSnippets: [{ label: JSON.stringify(spec.example), body: spec.example }],
});
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

/** What may be named: a fact, a parameter, or inside a list its item. */
const names = (spec: DecisionPointSpec): Schema => ({
  anyOf: [{ enum: [...Object.keys(spec.facts), ''] }, { type: 'string', pattern: '^params\\.[A-Za-z][A-Za-z0-9_]*$' }],
});

/** One operator an object; `calc` ones stand under `calc` only. */
function logic(spec: DecisionPointSpec, inCalc: boolean): Schema {
  const own = `${spec.point}.${inCalc ? 'value' : 'condition'}`;
  const operators = Object.entries(OPERATORS).filter(([, o]) => inCalc || !o.calc);
  const operands = (least: number, most: number): Schema => ({
    anyOf: [{ type: 'array', minItems: least, maxItems: most, items: ref(own) }, ref(own)],
  });
  const properties = Object.fromEntries(
    operators.map(([name, { least, most }]) => [
      name,
      name === 'var' ? { anyOf: [names(spec), { type: 'array', minItems: 1, maxItems: 1, items: names(spec) }] } : operands(least, most),
    ]),
  );
  const operation: Schema = { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: false, properties };
  return { anyOf: [operation, { type: ['boolean', 'number', 'string', 'null'] }, { type: 'array', items: ref(own) }] };
}

const calc = (spec: DecisionPointSpec): Schema => ({
  type: 'object',
  properties: { calc: ref(`${spec.point}.value`) },
  required: ['calc'],
  additionalProperties: false,
});

const outcome = (spec: DecisionPointSpec): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(spec.outcome).map(([name, field]) => [name, { ...described(field), anyOf: [written(field), calc(spec)] }]),
  ),
  required: Object.entries(spec.outcome).flatMap(([name, field]) => (field.optional ? [] : [name])),
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

function document(spec: DecisionPointSpec): Schema {
  const point = (part: string): Schema => ref(`${spec.point}.${part}`);
  const row: Schema = {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'when', 'then'],
    properties: {
      id: text,
      description: text,
      when: point('condition'),
      then: point('outcome'),
      say: { type: 'object', additionalProperties: text },
    },
  };
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
      hit: { const: spec.hit },
      appliesTo: { type: 'object', additionalProperties: false, properties: { programme: text, branch: text } },
      params: open,
      rules: { type: 'array', items: row },
      otherwise: { anyOf: [point('outcome'), ...none] },
      onMissing: { anyOf: [point('outcome'), { type: 'object', maxProperties: 0 }] },
      examples: { type: 'object', required: ['base', 'cases'], properties: { base: point('facts'), cases } },
    },
  };
}

/** One schema for every policy document: which decision point it answers says what it may name and give. */
export function policySchema(points: Readonly<Record<string, DecisionPointSpec>>): Schema {
  const all = Object.values(points);
  const definitions: Schema = {};
  for (const spec of all) {
    definitions[`${spec.point}.condition`] = logic(spec, false);
    definitions[`${spec.point}.value`] = logic(spec, true);
    definitions[`${spec.point}.outcome`] = outcome(spec);
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
