/** What a review shows, as far as the console edits it; whatever else the documents hold goes back as it came. */
export interface Claim {
  at: string;
  text: string;
  quote: string;
  topic: string;
}
export interface Summary {
  headline: string;
  claims: Claim[];
  notice?: string;
}
/** The update as families of one language read it. */
export interface UpdateText {
  language: string;
  subject: string;
  paragraphs: string[];
  notice?: string | null;
}
export interface Update extends UpdateText {
  otherLanguages?: UpdateText[];
  claims?: Claim[];
}
export interface Shown {
  summary?: Summary | null;
  update?: Update | null;
  origin?: string;
}

/** A person's words by field; a field that nobody touched is not in it. */
export type Edits = Record<string, string>;

/** The update in each of its languages, the first one first. */
export const textsOf = (update: Update): UpdateText[] => [update, ...(update.otherLanguages ?? [])];

export const joined = (paragraphs: string[]): string => paragraphs.join('\n\n');
const parted = (text: string): string[] =>
  text
    .split(/\n\s*\n/)
    .map((p) => p.trim())
    .filter((p) => p !== '');

/** The text of every field that can be edited. */
export function fieldsOf({ summary, update }: Shown): Edits {
  const fields: Edits = {};
  if (summary) {
    fields.headline = summary.headline;
    summary.claims.forEach((c, n) => (fields[`claim.${n}`] = c.text));
  }
  for (const { language, subject, paragraphs } of update ? textsOf(update) : []) {
    fields[`subject.${language}`] = subject;
    fields[`paragraphs.${language}`] = joined(paragraphs);
  }
  return fields;
}

interface Draft {
  document: string;
  n: number;
  content?: unknown;
}
/** The documents as they were approved: the newest drafts, which hold the decider's own words. */
export function approvedTexts(shown: Shown, drafts: Draft[]): Shown {
  const newest = (document: string): unknown => drafts.filter((d) => d.document === document).sort((a, b) => b.n - a.n)[0]?.content;
  const summary = (newest('summary') as Summary | undefined) ?? shown.summary;
  const update = (newest('parent-update') as Update | undefined) ?? shown.update;
  return { ...shown, summary, update };
}

/** The edits that change something. */
export function changes(shown: Shown, edits: Edits): Edits {
  const fields = fieldsOf(shown);
  return Object.fromEntries(Object.entries(edits).filter(([field, text]) => field in fields && fields[field] !== text));
}

/** Edits to carry over to a newer draft: those of fields that the newer one left alone. */
export function carriedOver(before: Shown, after: Shown, edits: Edits): Edits {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  return Object.fromEntries(Object.entries(edits).filter(([field]) => was[field] === is[field]));
}

/** `edited` of a decision: whole documents, and only those that a person changed. A statement left empty is left out. */
export function editedDocuments(shown: Shown, edits: Edits): { summary?: Record<string, unknown>; update?: Record<string, unknown> } | undefined {
  const changed = changes(shown, edits);
  const fields = Object.keys(changed);
  const edited: { summary?: Record<string, unknown>; update?: Record<string, unknown> } = {};
  if (shown.summary && fields.some((f) => f === 'headline' || f.startsWith('claim.'))) {
    const claims = shown.summary.claims.map((c, n) => ({ ...c, text: changed[`claim.${n}`] ?? c.text })).filter((c) => c.text.trim() !== '');
    edited.summary = { ...shown.summary, headline: changed.headline ?? shown.summary.headline, claims };
  }
  if (shown.update && fields.some((f) => /^(subject|paragraphs)\./.test(f))) {
    const withEdits = <T extends UpdateText>(text: T): T => {
      const paragraphs = changed[`paragraphs.${text.language}`];
      return {
        ...text,
        subject: changed[`subject.${text.language}`] ?? text.subject,
        paragraphs: paragraphs === undefined ? text.paragraphs : parted(paragraphs),
      };
    };
    edited.update = { ...withEdits(shown.update), otherLanguages: (shown.update.otherLanguages ?? []).map(withEdits) };
  }
  return Object.keys(edited).length > 0 ? edited : undefined;
}
