import { existsSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import { print } from './output';

const SETTLED_MS = 100;

/** Does it at once, and again whenever something in the folder of rules changes, until it is interrupted. Exit 0. */
export function whileWatching(folder: string, work: () => void): Promise<number> {
  return new Promise((resolve) => {
    const watchers: FSWatcher[] = [];
    let pending: NodeJS.Timeout | undefined;
    const again = (): void => {
      clearTimeout(pending);
      // An editor writes a file in several goes.
      pending = setTimeout(() => {
        print(`\n— ${new Date().toTimeString().slice(0, 8)}`);
        work();
      }, SETTLED_MS);
    };
    for (const at of [folder, ...['policies', 'messages', 'inbound', 'facts', 'automations'].map((name) => path.join(folder, name))])
      if (existsSync(at)) watchers.push(watch(at, again));
    const end = (): void => {
      clearTimeout(pending);
      for (const w of watchers) w.close();
      resolve(0);
    };
    process.once('SIGINT', end).once('SIGTERM', end);
    work();
    print(`watching ${folder}; end with Ctrl-C`);
  });
}
