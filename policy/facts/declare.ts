import { isDeepStrictEqual } from 'node:util';
import type { DecisionPointSpec, FieldSpec } from '../types';
import { inWords } from '../units';
import type { FactDocument } from './types';

const TYPES = { before: 'boolean', left: 'duration' } as const;

/** A declared fact as policies meet it: its type, unit and meaning, as any fact has them. */
export function specOfFact(document: FactDocument): FieldSpec {
  const { meaning, example, unit } = document;
  const all = { meaning: meaning.en, example, declared: document, ...(unit !== undefined && { unit }) };
  // "2 late cancels this term": the name says what is counted.
  if (document.kind === 'counter') return { type: 'integer', ...all, said: `# ${inWords(document.fact)}` };
  if (document.kind === 'lookup') return { type: document.type, ...all, ...(document.values && { values: document.values }) };
  return { type: TYPES[document.gives], ...all, ...(document.gives === 'left' && { runs: 'down' as const }) };
}

/** Whether two declarations find the same values: what they are called, said to mean and may be named in is no part of that. */
export function isFoundAlike(a: FactDocument, b: FactDocument): boolean {
  const found = ({ $schema: _s, meaning: _m, example: _e, points: _p, unit: _u, ...how }: FactDocument): FactDocument => how as FactDocument;
  return isDeepStrictEqual(found(a), found(b));
}

/** The decision points with the facts that a rule set declares besides theirs. A fact of the point itself is never put aside. */
export function withFacts(
  points: Readonly<Record<string, DecisionPointSpec>>,
  facts: readonly FactDocument[],
): Readonly<Record<string, DecisionPointSpec>> {
  if (facts.length === 0) return points;
  return Object.fromEntries(
    Object.entries(points).map(([name, spec]) => {
      const own = facts.filter((f) => f.points.includes(name)).map((f) => [f.fact, specOfFact(f)] as const);
      return [name, own.length === 0 ? spec : { ...spec, facts: { ...Object.fromEntries(own), ...spec.facts } }];
    }),
  );
}
