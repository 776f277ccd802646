import { publishRules } from '../../commands/publish-rules';
import { bookSession } from '../../commands/book';
import { listedAdoption, adoptionPage } from '../../db/read/adoptions';
import { activeRuleSet } from '../../db/read/rule-sets';
import type { ListedAdoption } from '../../db/adoptions';
import { HOUR, startGround, startProcess, type Ground } from '../ground';
import { rounded } from '../measure';
import { readOptions } from '../options';
import { makeCast } from '../world';

const [FULL, QUICK] = [2_000, 20];
/** So far ahead that none begins while it is measured. */
const AHEAD_MS = 400 * 24 * HOUR;
const EACH_CAST = 20;

/** Sessions that are booked, each with its workflow under way. */
async function bookRunning(ground: Ground, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += EACH_CAST) {
    const { instructorId, studentId } = await makeCast(ground, n);
    for (let i = 0; i < Math.min(EACH_CAST, count - n); i++) {
      const startsAt = new Date(+ground.now() + AHEAD_MS + i * 48 * HOUR);
      const input = { title: 'Running', startsAt, endsAt: new Date(+startsAt + HOUR), studentIds: [studentId], instructorId };
      ids.push((await bookSession(ground.context(), input)).sessionId);
    }
  }
  const started = `SELECT count(*)::int AS n FROM outbox WHERE delivered_at IS NULL`;
  for (;;) {
    const { rows } = await ground.owner.query<{ n: number }>(started);
    if (rows[0]!.n === 0) return ids;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The rules in force with every reminder of an hour before an hour sooner, and no pause between the sessions that follow. */
async function publishMoved(ground: Ground): Promise<string> {
  const { content } = (await ground.db.inOrganisation(ground.organisationId, activeRuleSet))!;
  const policies = content.policies.map((f) => {
    if (f.file === 'obligations.json')
      return { ...f, text: f.text.replaceAll('"offset":"-1h"', '"offset":"-2h"').replaceAll('"offset": "-1h"', '"offset": "-2h"') };
    if (f.file === 'adoption.json')
      return { ...f, text: f.text.replace('"perMinute": 300', '"perMinute": 100000').replace('"atOncePerMinute": 600', '"atOncePerMinute": 100000') };
    return f;
  });
  await publishRules(ground.context(), { ...content, policies, message: 'reminders an hour sooner' });
  const [newest] = await ground.db.inOrganisation(ground.organisationId, (tx) => adoptionPage(tx, { limit: 1, after: null }));
  return newest!.id;
}

async function adopted(ground: Ground, id: string): Promise<ListedAdoption> {
  for (;;) {
    const adoption = (await ground.db.inOrganisation(ground.organisationId, (tx) => listedAdoption(tx, id)))!;
    if (adoption.state !== 'running') return adoption;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What moving the same messages takes without rules, decisions, matching, rows of its own or a workflow: a lock and an update a session. */
async function plainly(ground: Ground, ids: readonly string[]): Promise<void> {
  for (const id of ids)
    await ground.db.inOrganisation(ground.organisationId, async (tx) => {
      await tx.raw('SELECT 1 FROM sessions WHERE id = ? FOR UPDATE', [id]);
      await tx.raw(
        `UPDATE obligations SET due_at = due_at - interval '1 hour', version = version + 1 WHERE session_id = ? AND step = 'hour-before'`,
        [id],
      );
    });
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

/** `publishToAdopted`: from the publish until the last of so many running sessions has its messages laid out anew. One JSON document. */
async function main(): Promise<void> {
  const { quick } = readOptions(process.argv.slice(2), 'unused');
  const progress = (line: string): void => void process.stderr.write(`  ${line}\n`);
  const ground = await startGround(progress);
  try {
    const worker = await startProcess(ground, 'lifecycle/worker-main.js', {});
    const ids = await bookRunning(ground, quick ? QUICK : FULL);
    progress(`${ids.length} sessions run`);
    let adoption: ListedAdoption | undefined;
    const lectern = await seconds(async () => (adoption = await adopted(ground, await publishMoved(ground))));
    const plain = await seconds(() => plainly(ground, ids));
    await worker.stop();
    const { sessions, failed, moved } = adoption!;
    process.stdout.write(
      `${JSON.stringify({ ratio: rounded(lectern / plain), lecternSeconds: rounded(lectern), plainSeconds: rounded(plain), sessions, failed, moved })}\n`,
    );
  } finally {
    await ground.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
