import { nearest } from '../domain/nearest';
import { checkFields, isObject, type Report } from './check-fields';
import { LABELS } from './select';
import type { DecisionPointSpec, HitPolicy, Json } from './types';

const FIELDS = [
  '$schema',
  'policy',
  'title',
  'description',
  'binding',
  'hit',
  'appliesTo',
  'params',
  'rules',
  'otherwise',
  'onMissing',
  'properties',
  'examples',
];

export type Points = Readonly<Record<string, DecisionPointSpec>>;

/** How a document may read its rows: as its decision point says, or by column where one outcome is asked for. */
export const hitsOf = (spec: DecisionPointSpec): readonly HitPolicy[] => (spec.hit === 'first' ? ['first', 'merge'] : [spec.hit]);

function checkAppliesTo(value: Json, report: Report): void {
  if (!isObject(value) || Object.keys(value).length === 0)
    return report(
      'wrong-shape',
      null,
      '/appliesTo',
      `names one or several of ${LABELS.join(', ')}`,
      'leave it out for a policy that applies to everybody',
    );
  checkFields(value, LABELS, null, '/appliesTo', report);
  for (const [key, label] of Object.entries(value))
    if (typeof label !== 'string' || label.trim() === '')
      report('wrong-value', null, `/appliesTo/${key}`, `${JSON.stringify(label)} is not a label`, 'write a text');
}

function checkBinding(value: Record<string, Json>, spec: DecisionPointSpec, report: Report): void {
  const allowed = { binding: [spec.binding], hit: hitsOf(spec) } as const;
  for (const field of ['binding', 'hit'] as const) {
    const known: readonly string[] = allowed[field];
    if (known.includes(String(value[field]))) continue;
    const is = `${field} of "${spec.point}" is "${known.join('" or "')}", not ${JSON.stringify(value[field] ?? null)}`;
    report('other-point', null, `/${field}`, is, nearest(String(value[field]), known) ?? known[0]!);
  }
}

/** What a document says of itself; gives the decision point that it answers, when there is one of that name. */
export function checkHead(value: Record<string, Json>, points: Points, report: Report): DecisionPointSpec | undefined {
  checkFields(value, FIELDS, null, '', report);
  const spec = typeof value.policy === 'string' && Object.hasOwn(points, value.policy) ? points[value.policy] : undefined;
  if (!spec)
    report(
      'unknown-point',
      null,
      '/policy',
      `${JSON.stringify(value.policy ?? null)} is not a decision point`,
      nearest(String(value.policy), Object.keys(points)) ?? `one of: ${Object.keys(points).join(', ')}`,
    );
  for (const field of ['title', 'description'] as const)
    if (typeof value[field] !== 'string' || value[field].trim() === '')
      report('missing-field', null, `/${field}`, `a policy has a ${field} that an admin understands`, 'add it');
  if (spec) checkBinding(value, spec, report);
  if (value.$schema !== undefined && typeof value.$schema !== 'string')
    report('wrong-shape', null, '/$schema', 'is the address of a schema', 'leave it out');
  if (value.appliesTo !== undefined) checkAppliesTo(value.appliesTo, report);
  if (!Array.isArray(value.rules)) report('wrong-shape', null, '/rules', 'a policy has a list of rules', 'write "rules": [ … ]');
  if (value.otherwise === undefined)
    report('missing-field', null, '/otherwise', 'a policy says what happens when no rule applies', 'add "otherwise"');
  if (value.onMissing === undefined && spec?.hit !== 'collect')
    report(
      'missing-field',
      null,
      '/onMissing',
      'a policy says what happens when a fact is missing',
      'add "onMissing", such as holding it for a person',
    );
  if (value.params !== undefined && !isObject(value.params)) report('wrong-shape', null, '/params', 'is a set of named values', '{"grace": "15m"}');
  return spec;
}
