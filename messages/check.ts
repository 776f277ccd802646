import { nearest } from '../domain/nearest';
import type { RuleFaultCode } from '../domain/rule-faults';
import { SAMPLE_FACTS } from './facts';
import { ASKED } from '../domain/notes';
import { filterNames, MESSAGE_FILE, parseTemplate, parseText, renderMessage, TemplateError, type MessageTemplate, type TemplateFile } from './render';
import { isOwnAddress } from './values';
import { usesOf, type Use } from './variables';

/** A fault of a template, of the same shape as a policy's. */
export interface MessageFault {
  code: RuleFaultCode;
  file: string;
  rule: null;
  path: string;
  message: string;
  suggestion: string;
}
type Report = (code: RuleFaultCode, path: string, message: string, suggestion: string) => void;

const MAX_BYTES = 32_768;
const MAX_DEPTH = 10;
const HEAD_KEYS = ['title', 'subject', 'sms'];
/** The message that asks an instructor for notes has the questions in its head. */
const ASKS = 'notes-request';
const LONGEST_QUESTION = 200;
const headKeysOf = (file: string): string[] => (MESSAGE_FILE.exec(file)?.[1] === ASKS ? [...HEAD_KEYS, ...ASKED] : HEAD_KEYS);

/** How deep tags enclose each other, counted over the text, so that a bomb is refused before anything recurses into it. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const [, end] of text.matchAll(/\{%-?\s*(end)?(?:if|unless|case|for|tablerow|capture|comment|raw)\b/g)) {
    depth += end ? -1 : 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Every variable of the sample facts, dotted. */
export function variables(tree: object = SAMPLE_FACTS, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? variables(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

/** Keys of the head that mean nothing: a misspelt "sms" would be passed over without a word. */
const unknownKeys = (text: string, known: readonly string[]): string[] =>
  (/^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? '')
    .split(/\r?\n/)
    .flatMap((line) => /^([a-z]+):/.exec(line)?.[1] ?? [])
    .filter((key) => !known.includes(key));

/** Everything that subject, SMS and body of a template have to be given. */
export const usesIn = ({ subject, sms, body }: MessageTemplate): Use[] => [subject, sms ?? '', body].flatMap((text) => usesOf(parseText(text)));

/** The name that was meant, or those that there are. */
const meant = (name: string, known: readonly string[]): string => nearest(name, known) ?? `one of: ${known.join(', ')}`;

/** Every name is looked at, not only those that a rendering touches: a condition is lenient about what is missing. */
function checkNames(uses: Use[], report: Report): void {
  const names = variables();
  for (const { name, as } of uses) {
    if (names.includes(name) || names.some((n) => name.startsWith(`${n}.`) && /^(size|first|last|\d+)$/.test(name.slice(n.length + 1)))) continue;
    const values = names.filter((n) => n.startsWith(`${name}.`));
    if (values.length === 0)
      report('unknown-variable', `/${name}`, `"${name}" is not something a message can say`, meant(name, [...names, ...Object.keys(SAMPLE_FACTS)]));
    else if (as === 'value')
      report('wrong-template', `/${name}`, `"${name}" holds several values, and a message says one`, `one of: ${values.join(', ')}`);
  }
}

/** Where a link leads is ours to say: what a person wrote may stand beside it, never in it. */
function checkLinks(text: string, report: Report): void {
  for (const pattern of [/\{\{-?\s*([\w.]+)[^}]*\|\s*link\b/g, /\](?:\(|:)[^)\n]*?\{\{-?\s*([\w.]+)/g])
    for (const [, name] of text.matchAll(pattern))
      if (!isOwnAddress(name!))
        report('wrong-template', `/${name}`, `"${name}" is not an address of Lectern's, and a link may lead to no other`, 'session.joinUrl');
}

/** Each question is there, as it will be read: what is put into it would not be filled in. */
function checkQuestions({ questions }: MessageTemplate, report: Report): void {
  for (const key of ASKED) {
    const question = questions[key] ?? '';
    if (question.trim() === '') report('missing-field', `/${key}`, `the head asks no question under "${key}"`, `${key}: "…?"`);
    else if (question.length > LONGEST_QUESTION)
      report('too-large', `/${key}`, `the question is longer than ${LONGEST_QUESTION} characters`, 'shorten it');
    else if (/[{}<>]/.test(question)) report('wrong-template', `/${key}`, 'a question is plain words', 'leave out { } < and >');
  }
}

/** What the parser or a rendering says, with the nearest name where it is one that it does not know. */
function reportError(error: unknown, report: Report): void {
  const message = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  const line = error instanceof TemplateError ? `line ${error.line}: ` : '';
  const variable = /undefined variable: (\S+)/.exec(message)?.[1]?.replace(/,.*$/, '');
  const filter = /undefined filter: (\S+?),/.exec(message)?.[1];
  if (variable) return report('unknown-variable', `/${variable}`, `${line}${message}`, meant(variable, variables()));
  const suggestion = filter ? meant(filter, filterNames()) : 'mend the text there: a message is Markdown with Liquid, and a head';
  report('wrong-template', '', `${line}${message}`, suggestion);
}

function checkOne(file: TemplateFile): MessageFault[] {
  const faults: MessageFault[] = [];
  const report: Report = (code, path, message, suggestion) => void faults.push({ code, file: file.file, rule: null, path, message, suggestion });
  if (Buffer.byteLength(file.text) > MAX_BYTES) {
    report('too-large', '', `the file is larger than ${MAX_BYTES / 1024} KB`, 'shorten it');
    return faults;
  }
  if (depthOf(file.text) > MAX_DEPTH) {
    report('too-deep', '', `tags enclose each other deeper than ${MAX_DEPTH} levels`, 'write several messages');
    return faults;
  }
  const known = headKeysOf(file.file);
  for (const key of unknownKeys(file.text, known))
    report('unknown-field', `/${key}`, `"${key}" is not a line of the head`, nearest(key, known) ?? `one of: ${known.join(', ')}`);
  checkLinks(file.text, report);
  if (/^\s*<[a-z!/]/im.test(file.text)) report('wrong-template', '', 'HTML is not allowed in a message', 'write Markdown');
  try {
    const template = parseTemplate(file);
    checkNames(usesIn(template), report);
    if (known !== HEAD_KEYS) checkQuestions(template, report);
    if (faults.length > 0) return faults;
    const rendered = renderMessage(template, SAMPLE_FACTS, { locale: 'en', zone: 'Europe/Berlin' });
    if (rendered.subject === '') report('missing-field', '/subject', 'the subject is empty', 'write one');
  } catch (error) {
    reportError(error, report);
  }
  return faults;
}

/** Checks every template: its head, its variables and filters against what a message can say, and a rendering with sample facts. */
export const checkMessages = (files: readonly TemplateFile[]): MessageFault[] => files.flatMap(checkOne);
