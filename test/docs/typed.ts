import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Home, Running } from '../support/cli';
import { commandsOf, root } from './commands';

/** Commands that serve until they are told to end, and what they say once they do. */
const STAYING: Record<string, RegExp> = {
  'npm run worker': /the worker runs/,
  'npm run server': /the server listens/,
};

/** Types the commands of a document one after the other, as they stand; SESSION is the session of the demo before. Fails with the first that fails. */
export async function typeAll(document: string, home: Home): Promise<string[]> {
  const typed: string[] = [];
  const staying: Running[] = [];
  let session = 'SESSION';
  try {
    for (const { text, line } of commandsOf(document)) {
      const running = home.shell(text.replace(/\bSESSION\b/g, session));
      typed.push(text);
      if (STAYING[text]) {
        staying.push(running);
        await running.says(STAYING[text]);
        continue;
      }
      const { code, out, err } = await running.ended;
      if (code !== 0) throw new Error(`${document}:${line}: ${text} ended with ${code}\n${out.slice(-2000)}\n${err.slice(-2000)}`);
      session = /"session": \{\s*"id": "([0-9a-f-]{36})"/.exec(out)?.[1] ?? session;
    }
  } finally {
    for (const running of staying.reverse()) await running.interrupt('SIGTERM');
  }
  return typed;
}

/** The blocks of a document that are marked as not to be run here. */
export const untyped = (document: string): string[] =>
  [...readFileSync(path.join(root, document), 'utf8').matchAll(/^```sh no-test\n([\s\S]*?)^```$/gm)].flatMap((block) => block[1]!.trim().split('\n'));
