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
  /** Since when somebody who is there at that instant has been there without a break; null when nobody is. */
  sinceAt(ms: number): number | null;
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
  const united: [number, number][] = [];
  for (const [from, to] of intervals) {
    const last = united.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else united.push([from, to]);
  }
  const at = (ms: number): [number, number] | undefined => united.find(([from, to]) => from <= ms && ms <= to);
  return {
    firstJoinMs: united[0]?.[0] ?? null,
    minutes: Math.round(united.reduce((sum, [from, to]) => sum + to - from, 0) / 60_000),
    presentAt: (ms) => at(ms) !== undefined,
    sinceAt: (ms) => at(ms)?.[0] ?? null,
  };
}

function group(events: readonly PresenceEvent[]): Map<string, PresenceEvent[]> {
  const groups = new Map<string, PresenceEvent[]>();
  for (const e of events) groups.set(e.connection, [...(groups.get(e.connection) ?? []), e]);
  return groups;
}
