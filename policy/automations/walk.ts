import { AUTOMATION_STEPS, HAPPENED, TIMED_OUT, type AutomationStepKind } from '../../domain/automation';
import type { AutomationDocument, AutomationStep, MessageStep } from './types';

/** What the steps that are done ended with, by id; of most it says nothing. */
export type Ended = ReadonlyMap<string, string | null>;

export const kindOf = (step: AutomationStep): AutomationStepKind => AUTOMATION_STEPS.find((kind) => step[kind] !== undefined)!;

/** What follows a step inside it, by what it can end with. */
export function branchesOf({ hold, wait }: AutomationStep): Record<string, readonly AutomationStep[]> {
  if (hold) return hold.then ?? {};
  return wait?.until === undefined ? {} : { [HAPPENED]: wait.then ?? [], [TIMED_OUT]: wait.otherwise ?? [] };
}

/** Every step, with those inside others. */
export const allSteps = (steps: readonly AutomationStep[]): AutomationStep[] =>
  steps.flatMap((step) => [step, ...Object.values(branchesOf(step)).flatMap(allSteps)]);

/** The steps that write to somebody. */
export const messagesOf = ({ do: steps }: Pick<AutomationDocument, 'do'>): { id: string; message: MessageStep }[] =>
  allSteps(steps).flatMap(({ id, message }) => (message ? [{ id, message }] : []));

/** The step that comes next, when these are done; null when all are. What a step has ended with says which of its branches is gone through. */
export function nextStep(steps: readonly AutomationStep[], ended: Ended): AutomationStep | null {
  for (const step of steps) {
    if (!ended.has(step.id)) return step;
    const branches = branchesOf(step);
    const word = ended.get(step.id) ?? '';
    const inside = Object.hasOwn(branches, word) ? nextStep(branches[word]!, ended) : null;
    if (inside) return inside;
  }
  return null;
}

/** Goes through all of it, given what each step is answered: who holds gets its default, what waits for an event its time-out, where nothing is said. */
export function goThrough(
  steps: readonly AutomationStep[],
  answers: Readonly<Record<string, string>>,
): { step: AutomationStep; answer: string | null }[] {
  const ended = new Map<string, string | null>();
  const gone: { step: AutomationStep; answer: string | null }[] = [];
  for (let step = nextStep(steps, ended); step; step = nextStep(steps, ended)) {
    const unsaid = step.hold?.default ?? (step.wait?.until === undefined ? null : TIMED_OUT);
    const answer = Object.hasOwn(answers, step.id) ? answers[step.id]! : unsaid;
    ended.set(step.id, answer);
    gone.push({ step, answer });
  }
  return gone;
}
