import type { Database } from '../db/database';
import type { Role } from '../domain/vocabulary';

/** Who acts: a person or a service, with the roles that their membership gives. */
export interface Principal {
  id: string;
  name: string;
  kind: 'person' | 'service' | 'system';
  /** The person behind the principal, when it is one. */
  personId: string | null;
  roles: readonly Role[];
}

/** What every command is given. `asOf` is business time, from the installation's clock; no command reads a clock. */
export interface Context {
  db: Database;
  organisationId: string;
  principal: Principal;
  asOf: Date;
  requestId: string | null;
  /** Derives join tokens, so that none is stored in plain. */
  secret: string;
}

/** The principal that acts when nobody does: a deadline, a timer, a webhook's consequence. */
export const SYSTEM: Principal = { id: '00000000-0000-0000-0000-000000000000', name: 'Lectern', kind: 'system', personId: null, roles: ['admin'] };

/** Who did it, as it is kept; null for Lectern itself and for the command line without a key. */
export const idOf = ({ kind, id }: Principal): string | null => (kind === 'system' ? null : id);
