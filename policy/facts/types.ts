/**
 * The shape of a fact document (rules/facts/*.json): a fact that a rule set declares by itself. It counts what happened, tells how a
 * decision stands to a deadline, or looks something up in a table that was imported. It names facts of nobody else, so none can go round in a circle.
 */

export const FACT_KINDS = ['counter', 'deadline', 'lookup'] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** Whose it is. `household`: the student and everybody who shares a household with them. */
export const COUNTED_OF = ['student', 'household', 'instructor'] as const;
export const ZONES_OF = ['student', 'instructor', 'organisation', 'session'] as const;
export const LOOKED_UP_OF = ['student', 'instructor', 'session'] as const;
/** What of a person or session is looked for in the first column of the table. */
export const KEYS = {
  person: ['id', 'externalId', 'email', 'zone', 'locale'],
  session: ['id', 'externalId', 'title', 'subject', 'programme', 'branch'],
} as const;
export const LOOKUP_TYPES = ['text', 'enum', 'boolean', 'integer', 'number', 'percent', 'duration', 'clockTime'] as const;

/** What can be counted, each with what it is, and which of the filters it can have besides subject, programme, branch and trial. */
export const HAPPENINGS = {
  cancellation: {
    meaning: 'Somebody asked for a lesson of theirs to be cancelled, or to take them off it, and it was',
    filters: ['share', 'notice', 'status'],
  },
  move: { meaning: 'Somebody asked for a lesson of theirs to be moved to another time, and it was', filters: ['share', 'notice', 'status'] },
  'make-up': { meaning: 'They came to a lesson that had been moved to another time', filters: [] },
  taken: { meaning: 'They came to a lesson, in time or late', filters: [] },
  late: { meaning: 'They came to a lesson late', filters: [] },
  'no-show': { meaning: 'They did not come to a lesson', filters: [] },
  strike: { meaning: 'A strike that counts', filters: [] },
  charge: { meaning: 'They were charged for a lesson or a change, and it was not reversed', filters: ['share'] },
  'given-up': { meaning: 'The lesson of an instructor was given to somebody else', filters: ['notice', 'status'] },
} as const satisfies Record<string, { meaning: string; filters: readonly RangeFilter[] }>;
export type Happening = keyof typeof HAPPENINGS;
export type RangeFilter = 'share' | 'notice' | 'status';

/** Where a session can stand when it is changed. */
export const STATUSES_OF_CHANGE = ['booked', 'ready', 'live'] as const;

/** A table is called as its file is. */
export const TABLE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,58}\.csv$/;

/** From when it is counted: a term, a school year, or so many days back ("90d"). */
export const NAMED_WINDOWS = ['term', 'schoolYear'] as const;

/** Both ends belong to it; of `share` percentages, of `notice` durations ("24h"). */
export interface Range<T> {
  from?: T;
  to?: T;
}
export interface Where {
  subject?: string;
  programme?: string;
  branch?: string;
  trial?: boolean;
  share?: Range<number>;
  notice?: Range<string>;
  status?: string[];
}

interface Head {
  $schema?: string;
  fact: string;
  meaning: { en: string; de: string };
  /** Of a number; a duration, a yes or no and a text have none. */
  unit?: string;
  example: boolean | number | string;
  /** The decision points whose policies may name it. */
  points: string[];
}
export interface CounterDocument extends Head {
  kind: 'counter';
  count: Happening;
  of: (typeof COUNTED_OF)[number];
  window: string;
  /** The day on which a school year begins: "09-01". */
  yearFrom?: string;
  where?: Where;
}
/** What a deadline gives: whether it is not over yet, or how much time is left (negative once it is over). */
export const GIVES = ['before', 'left'] as const;
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/**
 * How a deadline is counted from the start of the session. `lead`: so long before. `clock`: a clock time of its day, or `daysBefore` of
 * them earlier. `hours`: so many hours before that lie within `open`. `dayOfMonth`: the last such day before it, at a clock time.
 */
export interface DeadlineRule {
  lead?: string;
  clock?: string;
  daysBefore?: number;
  hours?: string;
  open?: { days: (typeof DAYS)[number][]; from: string; to: string };
  dayOfMonth?: number;
}
export interface DeadlineDocument extends Head, DeadlineRule {
  kind: 'deadline';
  gives: (typeof GIVES)[number];
  zone?: (typeof ZONES_OF)[number];
}
export interface LookupDocument extends Head {
  kind: 'lookup';
  table: string;
  column: string;
  of: (typeof LOOKED_UP_OF)[number];
  key: string;
  type: (typeof LOOKUP_TYPES)[number];
  values?: string[];
}
export type FactDocument = CounterDocument | DeadlineDocument | LookupDocument;

/** What declared facts of a decision point can be about. */
export interface FactPoint {
  /** Whom the question is about; everybody else is who takes part in the session. */
  subject?: 'student' | 'instructor';
  /** It is asked before the lesson, at the moment at which a deadline matters. */
  deadline?: true;
}
export type FactPoints = Readonly<Record<string, FactPoint>>;
