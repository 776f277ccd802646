import path from 'node:path';
import type { Express } from 'express';
import { renderOpenApi } from '../openapi';

const INITIALIZER = `window.onload = () => SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, persistAuthorization: false });`;
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Lectern API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head><body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/initializer.js"></script></body></html>`;

/** The API's document, and a page to read and try it; everything is served from here. */
export function mountDocs(app: Express): void {
  let rendered: string | undefined;
  app.get('/openapi.json', (_req, res) => {
    rendered ??= renderOpenApi();
    res.type('json').send(rendered);
  });
  app.get('/docs', (_req, res) => void res.type('html').send(PAGE));
  app.get('/docs/initializer.js', (_req, res) => void res.type('js').send(INITIALIZER));
  const assets = path.dirname(require.resolve('swagger-ui-dist/package.json'));
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    app.get(`/docs/${file}`, (_req, res) => res.sendFile(file, { root: assets, maxAge: '1d' }));
  }
}
