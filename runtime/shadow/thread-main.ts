import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { followShadow } from '../../commands/shadow/follow';
import { openDatabase, type Database } from '../../db/database';
import { organisationsWithShadows, shadowsToFollow } from '../../db/rule-shadows';
import { Recording } from '../../decisions/backtest';
import { businessNow } from '../../domain/clock';
import type { Following, Said } from './run';

/** How long after a decision its shadow is asked, in real time, at most. */
const REST_MS = 1_000;
/** A fact that was never recorded is looked for again so often: each time all decisions are gone through. */
const RECORDING_MS = 10 * 60_000;

const say = (said: Said): void => parentPort!.postMessage(said);
const known = new Map<string, { recording: Recording; until: number }>();

function recordingOf(shadowId: string): Recording {
  let found = known.get(shadowId);
  if (!found || found.until < Date.now()) known.set(shadowId, (found = { recording: new Recording(), until: Date.now() + RECORDING_MS }));
  return found.recording;
}

async function followAll(db: Database, organisations: readonly string[], { clock }: Following): Promise<void> {
  const asOf = (): Date => new Date(businessNow(clock, Date.now()));
  for (const organisationId of organisations) {
    for (const shadowId of await db.inOrganisation(organisationId, shadowsToFollow)) {
      const at = { organisationId, shadowId };
      await followShadow(db, { ...at, asOf, recording: recordingOf(shadowId), onPage: () => say({ at }) });
    }
  }
}

/** The thread of all shadows: as long as there is one, it looks again and again at what was decided since. */
async function main(following: Following): Promise<void> {
  const db = openDatabase({ url: following.databaseUrl, poolMax: 1, applicationName: 'lectern-shadow' });
  try {
    for (;;) {
      const organisations = await organisationsWithShadows(db.crossing);
      if (organisations.length === 0) return;
      await followAll(db, organisations, following);
      say({ at: null });
      await sleep(REST_MS);
    }
  } finally {
    await db.close();
  }
}

void main(workerData as Following);
