import { nearest } from '../../domain/nearest';
import { checkFields, isObject, type Report } from '../check-fields';
import { readDocument } from '../check-shape';
import type { DecisionPointSpec, Fault, Json } from '../types';
import { parseValue, WRITTEN } from '../units';
import { checkCounter, COUNTER_FIELDS } from './check-counter';
import { checkDeadline, DEADLINE_FIELDS } from './check-deadline';
import { checkLookup, LOOKUP_FIELDS } from './check-lookup';
import { specOfFact } from './declare';
import { checkOneOf, isText, type FactReport } from './report';
import { FACT_KINDS, type FactDocument, type FactKind, type FactPoints } from './types';

const HEAD = ['$schema', 'fact', 'kind', 'meaning', 'unit', 'example', 'points'];
const FIELDS: Record<FactKind, readonly string[]> = { counter: COUNTER_FIELDS, deadline: DEADLINE_FIELDS, lookup: LOOKUP_FIELDS };
const NAME = /^[a-z][A-Za-z0-9]{1,63}$/;
const MOST_FACTS = 200;
const MOST_MEANING = 500;

interface Checking {
  points: Readonly<Record<string, DecisionPointSpec>>;
  factPoints: FactPoints;
  /** The file of each declared fact so far. */
  names: Map<string, string>;
}

function checkName(file: string, name: Json | undefined, { points, names }: Checking, report: FactReport): void {
  if (typeof name !== 'string' || !NAME.test(name))
    return report('wrong-value', '/fact', `${JSON.stringify(name ?? null)} is no name of a fact`, 'letters and digits, as in "lateCancelsThisTerm"');
  if (file !== `${name}.json`) report('wrong-name', '/fact', `the file of "${name}" is called ${file}`, `name it ${name}.json`);
  const there = Object.values(points).find((p) => Object.hasOwn(p.facts, name));
  if (there) report('duplicate-id', '/fact', `"${name}" is a fact of "${there.point}" already`, 'choose another name');
  const other = names.get(name);
  if (other !== undefined) report('duplicate-id', '/fact', `${other} declares "${name}" too`, 'choose another name');
  names.set(name, file);
}

function checkMeaning(value: Json | undefined, report: Report): void {
  const meaning = isObject(value ?? null) ? (value as Record<string, Json>) : {};
  checkFields(meaning, ['en', 'de'], null, '/meaning', report);
  for (const language of ['en', 'de'])
    if (!isText(meaning[language], MOST_MEANING))
      report(
        'missing-field',
        null,
        `/meaning/${language}`,
        `a fact says in "${language}" what it means`,
        '{"en": "How many …", "de": "Wie viele …"}',
      );
}

function checkPoints(value: Json | undefined, kind: FactKind, { points, factPoints }: Checking, report: FactReport): void {
  const able = Object.keys(factPoints).filter((p) => kind !== 'deadline' || factPoints[p]!.deadline);
  if (!Array.isArray(value) || value.length === 0)
    return report('missing-field', '/points', 'a fact names the decision points whose policies may use it', `some of: ${able.join(', ')}`);
  value.forEach((point, i) => {
    if (able.includes(String(point))) {
      if (value.indexOf(point) !== i) report('duplicate-id', `/points/${i}`, `"${String(point)}" is named twice`, 'take one out');
    } else if (Object.hasOwn(points, String(point)))
      report('other-point', `/points/${i}`, `no policy of "${String(point)}" can have a ${kind}`, `some of: ${able.join(', ')}`);
    else
      report(
        'unknown-point',
        `/points/${i}`,
        `${JSON.stringify(point)} is not a decision point`,
        nearest(String(point), able) ?? `some of: ${able.join(', ')}`,
      );
  });
}

/** A number is counted in something; whatever else says by itself what it is. */
function checkUnit({ unit, kind, type }: Record<string, Json>, report: FactReport): void {
  const isNumber = kind === 'counter' || type === 'integer' || type === 'number';
  if (isNumber && (typeof unit !== 'string' || !/^\p{L}[\p{L} -]{0,40}$/u.test(unit)))
    report('missing-field', '/unit', 'a number says what it counts', 'such as "cancellations"');
  if (!isNumber && unit !== undefined) report('unknown-field', '/unit', 'what is no number has no unit', 'take it out');
}

function checkExample(document: FactDocument, report: FactReport): void {
  const { declared: _, ...spec } = specOfFact(document);
  const value = parseValue(spec, (document.example as Json | undefined) ?? null);
  const isPossible = value !== undefined && (document.kind !== 'counter' || Number(value) >= 0);
  if (!isPossible)
    report(
      document.example === undefined ? 'missing-field' : 'wrong-value',
      '/example',
      `${JSON.stringify(document.example ?? null)} is no value that it can have`,
      spec.values ? `one of: ${spec.values.join(', ')}` : document.kind === 'counter' ? 'a whole number, such as 2' : `write ${WRITTEN[spec.type]}`,
    );
}

function checkDocument(file: string, value: Json, checking: Checking, faults: Fault[]): FactDocument | undefined {
  const before = faults.length;
  const report: FactReport = (code, path, message, suggestion) => void faults.push({ code, file, rule: null, path, message, suggestion });
  const asRule: Report = (code, _rule, path, message, suggestion) => report(code, path, message, suggestion);
  if (!isObject(value)) return void report('wrong-shape', '', 'a fact is an object', 'write { "fact": "…", "kind": "counter", … }');
  checkName(file, value.fact, checking, report);
  if (value.$schema !== undefined && typeof value.$schema !== 'string')
    report('wrong-shape', '/$schema', 'is the address of a schema', 'leave it out');
  if (!checkOneOf(value.kind, FACT_KINDS, '/kind', 'a kind of fact', report)) return undefined;
  const kind = value.kind as FactKind;
  checkFields(value, [...HEAD, ...FIELDS[kind]], null, '', asRule);
  checkMeaning(value.meaning, asRule);
  checkPoints(value.points, kind, checking, report);
  checkUnit(value, report);
  if (kind === 'counter') checkCounter(value, report);
  else if (kind === 'deadline') checkDeadline(value, report);
  else checkLookup(value, report);
  if (faults.length > before) return undefined;
  if (typeof value.example === 'string' && !isText(value.example, 200)) report('wrong-value', '/example', 'is no text of one line', 'shorten it');
  checkExample(value as unknown as FactDocument, report);
  return faults.length > before ? undefined : (value as unknown as FactDocument);
}

/** Checks fact documents and gives every fault, and those documents that have none. */
export function checkFacts(
  documents: readonly { file: string; text: string }[],
  points: Readonly<Record<string, DecisionPointSpec>>,
  factPoints: FactPoints,
): { faults: Fault[]; facts: FactDocument[] } {
  const faults: Fault[] = [];
  const facts: FactDocument[] = [];
  const checking: Checking = { points, factPoints, names: new Map() };
  for (const { file, text } of documents.slice(0, MOST_FACTS)) {
    const read = readDocument(text);
    if ('faults' in read) faults.push(...read.faults.map((f) => ({ file, rule: null, ...f })));
    else {
      const fact = checkDocument(file, read.value, checking, faults);
      if (fact) facts.push(fact);
    }
  }
  const over = documents[MOST_FACTS];
  if (over)
    faults.push({
      code: 'too-large',
      file: over.file,
      rule: null,
      path: '',
      message: `a set declares at most ${MOST_FACTS} facts, and here are ${documents.length}`,
      suggestion: 'take out those that no policy names',
    });
  return { faults, facts };
}
