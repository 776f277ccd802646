import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RuleFiles } from '../commands/check-rules';
import type { RuleFile } from '../db/rule-sets';
import { nearest } from '../domain/nearest';
import type { Fault } from '../policy/types';
import { projectRoot } from './paths';

export const defaultRulesFolder = (): string => path.join(projectRoot(), 'rules');

const KINDS = {
  policies: { ending: '.json', what: 'policies are files that end in .json' },
  messages: { ending: '.md', what: 'messages are files that end in .md' },
  inbound: { ending: '.json', what: 'mappings are files that end in .json' },
  facts: { ending: '.json', what: 'facts are files that end in .json' },
  automations: { ending: '.json', what: 'automations are files that end in .json' },
};
type Kind = keyof typeof KINDS;

const isFolder = (at: string): boolean => statSync(at, { throwIfNoEntry: false })?.isDirectory() ?? false;

function readOne(folder: string, kind: Kind, file: string): { text: string } | { message: string; suggestion: string } {
  const at = path.join(folder, kind, file);
  const { ending, what } = KINDS[kind];
  try {
    if (statSync(at).isDirectory())
      return { message: `this is a folder, and ${kind} lie flat`, suggestion: `move its files to ${kind}/, or take it away` };
    if (!file.endsWith(ending))
      return { message: `this file is not read: ${what}`, suggestion: `name it ${path.parse(file).name}${ending}, or take it away` };
    // Fatal, so that a file in another encoding is not read as question marks; a byte order mark is left out.
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(at)) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { message: 'this file is not UTF-8', suggestion: 'save it as UTF-8' };
    return { message: `this file cannot be read (${code})`, suggestion: 'put a readable file in its place' };
  }
}

/**
 * Reads the rule files of a folder: policies/*.json, messages/*.md, inbound/*.json, facts/*.json and automations/*.json. What lies there and cannot be read is in `unread`, a fault
 * each; hidden files (.DS_Store) are passed over. Throws when there is no such folder, or nothing of rules in it.
 */
export function readRuleFiles(folder: string): RuleFiles {
  if (!isFolder(folder)) throw new Error(`${folder} is not a folder; name one that holds policies/ and messages/.`);
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => isFolder(path.join(folder, kind)));
  if (!kinds.includes('policies') && !kinds.includes('messages'))
    throw new Error(`${folder} holds no rules (looked for policies/*.json and messages/*.md).`);
  const names = Object.keys(KINDS);
  const strays = readdirSync(folder).filter((name) => !names.includes(name) && nearest(name, names) !== null && isFolder(path.join(folder, name)));
  const files = {
    policies: [] as RuleFile[],
    messages: [] as RuleFile[],
    unread: [] as Fault[],
    ...(kinds.includes('inbound') && { inbound: [] as RuleFile[] }),
    ...(kinds.includes('facts') && { facts: [] as RuleFile[] }),
    ...(kinds.includes('automations') && { automations: [] as RuleFile[] }),
  };
  for (const name of strays)
    files.unread.push({
      code: 'unread-file',
      file: name,
      rule: null,
      path: '',
      message: 'this folder is not read',
      suggestion: nearest(name, names)!,
    });
  for (const kind of kinds) {
    for (const file of readdirSync(path.join(folder, kind)).sort()) {
      if (file.startsWith('.')) continue;
      const read = readOne(folder, kind, file);
      if ('text' in read) files[kind]!.push({ file, text: read.text });
      else files.unread.push({ code: 'unread-file', file, rule: null, path: '', ...read });
    }
  }
  return files;
}
