import type { HeldStep } from './change-observer';
import { TRANSCRIPT, type Lectern } from './lectern';

/** What a session came to: who was charged and paid what, by person, in minor units. */
export interface End {
  status: string;
  charges: Record<string, number>;
  payouts: Record<string, number>;
  /** Obligations without an end, which there are none of. */
  open: unknown[];
}

const ANSWERS: Record<string, string> = {
  ...{
    coverage: 'proceed',
    recording: 'proceed-without',
    'no-show': 'arrived',
    charge: 'charge',
    'documentation.review': 'approve',
    substitute: 'keep',
  },
};

/** What a slow machine makes the rules hold is let go on, as a coordinator would. */
export async function letGoOn(lectern: Lectern, sessionId: string, ...kinds: string[]): Promise<void> {
  const { body } = await lectern.api<{ items: HeldStep[] }>('GET', `/v1/held-steps?state=open&sessionId=${sessionId}`);
  for (const open of body.items.filter((s) => kinds.includes(s.kind))) await lectern.decide(open, ANSWERS[open.kind]!);
}

/** Waits for the end. */
export async function finish(lectern: Lectern, sessionId: string): Promise<string> {
  await lectern.until(`session ${sessionId} to be closed`, async () => {
    await letGoOn(lectern, sessionId, ...Object.keys(ANSWERS));
    return (await lectern.session(sessionId)).closedAt !== null;
  });
  return (await lectern.session(sessionId)).status;
}

/** Each account's sum over a session's journals, by whom it is about. */
async function booksOf(lectern: Lectern, sessionId: string, account: 'receivable' | 'payable'): Promise<Record<string, number>> {
  const sums = await lectern.query<{ subjectId: string; sum: number }>(
    `SELECT j.subject_id, sum(abs(p.amount_minor))::int AS sum FROM postings p JOIN journals j ON j.id = p.journal_id
     WHERE j.session_id = ? AND p.account = ? || ':' || j.subject_id GROUP BY j.subject_id`,
    [sessionId, account],
  );
  return Object.fromEntries(sums.map((s) => [s.subjectId, s.sum]));
}

/** Everybody on a session comes to it, it is documented where it is recorded, and settles. */
export async function taught(lectern: Lectern, sessionId: string, documented: boolean): Promise<End> {
  const people = await lectern.query<{ personId: string }>(`SELECT person_id FROM participants WHERE session_id = ? AND verdict = 'waiting'`, [
    sessionId,
  ]);
  await lectern.arrive(sessionId, ...people.map((p) => p.personId));
  if (documented) {
    await lectern.status(sessionId, 'documenting');
    await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  }
  const status = await finish(lectern, sessionId);
  const open = await lectern.query(
    `SELECT kind, step, state, reason FROM obligations WHERE session_id = ? AND state NOT IN ('delivered', 'suppressed')`,
    [sessionId],
  );
  const [charges, payouts] = await Promise.all([booksOf(lectern, sessionId, 'receivable'), booksOf(lectern, sessionId, 'payable')]);
  return { status, charges, payouts, open };
}
