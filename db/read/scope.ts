/**
 * Whose rows a reader may see. `all` is staff and services; everybody else sees what they take part in, by the person behind
 * them. The predicates below are part of each query, so that no route can forget them.
 */
export interface Scope {
  all: boolean;
  /** The person behind the principal; for a service its own id, which is nobody's. */
  personId: string;
  principalId: string;
}

/** Bindings of `sessionVisible`, in order. */
export const scopeBindings = (scope: Scope): unknown[] => [scope.all, scope.personId];

/** True for a session (aliased `s`) that the reader takes part in, or any when they see all. Binds scopeBindings. */
export const SESSION_VISIBLE = `(?::boolean OR EXISTS (
  SELECT 1 FROM participants mine WHERE mine.organisation_id = s.organisation_id AND mine.session_id = s.id AND mine.person_id = ?::uuid))`;

/** Microseconds as they are stored: a Date would cut them, and a page would then repeat or lose rows. */
export const cursorInstant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS cursor_at`;

export interface PageRequest {
  limit: number;
  /** The key of the last item of the page before. */
  after: string[] | null;
}
