/** Attendance is evidence: the union of presence intervals by event time. Pure; the order of arrival of events does not matter. */
export interface PresenceEvent {
  kind: 'joined' | 'left';
  atMs: number;
  /** A connection of the participant (a device); two devices at once are one presence. */
  connection: string;
}
export interface Presence {
  firstJoinMs: number | null;
  minutes: number;
  presentAt(ms: number): boolean;
}

/** Intervals of each connection, joined into one union; a `left` without `joined` says nothing, an open interval lasts until `untilMs`. */
export function presenceOf(events: readonly PresenceEvent[], untilMs: number): Presence {
  const intervals: [number, number][] = [];
  const byConnection = group(events);
  for (const list of byConnection.values()) {
    let open: number | null = null;
    for (const e of [...list].sort((a, b) => a.atMs - b.atMs || (a.kind === 'joined' ? -1 : 1))) {
      if (e.kind === 'joined') open ??= e.atMs;
      else if (open !== null) {
        intervals.push([open, e.atMs]);
        open = null;
      }
    }
    if (open !== null) intervals.push([open, Math.max(open, untilMs)]);
  }
  intervals.sort((a, b) => a[0] - b[0]);
  let total = 0;
  let end = -Infinity;
  for (const [from, to] of intervals) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return {
    firstJoinMs: intervals[0]?.[0] ?? null,
    minutes: Math.round(total / 60_000),
    presentAt: (ms) => intervals.some(([from, to]) => from <= ms && ms <= to),
  };
}

function group(events: readonly PresenceEvent[]): Map<string, PresenceEvent[]> {
  const groups = new Map<string, PresenceEvent[]>();
  for (const e of events) groups.set(e.connection, [...(groups.get(e.connection) ?? []), e]);
  return groups;
}
