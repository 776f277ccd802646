import { insertSet, newestSet, type RuleFile } from '../db/rule-sets';
import { addAudit } from '../db/audit';
import { POINTS } from '../decisions/points';
import { LecternError } from '../domain/errors';
import { newId } from '../domain/ids';
import { checkMessages } from '../messages/check';
import { checkPolicies } from '../policy/check';
import { diffRuleSets } from '../policy/diff';
import { hashRuleSet } from '../policy/ruleset';
import type { CompiledPolicy } from '../policy/compile';
import type { Fault } from '../policy/types';
import type { Context } from './context';

export interface RuleFiles {
  policies: RuleFile[];
  messages: RuleFile[];
}

/** Templates that a policy names and that no file is called by. */
function missingTemplates(policies: CompiledPolicy[], messages: RuleFile[]): Fault[] {
  const names = new Set(messages.map((m) => m.file.replace(/(\.[a-z]{2}(-[A-Z]{2})?)?\.md$/, '')));
  return policies
    .filter((p) => p.document.policy === 'obligations')
    .flatMap((p) =>
      p.document.rules.flatMap((rule, i) => {
        const template = rule.then.template;
        if (typeof template !== 'string' || names.has(template)) return [];
        return [
          {
            file: p.file,
            rule: rule.id,
            path: `/rules/${i}/then/template`,
            message: `no message is called "${template}"`,
            suggestion: `one of: ${[...names].join(', ')}`,
          },
        ];
      }),
    );
}

/** Every decision point needs a policy that applies to everybody. */
function missingPolicies(policies: CompiledPolicy[]): Fault[] {
  const general = new Set(policies.filter((p) => !p.document.appliesTo).map((p) => p.document.policy));
  return Object.keys(POINTS)
    .filter((point) => !general.has(point))
    .map((point) => ({ file: `${point}.json`, rule: null, path: '', message: `there is no policy for "${point}"`, suggestion: 'add the file' }));
}

/** Every fault of a set of rule files: policies, their examples, message texts, and what they need of each other. */
export function checkRuleFiles(files: RuleFiles): Fault[] {
  const { faults, policies } = checkPolicies(files.policies, POINTS);
  const all = [...faults, ...checkMessages(files.messages), ...missingTemplates(policies, files.messages)];
  return faults.length > 0 ? all : [...all, ...missingPolicies(policies)];
}

export const checkRules = (_ctx: Context, files: RuleFiles): Fault[] => checkRuleFiles(files);

export interface Published {
  setId: string;
  number: number;
  hash: string;
  diff: string[];
}

/**
 * Publishes rule files as a new immutable set, in force from here on for every `current` binding; what is `booked` keeps its own.
 * Errors: `invalid-rules` with every fault. The same content as the newest set is not published again.
 */
export async function publishRules(ctx: Context, input: RuleFiles & { message: string }): Promise<Published> {
  const { message, ...files } = input;
  const faults = checkRuleFiles(files);
  if (faults.length > 0)
    throw new LecternError('invalid-rules', `The rules have ${faults.length} fault${faults.length === 1 ? '' : 's'}; nothing was published.`, faults);
  const hash = hashRuleSet(files);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const before = await newestSet(tx);
    if (before?.hash === hash) return { setId: before.id, number: before.number, hash, diff: [] };
    const diff = before ? diffRuleSets(before.content, files).map((d) => d.words) : [];
    const setId = newId();
    const publishedBy = ctx.principal.kind === 'system' ? null : ctx.principal.id;
    const number = await insertSet(tx, { id: setId, hash, content: files, message, publishedBy, publishedAt: ctx.asOf });
    await addAudit(tx, ctx, 'rules.publish', 'rule-set', setId, { number, hash });
    return { setId, number, hash, diff };
  });
}
