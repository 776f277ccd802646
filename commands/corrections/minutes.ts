import { correctionsOf, type CorrectionRow } from '../../db/corrections';
import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { isAnswered, type Ask } from '../../decisions/decide';
import { LecternError } from '../../domain/errors';
import type { Delivered } from '../resettle';
import type { CorrectedMinutes, CorrectionInput } from './types';

const MINUTE = 60_000;
export const agreedMinutes = ({ startsAt, endsAt }: Pick<SessionRow, 'startsAt' | 'endsAt'>): number => Math.round((+endsAt - +startsAt) / MINUTE);

const minutesIn = (c: CorrectionRow): CorrectedMinutes | null => (c.result as { minutes?: CorrectedMinutes | null }).minutes ?? null;

/** Whose share of the price or the pay a person has said after close: it stands, however long the lesson was. */
function saidShares(corrections: readonly CorrectionRow[]): ReadonlySet<string> {
  return new Set(
    corrections.flatMap((c) => {
      const input = c.input as unknown as CorrectionInput;
      const isShare = input.kind === 'charge' || input.kind === 'payout' || (input.kind === 'attendance' && input.chargePercent !== undefined);
      return isShare ? [input.personId] : [];
    }),
  );
}

/** What the minutes of a lesson are to be, by this correction; null for one about something else. Decides what they cost. */
export async function minutesOf(
  tx: Tx,
  session: SessionRow,
  input: CorrectionInput,
  { asOf, ask }: { asOf: Date; ask: Ask },
): Promise<CorrectedMinutes | null> {
  if (input.kind !== 'minutes') return null;
  if (session.status !== 'settled') throw new LecternError('illegal-move', `Session ${session.id} did not take place; it has no minutes to correct.`);
  if (!(await isAnswered(tx, 'correction.minutes', session)))
    throw new LecternError(
      'refused-by-policy',
      'The rules in force do not say what minutes cost: correct charge and pay, or publish correction.minutes.',
    );
  const agreed = agreedMinutes(session);
  const last = (await correctionsOf(tx, session.id)).flatMap((c) => minutesIn(c) ?? []).at(-1);
  const { outcome } = await ask(tx, {
    point: 'correction.minutes',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq: `${session.amendments}:${asOf.toISOString()}`,
    facts: {
      agreed: agreed * MINUTE,
      delivered: input.deliveredMinutes * MINUTE,
      deliveredPercent: Math.min(100, (100 * input.deliveredMinutes) / agreed),
      isTrial: session.isTrial,
    },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf,
  });
  const shares = { chargePercent: Number(outcome.chargePercent), payPercent: Number(outcome.payPercent) };
  return { agreed, before: last?.after ?? agreed, after: input.deliveredMinutes, ...shares };
}

/** What the minutes of a lesson make of its charges and pay: those that this correction says, or those that one before it said. */
export async function deliveredOf(tx: Tx, session: SessionRow, minutes: CorrectedMinutes | null): Promise<Delivered | undefined> {
  const corrections = await correctionsOf(tx, session.id);
  const standing = minutes ?? corrections.flatMap((c) => minutesIn(c) ?? []).at(-1);
  return standing && { ...standing, isNew: minutes !== null, said: saidShares(corrections) };
}
