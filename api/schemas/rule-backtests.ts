import { z } from 'zod';
import { BACKTEST_STATES } from '../../db/rule-backtests';
import { allowedActions, id, instant, instantIn, version } from './common';
import { principal } from './rules';

export const startBacktestBody = z
  .strictObject({
    draftId: id,
    since: instantIn.optional().meta({ description: 'Decisions from then on; of the last thirty days when left out.' }),
    cases: z.int().min(0).max(200).default(20).meta({ description: 'How many of those that differ are named.' }),
  })
  .meta({ id: 'StartBacktest' });

const count = z.int();
export const programme = z.string().nullable();
const moved = z.strictObject({ point: z.string(), was: z.string(), is: z.string(), decisions: count });
/** How many decisions a draft would make otherwise, and where. */
export const disagreement = {
  decisions: count.meta({ description: 'How many it was asked about.' }),
  differ: count.meta({ description: 'The outcome would be another one.' }),
  otherRule: count.meta({ description: 'The same outcome, by another rule.' }),
  unjudged: count.meta({ description: 'Could not be judged; `whyUnjudged` says why.' }),
  whyUnjudged: z.array(z.strictObject({ why: z.string(), decisions: count })),
  byPoint: z.array(z.strictObject({ point: z.string(), decisions: count, differ: count, unjudged: count })),
  byProgramme: z.array(z.strictObject({ programme, decisions: count, differ: count })),
  byRule: z.array(moved),
  byOutcome: z.array(moved),
};

export const said = z.strictObject({ rule: z.string(), outcome: z.string() });
const report = z
  .strictObject({
    ...disagreement,
    asInForce: count.meta({ description: 'Of those that differ, how many the rules in force would decide as the draft does.' }),
    money: z
      .array(
        z.strictObject({
          what: z.enum(['charges', 'pay']),
          currency: z.string(),
          minor: z.int().meta({ description: 'More or less, in minor units.' }),
          decisions: count,
          byPerson: count.meta({ description: 'In these a person decides, before or after; no amount is guessed.' }),
        }),
      )
      .meta({ description: 'What families would be charged and instructors be paid.' }),
    messages: z.array(z.strictObject({ kind: z.string(), to: z.string(), gained: count, lost: count })),
    cases: z
      .array(z.strictObject({ id, sessionId: id.nullable(), point: z.string(), asOf: instant, was: said, is: said }))
      .meta({ description: 'The first of those that differ. Each opens by `POST /v1/decisions/{id}/what-if` with the draft.' }),
  })
  .meta({ id: 'BacktestReport' });
export const backtestSchema = z
  .strictObject({
    id,
    version,
    draftId: id,
    since: instant,
    state: z.enum(BACKTEST_STATES),
    progress: z.strictObject({ done: count, of: count }).meta({ description: 'Decisions; `of` is 0 until they are counted.' }),
    report: report.nullable().meta({ description: 'Once it is done.' }),
    reason: z.string().nullable().meta({ description: 'Why it failed.' }),
    askedBy: principal,
    askedAt: instant,
    endedBy: principal.meta({ description: 'Who has cancelled it.' }),
    endedAt: instant.nullable(),
    allowedActions,
  })
  .meta({ id: 'Backtest' });
