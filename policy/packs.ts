import type { Json, PolicyDocument, Property, Rule } from './types';

type Case = PolicyDocument['examples']['cases'][number];

/** What a pack makes of one policy. What is not named stays as the admin has it. */
export interface Packed {
  params?: Record<string, Json>;
  /** Each goes before the rule of that id. */
  rules?: { before: string; rule: Rule }[];
  properties?: Property[];
  /** Facts of the examples, where they are others, or more. */
  base?: Record<string, Json>;
  cases?: Case[];
}

/** Terms that an organisation can start from (examples/packs/*.json), by policy. */
export interface Pack {
  pack: string;
  title: string;
  description: string;
  policies: Record<string, Packed>;
}

/** The pack whose parameters (and facts of examples) are those of the rules as shipped: what another pack does not name goes back to them. */
export const STANDARD = 'standard';

/** A rule that a pack goes before, and that an admin has taken out. */
export interface NoPlace {
  policy: string;
  rule: string;
  before: string;
}

type Named = { id: string };
const idsOf = (list: readonly Named[] = []): string[] => list.map((item) => item.id);
const without = <T extends Named>(list: readonly T[] = [], ids: readonly string[]): T[] => list.filter((item) => !ids.includes(item.id));
const withoutKeys = (of: Record<string, Json> = {}, keys: readonly string[]): Record<string, Json> =>
  Object.fromEntries(Object.entries(of).filter(([key]) => !keys.includes(key)));

/** A policy without anything that a pack has brought: packs are put for each other, not over each other. */
function bare(document: PolicyDocument, packed: readonly Packed[], standard: Packed | undefined): PolicyDocument {
  const { params, rules, properties, examples, ...rest } = document;
  const brought = (of: 'params' | 'base', kept: Record<string, Json> = {}): string[] =>
    packed.flatMap((p) => Object.keys(p[of] ?? {})).filter((key) => !(key in kept));
  const propertiesLeft = without(
    properties,
    packed.flatMap((p) => idsOf(p.properties)),
  );
  return {
    ...rest,
    ...(params && { params: withoutKeys(params, brought('params', standard?.params)) }),
    rules: without(
      rules,
      packed.flatMap((p) => idsOf(p.rules?.map((r) => r.rule))),
    ),
    ...(properties && { properties: propertiesLeft }),
    examples: {
      base: withoutKeys(examples.base, brought('base', standard?.base)),
      cases: without(
        examples.cases,
        packed.flatMap((p) => idsOf(p.cases)),
      ),
    },
  };
}

function placed(rules: readonly Rule[], added: Packed['rules'] = []): Rule[] {
  return added.reduce<Rule[]>(
    (list, { before, rule }) => {
      const at = list.findIndex((r) => r.id === before);
      return at < 0 ? list : list.toSpliced(at, 0, rule);
    },
    [...rules],
  );
}

/** The policies that any pack is about. */
export const policiesOf = (packs: readonly Pack[]): string[] => [...new Set(packs.flatMap((p) => Object.keys(p.policies)))].sort();

/**
 * A policy for everybody as a pack wants it: without what other packs have brought, with the parameters, rules, properties and examples of
 * this one. Everything else of the document stays. `noPlace`: rules of the pack that have nothing to go before.
 */
export function withPack(document: PolicyDocument, pack: Pack, packs: readonly Pack[]): { document: PolicyDocument; noPlace: NoPlace[] } {
  const { policy } = document;
  const of = (p: Pack | undefined): Packed | undefined => p?.policies[policy];
  const standard = of(packs.find((p) => p.pack === STANDARD));
  const is = of(pack) ?? {};
  const left = bare(
    document,
    packs.flatMap((p) => of(p) ?? []),
    standard,
  );
  const noPlace = (is.rules ?? [])
    .filter(({ before }) => !left.rules.some((r) => r.id === before))
    .map(({ before, rule }) => ({ policy, rule: rule.id, before }));
  const properties = [...(left.properties ?? []), ...(is.properties ?? [])];
  return {
    noPlace,
    document: {
      ...left,
      params: { ...left.params, ...standard?.params, ...is.params },
      rules: placed(left.rules, is.rules),
      ...(properties.length > 0 && { properties }),
      examples: { base: { ...left.examples.base, ...standard?.base, ...is.base }, cases: [...left.examples.cases, ...(is.cases ?? [])] },
    },
  };
}
