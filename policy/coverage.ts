import { boundariesOf, representatives, type Boundaries } from './boundaries';
import { compileFacts, type CompiledPolicy, type CompiledRule } from './compile';
import { dataOf, evaluate } from './evaluate';
import { evaluateLogic, isTruthy, UNKNOWN } from './logic';
import { explore, situationInWords, stillOpen, type Budget, type Look } from './situations';
import type { Facts, Json } from './types';

/** What the examples and rows of one document leave open. */
export interface Coverage {
  file: string;
  rules: number;
  examples: number;
  /** Rules that no example reaches. */
  unreached: string[];
  /** Rules that can never fire, each with why. */
  dead: { rule: string; why: string }[];
  /** Situations that no rule answers, and no example shows. */
  gaps: string[];
  /** Pairs of rules that are true together and give something else: the one that stands first decides. */
  overlaps: { first: string; second: string; situation: string }[];
  /** False when there are more situations than were looked at: what is not listed may still be so. */
  isComplete: boolean;
}

const MOST_SITUATIONS = 50_000;
const MOST_GAPS = 5;

interface Looking {
  policy: CompiledPolicy;
  values: Record<string, Json[]>;
  budget: Budget;
}

const firedIn = (rule: string): string[] => rule.split(',');

/** Whether a condition holds in a situation, or which facts it takes to tell. */
function holds({ policy }: Looking, rule: CompiledRule, situation: Facts): boolean | string[] {
  const missing = new Set<string>();
  const answer = evaluateLogic(rule.when, dataOf(policy, situation), missing);
  return answer === UNKNOWN ? stillOpen(missing, situation) : isTruthy(answer);
}

/** A situation that `look` ends at, or null when there is none. */
function find(looking: Looking, look: (situation: Facts) => readonly string[] | true): Facts | null {
  let found: Facts | null = null;
  const each: Look = (situation) => {
    const seen = look(situation);
    if (seen !== true) return seen;
    found = situation;
    return 'stop';
  };
  explore(looking.values, each, looking.budget);
  return found;
}

/** Every way in which rows fire: which rows ever do, and in which situations none does. */
function ends(looking: Looking): { fired: Set<string>; without: Facts[] } {
  const fired = new Set<string>();
  const without: Facts[] = [];
  const look: Look = (situation) => {
    const verdict = evaluate(looking.policy, situation);
    const open = stillOpen(verdict.missing, situation);
    if (open.length > 0) return open;
    for (const rule of firedIn(verdict.rule)) fired.add(rule);
    if (verdict.rule === 'otherwise') without.push(situation);
    return [];
  };
  explore(looking.values, look, looking.budget);
  return { fired, without };
}

function whyDead(looking: Looking, rule: CompiledRule): string {
  const alone = find(looking, (situation) => {
    const answer = holds(looking, rule, situation);
    if (answer !== true) return answer || [];
    const open = stillOpen(evaluate(looking.policy, situation).missing, situation);
    return open.length > 0 ? open : true;
  });
  if (alone === null) return 'its condition is never true';
  const before = firedIn(evaluate(looking.policy, alone).rule)[0]!;
  return `whenever it is true, a rule above it applies: with ${situationInWords(looking.policy, alone)} that is ${before}`;
}

/** Whether an example stands in a situation: no condition tells its facts from the situation's. */
const isShown = (situation: Facts, examples: readonly Facts[], boundaries: Boundaries): boolean =>
  examples.some((facts) =>
    Object.entries(situation).every(([name, value]) => boundaries[name]!.kindOf(facts[name]) === boundaries[name]!.kindOf(value)),
  );

/** What two rows would give differently: the whole outcome, or the columns that both name. */
function differ(policy: CompiledPolicy, a: CompiledRule, b: CompiledRule): boolean {
  const fields = policy.document.hit === 'merge' ? Object.keys(a.then).filter((f) => f in b.then) : Object.keys({ ...a.then, ...b.then });
  if (policy.spec.hit === 'collect') return (policy.spec.identity ?? []).length > 0 && policy.spec.identity!.every((f) => same(a.then[f], b.then[f]));
  return fields.some((f) => !same(a.then[f], b.then[f]));
}
const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

function overlapsOf(looking: Looking): Coverage['overlaps'] {
  const { policy } = looking;
  return policy.rules.flatMap((first, i) =>
    policy.rules.slice(i + 1).flatMap((second) => {
      if (!differ(policy, first, second)) return [];
      const both = find(looking, (situation) => {
        for (const rule of [first, second]) {
          const answer = holds(looking, rule, situation);
          if (answer !== true) return answer || [];
        }
        const verdict = evaluate(policy, situation);
        const open = stillOpen(verdict.missing, situation);
        return open.length > 0 ? open : firedIn(verdict.rule).includes(first.id) || [];
      });
      return both === null ? [] : [{ first: first.id, second: second.id, situation: situationInWords(policy, both) }];
    }),
  );
}

/** Looks at a checked policy whole: what no example shows, what can never happen, and what the order of its rows decides. */
export function coverageOf(policy: CompiledPolicy): Coverage {
  const { base, cases } = policy.document.examples;
  const examples = cases.map(({ given }) => compileFacts(policy, { ...base, ...given }));
  const reached = new Set(examples.flatMap((facts) => firedIn(evaluate(policy, facts).rule)));
  const boundaries = boundariesOf(policy);
  const looking = { policy, values: representatives(boundaries), budget: { left: MOST_SITUATIONS } };
  const { fired, without } = ends(looking);
  const isComplete = looking.budget.left > 0;
  const dead = isComplete ? policy.rules.filter((r) => !fired.has(r.id)).map((r) => ({ rule: r.id, why: whyDead(looking, r) })) : [];
  const overlaps = overlapsOf(looking);
  return {
    file: policy.file,
    rules: policy.rules.length,
    examples: cases.length,
    unreached: policy.rules.map((r) => r.id).filter((id) => !reached.has(id)),
    dead,
    gaps: without
      .filter((s) => !isShown(s, examples, boundaries))
      .slice(0, MOST_GAPS)
      .map((s) => situationInWords(policy, s)),
    overlaps,
    isComplete: looking.budget.left > 0,
  };
}
