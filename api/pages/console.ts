import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type Express } from 'express';
import type { ApiDeps } from '../deps';
import { sendPage } from './page';

const OURS = /^\/(v1|j|sign-in|docs|openapi\.json|healthz|readyz|assets)(\/|$)/;

/** The web app at `/`. Its own addresses are known to it alone, so a page asked for by a browser that nobody knows is the app. */
export function mountConsole(app: Express, deps: ApiDeps): void {
  const { consoleDir } = deps;
  if (consoleDir === null || !existsSync(path.join(consoleDir, 'index.html'))) {
    app.get('/', (_req, res) =>
      sendPage(res, 200, { locale: 'en', title: 'Lectern', lines: ['The API runs; the web app is not built. Its document is at /docs.'] }),
    );
    return;
  }
  // Built assets carry a hash of their content in their name.
  app.use('/assets', express.static(path.join(consoleDir, 'assets'), { immutable: true, maxAge: '365d', index: false, redirect: false }));
  app.use(express.static(consoleDir, { index: 'index.html', redirect: false, maxAge: 0 }));
  app.get(/.*/, (req, res, next) => {
    if (OURS.test(req.path) || !req.accepts(['json', 'html']) || req.accepts(['json', 'html']) !== 'html') return next();
    res.set('cache-control', 'no-cache').sendFile('index.html', { root: consoleDir });
  });
}
