import { Liquid, type Template } from 'liquidjs';
import MarkdownIt from 'markdown-it';
import { languageOf, PLAIN_LANGUAGE } from '../domain/languages';
import { ASKED, type NoteAnswers } from '../domain/notes';
import { clockForReader, dayForReader, timeForReader } from '../domain/time';
import { asValues, escapeMarkdown, oneLine } from './values';

/** A message template: Markdown with Liquid, and a head that names subject and, where it differs, the text for SMS. */
export interface MessageTemplate {
  file: string;
  title: string;
  subject: string;
  sms: string | null;
  body: string;
  /** Of the message that asks for notes: what is asked, by what its answer is kept under. */
  questions: Partial<NoteAnswers>;
}
export interface TemplateFile {
  file: string;
  text: string;
}
export interface Reader {
  locale: string;
  zone: string;
}
export interface RenderedMessage {
  subject: string;
  text: string;
  html: string;
  sms: string | null;
}

const HEAD = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/;

/** Reads the head (`key: "value"` lines) and the body. Throws with the fault and its line. */
export function parseTemplate({ file, text }: TemplateFile): MessageTemplate {
  const found = HEAD.exec(text);
  if (!found) throw new TemplateError('the file has to begin with a head between two lines of ---', 1);
  const head: Record<string, string> = {};
  found[1]!.split(/\r?\n/).forEach((line, i) => {
    const pair = /^([a-z]+):\s*(?:"(.*)"|(.*))\s*$/.exec(line);
    if (!pair) throw new TemplateError(`"${line}" is not of the form key: "value"`, i + 2);
    head[pair[1]!] = pair[2] ?? pair[3] ?? '';
  });
  for (const needed of ['title', 'subject']) if (!head[needed]) throw new TemplateError(`the head has no ${needed}`, 2);
  const questions = Object.fromEntries(Object.entries(head).filter(([key, asked]) => ASKED.some((a) => a === key) && asked));
  return { file, title: head.title!, subject: head.subject!, sms: head.sms ?? null, body: found[2]!.trim(), questions };
}

export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

/** `<name>.md`, or `<name>.<language>.md` beside it for readers of that language. */
export const MESSAGE_FILE = /^([a-z0-9-]+)(?:\.([a-z]{2}(?:-[A-Z]{2})?))?\.md$/;
const localeOf = (file: string): string => MESSAGE_FILE.exec(file)?.[2] ?? PLAIN_LANGUAGE;

/** The languages that a set of message files speaks. */
export const messageLanguages = (files: readonly { file: string }[]): Set<string> => new Set(files.map(({ file }) => languageOf(localeOf(file))));

/** The template of a name in the reader's language; where there is none in the organisation's, else the plain one. */
export function pickTemplate(files: readonly TemplateFile[], name: string, locale: string, organisation: string = PLAIN_LANGUAGE): MessageTemplate {
  const own = [`${name}.${locale}.md`, `${name}.${languageOf(locale)}.md`];
  const plain = `${name}.md`;
  const wanted =
    languageOf(locale) === PLAIN_LANGUAGE ? [...own, plain] : [...own, `${name}.${organisation}.md`, `${name}.${languageOf(organisation)}.md`, plain];
  const found = wanted.map((f) => files.find((t) => t.file === f)).find((t) => t !== undefined);
  if (!found) throw new Error(`No message template is called "${name}".`);
  return parseTemplate(found);
}

/** The locale that a template is written out in: the reader's, unless it is in another language; its dates are then in that too. */
export const localeIn = ({ file }: MessageTemplate, reader: string): string =>
  languageOf(localeOf(file)) === languageOf(reader) ? reader : localeOf(file);

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true });

type Mode = 'markdown' | 'plain';

/** Filters that show a time as its reader has it; each makes a message one that shows a time. */
const TIMES = { when: timeForReader, day: dayForReader, clock: clockForReader };
const SHOWS_TIME = new RegExp(`\\|\\s*(${Object.keys(TIMES).join('|')})\\b`);

function createEngine(mode: Mode): Liquid {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    lenientIf: true,
    renderLimit: 500,
    memoryLimit: 1e6,
    parseLimit: 1e5,
    templates: {},
    outputEscape: (value: unknown) => {
      const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
      return mode === 'markdown' ? escapeMarkdown(text) : text;
    },
  });
  for (const [name, inWords] of Object.entries(TIMES))
    engine.registerFilter(name, function (ms: unknown) {
      const { zone, locale } = this.context.globals as Reader;
      return typeof ms === 'number' ? inWords(ms, zone, locale) : '';
    });
  // A day of the calendar ("2026-12-21") is the same day in every zone.
  engine.registerFilter('wholeDay', function (day: unknown) {
    const { locale } = this.context.globals as Reader;
    return typeof day === 'string' && day !== '' ? dayForReader(Date.parse(`${day}T12:00Z`), 'UTC', locale) : '';
  });
  engine.registerFilter('link', (url: unknown) => String(url));
  for (const tag of ['include', 'render', 'layout', 'block', 'liquid']) delete (engine.tags as Record<string, unknown>)[tag];
  return engine;
}

const engines = { markdown: createEngine('markdown'), plain: createEngine('plain') };

/** Published texts are few and used often. */
const MOST_PARSED = 1_000;
const parsed = { markdown: new Map<string, Template[]>(), plain: new Map<string, Template[]>() };

function templateOf(mode: Mode, text: string): Template[] {
  const known = parsed[mode];
  const found = known.get(text) ?? engines[mode].parse(text);
  if (known.size >= MOST_PARSED) known.clear();
  known.set(text, found);
  return found;
}

const fill = (mode: Mode, text: string, values: object, reader: Reader): string =>
  String(engines[mode].renderSync(templateOf(mode, text), values, { globals: reader }));

/** A text of a template, taken apart; an unknown filter, a tag that is not closed or not allowed throws. The same text gives the same array. */
export const parseText = (text: string): Template[] => templateOf('plain', text);
/** The filters that a template may use. */
export const filterNames = (): string[] => Object.keys(engines.plain.filters);

const LAYOUT = (locale: string, body: string): string =>
  `<!doctype html><html lang="${locale.replace(/[^a-zA-Z-]/g, '')}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<meta name="format-detection" content="telephone=no,date=no,address=no,email=no"></head>` +
  `<body style="font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:1em auto;padding:0 1em;color:#1a1a1a">${body}</body></html>`;

/** A template as plain text, before any value is in it: links keep their address, emphasis loses its marks. */
const asPlain = (body: string): string => body.replace(/\[([^\]]*)\]\(([^)]+)\)/g, '$1: $2').replace(/\*\*(.+?)\*\*/g, '$1');

/** Writes a message for one reader: subject on one line, text, and HTML. An unknown variable or filter throws. */
export function renderMessage(template: MessageTemplate, facts: object, reader: Reader): RenderedMessage {
  const values = asValues(facts) as object;
  const plain = (source: string): string => fill('plain', source, values, reader);
  const html = markdown.render(fill('markdown', template.body, values, reader));
  return {
    subject: [...oneLine(plain(template.subject))].slice(0, 200).join(''),
    text: `${plain(asPlain(template.body))
      .replace(/\n{3,}/g, '\n\n')
      .trim()}\n`,
    html: LAYOUT(reader.locale, html),
    sms: template.sms === null ? null : oneLine(plain(template.sms)),
  };
}

/** Whether a message shows its reader a time, in whichever language it is written. */
export const showsTime = (files: readonly TemplateFile[], name: string): boolean =>
  files.some(({ file, text }) => MESSAGE_FILE.exec(file)?.[1] === name && SHOWS_TIME.test(text));
