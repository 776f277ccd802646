import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { AUTOMATION_TYPE, OUTBOUND_EVENTS, TEST_TYPE } from '../domain/outbound';
import { OUTBOUND_SCHEMAS } from './schemas/outbound';

const headers = z.object({
  'webhook-id': z.string().meta({ description: 'The same however often it is sent: what has been seen is ignored.' }),
  'webhook-timestamp': z.string().meta({ description: 'Seconds since 1970, when it was sent.' }),
  'webhook-signature': z.string().meta({
    description: '`v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body`; several with spaces between while an old secret is good.',
  }),
});

/** What each type means; that of a test is told apart. */
const MEANINGS: Record<string, string> = {
  ...Object.fromEntries(Object.entries(OUTBOUND_EVENTS).map(([type, { meaning }]) => [type, meaning])),
  [AUTOMATION_TYPE]: 'A step of an automation tells the address that it names.',
  [TEST_TYPE]: 'Somebody tries the address out; it says nothing.',
};

/** The section `webhooks`: what Lectern sends to the addresses of /v1/webhooks. */
export const OUTBOUND: readonly RouteConfig[] = Object.entries(OUTBOUND_SCHEMAS).map(([type, schema]) => ({
  method: 'post',
  path: type,
  operationId: `webhook-${type}`,
  tags: ['webhooks'],
  summary: MEANINGS[type]!,
  security: [],
  request: { headers, body: { required: true, content: { 'application/json': { schema } } } },
  responses: {
    '2XX': { description: 'Taken. Its body is thrown away.' },
    '410': { description: 'Nothing more is wanted: the address is switched off.' },
    default: { description: 'Not taken: it is sent again, as the policy `webhook` says. A redirect is not followed.' },
  },
}));
