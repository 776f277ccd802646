import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RuleFiles } from '../commands/publish-rules';
import { projectRoot } from './paths';

export const defaultRulesFolder = (): string => path.join(projectRoot(), 'rules');

function filesIn(folder: string, ending: string): { file: string; text: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));
}

/** Reads the rule files of a folder: policies/*.json and messages/*.md. Throws when the folder holds no policies. */
export function readRuleFiles(folder: string): RuleFiles {
  const files = { policies: filesIn(path.join(folder, 'policies'), '.json'), messages: filesIn(path.join(folder, 'messages'), '.md') };
  if (files.policies.length === 0) throw new Error(`${folder} holds no policies (looked for policies/*.json).`);
  return files;
}
