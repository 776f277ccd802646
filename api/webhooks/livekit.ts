import type { RequestHandler } from 'express';
import { mappingInForce } from '../../commands/map-inbound';
import { findSession } from '../../db/sessions';
import { LecternError } from '../../domain/errors';
import { namesOf } from '../../domain/livekit-names';
import { valueAt } from '../../policy/inbound/fields';
import type { Json } from '../../policy/types';
import type { ApiDeps } from '../deps';
import { readBytes } from '../http/body';
import { decodeUtf8, parseStrictJson } from '../http/json';
import { realNow } from '../real-time';
import { takeEvents } from './mapped';
import { verifyDelivery } from './schemes';

const LIMIT_BYTES = 1024 * 1024;

/** The ids in the name of the room that an event is about; null for a room that is not of Lectern's making. */
function roomOf(event: Json): ReturnType<typeof namesOf> {
  const name = valueAt(event, 'room.name') ?? valueAt(event, 'egressInfo.roomName');
  return namesOf(typeof name === 'string' ? name : undefined);
}

/**
 * Takes an event of the installation's own LiveKit server, which serves every organisation: the key is the installation's, and the room
 * says whose event it is; what it says is read by that organisation's mapping `livekit`. One that is about no room of ours is answered and
 * kept nowhere: others may use the same server.
 */
export function receiveLiveKit(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    if (!deps.livekit) throw new LecternError('not-found', 'LiveKit is not configured here.');
    const bytes = await readBytes(req, res, LIMIT_BYTES);
    if (bytes.length === 0) throw new LecternError('malformed-json', 'The body is empty.');
    const delivery = { bytes, header: (name: string) => req.get(name), url: deps.publicUrl() + req.originalUrl };
    const { apiKey, apiSecret } = deps.livekit;
    await verifyDelivery({ delivery, verify: { scheme: 'livekit' }, secrets: [`${apiKey}:${apiSecret}`], now: realNow() });
    const event = parseStrictJson(decodeUtf8(bytes)) as Json;
    const names = roomOf(event);
    const inForce =
      names &&
      (await deps.db.inOrganisation(names.organisationId, async (tx) =>
        (await findSession(tx, names.sessionId)) ? mappingInForce(tx, 'livekit') : null,
      ));
    if (!names || !inForce) {
      res.status(200).set('cache-control', 'no-store').json({ id: null, duplicate: false });
      return;
    }
    await takeEvents(deps, res, { organisationId: names.organisationId, source: 'livekit', inForce, events: [event] });
  };
}
