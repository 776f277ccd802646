import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TYPING } from '../support/environment';
import { root } from './commands';

/** What a reader does with a page, in its order: types a command, edits a file, reads an answer. */
export type Step =
  { does: 'type'; text: string; code: number } | { does: 'edit'; file: string; was: string; is: string } | { does: 'read'; lines: string[] };

function typed(lines: string[]): Step[] {
  const whole = lines.join('\n').replace(/\\\n\s*/g, '');
  return whole.split('\n').map((line) => {
    const [command, comment] = line.split(/\s+# /);
    return { does: 'type', text: command!, code: Number(/^ends with (\d)$/.exec(comment ?? '')?.[1] ?? 0) };
  });
}

/** The steps of a page: blocks `sh` (or those marked, `sh walk`), `diff FILE` and `text`. `# ends with 1` says how a command ends. */
export function stepsOf(document: string, shell = 'sh'): Step[] {
  const blocks = [...readFileSync(path.join(root, document), 'utf8').matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, info, text]): Step[] => {
    const lines = text!.trimEnd().split('\n');
    const marked = (mark: string): string =>
      lines
        .filter((l) => l.startsWith(mark))
        .map((l) => l.slice(1))
        .join('\n');
    if (info === shell) return typed(lines);
    if (info === 'text') return [{ does: 'read', lines }];
    return info!.startsWith('diff ') ? [{ does: 'edit', file: info!.slice('diff '.length), was: marked('-'), is: marked('+') }] : [];
  });
}

export interface Walked {
  text: string;
  out: string;
}

/**
 * Goes through the steps in a folder. `after` reads an answer, and gives what the words in capitals stand for from then on, or a command that it
 * tells to type next. Fails where a command ends otherwise, an edit does not fit once, or an answer lacks what the page says of it.
 */
export async function walk(
  steps: readonly Step[],
  {
    cwd,
    env,
    after = () => ({}),
  }: { cwd: string; env: NodeJS.ProcessEnv; after?: (walked: Walked) => { words?: Record<string, string>; next?: string } },
): Promise<Walked[]> {
  const words: Record<string, string> = {};
  const walked: Walked[] = [];
  const type = async (text: string, code: number): Promise<void> => {
    const line = Object.entries(words).reduce((t, [word, value]) => t.replace(new RegExp(`\\b${word}\\b`, 'g'), value), text);
    const ended = await new Promise<{ code: number; out: string; err: string }>((resolve) =>
      execFile('bash', ['-c', line], { cwd, env: { ...env, ...TYPING }, maxBuffer: 64 << 20 }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      ),
    );
    if (ended.code !== code) throw new Error(`${line} ended with ${ended.code}, not ${code}\n${ended.out.slice(-2000)}\n${ended.err.slice(-2000)}`);
    walked.push({ text, out: ended.out });
    const then = after(walked.at(-1)!);
    Object.assign(words, then.words);
    if (then.next) await type(then.next, 0);
  };
  for (const step of steps) {
    if (step.does === 'type') await type(step.text, step.code);
    else if (step.does === 'read') for (const line of step.lines) expect(walked.at(-1)!.out).toContain(line);
    else {
      const file = path.join(cwd, step.file);
      const text = readFileSync(file, 'utf8');
      expect({ step, times: text.split(step.was).length - 1 }).toEqual({ step, times: 1 });
      writeFileSync(
        file,
        text.replace(step.was, () => step.is),
      );
    }
  }
  return walked;
}
