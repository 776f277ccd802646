import { peopleById } from '../../db/people';
import { findSession, participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { considerRun, type Considered } from '../../decisions/automation';
import { preview } from '../../decisions/decide';
import { loadActiveSet, type LoadedSet } from '../../decisions/rule-sets';
import { LecternError, notFound } from '../../domain/errors';
import { nearest } from '../../domain/nearest';
import { newId } from '../../domain/ids';
import { holds } from '../../policy/automations/compile';
import type { AutomationStep, CompiledAutomation } from '../../policy/automations/types';
import { allSteps, goThrough, kindOf } from '../../policy/automations/walk';
import type { Facts, Json } from '../../policy/types';
import { parseValue, WRITTEN } from '../../policy/units';
import { audienceOf, recipientsOf } from '../plan';

export interface Trying {
  sessionId: string;
  /** One of those on the session; left out, everybody for whom there would be a run. */
  personId?: string | undefined;
  /** Facts that are other than they are, in evaluated form. */
  facts?: Facts;
  /** What people answer and what waits for an event end with, by step. */
  answers?: Readonly<Record<string, string>> | undefined;
  asOf: Date;
}

/** What one run would come to. Nothing of it is written or sent. */
export interface Tried extends Pick<Considered, 'facts' | 'answer' | 'reason'> {
  personId: string | null;
  steps: TriedStep[];
}
export interface TriedStep {
  step: string;
  kind: string;
  /** "message “low-credit” to guardian: Gina Guardian" */
  words: string;
  /** What it ends with: as it was given, or what counts where nobody answers. */
  answer: string | null;
}

/** An automation of a set by its name. Errors: `not-found`, with the nearest name. */
export function automationNamed({ compiled: { automations } }: Pick<LoadedSet, 'compiled'>, name: string): CompiledAutomation {
  const found = automations.find((a) => a.name === name);
  if (found) return found;
  const names = automations.map((a) => a.name);
  const near = nearest(name, names);
  throw new LecternError('not-found', `No automation is called "${name}".${near ? ` Did you mean ${near}?` : ''}`);
}

async function told(tx: Tx, session: SessionRow, { personId, to, asOf }: { personId: string | null; to: string; asOf: Date }): Promise<string> {
  const participants = await participantsOf(tx, session.id);
  const isStudent = participants.some((p) => p.personId === personId && p.role === 'student');
  const event = { event: 'automation' as const, asOf, ...(isStudent && { studentIds: [personId!] }) };
  const ids = recipientsOf(await audienceOf(tx, participants), participants, event).flatMap((r) => (r.role === to ? [r.personId] : []));
  const names = (await peopleById(tx, [...new Set(ids)])).map((p) => p.name);
  return names.length === 0 ? 'nobody' : names.join(', ');
}

/** A step in words, without those who would read it. */
export function stepInWords({ message, hold, wait, webhook, tag, note }: AutomationStep): string {
  if (message) return `message “${message.template}” to ${message.to}`;
  if (hold) return `asks ${hold.who}: “${hold.question.en}” (${hold.answers.join(' or ')}; ${hold.default} after ${hold.within})`;
  if (wait) return wait.until === undefined ? `waits ${wait.for!}` : `waits until ${wait.until}, at most ${wait.atMost!}`;
  if (webhook) return `tells the webhook “${webhook.to}”`;
  return tag ? `tags the ${tag.on} “${tag.tag}”` : `notes on the ${note!.on}: “${note!.text.en}”`;
}

/** What an automation would do where its facts are these, session or none. */
export const stepsTried = (automation: CompiledAutomation, answers: Readonly<Record<string, string>>): TriedStep[] =>
  goThrough(automation.document.do, answers).map(({ step, answer }) => ({ step: step.id, kind: kindOf(step), words: stepInWords(step), answer }));

async function tryOne(
  tx: Tx,
  set: LoadedSet,
  automation: CompiledAutomation,
  session: SessionRow,
  personId: string | null,
  trying: Trying,
): Promise<Tried> {
  const { asOf, answers = {}, facts: others = {} } = trying;
  const { on: event, do: steps } = automation.document;
  const id = newId();
  const run = { id, automation: automation.name, event, sessionId: session.id, personId, timelineId: null, root: `try/${id}`, depth: 0 };
  const considered = await considerRun(tx, { set, automation, run, session, others, ask: preview, asOf });
  const { facts, answer, reason } = considered;
  if (answer !== 'run') return { personId, facts, answer, reason, steps: [] };
  const tried = stepsTried(automation, answers);
  const all = allSteps(steps);
  for (const t of tried) {
    const to = all.find((s) => s.id === t.step)!.message?.to;
    if (to !== undefined) t.words += `: ${await told(tx, session, { personId, to, asOf })}`;
  }
  return { personId, facts, answer, reason, steps: tried };
}

/** For whom there would be a run. */
function personsOf({ document: { each = 'session' } }: CompiledAutomation, participants: readonly ParticipantRow[]): (string | null)[] {
  return each === 'session' ? [null] : participants.filter((p) => p.role === each).map((p) => p.personId);
}

/**
 * What an automation would do if its event happened on a session now, step by step, for each whom there would be a run for; nothing is
 * written. One that is switched off is tried like any other. Errors: `not-found`.
 */
export async function tryAutomation(tx: Tx, automation: CompiledAutomation, trying: Trying): Promise<Tried[]> {
  const session = await findSession(tx, trying.sessionId);
  if (!session) throw notFound('session', trying.sessionId);
  const set = await loadActiveSet(tx);
  const persons = personsOf(automation, await participantsOf(tx, session.id));
  const meant = trying.personId === undefined ? persons : persons.filter((id) => id === trying.personId);
  if (meant.length === 0) throw new LecternError('not-found', `Nobody on session ${session.id} is whom this automation would run for.`);
  const tried: Tried[] = [];
  for (const personId of meant) tried.push(await tryOne(tx, set, automation, session, personId, trying));
  return tried;
}

/** Facts as an example writes them, in evaluated form; null says that one is not known. Errors: `invalid-request` for one that there is not. */
export function givenFacts({ facts: specs }: CompiledAutomation, given: Readonly<Record<string, Json>>): Facts {
  const fault = (name: string, message: string): never => {
    throw new LecternError('invalid-request', `The fact "${name}" ${message}.`, [{ path: `facts.${name}`, message }]);
  };
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
      if (!spec) return fault(name, `is none here; ${nearest(name, Object.keys(specs)) ?? `there is ${Object.keys(specs).join(', ')}`}`);
      const parsed = value === null ? undefined : parseValue(spec, value);
      return parsed === undefined && value !== null ? fault(name, `is written ${WRITTEN[spec.type]}`) : [name, parsed];
    }),
  );
}

/** The condition alone, where somebody only gives facts. */
export const tryFacts = (automation: CompiledAutomation, facts: Facts, answers: Readonly<Record<string, string>>): Tried => {
  const { answer, missing } = holds(automation, facts);
  const come = { personId: null, facts, reason: answer === 'unknown' ? `not known: ${missing.join(', ')}` : null };
  if (answer !== true) return { ...come, answer: answer === 'unknown' ? 'stopped' : 'not-met', steps: [] };
  return { ...come, answer: 'run', steps: stepsTried(automation, answers) };
};
