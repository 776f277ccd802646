import { evaluate } from '../../policy/evaluate';
import { explain } from '../../policy/explain';
import type { Facts } from '../../policy/types';
import { compiled } from './invented';

const explained = (facts: Facts) => explain(compiled(), facts, evaluate(compiled(), facts));
const facts: Facts = { incidentOverlapped: false, isTrial: false, lateBy: 16 * 60_000 };

test('a decision is told with the values it saw and the parameter it met', () =>
  expect(explained(facts).sentence).toBe('verdict no-show, next close: rule “past-grace”, because late by 16 minutes is at least grace 15 minutes.'));
test('the rows before it are told, and why not', () =>
  expect(explained(facts).rows).toEqual([
    { rule: 'room-was-down', result: 'false', conditions: [{ text: 'incident overlapped no', holds: 'false' }] },
    {
      rule: 'trial-grace',
      result: 'false',
      conditions: [
        { text: 'is trial no', holds: 'false' },
        { text: 'late by 16 minutes is less than trial grace 20 minutes', holds: 'true' },
      ],
    },
    { rule: 'past-grace', result: 'true', conditions: [{ text: 'late by 16 minutes is at least grace 15 minutes', holds: 'true' }] },
  ]));
test('rows after it are not told', () =>
  expect(explained({ ...facts, incidentOverlapped: true }).rows.map((r) => r.rule)).toEqual(['room-was-down']));
test('what was missing is told', () => {
  const { sentence, missing, rows } = explained({ ...facts, lateBy: undefined });
  expect(missing).toEqual(['lateBy']);
  expect(sentence).toContain('not known is late by');
  expect(rows.at(-1)).toMatchObject({ rule: 'past-grace', result: 'unknown' });
});
test("a person reads the rule's own description as the reason, without outcome or values", () => {
  const set = compiled((draft) => (draft.rules[2].description = 'The grace is over'));
  expect(explain(set, facts, evaluate(set, facts)).reason).toBe('The grace is over.');
  const missing = { ...facts, lateBy: undefined };
  expect(explain(set, missing, evaluate(set, missing)).reason).toMatch(/^Verdict undecided.*not known is late by/);
  expect(explain(set, { ...facts, lateBy: 0 }, evaluate(set, { ...facts, lateBy: 0 })).reason).toBeNull();
});
test('that no rule applied is told', () => expect(explained({ ...facts, lateBy: 0 }).sentence).toContain('no rule applied'));
