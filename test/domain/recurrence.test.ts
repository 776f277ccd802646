import { occurrencesBetween, rruleFault, shiftTo, type Recurrence } from '../../domain/recurrence';

const series = (ruleStart: string, zone: string, rrule: string, more: Partial<Recurrence> = {}): Recurrence => ({
  rrule,
  ruleStart,
  zone,
  dayShift: 0,
  clock: ruleStart.slice(11),
  exdates: [],
  from: null,
  before: null,
  ...more,
});
const starts = (r: Recurrence, from: string, to: string): string[] =>
  occurrencesBetween(r, new Date(from), new Date(to)).map((o) => `${o.wallTime} ${o.startsAt.toISOString().slice(0, 16)}Z`);

// Zone rules of 2026 and 2027: Berlin and New York go back and forward on different Sundays, Sydney the other way round, Lord Howe by half an hour.
test.each([
  ['Europe/Berlin', '2026-10-19T16:00', ['2026-10-19T16:00 2026-10-19T14:00Z', '2026-10-26T16:00 2026-10-26T15:00Z']],
  ['Europe/Berlin', '2027-03-22T16:00', ['2027-03-22T16:00 2027-03-22T15:00Z', '2027-03-29T16:00 2027-03-29T14:00Z']],
  ['America/New_York', '2026-10-26T16:00', ['2026-10-26T16:00 2026-10-26T20:00Z', '2026-11-02T16:00 2026-11-02T21:00Z']],
  ['America/New_York', '2027-03-08T16:00', ['2027-03-08T16:00 2027-03-08T21:00Z', '2027-03-15T16:00 2027-03-15T20:00Z']],
  ['Australia/Sydney', '2026-09-28T16:00', ['2026-09-28T16:00 2026-09-28T06:00Z', '2026-10-05T16:00 2026-10-05T05:00Z']],
  ['Australia/Sydney', '2027-03-29T16:00', ['2027-03-29T16:00 2027-03-29T05:00Z', '2027-04-05T16:00 2027-04-05T06:00Z']],
  ['Australia/Lord_Howe', '2026-09-28T16:00', ['2026-09-28T16:00 2026-09-28T05:30Z', '2026-10-05T16:00 2026-10-05T05:00Z']],
  ['Australia/Lord_Howe', '2027-03-29T16:00', ['2027-03-29T16:00 2027-03-29T05:00Z', '2027-04-05T16:00 2027-04-05T05:30Z']],
])('%s from %s: the wall keeps its time over the change of clocks', (zone, from, expected) => {
  const list = occurrencesBetween(series(from, zone, 'FREQ=WEEKLY;COUNT=2'), new Date('2026-01-01T00:00Z'), new Date('2028-01-01T00:00Z'));
  expect(list.map((o) => `${o.wallTime} ${o.startsAt.toISOString().slice(0, 16)}Z`)).toEqual(expected);
});

test('a wall time that a clock is put forward over is held as much later, and says so; the next day is as agreed', () => {
  const r = series('2027-03-27T02:30', 'Europe/Berlin', 'FREQ=DAILY;COUNT=3');
  const list = occurrencesBetween(r, new Date('2027-03-26T00:00Z'), new Date('2027-04-01T00:00Z'));
  expect(list.map((o) => [o.startsAt.toISOString(), o.shifted])).toEqual([
    ['2027-03-27T01:30:00.000Z', false],
    ['2027-03-28T01:30:00.000Z', true],
    ['2027-03-29T00:30:00.000Z', false],
  ]);
});

test('a wall time that comes twice is held the first time', () => {
  const r = series('2026-10-25T02:30', 'Europe/Berlin', 'FREQ=DAILY;COUNT=1');
  expect(starts(r, '2026-10-01T00:00Z', '2026-11-01T00:00Z')).toEqual(['2026-10-25T02:30 2026-10-25T00:30Z']);
});

test.each([
  ['2027-03-22T16:00', '2027-03-23T17:00', ['2027-03-23T17:00 16:00Z', '2027-03-30T17:00 15:00Z', '2027-04-06T17:00 15:00Z'], [false, false, false]],
  // Into the hour that is left out, and into the one that comes twice.
  ['2027-03-22T16:00', '2027-03-21T02:30', ['2027-03-21T02:30 01:30Z', '2027-03-28T02:30 01:30Z', '2027-04-04T02:30 00:30Z'], [false, true, false]],
  ['2026-10-19T16:00', '2026-10-18T02:30', ['2026-10-18T02:30 00:30Z', '2026-10-25T02:30 00:30Z', '2026-11-01T02:30 01:30Z'], [false, false, false]],
])('lessons of %s that an edit moves to %s keep that time on the wall over a change of clocks', (original, wallTime, expected, shifted) => {
  const r = { ...series(original, 'Europe/Berlin', 'FREQ=WEEKLY;COUNT=3'), ...shiftTo(original, wallTime) };
  const list = occurrencesBetween(r, new Date('2026-01-01T00:00Z'), new Date('2028-01-01T00:00Z'));
  expect(list.map((o) => `${o.wallTime} ${o.startsAt.toISOString().slice(11, 16)}Z`)).toEqual(expected);
  expect(list.map((o) => o.shifted)).toEqual(shifted);
});

const days = (r: Recurrence, from = '2026-01-01T00:00Z', to = '2033-01-01T00:00Z'): string[] =>
  occurrencesBetween(r, new Date(from), new Date(to)).map((o) => o.wallTime.slice(0, 10));

test.each<[string, string, string, string[]]>([
  ['the last day of February only where there is one', '2024-02-29T10:00', 'FREQ=YEARLY', ['2028-02-29', '2032-02-29']],
  ['the 31st, in months that have one', '2026-01-31T10:00', 'FREQ=MONTHLY;COUNT=4', ['2026-01-31', '2026-03-31', '2026-05-31', '2026-07-31']],
  ['the last day of each month', '2026-01-31T10:00', 'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3', ['2026-01-31', '2026-02-28', '2026-03-31']],
  ['the second Tuesday', '2026-01-13T10:00', 'FREQ=MONTHLY;BYDAY=2TU;COUNT=3', ['2026-01-13', '2026-02-10', '2026-03-10']],
  ['the last Friday', '2026-01-30T10:00', 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=3', ['2026-01-30', '2026-02-27', '2026-03-27']],
  ['the last working day', '2026-01-30T10:00', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3', ['2026-01-30', '2026-02-27', '2026-03-31']],
  [
    'every other week on two days',
    '2026-01-05T10:00',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4',
    ['2026-01-05', '2026-01-08', '2026-01-19', '2026-01-22'],
  ],
  ['until a day, that day included', '2026-01-05T10:00', 'FREQ=WEEKLY;UNTIL=20260119', ['2026-01-05', '2026-01-12', '2026-01-19']],
  ['until an instant', '2026-01-05T10:00', 'FREQ=WEEKLY;UNTIL=20260119T085959Z', ['2026-01-05', '2026-01-12']],
])('%s', (_name, start, rrule, expected) => expect(days(series(start, 'Europe/Berlin', rrule))).toEqual(expected));

test('an exception is left out and counts all the same; the bounds are the rule’s own wall times', () => {
  const weekly = (more: Partial<Recurrence>): string[] => days(series('2026-01-05T10:00', 'Europe/Berlin', 'FREQ=WEEKLY;COUNT=5', more));
  expect(weekly({ exdates: ['2026-01-12T10:00'] })).toEqual(['2026-01-05', '2026-01-19', '2026-01-26', '2026-02-02']);
  expect(weekly({ before: '2026-01-19T10:00' })).toEqual(['2026-01-05', '2026-01-12']);
  expect(weekly({ from: '2026-01-19T10:00' })).toEqual(['2026-01-19', '2026-01-26', '2026-02-02']);
});

test('moved lessons keep the name that the rule gave them', () => {
  const r = series('2027-03-22T16:00', 'Europe/Berlin', 'FREQ=WEEKLY;COUNT=2', { dayShift: 1, clock: '17:30' });
  expect(occurrencesBetween(r, new Date('2027-01-01T00:00Z'), new Date('2027-12-01T00:00Z'))).toEqual([
    { original: '2027-03-22T16:00', wallTime: '2027-03-23T17:30', startsAt: new Date('2027-03-23T16:30Z'), shifted: false },
    { original: '2027-03-29T16:00', wallTime: '2027-03-30T17:30', startsAt: new Date('2027-03-30T15:30Z'), shifted: false },
  ]);
});

test.each([
  ['FREQ=HOURLY', /FREQ=HOURLY is not taken: lessons recur DAILY/],
  ['FREQ=WEEKLY;BYHOUR=9,10', /"BYHOUR" is not taken: the clock time is that of startsAt/],
  ['FREQ=WEEKLY;DTSTART=20260101T000000', /give startsAt and anchorZone instead/],
  ['FREQ=YEARLY;BYWEEKNO=20', /"BYWEEKNO" is not taken: use FREQ/],
  ['INTERVAL=2', /names no FREQ/],
  ['FREQ=WEEKLY;COUNT=3;UNTIL=20260101', /both COUNT and UNTIL/],
  ['FREQ=WEEKLY;COUNT=0', /COUNT=0 cannot be read/],
  ['FREQ=WEEKLY;BYDAY=2MO', /a BYDAY with a number goes with FREQ=MONTHLY/],
  ['FREQ=WEEKLY;FREQ=DAILY', /"FREQ" stands twice/],
  ['FREQ=WEEKLY;', /"" is not taken/],
  ['every Monday', /names no FREQ/],
])('"%s" is refused in words', (rrule, fault) => expect(rruleFault(rrule)).toMatch(fault));

test.each([
  'FREQ=WEEKLY',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU',
  'FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20271231T235959Z',
  'FREQ=YEARLY;BYMONTH=9;BYDAY=1MO',
])('"%s" is taken', (rrule) => expect(rruleFault(rrule)).toBeNull());
