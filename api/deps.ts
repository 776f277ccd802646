import type { Logger } from 'pino';
import type { Database } from '../db/database';
import type { Figures } from '../db/metrics';
import type { AddressRule } from '../domain/addresses';

export type TimelineListener = (event: { sessionId: string }) => void;

/** Where and with what somebody comes in; `isPage`: the address leads in by itself. */
export interface WayIn {
  url: string;
  token: string;
  isPage: boolean;
}

/** What the API is built from; runtime/ wires it, tests wire their own. */
export interface ApiDeps {
  db: Database;
  /** Business now, from the installation's clock. */
  clock: () => Date;
  /** The business time of an instant of real time, for events of senders who know no other. */
  businessAt: (realMs: number) => Date;
  /** A participant's own way into a room at its provider; null where the room's address is the way in for everybody. */
  wayIn: (provider: string, room: string, participant: { personId: string; name: string }) => Promise<WayIn | null>;
  /** The key that a LiveKit server signs its webhooks with; null where none is configured. */
  livekit: { apiKey: string; apiSecret: string } | null;
  /** Derives join tokens. */
  secret: string;
  /** The address that people and integrators use, without a slash at its end. */
  publicUrl: () => string;
  /** Where webhooks may go. */
  webhookAddresses: AddressRule;
  logger: Logger;
  /** An organisation's figures as Prometheus reads them. */
  metrics: (figures: Figures) => Promise<{ contentType: string; text: string }>;
  /** Twilio signs its reports with it; null without Twilio. */
  twilioAuthToken?: string | null;
  /** The built web app, or null when there is none. */
  consoleDir: string | null;
  /** One answer for each thing that this process needs. */
  ready: () => Promise<Record<string, boolean>>;
  timeline: { subscribe(organisationId: string, listener: TimelineListener): () => void };
  /** Tests set it: a reply that breaks its documented schema becomes a 500 instead of a lie in the document. */
  checkReplies?: boolean;
}
