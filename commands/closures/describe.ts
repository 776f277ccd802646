import { conflictsOf } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import { differenceSince, previewTokenOf } from '../../domain/preview-token';
import { percentOf } from '../../domain/money';
import type { SessionStatus } from '../../domain/status';
import { sharingAnAddress, type Reader } from '../batches/readers';
import { audienceOf } from '../plan';
import type { ConsideredSession } from './consider';
import { daysOf, type When } from './when';

export interface PreviewedSession {
  sessionId: string;
  title: string;
  startsAt: Date;
  /** Where it stands. */
  status: SessionStatus;
  verdict: ConsideredSession['verdict'];
  why: string;
  /** Null where no rule is asked: what is over stays as it is. */
  rule: string | null;
  /** Where a moved one goes. */
  newStartsAt: string | null;
  /** Who teaches one that is given to somebody else. */
  newInstructorId: string | null;
  /** How many could, where the instructor is away. */
  substitutes: number;
  conflicts: { startsAt: Date; endsAt: Date; personId: string }[];
  charges: { studentId: string; percent: number; amountMinor: number; currency: string }[];
}

export interface ClosurePreview {
  from: Date;
  to: Date;
  /** In whose days it is whole days, and which: the first and the last. */
  zone: string | null;
  fromDay: string | null;
  toDay: string | null;
  sessions: PreviewedSession[];
  /** Each is told once of all of it. */
  told: { personId: string; lessons: number }[];
  previewToken: string;
}

async function conflictsWith(tx: Tx, { session, participants, change }: ConsideredSession): Promise<PreviewedSession['conflicts']> {
  if (change?.kind !== 'reschedule') return [];
  const keys = participants.map((p) => p.personKey);
  return conflictsOf(tx, keys, new Date(change.startsAt as string), new Date(change.endsAt as string), [session.id]);
}

async function describeSession(tx: Tx, c: ConsideredSession): Promise<PreviewedSession> {
  const { session, participants, decision, verdict, why, change } = c;
  const percent = verdict === 'move' || verdict === 'cancel' ? Number(decision?.outcome.chargePercent ?? 0) : 0;
  const { currency, priceMinor } = session;
  return {
    sessionId: session.id,
    title: session.title,
    startsAt: session.startsAt,
    status: session.status,
    verdict,
    why,
    rule: decision?.rule ?? null,
    newStartsAt: verdict === 'move' ? String(change!.startsAt) : null,
    newInstructorId: verdict === 'reassign' ? String(change!.instructorId) : null,
    substitutes: c.standIns.length,
    conflicts: await conflictsWith(tx, c),
    charges: participants
      .filter((p) => p.role === 'student')
      .map((p) => ({ studentId: p.personId, percent, amountMinor: session.status === 'held' ? 0 : percentOf(priceMinor, percent), currency })),
  };
}

/** `change`: of an edit of a series. */
const TELLING: readonly string[] = ['move', 'cancel', 'reassign', 'change'];

/** Who is told, each once, and of how many sessions; whoever shares an address is one copy, as in what is sent. */
export async function whoIsTold(
  tx: Tx,
  considered: readonly (Pick<ConsideredSession, 'session' | 'participants'> & { verdict: string })[],
): Promise<ClosurePreview['told']> {
  const readers = new Map<string, Reader>();
  for (const { session, participants, verdict } of considered) {
    if (!TELLING.includes(verdict) || session.status === 'held') continue;
    const { people, guardians } = await audienceOf(tx, participants);
    for (const person of [...people, ...guardians].filter((p) => p.active && (p.email ?? p.phone))) {
      const reader = readers.get(person.id) ?? { person, sessionIds: new Set() };
      reader.sessionIds.add(session.id);
      readers.set(person.id, reader);
    }
  }
  const sharing = sharingAnAddress([...readers.values()], (id) => (readers.get(id)!.person.channels[0] === 'sms' ? 'sms' : 'email'));
  return [...readers.values()]
    .filter((r) => !sharing.has(r.person.id))
    .map((r) => ({ personId: r.person.id, lessons: r.sessionIds.size }))
    .sort((a, b) => (a.personId < b.personId ? -1 : 1));
}

/** What a family goes by: what becomes of each session, who teaches it, what it costs, and who is told. */
const shownOf = ({ from, to, sessions, told }: Omit<ClosurePreview, 'previewToken'>): Record<string, unknown> => ({
  times: [from, to],
  sessions: sessions.map((s) => [s.sessionId, s.verdict, s.newStartsAt, s.newInstructorId]),
  charges: sessions.map((s) => s.charges),
  told,
});

/** Considered sessions as a preview shows them, and the token that binds to it. */
export async function describe(tx: Tx, when: When, considered: readonly ConsideredSession[]): Promise<ClosurePreview> {
  const sessions: PreviewedSession[] = [];
  for (const c of considered) sessions.push(await describeSession(tx, c));
  const { startsAt: from, endsAt: to, zone } = when;
  const shown = { from, to, zone, ...daysOf(when), sessions, told: await whoIsTold(tx, considered) };
  return { ...shown, previewToken: previewTokenOf(shownOf(shown)) };
}

/** Errors: `stale` when what would be done is not what the preview showed. */
export function refuseStale(token: string | undefined, now: ClosurePreview | null): void {
  const difference = token === undefined || !now ? [] : differenceSince(token, shownOf(now));
  if (difference.length > 0) throw new LecternError('stale', 'What this closure would do is not what its preview showed.', { difference });
}
