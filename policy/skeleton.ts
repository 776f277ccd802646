import type { Label } from './select';
import type { DecisionPointSpec, FieldSpec, Json, PolicyDocument } from './types';

/** The fields that an outcome has to have, and those that they make necessary, each with the value that its decision point shows. */
function exampleOutcome({ outcome, demands = [] }: DecisionPointSpec): Record<string, Json> {
  const needed = new Set(Object.keys(outcome).filter((field) => !outcome[field]!.optional));
  for (const { field, values, needs } of demands) if (values.includes(String(outcome[field]!.example))) needs.forEach((n) => needed.add(n));
  return Object.fromEntries(Object.keys(outcome).flatMap((field) => (needed.has(field) ? [[field, outcome[field]!.example]] : [])));
}

/** A condition on one fact that its own example meets. */
function exampleCondition([name, { type, example }]: [string, FieldSpec]): Json {
  if (type === 'boolean') return example === true ? { var: name } : { '!': [{ var: name }] };
  if (type === 'list') return { '!!': [{ var: name }] };
  return { [['enum', 'text'].includes(type) ? '==' : '<=']: [{ var: name }, example] };
}

/** A document that has no fault and decides by one rule, for a decision point that has none yet. */
export function newDocument(spec: DecisionPointSpec): PolicyDocument {
  const facts = Object.entries(spec.facts);
  const then = exampleOutcome(spec);
  const isTable = spec.hit === 'collect';
  return {
    policy: spec.point,
    title: `To be named: ${spec.point}`,
    description: `To be described. ${spec.meaning}`,
    binding: spec.binding,
    hit: spec.hit,
    rules: facts.slice(0, 1).map((fact) => ({ id: 'first-rule', description: 'To be described', when: exampleCondition(fact), then })),
    otherwise: isTable ? null : then,
    ...(!isTable && { onMissing: then }),
    examples: {
      base: Object.fromEntries(facts.map(([name, { example }]) => [name, example])),
      cases: [{ id: 'as in the description of its facts', given: {}, expect: isTable ? [then] : then }],
    },
  };
}

/** A copy of a document for some sessions only: it decides as before until it is edited. */
export function documentFor(document: PolicyDocument, labels: Partial<Record<Label, string>>): PolicyDocument {
  const { policy, title, description, appliesTo, ...rest } = document;
  const whom = Object.entries(labels).map(([label, value]) => `${label} ${value}`);
  return { policy, title: `${title} (${whom.join(', ')})`, description, appliesTo: { ...appliesTo, ...labels }, ...rest };
}
