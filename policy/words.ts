import { isOperation, OPERATORS, operationOf } from './logic';
import type { Json } from './types';
import { inWords } from './units';

/** How a comparison is said. */
export const COMPARED: Record<string, string> = {
  '==': 'is',
  '===': 'is',
  '!=': 'is not',
  '!==': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  in: 'is among',
};

/** A piece of a rule file in words, as it stands there: "late by is less than grace and is trial". */
export function logicInWords(logic: Json): string {
  if (Array.isArray(logic)) return logic.map(logicInWords).join(' / ') || 'none';
  if (!isOperation(logic)) return String(logic);
  const entries = Object.entries(logic);
  const { operator, operands } = operationOf(logic);
  if (entries.length !== 1 || !Object.hasOwn(OPERATORS, operator)) {
    if (operator === 'calc' && entries.length === 1) return logicInWords(logic.calc!);
    return entries.map(([key, value]) => `${inWords(key)} ${logicInWords(value)}`).join(', ');
  }
  if (operator === 'var') return inWords(String(operands[0])) || 'one';
  if (operator === '!') return `not (${logicInWords(operands[0]!)})`;
  if (operator === '!!') return logicInWords(operands[0]!);
  if (operator === 'and' || operator === 'or') return operands.map(logicInWords).join(` ${operator} `);
  if (COMPARED[operator] && operands.length === 2) return operands.map(logicInWords).join(` ${COMPARED[operator]} `);
  if (['+', '-', '*', '/', '%'].includes(operator)) return operands.map(logicInWords).join(` ${operator} `);
  return `${operator}(${operands.map(logicInWords).join(', ')})`;
}
