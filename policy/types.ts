import type { RuleFaultCode } from '../domain/rule-faults';
import type { FactDocument } from './facts/types';

/**
 * The shapes of the rules engine: what a decision point declares, what a policy document says, what a decision is.
 * Pure data; read by policy/, decisions/, commands/ and the command line alike.
 */

/** A JSON value, as read from a rule file or a request. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * The type of a fact, parameter or outcome field.
 * `duration` is written "15m" and evaluated as milliseconds; `clockTime` is written "20:00" and evaluated as minutes after
 * midnight; `instant` is ISO 8601 and evaluated as milliseconds since the epoch; `money` is an integer of the minor unit;
 * `percent` is 0 to 100; `list` is a list of the scalar type named by `of`.
 */
export type ValueType = 'boolean' | 'integer' | 'number' | 'duration' | 'clockTime' | 'instant' | 'money' | 'percent' | 'text' | 'enum' | 'list';

export interface FieldSpec {
  type: ValueType;
  /** What the value means, for an admin who has never seen the code. */
  meaning: string;
  /** A value as an admin writes it in a rule or an example ("16m", true, "trial"). */
  example: Json;
  /** The unit of a number, in words ("students", "minor units of the session's currency"). */
  unit?: string;
  /** How so much of it is said, `#` being the value, where unit and name do not say it by themselves ("# late"). */
  said?: string;
  /** The allowed values of an enum (or of a list's items, when `of` is enum). */
  values?: readonly string[];
  /** The type of a list's items. */
  of?: Exclude<ValueType, 'list'>;
  /** The most items a list can hold; bounds the cost of some, all and none. Default 100. */
  maxItems?: number;
  /** A duration of an outcome that has to be more than nothing: a wait of no time would be asked again without end. */
  positive?: true;
  /** A duration that grows or shrinks by itself while time goes by: asked at another time, it is another one. */
  runs?: 'up' | 'down';
  /** An outcome field that a rule may leave out. Facts may always be missing. */
  optional?: boolean;
  /** Of a fact that the rule set itself declares (rules/facts/): how it is found. */
  declared?: FactDocument;
}

export type Binding = 'booked' | 'current';
/**
 * How rows are read: `first` takes the first true row, `collect` each true row, `merge` each column from the first true row that
 * names it, so that things which vary by themselves need no row for each of their combinations.
 */
export type HitPolicy = 'first' | 'collect' | 'merge';

/** What a decision point declares: a file of decisions/ holds one. */
export interface DecisionPointSpec {
  point: string;
  /** When the question is asked and what follows from the answer, in words for an admin. */
  meaning: string;
  binding: Binding;
  hit: Exclude<HitPolicy, 'merge'>;
  facts: Readonly<Record<string, FieldSpec>>;
  outcome: Readonly<Record<string, FieldSpec>>;
  /** Optional fields that are needed all the same when another field has one of these values. */
  demands?: readonly { field: string; values: readonly string[]; needs: readonly string[] }[];
  /** Under `collect`: the fields by which two outcomes are the same thing, of which only one would count. */
  identity?: readonly string[];
}

/** One row of a policy. `when` is JSON Logic; `then` holds literals, or JSON Logic under `calc`. */
export interface Rule {
  id: string;
  description?: string;
  when: Json;
  then: Record<string, Json>;
  /** A reason that a family may read, by locale. */
  say?: Record<string, string>;
}

/** What moves one way: the name of a number, and whether it rises or falls. */
export type Course = Record<string, 'rises' | 'falls'>;

/**
 * What has to hold whatever the situation, tried over every value at which a condition changes. `when` says in which situations; then
 * one of: `always` holds of every outcome, `some` of at least one of those that are collected (both name facts, `params.…` and
 * `outcome.…`), or as one fact moves (`as`), a field of the outcome does `never`.
 */
export interface Property {
  id: string;
  /** The sentence that it stands for: "More notice never costs more". */
  title: string;
  when?: Json;
  always?: Json;
  some?: Json;
  as?: Course;
  never?: Course;
}

/** A policy document as it stands in rules/policies/*.json. */
export interface PolicyDocument {
  $schema?: string;
  policy: string;
  title: string;
  description: string;
  binding: Binding;
  hit: HitPolicy;
  appliesTo?: { programme?: string; branch?: string; subject?: string };
  params?: Record<string, Json>;
  rules: Rule[];
  /** Taken when no row is true. Under `collect` it is the outcome of nothing to do: null. */
  otherwise: Record<string, Json> | null;
  /** Taken when a needed fact is missing. Default: hold for a person. */
  onMissing?: Record<string, Json>;
  properties?: Property[];
  examples: {
    base: Record<string, Json>;
    cases: { id: string; given: Record<string, Json>; expect: Json }[];
  };
}

/** A fault found by `rules check`. `path` is a JSON pointer into the file; `suggestion` the right name, or what to do. */
export interface Fault {
  code: RuleFaultCode;
  file: string;
  rule: string | null;
  path: string;
  message: string;
  suggestion: string;
}

/** Facts in their evaluated form: durations in ms, clock times in minutes, instants in epoch ms; an absent key is a missing fact. */
export type Facts = Record<string, Json | undefined>;

/** The answer of one evaluation. */
export interface Verdict {
  /** The outcome, or under `collect` the list of outcomes of all true rows. Durations are ms. */
  outcome: Record<string, Json> | Record<string, Json>[];
  /** The row that fired (under `collect` all, comma-separated), "otherwise" or "onMissing". */
  rule: string;
  /** Names of the facts that made a needed row unknown. */
  missing: string[];
  /** The family's reason of the row that fired, by locale. */
  say: Record<string, string> | null;
}
