import type { CompiledPolicy } from '../../policy/compile';
import { coverageOf, type Coverage } from '../../policy/coverage';
import { print } from './output';

const MOST_OVERLAPS = 5;

function linesOf(c: Coverage): string[] {
  const overlaps = c.overlaps.slice(0, MOST_OVERLAPS);
  return [
    ...c.unreached.map((rule) => `no example reaches "${rule}"`),
    ...c.dead.map(({ rule, why }) => `"${rule}" can never fire: ${why}`),
    ...c.gaps.map((situation) => `no rule answers, and no example shows: ${situation}`),
    ...overlaps.map(({ first, second, situation }) => `"${first}" and "${second}" are both true with ${situation}; the first decides`),
    ...(c.overlaps.length > MOST_OVERLAPS ? [`… and ${c.overlaps.length - MOST_OVERLAPS} more pairs (--json lists them)`] : []),
    ...(c.isComplete ? [] : ['has more situations than were looked at; what is not listed may still be so']),
  ];
}

/** What examples leave out: rules that none reaches or that can never fire are findings; gaps and overlaps are told, and may be meant. */
export function coverage(policies: readonly CompiledPolicy[]): { coverage: Coverage[]; hasFindings: boolean } {
  const found = policies.map(coverageOf);
  return { coverage: found, hasFindings: found.some((c) => c.unreached.length > 0 || c.dead.length > 0) };
}

export function printCoverage(found: readonly Coverage[]): void {
  for (const c of found) {
    const lines = linesOf(c);
    print(`${c.file}: ${c.rules} rules, ${c.examples} examples${lines.length === 0 ? '; nothing left out' : ''}`);
    lines.forEach((line) => print(`  ${line}`));
  }
}
