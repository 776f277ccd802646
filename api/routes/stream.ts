import type { Request, Response } from 'express';
import { visibleSession } from '../../db/read/sessions';
import type { ApiDeps } from '../deps';
import { authenticate } from '../auth/authenticate';
import type { Call, StreamRoute } from '../route';

const HEARTBEAT_MS = 15_000;
/** A reader that takes this much too slowly is cut off; it comes back and reads again what it missed. */
const MOST_UNREAD_BYTES = 256 * 1024;

const openStreams = new WeakMap<ApiDeps, Set<() => void>>();

/** Ends every open stream, so that a server can close without waiting for browsers. */
export function closeStreams(deps: ApiDeps): void {
  for (const close of openStreams.get(deps) ?? []) close();
}

/** Events are hints to read again, so none is kept for later: who connects anew is told so first (`ready`). */
async function openStream(call: Call, req: Request, res: Response): Promise<void> {
  const { deps, ctx, scope, read } = call;
  const streams = openStreams.get(deps) ?? new Set();
  openStreams.set(deps, streams);
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    clearInterval(heartbeat);
    unsubscribe();
    streams.delete(close);
    res.end();
  };
  const send = (text: string): void => {
    if (!open) return;
    if (res.writableLength > MOST_UNREAD_BYTES) {
      close();
      res.destroy();
    } else res.write(text);
  };
  // Somebody who signed out or was deactivated must not go on listening.
  const heartbeat = setInterval(() => {
    send(': still here\n\n');
    authenticate(deps, req).catch(close);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const tell = ({ sessionId }: { sessionId: string }): void => send(`event: timeline\ndata: ${JSON.stringify({ sessionId })}\n\n`);
  const unsubscribe = deps.timeline.subscribe(ctx.organisationId, (event) => {
    if (scope.all) return tell(event);
    read((tx) => visibleSession(tx, event.sessionId, scope)).then(
      (seen) => seen && tell(event),
      (error: unknown) => deps.logger.warn({ err: error }, 'stream: a session could not be looked up'),
    );
  });
  streams.add(close);
  res.once('close', close);
  res.status(200).set({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  res.flushHeaders();
  send('retry: 2000\nevent: ready\ndata: {}\n\n');
  await new Promise<void>((resolve) => (res.closed ? resolve() : res.once('close', resolve)));
}

export const streamRoute: StreamRoute = {
  method: 'get',
  path: '/v1/stream',
  tag: 'stream',
  summary: 'What happens, as it happens (server-sent events)',
  description:
    'Event `ready` on connecting: read again whatever you show. Event `timeline` with `{"sessionId"}` whenever a session has something new. A comment every 15 seconds. Instructors hear of their own sessions.',
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  responses: { 200: { description: 'A stream of events (text/event-stream).' } },
  stream: openStream,
};
