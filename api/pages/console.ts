import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import type { ApiDeps } from '../deps';
import { sendPage } from './page';

const OURS = /^\/(v1|j|sign-in|docs|openapi\.json|healthz|readyz|assets)(\/|$)/;
const TYPES: Record<string, string> = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8' };

/** Leads a browser that takes packed files to the one that the build packed; names are looked up in a list, never on the disk. */
function packed(folder: string): RequestHandler {
  const there = new Set(existsSync(folder) ? readdirSync(folder) : []);
  return (req, res, next) => {
    const name = req.path.slice(1);
    const type = TYPES[path.extname(name)];
    if (type === undefined || !there.has(name)) return next();
    res.vary('accept-encoding');
    const encoding = req.acceptsEncodings('br', 'gzip');
    const file = encoding === 'br' ? `${name}.br` : encoding === 'gzip' ? `${name}.gz` : name;
    if (file === name || !there.has(file)) return next();
    res.set({ 'content-encoding': encoding as string, 'content-type': type });
    req.url = `/${file}`;
    next();
  };
}

/** The web app at `/`. Its own addresses are known to it alone, so a page asked for by a browser that nobody knows is the app. */
export function mountConsole(app: Express, deps: ApiDeps): void {
  const { consoleDir } = deps;
  if (consoleDir === null || !existsSync(path.join(consoleDir, 'index.html'))) {
    app.get('/', (_req, res) =>
      sendPage(res, 200, { locale: 'en', title: 'Lectern', lines: ['The API runs; the web app is not built. Its document is at /docs.'] }),
    );
    return;
  }
  const assets = path.join(consoleDir, 'assets');
  // Built assets carry a hash of their content in their name.
  app.use('/assets', packed(assets), express.static(assets, { immutable: true, maxAge: '365d', index: false, redirect: false }));
  app.use(express.static(consoleDir, { index: 'index.html', redirect: false, maxAge: 0 }));
  app.get(/.*/, (req, res, next) => {
    if (OURS.test(req.path) || !req.accepts(['json', 'html']) || req.accepts(['json', 'html']) !== 'html') return next();
    res.set('cache-control', 'no-cache').sendFile('index.html', { root: consoleDir });
  });
}
