import { checkFields, isObject, type Report } from './check-fields';
import { costOf } from './check-logic';
import { checkOutcome, checkWhole } from './check-outcome';
import { MOST_NODES_A_RULE, nodesIn } from './check-shape';
import type { LogicScope } from './check-types';
import { isOperation } from './logic';
import type { DecisionPointSpec, Json } from './types';

const RULE_FIELDS = ['id', 'description', 'when', 'then', 'say'];
/** How many steps a decision may take at most, lists counted at their declared length. */
export const MOST_COST = 20_000;

export interface CheckingRules {
  spec: DecisionPointSpec;
  /** What the logic of a rule may name; faults go to that rule. */
  scopeFor: (rule: string | null) => LogicScope;
  report: Report;
  /** The ids seen so far. */
  ids: Set<string>;
  /** What fills the fields that a row leaves out, where columns are merged. */
  rest?: Json | undefined;
}

function checkId(id: string | null, path: string, { ids, report }: CheckingRules): void {
  if (id === null || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    return report('wrong-value', id, `${path}/id`, 'a rule has an id in small letters and dashes', 'such as "past-grace"');
  if (['otherwise', 'on-missing'].includes(id)) report('wrong-value', id, `${path}/id`, `"${id}" says what no rule does`, 'give it another one');
  if (ids.has(id)) report('duplicate-id', id, `${path}/id`, `"${id}" is the id of another rule too`, 'give it another one');
  ids.add(id);
}

function checkSay(say: Json, id: string | null, path: string, report: Report): void {
  const example = '{"en": "…"}';
  if (!isObject(say)) return report('wrong-shape', id, path, 'is a reason by language', example);
  for (const [language, text] of Object.entries(say)) {
    if (!/^[a-z]{2}(-[A-Z]{2})?$/.test(language))
      report('unknown-field', id, `${path}/${language}`, `"${language}" is not a language`, 'such as "en" or "pt-BR"');
    if (typeof text !== 'string' || text.trim() === '' || text.length > 300)
      report('wrong-value', id, `${path}/${language}`, 'a reason is a text of at most 300 characters', example);
  }
  if (say.en === undefined)
    report('missing-field', id, `${path}/en`, 'a reason is written in English too, for readers of any other language', example);
}

/** One rule: its id, its condition, its outcome, and what a family may read. */
export function checkRule(raw: Json, i: number, checking: CheckingRules): void {
  const { spec, scopeFor, report, rest } = checking;
  const path = `/rules/${i}`;
  if (!isObject(raw)) return report('wrong-shape', null, path, 'a rule is an object with id, when and then', '{"id": "…", "when": {…}, "then": {…}}');
  const id = typeof raw.id === 'string' ? raw.id : null;
  checkId(id, path, checking);
  checkFields(raw, RULE_FIELDS, id, path, report);
  if (raw.description !== undefined && typeof raw.description !== 'string')
    report('wrong-shape', id, `${path}/description`, 'is a text', 'write it in quotation marks');
  if (nodesIn(raw) > MOST_NODES_A_RULE) report('too-large', id, path, `a rule has at most ${MOST_NODES_A_RULE} parts`, 'split it');
  const scope = scopeFor(id);
  if (raw.when === undefined) report('missing-field', id, `${path}/when`, 'a rule says when it applies', 'add "when"');
  else if (!isOperation(raw.when) && typeof raw.when !== 'boolean')
    report('wrong-shape', id, `${path}/when`, 'is a condition', 'write {"==": [{"var": "…"}, …]}, or true');
  else {
    checkWhole(raw.when, `${path}/when`, scope, false, (types) => types.condition(raw.when!, `${path}/when`));
    if (costOf(raw.when, scope.find) > MOST_COST) report('too-costly', id, `${path}/when`, 'this condition could take too long', 'split it');
  }
  checkOutcome(raw.then ?? null, { rule: id, path: `${path}/then`, rest }, { spec, scope, report });
  if (raw.say !== undefined) checkSay(raw.say, id, `${path}/say`, report);
}
