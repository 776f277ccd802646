import type { Claim, SummaryContent, UpdateText } from './documents';
import { textFault } from './text-faults';

interface EditFault {
  path: string;
  message: string;
}

function textFaults(path: string, candidate: unknown, most = 2_000): EditFault[] {
  const fault = typeof candidate === 'string' ? textFault(candidate, most) : 'is not a text';
  return fault ? [{ path, message: fault }] : [];
}
function lineFaults(path: string, candidate: unknown, most: number): EditFault[] {
  const isBroken = typeof candidate === 'string' && /[\r\n]/.test(candidate);
  return [...textFaults(path, candidate, most), ...(isBroken ? [{ path, message: 'holds a line break' }] : [])];
}
const isObject = (value: unknown): value is object => value !== null && typeof value === 'object';

/** Checks a summary that a person has edited; gives faults with their path. */
export function checkEditedSummary(content: unknown): EditFault[] {
  if (!isObject(content)) return [{ path: 'summary', message: 'is not a document' }];
  const { headline, claims } = content as Partial<SummaryContent>;
  const isList = Array.isArray(claims) && claims.length <= 50;
  return [
    ...lineFaults('summary.headline', headline, 300),
    ...(isList
      ? claims.flatMap((c: Partial<Claim> | null, i) => textFaults(`summary.claims.${i}.text`, c?.text))
      : [{ path: 'summary.claims', message: 'is not a list of at most 50' }]),
  ];
}

function updateTextFaults(path: string, content: unknown): EditFault[] {
  if (!isObject(content)) return [{ path, message: 'is not a document' }];
  const { subject, paragraphs } = content as Partial<UpdateText>;
  const isList = Array.isArray(paragraphs) && paragraphs.length > 0 && paragraphs.length <= 20;
  return [
    ...lineFaults(`${path}.subject`, subject, 200),
    ...(isList
      ? paragraphs.flatMap((p, i) => textFaults(`${path}.paragraphs.${i}`, p))
      : [{ path: `${path}.paragraphs`, message: 'is not a list of 1 to 20' }]),
  ];
}

/**
 * Checks a parent update that a person has edited. `others`: the further languages that it was shown in. An edit in one of them
 * alone would leave families of the others with what was not approved, so every language comes back, edited or as it was.
 */
export function checkEditedUpdate(content: unknown, others: readonly string[] = []): EditFault[] {
  const path = 'parent-update';
  const faults = updateTextFaults(path, content);
  const given = isObject(content) ? ((content as { otherLanguages?: unknown }).otherLanguages ?? []) : [];
  const list = Array.isArray(given) ? (given as unknown[]) : [];
  const languages = list.map((text) => (isObject(text) ? (text as Partial<UpdateText>).language : undefined));
  if (isObject(content) && [...languages].sort().join() !== [...others].sort().join()) {
    const wanted = others.length > 0 ? `is to hold the update in ${others.join(', ')}, edited or as it was` : 'holds a language that was not shown';
    faults.push({ path: `${path}.otherLanguages`, message: wanted });
  }
  return [...faults, ...list.flatMap((text, i) => updateTextFaults(`${path}.otherLanguages.${i}`, text))];
}
