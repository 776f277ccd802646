import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Outage } from './outages';
import type { Kind, Processes } from './processes';
import type { Random } from './random';
import { askCatcher } from './sink';
import { SECOND } from './timing';

export interface Kills {
  worker: number;
  server: number;
  /** Of the worker's: between the sink's store and its 250. */
  before250: number;
}

/** In a week of any length: as many kills as still leave time between them, since one whose traces are not gone yet proves no more. */
const KILLS = 20;
/** A week of seconds has fewer. */
const LEAST_PAUSE = 7 * SECOND;

/** How long a mail is waited for whose 250 is withheld; then nothing is being sent, and the kill is a plain one. */
const MAIL_MS = 12 * SECOND;

export interface Target {
  processes: Processes;
  client: Client;
  catcherUrl: string;
  /** Business time. */
  now: () => number;
  /** How long the week takes, in real time. */
  weekMs: number;
}

/**
 * Kills worker and server with SIGKILL at instants that the seed says, and starts them again. More than half of the worker's kills, the
 * first among them, come after the sink has stored a mail and before it has said so.
 */
export class Chaos {
  readonly kills: Kills = { worker: 0, server: 0, before250: 0 };
  /** When one of them was away: what is late by no more than this is late because it was killed. */
  readonly outages: Outage[] = [];

  constructor(
    private readonly target: Target,
    private readonly random: Random,
  ) {}

  /** Ends soon after it is told to, with both running. */
  async run(signal: AbortSignal): Promise<void> {
    const pauseMs = Math.max(LEAST_PAUSE, this.target.weekMs / KILLS);
    for (let n = 0; !signal.aborted; n++) {
      await sleep((pauseMs * this.random.whole(40, 160)) / 100, undefined, { signal }).catch(() => undefined);
      const kind: Kind = n === 0 || this.random.chance(0.65) ? 'worker' : 'server';
      const isBefore250 = kind === 'worker' && (n === 0 || this.random.chance(0.6));
      if (!signal.aborted) await this.kill(kind, isBefore250, signal);
    }
  }

  private async kill(kind: Kind, isBefore250: boolean, signal: AbortSignal): Promise<void> {
    const { processes, client, now } = this.target;
    const withheldFrom = isBefore250 ? await this.untilWithheld(signal) : null;
    if (withheldFrom !== null) this.kills.before250++;
    const from = withheldFrom ?? now();
    await processes.kill(kind);
    this.kills[kind]++;
    if (isBefore250) await this.fault('release', {});
    await processes.start(kind);
    await processes.untilBack(kind, client);
    this.outages.push({ from, to: now() });
  }

  private fault(what: string, body?: object): Promise<{ withheld?: number }> {
    return askCatcher(`${this.target.catcherUrl}/test/${what}`, body);
  }

  /** Has the sink keep its next 250 to itself, and waits until it does; gives when that was. */
  private async untilWithheld(signal: AbortSignal): Promise<number | null> {
    await this.fault('withhold', { count: 1 });
    for (const until = Date.now() + MAIL_MS; Date.now() < until && !signal.aborted; await sleep(50)) {
      if (((await this.fault('withheld')).withheld ?? 0) > 0) return this.target.now();
    }
    await this.fault('release', {});
    return null;
  }
}
