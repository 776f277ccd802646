import { timelineSince, type StoredEntry } from '../db/timeline';
import type { Database } from '../db/database';
import { explainDecision } from '../decisions/explain';

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
  'recording.started': 'recording',
  'recording.ready': 'the recording is ready',
  'recording.failed': 'the recording failed',
  'recording.missing': 'the recording is missing',
  'participant.arrived': 'arrived',
  'participant.arrived-late': 'arrived late',
  'no-show': 'no-show',
  'no-show.retracted': 'the no-show is taken back',
  'attendance.undecided': 'attendance is undecided',
  'transcript.received': 'the transcript is here',
  held: 'waits for a person',
  'held-step.decided': 'decided',
  'documentation.finished': 'documentation is finished',
  'message.accepted': 'message sent',
  'message.missed': 'message missed',
  'charge.posted': 'charged',
  'charge.none': 'nothing charged',
  'payout.posted': 'payout',
  'payout.none': 'no payout',
};

/** One timeline entry as one line; what a decision decided stands behind it, in words. */
function lineOf(e: StoredEntry, why: string | null): string {
  const d = e.data;
  const detail =
    e.kind === 'message.accepted'
      ? `: ${String(d.kind)} (${String(d.step)}) by ${String(d.channel)}`
      : e.kind === 'held' || e.kind === 'held-step.decided'
        ? `: ${String(d.step)}${d.decision ? ` → ${String(d.decision)}` : ''}`
        : typeof d.amountMinor === 'number' && d.amountMinor > 0
          ? `: ${(d.amountMinor / 100).toFixed(2)} ${String(d.currency)}`
          : d.role
            ? `: ${String(d.role)}`
            : '';
  const because = why && !e.kind.startsWith('message') ? `\n            ${why}` : '';
  return `  ${e.at.toISOString().slice(11, 19)}  ${WORDS[e.kind] ?? e.kind}${detail}${because}`;
}

/** Prints a session's timeline as it grows, one line a step, until stopped. */
export function followTimeline(db: Database, organisationId: string, sessionId: string, print: (line: string) => void): { stop(): void } {
  let last = 0;
  let isBusy = false;
  const look = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      const lines = await db.inOrganisation(organisationId, async (tx) => {
        const entries = await timelineSince(tx, sessionId, last);
        last = entries.at(-1)?.id ?? last;
        const out: string[] = [];
        for (const e of entries) out.push(lineOf(e, e.decisionId ? (await explainDecision(tx, e.decisionId)).sentence : null));
        return out;
      });
      lines.forEach(print);
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void look().catch(() => undefined), 300);
  return { stop: () => clearInterval(timer) };
}
