import type { CompiledPolicy } from './compile';

/** The document for a decision point that fits the labels best: one that names programme and branch before one that names one of them. */
export function selectPolicy(
  policies: readonly CompiledPolicy[],
  point: string,
  labels: { programme: string | null; branch: string | null },
): CompiledPolicy {
  const fits = (p: CompiledPolicy): boolean => {
    const { programme, branch } = p.document.appliesTo ?? {};
    return (
      p.document.policy === point && (programme === undefined || programme === labels.programme) && (branch === undefined || branch === labels.branch)
    );
  };
  const specificity = (p: CompiledPolicy): number => Object.keys(p.document.appliesTo ?? {}).length;
  const [best] = policies.filter(fits).sort((a, b) => specificity(b) - specificity(a));
  if (!best) throw new Error(`No policy answers "${point}" for programme ${labels.programme ?? '(none)'}.`);
  return best;
}
