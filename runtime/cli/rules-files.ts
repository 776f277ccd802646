import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pointsOf, type RuleFiles } from '../../commands/check-rules';
import type { RuleFile } from '../../db/rule-sets';
import { POINTS } from '../../decisions/points';
import { nearest } from '../../domain/nearest';
import { checkPolicies } from '../../policy/check';
import { readDocument } from '../../policy/check-shape';
import { formatDocument } from '../../policy/format';
import { LABELS, type Label } from '../../policy/select';
import { documentFor, newDocument } from '../../policy/skeleton';
import type { Fault, Json, PolicyDocument } from '../../policy/types';
import { defaultRulesFolder, readRuleFiles } from '../rule-files';
import { print, printJson, UsageError } from './output';

export interface RulesOptions {
  rules?: string;
  json?: boolean;
}

export const folderOf = ({ rules }: RulesOptions): string => rules ?? defaultRulesFolder();

export function filesOf(options: RulesOptions): RuleFiles {
  try {
    return readRuleFiles(folderOf(options));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** "change.json › cancel-late /rules/4/when: "notic" is not a fact or parameter here (did you mean notice?)" */
export function faultLine(f: Fault): string {
  const place = [f.file, f.rule && `› ${f.rule}`, f.path].filter(Boolean).join(' ');
  const remedy = /^[\w.$-]+$/.test(f.suggestion) ? `did you mean ${f.suggestion}?` : f.suggestion;
  return `${place}: ${f.message} (${remedy}) [${f.code}]`;
}

export function printFaults(faults: Fault[], { json }: RulesOptions): number {
  if (json) printJson(faults);
  else print(`${faults.map(faultLine).join('\n')}\n\n${faults.length} fault${faults.length === 1 ? '' : 's'}`);
  return 1;
}

/** The old file or the new one, whatever happens in between. */
export function replace(file: string, text: string): void {
  writeFileSync(`${file}.next`, text);
  renameSync(`${file}.next`, file);
}

export interface FmtOptions extends RulesOptions {
  check?: boolean;
}

/** Writes each policy and automation the one way that all are written. With `check` it writes nothing, and exits 1 with any that would change. */
export function rulesFmt(options: FmtOptions): number {
  const { policies, automations = [], unread = [] } = filesOf(options);
  const faults: Fault[] = unread.filter((f) => f.file.endsWith('.json'));
  const changed: { at: string; file: string }[] = [];
  const look = (folder: string, { file, text }: RuleFile): void => {
    const read = readDocument(text);
    if ('faults' in read) faults.push(...read.faults.map((f) => ({ file, rule: null, ...f })));
    else if (formatDocument(read.value) !== text) changed.push({ file, at: path.join(folderOf(options), folder, file) });
  };
  for (const file of policies) look('policies', file);
  for (const file of automations) look('automations', file);
  if (faults.length > 0) return printFaults(faults, options);
  if (!options.check) for (const { at } of changed) replace(at, formatDocument(JSON.parse(readFileSync(at, 'utf8').replace(/^\ufeff/, '')) as Json));
  if (options.json) printJson(changed.map(({ file }) => file));
  else if (changed.length === 0) print(`${policies.length} policies and ${automations.length} automations are written as they should be`);
  else print(changed.map(({ file }) => `${file} ${options.check ? 'would be written differently' : 'written anew'}`).join('\n'));
  return options.check && changed.length > 0 ? 1 : 0;
}

export type NewOptions = RulesOptions & Partial<Record<Label, string>>;

/** What a file is called: "music.no-show.student.json". */
const nameFor = (point: string, labels: string[]): string =>
  [
    ...labels.map(
      (l) =>
        l
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '-')
          .replace(/^-|-$/g, '') || 'some',
    ),
    point,
    'json',
  ].join('.');

/**
 * A new document for a decision point: for a programme, branch or subject a copy of the one for everybody, which decides as before
 * until it is edited; for everybody, where there is none, one with a rule to begin with. Never overwrites. Exit 1 when it ties with another
 * document, which is told.
 */
export function rulesNew(point: string, options: NewOptions): number {
  const spec = Object.hasOwn(POINTS, point) ? POINTS[point] : undefined;
  const known = Object.keys(POINTS);
  if (!spec) throw new UsageError(`"${point}" is not a decision point (${nearest(point, known) ?? `one of: ${known.join(', ')}`}).`);
  const named = LABELS.flatMap((label) => (options[label] === undefined ? [] : [[label, options[label]] as const]));
  if (named.some(([, value]) => value.trim() === '')) throw new UsageError('A programme, branch or subject has a name.');
  const general = filesOf(options).policies.find(({ text }) => {
    const read = readDocument(text);
    if ('faults' in read) return false;
    const document = read.value as unknown as PolicyDocument | null;
    return document?.policy === point && document.appliesTo === undefined;
  });
  if (named.length === 0 && general)
    throw new UsageError(
      `${general.file} answers "${point}" for everybody already; edit it, or name whom a new one is for: --programme, --branch, --subject.`,
    );
  const document = general
    ? documentFor(JSON.parse(general.text.replace(/^\ufeff/, '')) as PolicyDocument, Object.fromEntries(named))
    : newDocument(spec);
  if (!general && named.length > 0) document.appliesTo = Object.fromEntries(named);
  const at = path.join(
    folderOf(options),
    'policies',
    nameFor(
      point,
      named.map(([, value]) => value),
    ),
  );
  if (existsSync(at)) throw new UsageError(`${at} is there already.`);
  replace(at, formatDocument(document as unknown as Json));
  const files = filesOf(options);
  const beside = files.policies.filter(({ text }) => text.includes(`"${point}"`));
  const faults = checkPolicies(beside, pointsOf(files).points).faults.filter((f) => f.file === path.basename(at));
  if (options.json) printJson({ file: at, from: general?.file ?? null, faults });
  else {
    print(`${at}${general ? `, as ${general.file} is` : ''}: edit it, then run: lectern rules check`);
    faults.forEach((f) => print(faultLine(f)));
  }
  return faults.length === 0 ? 0 : 1;
}
