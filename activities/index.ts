import { compensate } from './compensate';
import { dispatchDue, type Dispatch } from './dispatch';
import { draftSession } from './draft-session';
import { prepareRoom } from './prepare';
import { tendRoom } from './tend-room';
import { adoptSome } from './adoption';
import { goOnWithAutomation } from './automations';
import { changeSome, fillSomeSeries } from './series';
import { expireHeldSteps, takeStep, type StepName } from './steps';
import type { ActivityDeps, SessionInput } from './deps';

/** Side effects that workflows may ask for, bound to what a worker process has. Another dispatch than Lectern's own is a simulation's only. */
export const createActivities = (deps: ActivityDeps, dispatch: Dispatch = dispatchDue) => ({
  takeStep: (step: StepName, input: SessionInput) => takeStep(deps, step, input),
  expireHeldSteps: (input: SessionInput) => expireHeldSteps(deps, input),
  dispatchDue: (input: SessionInput) => dispatch(deps, input),
  prepareRoom: (input: SessionInput) => prepareRoom(deps, input, dispatch),
  tendRoom: (input: SessionInput) => tendRoom(deps, input, dispatch),
  compensate: (input: SessionInput) => compensate(deps, input),
  fillSomeSeries: (input: Parameters<typeof fillSomeSeries>[1]) => fillSomeSeries(deps, input),
  adoptSome: (input: Parameters<typeof adoptSome>[1]) => adoptSome(deps, input),
  goOnWithAutomation: (input: Parameters<typeof goOnWithAutomation>[1]) => goOnWithAutomation(deps, input),
  changeSome: (input: Parameters<typeof changeSome>[1]) => changeSome(deps, input),
});

/** What waits for a model; taken from a task queue of its own. */
export const createDraftingActivities = (deps: ActivityDeps, dispatch: Dispatch = dispatchDue) => ({
  draftSession: (input: SessionInput) => draftSession(deps, input, dispatch),
});

export type Activities = ReturnType<typeof createActivities>;
export type DraftingActivities = ReturnType<typeof createDraftingActivities>;
export type { SessionView } from '../db/view';
export type { SessionInput } from './deps';
