import type { RequestHandler } from 'express';
import { WebhookReceiver, type WebhookEvent } from 'livekit-server-sdk';
import { storeInbound } from '../../commands/inbound';
import { findSession } from '../../db/sessions';
import { LecternError } from '../../domain/errors';
import type { ApiDeps } from '../deps';
import { readBytes } from '../http/body';
import { decodeUtf8 } from '../http/json';
import { eventOf } from './livekit-events';

const LIMIT_BYTES = 1024 * 1024;

/** Verified over the bytes as they came: the token in the header is signed with our secret and names their hash. */
async function verified(body: string, authorization: string | undefined, key: NonNullable<ApiDeps['livekit']>): Promise<WebhookEvent> {
  try {
    return await new WebhookReceiver(key.apiKey, key.apiSecret).receive(body, authorization);
  } catch {
    throw new LecternError('bad-signature', 'The webhook is not signed with the key and secret of this LiveKit server.');
  }
}

/**
 * Takes an event of the LiveKit server: verified, put into our words, stored, answered; a worker applies it. One that is about no room
 * of ours is answered and kept nowhere: others may use the same server.
 */
export function receiveLiveKit(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    if (!deps.livekit) throw new LecternError('not-found', 'LiveKit is not configured here.');
    const bytes = await readBytes(req, res, LIMIT_BYTES);
    if (bytes.length === 0) throw new LecternError('malformed-json', 'The body is empty.');
    const body = decodeUtf8(bytes);
    const event = await verified(body, req.get('authorization'), deps.livekit);
    const told = eventOf(event);
    const isOurs = told && (await deps.db.inOrganisation(told.organisationId, (tx) => findSession(tx, told.data.sessionId)));
    if (!told || !isOurs) {
      res.status(200).set('cache-control', 'no-store').json({ id: null, duplicate: false });
      return;
    }
    const occurredAt = deps.businessAt(told.atMs);
    const stored = await storeInbound(deps.db, told.organisationId, {
      source: 'livekit',
      eventId: told.eventId,
      type: told.type,
      occurredAt,
      body: JSON.stringify({ type: told.type, timestamp: occurredAt.toISOString(), data: told.data, event: event.event }),
      asOf: deps.clock(),
    });
    res
      .status(stored.duplicate ? 200 : 202)
      .location(`/v1/inbound/${stored.id}`)
      .set('cache-control', 'no-store')
      .json({ id: stored.id, duplicate: stored.duplicate });
  };
}
