import { nearest } from '../domain/nearest';
import { SAMPLE_FACTS } from './facts';
import { parseTemplate, renderMessage, TemplateError, type TemplateFile } from './render';
import { isOwnAddress } from './values';

/** A fault of a template, of the same shape as a policy's. */
export interface MessageFault {
  file: string;
  rule: null;
  path: string;
  message: string;
  suggestion: string | null;
}

const MAX_BYTES = 32_768;

/** Every variable of the sample facts, dotted. */
function variables(tree: object, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? variables(value as object, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

const HEAD_KEYS = ['title', 'subject', 'sms'];
/** Words of a condition that are no variables. */
const LIQUID_WORDS = /^(and|or|not|contains|true|false|nil|null|empty|blank|forloop|in)$/;

/** Keys of the head that mean nothing: a misspelt "sms" would be passed over without a word. */
const unknownKeys = (text: string): string[] =>
  (/^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? '')
    .split(/\r?\n/)
    .flatMap((line) => /^([a-z]+):/.exec(line)?.[1] ?? [])
    .filter((key) => !HEAD_KEYS.includes(key));

/** Names in conditions that nothing stands behind: there a missing one is no error, it is never true. */
function unknownInConditions(text: string, roots: string[]): string[] {
  const own = [...text.matchAll(/\{%-?\s*(?:for|assign|capture)\s+(\w+)/g)].map(([, name]) => name!);
  return [...text.matchAll(/\{%-?\s*(?:if|elsif|unless|case|when)\s(.*?)-?%\}/g)]
    .flatMap(([, condition]) => condition!.replace(/"[^"]*"|'[^']*'/g, '').match(/[A-Za-z_][\w.]*/g) ?? [])
    .filter((word) => !LIQUID_WORDS.test(word) && !own.includes(word) && !roots.includes(word.split('.')[0]!));
}

function checkOne(file: TemplateFile): MessageFault[] {
  const fault = (path: string, message: string, suggestion: string | null): MessageFault => ({
    file: file.file,
    rule: null,
    path,
    message,
    suggestion,
  });
  if (Buffer.byteLength(file.text) > MAX_BYTES) return [fault('', `the file is larger than ${MAX_BYTES / 1024} KB`, 'shorten it')];
  const faults: MessageFault[] = [];
  const names = variables(SAMPLE_FACTS);
  // Conditions are lenient about what is missing, so every name is looked at, not only those that a rendering touches.
  for (const [, inside] of file.text.matchAll(/\{[{%]-?\s*(.*?)\s*-?[}%]\}/g)) {
    for (const [, name] of inside!
      .replace(/"[^"]*"|'[^']*'/g, '')
      .matchAll(/\b((?:organisation|person|about|session|briefing|change|review|update)\b(?:\.[A-Za-z]+)*)/g)) {
      if (!names.includes(name!) && !names.some((n) => n.startsWith(`${name!}.`))) {
        faults.push(fault(`/${name}`, `"${name}" is not something a message can say`, nearest(name!, names)));
      }
    }
  }
  for (const name of unknownInConditions(file.text, Object.keys(SAMPLE_FACTS)))
    faults.push(fault(`/${name}`, `"${name}" is not something a message can say`, nearest(name, [...Object.keys(SAMPLE_FACTS), ...names])));
  for (const key of unknownKeys(file.text))
    faults.push(fault(`/${key}`, `"${key}" is not a line of the head`, nearest(key, HEAD_KEYS) ?? `one of: ${HEAD_KEYS.join(', ')}`));
  // Where a link leads is ours to say: what a person wrote may stand beside it, never in it.
  for (const pattern of [/\{\{-?\s*([\w.]+)[^}]*\|\s*link\b/g, /\](?:\(|:)[^)\n]*?\{\{-?\s*([\w.]+)/g]) {
    for (const [, name] of file.text.matchAll(pattern)) {
      if (!isOwnAddress(name!))
        faults.push(fault(`/${name}`, `"${name}" is not an address of Lectern's, and a link may lead to no other`, 'session.joinUrl'));
    }
  }
  if (/^\s*<[a-z!/]/im.test(file.text)) faults.push(fault('', 'HTML is not allowed in a message', 'write Markdown'));
  if (faults.length > 0) return faults;
  try {
    const rendered = renderMessage(parseTemplate(file), SAMPLE_FACTS, { locale: 'en', zone: 'Europe/Berlin' });
    if (rendered.subject === '') faults.push(fault('/subject', 'the subject is empty', null));
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    const line = error instanceof TemplateError ? `line ${error.line}: ` : '';
    const name = /undefined variable: (\S+)/.exec(message)?.[1]?.replace(/,.*$/, '');
    faults.push(fault(name ? `/${name}` : '', `${line}${message}`, name ? nearest(name, names) : null));
  }
  return faults;
}

/** Checks every template: its head, its variables and filters against what a message can say, and a rendering with sample facts. */
export const checkMessages = (files: readonly TemplateFile[]): MessageFault[] => files.flatMap(checkOne);
