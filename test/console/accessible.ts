import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Fault {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** What axe has to say against a page: labels, names, language, titles, contrast, landmarks. One line a fault. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const faults = (await page.evaluate(
    'axe.run().then((r) => r.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 3).map((n) => ({ html: n.html })) })))',
  )) as Fault[];
  return faults.map((f) => `${f.id}: ${f.help} (${f.nodes.map((n) => n.html.slice(0, 160)).join(' | ')})`);
}

/** How far a page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - window.innerWidth') as Promise<number>;
