import { addToTimeline, wake } from '../../db/timeline';
import { insertMark } from '../../db/automation-marks';
import { insertStep, setWaiting, type RunRow } from '../../db/automation-runs';
import { obligationsOf } from '../../db/obligations';
import { participantsOf, type SessionRow } from '../../db/sessions';
import { webhookByName } from '../../db/webhooks';
import { ownOrganisation } from '../../db/read/organisation';
import type { Tx } from '../../db/database';
import { automationEvent, type AutomationStepKind } from '../../domain/automation';
import { languageFor } from '../../domain/languages';
import { newId } from '../../domain/ids';
import { AUTOMATION_TYPE } from '../../domain/outbound';
import type { PlanStep } from '../../domain/plan';
import type { AutomationStep, CompiledAutomation, Words } from '../../policy/automations/types';
import { kindOf } from '../../policy/automations/walk';
import type { Json } from '../../policy/types';
import { parseDuration } from '../../policy/units';
import { automationReason } from '../held-reasons';
import { openHeldStep } from '../held-steps';
import { layDown } from '../plan';
import { sendWebhook } from '../webhooks/deliveries';

/** A step under way, on the locked session and run. */
export interface Taking {
  tx: Tx;
  session: SessionRow;
  run: RunRow;
  automation: CompiledAutomation;
  step: AutomationStep;
  asOf: Date;
}

/** What a step came to: done with what it says, skipped for a reason, or waiting. */
type Took =
  | { state: 'done'; detail: Record<string, Json> }
  | { state: 'skipped'; detail: { reason: string } }
  | { state: 'waiting'; detail: Record<string, Json>; dueAt: Date; awaits: readonly string[] | null; heldStepId: string | null };

/** How long something may take, in business ms. */
const after = (asOf: Date, duration: string): Date => new Date(+asOf + parseDuration(duration)!);
const done = (detail: Record<string, Json> = {}): Took => ({ state: 'done', detail });
const skipped = (reason: string): Took => ({ state: 'skipped', detail: { reason } });

/** By its run the database knows how deep it is what the entry sets off. */
const tell = ({ tx, session, run, automation, step, asOf }: Taking, kind: string, data: Record<string, Json> = {}): Promise<void> =>
  addToTimeline(tx, {
    ...{ sessionId: session.id, rev: session.rev, at: asOf, kind, actor: 'lectern', decisionId: run.decisionId },
    data: { runId: run.id, automation: automation.name, step: step.id, ...(run.personId && { personId: run.personId }), ...data },
  });

/** Owed like everything else, so that quiet hours, channels, pauses, opt-outs and claims hold for it; laid down twice, it is there once. */
async function message(taking: Taking): Promise<Took> {
  const { tx, session, run, automation, asOf } = taking;
  const { template, to, channel = 'email', fallback, within, quiet = 'respect' } = taking.step.message!;
  const step = `${automation.name}.${taking.step.id}`;
  const isStudent = (await participantsOf(tx, session.id)).some((p) => p.personId === run.personId && p.role === 'student');
  const owed: PlanStep = {
    ...{ kind: 'automation', step, to: to as PlanStep['to'], channel: channel as PlanStep['channel'], template },
    ...(fallback && { fallback: fallback as PlanStep['channel'] }),
    ...{ anchor: 'event', offset: +asOf - +run.at, deadline: parseDuration(within)!, quiet: quiet as PlanStep['quiet'], decisionId: run.decisionId! },
  };
  const event = { event: 'automation' as const, asOf, eventAt: run.at, ...(isStudent && { studentIds: [run.personId!] }) };
  await layDown(tx, session, { event, steps: [owed] });
  const count = (await obligationsOf(tx, session.id)).filter((o) => o.kind === 'automation' && o.step === step && +o.anchorAt === +run.at).length;
  await wake(tx, session.id);
  return count > 0 ? done({ template, to, count }) : skipped('there is nobody to be told');
}

async function wordsFor(tx: Tx, words: Words): Promise<string> {
  const { locale } = await ownOrganisation(tx);
  return words[languageFor(locale, 'en', (language) => Object.hasOwn(words, language))] ?? words.en;
}

async function hold({ tx, session, run, automation, step, asOf }: Taking): Promise<Took> {
  const { question, who, answers, within, default: unanswered } = step.hold!;
  const instructor = (await participantsOf(tx, session.id)).find((p) => p.role === 'instructor');
  const asked = await wordsFor(tx, question);
  const isTheirs = who === 'instructor' && instructor !== undefined;
  const opened = await openHeldStep(tx, {
    session,
    ...{ kind: 'automation', subject: `${run.id}/${step.id}`, audience: isTheirs ? 'instructor' : 'coordinator' },
    assigneeId: isTheirs ? instructor.personId : null,
    reason: await automationReason(tx, session, { question: asked, title: automation.document.title, personId: run.personId }),
    shown: { question: asked, automation: automation.name, runId: run.id },
    ...{ options: answers, defaultOption: unanswered, deadlineAt: after(asOf, within), decisionId: run.decisionId, asOf },
  });
  return { state: 'waiting', detail: { question: asked }, dueAt: after(asOf, within), awaits: null, heldStepId: opened.id };
}

function wait({ step, asOf }: Taking): Promise<Took> {
  const { for: long, until, atMost } = step.wait!;
  const awaits = until === undefined ? null : automationEvent(until)!.kinds;
  return Promise.resolve({
    state: 'waiting',
    detail: { ...(until !== undefined && { until }) },
    dueAt: after(asOf, (long ?? atMost)!),
    awaits,
    heldStepId: null,
  });
}

/** Sent, signed and repeated like every other, once for each step of a run. */
async function webhook({ tx, session, run, automation, step, asOf }: Taking): Promise<Took> {
  const { to } = step.webhook!;
  if (!(await webhookByName(tx, to))) return skipped(`no webhook is called "${to}"`);
  const sent = await sendWebhook(tx, {
    ...{ webhook: to, key: `automation/${run.id}/${step.id}`, type: AUTOMATION_TYPE, sessionId: session.id, at: asOf },
    facts: { automation: automation.name, step: step.id, runId: run.id, event: run.event, personId: run.personId },
  });
  return sent === 'off' ? skipped('the webhook is switched off') : done({ deliveryId: sent.id });
}

const markedOn = ({ run, session }: Taking, on: 'person' | 'session'): { personId: string | null; sessionId: string | null } =>
  on === 'person' ? { personId: run.personId, sessionId: null } : { personId: null, sessionId: session.id };

async function tag(taking: Taking): Promise<Took> {
  const { tx, run, step, asOf } = taking;
  const { on, tag: word } = step.tag!;
  const marked = markedOn(taking, on);
  const key = `tag/${marked.personId ?? marked.sessionId}/${word}`;
  const isNew = await insertMark(tx, { id: newId(), key, kind: 'tag', ...marked, tag: word, words: null, runId: run.id, at: asOf });
  if (!isNew) return skipped('it has this tag already');
  await tell(taking, 'automation.tagged', { tag: word, on });
  return done({ tag: word, on });
}

async function note(taking: Taking): Promise<Took> {
  const { tx, run, step, asOf } = taking;
  const { on, text } = step.note!;
  const key = `note/${run.id}/${step.id}`;
  await insertMark(tx, { id: newId(), key, kind: 'note', ...markedOn(taking, on), tag: null, words: text, runId: run.id, at: asOf });
  await tell(taking, 'automation.noted', { on, note: await wordsFor(tx, text) });
  return done({ on });
}

const STEPS: Record<AutomationStepKind, (taking: Taking) => Promise<Took>> = { message, hold, wait, webhook, tag, note };

/** Takes one step of a run, within its transaction. */
export async function takeAutomationStep(taking: Taking): Promise<void> {
  const { tx, run, step, asOf } = taking;
  const kind = kindOf(step);
  const took = await STEPS[kind](taking);
  const row = { runId: run.id, step: step.id, kind, answer: null, begunAt: asOf };
  if (took.state !== 'waiting')
    return insertStep(tx, { ...row, state: took.state, detail: took.detail, heldStepId: null, dueAt: null, endedAt: asOf });
  const { dueAt, awaits, heldStepId, detail } = took;
  await insertStep(tx, { ...row, state: 'waiting', detail, heldStepId, dueAt, endedAt: null });
  await setWaiting(tx, run, { dueAt, awaits });
}
