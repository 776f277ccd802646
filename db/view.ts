import type { SessionStatus } from '../domain/status';
import { row, type Tx } from './database';

/**
 * What a workflow has to know of its session to take its next step: statuses and instants (business epoch ms), nothing about a
 * person. Small and flat, because it enters Temporal's history at every step.
 */
export interface SessionView {
  rev: number;
  status: SessionStatus;
  startsAt: number;
  endsAt: number;
  roomAt: number;
  coverageAt: number;
  /** When the next message is due or in doubt; null when nothing is. */
  nextDueAt: number | null;
  /**
   * The next deadline: of a held step whose policy declares a default, an acknowledgement, a search for a substitute, a group, an offer of a
   * place in it, somebody put out of a room.
   */
  deadlineAt: number | null;
  /** When the next no-show or recording question is asked; null when nobody and nothing is awaited. */
  nextCheckAt: number | null;
  /** Until when recording and transcript have to be there; null when none is expected. */
  readyBy: number | null;
  hasTranscript: boolean;
  documents: 'none' | 'drafted' | 'approved' | 'rejected';
  /** Phases done for this rev, but for what is done for one person. */
  done: string[];
  nobodyCame: boolean;
  openUpdates: number;
  openObligations: number;
  /** Steps whose answer the session's end depends on; a message or a recording that a person has to see to does not keep it open. */
  openHeldSteps: number;
  isRecordingHeld: boolean;
  uncompensated: number;
  /** What is to be seen to before anything is waited for: a room that failed, or what its provider has to be told. */
  toDo: 'judge-room' | 'tend-room' | null;
  closed: boolean;
  /** A transcript came after close, and what it leads to has no end yet. */
  isDocumentedLate: boolean;
}

const SQL = `
SELECT s.rev, s.status, s.starts_at, s.ends_at, s.room_at, s.coverage_at, s.next_due_at, s.closed_at IS NOT NULL AS closed,
  least((SELECT min(deadline_at) FROM held_steps h WHERE h.session_id = s.id AND h.state = 'open' AND h.default_option IS NOT NULL AND h.kind <> 'automation'),
        (SELECT min(check_at) FROM acknowledgements a WHERE a.session_id = s.id AND a.check_at IS NOT NULL),
        (SELECT next_at FROM substitute_searches f WHERE f.session_id = s.id AND f.state = 'open'),
        (SELECT min(look_again_at) FROM credentials c WHERE c.session_id = s.id AND c.look_again_at IS NOT NULL),
        CASE WHEN s.status IN ('booked', 'ready') THEN s.viability_at END,
        CASE WHEN s.capacity IS NOT NULL THEN (SELECT min(coalesce(w.expires_at, s.starts_at)) FROM waitlist w WHERE w.session_id = s.id AND w.state IN ('waiting', 'offered')) END) AS deadline_at,
  least((SELECT min(check_at) FROM participants p WHERE p.session_id = s.id AND p.verdict = 'waiting'),
        CASE WHEN r.state IN ('expected', 'failed') THEN r.start_by END) AS next_check_at,
  CASE WHEN r.state IN ('expected', 'started', 'ready', 'failed') THEN r.ready_by END AS ready_by,
  EXISTS (SELECT 1 FROM transcripts t WHERE t.session_id = s.id) AS has_transcript,
  coalesce((SELECT min(d.state) FROM documents d WHERE d.session_id = s.id), 'none') AS documents,
  ARRAY(SELECT phase FROM session_phases f WHERE f.session_id = s.id AND f.rev = s.rev AND f.phase NOT LIKE '%:%') AS done,
  NOT EXISTS (SELECT 1 FROM participants p WHERE p.session_id = s.id AND p.role = 'student' AND p.verdict <> 'no-show') AS nobody_came,
  (SELECT count(*) FROM obligations o WHERE o.session_id = s.id AND o.kind = 'update' AND o.state IN ('planned','claimed','in-doubt')) AS open_updates,
  (SELECT count(*) FROM obligations o WHERE o.session_id = s.id AND o.state IN ('planned','claimed','in-doubt')) AS open_obligations,
  (SELECT count(*) FROM held_steps h WHERE h.session_id = s.id AND h.state = 'open' AND h.kind NOT IN ('message', 'consent', 'zone', 'clock-change', 'webhook', 'automation')) AS open_held_steps,
  EXISTS (SELECT 1 FROM held_steps h WHERE h.session_id = s.id AND h.state = 'open' AND h.kind = 'recording') AS is_recording_held,
  s.closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM corrections k WHERE k.session_id = s.id AND k.kind = 'transcript')
    AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.session_id = s.id AND d.state <> 'drafted') AS is_documented_late,
  (SELECT count(*) FROM changes c WHERE c.session_id = s.id AND c.compensated_at IS NULL) AS uncompensated,
  CASE
    WHEN EXISTS (SELECT 1 FROM incidents i WHERE i.session_id = s.id AND i.kind = 'room-failed' AND i.closed_at IS NULL AND i.judged_at IS NULL) THEN 'judge-room'
    WHEN r.wanted IS NOT NULL OR EXISTS (SELECT 1 FROM rooms o WHERE o.session_id = s.id AND o.state = 'opening' AND o.replaces IS NOT NULL)
      OR EXISTS (SELECT 1 FROM rooms o JOIN credentials c ON c.organisation_id = o.organisation_id AND c.room_id = o.id
        WHERE o.session_id = s.id AND o.state = 'open' AND o.revocable AND c.revoked_at IS NOT NULL AND c.evicted_at IS NULL) THEN 'tend-room'
  END AS to_do
FROM sessions s LEFT JOIN recordings r ON r.organisation_id = s.organisation_id AND r.session_id = s.id
WHERE s.id = ?`;

type Raw = { [K in keyof SessionView]: SessionView[K] | Date };

export async function viewOf(tx: Tx, sessionId: string): Promise<SessionView> {
  const found = await row<Raw>(tx, SQL, [sessionId]);
  if (!found) throw new Error(`Session ${sessionId} does not exist.`);
  const plain = Object.fromEntries(Object.entries(found).map(([key, value]) => [key, value instanceof Date ? +value : value]));
  return plain as unknown as SessionView;
}
