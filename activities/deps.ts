import type { Logger } from 'pino';
import type OpenAI from 'openai';
import { SYSTEM, type Context } from '../commands/context';
import type { Database } from '../db/database';
import type { BusinessClock } from '../domain/clock';
import type { Channel } from '../domain/vocabulary';
import type { MessagePort, RoomProvider } from './ports';

/** Everything that activities reach outside for; made once by the worker process. */
export interface ActivityDeps {
  db: Database;
  clock: BusinessClock;
  secret: string;
  publicUrl: string;
  ports: Record<Channel, MessagePort>;
  rooms: Record<string, RoomProvider>;
  drafting: { client: OpenAI | null; model: string; timeoutMs: number };
  logger: Logger;
}

/** What every activity of a session is given. `asOf` is business epoch ms. */
export interface SessionInput {
  organisationId: string;
  sessionId: string;
  asOf: number;
  /** The rev that the step is taken for. A step of a rev that a change has passed does nothing. */
  rev?: number | null;
}

/** Whether a change has come between the workflow's look and this step: what was due at the old time is not due any more. */
export const isPassed = (input: SessionInput, session: { rev: number }): boolean => input.rev != null && input.rev !== session.rev;

/** Lectern itself as who acts, at the instant that the workflow gives. */
export const systemContext = (deps: ActivityDeps, input: { organisationId: string; asOf: number }): Context => ({
  db: deps.db,
  organisationId: input.organisationId,
  principal: SYSTEM,
  asOf: new Date(input.asOf),
  requestId: null,
  secret: deps.secret,
});
