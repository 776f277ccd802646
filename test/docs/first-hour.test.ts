import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Home, type Ended } from '../support/cli';
import { root } from './commands';

jest.setTimeout(400_000);

/** What an admin does with the page, in its order. */
type Step =
  { does: 'type'; text: string; code: number } | { does: 'edit'; file: string; was: string; is: string } | { does: 'read'; lines: string[] };

function stepsOf(document: string): Step[] {
  const blocks = [...readFileSync(path.join(root, document), 'utf8').matchAll(/^```(\S+) ?(.*)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, kind, file, text]): Step[] => {
    const lines = text!.trimEnd().split('\n');
    const marked = (mark: string): string =>
      lines
        .filter((l) => l.startsWith(mark))
        .map((l) => l.slice(1))
        .join('\n');
    if (kind === 'diff') return [{ does: 'edit', file: file!, was: marked('-'), is: marked('+') }];
    if (kind === 'text') return [{ does: 'read', lines }];
    return lines.map((line) => {
      const [command, comment] = line.split(/\s+# /);
      return { does: 'type', text: command!, code: Number(/^ends with (\d)$/.exec(comment ?? '')?.[1] ?? 0) };
    });
  });
}

/** The command that an answer tells to type next. */
const printedIn = ({ out }: Ended): string | undefined => /: (npx lectern rules shadow [0-9a-f-]{36})$/m.exec(out)?.[1];

test('an admin who has never seen JSON Logic makes three changes with what the page and the answers tell them, and takes them back', async () => {
  const home = new Home();
  const served = home.start(['start', '--no-demo']);
  // The page works on a copy of the rules beside them.
  home.cwd = home.folder;
  cpSync(path.join(root, 'rules'), path.join(home.folder, 'rules'), { recursive: true });
  const typed: string[] = [];
  const type = async (text: string, code = 0): Promise<Ended> => {
    const ended = await home.shell(text).ended;
    typed.push(text);
    if (ended.code !== code) throw new Error(`${text} ended with ${ended.code}, not ${code}\n${ended.out.slice(-2000)}\n${ended.err.slice(-2000)}`);
    return ended;
  };
  try {
    await served.says(/Sign in/);
    let last: Ended | undefined;
    for (const step of stepsOf('docs/rules-first-hour.md')) {
      if (step.does === 'type') {
        last = await type(step.text, step.code);
        const next = printedIn(last);
        if (next) await type(next);
      } else if (step.does === 'read') for (const line of step.lines) expect(last!.out).toContain(line);
      else {
        const file = path.join(home.folder, step.file);
        const text = readFileSync(file, 'utf8');
        expect({ step, times: text.split(step.was).length - 1 }).toEqual({ step, times: 1 });
        writeFileSync(
          file,
          text.replace(step.was, () => step.is),
        );
      }
    }
    expect(typed.filter((t) => t.includes('rules shadow '))).toHaveLength(3);
    expect(typed.at(-1)).toBe('npx lectern rules diff --rules my-rules');
  } finally {
    await home.close();
  }
});
