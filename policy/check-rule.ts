import { checkFields, isObject, type Report } from './check-fields';
import { costOf } from './check-logic';
import { checkOutcome, checkWhole } from './check-outcome';
import { MOST_NODES_A_RULE, nodesIn } from './check-shape';
import type { LogicScope } from './check-types';
import { isOperation } from './logic';
import type { DecisionPointSpec, Json } from './types';

const RULE_FIELDS = ['id', 'description', 'when', 'then', 'say'];
const MOST_COST = 20_000;

export interface CheckingRules {
  spec: DecisionPointSpec;
  /** What the logic of a rule may name; faults go to that rule. */
  scopeFor: (rule: string | null) => LogicScope;
  report: Report;
  /** The ids seen so far. */
  ids: Set<string>;
}

function checkId(id: string | null, path: string, { ids, report }: CheckingRules): void {
  if (id === null || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    return report(id, `${path}/id`, 'a rule has an id in small letters and dashes', 'such as "past-grace"');
  if (['otherwise', 'on-missing'].includes(id)) report(id, `${path}/id`, `"${id}" says what no rule does`, 'give it another one');
  if (ids.has(id)) report(id, `${path}/id`, `"${id}" is the id of another rule too`, 'give it another one');
  ids.add(id);
}

function checkSay(say: Json, id: string | null, path: string, report: Report): void {
  const example = '{"en": "…"}';
  if (!isObject(say)) return report(id, path, 'is a reason by language', example);
  for (const [language, text] of Object.entries(say)) {
    if (!/^[a-z]{2}(-[A-Z]{2})?$/.test(language)) report(id, `${path}/${language}`, `"${language}" is not a language`, 'such as "en" or "pt-BR"');
    if (typeof text !== 'string' || text.trim() === '' || text.length > 300)
      report(id, `${path}/${language}`, 'a reason is a text of at most 300 characters', example);
  }
  if (say.en === undefined) report(id, `${path}/en`, 'a reason is written in English too, for readers of any other language', example);
}

/** One rule: its id, its condition, its outcome, and what a family may read. */
export function checkRule(raw: Json, i: number, checking: CheckingRules): void {
  const { spec, scopeFor, report } = checking;
  const path = `/rules/${i}`;
  if (!isObject(raw)) return report(null, path, 'a rule is an object with id, when and then', '{"id": "…", "when": {…}, "then": {…}}');
  const id = typeof raw.id === 'string' ? raw.id : null;
  checkId(id, path, checking);
  checkFields(raw, RULE_FIELDS, id, path, report);
  if (raw.description !== undefined && typeof raw.description !== 'string')
    report(id, `${path}/description`, 'is a text', 'write it in quotation marks');
  if (nodesIn(raw) > MOST_NODES_A_RULE) report(id, path, `a rule has at most ${MOST_NODES_A_RULE} parts`, 'split it');
  const scope = scopeFor(id);
  if (raw.when === undefined) report(id, `${path}/when`, 'a rule says when it applies', 'add "when"');
  else if (!isOperation(raw.when) && typeof raw.when !== 'boolean')
    report(id, `${path}/when`, 'is a condition', 'write {"==": [{"var": "…"}, …]}, or true');
  else {
    checkWhole(raw.when, `${path}/when`, scope, false, (types) => types.condition(raw.when!, `${path}/when`));
    if (costOf(raw.when, scope.find) > MOST_COST) report(id, `${path}/when`, 'this condition could take too long', 'split it');
  }
  checkOutcome(raw.then ?? null, spec, id, `${path}/then`, scope, report);
  if (raw.say !== undefined) checkSay(raw.say, id, `${path}/say`, report);
}
