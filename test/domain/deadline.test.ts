import { deadlineOf, type DeadlineBefore } from '../../domain/deadline';

const OFFICE = { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' };
const hours = (h: number, open = OFFICE): DeadlineBefore => ({ way: 'hours', hoursMs: h * 3_600_000, ...open });
const clock = (at: string, daysBefore = 0): DeadlineBefore => ({ way: 'clock', clock: at, daysBefore });
const day = (n: number, at = '18:00'): DeadlineBefore => ({ way: 'dayOfMonth', day: n, clock: at });

/** In Berlin the clocks go forward on 28 March 2027 at 2:00 and back on 31 October 2027 at 3:00; in New York on 14 March and 7 November. */
test.each<[string, DeadlineBefore, start: string, zone: string, deadline: string]>([
  [
    'a day before is 24 hours, over the change as well',
    { way: 'lead', leadMs: 86_400_000 },
    '2027-03-28T14:00:00+02:00',
    'Europe/Berlin',
    '2027-03-27T13:00:00+01:00',
  ],
  ['eleven on the day, in winter', clock('11:00'), '2027-03-27T16:00:00+01:00', 'Europe/Berlin', '2027-03-27T11:00:00+01:00'],
  [
    'eleven on the day, when the clocks went forward in the night',
    clock('11:00'),
    '2027-03-28T16:00:00+02:00',
    'Europe/Berlin',
    '2027-03-28T11:00:00+02:00',
  ],
  ['eleven on the day before that', clock('11:00', 1), '2027-03-28T16:00:00+02:00', 'Europe/Berlin', '2027-03-27T11:00:00+01:00'],
  [
    'eleven on the day, when the clocks went back in the night',
    clock('11:00'),
    '2027-10-31T16:00:00+01:00',
    'Europe/Berlin',
    '2027-10-31T11:00:00+01:00',
  ],
  ['eleven on the day before that', clock('11:00', 1), '2027-10-31T16:00:00+01:00', 'Europe/Berlin', '2027-10-30T11:00:00+02:00'],
  [
    'a clock time that is not there that day is over at the jump',
    clock('02:30'),
    '2027-03-28T16:00:00+02:00',
    'Europe/Berlin',
    '2027-03-28T03:00:00+02:00',
  ],
  [
    'a clock time that is there twice is the later of both',
    clock('02:30'),
    '2027-10-31T16:00:00+01:00',
    'Europe/Berlin',
    '2027-10-31T02:30:00+01:00',
  ],
  [
    'the day is that of the zone: in New York it is still the day before',
    clock('11:00'),
    '2027-06-02T03:00:00Z',
    'America/New_York',
    '2027-06-01T11:00:00-04:00',
  ],
  ['and in Auckland it is the next one already', clock('11:00'), '2027-06-01T21:00:00Z', 'Pacific/Auckland', '2027-06-02T11:00:00+12:00'],
  ['eight business hours within the day before', hours(8), '2027-06-02T09:00:00+02:00', 'Europe/Berlin', '2027-06-01T09:00:00+02:00'],
  ['from within the hours back over the evening', hours(4), '2027-06-02T11:00:00+02:00', 'Europe/Berlin', '2027-06-01T15:00:00+02:00'],
  ['from the evening only what was open counts', hours(2), '2027-06-02T20:00:00+02:00', 'Europe/Berlin', '2027-06-02T15:00:00+02:00'],
  ['over a weekend with the change of clocks', hours(8), '2027-03-29T10:00:00+02:00', 'Europe/Berlin', '2027-03-26T10:00:00+01:00'],
  ['over the other change of clocks', hours(8), '2027-11-01T10:00:00+01:00', 'Europe/Berlin', '2027-10-29T10:00:00+02:00'],
  [
    'open when the clocks go forward: that hour is none',
    hours(3, { days: [7], from: '01:00', to: '05:00' }),
    '2027-03-28T12:00:00+02:00',
    'Europe/Berlin',
    '2027-03-28T01:00:00+01:00',
  ],
  [
    'open when the clocks go back: that hour counts twice',
    hours(5, { days: [7], from: '01:00', to: '05:00' }),
    '2027-10-31T12:00:00+01:00',
    'Europe/Berlin',
    '2027-10-31T01:00:00+02:00',
  ],
  ['the day of this month', day(15), '2027-06-20T16:00:00+02:00', 'Europe/Berlin', '2027-06-15T18:00:00+02:00'],
  ['of the month before, where the lesson is earlier', day(15), '2027-06-10T16:00:00+02:00', 'Europe/Berlin', '2027-05-15T18:00:00+02:00'],
  [
    'of the month before, where the lesson is on that day and earlier',
    day(15),
    '2027-06-15T16:00:00+02:00',
    'Europe/Berlin',
    '2027-05-15T18:00:00+02:00',
  ],
  ['the last of a short month', day(31), '2027-03-10T16:00:00+01:00', 'Europe/Berlin', '2027-02-28T18:00:00+01:00'],
  ['the last of a month in which the clocks changed', day(31), '2027-11-10T16:00:00+01:00', 'Europe/Berlin', '2027-10-31T18:00:00+01:00'],
  ['of the year before', day(20), '2027-01-10T16:00:00+01:00', 'Europe/Berlin', '2026-12-20T18:00:00+01:00'],
])('%s', (_name, rule, start, zone, deadline) => {
  expect(new Date(deadlineOf(rule, Date.parse(start), zone)!).toISOString()).toBe(new Date(deadline).toISOString());
});

test('hours that a year does not hold are no deadline', () => {
  const open = { days: [1], from: '09:00', to: '10:00' };
  expect(deadlineOf(hours(60, open), Date.parse('2027-06-02T09:00:00Z'), 'Europe/Berlin')).toBeNull();
  expect(deadlineOf(hours(52, open), Date.parse('2027-06-02T09:00:00Z'), 'Europe/Berlin')).not.toBeNull();
});
