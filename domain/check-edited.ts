import type { Claim, ParentUpdateContent, SummaryContent } from './documents';
import { textFault } from './text-faults';

/** Checks texts that a person has edited; gives faults with their path. */
export function checkEdited(kind: 'summary' | 'parent-update', content: unknown): { path: string; message: string }[] {
  const value = content as Partial<SummaryContent & ParentUpdateContent> | null;
  if (value === null || typeof value !== 'object') return [{ path: kind, message: 'is not a document' }];
  const faults: { path: string; message: string }[] = [];
  const text = (path: string, candidate: unknown, most = 2_000): void => {
    const fault = typeof candidate === 'string' ? textFault(candidate, most) : 'is not a text';
    if (fault) faults.push({ path: `${kind}.${path}`, message: fault });
  };
  const line = (path: string, candidate: unknown, most: number): void => {
    text(path, candidate, most);
    if (typeof candidate === 'string' && /[\r\n]/.test(candidate)) faults.push({ path: `${kind}.${path}`, message: 'holds a line break' });
  };
  if (kind === 'summary') {
    line('headline', value.headline, 300);
    if (!Array.isArray(value.claims) || value.claims.length > 50) faults.push({ path: 'summary.claims', message: 'is not a list of at most 50' });
    else value.claims.forEach((c: Partial<Claim> | null, i) => text(`claims.${i}.text`, c?.text));
  } else {
    line('subject', value.subject, 200);
    if (!Array.isArray(value.paragraphs) || value.paragraphs.length === 0 || value.paragraphs.length > 20)
      faults.push({ path: 'parent-update.paragraphs', message: 'is not a list of 1 to 20' });
    else value.paragraphs.forEach((p, i) => text(`paragraphs.${i}`, p));
  }
  return faults;
}
