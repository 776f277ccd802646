import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TYPING } from '../support/environment';

export const root = path.join(__dirname, '../..');

/** One command of a document, as a reader would type it. */
export interface DocCommand {
  /** Without its comment, continued lines joined. */
  text: string;
  /** Where it stands, for whoever has to mend it. */
  line: number;
}

/** A `#` begins a comment after a space, outside quotes. */
function withoutComment(line: string): string {
  let quote: string | null = null;
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quote) quote = c === quote ? null : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === '#' && (i === 0 || /\s/.test(line[i - 1]!))) return line.slice(0, i).trimEnd();
  }
  return line.trimEnd();
}

/** The commands in the fenced `sh` blocks of a text, in order. */
export function commandsIn(text: string): DocCommand[] {
  const commands: DocCommand[] = [];
  let isShell = false;
  let isContinued = false;
  text.split(/\r?\n/).forEach((raw, i) => {
    if (/^\s*```/.test(raw)) {
      isShell = /^\s*```sh\s*$/.test(raw);
      isContinued = false;
      return;
    }
    const line = isShell ? withoutComment(raw).trim() : '';
    if (line === '') return;
    const part = line.replace(/\\$/, '').trim();
    const last = commands.at(-1);
    if (isContinued && last) last.text = `${last.text} ${part}`;
    else commands.push({ text: part, line: i + 1 });
    isContinued = line.endsWith('\\');
  });
  return commands;
}

/** The commands of a document, named from the root of the repository. */
export const commandsOf = (document: string): DocCommand[] => commandsIn(readFileSync(path.join(root, document), 'utf8'));

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Types a command in the repository's root. `words` stand for the placeholders of the document (SESSION, DIR). */
export function run(command: string, more: { env?: Record<string, string>; words?: Record<string, string>; timeoutMs?: number } = {}): Ran {
  const typed = Object.entries(more.words ?? {}).reduce((text, [word, value]) => text.replace(new RegExp(`\\b${word}\\b`, 'g'), value), command);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', typed], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...TYPING, ...more.env },
    timeout: more.timeoutMs ?? 120_000,
    maxBuffer: 64 << 20,
  });
  return { status, stdout, stderr };
}
