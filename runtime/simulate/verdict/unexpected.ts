import { presenceOf } from '../../../domain/attendance';
import type { SessionSeen } from '../../../db/evidence';
import { studentsEver } from '../lesson';
import { nameOf, standing, type Check, type Judging, type Seen } from './seen';

export interface FinalState {
  status: string;
  startsAt: number;
  endsAt: number;
  instructor: string;
  verdicts: Record<string, string> | null;
  minutes: Record<string, number> | null;
  charges: Record<string, number>;
  payout: number;
  documents: string;
}

/** How long each who takes part was there, by what the provider told; the order in which it was told does not matter. */
function minutesOf({ presence, participants }: Seen, { endsAt }: SessionSeen, judging: Judging): Record<string, number> {
  return Object.fromEntries(
    participants.map(({ personId }) => {
      const own = presence.filter((e) => e.personId === personId).map((e) => ({ kind: e.kind, atMs: +e.at, connection: e.connection }));
      return [nameOf(judging, personId), presenceOf(own, +endsAt).minutes];
    }),
  );
}

const sorted = <T>(of: Record<string, T>): Record<string, T> => Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The state that a lesson came to, in the words of the script: nothing in it but what the script decides. */
export function finalStateOf(seen: Seen, judging: Judging): FinalState | null {
  const { lesson, session, participants, documents } = seen;
  if (!session) return null;
  const isOver = session.status === 'settled';
  const posted = (kind: string, key?: string): number =>
    standing(seen)
      .filter((j) => j.kind === kind && (key === undefined || j.subjectId === judging.idOf(key)))
      .reduce((sum, j) => sum + j.amountMinor, 0);
  const named = (id: string): string => nameOf(judging, id);
  return {
    status: session.status,
    startsAt: +session.startsAt,
    endsAt: +session.endsAt,
    instructor: participants
      .filter((p) => p.role === 'instructor')
      .map((p) => named(p.personId))
      .join(),
    verdicts: isOver ? sorted(Object.fromEntries(participants.map((p) => [named(p.personId), p.verdict]))) : null,
    minutes: isOver ? sorted(minutesOf(seen, session, judging)) : null,
    charges: Object.fromEntries(studentsEver(lesson).map((s) => [s, posted('charge', s)])),
    // Whoever else was paid for it was paid too much.
    payout: posted('payout'),
    documents: documents.find((d) => d.kind === 'parent-update')?.state ?? 'none',
  };
}

const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Where a lesson came to another end than the script has for it, if the script alone says. */
export const unexpected: Check = (seen, judging) => {
  const state = finalStateOf(seen, judging);
  if (!state || !seen.isDetermined) return [];
  const { messages: _, ...rest } = seen.expected;
  const expected = { ...rest, verdicts: rest.verdicts && sorted(rest.verdicts), minutes: rest.minutes && sorted(rest.minutes) };
  return (Object.keys(expected) as (keyof FinalState)[]).flatMap((field) =>
    shown(expected[field]) === shown(state[field]) ? [] : [`${field} is ${shown(state[field])}, and by the script ${shown(expected[field])}`],
  );
};
