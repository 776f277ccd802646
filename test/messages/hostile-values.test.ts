import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import MarkdownIt from 'markdown-it';
import { SAMPLE_FACTS } from '../../messages/facts';
import { parseTemplate, renderMessage, type RenderedMessage } from '../../messages/render';

const folder = path.join(__dirname, '../../rules/messages');
const shipped = readdirSync(folder).map((file) => parseTemplate({ file, text: readFileSync(path.join(folder, file), 'utf8') }));

/** Every value that a person can have written, replaced by `hostile`; our own addresses, days and instants stay. */
function inEveryValue(facts: unknown, hostile: string, name = ''): unknown {
  if (typeof facts === 'string') return ['url', 'joinUrl', 'role', 'kind', 'fromDay', 'toDay'].includes(name) ? facts : hostile;
  if (Array.isArray(facts)) return facts.map((f) => inEveryValue(f, hostile, name));
  if (facts === null || typeof facts !== 'object') return facts;
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, inEveryValue(value, hostile, key)]));
}

const messages = (hostile: string): RenderedMessage[] =>
  shipped.map((t) => renderMessage(t, inEveryValue(SAMPLE_FACTS, hostile) as object, { locale: 'en', zone: 'Europe/Berlin' }));
const tags = (html: string): string[] => (html.match(/<\/?[a-z][a-z0-9]*/gi) ?? []).sort();
/** Where the links of a page lead. */
const links = (html: string): string[] => [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((m) => m[1]!);
const isOurs = (url: string): boolean => url.startsWith('https://lectern.invalid/');
/** What mail programs make links of in a text: an address with a scheme, a host with a dot, a mailbox. */
const LINKED = new RegExp(
  [
    String.raw`[a-z][a-z0-9+.-]*:\/\/[^\s\u200c]+`,
    String.raw`\b(?:mailto|tel|sms|javascript|data):[^\s\u200c]+`,
    String.raw`(?:[\p{L}\p{N}-]+[.\uff0e\u3002\uff61])+\p{L}{2,}[^\s\u200c]*`,
    String.raw`[^\s\u200c]+@[\p{L}\p{N}]+`,
  ].join('|'),
  'giu',
);
const linkifier = new MarkdownIt().linkify.set({ fuzzyLink: true, fuzzyEmail: true });
const linksSeenIn = (text: string): string[] => [...[...text.matchAll(LINKED)].map((m) => m[0]), ...(linkifier.match(text) ?? []).map((m) => m.url)];

const HOSTILE: [string, string][] = [
  ['a link', '[pay here](https://evil.invalid/pay)'],
  ['an image', '![x](https://evil.invalid/pixel.png)'],
  ['a reference', '[pay]\n\n[pay]: https://evil.invalid'],
  ['an autolink', '<https://evil.invalid>'],
  ['a bare address', 'https://evil.invalid/pay'],
  ['an address that runs on', 'xhttps://evil.invalid/pay'],
  ['an address without a scheme', '//evil.invalid/pay'],
  ['a domain', 'evil.com'],
  ['a domain with www', 'www.evil.com'],
  ['a domain with a wide dot', 'evil\uff0ecom'],
  ['a domain with an ideographic dot', 'evil\u3002com'],
  ['a mailbox', 'pay@evil.com'],
  ['a mailbox in brackets', '<pay@evil.com>'],
  ['a scheme of a script', 'javascript:alert(1)'],
  ['a phone link', 'tel:+4990012345'],
  ['a script', '<script>alert(1)</script>'],
  ['a tag', '<img src=https://evil.invalid/x onerror=alert(1)>'],
  ['a closing tag', '</body></html>'],
  ['an entity', '&lt;img src=x&gt; &#60;b&#62;'],
  ['a heading', '# Pay now'],
  ['a heading of two lines', 'Pay now\n======='],
  ['a rule', '\n---\n'],
  ['a list', '\n- one\n- two\n1. three'],
  ['a quotation', '\n> said'],
  ['code', '`code` ```block```'],
  ['a block by indentation', '\n\n    code\n\tcode'],
  ['emphasis', '**bold** _it_ ~~gone~~ __b__'],
  ['a table', '\n| a | b |\n|---|---|\n| c | d |'],
  ['liquid', '{{ organisation.name }}{% raw %}'],
  ['a backslash at the end', 'Eve\\'],
  ['a header', 'Eve\r\nBcc: all@evil.invalid'],
  ['a header by a bare return', 'Eve\rBcc: all@evil.invalid'],
  ['a header by odd line ends', 'Eve\u2028Bcc: x\u0085Cc: y'],
  ['a reversal', 'Eve \u202egnp.exe\u202c \u2066x\u2069'],
  ['NUL and escape', 'Eve\u0000\u001b[31m'],
];

describe.each(HOSTILE)('%s in every value', (_what, hostile) => {
  const written = messages(hostile);
  const harmless = messages('Eve');

  test('adds no tag and no link to the HTML part, and does not end it', () => {
    written.forEach(({ html }, i) => {
      const isText = ['briefing', 'update'].some((name) => shipped[i]!.file.startsWith(name));
      const extra = tags(html).filter((tag) => !['<p', '</p', '<br'].includes(tag));
      expect(extra).toEqual(tags(harmless[i]!.html).filter((tag) => !['<p', '</p', '<br'].includes(tag)));
      if (!isText) expect(tags(html)).toEqual(tags(harmless[i]!.html));
      expect(links(html)).toEqual(links(harmless[i]!.html));
      expect(links(html).every(isOurs)).toBe(true);
    });
  });

  test('gives a mail program nothing to make a link of, in text, HTML, SMS or subject', () => {
    for (const { html, text, sms, subject } of written) {
      const shown = html
        .replace(/<[^>]*>/g, ' ')
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&quot;/g, '"')
        .replace(/&amp;/g, '&');
      for (const part of [shown, text, sms ?? '', subject]) expect(linksSeenIn(part).filter((found) => !isOurs(found))).toEqual([]);
    }
  });

  test('stays on its line: no line of a header, nothing unseen', () => {
    for (const { subject, sms, text } of written) {
      for (const line of [subject, sms ?? '']) expect(line).not.toMatch(/[\r\n\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
      expect(text).not.toMatch(/[\r\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    }
  });
});

test('a hostile value is shown as it was written', () => {
  const t = parseTemplate({ file: 't.md', text: '---\ntitle: T\nsubject: "S"\n---\nHello {{ person.givenName }}!' });
  const facts = (givenName: string) => ({ ...SAMPLE_FACTS, person: { ...SAMPLE_FACTS.person, givenName } });
  const seen = (value: string): string => value.replace(/\u200c/g, '');
  for (const name of ['[a](https://b.example) & *c*', 'Åsa O’Neil-Łuk', '&lt;b&gt; 1. 2)', 'D\\E', '李.明@x']) {
    const { text, html } = renderMessage(t, facts(name), { locale: 'en', zone: 'UTC' });
    expect(seen(text)).toBe(`Hello ${name}!\n`);
    const shown = /<p>(.*)<\/p>/.exec(html)![1]!;
    expect(
      seen(shown)
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&quot;/g, '"')
        .replace(/&amp;/g, '&'),
    ).toBe(`Hello ${name}!`);
  }
});

test('the lines of a text stay lines', () => {
  const t = parseTemplate({ file: 't.md', text: '---\ntitle: T\nsubject: "S"\n---\n{{ briefing.text }}' });
  const { text, html } = renderMessage(t, { ...SAMPLE_FACTS, briefing: { text: 'Sam: fractions.\nLena: decimals.' } }, { locale: 'en', zone: 'UTC' });
  expect(text).toBe('Sam: fractions.\nLena: decimals.\n');
  expect(html).toMatch(/Sam: fractions\.<br>\s*Lena/);
});
