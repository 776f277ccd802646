import type { Json } from '../types';
import { checkOneOf, isText, type FactReport } from './report';
import { KEYS, LOOKED_UP_OF, LOOKUP_TYPES, TABLE_NAME } from './types';

export const LOOKUP_FIELDS = ['table', 'column', 'of', 'key', 'type', 'values'];

/** Which table, which column, and whose field is looked for in its first column. */
export function checkLookup(value: Record<string, Json>, report: FactReport): void {
  const { table, column, values } = value;
  if (typeof table !== 'string' || !TABLE_NAME.test(table))
    report(
      table === undefined ? 'missing-field' : 'wrong-value',
      '/table',
      `${JSON.stringify(table ?? null)} is no name of a table`,
      'that of the file, such as "schools.csv"',
    );
  if (!isText(column, 100)) report('missing-field', '/column', 'a lookup names the column that it takes', 'as the first line of the file calls it');
  const isWhose = checkOneOf(value.of, LOOKED_UP_OF, '/of', 'something that can be looked up', report);
  const keys = value.of === 'session' ? KEYS.session : KEYS.person;
  if (isWhose) checkOneOf(value.key, keys, '/key', `a field of ${value.of === 'session' ? 'a session' : 'a person'}`, report);
  const isType = checkOneOf(value.type, LOOKUP_TYPES, '/type', 'a type that a cell can have', report);
  const isList = Array.isArray(values) && values.length > 0 && values.length <= 100 && values.every((v) => isText(v, 100));
  if (isType && value.type === 'enum' && !isList) report('missing-field', '/values', 'an enum has its values', '["north", "south"]');
  if (isType && value.type !== 'enum' && values !== undefined) report('unknown-field', '/values', 'only an enum has values', 'take it out');
}
