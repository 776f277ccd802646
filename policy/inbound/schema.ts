import { OPERATORS } from '../logic';
import type { Json } from '../types';
import { FIELD_TYPES, HASHES, NO_EVENT, SCHEMES, type EventSpecs } from './types';

/** JSON Schema draft-07 of mapping documents. Which fields logic may name is said by the document itself; `rules check` sees to that. */
type Schema = { [key: string]: Json };

const text: Schema = { type: 'string', minLength: 1 };
const path: Schema = {
  type: 'string',
  pattern: '^[^.\\s]+(\\.[^.\\s]+)*$',
  description: 'Such as "payload.object.uuid", or with * for each item of a list',
};
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const strict = (properties: Schema, required: string[]): Schema => ({ type: 'object', additionalProperties: false, required, properties });

const logic = (inCalc: boolean): Schema => {
  const own = ref(inCalc ? 'value' : 'condition');
  const operators = Object.entries(OPERATORS).filter(([, o]) => inCalc || !o.calc);
  const operands = (least: number, most: number): Schema => ({ anyOf: [{ type: 'array', minItems: least, maxItems: most, items: own }, own] });
  const operation: Schema = {
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
    properties: Object.fromEntries(operators.map(([name, { least, most }]) => [name, name === 'var' ? text : operands(least, most)])),
  };
  return { anyOf: [operation, { type: ['boolean', 'number', 'string', 'null'] }, { type: 'array', items: own }] };
};

const calc: Schema = strict({ calc: ref('value') }, ['calc']);
const orCalc = (literal: Schema): Schema => ({ anyOf: [literal, calc] });

/** A row is told apart by its event, which says what may be filled. */
const rowOf = (event: string, fields: EventSpecs[string]): Schema => ({
  if: { properties: { event: { const: event } }, required: ['event'] },
  then: {
    properties: {
      data: {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.entries(fields).map(([name, field]) => [
            name,
            { description: field.meaning, ...orCalc({ type: ['string', 'number', 'boolean', 'array'] }) },
          ]),
        ),
      },
    },
  },
});

export function mappingSchema(events: EventSpecs): Schema {
  const field = strict(
    {
      type: { enum: [...FIELD_TYPES] },
      from: { anyOf: [path, { type: 'array', minItems: 1, maxItems: 10, items: path }] },
      split: { type: 'string', minLength: 1, maxLength: 10 },
      part: { type: 'integer' },
      default: { type: ['string', 'integer', 'boolean'] },
      unless: text,
      meaning: text,
    },
    ['type', 'from'],
  );
  const row: Schema = {
    ...strict(
      {
        id: text,
        description: text,
        when: ref('condition'),
        event: { enum: [...Object.keys(events), ...NO_EVENT] },
        at: orCalc(text),
        data: { type: 'object' },
      },
      ['id', 'when', 'event'],
    ),
    allOf: Object.entries(events).map(([event, fields]) => rowOf(event, fields)),
  };
  const verify = strict(
    {
      scheme: { enum: [...SCHEMES] },
      header: text,
      prefix: text,
      hash: { enum: [...HASHES] },
      encoding: { enum: ['hex', 'base64'] },
      signed: text,
      timestampHeader: text,
      tolerance: text,
      freshness: text,
    },
    ['scheme'],
  );
  const cases: Schema = {
    type: 'array',
    minItems: 1,
    items: strict(
      {
        id: text,
        given: {},
        expect: strict({ event: { enum: [...Object.keys(events), ...NO_EVENT, 'unmapped'] }, at: text, data: { type: 'object' } }, ['event']),
      },
      ['id', 'given', 'expect'],
    ),
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A mapping of Lectern: a sender of webhooks in our words',
    ...strict(
      {
        $schema: text,
        inbound: { ...text, description: 'The name of the mapping, as of its file' },
        title: text,
        description: text,
        verify,
        body: { enum: ['json', 'form'] },
        formJson: { type: 'array', items: text },
        each: path,
        strip: { type: 'array', items: path, description: 'What is not kept: passwords, tokens' },
        fields: { type: 'object', additionalProperties: ref('field') },
        type: { ...text, description: "The field with the sender's word for the event" },
        id: { ...text, description: "The field with the sender's id of the event" },
        fingerprint: { type: 'array', minItems: 1, items: text, description: 'The fields that tell a repeat where there is no id' },
        at: orCalc(text),
        challenge: strict({ when: ref('condition'), token: text, reply: { type: 'object', additionalProperties: { enum: ['token', 'signed'] } } }, [
          'when',
          'token',
          'reply',
        ]),
        rows: { type: 'array', minItems: 1, items: ref('row') },
        examples: strict({ cases }, ['cases']),
      },
      ['inbound', 'title', 'description', 'verify', 'fields', 'type', 'at', 'rows', 'examples'],
    ),
    definitions: { condition: logic(false), value: logic(true), field, row },
  };
}
