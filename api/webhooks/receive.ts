import type { RequestHandler } from 'express';
import { storeInbound } from '../../commands/inbound';
import { resolveSource } from '../../db/read/inbound';
import { LecternError, notFound } from '../../domain/errors';
import type { ApiDeps } from '../deps';
import { readBytes } from '../http/body';
import { decodeUtf8, parseStrictJson } from '../http/json';
import { instantIn } from '../schemas/common';
import { realNow } from '../real-time';
import { receiveMapped } from './mapped';
import { verifyWebhook } from './verify';

const LIMIT_BYTES = 1024 * 1024;

/** What an envelope of a sender that speaks in our words says about itself. */
function envelope(value: unknown): { type: string; occurredAt: Date | null } {
  const fields = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  const type = [fields['type'], fields['event']].find((t) => typeof t === 'string' && t.length > 0 && t.length <= 200);
  const timestamp = fields['timestamp'];
  // An instant that the API would not take either is a broken clock; the event then counts from its arrival.
  const at = instantIn.safeParse(timestamp);
  return { type: (type as string | undefined) ?? 'unknown', occurredAt: at.success ? new Date(at.data) : null };
}

/**
 * Takes a webhook: verified over its raw bytes, stored, answered; a worker applies it later. A source without a mapping signs by Standard
 * Webhooks and speaks in our words. 202 with the id under which
 * GET /v1/inbound/{id} tells what became of it, 200 with the same id for one that came before.
 */
export function receiveWebhook(deps: ApiDeps): RequestHandler<{ source: string }> {
  return async (req, res) => {
    const name = req.params.source;
    const source = /^[A-Za-z0-9_-]{1,100}$/.test(name) ? await resolveSource(deps.db, name) : undefined;
    if (!source) throw notFound('source', name.slice(0, 60));
    const bytes = await readBytes(req, res, LIMIT_BYTES);
    const { mapping } = source;
    if (mapping !== null) {
      const delivery = { bytes, header: (of: string) => req.get(of), url: deps.publicUrl() + req.originalUrl };
      return receiveMapped(deps, res, { ...source, mapping }, delivery);
    }
    const headers = { id: req.get('webhook-id'), timestamp: req.get('webhook-timestamp'), signature: req.get('webhook-signature') };
    const { id: eventId } = verifyWebhook(bytes, headers, source.secrets, realNow());
    if (bytes.length === 0) throw new LecternError('malformed-json', 'The body is empty.');
    const body = decodeUtf8(bytes);
    const { type, occurredAt } = envelope(parseStrictJson(body));
    const asOf = deps.clock();
    // Without a time of its own an event counts from its arrival; the header's timestamp is real time, not business time.
    const stored = await storeInbound(deps.db, source.organisationId, {
      source: source.name,
      eventId,
      type,
      occurredAt: occurredAt ?? asOf,
      body,
      asOf,
    });
    res
      .status(stored.duplicate ? 200 : 202)
      .location(`/v1/inbound/${stored.id}`)
      .set('cache-control', 'no-store')
      .json({ id: stored.id, duplicate: stored.duplicate });
  };
}
