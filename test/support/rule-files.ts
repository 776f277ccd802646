import type { RuleFile } from '../../db/rule-sets';
import { defaultRulesFolder, readRuleFiles } from '../../runtime/rule-files';
import type { Published } from '../../commands/publish-rules';
import type { PolicyDocument } from '../../policy/types';
import type { Answer, Lectern } from './lectern';

export const shippedRules = () => readRuleFiles(defaultRulesFolder());

/** The shipped files as a request carries them. */
export function draftable(): { policies: RuleFile[]; messages: RuleFile[] } {
  const { policies, messages } = shippedRules();
  return { policies, messages };
}

/** The shipped policies with texts put for others, wherever they stand; one that stands nowhere is a mistake of the test. */
export function editedPolicies(edits: Record<string, readonly [was: string, is: string][]>): RuleFile[] {
  return shippedRules().policies.map(({ file, text }) => {
    const put = (now: string, [was, is]: readonly [string, string]): string => {
      if (!now.includes(was)) throw new Error(`${file} does not hold ${was}`);
      return now.replaceAll(was, is);
    };
    return { file, text: (edits[file] ?? []).reduce(put, text) };
  });
}

/** A policy for one programme alone that always says the same; what the shipped one of that point gets asked. */
export function alwaysFor(programme: string, point: string, outcome: object): RuleFile {
  const shipped = JSON.parse(shippedRules().policies.find((p) => p.file === `${point}.json`)!.text) as PolicyDocument;
  const { params: _params, properties: _properties, ...rest } = shipped;
  const examples = { base: shipped.examples.base, cases: [{ id: 'any', given: {}, expect: outcome }] };
  const text = JSON.stringify({ ...rest, appliesTo: { programme }, rules: [], otherwise: outcome, onMissing: outcome, examples });
  return { file: `${programme}.${point}.json`, text };
}

export const publish = <T = Published>(lectern: Lectern, policies: RuleFile[], message: string): Promise<Answer<T>> =>
  lectern.api('POST', '/v1/rules/publish', { policies, messages: shippedRules().messages, message });
