import path from 'node:path';
import type { RuleFile } from '../../db/rule-sets';

/** What the shipped rules charge: the script's expectations are of amounts, and an admin may change them. */
export interface Terms {
  price: number;
  pay: number;
  lateShare: number;
}

/** Reads the terms from the rule files that the week is played under. */
export function termsIn(policies: readonly RuleFile[]): Terms {
  const params = (name: string): Record<string, unknown> => {
    const file = policies.find((p) => path.basename(p.file) === `${name}.json`);
    return (JSON.parse(file?.text ?? '{}') as { params?: Record<string, unknown> }).params ?? {};
  };
  const { price, pay } = params('admission');
  const { lateShare } = params('change');
  return { price: Number(price), pay: Number(pay), lateShare: Number(lateShare) };
}
