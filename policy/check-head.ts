import { nearest } from '../domain/nearest';
import { checkFields, isObject, type Report } from './check-fields';
import type { DecisionPointSpec, Json } from './types';

const FIELDS = ['$schema', 'policy', 'title', 'description', 'binding', 'hit', 'appliesTo', 'params', 'rules', 'otherwise', 'onMissing', 'examples'];

export type Points = Readonly<Record<string, DecisionPointSpec>>;

function checkAppliesTo(value: Json, report: Report): void {
  if (!isObject(value) || Object.keys(value).length === 0)
    return report(null, '/appliesTo', 'names programme or branch', 'leave it out for a policy that applies to everybody');
  checkFields(value, ['programme', 'branch'], null, '/appliesTo', report);
  for (const [key, label] of Object.entries(value))
    if (typeof label !== 'string' || label.trim() === '')
      report(null, `/appliesTo/${key}`, `${JSON.stringify(label)} is not a label`, 'write a text');
}

/** What a document says of itself; gives the decision point that it answers, when there is one of that name. */
export function checkHead(value: Record<string, Json>, points: Points, report: Report): DecisionPointSpec | undefined {
  checkFields(value, FIELDS, null, '', report);
  const spec = typeof value.policy === 'string' && Object.hasOwn(points, value.policy) ? points[value.policy] : undefined;
  if (!spec)
    report(
      null,
      '/policy',
      `${JSON.stringify(value.policy ?? null)} is not a decision point`,
      nearest(String(value.policy), Object.keys(points)) ?? `one of: ${Object.keys(points).join(', ')}`,
    );
  for (const field of ['title', 'description'] as const)
    if (typeof value[field] !== 'string' || value[field].trim() === '')
      report(null, `/${field}`, `a policy has a ${field} that an admin understands`, 'add it');
  for (const field of ['binding', 'hit'] as const)
    if (spec && value[field] !== spec[field])
      report(null, `/${field}`, `${field} of "${spec.point}" is "${spec[field]}", not ${JSON.stringify(value[field] ?? null)}`, spec[field]);
  if (value.$schema !== undefined && typeof value.$schema !== 'string') report(null, '/$schema', 'is the address of a schema', 'leave it out');
  if (value.appliesTo !== undefined) checkAppliesTo(value.appliesTo, report);
  if (!Array.isArray(value.rules)) report(null, '/rules', 'a policy has a list of rules', 'write "rules": [ … ]');
  if (value.otherwise === undefined) report(null, '/otherwise', 'a policy says what happens when no rule applies', 'add "otherwise"');
  if (value.onMissing === undefined && spec?.hit !== 'collect')
    report(null, '/onMissing', 'a policy says what happens when a fact is missing', 'add "onMissing", such as holding it for a person');
  if (value.params !== undefined && !isObject(value.params)) report(null, '/params', 'is a set of named values', '{"grace": "15m"}');
  return spec;
}
