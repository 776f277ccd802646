/** What can be brought in from other systems, a kind a table; the order is that in which they are written. */
export const IMPORT_KINDS = ['people', 'guardianships', 'teaching', 'availability', 'series', 'sessions', 'strikes', 'balances'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export type CellType =
  | 'text'
  | 'choice'
  | 'yesNo'
  | 'list'
  | 'phone'
  | 'clock'
  | 'weekday'
  | 'weekdays'
  | 'day'
  | 'days'
  | 'moment'
  | 'minutes'
  | 'count'
  | 'amount'
  | 'strikeKind';

export interface Column {
  name: string;
  type: CellType;
  required?: boolean;
  values?: readonly string[];
  /** What other systems call it; compared without case, spaces and punctuation. */
  also?: readonly string[];
  meaning: string;
  example: string;
}

const column = (name: string, type: CellType, meaning: string, example: string, more: Partial<Column> = {}): Column => ({
  name,
  type,
  meaning,
  example,
  ...more,
});
const needed = (...also: string[]): Partial<Column> => ({ required: true, also });
const ZONE = column('zone', 'text', 'IANA time zone', 'Europe/Berlin', { also: ['time zone', 'timezone', 'Zeitzone'] });
const CURRENCY = column('currency', 'text', 'ISO 4217 code', 'EUR', { also: ['Währung'] });

const PEOPLE: Column[] = [
  column('externalId', 'text', 'Id in the system the file comes from', 's-1', needed('id', 'customer id', 'Kundennummer')),
  column('kind', 'choice', 'Who it is', 'student', {
    ...needed('type', 'role', 'Rolle'),
    values: ['student', 'guardian', 'instructor', 'coordinator', 'admin'],
  }),
  column('name', 'text', 'Full name; put together of givenName and familyName when left out', 'Maya Invented', { also: ['full name'] }),
  column('givenName', 'text', 'How messages call them; the first word of name when left out', 'Maya', { also: ['first name', 'Vorname'] }),
  column('familyName', 'text', 'Only to put the name together', 'Invented', { also: ['last name', 'surname', 'Nachname'] }),
  column('email', 'text', 'One plain address', 'maya@example.invalid', { also: ['e-mail', 'mail', 'email address', 'E-Mail-Adresse'] }),
  column('phone', 'phone', 'Any usual way of writing; national ones need --country', '+49 30 90182 0', {
    also: ['mobile', 'telephone', 'Telefon', 'Handy'],
  }),
  ZONE,
  column('locale', 'text', 'Language they are written to in', 'de', { also: ['language', 'Sprache'] }),
  column('channels', 'list', 'email, sms, in the order they are tried', 'email, sms', {}),
  column('quietFrom', 'clock', 'Begin of their quiet hours', '21:00'),
  column('quietTo', 'clock', 'End of their quiet hours', '07:00'),
  column('goals', 'text', 'What a student learns for', 'Fractions before the summer', { also: ['notes', 'Ziele'] }),
  column('active', 'yesNo', 'No for somebody who has left', 'yes', { also: ['aktiv'] }),
  column('consentRecording', 'yesNo', 'Agrees to recording; no word is no consent', 'yes'),
  column('consentAi', 'yesNo', 'Agrees to drafts by a model; no word is no consent', 'no'),
];

const GUARDIANSHIPS: Column[] = [
  column('student', 'text', 'External id of the student', 's-1', needed('student id', 'Schüler')),
  column('guardian', 'text', 'External id of the guardian', 'g-1', needed('guardian id', 'parent', 'Eltern')),
  column('household', 'text', 'Same word for guardians who live together; the guardian’s own when left out', 'north', {
    also: ['family', 'Haushalt'],
  }),
  column('canNotify', 'yesNo', 'Is told of lessons; yes when left out', 'yes'),
  column('canDecide', 'yesNo', 'May decide for the student; no when left out', 'yes'),
];

const TEACHING: Column[] = [
  column('person', 'text', 'External id of the instructor', 'i-1', needed('person id', 'instructor', 'teacher', 'tutor', 'Lehrer', 'Lehrkraft')),
  column(
    'subjects',
    'list',
    'What they teach, apart by comma, semicolon or |',
    'Mathematics, Physics',
    needed('subject', 'teaches', 'Fächer', 'Fach'),
  ),
  column('languages', 'list', 'In which languages, as en, de', 'de, en', { also: ['language', 'Sprachen', 'Unterrichtssprachen'] }),
  column('clearedUntil', 'day', 'Last day of their clearance to teach children; none is on file when empty', '2027-07-31', {
    also: [
      'clearance',
      'clearance until',
      'clearance expiry',
      'clearance expires',
      'background check',
      'DBS expiry',
      'Führungszeugnis',
      'Führungszeugnis bis',
    ],
  }),
  column('mostADay', 'count', 'Lessons a day that they take on at most', '6', { also: ['max per day', 'daily cap', 'maximal am Tag'] }),
  column('mostAWeek', 'count', 'Lessons a week that they take on at most', '20', { also: ['max per week', 'weekly cap', 'maximal pro Woche'] }),
];

const AVAILABILITY: Column[] = [
  column('person', 'text', 'External id', 'i-1', needed('person id', 'instructor', 'student')),
  column('weekday', 'weekday', 'Monday to Sunday, or 1 to 7', 'Monday', needed('day', 'Wochentag')),
  column('from', 'clock', 'From when', '15:00', needed('start', 'von')),
  column('until', 'clock', 'Until when, at most 24:00', '19:00', needed('to', 'end', 'bis')),
  { ...ZONE, meaning: 'IANA time zone; the person’s own when left out' },
  column('validFrom', 'day', 'First day it holds', '2026-12-01'),
  column('validUntil', 'day', 'Last day it holds', '2027-07-31'),
];

const SERIES: Column[] = [
  column('externalId', 'text', 'Id in the system the file comes from', 'w-1', needed('id', 'series id', 'Serien-ID')),
  column('title', 'text', 'What messages call the lessons', 'Fractions with Maya', needed('lesson', 'Titel')),
  column('subject', 'text', 'Subject', 'Mathematics', { also: ['Fach'] }),
  column('programme', 'text', 'Label that rules may read', 'school', { also: ['program', 'Programm'] }),
  column('branch', 'text', 'Label that rules may read', 'berlin', { also: ['location', 'Filiale'] }),
  column(
    'firstDay',
    'day',
    'From which day on; it may be past, only lessons ahead are booked',
    '2026-09-07',
    needed('starts on', 'start date', 'ab', 'Beginn am'),
  ),
  column('lastDay', 'day', 'Until which day; without an end when left out', '2027-07-30', {
    also: ['until', 'ends on', 'end date', 'bis Datum', 'Ende am'],
  }),
  column('weekdays', 'weekdays', 'On which days of the week; that of firstDay when left out', 'Mon, Wed', {
    also: ['weekday', 'day', 'days', 'Wochentag', 'Wochentage', 'Tage'],
  }),
  column('everyWeeks', 'count', 'Every how many weeks; 1 when left out', '2', { also: ['interval', 'alle Wochen'] }),
  column('rrule', 'text', 'Instead of weekdays and everyWeeks: a rule as calendars write it', 'FREQ=WEEKLY;BYDAY=MO', {
    also: ['recurrence', 'rule'],
  }),
  column('exceptDays', 'days', 'Days on which there is none', '2026-12-24', { also: ['except', 'exdates', 'exceptions', 'außer'] }),
  column('startTime', 'clock', 'Clock time of the start', '16:00', needed('time', 'start', 'Uhrzeit', 'von')),
  column('endTime', 'clock', 'Clock time of the end', '17:00', { also: ['end', 'bis'] }),
  column('minutes', 'minutes', 'Length', '60', { also: ['duration', 'length', 'Dauer'] }),
  { ...ZONE, meaning: 'Zone whose clock the lessons follow; the first student’s own when left out', also: [...ZONE.also!, 'anchorZone'] },
  column('students', 'list', 'External ids, apart by comma, semicolon or |', 's-1, s-2', needed('student', 'Schüler')),
  column('instructor', 'text', 'External id', 'i-1', needed('teacher', 'tutor', 'Lehrer')),
  column('capacity', 'count', 'Of a group: how many places it has', '8', { also: ['places', 'Plätze'] }),
  column('isTrial', 'yesNo', 'Trial lessons', 'no', { also: ['trial', 'Probestunde'] }),
];

const SESSIONS: Column[] = [
  column('externalId', 'text', 'Id in the system the file comes from', 'l-1', needed('id', 'lesson id', 'session id')),
  column('title', 'text', 'What messages call the lesson', 'Fractions with Maya', needed('lesson', 'Titel')),
  column('subject', 'text', 'Subject', 'Mathematics', { also: ['Fach'] }),
  column('programme', 'text', 'Label that rules may read', 'school', { also: ['program', 'Programm'] }),
  column('branch', 'text', 'Label that rules may read', 'berlin', { also: ['location', 'Filiale'] }),
  column('startsAt', 'moment', 'Start; or date and startTime', '2026-12-07 16:00', { also: ['start', 'Beginn'] }),
  column('date', 'day', 'Day of the lesson, with startTime', '07.12.2026', { also: ['Datum'] }),
  column('startTime', 'clock', 'Clock time of the start', '16:00', { also: ['time', 'Uhrzeit', 'von'] }),
  column('endsAt', 'moment', 'End; or endTime, or minutes', '2026-12-07 17:00', { also: ['end', 'Ende'] }),
  column('endTime', 'clock', 'Clock time of the end', '17:00', { also: ['bis'] }),
  column('minutes', 'minutes', 'Length', '60', { also: ['duration', 'length', 'Dauer'] }),
  { ...ZONE, meaning: 'Zone that the times are in; the first student’s own when left out' },
  column('students', 'list', 'External ids, apart by comma, semicolon or |', 's-1, s-2', needed('student', 'Schüler')),
  column('instructor', 'text', 'External id', 'i-1', needed('teacher', 'tutor', 'Lehrer')),
  column('minStudents', 'count', 'Of a group: from how many students it takes place', '4', { also: ['minimum', 'Mindestzahl'] }),
  column('capacity', 'count', 'Of a group: how many places it has', '8', { also: ['places', 'Plätze'] }),
  column('isTrial', 'yesNo', 'A trial lesson', 'no', { also: ['trial', 'Probestunde'] }),
  column('price', 'amount', 'Agreed price for each student; what the rules say when left out', '45.00', { also: ['Preis'] }),
  column('pay', 'amount', 'Agreed pay; what the rules say when left out', '30.00', { also: ['Honorar'] }),
  CURRENCY,
];

const STRIKES: Column[] = [
  column('externalId', 'text', 'Id in the system the file comes from', 'k-1', needed('id', 'strike id')),
  column('student', 'text', 'External id of the student', 's-1', needed('student id', 'Schüler')),
  column('kind', 'strikeKind', 'no-show or late-cancellation', 'no-show', needed('type', 'reason', 'Art', 'Grund')),
  column('date', 'day', 'Day of the lesson', '2026-10-12', needed('day', 'lesson date', 'Datum')),
  column('term', 'text', 'Name of the term; the one that the day is in when left out', 'Autumn 2026', { also: ['Halbjahr', 'Semester'] }),
  column('counts', 'yesNo', 'No for one that was forgiven; yes when left out', 'yes', { also: ['counted', 'zählt'] }),
];

const BALANCES: Column[] = [
  column('person', 'text', 'External id of the student', 's-1', needed('student', 'customer', 'Kunde')),
  column('amount', 'amount', 'What is owed to you; negative is a credit of the family', '90.00', needed('balance', 'Saldo', 'Betrag')),
  CURRENCY,
];

export const COLUMNS: Readonly<Record<ImportKind, readonly Column[]>> = {
  people: PEOPLE,
  guardianships: GUARDIANSHIPS,
  teaching: TEACHING,
  availability: AVAILABILITY,
  series: SERIES,
  sessions: SESSIONS,
  strikes: STRIKES,
  balances: BALANCES,
};
