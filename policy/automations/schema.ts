import { AUTOMATION_EVENTS, AUTOMATION_STEPS, EACH, TOLD } from '../../domain/automation';
import { CHANNELS } from '../../domain/vocabulary';
import { OPERATORS } from '../logic';
import type { FieldSpec, Json } from '../types';

/** JSON Schema draft-07 of automation documents; `rules check` sees to what it cannot say. */
type Schema = { [key: string]: Json };

const text: Schema = { type: 'string', minLength: 1 };
const word: Schema = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 };
const duration: Schema = { type: 'string', pattern: '^[0-9]+(ms|s|m|h|d)$', description: 'Such as "2d" or "30m"' };
const words: Schema = { type: 'object', required: ['en'], additionalProperties: { type: 'string', minLength: 1, maxLength: 300 } };
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const strict = (properties: Schema, required: string[]): Schema => ({ type: 'object', additionalProperties: false, required, properties });
const oneOf = (values: readonly string[]): Schema => ({ enum: [...values] });
const on = oneOf(['person', 'session']);

function condition(facts: Readonly<Record<string, FieldSpec>>): Schema {
  const own = ref('condition');
  const names: Schema = {
    anyOf: [
      ...Object.entries(facts).map(([name, { meaning }]): Schema => ({ const: name, description: meaning })),
      { type: 'string', pattern: '^params\\.' },
      { const: '' },
    ],
  };
  const operands = (least: number, most: number): Schema => ({ anyOf: [{ type: 'array', minItems: least, maxItems: most, items: own }, own] });
  const operators = Object.entries(OPERATORS).filter(([, o]) => !o.calc);
  const operation: Schema = {
    ...{ type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: false },
    properties: Object.fromEntries(operators.map(([name, { least, most }]) => [name, name === 'var' ? names : operands(least, most)])),
  };
  return { anyOf: [operation, { type: ['boolean', 'number', 'string', 'null'] }, { type: 'array', items: own }] };
}

const STEPS: Record<(typeof AUTOMATION_STEPS)[number], Schema> = {
  message: strict(
    { template: text, to: oneOf(TOLD), channel: oneOf(CHANNELS), fallback: oneOf(CHANNELS), within: duration, quiet: oneOf(['respect', 'ignore']) },
    ['template', 'to', 'within'],
  ),
  hold: strict(
    {
      ...{ question: words, who: oneOf(['coordinator', 'instructor']), answers: { type: 'array', minItems: 1, maxItems: 6, items: word } },
      ...{ within: duration, default: word, then: { type: 'object', additionalProperties: ref('steps') } },
    },
    ['question', 'who', 'answers', 'within', 'default'],
  ),
  wait: {
    anyOf: [
      strict({ for: duration }, ['for']),
      strict({ until: ref('event'), atMost: duration, then: ref('steps'), otherwise: ref('steps') }, ['until', 'atMost']),
    ],
  },
  webhook: strict({ to: word }, ['to']),
  tag: strict({ on, tag: word }, ['on', 'tag']),
  note: strict({ on, text: words }, ['on', 'text']),
};

const event: Schema = { anyOf: Object.entries(AUTOMATION_EVENTS).map(([name, { meaning }]) => ({ const: name, description: meaning })) };

/** `facts`: what conditions may name. */
export function automationSchema(facts: Readonly<Record<string, FieldSpec>>): Schema {
  const step: Schema = {
    ...strict({ id: word, description: text, ...STEPS }, ['id']),
    oneOf: AUTOMATION_STEPS.map((kind) => ({ required: [kind] })),
  };
  const given: Schema = { type: 'object', additionalProperties: false, properties: Object.fromEntries(Object.keys(facts).map((name) => [name, {}])) };
  const example = strict({ id: text, given, answers: { type: 'object', additionalProperties: word }, then: { type: 'array', items: word } }, [
    'id',
    'given',
    'then',
  ]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'An automation: on an event, when a condition holds, do steps',
    ...strict(
      {
        ...{ $schema: text, automation: word, title: text, description: text, enabled: { type: 'boolean' }, on: ref('event'), each: oneOf(EACH) },
        ...{ at: { type: 'string', pattern: '^[0-2][0-9]:[0-5][0-9]$', description: 'When a daily event is looked for' } },
        ...{ params: { type: 'object' }, when: ref('condition'), do: ref('steps') },
        examples: strict({ base: given, cases: { type: 'array', minItems: 1, items: example } }, ['base', 'cases']),
      },
      ['automation', 'title', 'description', 'enabled', 'on', 'when', 'do', 'examples'],
    ),
    definitions: { event, condition: condition(facts), steps: { type: 'array', items: ref('step') }, step },
  };
}
