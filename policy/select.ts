import type { CompiledPolicy } from './compile';

const labelsOf = (p: CompiledPolicy): { programme?: string; branch?: string } => p.document.appliesTo ?? {};
const specificity = (p: CompiledPolicy): number => Object.keys(labelsOf(p)).length;

/**
 * The document for a decision point that fits the labels best: one that names programme and branch before one that names one of
 * them. Throws when none fits, and when two fit equally well: which rules apply to a family must not depend on the order of files.
 */
export function selectPolicy(
  policies: readonly CompiledPolicy[],
  point: string,
  labels: { programme: string | null; branch: string | null },
): CompiledPolicy {
  const fits = (p: CompiledPolicy): boolean => {
    const { programme, branch } = labelsOf(p);
    return (
      p.document.policy === point && (programme === undefined || programme === labels.programme) && (branch === undefined || branch === labels.branch)
    );
  };
  const [best, next] = policies.filter(fits).sort((a, b) => specificity(b) - specificity(a));
  const session = `programme ${labels.programme ?? '(none)'} and branch ${labels.branch ?? '(none)'}`;
  if (!best) throw new Error(`No policy answers "${point}" for ${session}.`);
  if (next && specificity(next) === specificity(best))
    throw new Error(`"${point}" is answered by both ${best.file} and ${next.file} for ${session}.`);
  return best;
}

/** Pairs of documents, one for a programme and one for a branch, of which a session could have both, without a document for the two together. */
export function rivals(policies: readonly CompiledPolicy[]): [CompiledPolicy, CompiledPolicy][] {
  const one = policies.filter((p) => specificity(p) === 1);
  return one
    .filter((p) => labelsOf(p).branch !== undefined)
    .flatMap((branch) =>
      one
        .filter((p) => p.document.policy === branch.document.policy && labelsOf(p).programme !== undefined)
        .filter((programme) => !policies.some((both) => isForBoth(both, programme, branch)))
        .map((programme): [CompiledPolicy, CompiledPolicy] => [branch, programme]),
    );
}

const isForBoth = (both: CompiledPolicy, programme: CompiledPolicy, branch: CompiledPolicy): boolean =>
  both.document.policy === branch.document.policy &&
  labelsOf(both).programme === labelsOf(programme).programme &&
  labelsOf(both).branch === labelsOf(branch).branch;
