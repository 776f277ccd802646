import { nearest } from '../domain/nearest';
import type { RuleFaultCode } from '../domain/rule-faults';
import { isOperation, operationOf } from './logic';
import type { FieldSpec, Json, ValueType } from './types';
import { parseValue, WRITTEN } from './units';

/** What a piece of logic may name, and where its faults go. */
export interface LogicScope {
  find(name: string): FieldSpec | undefined;
  names: readonly string[];
  report(code: RuleFaultCode, path: string, message: string, suggestion: string): void;
  /** Marks a parameter as used. */
  used(name: string): void;
  /** What a parameter meets; gives what it met before when that was of another kind or unit. */
  meets?(name: string, spec: FieldSpec): FieldSpec | undefined;
}

/** Types whose values may be compared with each other. */
export const FAMILY: Record<ValueType, string> = {
  boolean: 'boolean',
  integer: 'number',
  number: 'number',
  duration: 'duration',
  clockTime: 'clock time',
  instant: 'instant',
  money: 'money',
  percent: 'percent',
  text: 'text',
  enum: 'text',
  list: 'list',
};

/** What is measured: where two kinds of it meet, their units clash. */
export const isQuantity = (type: ValueType): boolean => !['boolean', 'text', 'enum', 'list'].includes(type);

/** What a piece of logic gives: a declared or parametrised field, or undefined for a literal and where a fault was reported. */
type Given = FieldSpec | undefined;

const paramName = (logic: Json): string => String((logic as Record<string, Json>).var);
/** "a percent", "a number of sessions" */
const kindOf = ({ type, unit }: FieldSpec): string => `a ${FAMILY[type]}${FAMILY[type] === 'number' && unit ? ` of ${unit}` : ''}`;
/** Whether two fields can be given by one parameter: of one kind, and counted in one unit. */
export const areAlike = (a: FieldSpec, b: FieldSpec): boolean => kindOf(a) === kindOf(b);

const made = (type: ValueType): FieldSpec => ({ type, meaning: '', example: null });
const isParam = (logic: Json): boolean => isOperation(logic) && typeof logic.var === 'string' && logic.var.startsWith('params.');
/** A number without a unit of its own: it takes the unit of what it meets. */
export const isPlainNumber = (logic: Json, spec: Given): boolean => typeof logic === 'number' || (isParam(logic) && spec?.type === 'number');

/**
 * Checks what `checkLogic` cannot see operator by operator: that conditions are yes or no (anything else counts as yes, and
 * would decide against a family), that branches and computed values have the type of the field they fill, that units survive
 * arithmetic, and that a parameter's value is one that the field it meets can have.
 */
export class TypeCheck {
  constructor(private readonly scope: LogicScope) {}

  condition(logic: Json, path: string, orList = false): void {
    if (typeof logic === 'boolean') return;
    const given = isOperation(logic) ? this.typeOf(logic, path) : undefined;
    if (isOperation(logic) && (!given || given.type === 'boolean' || (orList && given.type === 'list'))) return;
    const what = given ? `a ${FAMILY[given.type]}` : JSON.stringify(logic);
    this.scope.report(
      'wrong-type',
      path,
      `a condition is yes or no, and this is ${what}, which would always or by chance count as yes`,
      'compare it with something, as with ==',
    );
  }

  /** A value under `calc` must be of the type of the outcome field that it fills. */
  value(logic: Json, path: string, field: FieldSpec): void {
    if (!isOperation(logic)) return this.literal(logic, path, field);
    const { operator, operands } = operationOf(logic);
    if (operator === 'if') return this.branches(operands, `${path}/if`, (branch, at) => this.value(branch, at, field));
    const given = this.typeOf(logic, path);
    if (!given) return;
    if (isParam(logic)) return this.parameter(logic, given, path, field);
    const numbers = ['number', 'integer', 'percent', 'money'];
    const fits = FAMILY[given.type] === FAMILY[field.type] || (operator === 'var' && numbers.includes(given.type) && numbers.includes(field.type));
    if (!fits)
      return this.scope.report(
        isQuantity(given.type) && isQuantity(field.type) ? 'unit-clash' : 'wrong-type',
        path,
        `this gives a ${FAMILY[given.type]}, and the field takes a ${FAMILY[field.type]}`,
        `give ${WRITTEN[field.type]}`,
      );
    const strange = field.type === 'enum' ? (given.values ?? []).filter((v) => !field.values?.includes(v)) : [];
    if (strange.length > 0)
      this.scope.report(
        'wrong-value',
        path,
        `this can be ${strange.join(', ')}, which the field does not take`,
        `one of: ${field.values!.join(', ')}`,
      );
  }

  private literal(value: Json, path: string, field: FieldSpec): void {
    if (parseValue(field, value) === undefined)
      this.scope.report('wrong-value', path, `${JSON.stringify(value)} is not what the field takes`, `write ${WRITTEN[field.type]}`);
  }

  /** A parameter's spec carries its written value as the example. */
  private parameter(logic: Json, param: FieldSpec, path: string, met: FieldSpec): void {
    const before = this.scope.meets?.(paramName(logic), met);
    if (before)
      return this.scope.report(
        'unit-clash',
        path,
        `the parameter is ${kindOf(met)} here, and ${kindOf(before)} elsewhere`,
        'make two parameters of it, one for each',
      );
    const value = parseValue(met, param.example);
    if (value !== undefined && met.positive && Number(value) <= 0)
      return this.scope.report(
        'wrong-value',
        path,
        `the parameter's value ${JSON.stringify(param.example)} is no time at all`,
        `such as ${JSON.stringify(met.example)}`,
      );
    if (value !== undefined) return;
    const allowed =
      met.type === 'enum'
        ? (nearest(String(param.example), met.values ?? []) ?? `one of: ${(met.values ?? []).join(', ')}`)
        : `write ${WRITTEN[met.type]}`;
    this.scope.report('wrong-value', path, `the parameter's value ${JSON.stringify(param.example)} is not what it meets here can be`, allowed);
  }

  private typeOf(logic: Json, path: string): Given {
    if (!isOperation(logic)) return undefined;
    const { operator, operands } = operationOf(logic);
    const here = `${path}/${operator.replace(/\//g, '~1')}`;
    switch (operator) {
      case 'var':
        return this.scope.find(String(operands[0]));
      case '!':
      case '!!':
        this.condition(operands[0]!, `${here}/0`, true);
        return made('boolean');
      case 'and':
      case 'or':
        operands.forEach((o, i) => this.condition(o, `${here}/${i}`));
        return made('boolean');
      case 'if': {
        let first: Given;
        this.branches(
          operands,
          here,
          (branch, at) => void (first ??= this.typeOf(branch, at) ?? (typeof branch === 'boolean' ? made('boolean') : undefined)),
        );
        return first;
      }
      case 'some':
      case 'all':
      case 'none':
        this.overList(operands, here);
        return made('boolean');
      case 'in':
        this.among(operands, here);
        return made('boolean');
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case 'min':
      case 'max':
        return this.arithmetic(operator, operands, here);
      default:
        this.comparison(operands, here);
        return made('boolean');
    }
  }

  private branches(operands: Json[], path: string, branch: (logic: Json, path: string) => void): void {
    if (operands.length < 3 || operands.length % 2 === 0)
      return this.scope.report(
        'operand-count',
        path,
        '"if" names no value for when none of its conditions holds',
        'add a last value: {"if": [condition, then, else]}',
      );
    operands.forEach((o, i) => (i % 2 === 0 && i < operands.length - 1 ? this.condition(o, `${path}/${i}`) : branch(o, `${path}/${i}`)));
  }

  private comparison(operands: Json[], path: string): void {
    const given = operands.map((o, i) => this.typeOf(o, `${path}/${i}`));
    const met = given.find((g, i) => g && !isParam(operands[i]!));
    operands.forEach((o, i) => {
      const at = `${path}/${i}`;
      if (Array.isArray(o)) this.scope.report('wrong-type', at, 'a single value is compared with a list, which is never the same', 'use "in"');
      else if (met && isParam(o) && given[i] && FAMILY[given[i].type] === FAMILY[met.type]) this.parameter(o, given[i], at, met);
      else if (met && isPlainNumber(o, given[i]) && isParam(o)) this.parameter(o, given[i]!, at, met);
      else if (met?.type === 'boolean' && !isOperation(o) && typeof o !== 'boolean')
        this.scope.report('wrong-type', at, `${JSON.stringify(o)} is compared with a yes or no`, 'write true or false');
    });
  }

  private among([item, list]: Json[], path: string): void {
    const given = this.typeOf(item!, `${path}/0`);
    if (Array.isArray(item) || (!isOperation(item!) && Array.isArray(list)))
      return this.scope.report('wrong-type', `${path}/0`, 'this is fixed, so the answer is always the same', 'look for a fact: {"var": "…"}');
    if (Array.isArray(list)) return;
    const where = this.typeOf(list!, `${path}/1`);
    if (where?.type !== 'list')
      return this.scope.report('wrong-type', `${path}/1`, '"in" looks into a list, and here is none', 'write {"in": [{"var": "…"}, ["a", "b"]]}');
    const of = FAMILY[where.of ?? 'text'];
    if (given && FAMILY[given.type] !== of)
      this.scope.report('wrong-type', path, `a ${FAMILY[given.type]} is looked for in a list of ${of}`, 'compare values of one kind');
  }

  private overList([list, test]: Json[], path: string): void {
    const spec = this.typeOf(list!, `${path}/0`);
    const item: Given = spec && { ...spec, type: spec.of ?? 'text' };
    new TypeCheck({ ...this.scope, find: (name) => (name === '' ? item : undefined) }).condition(test!, `${path}/1`);
  }

  /** Sums keep their unit, a product has at most one, a quotient of like things is a plain number. */
  private arithmetic(operator: string, operands: Json[], path: string): Given {
    const given = operands.map((o, i) => this.typeOf(o, `${path}/${i}`));
    const fault = (message: string, suggestion: string): undefined => this.scope.report('unit-clash', path, message, suggestion) as undefined;
    const refused = given.find((g) => g && !['number', 'integer', 'duration', 'percent', 'money', 'instant'].includes(g.type));
    if (refused) return fault(`a ${FAMILY[refused.type]} cannot be calculated with`, 'use numbers, durations or percentages');
    const met = given.find((g) => g !== undefined && g.type !== 'number');
    operands.forEach((operand, i) => {
      // A text is a value with its unit ("5m") where it meets one of that kind, and nothing to calculate with anywhere else.
      if (isOperation(operand) || typeof operand === 'number') return;
      if (!met || parseValue(met, operand) === undefined)
        this.scope.report(
          'wrong-value',
          `${path}/${i}`,
          `${JSON.stringify(operand)} cannot be calculated with`,
          `write ${WRITTEN[met?.type ?? 'number']}`,
        );
    });
    const units = given.filter((g, i): g is FieldSpec => g !== undefined && !isPlainNumber(operands[i]!, g) && FAMILY[g.type] !== 'number');
    const plain = operands.filter((o, i) => isPlainNumber(o, given[i]) || (given[i] && FAMILY[given[i].type] === 'number')).length;
    const [unit] = units;
    const alike = units.every((u) => FAMILY[u.type] === FAMILY[unit!.type]);
    if (operator === '*') {
      if (units.length > 1) return fault(`a ${FAMILY[unit!.type]} is multiplied with a ${FAMILY[units[1]!.type]}`, 'multiply with a plain number');
      return unit ?? made('number');
    }
    if (operator === '/') {
      if (units.length === 2)
        return alike ? made('number') : fault(`a ${FAMILY[unit!.type]} is divided by a ${FAMILY[units[1]!.type]}`, 'divide by a plain number');
      return given[1] && unit === given[1]
        ? fault(`a number is divided by a ${FAMILY[unit.type]}`, 'divide by a plain number')
        : (unit ?? made('number'));
    }
    if (unit?.type === 'instant' && ['+', '-'].includes(operator))
      return fault('instants are not added or subtracted in a rule', 'use a duration fact');
    if (!alike)
      return fault(
        `a ${FAMILY[unit!.type]} meets a ${FAMILY[units.find((u) => FAMILY[u.type] !== FAMILY[unit!.type])!.type]}`,
        'calculate with values of one kind',
      );
    if (unit?.type === 'duration' && plain > 0) return fault('a duration meets a number without a unit', 'write the unit, as in "5m"');
    return unit ?? made('number');
  }
}
