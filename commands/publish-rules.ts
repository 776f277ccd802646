import { insertSet, newestSet } from '../db/rule-sets';
import { addAudit } from '../db/audit';
import { LecternError } from '../domain/errors';
import { newId } from '../domain/ids';
import { diffRuleSets } from '../policy/diff';
import { hashRuleSet } from '../policy/ruleset';
import type { Fault } from '../policy/types';
import { checkRuleFiles, type RuleFiles } from './check-rules';
import type { Context } from './context';

export { checkRuleFiles, type RuleFiles };

export const checkRules = (_ctx: Context, files: RuleFiles): Fault[] => checkRuleFiles(files);

export interface Published {
  setId: string;
  number: number;
  hash: string;
  diff: string[];
  /** False when the newest set has the same content already. */
  isNew: boolean;
}

/**
 * Publishes rule files as a new immutable set, in force from here on for every `current` binding; what is `booked` keeps its own.
 * Mappings that are left out stay as they are. Errors: `invalid-rules` with every fault. The same content as the newest set is not published again.
 */
export async function publishRules(ctx: Context, input: RuleFiles & { message: string }): Promise<Published> {
  const { message, policies, messages, inbound } = input;
  if (message.trim() === '')
    throw new LecternError('invalid-request', 'A publish says what changes and why.', [{ path: 'message', message: 'must not be empty' }]);
  const faults = checkRuleFiles(input);
  if (faults.length > 0)
    throw new LecternError('invalid-rules', `The rules have ${faults.length} fault${faults.length === 1 ? '' : 's'}; nothing was published.`, faults);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const before = await newestSet(tx);
    const mappings = inbound ?? before?.content.inbound;
    const files = { policies, messages, ...(mappings && { inbound: mappings }) };
    const hash = hashRuleSet(files);
    if (before?.hash === hash) return { setId: before.id, number: before.number, hash, diff: [], isNew: false };
    const diff = before ? diffRuleSets(before.content, files).map((d) => d.words) : [];
    const setId = newId();
    const publishedBy = ctx.principal.kind === 'system' ? null : ctx.principal.id;
    const number = await insertSet(tx, { id: setId, hash, content: files, message, publishedBy, publishedAt: ctx.asOf });
    await addAudit(tx, ctx, 'rules.publish', 'rule-set', setId, { number, hash });
    return { setId, number, hash, diff, isNew: true };
  });
}
