import type { CompiledPolicy } from './compile';

/** What a document may be for, and what a session carries of it. */
export const LABELS = ['programme', 'branch', 'subject'] as const;
export type Label = (typeof LABELS)[number];
/** The labels of a session; null where it has none. */
export type Labels = Readonly<Record<Label, string | null>>;
type AppliesTo = { [L in Label]?: string };

/** Labels are typed by people: "maths " and "Maths" are the same. */
const plain = (label: string): string => label.trim().toLowerCase();
const labelsOf = (p: CompiledPolicy): AppliesTo => p.document.appliesTo ?? {};
const named = (of: AppliesTo): Label[] => LABELS.filter((l) => of[l] !== undefined);
const specificity = (p: CompiledPolicy): number => named(labelsOf(p)).length;

/** Whether a document is for a session with these labels: every label that it names is the session's. */
export const appliesTo = (of: AppliesTo, labels: Labels): boolean => named(of).every((l) => labels[l] !== null && plain(labels[l]) === plain(of[l]!));

/**
 * The document for a decision point that fits the labels best: the one that names most of them. Throws when none fits, and when two
 * fit equally well: which rules apply to a family must not depend on the order of files.
 */
export function selectPolicy(policies: readonly CompiledPolicy[], point: string, labels: Labels): CompiledPolicy {
  const fits = (p: CompiledPolicy): boolean => p.document.policy === point && appliesTo(labelsOf(p), labels);
  const [best, next] = policies.filter(fits).sort((a, b) => specificity(b) - specificity(a));
  const session = LABELS.map((l) => `${l} ${labels[l] ?? '(none)'}`).join(', ');
  if (!best) throw new Error(`No policy answers "${point}" for ${session}.`);
  if (next && specificity(next) === specificity(best))
    throw new Error(`"${point}" is answered by both ${best.file} and ${next.file} for ${session}.`);
  return best;
}

/** The labels of a session that both documents are for, or null when there is none such. */
function together(a: AppliesTo, b: AppliesTo): AppliesTo | null {
  const both = named(a).filter((l) => b[l] !== undefined);
  return both.every((l) => plain(a[l]!) === plain(b[l]!)) ? { ...a, ...b } : null;
}

export interface Rivals {
  policy: CompiledPolicy;
  other: CompiledPolicy;
  /** Both are for exactly the same sessions. */
  areSame: boolean;
}

/** Pairs of documents that name as many labels and that one session could have, without a document that is more specific than both there. */
export function rivals(policies: readonly CompiledPolicy[]): Rivals[] {
  const found: Rivals[] = [];
  for (const point of new Set(policies.map((p) => p.document.policy))) {
    const alike = policies.filter((p) => p.document.policy === point);
    alike.forEach((policy, i) => {
      for (const other of alike.slice(0, i)) {
        const [a, b] = [labelsOf(other), labelsOf(policy)];
        const shared = specificity(policy) === specificity(other) ? together(a, b) : null;
        if (!shared) continue;
        const labels = Object.fromEntries(LABELS.map((l) => [l, shared[l] ?? null])) as Labels;
        const areSame = named(shared).length === specificity(policy);
        if (areSame || !alike.some((p) => specificity(p) > specificity(policy) && appliesTo(labelsOf(p), labels)))
          found.push({ policy, other, areSame });
      }
    });
  }
  return found;
}
