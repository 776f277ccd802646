import type { Claim, Fault, ParentUpdateContent, Roster, SummaryContent } from './documents';
import type { TranscriptLine } from './transcript';
import { namesIn, normal, standsIn } from './words';

const TOLERANCE_MS = 2_000;

const atMs = (at: string): number | null => {
  const found = /^(\d{1,5}):([0-5]\d)$/.exec(at);
  return found ? (Number(found[1]) * 60 + Number(found[2])) * 1000 : null;
};

const linesAt = (at: string, lines: readonly TranscriptLine[]): TranscriptLine[] => {
  const ms = atMs(at);
  return ms === null ? [] : lines.filter((l) => l.startMs - TOLERANCE_MS <= ms && ms <= l.stopMs + TOLERANCE_MS);
};

/** Whether the words of a claim stand in the transcript at the time it names (within two seconds). */
export function isGrounded(claim: Pick<Claim, 'at' | 'quote'>, lines: readonly TranscriptLine[]): boolean {
  const quote = normal(claim.quote);
  if (quote === '') return false;
  const there = linesAt(claim.at, lines);
  return there.some((l) => standsIn(normal(l.text), quote)) || standsIn(normal(there.map((l) => l.text).join(' ')), quote);
}

/** Faults of a document's claims: a time on which nobody speaks, words that do not stand there, another child's name in them. */
export function checkClaims(content: SummaryContent | ParentUpdateContent, lines: readonly TranscriptLine[], roster: Roster): Fault[] {
  const kind = 'headline' in content ? 'summary' : 'update';
  return content.claims.flatMap((claim, i): Fault[] => {
    const path = `${kind}.claims.${i}`;
    if (linesAt(claim.at, lines).length === 0)
      return [{ path: `${path}.at`, code: 'ungrounded', message: `nobody speaks at ${claim.at.slice(0, 20)}` }];
    if (!isGrounded(claim, lines)) return [{ path: `${path}.quote`, code: 'ungrounded', message: `these words were not said at ${claim.at}` }];
    if (namesIn(claim.quote, roster.others ?? [])) return [{ path: `${path}.quote`, code: 'name', message: 'names somebody else' }];
    return [];
  });
}
