import { nearest } from '../domain/nearest';
import { comparedSpec } from './compile';
import { FAMILY, isPlainNumber, isQuantity, type LogicScope } from './check-types';
import { isOperation, operationOf, OPERATORS } from './logic';
import type { FieldSpec, Json, ValueType } from './types';
import { parseValue, WRITTEN } from './units';

/** The type that a piece of logic gives; undefined where it cannot be told (a literal). */
function typeOf(logic: Json, scope: LogicScope): ValueType | undefined {
  if (!isOperation(logic)) return undefined;
  const { operator, operands } = operationOf(logic);
  if (operator === 'var') return scope.find(String(operands[0]))?.type;
  if (['+', '-', 'min', 'max', '*', '/', '%'].includes(operator)) return comparedSpec(operands, (n) => scope.find(n))?.type;
  if (operator === 'if') return typeOf(operands[1]!, scope);
  return 'boolean';
}

function checkVar(operands: Json[], path: string, scope: LogicScope): void {
  const [name] = operands;
  if (typeof name !== 'string') return scope.report('misplaced', path, 'var takes the name of a fact, written out', 'write {"var": "lateBy"}');
  if (scope.find(name)) return scope.used(name);
  const last = (n: string): string => n.split('.').at(-1)!;
  const alike = scope.names.filter((n) => last(n) === last(name));
  const near = nearest(name, alike) ?? alike[0] ?? nearest(name, scope.names);
  scope.report(
    'unknown-fact',
    path,
    `"${name}" is not a fact or parameter here`,
    near ?? (scope.names.join() === '' ? 'write {"var": ""}, the value itself' : `one of: ${scope.names.join(', ')}`),
  );
}

/** Literals of a comparison must be of the type of the fact they meet. */
function checkLiterals(operands: Json[], path: string, operator: string, scope: LogicScope): void {
  const spec = comparedSpec(operands, (n) => scope.find(n));
  if (!spec) return;
  const item = spec.type === 'list' ? ({ ...spec, type: spec.of ?? 'text' } as FieldSpec) : spec;
  operands.forEach((operand, i) => {
    if (isOperation(operand)) return;
    const list = Array.isArray(operand) ? operand : [operand];
    if (Array.isArray(operand) && operand.length > 100)
      scope.report('too-large', `${path}/${i}`, 'a list has at most 100 values', 'use a fact instead');
    for (const value of list) {
      if (isOperation(value)) continue;
      if (parseValue(item, value) !== undefined) continue;
      const suggestion =
        item.type === 'enum'
          ? (nearest(String(value), item.values ?? []) ?? `one of: ${(item.values ?? []).join(', ')}`)
          : scope.names.includes(String(value))
            ? `{"var": "${String(value)}"}`
            : `write ${WRITTEN[item.type]}`;
      const kind = item.type === 'enum' ? 'choice' : FAMILY[item.type];
      const code = item.type === 'enum' ? 'wrong-value' : isQuantity(item.type) ? 'unit-clash' : 'wrong-type';
      scope.report(code, `${path}/${i}`, `${JSON.stringify(value)} is compared with a ${kind}`, suggestion);
    }
  });
  if (['<', '<=', '>', '>='].includes(operator) && ['boolean', 'enum', 'text', 'list'].includes(spec.type)) {
    scope.report('wrong-type', path, `"${operator}" compares sizes, and a ${FAMILY[spec.type]} has none`, 'use == or in');
  }
}

const nameOf = (logic: Json): string => (isOperation(logic) && typeof logic.var === 'string' ? logic.var : '');

function checkTypes(operands: Json[], path: string, operator: string, scope: LogicScope): void {
  const types = operands.map((o) => typeOf(o, scope));
  const known = types.filter((t, i): t is ValueType => t !== undefined && !isPlainNumber(operands[i]!, scope.find(nameOf(operands[i]!))));
  if (operator === 'in') return;
  const [first, other] = [known[0], known.find((t) => FAMILY[t] !== FAMILY[known[0]!])];
  if (first && other)
    scope.report(
      isQuantity(first) && isQuantity(other) ? 'unit-clash' : 'wrong-type',
      path,
      `a ${FAMILY[first]} is compared with a ${FAMILY[other]}`,
      'compare values of one kind',
    );
  if (known.length === 0 && operands.every((o) => !isOperation(o)))
    scope.report('wrong-type', path, 'both sides are fixed values', 'compare a fact with something');
}

function checkArithmetic(operands: Json[], path: string, operator: string, scope: LogicScope): void {
  if (operands.some((o) => typeOf(o, scope) === 'money') && !['min', 'max'].includes(operator)) {
    scope.report('money-calculated', path, 'money is not calculated with in a rule', 'give a percentage; the ledger does the rest');
  }
}

/** Checks a piece of JSON Logic: operators, arity, names, types. `inCalc` allows arithmetic. */
export function checkLogic(logic: Json, path: string, scope: LogicScope, inCalc = false): void {
  if (!isOperation(logic)) return;
  const keys = Object.keys(logic);
  if (keys.length !== 1)
    return scope.report(
      'two-operators',
      path,
      `an operation has one operator, this one has ${keys.length}: ${keys.slice(0, 5).join(', ')}`,
      'put each into its own {} and join them with "and"',
    );
  const { operator, operands } = operationOf(logic);
  const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (!known)
    return scope.report(
      'unknown-operator',
      path,
      `"${operator}" is not an operator that rules may use`,
      nearest(operator, Object.keys(OPERATORS)) ?? `one of: ${Object.keys(OPERATORS).join(' ')}`,
    );
  const here = `${path}/${operator.replace(/~/g, '~0').replace(/\//g, '~1')}`;
  if (known.calc && !inCalc) scope.report('misplaced', here, `"${operator}" stands only under "calc"`, 'compare with a parameter instead');
  if (operands.length < known.least || operands.length > known.most) {
    return scope.report(
      'operand-count',
      here,
      `"${operator}" takes ${known.least === known.most ? known.least : `${known.least} to ${known.most}`} operands, here are ${operands.length}`,
      operands.length < known.least ? 'add what is missing' : 'take out what is too much',
    );
  }
  if (operator === 'var') return checkVar(operands, here, scope);
  if (['some', 'all', 'none'].includes(operator)) return checkOverList(operands, here, scope);
  if (known.calc) checkArithmetic(operands, here, operator, scope);
  else if (WITH_LITERALS.includes(operator)) {
    checkLiterals(operands, here, operator, scope);
    checkTypes(operands, here, operator, scope);
  }
  operands.forEach((o, i) =>
    Array.isArray(o) ? o.forEach((p, j) => checkLogic(p, `${here}/${i}/${j}`, scope, inCalc)) : checkLogic(o, `${here}/${i}`, scope, inCalc),
  );
}
const WITH_LITERALS = ['==', '===', '!=', '!==', '<', '<=', '>', '>=', 'in'];

function checkOverList([list, test]: Json[], path: string, scope: LogicScope): void {
  checkLogic(list!, `${path}/0`, scope);
  const spec = comparedSpec([list!], (n) => scope.find(n));
  if (spec?.type !== 'list') return scope.report('wrong-type', `${path}/0`, 'this goes over a list, and here is none', 'name a fact that is a list');
  const before: string[] = [];
  const inner: LogicScope = {
    ...scope,
    find: (name) => (name === '' ? ({ ...spec, type: spec.of ?? 'text' } as FieldSpec) : undefined),
    names: [''],
    used: (name) => void before.push(name),
  };
  if (JSON.stringify(test).match(/"(some|all|none)"/))
    return scope.report('misplaced', `${path}/1`, 'lists are not gone over inside each other', 'split it into two rules');
  checkLogic(test!, `${path}/1`, inner);
}

/** How many steps an evaluation may take at most, lists counted at their declared length. */
export function costOf(logic: Json, find: LogicScope['find']): number {
  if (!isOperation(logic)) return Array.isArray(logic) ? logic.reduce<number>((n, l) => n + costOf(l, find), 1) : 1;
  const { operator, operands } = operationOf(logic);
  if (['some', 'all', 'none'].includes(operator))
    return 1 + (comparedSpec([operands[0]!], find)?.maxItems ?? 100) * costOf(operands[1]!, () => undefined);
  return operands.reduce<number>((n, o) => n + costOf(o, find), 1);
}
