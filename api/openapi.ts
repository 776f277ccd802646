import { OpenAPIRegistry, OpenApiGeneratorV31, type ResponseConfig, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { EVENT_SCHEMAS } from '../commands/inbound-events';
import { KEPT_HOURS } from '../db/idempotency';
import { ERRORS, type ErrorCode } from '../domain/errors';
import { BODY_EXAMPLES, EVENT_EXAMPLES } from './examples';
import { errorsOf } from './openapi-errors';
import { OUTBOUND } from './openapi-outbound';
import type { Route, StreamRoute } from './route';
import { ROUTES } from './routes';
import { errorSchema, instant } from './schemas/common';
import { inboundReceipt } from './schemas/others';

const JSON_TYPE = 'application/json';
const SECURITY: NonNullable<RouteConfig['security']> = [{ key: [] }, { login: [] }];

const DESCRIPTION = `Lectern runs the operations of live online lessons.

**Access.** Send \`Authorization: Bearer <key>\`. The web app uses a login cookie; writes with one must come from the same origin.

**Errors.** Every error has the same body: \`code\` (fixed words, see the schema), \`message\`, \`remedy\`, \`details\` and \`requestId\`.

**Repeating.** Every POST takes an \`Idempotency-Key\`: a repeat with the same key gets the first answer (header \`idempotency-replayed\`), 409 \`in-flight\` while the first is at work, 409 \`idempotency-conflict\` when it says something else. A key belongs to its caller and its address, and is kept for at least ${KEPT_HOURS} hours.

**Pages.** Lists give \`items\` and \`nextCursor\`; pass it as \`cursor\`. \`limit\` is 1 to 200.

**Ids.** An id that is malformed, unknown or another organisation's is answered alike: 404 \`not-found\`.`;

function errorResponses(errors: readonly { code: ErrorCode; status: number }[]): Record<string, ResponseConfig> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const { code, status } of errors) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      { description: codes.map((c) => `\`${c}\`: ${ERRORS[c].remedy}`).join('\n\n'), content: { [JSON_TYPE]: { schema: errorSchema } } },
    ]),
  );
}

const idempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Makes a repeat safe. 1 to 200 visible ASCII characters; a UUID is a good one.' }),
});

const operationId = ({ method, path }: Pick<Route, 'method' | 'path'>): string =>
  `${method}-${path
    .replace(/^\/v1\//, '')
    .replace(/[{}]/g, '')
    .replace(/\//g, '-')}`;

/** By what examples are found. */
export const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

function configOf(route: Route | StreamRoute): RouteConfig {
  const responses: Record<string, ResponseConfig> = errorResponses(errorsOf(route));
  for (const [status, { description, schema }] of Object.entries(route.responses)) {
    const content = 'stream' in route ? { 'text/event-stream': { schema: z.string() } } : schema && { [JSON_TYPE]: { schema } };
    responses[status] = { description, ...(content ? { content } : {}) };
  }
  return {
    method: route.method,
    path: route.path,
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, `Roles: ${route.roles.join(', ')}.`].filter(Boolean).join('\n\n'),
    security: SECURITY,
    request: {
      ...(route.params ? { params: z.object(Object.fromEntries(Object.keys(route.params.shape).map((name) => [name, z.guid()]))) } : {}),
      ...(route.query ? { query: route.query } : {}),
      ...(route.method === 'post' ? { headers: idempotencyKey } : {}),
      ...(route.body ? { body: { required: true, content: { [JSON_TYPE]: { schema: route.body, example: BODY_EXAMPLES[keyOf(route)] } } } } : {}),
    },
    responses,
  };
}

const EVENTS = Object.entries(EVENT_SCHEMAS).map(([type, data]) =>
  z
    .object({ type: z.literal(type), timestamp: instant.optional().meta({ description: 'When it happened; without one, when it came.' }), data })
    .meta({ id: `Event.${type}` }),
);
const eventExample = ([type, data]: [string, object]): [string, object] => [type, { value: { type, timestamp: '2026-12-01T15:00:30Z', data } }];

const webhook: RouteConfig = {
  method: 'post',
  path: '/v1/inbound/{source}',
  operationId: 'post-inbound-source',
  tags: ['inbound'],
  summary: 'Send us an event',
  description:
    'By Standard Webhooks, in our words; a source with a mapping is sent to as its sender sends (docs/inbound.md). Signed over the raw bytes with a secret of the source; two secrets can be live at once. The timestamp may be five minutes off. Repeats with the same webhook-id are safe. An event of another type is kept and ignored; what is wrong with one is said by GET /v1/inbound/{id}.',
  security: [],
  request: {
    params: z.object({ source: z.string().max(100) }),
    headers: z.object({
      'webhook-id': z.string().max(200).meta({ description: 'Unique for the event; without a dot.' }),
      'webhook-timestamp': z.string().meta({ description: 'Seconds since 1970.' }),
      'webhook-signature': z.string().meta({ description: '`v1,` and the base64 of the HMAC-SHA256; several with spaces between.' }),
    }),
    body: {
      required: true,
      content: { [JSON_TYPE]: { schema: z.union(EVENTS), examples: Object.fromEntries(Object.entries(EVENT_EXAMPLES).map(eventExample)) } },
    },
  },
  responses: {
    202: { description: 'Stored; GET /v1/inbound/{id} tells what becomes of it.', content: { [JSON_TYPE]: { schema: inboundReceipt } } },
    200: { description: 'It came before; the same id.', content: { [JSON_TYPE]: { schema: inboundReceipt } } },
    ...errorResponses(
      (
        [
          'invalid-request',
          'malformed-json',
          'bad-signature',
          'stale-webhook',
          'not-found',
          'no-rules',
          'body-too-large',
          'unsupported-media-type',
          'internal',
          'unavailable',
        ] as const
      ).map((code) => ({ code, status: ERRORS[code].status })),
    ),
  },
};

const health = (path: string, summary: string, more: Record<string, ResponseConfig>): RouteConfig => ({
  method: 'get',
  path,
  operationId: `get${path.replace('/', '-')}`,
  tags: ['health'],
  summary,
  security: [],
  responses: {
    200: {
      description: 'Yes.',
      content: { [JSON_TYPE]: { schema: z.object({ status: z.string(), checks: z.record(z.string(), z.boolean()).optional() }) } },
    },
    ...more,
  },
});

/** The OpenAPI 3.1 document, from the same objects that are mounted. */
export function buildOpenApi(): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer', description: 'An API key (lk_…).' });
  registry.registerComponent('securitySchemes', 'login', {
    type: 'apiKey',
    in: 'cookie',
    name: 'lectern_login',
    description: 'Set by /sign-in/{token}.',
  });
  for (const route of ROUTES) registry.registerPath(configOf(route));
  registry.registerPath(webhook);
  for (const sent of OUTBOUND) registry.registerWebhook(sent);
  registry.registerPath(health('/healthz', 'Is this process alive?', {}));
  registry.registerPath(health('/readyz', 'Has it everything it needs?', errorResponses([{ code: 'unavailable', status: 503 }])));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Lectern', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
  });
}

export const renderOpenApi = (): string => `${JSON.stringify(buildOpenApi(), null, 2)}\n`;
