import type { Tx } from '../../db/database';
import type { SessionRow } from '../../db/sessions';
import { moneyInWords } from '../../domain/money';
import type { CorrectedMoney, CorrectionInput } from '../corrections/types';
import { becauseOf, lesson, person, sentences, type Lesson } from './words';

export async function moneyReason(
  tx: Tx,
  session: Lesson & Pick<SessionRow, 'currency'>,
  m: { what: 'charge' | 'payout'; personId: string; amountMinor: number; percent: number; decisionId: string },
): Promise<string> {
  const [done, todo] = m.what === 'charge' ? ['charged', 'Charge it, or waive it.'] : ['paid', 'Pay it, or pay nothing.'];
  const amount = `${m.percent === 100 ? '' : `${m.percent} % of `}${moneyInWords(m.amountMinor, session.currency)}`;
  return sentences(
    `It is not clear whether ${await person(tx, session, m.personId)} is ${done} ${amount} for ${lesson(session)}.`,
    (await becauseOf(tx, m.decisionId)) ?? 'The rules leave it to a person.',
    todo,
  );
}

const VERDICT_WORDS = { arrived: 'have come', late: 'have come late', 'no-show': 'not have come', excused: 'be excused' } as const;

async function correctedBy(tx: Tx, session: Lesson, input: CorrectionInput): Promise<string> {
  if (input.kind === 'minutes') return `it would be said to have lasted ${input.deliveredMinutes} minutes`;
  if (input.kind === 'document') return 'the text of its update would be mended, and sent again as corrected';
  const who = await person(tx, session, input.personId);
  return input.kind === 'attendance' ? `${who} would be said to ${VERDICT_WORDS[input.verdict]}` : `the ${input.kind} of ${who} would be corrected`;
}

export async function correctionReason(
  tx: Tx,
  session: Lesson & Pick<SessionRow, 'currency'>,
  { input, money, decisionId }: { input: CorrectionInput; money: CorrectedMoney[]; decisionId: string },
): Promise<string> {
  const what = await correctedBy(tx, session, input);
  const sums = await Promise.all(
    money.map(async (m) => {
      const [before, after] = [m.beforeMinor, m.afterMinor].map((minor) => moneyInWords(minor, session.currency));
      return m.held
        ? null
        : `${m.kind === 'charge' ? 'Charged' : 'Paid'} to ${await person(tx, session, m.personId)}: ${after} instead of ${before}.`;
    }),
  );
  return sentences(
    `After ${lesson(session)} was closed something came to light: ${what}.`,
    await becauseOf(tx, decisionId),
    ...sums,
    'Approve it and it is put right; reject it and all stays as it is.',
  );
}
