import { AccessToken } from 'livekit-server-sdk';
import { liveKitRoomName } from '../../domain/livekit-names';
import { newId } from '../../domain/ids';
import type { Lectern } from './lectern';

/** LiveKit is configured, and nobody is there: its rooms cannot be opened, and its webhooks are signed by the tests. */
export const LIVEKIT = { LIVEKIT_URL: 'ws://127.0.0.1:1', LIVEKIT_API_KEY: 'rooms', LIVEKIT_API_SECRET: 'invented-secret-of-at-least-32-characters' };

export type Egress = [event: 'started' | 'updated' | 'ended', status: string, more?: object, id?: string];
const FILE = { fileResults: [{ location: 'https://files.example.invalid/lesson.mp4' }] };

/** An event of LiveKit's, as its server would send it. */
export async function fromLiveKit(lectern: Lectern, sessionId: string, [event, status, more = {}, name]: Egress): Promise<string> {
  const roomName = liveKitRoomName({ organisationId: lectern.at.organisationId, sessionId, roomId: newId() });
  const egressInfo = { egressId: 'EG_invented', roomId: 'RM_invented', roomName, status: `EGRESS_${status}`, ...more };
  const id = name ? `${name}-${sessionId}` : `EV_${newId()}`;
  const body = JSON.stringify({ event: `egress_${event}`, id, createdAt: String(Math.floor(Date.now() / 1000)), egressInfo });
  const token = new AccessToken(LIVEKIT.LIVEKIT_API_KEY, LIVEKIT.LIVEKIT_API_SECRET, { ttl: 60 });
  token.sha256 = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body))).toString('base64');
  const headers = { authorization: await token.toJwt(), 'content-type': 'application/webhook+json' };
  const answer = await fetch(`${lectern.at.url}/v1/inbound/livekit`, { method: 'POST', headers, body });
  expect([answer.status, [200, 202].includes(answer.status)]).toEqual([answer.status, true]);
  return ((await answer.json()) as { id: string }).id;
}

/** What becomes of a recording by what is told of it. */
export const EGRESSES: [what: string, events: Egress[], recording: object][] = [
  [
    'runs and ends',
    [
      ['started', 'STARTING'],
      ['updated', 'ACTIVE'],
      ['ended', 'COMPLETE', FILE],
    ],
    { state: 'ready', url: FILE.fileResults[0]!.location },
  ],
  [
    'is told of twice',
    [
      ['started', 'ACTIVE', {}, 'EV_1'],
      ['started', 'ACTIVE', {}, 'EV_1'],
      ['started', 'ACTIVE'],
    ],
    { state: 'started' },
  ],
  [
    'is told of in another order',
    [
      ['ended', 'COMPLETE', FILE],
      ['updated', 'ACTIVE'],
      ['started', 'STARTING'],
    ],
    { state: 'ready' },
  ],
  [
    'comes to its longest',
    [
      ['started', 'ACTIVE'],
      ['updated', 'ENDING'],
      ['ended', 'LIMIT_REACHED', FILE],
    ],
    { state: 'ready' },
  ],
  [
    'fails',
    [
      ['started', 'ACTIVE'],
      ['ended', 'FAILED', { error: 'invented' }],
    ],
    { state: 'failed', url: null },
  ],
  ['never begins', [['ended', 'ABORTED', { error: 'no capacity' }]], { state: 'failed' }],
  [
    'fails, and a second one runs before the first is said to have failed',
    [
      ['started', 'ACTIVE'],
      ['ended', 'FAILED'],
      ['ended', 'COMPLETE', FILE],
    ],
    { state: 'ready' },
  ],
  [
    'lies where no browser reaches',
    [['ended', 'COMPLETE', { fileResults: [{ location: 's3://bucket/lesson.mp4' }] }]],
    { state: 'ready', url: null },
  ],
];
