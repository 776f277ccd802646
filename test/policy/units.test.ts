import { formatValue, parseClockTime, parseDuration, parseInstant } from '../../policy/units';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
  ['2d', 172_800_000],
  ['-24h', -86_400_000],
  ['0m', 0],
])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));
test.each(['15', '15 m', '1.5h', '1h30m', 'm', '', '+5m', '15M'])('%j is no duration', (text) => expect(parseDuration(text)).toBeNull());
test.each([
  ['00:00', 0],
  ['11:00', 660],
  ['23:59', 1439],
])('%s is minute %d of the day', (text, minutes) => expect(parseClockTime(text)).toBe(minutes));
test.each(['24:00', '9:00', '11:60', '11'])('%j is no clock time', (text) => expect(parseClockTime(text)).toBeNull());
test('an instant has its offset', () => expect(parseInstant('2027-03-01T09:00:00+01:00')).toBe(Date.UTC(2027, 2, 1, 8)));
test.each(['2027-03-01T09:00', '2027-03-01', '5', 'March 1, 2027', '2027-13-01T09:00Z'])('%j is no instant', (text) =>
  expect(parseInstant(text)).toBeNull(),
);
test.each([
  ['duration', 960_000, '16 minutes'],
  ['duration', 60_000, '1 minute'],
  ['duration', -86_400_000, 'minus 1 day'],
  ['clockTime', 1200, '20:00'],
  ['boolean', true, 'yes'],
] as const)('a %s of %s is said as "%s"', (type, value, words) => expect(formatValue({ type }, value)).toBe(words));
