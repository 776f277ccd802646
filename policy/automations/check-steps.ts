import { AUTOMATION_EVENT_NAMES, AUTOMATION_STEPS, automationEvent, TOLD } from '../../domain/automation';
import { CHANNELS } from '../../domain/vocabulary';
import { nearest } from '../../domain/nearest';
import { checkFields, isObject, type Report } from '../check-fields';
import type { Json } from '../types';
import { parseDuration } from '../units';

/** Steps under their check. */
export interface CheckingSteps {
  report: Report;
  /** The ids seen so far. */
  ids: Set<string>;
  /** Whether a run is about one person. */
  isOfOne: boolean;
}
interface At extends CheckingSteps {
  /** Of the step; null where it has none that is right. */
  id: string | null;
  path: string;
}

const MOST_STEPS = 30;
const LONGEST_MS = 365 * 86_400_000;
const [MOST_WORDS, MOST_ANSWERS] = [300, 6];
const WORD = /^[a-z0-9]+(-[a-z0-9]+)*$/;

function checkOneOf(value: Json | undefined, known: readonly string[], field: string, { id, path, report }: At): void {
  if (typeof value === 'string' && known.includes(value)) return;
  const near = nearest(String(value), known) ?? `one of: ${known.join(', ')}`;
  report('wrong-value', id, `${path}/${field}`, `${JSON.stringify(value ?? null)} is not what "${field}" takes`, near);
}

function checkDuration(value: Json | undefined, field: string, { id, path, report }: At): void {
  const ms = typeof value === 'string' ? parseDuration(value) : null;
  if (ms === null || ms <= 0 || ms > LONGEST_MS)
    report('wrong-value', id, `${path}/${field}`, `${JSON.stringify(value ?? null)} is not a duration of at most 365 days`, 'such as "2d"');
}

function checkWord(value: Json | undefined, field: string, { id, path, report }: At): void {
  if (typeof value !== 'string' || value.length > 60 || !WORD.test(value))
    report('wrong-value', id, `${path}/${field}`, `${JSON.stringify(value ?? null)} is not a word in small letters and dashes`, 'such as "at-risk"');
}

/** What people read, by language. */
function checkWords(value: Json | undefined, field: string, { id, path, report }: At): void {
  const at = `${path}/${field}`;
  if (!isObject(value) || value.en === undefined)
    return report('wrong-shape', id, at, 'is words by language, English among them', '{"en": "…", "de": "…"}');
  for (const [language, text] of Object.entries(value)) {
    if (!/^[a-z]{2}(-[A-Z]{2})?$/.test(language))
      report('unknown-field', id, `${at}/${language}`, `"${language}" is not a language`, 'such as "en" or "pt-BR"');
    if (typeof text !== 'string' || text.trim() === '' || text.length > MOST_WORDS)
      report('wrong-value', id, `${at}/${language}`, `are words of at most ${MOST_WORDS} characters`, '"…"');
  }
}

function checkMessage(value: Record<string, Json>, at: At): void {
  checkFields(value, ['template', 'to', 'channel', 'fallback', 'within', 'quiet'], at.id, at.path, at.report);
  if (typeof value.template !== 'string') checkWord(value.template, 'template', at);
  checkOneOf(value.to, TOLD, 'to', at);
  for (const field of ['channel', 'fallback'] as const) if (value[field] !== undefined) checkOneOf(value[field], CHANNELS, field, at);
  if (value.quiet !== undefined) checkOneOf(value.quiet, ['respect', 'ignore'], 'quiet', at);
  checkDuration(value.within, 'within', at);
}

function checkHold(value: Record<string, Json>, at: At): void {
  const { id, path, report } = at;
  checkFields(value, ['question', 'who', 'answers', 'within', 'default', 'then'], id, path, report);
  checkWords(value.question, 'question', at);
  checkOneOf(value.who, ['coordinator', 'instructor'], 'who', at);
  checkDuration(value.within, 'within', at);
  const answers = Array.isArray(value.answers) ? value.answers : [];
  if (answers.length < 1 || answers.length > MOST_ANSWERS || new Set(answers).size !== answers.length)
    return report('wrong-shape', id, `${path}/answers`, `is a list of one to ${MOST_ANSWERS} answers, each once`, '["call", "leave"]');
  answers.forEach((answer, i) => checkWord(answer, `answers/${i}`, at));
  const known = answers.map(String);
  checkOneOf(value.default, known, 'default', at);
  if (value.then === undefined) return;
  if (!isObject(value.then)) return report('wrong-shape', id, `${path}/then`, 'is steps by answer', '{"call": [ … ]}');
  checkFields(value.then, known, id, `${path}/then`, report);
  for (const [answer, steps] of Object.entries(value.then)) checkSteps(steps, `${path}/then/${answer}`, at);
}

function checkWait(value: Record<string, Json>, at: At): void {
  const { id, path, report } = at;
  if (value.until === undefined) {
    checkFields(value, ['for'], id, path, report);
    return checkDuration(value.for, 'for', at);
  }
  checkFields(value, ['until', 'atMost', 'then', 'otherwise'], id, path, report);
  checkOneOf(
    value.until,
    AUTOMATION_EVENT_NAMES.filter((name) => !automationEvent(name)!.isDaily),
    'until',
    at,
  );
  checkDuration(value.atMost, 'atMost', at);
  for (const branch of ['then', 'otherwise'] as const) if (value[branch] !== undefined) checkSteps(value[branch], `${path}/${branch}`, at);
}

/** A mark of a person needs a run that is about one. */
function checkOn(value: Json | undefined, at: At): void {
  checkOneOf(value, ['person', 'session'], 'on', at);
  if (value === 'person' && !at.isOfOne)
    at.report(
      'wrong-value',
      at.id,
      `${at.path}/on`,
      'this automation is about the session, and about nobody on it',
      'set "each" to "student" or "instructor"',
    );
}

const CHECKS: Record<(typeof AUTOMATION_STEPS)[number], (value: Record<string, Json>, at: At) => void> = {
  message: checkMessage,
  hold: checkHold,
  wait: checkWait,
  webhook(value, at) {
    checkFields(value, ['to'], at.id, at.path, at.report);
    checkWord(value.to, 'to', at);
  },
  tag(value, at) {
    checkFields(value, ['on', 'tag'], at.id, at.path, at.report);
    checkOn(value.on, at);
    checkWord(value.tag, 'tag', at);
  },
  note(value, at) {
    checkFields(value, ['on', 'text'], at.id, at.path, at.report);
    checkOn(value.on, at);
    checkWords(value.text, 'text', at);
  },
};

function checkStep(raw: Json, path: string, checking: CheckingSteps): void {
  const { report, ids } = checking;
  if (!isObject(raw)) return report('wrong-shape', null, path, 'a step is an object', '{"id": "…", "message": {…}}');
  const id = typeof raw.id === 'string' && raw.id.length <= 60 && WORD.test(raw.id) ? raw.id : null;
  if (id === null) report('wrong-value', null, `${path}/id`, 'a step has an id in small letters and dashes', 'such as "tell-parents"');
  else if (ids.has(id)) report('duplicate-id', id, `${path}/id`, `"${id}" is the id of another step too`, 'give it another one');
  else ids.add(id);
  checkFields(raw, ['id', 'description', ...AUTOMATION_STEPS], id, path, report);
  if (raw.description !== undefined && typeof raw.description !== 'string') report('wrong-shape', id, `${path}/description`, 'is a text', '"…"');
  const kinds = AUTOMATION_STEPS.filter((kind) => raw[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    return report(
      'wrong-shape',
      id,
      path,
      `a step does one thing, and this one ${kinds.length === 0 ? 'does nothing' : `does ${kinds.join(' and ')}`}`,
      `one of: ${AUTOMATION_STEPS.join(', ')}`,
    );
  const value = raw[kind];
  if (!isObject(value)) return report('wrong-shape', id, `${path}/${kind}`, 'is an object', '{ … }');
  CHECKS[kind](value, { ...checking, id, path: `${path}/${kind}` });
}

/** Steps, with those inside others. */
export function checkSteps(steps: Json | undefined, path: string, checking: CheckingSteps): void {
  if (!Array.isArray(steps)) return checking.report('wrong-shape', null, path, 'is a list of steps', '[{"id": "…", "message": {…}}]');
  steps.forEach((step, i) => checkStep(step, `${path}/${i}`, checking));
  if (checking.ids.size > MOST_STEPS) checking.report('too-large', null, path, `an automation has at most ${MOST_STEPS} steps`, 'write several');
}
