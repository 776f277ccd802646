import { cpSync } from 'node:fs';
import path from 'node:path';
import { Home } from '../support/cli';
import { root } from './commands';
import { stepsOf, walk } from './walk';

jest.setTimeout(400_000);

/** The command that an answer tells to type next. */
const printedIn = (out: string): string | undefined => /: (npx lectern rules shadow [0-9a-f-]{36})$/m.exec(out)?.[1];

test('an admin who has never seen JSON Logic makes three changes with what the page and the answers tell them, and takes them back', async () => {
  const home = new Home();
  const served = home.start(['start', '--no-demo']);
  // The page works on a copy of the rules beside them.
  cpSync(path.join(root, 'rules'), path.join(home.folder, 'rules'), { recursive: true });
  try {
    await served.says(/Sign in/);
    const walked = await walk(stepsOf('docs/rules-first-hour.md'), {
      cwd: home.folder,
      env: home.env,
      after: ({ out }) => ({ next: printedIn(out) }),
    });
    expect(walked.filter((w) => w.text.includes('rules shadow '))).toHaveLength(3);
    expect(walked.at(-1)!.text).toBe('npx lectern rules diff --rules my-rules');
  } finally {
    await home.close();
  }
});
