/** The statuses of a session and the legal moves between them (DESIGN: Words). The only place that knows them. */
export const SESSION_STATUSES = ['held', 'booked', 'ready', 'live', 'documenting', 'settling', 'settled', 'cancelled', 'refused', 'expired'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

const LEGAL_MOVES: Record<SessionStatus, readonly SessionStatus[]> = {
  held: ['booked', 'refused', 'expired', 'cancelled'],
  booked: ['ready', 'live', 'cancelled', 'booked'],
  ready: ['live', 'cancelled', 'booked'],
  live: ['documenting', 'settling', 'cancelled'],
  documenting: ['settling'],
  // Back, when somebody without whom there was nothing to document turns out to have come.
  settling: ['settled', 'documenting'],
  settled: [],
  cancelled: [],
  refused: [],
  expired: [],
};

/** A session in one of these is at its end; its workflow closes. A cancelled one still owes its notices and its charge. */
export const TERMINAL: readonly SessionStatus[] = ['settled', 'cancelled', 'refused', 'expired'];

/** From these a change is possible at all, if its kind can be made there; whether it is allowed is the policy's to say. */
export const CHANGEABLE: readonly SessionStatus[] = ['held', 'booked', 'ready', 'live'];

/** Still to come: it holds a slot, and nobody has been awaited in it yet. */
export const AHEAD: readonly SessionStatus[] = ['held', 'booked', 'ready'];

export function isLegalMove(from: SessionStatus, to: SessionStatus): boolean {
  return LEGAL_MOVES[from].includes(to);
}

export const isTerminal = (status: SessionStatus): boolean => TERMINAL.includes(status);
