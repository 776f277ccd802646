import { setTimeout as sleep } from 'node:timers/promises';
import { peopleById } from '../db/people';
import { timelineSince, type StoredEntry } from '../db/timeline';
import type { Database, Tx } from '../db/database';
import { explainDecision, type ExplainedDecision } from '../decisions/explain';
import { moneyInWords } from '../domain/money';

const WORDS: Record<string, string> = {
  'session.booked': 'booked',
  'session.held': 'held for a coordinator',
  'session.cancelled': 'cancelled',
  'session.moved': 'moved',
  'session.settled': 'settled',
  'room.opened': 'the room is open',
  'room.closed': 'the room is closed',
  'credentials.issued': 'everyone has a way in',
  'coverage.complete': 'coverage: everyone holds what they need',
  'coverage.gap': 'coverage: somebody has no proven way in',
  'lesson.started': 'the lesson starts',
  'lesson.ended': 'the lesson ends',
  'recording.expected': 'a recording is expected',
  'recording.not-expected': 'no recording is expected',
  'recording.started': 'the recording runs',
  'recording.ready': 'the recording is ready',
  'recording.failed': 'the recording failed',
  'recording.missing': 'the recording is missing',
  'participant.arrived': 'arrived',
  'participant.arrived-late': 'arrived late',
  'no-show': 'no-show',
  'no-show.retracted': 'the no-show is taken back',
  'attendance.undecided': 'attendance is undecided',
  'transcript.received': 'the transcript is here',
  'assignment.acknowledged': 'acknowledged',
  'acknowledgement.missing': 'not acknowledged',
  'substitute.search-started': 'a substitute is searched',
  'substitute.offered': 'offered',
  'substitute.offer-declined': 'declined',
  'substitute.offer-expired': 'the offer has expired',
  'substitute.offer-withdrawn': 'the offer could not be accepted',
  'substitute.found': 'a substitute is found',
  'substitute.not-found': 'nobody has taken it',
  'substitute.search-ended': 'the search is over',
  held: 'waits for a person',
  'held-step.decided': 'decided',
  'automation.began': 'an automation runs',
  'automation.stopped': 'an automation was cut short',
  'automation.tagged': 'an automation has set a tag',
  'automation.noted': 'an automation has noted something',
  'documentation.finished': 'documentation is finished',
  'message.accepted': 'sent',
  'message.missed': 'missed',
  'charge.posted': 'charged',
  'charge.none': 'nothing charged',
  'payout.posted': 'paid out',
  'payout.none': 'no payout',
};

/** The policy and the row that decided, and what it saw: "no-show.student › past-grace: 16 minutes late, at least 15 minutes (grace)". */
function reasonOf({ point, rule, rows }: ExplainedDecision): string {
  const seen = rows.find((r) => r.rule === rule)?.conditions.map((c) => c.text) ?? [];
  return `  ‹${point} › ${rule}${seen.length > 0 ? `: ${seen.join('; ')}` : ''}›`;
}

const isMessage = (e: StoredEntry): boolean => e.kind.startsWith('message.');
const sameMessage = (a: StoredEntry, b: StoredEntry): boolean =>
  isMessage(a) && a.kind === b.kind && a.data.kind === b.data.kind && a.data.step === b.data.step && a.data.channel === b.data.channel;

/** What one message went out to several people stands on one line. */
function folded(entries: StoredEntry[]): StoredEntry[][] {
  const groups: StoredEntry[][] = [];
  for (const e of entries) {
    const group = groups.find((g) => sameMessage(g[0]!, e) && +g[0]!.at === +e.at);
    if (group) group.push(e);
    else groups.push([e]);
  }
  return groups;
}

function detailOf({ kind, data }: StoredEntry, names: string): string {
  if (kind.startsWith('message.')) {
    const step = data.step === data.kind ? '' : ` (${String(data.step)})`;
    return ` ${String(data.kind)}${step} by ${String(data.channel)} to ${names}`;
  }
  if (kind === 'held') return `: ${String(data.step)}`;
  if (kind === 'held-step.decided') return `: ${String(data.step)} → ${String(data.decision)}`;
  if (typeof data.amountMinor === 'number' && data.amountMinor > 0) return `: ${moneyInWords(data.amountMinor, String(data.currency))} for ${names}`;
  if (kind === 'transcript.received') return `: ${String(data.lines)} lines`;
  return data.role ? `: ${names} (${String(data.role)})` : '';
}

const personOf = ({ data }: StoredEntry): string | undefined => {
  const id = data.personId ?? data.subjectId;
  return typeof id === 'string' ? id : undefined;
};

async function linesOf(tx: Tx, entries: StoredEntry[]): Promise<string[]> {
  const ids = entries.map(personOf).filter((id) => id !== undefined);
  const nameOf = new Map((await peopleById(tx, ids)).map((p) => [p.id, p.givenName]));
  const lines: string[] = [];
  for (const group of folded(entries)) {
    const e = group[0]!;
    const names = group.map((g) => nameOf.get(personOf(g) ?? '') ?? 'somebody').join(', ');
    const reason = e.decisionId && !isMessage(e) ? reasonOf(await explainDecision(tx, e.decisionId)) : '';
    lines.push(`  ${e.at.toISOString().slice(11, 19)}  ${WORDS[e.kind] ?? e.kind}${detailOf(e, names)}${reason}`);
  }
  return lines;
}

export interface Following {
  /** Prints what has come since, at once. */
  look(): Promise<void>;
  /** Prints what is left and ends. */
  stop(): Promise<void>;
}

/** Prints a session's timeline as it grows, one line a step (times are UTC). */
export function followTimeline(
  db: Database,
  { organisationId, sessionId }: { organisationId: string; sessionId: string },
  print: (line: string) => void,
): Following {
  // Ids are given before transactions commit, so one may appear behind a higher one: what was printed is kept, not how far.
  const printed = new Set<number>();
  let isStopped = false;
  const lookOnce = async (): Promise<void> => {
    const { entries, lines } = await db.inOrganisation(organisationId, async (tx) => {
      const entries = (await timelineSince(tx, sessionId, 0)).filter((e) => !printed.has(e.id));
      return { entries, lines: await linesOf(tx, entries) };
    });
    entries.forEach((e) => printed.add(e.id));
    lines.forEach(print);
  };
  let turn = Promise.resolve();
  // One after the other, so that nothing is printed twice.
  const look = (): Promise<void> => (turn = turn.catch(() => undefined).then(lookOnce));
  const following = (async () => {
    for (; !isStopped; await sleep(300)) await look().catch(() => undefined);
    await look();
  })();
  return {
    look,
    stop: () => {
      isStopped = true;
      return following;
    },
  };
}
