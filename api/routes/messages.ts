import { messagePage, type MessageRow } from '../../db/read/messages';
import { decodeCursor, toPage } from '../http/cursor';
import { route } from '../route';
import { messagePageSchema, messagesQuery } from '../schemas/others';

/** On the reader's own wall clock, in their language. */
function localTime(at: Date, zone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at);
}

function present(m: MessageRow): object {
  return {
    id: m.id,
    version: m.state === 'claimed' ? 1 : 2,
    sessionId: m.sessionId,
    obligationId: m.obligationId,
    obligationState: m.obligationState,
    evidence: m.evidence,
    to: { personId: m.personId, name: m.personName, address: m.recipient },
    kind: m.kind,
    step: m.step,
    channel: m.channel,
    n: m.n,
    state: m.state,
    subject: m.subject,
    bodyText: m.bodyText,
    bodyHtml: m.bodyHtml,
    error: m.error,
    claimedAt: m.claimedAt,
    sentAt: m.sentAt,
    zone: m.zone,
    localTime: localTime(m.sentAt ?? m.claimedAt, m.zone, m.locale),
  };
}

const list = route({
  method: 'get',
  path: '/v1/messages',
  tag: 'messages',
  summary: 'What went out and to whom, the newest first',
  roles: ['admin', 'coordinator'],
  query: messagesQuery,
  responses: { 200: { description: 'A page of messages.', schema: messagePageSchema } },
  async handle({ query, read }) {
    const { limit, sessionId = null, personId = null, cursor } = query;
    const after = decodeCursor('messages', ['instant', 'id'], cursor);
    const found = await read((tx) => messagePage(tx, { sessionId, personId }, { limit, after }));
    return { status: 200, body: toPage(found, limit, 'messages', (m) => [m.cursorAt, m.id], present) };
  },
});

export const messageRoutes = [list];
