import { connect } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config';
import { examine, type Ailment } from '../doctor';
import { readRegistry } from '../engines/registry';
import { runningServer } from '../engines/server-claim';
import type { Ground } from '../installation';
import { print, printJson } from './output';
import { withGround } from './with-lectern';

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 2_000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });

/** A doctor starts nothing: where the engines of this home do not run, that is what it says. */
async function enginesOf(config: Config): Promise<Ailment[]> {
  if (config.databaseUrl !== undefined && config.temporalAddress !== undefined) return [];
  const start = 'npm start, or set DATABASE_URL and TEMPORAL_ADDRESS';
  if (!(await runningServer(config.lecternHome))) return [{ check: 'a Lectern runs for this home', detail: config.lecternHome, remedy: start }];
  const registry = readRegistry(config.lecternHome);
  const ailments: Ailment[] = [];
  for (const name of ['postgres', 'temporal', 'catcher'] as const) {
    const engine = registry[name];
    if (engine && !(await isOpen(engine.port)))
      ailments.push({ check: 'the engines answer', detail: `${name} does not answer on port ${engine.port}`, remedy: `stop Lectern, then ${start}` });
  }
  return ailments;
}

function show(ailments: Ailment[], json: boolean | undefined): number {
  if (json) printJson({ ok: ailments.length === 0, findings: ailments });
  else if (ailments.length === 0) print('all is well');
  for (const { check, detail, remedy } of json ? [] : ailments) print(`NOT WELL  ${check}: ${detail}\n          ${remedy}`);
  return ailments.length === 0 ? 0 : 1;
}

/** `lectern doctor`: what an operator would look at first, each with what to do. Exit 1 with any finding. */
export async function runDoctor(config: Config, { json }: { json?: boolean }): Promise<number> {
  const dead = await enginesOf(config);
  if (dead.length > 0) return show(dead, json);
  return withGround(config, async ({ db, engines, now }: Ground) => {
    const connection = await Connection.connect({ address: engines.temporalAddress, connectTimeout: 5_000 }).catch(() => null);
    try {
      const client = connection && new Client({ connection, namespace: config.temporalNamespace });
      return show(await examine(db, client, now()), json);
    } finally {
      await connection?.close();
    }
  });
}
