import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkRuleFiles, type RuleFiles } from '../../commands/check-rules';
import { nearest } from '../../domain/nearest';
import { apart, diffRuleSets } from '../../policy/diff';
import { formatDocument } from '../../policy/format';
import { policiesOf, withPack, type NoPlace, type Pack } from '../../policy/packs';
import type { Json, PolicyDocument } from '../../policy/types';
import { projectRoot } from '../paths';
import { printApart } from './differences';
import { print, printJson, UsageError } from './output';
import { filesOf, folderOf, printFaults, replace, type RulesOptions } from './rules-files';

export interface UseOptions extends RulesOptions {
  yes?: boolean;
}

/** Every pack that is shipped, by its name. */
export function readPacks(): Pack[] {
  const folder = path.join(projectRoot(), 'examples', 'packs');
  return readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Pack);
}

interface Used {
  files: RuleFiles;
  changed: string[];
  noPlace: NoPlace[];
}

/** The files as they are with a pack: of each policy that any pack is about, the document for everybody. Nothing is written. */
export function using(files: RuleFiles, pack: Pack, packs: readonly Pack[]): Used {
  const about = policiesOf(packs);
  const changed: string[] = [];
  const noPlace: NoPlace[] = [];
  const policies = files.policies.map(({ file, text }) => {
    const document = JSON.parse(text.replace(/^\ufeff/, '')) as PolicyDocument;
    if (document.appliesTo !== undefined || !about.includes(document.policy)) return { file, text };
    const packed = withPack(document, pack, packs);
    const next = formatDocument(packed.document as unknown as Json);
    noPlace.push(...packed.noPlace);
    if (next !== formatDocument(document as unknown as Json)) changed.push(file);
    return { file, text: next };
  });
  return { files: { ...files, policies }, changed, noPlace };
}

/** The pack that the files are already as; null where they are as no pack makes them. */
const isAs = (files: RuleFiles, packs: readonly Pack[]): Pack | null => packs.find((p) => using(files, p, packs).changed.length === 0) ?? null;

function list(files: RuleFiles, packs: readonly Pack[], { json }: UseOptions): number {
  const now = isAs(files, packs);
  if (json) {
    printJson(packs.map(({ pack, title, description }) => ({ pack, title, description, isUsed: now?.pack === pack })));
    return 0;
  }
  for (const p of packs) print(`${now === p ? '*' : ' '} ${p.pack.padEnd(14)}${p.description}`);
  print(
    `\n${now === null ? 'Your rules have terms of their own. ' : ''}See what one would change: lectern rules use ${packs.find((p) => p !== now)!.pack}`,
  );
  return 0;
}

const noPlaceLine = ({ policy, rule, before }: NoPlace): string =>
  `${policy}: the rule ${rule} of this pack goes before ${before}, which your rules do not have: put ${before} back, or write ${rule} by hand`;

/**
 * Puts the terms of a pack in the place of those that another pack, or the rules as shipped, have; rules, parameters and examples of the
 * admin's own stay. Terms that are as no pack has them are shown with what they would be, and are written with `yes` only. Nothing is
 * published. Without a name the packs are listed. Exit 1 when a pack does not fit the files; then nothing is written.
 */
export function rulesUse(name: string | undefined, options: UseOptions): number {
  const before = filesOf(options);
  const faultsBefore = checkRuleFiles(before);
  if (faultsBefore.length > 0) return printFaults(faultsBefore, options);
  const packs = readPacks();
  if (name === undefined) return list(before, packs, options);
  const names = packs.map((p) => p.pack);
  const pack = packs.find((p) => p.pack === name);
  if (!pack) throw new UsageError(`"${name}" is not a pack (${nearest(name, names) ?? `one of: ${names.join(', ')}`}).`);
  const { files, changed, noPlace } = using(before, pack, packs);
  if (noPlace.length > 0) throw new UsageError(noPlace.map(noPlaceLine).join('\n'));
  const faults = checkRuleFiles(files);
  if (faults.length > 0) return printFaults(faults, options);
  const diff = apart(diffRuleSets(before, files));
  const isWritten = changed.length > 0 && (options.yes === true || isAs(before, packs) !== null);
  if (isWritten)
    for (const { file, text } of files.policies.filter((p) => changed.includes(p.file)))
      replace(path.join(folderOf(options), 'policies', file), text);
  if (options.json) printJson({ pack: pack.pack, diff, files: changed, isWritten });
  else told(pack, { changed, diff, isWritten });
  return 0;
}

function told(
  { pack, description }: Pack,
  { changed, diff, isWritten }: { changed: string[]; diff: ReturnType<typeof apart>; isWritten: boolean },
): void {
  if (changed.length === 0) return print(`The rules are as ${pack} has them.`);
  print(`${description}\n`);
  printApart(diff);
  if (isWritten)
    print(`\n${changed.join(', ')} written. Publish them: lectern rules publish -m "Terms of ${pack}"\nBack again: lectern rules use standard`);
  else print(`\nSome of these are terms of your own, so nothing was written. Put the pack in their place: lectern rules use ${pack} --yes`);
}
