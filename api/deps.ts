import type { Logger } from 'pino';
import type { Database } from '../db/database';

export type TimelineListener = (event: { sessionId: string }) => void;

/** What the API is built from; runtime/ wires it, tests wire their own. */
export interface ApiDeps {
  db: Database;
  /** Business now, from the installation's clock. */
  clock: () => Date;
  /** Derives join tokens. */
  secret: string;
  /** The address that people and integrators use, without a slash at its end. */
  publicUrl: () => string;
  logger: Logger;
  /** The built web app, or null when there is none. */
  consoleDir: string | null;
  /** One answer for each thing that this process needs. */
  ready: () => Promise<Record<string, boolean>>;
  timeline: { subscribe(organisationId: string, listener: TimelineListener): () => void };
  /** Tests set it: a reply that breaks its documented schema becomes a 500 instead of a lie in the document. */
  checkReplies?: boolean;
}
