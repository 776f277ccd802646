import { createConfig, lintFromString } from '@redocly/openapi-core';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BODY_EXAMPLES, EVENT_EXAMPLES } from '../../api/examples';
import { buildOpenApi, keyOf, renderOpenApi } from '../../api/openapi';
import { ROUTES } from '../../api/routes';
import { EVENT_SCHEMAS } from '../../commands/inbound-events';
import { EVENT_TYPES } from '../../domain/vocabulary';

interface Operation {
  operationId: string;
  responses: Record<string, unknown>;
  parameters?: { name: string; in: string }[];
  security: object[];
}
const document = buildOpenApi() as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};
const operations = Object.entries(document.paths).flatMap(([address, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ address, method, operation })),
);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const config = await createConfig({
      rules: {
        struct: 'error',
        'no-unresolved-refs': 'error',
        'path-parameters-defined': 'error',
        'operation-operationId-unique': 'error',
        'no-ambiguous-paths': 'off',
      },
    });
    const problems = await lintFromString({ source: renderOpenApi(), absoluteRef: 'openapi.json', config });
    expect(problems.map((p) => `${p.location[0]?.pointer}: ${p.message}`)).toEqual([]);
    expect(document.openapi).toBe('3.1.0');
  });

  it('holds every route that is mounted', () => {
    for (const route of ROUTES) expect(document.paths[route.path]?.[route.method]).toBeDefined();
  });

  it('has an example for every body and every event, and each would be taken', () => {
    const takers = ROUTES.filter((r) => r.body);
    expect(Object.keys(BODY_EXAMPLES).sort()).toEqual(takers.map(keyOf).sort());
    for (const route of takers) {
      const example = BODY_EXAMPLES[keyOf(route)];
      expect([keyOf(route), route.body!.safeParse(example).error?.issues]).toEqual([keyOf(route), undefined]);
      expect(JSON.stringify(document.paths[route.path]![route.method])).toContain(JSON.stringify(example));
    }
    for (const type of EVENT_TYPES) expect([type, EVENT_SCHEMAS[type].safeParse(EVENT_EXAMPLES[type]).error?.issues]).toEqual([type, undefined]);
    const sent = JSON.stringify(document.paths['/v1/inbound/{source}']!['post']);
    for (const type of EVENT_TYPES) expect(sent).toContain(`#/components/schemas/Event.${type}`);
  });

  it('is the one that is committed', () => {
    const committed = readFileSync(path.join(__dirname, '../../docs/openapi.json'), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(renderOpenApi()));
  });

  it('names an Idempotency-Key for every POST but webhooks', () => {
    for (const { address, method, operation } of operations) {
      const takesKey = operation.parameters?.some((p) => p.name === 'Idempotency-Key') ?? false;
      expect({ address, method, takesKey }).toEqual({ address, method, takesKey: method === 'post' && address !== '/v1/inbound/{source}' });
    }
  });

  it('describes each error answer by the one error schema', () => {
    for (const { operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Number(status) >= 400) expect(JSON.stringify(response)).toContain('#/components/schemas/Error');
      }
    }
  });
});
