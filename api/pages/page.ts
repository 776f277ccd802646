import type { Response } from 'express';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);

const STYLE = `
:root { color-scheme: light dark; font: 18px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; background: #f4f5f7; color: #16202c; }
main { box-sizing: border-box; width: min(32rem, 92vw); padding: 2rem; border-radius: 1rem; background: #fff; box-shadow: 0 2px 16px #0002; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
button { width: 100%; min-height: 4rem; margin-top: 1.25rem; border: 0; border-radius: .75rem; background: #0b5cad; color: #fff; font: inherit; font-size: 1.25rem; font-weight: 600; cursor: pointer; }
button:focus-visible { outline: 4px solid #f2a900; outline-offset: 3px; }
@media (prefers-color-scheme: dark) { body { background: #10161d; color: #e8edf3; } main { background: #1a232d; } }
`;

export interface Page {
  locale: string;
  title: string;
  /** Escaped by `sendPage`. */
  lines: readonly string[];
  /** A form that posts to the page's own address. */
  button?: string;
}

/** One plain page with at most one button. Works without scripts and with any screen reader; kept by no cache and no search engine. */
export function sendPage(res: Response, status: number, page: Page): void {
  const paragraphs = page.lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('');
  const form = page.button === undefined ? '' : `<form method="post"><button type="submit">${escapeHtml(page.button)}</button></form>`;
  res
    .status(status)
    .set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
    .send(
      `<!doctype html><html lang="${escapeHtml(page.locale)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
        `<title>${escapeHtml(page.title)}</title><style>${STYLE}</style></head><body><main><h1>${escapeHtml(page.title)}</h1>${paragraphs}${form}</main></body></html>`,
    );
}
