import { afterQuietHours, beforeQuietHours, instantOf, isQuiet, isZone, timeForReader, wallTimeOf } from '../../domain/time';

const utc = (iso: string): number => Date.parse(iso);
const night = { from: '21:00', to: '07:30' };

test.each([
  ['Europe/Berlin gap', '2027-03-28T02:30', 'Europe/Berlin', '2027-03-28T01:30:00Z', true],
  ['Europe/Berlin overlap takes the first', '2027-10-31T02:30', 'Europe/Berlin', '2027-10-31T00:30:00Z', false],
  ['America/New_York gap', '2027-03-14T02:30', 'America/New_York', '2027-03-14T07:30:00Z', true],
  ['Australia/Lord_Howe half-hour gap', '2027-10-03T02:15', 'Australia/Lord_Howe', '2027-10-02T15:45:00Z', true],
  ['Asia/Kathmandu', '2027-06-01T16:00', 'Asia/Kathmandu', '2027-06-01T10:15:00Z', false],
  ['leap day', '2028-02-29T12:00', 'Australia/Sydney', '2028-02-29T01:00:00Z', false],
])('%s', (_name, wall, zone, instant, shifted) => {
  expect(instantOf(wall, zone)).toEqual({ ms: utc(instant), shifted });
});

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['', false],
  ['+02:00', false],
])('zone "%s" is %s', (zone, expected) => expect(isZone(zone)).toBe(expected));

test('a wall time is read back from its instant', () => expect(wallTimeOf(utc('2027-07-01T14:00:00Z'), 'Europe/Berlin')).toBe('2027-07-01T16:00'));

test.each([
  ['in the evening, to the next morning', '2027-06-01T20:00:00Z', 'Europe/Berlin', '2027-06-02T05:30:00Z'],
  ['after midnight, to the same morning', '2027-06-02T01:00:00Z', 'Europe/Berlin', '2027-06-02T05:30:00Z'],
  ['by day, not at all', '2027-06-01T10:00:00Z', 'Europe/Berlin', '2027-06-01T10:00:00Z'],
  ['over the night of the DST gap', '2027-03-27T22:00:00Z', 'Europe/Berlin', '2027-03-28T05:30:00Z'],
  ['over the night of the DST overlap', '2027-10-30T21:00:00Z', 'Europe/Berlin', '2027-10-31T06:30:00Z'],
  ['in another zone at the same instant', '2027-06-01T20:00:00Z', 'America/New_York', '2027-06-01T20:00:00Z'],
])('quiet hours move a message %s', (_name, instant, zone, expected) => {
  expect(new Date(afterQuietHours(utc(instant), zone, night)).toISOString()).toBe(new Date(expected).toISOString());
});

test('before quiet hours is the last minute of the day', () => {
  expect(beforeQuietHours(utc('2027-06-02T01:00:00Z'), 'Europe/Berlin', night)).toBe(utc('2027-06-01T18:59:00Z'));
});

test('quiet hours within a day', () => {
  expect(isQuiet(utc('2027-06-01T11:00:00Z'), 'UTC', { from: '10:00', to: '12:00' })).toBe(true);
  expect(isQuiet(utc('2027-06-01T12:00:00Z'), 'UTC', { from: '10:00', to: '12:00' })).toBe(false);
});

test('a reader sees weekday, clock time and zone in their language', () => {
  expect(timeForReader(utc('2027-03-02T15:00:00Z'), 'Europe/Berlin', 'de')).toMatch(/Dienstag.*16:00.*Europe\/Berlin/);
});
