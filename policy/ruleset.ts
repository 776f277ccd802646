import { createHash } from 'node:crypto';
import { compilePolicy, type CompiledPolicy } from './compile';
import { compileAutomation } from './automations/compile';
import type { AutomationDocument, CompiledAutomation } from './automations/types';
import { compileMapping } from './inbound/map';
import type { CompiledMapping, MappingDocument } from './inbound/types';
import { withFacts } from './facts/declare';
import type { FactDocument } from './facts/types';
import type { DecisionPointSpec, PolicyDocument } from './types';

export interface RuleSetContent {
  policies: { file: string; text: string }[];
  messages: { file: string; text: string }[];
  /** Mappings of senders; not there in sets that were published before there were any. */
  inbound?: { file: string; text: string }[];
  /** Facts that the set declares by itself; not there in sets that were published before there were any. */
  facts?: { file: string; text: string }[];
  /** Reactions to events; not there in sets that were published before there were any. */
  automations?: { file: string; text: string }[];
}
export interface CompiledRuleSet {
  hash: string;
  policies: CompiledPolicy[];
  mappings: CompiledMapping[];
  facts: FactDocument[];
  automations: CompiledAutomation[];
}

/** The hash of a set's content: equal files, whatever their order, give equal hashes. */
export function hashRuleSet(content: RuleSetContent): string {
  const sorted = (files: RuleSetContent['policies']): string[][] => files.map((f) => [f.file, f.text]).sort(([a], [b]) => (a! < b! ? -1 : 1));
  return (
    createHash('sha256')
      // Sets from before there were mappings, facts or automations keep their hash.
      .update(
        JSON.stringify([
          sorted(content.policies),
          sorted(content.messages),
          ...(content.inbound ? [sorted(content.inbound)] : []),
          ...(content.facts ? [{ facts: sorted(content.facts) }] : []),
          ...(content.automations ? [{ automations: sorted(content.automations) }] : []),
        ]),
      )
      .digest('hex')
  );
}

const MOST = 50;
const cache = new Map<string, CompiledRuleSet>();

const parse = <T = PolicyDocument>(text: string): T => JSON.parse(text.replace(/^\ufeff/, '')) as T;

/** Compiles one published document, or says why that cannot be. */
function load({ file, text }: { file: string; text: string }, points: Readonly<Record<string, DecisionPointSpec>>): CompiledPolicy {
  const document = parse(text);
  const spec = Object.hasOwn(points, document.policy) ? points[document.policy] : undefined;
  if (!spec) throw new Error(`"${document.policy}" is not a decision point`);
  return compilePolicy(file, document, spec);
}

/**
 * Compiles a published set. It was checked when it was published and is not checked again: a check that has grown stricter since
 * must not take away the rules that running sessions rest on. Only what cannot be compiled is an error.
 */
export function compileRuleSet(content: RuleSetContent, points: Readonly<Record<string, DecisionPointSpec>>): CompiledRuleSet {
  const hash = hashRuleSet(content);
  const cached = cache.get(hash);
  if (cached) return cached;
  const facts = (content.facts ?? []).map(({ text }) => parse<FactDocument>(text));
  const known = withFacts(points, facts);
  const policies = content.policies.map((file) => {
    try {
      return load(file, known);
    } catch (error) {
      throw new Error(`Rule set ${hash.slice(0, 12)} cannot be loaded: ${file.file}: ${(error as Error).message}`);
    }
  });
  const mappings = (content.inbound ?? []).map(({ file, text }) => compileMapping(file, parse<MappingDocument>(text)));
  const automations = (content.automations ?? []).map(({ file, text }) =>
    compileAutomation(file, parse<AutomationDocument>(text), known.automation?.facts ?? {}),
  );
  const compiled = { hash, policies, mappings, facts, automations };
  cache.set(hash, compiled);
  if (cache.size > MOST) cache.delete(cache.keys().next().value!);
  return compiled;
}
