import type { Decision } from '../../decisions/decide';
import { LecternError } from '../../domain/errors';
import { inMinor } from '../../domain/import/amounts';
import type { Amount } from '../../domain/import/cells';
import { termsOf, type Terms } from '../admission';
import type { Faults, Row } from './types';

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
export const isCurrency = (code: string): boolean => CURRENCIES.has(code);

const MOST_MINOR = 2_000_000_000;

/** What the rules name for the lesson; null when they name nothing. */
function byRules(decision: Decision): Terms | string {
  try {
    return termsOf(decision);
  } catch (error) {
    if (error instanceof LecternError) return error.message;
    throw error;
  }
}

/** What was agreed elsewhere stands; what the file does not say is what the rules say. Null with a fault when that is not enough. */
export function agreedTerms(
  { at, values }: Row,
  decision: Decision,
  { currency: usual, faults }: { currency: string | null; faults: Faults },
): Terms | null {
  const given = { price: values.price as Amount | null | undefined, pay: values.pay as Amount | null | undefined };
  const ruled = byRules(decision);
  const said = (values.currency as string | null | undefined) ?? (given.price || given.pay ? usual : null);
  const refuse = (column: string, fault: string, remedy: string): null => {
    faults.add(at, column, { fault, remedy });
    return null;
  };
  const isWhole = given.price && given.pay && said;
  if (typeof ruled === 'string' && !isWhole) return refuse('price', ruled, 'fill in price, pay and currency, or have the rules name them');
  const currency = said ?? (ruled as Terms).currency;
  if (!isCurrency(currency)) return refuse('currency', 'is no ISO 4217 code', 'write EUR and the like');
  if (typeof ruled !== 'string' && currency !== ruled.currency && !isWhole)
    return refuse('currency', `is ${currency}, and the rules name prices in ${ruled.currency}`, 'fill in price and pay as well');
  const minor = (column: 'price' | 'pay', usualMinor: number): number | null => {
    const amount = given[column];
    if (!amount) return usualMinor;
    const read = inMinor(amount, currency);
    return read === null || read < 0 || read > MOST_MINOR ? refuse(column, `is no price in ${currency}`, 'write it as 45.00') : read;
  };
  const usualTerms = typeof ruled === 'string' ? { priceMinor: 0, payMinor: 0 } : ruled;
  const priceMinor = minor('price', usualTerms.priceMinor);
  const payMinor = minor('pay', usualTerms.payMinor);
  return priceMinor === null || payMinor === null ? null : { priceMinor, payMinor, currency };
}
