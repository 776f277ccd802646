import type { FactDocument } from '../facts/types';
import type { FieldSpec, Json } from '../types';

/** The shape of an automation document (rules/automations/*.json): on an event, when a condition holds, do steps. */

/** Words for people, by language; English is always there. */
export type Words = { en: string } & Record<string, string>;

/** What a step does is the one field beside its id. */
export interface MessageStep {
  template: string;
  to: string;
  channel?: string;
  fallback?: string;
  /** How long after it was due it still makes sense. */
  within: string;
  /** Whether quiet hours move it; respect when left out. */
  quiet?: string;
}
export interface HoldStep {
  question: Words;
  who: 'coordinator' | 'instructor';
  answers: string[];
  /** How long it waits, and the answer that counts then. */
  within: string;
  default: string;
  /** What is done after an answer, before the steps that follow; an answer that is not named does nothing more. */
  then?: Record<string, AutomationStep[]>;
}
export interface WaitStep {
  /** So long, or until an event of this session or person, no longer than `atMost`. */
  for?: string;
  until?: string;
  atMost?: string;
  then?: AutomationStep[];
  otherwise?: AutomationStep[];
}
export interface WebhookStep {
  /** The address, by its name. */
  to: string;
}
export interface TagStep {
  on: 'person' | 'session';
  tag: string;
}
export interface NoteStep {
  on: 'person' | 'session';
  text: Words;
}
export interface AutomationStep {
  id: string;
  description?: string;
  message?: MessageStep;
  hold?: HoldStep;
  wait?: WaitStep;
  webhook?: WebhookStep;
  tag?: TagStep;
  note?: NoteStep;
}

export interface AutomationCase {
  id: string;
  given: Record<string, Json>;
  /** What people answer, and what waits for an event end with ("happened", "timed-out"), by the id of their step. */
  answers?: Record<string, string>;
  /** The ids of the steps that are done, in their order; none where the condition does not hold. */
  then: string[];
}

export interface AutomationDocument {
  $schema?: string;
  automation: string;
  title: string;
  description: string;
  /** One that is not is checked and tried like any other, and never runs. */
  enabled: boolean;
  on: string;
  each?: string;
  /** Of a daily event: when it is looked for, by the organisation's clock. */
  at?: string;
  params?: Record<string, Json>;
  when: Json;
  do: AutomationStep[];
  examples: { base: Record<string, Json>; cases: AutomationCase[] };
}

export interface CompiledAutomation {
  name: string;
  file: string;
  document: AutomationDocument;
  /** Plain JSON Logic, literals in evaluated form. */
  when: Json;
  /** By the name that conditions know them by ("params.grace"). */
  params: Record<string, Json>;
  /** Facts that its rule set declares and that its condition names. */
  declared: FactDocument[];
  facts: Readonly<Record<string, FieldSpec>>;
}
