import type { Response } from 'express';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);

/** The console's colours, on pages that work without it. */
const STYLE = `
:root { color-scheme: light dark; font: 1.0625rem/1.55 system-ui, sans-serif; }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; background: #f6f7f9; color: #16202c; overflow-wrap: anywhere; }
main { box-sizing: border-box; width: min(32rem, 92vw); margin: 1rem 0; padding: 1.75rem; border: 1px solid #dee2e6; border-radius: 8px; background: #fff; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; text-wrap: balance; }
button { width: 100%; min-height: 4rem; margin-top: 1.25rem; border: 0; border-radius: 8px; background: #1971c2; color: #fff; font: inherit; font-size: 1.25rem; font-weight: 600; cursor: pointer; }
button:hover { background: #155a9c; }
button.other { background: none; border: 1px solid #1971c2; color: inherit; }
a { color: #155a9c; }
button:focus-visible { outline: 3px solid #1971c2; outline-offset: 3px; }
@media (prefers-color-scheme: dark) { body { background: #1a1a1a; color: #e9ecef; } main { background: #242424; border-color: #3b3b3b; } a { color: #a5d8ff; } button:focus-visible { outline-color: #74c0fc; } }
`;

export interface Page {
  locale: string;
  title: string;
  /** Escaped by `sendPage`. */
  lines: readonly string[];
  /** A form that posts to the page's own address. */
  button?: string;
  /** Forms that post to places under the page's own address; the first is what the page is for. */
  actions?: readonly { href: string; text: string }[];
  /** The page's own path, for its actions. */
  here?: string;
  /** A way on for who has nothing to press. */
  link?: { href: string; text: string };
}

/** One plain page with at most one button and one link. Works without scripts and with any screen reader; kept by no cache and no search engine. */
export function sendPage(res: Response, status: number, page: Page): void {
  const paragraphs = page.lines.map((line) => `<p dir="auto">${escapeHtml(line)}</p>`).join('');
  const form = page.button === undefined ? '' : `<form method="post"><button type="submit">${escapeHtml(page.button)}</button></form>`;
  const actions = (page.actions ?? [])
    .map(
      (a, n) =>
        `<form method="post" action="${escapeHtml(page.here ?? '')}/${escapeHtml(a.href)}"><button type="submit"${n > 0 ? ' class="other"' : ''}>${escapeHtml(a.text)}</button></form>`,
    )
    .join('');
  const link = page.link === undefined ? '' : `<p><a href="${escapeHtml(page.link.href)}">${escapeHtml(page.link.text)}</a></p>`;
  res
    .status(status)
    .set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
    .send(
      `<!doctype html><html lang="${escapeHtml(page.locale)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
        `<title>${escapeHtml(page.title)}</title><style>${STYLE}</style></head><body><main><h1 dir="auto">${escapeHtml(page.title)}</h1>${paragraphs}${form}${actions}${link}</main></body></html>`,
    );
}
