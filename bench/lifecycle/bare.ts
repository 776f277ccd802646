import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { Pool } from 'pg';
import { makePlan, type PhaseName, type Plan } from '../bare/plan';
import { BARE_QUEUE, BARE_WORKFLOW, arrived, bareIdFor, decided, transcriptCame, type BareInput } from '../bare/contract';
import { storePhase } from '../bare/store';
import { readTranscript } from '../../commands/upload-transcript';
import { RATE, startProcess, type Ground, type WorkerProcess } from '../ground';
import { until } from '../measure';
import { TRANSCRIPT } from '../world';
import { LEAD_MS, LENGTH_MS } from './lectern';
import type { Side } from './side';

const FACTS = {
  organisation: { name: 'Example' },
  person: { givenName: 'Given', name: 'Name', role: 'guardian' },
  about: { givenName: 'Stu', name: 'Student' },
  session: {
    title: 'Measured',
    subject: '',
    programme: '',
    startsAt: 1_800_000_000_000,
    endsAt: 1_800_003_600_000,
    url: 'http://127.0.0.1:7420/sessions/x',
    joinUrl: 'http://127.0.0.1:7420/j/x',
    instructorName: 'Ines',
    studentNames: 'Stu',
    reason: '',
  },
  briefing: { text: 'Nothing is known of before.' },
  review: { url: 'http://127.0.0.1:7420/held-steps/x', deadlineAt: 1_800_003_600_000, reason: 'Waits for review.' },
  update: { subject: 'How it went', paragraphs: ['It went well.', 'Fractions were practised.'], notice: '' },
};

/** Real milliseconds from the booking, at the pace of Lectern's business clock: the same hours before start and after it. */
function schedule(sessionId: string): BareInput {
  const real = (businessMs: number): number => businessMs / RATE;
  const hour = 3_600_000;
  return {
    sessionId,
    roomMs: real(LEAD_MS - 3 * hour),
    remindMs: real(LEAD_MS - hour),
    coverMs: real(LEAD_MS - hour / 4),
    startMs: real(LEAD_MS),
    checkMs: real(LEAD_MS + 3 * hour),
    endMs: real(LEAD_MS + LENGTH_MS),
    transcriptMs: real(LEAD_MS + LENGTH_MS + 48 * hour),
    reviewMs: real(LEAD_MS + LENGTH_MS + 96 * hour),
  };
}

/** Starts the bare worker, with the rows that `sessionId`, taken through by Lectern, left as its plan. */
export async function startBare(ground: Ground, sessionId: string): Promise<{ side: Side; stop(): Promise<void> }> {
  const plan = await makePlan(ground, sessionId);
  const file = path.join(ground.home, 'bare-plan.json');
  writeFileSync(file, JSON.stringify({ plan, messages: ground.messages, facts: FACTS, lines: readTranscript(TRANSCRIPT).lines }));
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
  const { code } = await bundleWorkflowCode({ workflowsPath: path.join(__dirname, '../bare/workflow.js'), logger: quiet });
  const bundle = path.join(ground.home, 'bare-bundle.js');
  writeFileSync(bundle, code);
  const worker: WorkerProcess = await startProcess(ground, 'bare/worker-main.js', { BENCH_PLAN: file, BENCH_BUNDLE: bundle });
  const pool = new Pool({ connectionString: ground.engines.databaseUrl, max: 8 });
  const side: Side = { name: 'bare', workerPid: worker.pid, run: (sessions) => runBare(ground, pool, plan, sessions) };
  return {
    side,
    stop: async () => {
      await worker.stop();
      await pool.end();
    },
  };
}

async function runBare(ground: Ground, pool: Pool, plan: Plan, sessions: number): Promise<void> {
  const open = new Set<string>();
  const store = (phase: PhaseName, id: string): Promise<void> => storePhase(pool, plan[phase], id);
  const handle = (id: string) => ground.client.workflow.getHandle(bareIdFor(id));
  await Promise.all(
    Array.from({ length: sessions }, async () => {
      const id = randomUUID();
      open.add(id);
      await store('book', id);
      await ground.client.workflow.start(BARE_WORKFLOW, { workflowId: bareIdFor(id), taskQueue: BARE_QUEUE, args: [schedule(id)] });
    }),
  );
  const arrive = async (id: string): Promise<void> => {
    for (const phase of ['joined', 'started'] as const) await store(phase, id);
    await handle(id).signal(arrived);
  };
  const leave = async (id: string): Promise<void> => {
    for (const phase of ['left', 'ready', 'transcript'] as const) await store(phase, id);
    await handle(id).signal(transcriptCame);
  };
  const approve = async (id: string): Promise<void> => {
    await store('decide', id);
    await handle(id).signal(decided);
  };
  const next: Record<string, (id: string) => Promise<void>> = { live: arrive, documenting: leave, reviewing: approve };
  const done = new Set<string>();
  await until('every bare workflow to end', async () => {
    const { rows } = await pool.query<{ id: string; status: string }>('SELECT id, status FROM plain.sessions WHERE id = ANY($1::uuid[])', [
      [...open],
    ]);
    await Promise.all(
      rows.map(async ({ id, status }) => {
        const key = `${id} ${status}`;
        if (done.has(key)) return;
        done.add(key);
        await next[status]?.(id);
        if (status === 'settled') open.delete(id);
      }),
    );
    return open.size === 0;
  });
}
