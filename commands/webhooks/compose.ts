import { entriesByIds, outboundSessions, type DeliveryRow, type OutboundSession, type ToldEntry } from '../../db/webhook-deliveries';
import type { Tx } from '../../db/database';
import { factsOf } from '../../domain/outbound';

function payloadOf(d: DeliveryRow, session: OutboundSession | null, entry: ToldEntry | undefined): string {
  const told = entry
    ? { sequence: entry.id, rev: entry.rev, actor: entry.actor, decisionId: entry.decisionId, ...factsOf(d.type, entry) }
    : { sequence: null, ...d.facts };
  return JSON.stringify({ type: d.type, timestamp: d.at, data: { ...told, session } });
}

/**
 * What each is to say, composed when it is sent first: the event, and the session as it stands then, with the `version` that tells which of
 * two is newer. Ids, states and instants; no name, no address, no words about anybody.
 */
export async function composePayloads(tx: Tx, list: readonly DeliveryRow[]): Promise<{ id: string; payload: string }[]> {
  if (list.length === 0) return [];
  const [sessions, entries] = await Promise.all([
    outboundSessions(tx, [...new Set(list.flatMap((d) => d.sessionId ?? []))]),
    entriesByIds(
      tx,
      list.flatMap((d) => d.timelineId ?? []),
    ),
  ]);
  return list.map((d) => {
    const session = sessions.find((s) => s.id === d.sessionId) ?? null;
    return {
      id: d.id,
      payload: payloadOf(
        d,
        session,
        entries.find((e) => e.id === d.timelineId),
      ),
    };
  });
}
