import { z } from 'zod';
import { CHANNELS } from '../../domain/vocabulary';

const id = z.uuid();
const instant = z.iso.datetime();
const claim = z.looseObject({ text: z.string().min(1), at: z.string().regex(/^\d+:[0-5]\d$/), quote: z.string().min(1) });
const ENDS = ['delivered', 'failed-over', 'suppressed', 'held', 'missed'] as const;

/** The one document that `lectern demo --json` prints, once its session is settled: every obligation has its end, the books are even. */
export const demoDocument = z.strictObject({
  session: z.strictObject({ id, title: z.string(), startsAt: instant, endsAt: instant, programme: z.literal('demo') }),
  status: z.literal('settled'),
  summary: z.looseObject({ claims: z.array(claim), headline: z.string().min(1), origin: z.string() }),
  update: z.looseObject({ claims: z.array(claim), subject: z.string().min(1), paragraphs: z.array(z.string()).min(1) }),
  obligations: z
    .array(
      z.strictObject({
        person: id,
        kind: z.string(),
        step: z.string(),
        channel: z.enum(CHANNELS),
        state: z.enum(ENDS),
        reason: z.string().nullable(),
        dueAt: instant,
      }),
    )
    .min(1),
  ledger: z.strictObject({
    postings: z
      .array(z.strictObject({ account: z.string(), amountMinor: z.int(), currency: z.string().length(3), kind: z.string(), decisionId: id }))
      .min(1),
    totals: z.record(z.string().length(3), z.literal(0)).refine((totals) => Object.keys(totals).length > 0),
  }),
  decisions: z
    .array(z.strictObject({ id, point: z.string(), subject: z.string(), outcome: z.unknown(), rule: z.string(), why: z.string().min(1) }))
    .min(1),
  timeline: z.array(z.strictObject({ at: instant, kind: z.string(), actor: z.string(), data: z.record(z.string(), z.unknown()) })).min(1),
});
export type DemoDocument = z.infer<typeof demoDocument>;

interface Line {
  start: string;
  dialogue: string;
}

const seconds = (time: string): number =>
  time
    .split(':')
    .map(Number)
    .reduce((sum, part) => sum * 60 + part, 0);

/** Claims whose words do not stand in the transcript at their time. `at` is the second in which the line begins. */
export function ungrounded(document: DemoDocument, lines: readonly Line[]): string[] {
  const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
  return [...document.summary.claims, ...document.update.claims]
    .filter(({ at, quote }) => !lines.some((l) => Math.floor(seconds(l.start)) === seconds(at) && plain(l.dialogue).includes(plain(quote))))
    .map(({ at, quote }) => `${at}: ${quote}`);
}
