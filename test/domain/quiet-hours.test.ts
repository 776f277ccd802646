import { afterQuietHours, beforeQuietHours, isQuiet } from '../../domain/quiet-hours';

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
const after = (instant: string, zone: string, from: string, to: string): string => iso(afterQuietHours(Date.parse(instant), zone, { from, to }));
const before = (instant: string, zone: string, from: string, to: string): string => iso(beforeQuietHours(Date.parse(instant), zone, { from, to }));

describe('quiet hours move a message', () => {
  test.each([
    ['in the evening, to the next morning', '2027-06-01T20:00:00Z', 'Europe/Berlin', '2027-06-02T05:30:00Z'],
    ['after midnight, to the same morning', '2027-06-02T01:00:00Z', 'Europe/Berlin', '2027-06-02T05:30:00Z'],
    ['by day, not at all', '2027-06-01T10:00:00Z', 'Europe/Berlin', '2027-06-01T10:00:00Z'],
    ['over the night of the DST gap', '2027-03-27T22:00:00Z', 'Europe/Berlin', '2027-03-28T05:30:00Z'],
    ['over the night of the DST overlap', '2027-10-30T21:00:00Z', 'Europe/Berlin', '2027-10-31T06:30:00Z'],
    ['in another zone at the same instant', '2027-06-01T20:00:00Z', 'America/New_York', '2027-06-01T20:00:00Z'],
    ['in a half-hour zone', '2027-06-01T16:00:00Z', 'Asia/Kolkata', '2027-06-02T02:00:00Z'],
    ['in a quarter-hour zone', '2027-06-01T16:00:00Z', 'Asia/Kathmandu', '2027-06-02T01:45:00Z'],
    ['in a zone without DST, in its neighbours’ gap', '2027-03-14T06:00:00Z', 'America/Phoenix', '2027-03-14T14:30:00Z'],
    ['over a day that a zone left out', '2011-12-30T08:00:00Z', 'Pacific/Apia', '2011-12-30T17:30:00Z'],
  ])('%s', (_name, instant, zone, expected) => expect(after(instant, zone, '21:00', '07:30')).toBe(expected));

  // Berlin puts its clock back from 03:00 to 02:00 on 31 October 2027 at 01:00Z, and forward from 02:00 to 03:00 on 28 March at 01:00Z.
  test.each([
    ['the first reading of the end is not the end', '2027-10-30T22:00:00Z', 'Europe/Berlin', '22:00', '02:30', '2027-10-31T01:30:00Z'],
    ['between both readings of the end', '2027-10-31T00:45:00Z', 'Europe/Berlin', '22:00', '02:30', '2027-10-31T01:30:00Z'],
    ['after the clock was put back, before the second reading', '2027-10-31T01:15:00Z', 'Europe/Berlin', '22:00', '02:30', '2027-10-31T01:30:00Z'],
    ['at the second reading', '2027-10-31T01:30:00Z', 'Europe/Berlin', '22:00', '02:30', '2027-10-31T01:30:00Z'],
    ['hours that begin in the overlap begin at the first reading', '2027-10-31T00:35:00Z', 'Europe/Berlin', '02:30', '06:00', '2027-10-31T05:00:00Z'],
    ['an end that the gap swallows is the jump', '2027-03-27T23:00:00Z', 'Europe/Berlin', '22:00', '02:30', '2027-03-28T01:00:00Z'],
    ['after the jump nobody waits', '2027-03-28T01:10:00Z', 'Europe/Berlin', '22:00', '02:30', '2027-03-28T01:10:00Z'],
    ['a beginning that the gap swallows is the jump', '2027-03-28T01:10:00Z', 'Europe/Berlin', '02:30', '06:00', '2027-03-28T04:00:00Z'],
    ['hours that the gap swallows whole', '2027-03-28T01:00:00Z', 'Europe/Berlin', '02:10', '02:50', '2027-03-28T01:00:00Z'],
    ['west of Greenwich, put back', '2027-11-07T05:45:00Z', 'America/New_York', '22:00', '01:30', '2027-11-07T06:30:00Z'],
    ['west of Greenwich, put forward', '2027-03-14T06:30:00Z', 'America/New_York', '22:00', '02:30', '2027-03-14T07:00:00Z'],
    ['put back by half an hour', '2027-04-03T14:45:00Z', 'Australia/Lord_Howe', '22:00', '01:45', '2027-04-03T15:15:00Z'],
    ['put forward by half an hour', '2027-10-02T15:00:00Z', 'Australia/Lord_Howe', '22:00', '02:15', '2027-10-02T15:30:00Z'],
  ])('%s', (_name, instant, zone, from, to, expected) => expect(after(instant, zone, from, to)).toBe(expected));

  test.each([
    ['within a day', '2027-06-01T11:00:00Z', '10:00', '12:00', '2027-06-01T12:00:00Z'],
    ['but for one minute of the day', '2027-06-01T00:00:00Z', '00:00', '23:59', '2027-06-01T23:59:00Z'],
    ['but for one minute over midnight', '2027-06-01T12:00:00Z', '12:00', '11:59', '2027-06-02T11:59:00Z'],
    ['not at all when they end where they begin', '2027-06-01T12:00:00Z', '00:00', '00:00', '2027-06-01T12:00:00Z'],
  ])('%s', (_name, instant, from, to, expected) => expect(after(instant, 'UTC', from, to)).toBe(expected));
});

test.each([
  ['an ordinary night', '2027-06-02T01:00:00Z', 'Europe/Berlin', '21:00', '07:30', '2027-06-01T18:59:00Z'],
  ['a night that begins twice', '2027-10-31T01:15:00Z', 'Europe/Berlin', '02:30', '06:00', '2027-10-31T00:29:00Z'],
  ['a night that begins at the jump', '2027-03-28T02:00:00Z', 'Europe/Berlin', '02:30', '06:00', '2027-03-28T00:59:00Z'],
  ['by day', '2027-06-01T12:00:00Z', 'Europe/Berlin', '21:00', '07:30', '2027-06-01T12:00:00Z'],
])('the last minute before %s', (_name, instant, zone, from, to, expected) => expect(before(instant, zone, from, to)).toBe(expected));

test('the end is not quiet, the beginning is', () => {
  expect(isQuiet(Date.parse('2027-06-01T10:00:00Z'), 'UTC', { from: '10:00', to: '12:00' })).toBe(true);
  expect(isQuiet(Date.parse('2027-06-01T12:00:00Z'), 'UTC', { from: '10:00', to: '12:00' })).toBe(false);
  expect(isQuiet(Date.parse('2027-06-01T12:00:00Z'), 'UTC', null)).toBe(false);
});
