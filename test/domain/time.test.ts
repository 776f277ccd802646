import { instantOf, isZone, timeForReader, wallTimeOf } from '../../domain/time';
import { daysBetween, instantsOfDays } from '../../domain/days';

const utc = (iso: string): number => Date.parse(iso);

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

test('a reader sees weekday, clock time and zone in their language', () => {
  expect(timeForReader(utc('2027-03-02T15:00:00Z'), 'Europe/Berlin', 'de')).toMatch(/Dienstag.*16:00.*Europe\/Berlin/);
});

test.each([
  ['Europe/Berlin', '2027-03-28', '2027-03-28', 23],
  ['Europe/Berlin', '2026-10-25', '2026-10-25', 25],
  ['Europe/Berlin', '2026-10-24', '2026-10-26', 73],
  ['America/New_York', '2026-11-01', '2026-11-01', 25],
  // Its clocks are put forward at midnight, so that day begins at one.
  ['Africa/Cairo', '2026-04-24', '2026-04-24', 23],
  ['Asia/Kathmandu', '2026-12-31', '2027-01-01', 48],
])('in %s the days from %s to %s are %d hours, and are those days again', (zone, fromDay, toDay, hours) => {
  const { startsAt, endsAt } = instantsOfDays({ fromDay, toDay }, zone);
  expect(+endsAt - +startsAt).toBe(hours * 3_600_000);
  expect(daysBetween(startsAt, endsAt, zone)).toEqual({ fromDay, toDay });
  expect(daysBetween(startsAt, new Date(+endsAt - 60_000), zone)).toBeNull();
  expect(daysBetween(new Date(+startsAt + 60_000), endsAt, zone)).toBeNull();
});
