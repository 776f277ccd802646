import { clockIn, now, timeOnWall } from './time';
import { phrase } from './words';

/** What the fields of a held step are called on its page; others by their own name. */
const LABELS: Record<string, string> = {
  personId: 'Who',
  studentId: 'Student',
  instructorId: 'Instructor',
  startsAt: 'Starts',
  endsAt: 'Ends',
  from: 'So far at',
  why: 'Why it did not go by itself',
  note: 'Note',
  obstacle: 'In the way',
  original: 'Planned for',
  alternatives: 'Other times',
  zone: 'Zone so far',
  instead: 'What speaks against it',
  off: 'How they came',
  agreed: 'Agreed for',
  shows: 'Their clock would show',
  isFree: 'Everybody is free at the new moment',
  provider: 'Next room from',
  channel: 'By',
  cause: 'Why it is searched',
  tried: 'Who was asked',
  candidates: 'Who there is',
  search: 'The search for a substitute',
  score: 'points',
  evidence: 'What is known',
  facts: 'What is known',
  missing: 'What is not known',
  certain: 'Owed for certain',
  open: 'Perhaps owed',
  correction: 'What is put right',
  money: 'What it costs',
  beforeMinor: 'So far',
  afterMinor: 'From now on',
};
export const fieldTitle = (key: string): string => LABELS[key] ?? phrase(key.replace(/Minor$/, ''));

/** What is for Lectern and not for a reader: ids of things without a name, and what stands on the buttons. */
const INTERNAL = ['held', 'seriesId', 'batchId', 'option', 'wallTime', 'eligible'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** In the order in which a sentence would have them; the rest as it comes. */
const FIRST = ['personId', 'instructorId', 'studentId', 'kind', 'from', 'agreed', 'original', 'startsAt', 'endsAt', 'why', 'state', 'reason'];
const rank = (key: string): number => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);

const isNothing = (value: unknown): boolean => value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
/** Ways out that have a button, or an address of their own, and points that nobody gave. */
const isElsewhere = (key: string, value: unknown): boolean =>
  (key === 'alternatives' && Array.isArray(value) && typeof value[0] === 'string') || (key === 'score' && value === 0);

/** What is worth showing of a step's fields: what is empty says nothing, and an id only with the name behind it. */
export function fieldsOf(shown: Record<string, unknown>, names: ReadonlyMap<string, string>): [string, unknown][] {
  const hasMoney = Object.keys(shown).some((key) => key.endsWith('Minor'));
  return Object.entries(shown)
    .filter(([key, value]) => !INTERNAL.includes(key) && !isNothing(value) && !isElsewhere(key, value) && !(key === 'currency' && hasMoney))
    .filter(([, value]) => typeof value !== 'string' || !UUID.test(value) || names.has(value))
    .sort(([a], [b]) => rank(a) - rank(b));
}

const WALL = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;

/** A zone with what its clocks show now: that is how a person recognises theirs. */
export function zoneTitle(zone: string): string {
  const there = clockIn(now().toISOString(), zone);
  const name = zone.replace(/_/g, ' ');
  return there === null ? name : `${name} (there it is ${/\d\d:\d\d/.exec(there)![0]})`;
}

const VALUES: Record<string, string> = {
  phone: 'their phone number',
  household: 'those they live with',
  taken: 'somebody on it has another lesson then',
  closed: 'a closure',
  'instructor-away': 'the instructor has time off',
  'student-away': 'a student has time off',
  asked: 'somebody said that they cannot teach',
  unacknowledged: 'they have not said that they know of it',
};

/** A word of Lectern's own as a reader says it; what a person wrote stays as it is. */
export function wordOf(key: string, value: string): string {
  if (WALL.test(value)) return `${timeOnWall(value)} on the wall there`;
  if (VALUES[value]) return VALUES[value];
  if (key === 'zone') return zoneTitle(value);
  const isWord = /^[a-z]+([-.][a-z]+)+$/.test(value) || (['certain', 'open', 'missing'].includes(key) && /^[a-zA-Z]+$/.test(value));
  return isWord ? phrase(value).toLowerCase() : value;
}
