import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config';
import { drain, verify, type Verified } from '../verify';
import { print, printJson, progress } from './output';
import { withLectern } from './with-lectern';

function inWords({ sessions, obligations, decisions, findings }: Verified): string {
  const end = findings.length === 0 ? 'all is as it should be' : `${findings.length} findings`;
  const lines = findings.map((f) => `\n  ${f.check}: ${f.id} ${f.detail}`);
  return `${sessions} sessions, ${obligations} obligations, ${decisions} decisions: ${end}${lines.join('')}`;
}

/** `lectern verify`: waits until nothing is due, then proves the whole database. Exit 1 with findings. */
export const runVerify = (config: Config, { json }: { json?: boolean }): Promise<number> =>
  withLectern(config, async (lectern) => {
    const connection = await Connection.connect({ address: lectern.engines.temporalAddress });
    try {
      progress('waiting until nothing is due');
      await drain(lectern.db, lectern.now, 60_000);
      const result = await verify(lectern.db, new Client({ connection, namespace: config.temporalNamespace }), lectern.now());
      if (json) printJson(result);
      else print(inWords(result));
      return result.findings.length === 0 ? 0 : 1;
    } finally {
      await connection.close();
    }
  });
