import type { Database } from '../db/database';
import { claimKey, keepResponse, noteCommitted, readKey, releaseKey, takeOverKey, type KeyOf } from '../db/idempotency';
import { LecternError } from '../domain/errors';
import type { Reply } from './route';

const LEASE_SECONDS = 30;
const KEY = /^[\x21-\x7e]{1,200}$/;

export function checkKey(key: string): void {
  if (KEY.test(key)) return;
  const message = 'must be 1 to 200 visible ASCII characters';
  throw new LecternError('invalid-request', `The Idempotency-Key ${message}.`, [{ path: 'Idempotency-Key', message }]);
}

export interface Once {
  db: Database;
  key: KeyOf;
  /** Hash of everything that the request says. */
  bodyHash: string;
  /** Does the work with the database it is given, which notes the command's result in the command's own transaction. */
  work(db: Database): Promise<Reply>;
  /** The reply to a result that an earlier holder committed but never answered. */
  recover(committed: unknown): Reply | null;
  /** The reply to an error that is final (4xx); it is kept and given again. Undefined for one worth repeating. */
  refusal(error: unknown): Reply | undefined;
}

interface Answer extends Reply {
  replayed: boolean;
}

/**
 * Does the work of a key at most once. A second request with the same key gets the stored reply, `in-flight` while the first
 * is at work, or `idempotency-conflict` when it says something else. Should the process die between commit and answer, the
 * next holder finds the result beside the key; one that was only slow finds its lease gone and rolls back.
 */
export async function once({ db, key, bodyHash, work, recover, refusal }: Once): Promise<Answer> {
  const inOwn = <T>(run: Parameters<typeof db.inOrganisation<T>>[1]): Promise<T> => db.inOrganisation(key.organisationId, run);
  const held = await inOwn(async (tx) => {
    const claimed = await claimKey(tx, key, bodyHash, LEASE_SECONDS);
    if (claimed) return { leaseUntil: claimed, committed: undefined };
    const kept = await readKey(tx, key);
    if (!kept) throw inFlight();
    if (kept.bodyHash !== bodyHash) throw new LecternError('idempotency-conflict', 'This Idempotency-Key was used for another request.');
    if (kept.responseStatus !== null) {
      return { answer: { status: kept.responseStatus, body: kept.responseBody, location: kept.responseLocation ?? undefined, replayed: true } };
    }
    const taken = kept.leased ? undefined : await takeOverKey(tx, key, kept.leaseUntil, LEASE_SECONDS);
    if (!taken) throw inFlight();
    return { leaseUntil: taken, committed: (kept.responseBody as { committed?: unknown } | null)?.committed };
  });
  if ('answer' in held) return held.answer as Answer;
  const { leaseUntil, committed } = held;
  try {
    const recovered = committed === undefined ? null : recover(committed);
    const reply = recovered ?? (await work(noting(db, key, leaseUntil)));
    await keep(reply);
    return { ...reply, replayed: recovered !== null };
  } catch (error) {
    const reply = refusal(error);
    if (reply) await keep(reply);
    else await inOwn((tx) => releaseKey(tx, key, leaseUntil)).catch(() => undefined);
    throw error;
  }

  async function keep({ status, body, location }: Reply): Promise<void> {
    await inOwn((tx) => keepResponse(tx, key, leaseUntil, { status, body, location: location ?? null }));
  }
}

const inFlight = (): LecternError => new LecternError('in-flight', 'A request with this Idempotency-Key is still being handled.');

/** The same database, whose writing transactions note their result beside the key as the last thing they do. */
function noting(db: Database, key: KeyOf, leaseUntil: Date): Database {
  return {
    ...db,
    inOrganisation: (organisationId, work) =>
      db.inOrganisation(organisationId, async (tx) => {
        const value = await work(tx);
        if (organisationId === key.organisationId && !(await noteCommitted(tx, key, leaseUntil, value))) throw inFlight();
        return value;
      }),
  };
}
