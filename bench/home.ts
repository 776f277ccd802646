import { chmodSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A home of the bench's own. Open to the user that Postgres runs under as root, so that its data lie inside and go with it. */
export function newHome(): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'lectern-bench-'));
  chmodSync(home, 0o755);
  return home;
}
