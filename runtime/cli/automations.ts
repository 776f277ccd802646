import { automationsOf } from '../../commands/check-rules';
import { automationNamed, givenFacts, tryAutomation, tryFacts, type Tried } from '../../commands/automations/try';
import { peopleById } from '../../db/people';
import { loadActiveSet } from '../../decisions/rule-sets';
import { LecternError } from '../../domain/errors';
import { isId } from '../../domain/ids';
import type { CompiledAutomation } from '../../policy/automations/types';
import { formatValue } from '../../policy/units';
import type { Config } from '../config';
import { givenFacts as written } from './explain';
import { print, printJson, UsageError } from './output';
import { actingOn } from './rule-versions';
import { filesOf, printFaults, type RulesOptions } from './rules-files';

export interface TryAutomationOptions extends RulesOptions {
  session?: string;
  person?: string;
  if?: string[];
  answer?: string[];
}

function answersOf(list: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    list.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`"${text}" answers no step; write --answer ask=call`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

const ANSWERS = { run: 'it runs', 'not-met': 'its condition does not hold: nothing is done', stopped: 'it is cut short' } as const;

/** The facts that its condition names come first to mind; of the others only those that are known. */
function linesOf({ facts: specs }: CompiledAutomation, { answer, reason, facts, steps }: Tried, name: string | null): string[] {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null);
  return [
    `${name === null ? '' : `${name}: `}${ANSWERS[answer]}${reason === null ? '' : ` (${reason})`}`,
    ...steps.map((s) => `  ${s.step}: ${s.words}${s.answer === null ? '' : ` → ${s.answer}`}`),
    `  with ${known.map(([fact, value]) => `${fact} ${Array.isArray(value) ? value.join(', ') || 'none' : formatValue(specs[fact], value!)}`).join('; ')}`,
  ];
}

function show(automation: CompiledAutomation, tried: readonly Tried[], names: ReadonlyMap<string, string>, { json }: TryAutomationOptions): number {
  if (json) printJson({ automation: automation.name, enabled: automation.document.enabled, items: tried });
  else {
    const off = automation.document.enabled ? '' : ', which is switched off';
    print(`${automation.document.title} (${automation.file}${off}), on ${automation.document.on}. Nothing is written and nobody is told.`);
    for (const t of tried) print(linesOf(automation, t, t.personId === null ? null : (names.get(t.personId) ?? t.personId)).join('\n'));
  }
  return 0;
}

/** One of the folder's; null where the folder was not named. Exit 1 with faults. */
function fromFolder(name: string, options: TryAutomationOptions): CompiledAutomation | number {
  const files = filesOf(options);
  const { automations, faults } = automationsOf(files);
  const own = faults.filter((f) => f.file === `${name}.json`);
  if (own.length > 0) return printFaults(own, options);
  try {
    return automationNamed({ compiled: { automations } as never }, name);
  } catch (error) {
    if (error instanceof LecternError) throw new UsageError(error.message);
    throw error;
  }
}

/**
 * What an automation would do, step by step; nothing is written. With `--session` on that session, as its event happened now: one of the
 * folder where `--rules` names one, otherwise of the set in force. Without, by the facts alone that `--if` gives, and nothing is started.
 */
export async function automationTry(config: () => Promise<Config>, name: string, options: TryAutomationOptions): Promise<number> {
  const { session: sessionId, person: personId } = options;
  for (const [what, id] of [
    ['session', sessionId],
    ['person', personId],
  ] as const)
    if (id !== undefined && !isId(id)) throw new UsageError(`--${what} is "${id}"; it is an id, as the page and the API show it`);
  const answers = answersOf(options.answer);
  const given = written(options.if ?? []);
  const drafted = sessionId === undefined || options.rules !== undefined ? fromFolder(name, options) : null;
  if (typeof drafted === 'number') return drafted;
  if (sessionId === undefined) return show(drafted!, [tryFacts(drafted!, givenFacts(drafted!, given), answers)], new Map(), options);
  return actingOn(await config(), ({ db, organisationId, asOf }) =>
    db.inOrganisation(organisationId, async (tx) => {
      const automation = drafted ?? automationNamed(await loadActiveSet(tx), name);
      const tried = await tryAutomation(tx, automation, { sessionId, personId, facts: givenFacts(automation, given), answers, asOf });
      const people = await peopleById(
        tx,
        tried.flatMap((t) => t.personId ?? []),
      );
      return show(automation, tried, new Map(people.map((p) => [p.id, p.name])), options);
    }),
  );
}
