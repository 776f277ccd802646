import { linesOf } from '../../runtime/cli/explain';

test('a decision is told with whom it is about, and rows of which the same is true stand on one line', () => {
  const row = (rule: string, result: 'true' | 'false' | 'unknown', ...texts: string[]) => ({
    rule,
    result,
    conditions: texts.map((text) => ({ text, holds: result })),
  });
  const lines = linesOf({
    id: 'd',
    point: 'charge',
    title: 'What a student is charged',
    rule: 'came',
    sentence: 'percent 100 %: rule “came”.',
    because: null,
    missing: [],
    asOf: new Date('2027-03-01T08:00:00Z'),
    subject: 'p',
    about: 'Nora Nowhere',
    rows: [
      row('moved', 'false', 'event is booked, not moved'),
      row('lost', 'unknown', 'verdict is not known'),
      row('came', 'true', 'event is booked'),
      row('moved-too', 'false', 'event is booked, not moved'),
    ],
  });
  expect(lines).toEqual([
    '2027-03-01T08:00:00.000Z  What a student is charged (charge, about Nora Nowhere)  d',
    '  percent 100 %: rule “came”.',
    '    not “moved”, “moved-too”: event is booked, not moved',
    '    not “lost”: verdict is not known',
  ]);
});
