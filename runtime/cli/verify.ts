import { Client, Connection } from '@temporalio/client';
import type { Finding } from '../../db/verify';
import type { Config } from '../config';
import type { Ground } from '../ground';
import { drain, verify, type Verified } from '../verify';
import { print, printJson, progress, UsageError } from './output';
import { withWorker } from './with-lectern';

export interface VerifyOptions {
  json?: boolean;
  /** Seconds. */
  wait: string;
}

function show({ findings, ...counts }: Verified): void {
  const seen = `${counts.sessions} sessions, ${counts.obligations} obligations, ${counts.decisions} decisions`;
  if (findings.length === 0) return print(`${seen}: all is as it should be`);
  print(`${seen}: ${findings.length} finding${findings.length === 1 ? '' : 's'}`);
  for (const check of new Set(findings.map((f) => f.check))) {
    const of = findings.filter((f) => f.check === check);
    print(`\n${check}: not so\n${of.map((f: Finding) => `  ${f.id} ${f.detail}`).join('\n')}\n  What to do: ${of[0]!.remedy}`);
  }
}

/** `lectern verify`: waits until what is due is done, then proves the whole database. Exit 1 with findings. */
export const runVerify = (config: Config, { json, wait }: VerifyOptions): Promise<number> => {
  const patienceMs = Number(wait) * 1000;
  if (!(patienceMs >= 0)) throw new UsageError(`--wait is "${wait}"; it may be a number of seconds`);
  return withWorker(config, async ({ db, engines, now }: Ground) => {
    const connection = await Connection.connect({ address: engines.temporalAddress });
    try {
      progress('waiting until what is due is done');
      const undone = await drain(db, now(), patienceMs);
      const result = await verify(db, new Client({ connection, namespace: config.temporalNamespace }), now());
      result.findings.unshift(...undone);
      if (json) printJson(result);
      else show(result);
      return result.findings.length === 0 ? 0 : 1;
    } finally {
      await connection.close();
    }
  });
};
