/** What a run of the bench does; `--quick` shows in a minute that it works and says nothing about speed. */
export interface BenchOptions {
  quick: boolean;
  /** Where the document goes. */
  out: string;
  /** Sessions at once, and rounds of each side. */
  sessions: number;
  rounds: number;
  /** Participants that are there before a booking is measured. */
  existing: number;
  bookingSeconds: number;
  bookingRounds: number;
  wakes: number;
  /** Recorded decisions that a back-test goes over. */
  decisions: number;
  backtestRounds: number;
}

const FULL = { sessions: 50, rounds: 5, existing: 1_000_000, bookingSeconds: 4, bookingRounds: 3, wakes: 120, decisions: 100_000, backtestRounds: 5 };
const QUICK = { sessions: 3, rounds: 1, existing: 2_000, bookingSeconds: 0.5, bookingRounds: 1, wakes: 6, decisions: 1_000, backtestRounds: 1 };

export function readOptions(args: string[], defaultOut: string): BenchOptions {
  const quick = args.includes('--quick');
  const out = args.includes('--out') ? args[args.indexOf('--out') + 1] : defaultOut;
  const known = args.filter((a, i) => a !== '--quick' && a !== '--out' && args[i - 1] !== '--out');
  if (known.length > 0 || !out) throw new Error('usage: bench [--quick] [--out FILE]');
  return { quick, out, ...(quick ? QUICK : FULL) };
}
