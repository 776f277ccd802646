import { inMinor, readAmount } from '../../domain/import/amounts';
import { readClock, readDay, readMoment, readWeekday } from '../../domain/import/dates';
import { kindsOf, mapHeader, templateOf } from '../../domain/import/header';
import { readPhone } from '../../domain/import/phones';
import { COLUMNS, IMPORT_KINDS } from '../../domain/import/columns';
import type { Habits, Read } from '../../domain/import/read';

const HABITS: Habits = { dates: null, decimal: null, country: null, zone: null, currency: null };
/** The value, or the words of the fault. */
const said = <T>(read: Read<T>): T | string => ('fault' in read ? `${read.fault} → ${read.remedy}` : read.value);

test.each([
  ['2026-12-07 16:00', { wallTime: '2026-12-07T16:00', offset: null }],
  ['2026-12-07T16:00:00Z', { wallTime: '2026-12-07T16:00', offset: 'Z' }],
  ['2026-12-07T16:00+0100', { wallTime: '2026-12-07T16:00', offset: '+0100' }],
  ['07.12.2026 16:00', { wallTime: '2026-12-07T16:00', offset: null }],
  ['7.12.2026, 16.00 Uhr', { wallTime: '2026-12-07T16:00', offset: null }],
  ['25/12/2026 4:05 pm', { wallTime: '2026-12-25T16:05', offset: null }],
  ['12/25/2026 12:00 AM', { wallTime: '2026-12-25T00:00', offset: null }],
  // What a spreadsheet has for 7 December 2026, 16:00.
  ['46363.6666666667', { wallTime: '2026-12-07T16:00', offset: null }],
  ['46363,6666666667', { wallTime: '2026-12-07T16:00', offset: null }],
])('the moment %s', (text, value) => expect(said(readMoment(text, HABITS))).toEqual(value));

test.each([
  ['06/07/2026 16:00', /may be 06 July or 07 June → say which by --dates/],
  ['2026-12-07', /has no time of day/],
  ['31.02.2026 10:00', /does not exist/],
  ['07.12.26 10:00', /year of 2 digits/],
  ['2026-12-07 25:00', /no time of day/],
  ['next Monday', /is no date/],
  ['=NOW()', /is no date/],
])('the moment %s is refused with what to do', (text, fault) => expect(said(readMoment(text, HABITS))).toMatch(fault));

test('what was said of slashes decides, and the same day twice is no question', () => {
  expect(said(readDay('06/07/2026', { ...HABITS, dates: 'mdy' }))).toBe('2026-06-07');
  expect(said(readDay('06/07/2026', { ...HABITS, dates: 'dmy' }))).toBe('2026-07-06');
  expect(said(readDay('06/06/2026', HABITS))).toBe('2026-06-06');
  expect(said(readDay('25/12/2026', { ...HABITS, dates: 'mdy' }))).toMatch(/does not exist/);
  expect(said(readDay('46363', HABITS))).toBe('2026-12-07');
});

test.each([
  ['16:00', '16:00'],
  ['9.30', '09:30'],
  ['4:05 pm', '16:05'],
  ['24:00', '24:00'],
  ['0.6666666667', '16:00'],
])('the clock time %s', (text, value) => expect(said(readClock(text))).toBe(value));

test('days of the week in two languages and by number', () => {
  expect(['Mo', 'Montag', 'monday', 'Mon', '1'].map((d) => said(readWeekday(d)))).toEqual([1, 1, 1, 1, 1]);
  expect(['Di', 'Tue', 'Mi.', 'Wed', 'Do', 'Thu', 'So', 'Sun'].map((d) => said(readWeekday(d)))).toEqual([2, 2, 3, 3, 4, 4, 7, 7]);
  expect(said(readWeekday('8'))).toMatch(/no day of the week/);
});

test.each([
  ['45.00', 4500],
  ['45,00 €', 4500],
  ['1.234,56', 123456],
  ['1,234.56', 123456],
  ["CHF 1'234.50", 123450],
  ['1 234,5', 123450],
  ['-12.5', -1250],
  ['(12.50)', -1250],
  ['12,50-', -1250],
  ['1.234.567', 123456700],
  ['0.125', null],
  ['90', 9000],
])('the amount %s', (text, minor) => {
  const read = readAmount(text, HABITS);
  expect('fault' in read ? read : inMinor(read.value, 'EUR')).toBe(minor);
});

test('an amount that may be thousands or decimals is refused, and taken once it was said', () => {
  expect(said(readAmount('1,234', HABITS))).toMatch(/may be a thousand.*--decimal/);
  const minor = (habits: Habits): number | null => inMinor((readAmount('1,234', habits) as { value: never }).value, 'EUR');
  expect(minor({ ...HABITS, decimal: 'point' })).toBe(123400);
  expect(minor({ ...HABITS, decimal: 'comma' })).toBeNull();
  for (const text of ['12,34,5', '1.2.3', 'a lot', '=1+1', '1.5,5']) expect(said(readAmount(text, HABITS))).toMatch(/no amount of money/);
  expect(inMinor({ isNegative: false, whole: '500', decimals: '' }, 'JPY')).toBe(500);
});

test.each([
  ['+49 (30) 901-820', '+4930901820'],
  ['0049 30 901820', '+4930901820'],
])('the number %s', (text, value) => expect(said(readPhone(text, HABITS))).toBe(value));

test('a national number is read for the country that was said, and never guessed', () => {
  expect(said(readPhone('030 / 901820', { ...HABITS, country: 'DE' }))).toBe('+4930901820');
  expect(said(readPhone("'0301234567", { ...HABITS, country: 'DE' }))).toBe('+49301234567');
  expect(said(readPhone('030 901820', HABITS))).toMatch(/does not say its country → .*--country/);
  expect(said(readPhone('4.93E+11', { ...HABITS, country: 'DE' }))).toMatch(/spreadsheet makes of a long number/);
  expect(said(readPhone('12', { ...HABITS, country: 'DE' }))).toMatch(/is no phone number \(read for DE\)/);
});

test('headers in other cases, words and languages, and one that is nearly ours', () => {
  const { columns, faults } = mapHeader('people', ['External ID', 'ROLE', 'Vorname', 'Nachname', 'E-Mail', 'Zeitzone', 'Shoe size']);
  expect(columns.map((c) => c?.name ?? null)).toEqual(['externalId', 'kind', 'givenName', 'familyName', 'email', 'zone', null]);
  expect(faults).toEqual([]);
  expect(mapHeader('people', ['externalId', 'kind', 'zone', 'emial']).faults).toEqual([
    { column: 'emial', fault: 'is no column of people', remedy: 'write email if that is meant, or leave the column out' },
  ]);
  expect(mapHeader('people', ['externalId', 'id', 'kind']).faults[0]).toMatchObject({
    column: 'id',
    fault: 'means externalId, and so does "externalId"',
  });
  expect(mapHeader('balances', ['person']).faults[0]).toMatchObject({ column: 'amount', fault: 'is missing' });
});

test('each template is the header of its kind, and of no other', () => {
  for (const kind of IMPORT_KINDS) {
    const header = templateOf(kind).split(',');
    expect(mapHeader(kind, header).faults).toEqual([]);
    expect(kindsOf(header)).toContain(kind);
    expect(header).toEqual(COLUMNS[kind].map((c) => c.name));
  }
});
