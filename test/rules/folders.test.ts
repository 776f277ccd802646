import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkRuleFiles } from '../../commands/check-rules';
import type { Fault } from '../../policy/types';
import { defaultRulesFolder, readRuleFiles } from '../../runtime/rule-files';

const folders: string[] = [];
afterAll(() => folders.forEach((f) => rmSync(f, { recursive: true, force: true })));

/** A copy of the shipped rules that somebody has spoilt. */
function copy(spoil: (folder: string) => unknown): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-rules-'));
  folders.push(folder);
  cpSync(defaultRulesFolder(), folder, { recursive: true });
  spoil(folder);
  return folder;
}
const check = (folder: string): Fault[] => checkRuleFiles(readRuleFiles(folder));
const edit = (file: string, by: (text: string) => string | Buffer) => (folder: string) => {
  const at = path.join(folder, file);
  const text = readFileSync(at, 'utf8');
  const now = by(text);
  if (now === text) throw new Error(`nothing was changed in ${file}`);
  writeFileSync(at, now);
};
const remove = (file: string) => (folder: string) => rmSync(path.join(folder, file), { recursive: true });

test.each<[string, (folder: string) => unknown, Partial<Fault> | { message: unknown }]>([
  ['a folder among the policies', (f) => mkdirSync(path.join(f, 'policies/old')), { file: 'old' }],
  ['a folder called like a policy', (f) => mkdirSync(path.join(f, 'policies/extra.json')), { file: 'extra.json' }],
  ['a file that is no policy', (f) => writeFileSync(path.join(f, 'policies/charge.json.bak'), '{}'), { file: 'charge.json.bak' }],
  [
    'a file that is no message',
    (f) => writeFileSync(path.join(f, 'messages/reminder.txt'), 'x'),
    { file: 'reminder.txt', suggestion: 'name it reminder.md, or take it away' },
  ],
  [
    'a link that leads round',
    (f) => symlinkSync('loop.json', path.join(f, 'policies/loop.json')),
    { file: 'loop.json', message: expect.stringContaining('ELOOP') },
  ],
  [
    'a link that leads nowhere',
    (f) => symlinkSync('gone.json', path.join(f, 'policies/lost.json')),
    { file: 'lost.json', message: expect.stringContaining('ENOENT') },
  ],
  [
    'a policy that is not UTF-8',
    edit('policies/change.json', (t) => Buffer.from(t.replace('Cancelling', 'Ändern'), 'latin1')),
    { file: 'change.json', message: 'this file is not UTF-8' },
  ],
  ['a message that is not UTF-8', edit('messages/update.de.md', (t) => Buffer.from(`${t}ä`, 'latin1')), { file: 'update.de.md' }],
  ['a policy in UTF-16', edit('policies/change.json', (t) => Buffer.from(`\ufeff${t}`, 'utf16le')), { file: 'change.json' }],
  ['no policies any more', remove('policies'), { message: expect.stringContaining('there is no policy for "admission"') }],
  ['no messages any more', remove('messages'), { file: 'demo.obligations.json', message: expect.stringContaining('no message is called') }],
  ['a message that a policy names is gone', remove('messages/escalation.md'), { message: 'no message is called "escalation"' }],
  ['only the German text is left', remove('messages/update.md'), { file: 'update.de.md', suggestion: 'add update.md' }],
  [
    'a message under another name',
    edit('policies/obligations.json', (t) => t.replace('"template": "reminder"', '"template": "remindr"')),
    { file: 'obligations.json', suggestion: 'reminder' },
  ],
  [
    'a message named by a language that is none',
    (f) => writeFileSync(path.join(f, 'messages/reminder.german.md'), 'x'),
    { file: 'reminder.german.md' },
  ],
  [
    'an unknown variable',
    edit('messages/reminder.md', (t) => t.replace('session.title', 'session.titel')),
    { file: 'reminder.md', path: '/session.titel', suggestion: 'session.title' },
  ],
  [
    'an unknown variable in a condition',
    edit('messages/reminder.md', (t) => t.replace('if about', 'if abuot')),
    { file: 'reminder.md', suggestion: 'about' },
  ],
  [
    'an unknown variable in a branch that the sample does not take',
    edit('messages/reminder.md', (t) => `${t}{% if session.subject == "x" %}{{ sesion.title }}{% endif %}`),
    { file: 'reminder.md', suggestion: 'session.title' },
  ],
  [
    'an unknown variable in brackets',
    edit('messages/reminder.md', (t) => `${t}{{ session["titel"] }}`),
    { file: 'reminder.md', path: '/session.titel', suggestion: 'session.title' },
  ],
  [
    'an unknown variable as what a filter takes',
    edit('messages/reminder.md', (t) => `${t}{{ session.title | append: person.nam }}`),
    { file: 'reminder.md', path: '/person.nam', suggestion: 'person.name' },
  ],
  [
    'a loop over what is not there',
    edit('messages/update.md', (t) => t.replace('update.paragraphs', 'update.paragraph')),
    { file: 'update.md', suggestion: 'update.paragraphs' },
  ],
  [
    'a group of values where one is said',
    edit('messages/reminder.md', (t) => `${t}{{ person }}`),
    { file: 'reminder.md', path: '/person', suggestion: 'one of: person.givenName, person.name, person.role' },
  ],
  [
    'an unknown filter in a branch that the sample does not take',
    edit('messages/reminder.md', (t) => `${t}{% if session.subject == "x" %}{{ session.title | upcas }}{% endif %}`),
    { file: 'reminder.md', suggestion: 'upcase' },
  ],
  [
    'what only a briefing says',
    edit('messages/reminder.md', (t) => `${t}{{ briefing.text }}`),
    {
      file: 'reminder.md',
      rule: 'day-before-to-guardian',
      path: '/briefing.text',
      message: expect.stringContaining('(reminder to guardian on booked)'),
    },
  ],
  [
    'what only a briefing says, in its subject',
    edit('messages/assignment.md', (t) => t.replace('subject: "', 'subject: "{{ briefing.text }} ')),
    { file: 'assignment.md', rule: 'assign-instructor', path: '/briefing.text' },
  ],
  [
    'what only a review says, asked for',
    edit('messages/confirmation.md', (t) => `${t}{% if review %}x{% endif %}`),
    { file: 'confirmation.md', path: '/review' },
  ],
  [
    'what only a review says, nested',
    edit(
      'messages/credential.md',
      (t) => `${t}{% if session.subject != "" %}{% unless session.incident %}{{ review.reason }}{% endunless %}{% endif %}`,
    ),
    { file: 'credential.md', path: '/review.reason', suggestion: 'session.reason' },
  ],
  [
    'a loop over what only an update says',
    edit('messages/change.md', (t) => `${t}{% for p in update.paragraphs %}{{ p }}{% endfor %}`),
    { file: 'change.md', path: '/update.paragraphs' },
  ],
  [
    'whom it is about, said to those who are told of themselves',
    edit('messages/reminder.md', (t) => t.replace('{% if about %}for {{ about.givenName }} {% endif %}', 'for {{ about.givenName }} ')),
    { file: 'reminder.md', rule: 'day-before-to-student', path: '/about.givenName', suggestion: 'write it between {% if about %} and {% endif %}' },
  ],
  [
    'whom it is about, where a condition has not found it',
    edit('messages/reminder.md', (t) => t.replace('{% if about %}', '{% if about or person %}')),
    { file: 'reminder.md', path: '/about.givenName' },
  ],
  [
    'whom it is about, in the German text',
    edit('messages/reminder.de.md', (t) => t.replace('{% if about %}', '{% if person %}')),
    { file: 'reminder.de.md', path: '/about.givenName' },
  ],
  [
    'an earlier time, said as if there always were one',
    edit('messages/reminder.md', (t) => `${t}{{ change.previousStartsAt | when }}`),
    { file: 'reminder.md', suggestion: 'write it between {% if change %} and {% endif %}' },
  ],
  [
    'a row that sends the text of another event',
    edit('policies/obligations.json', (t) => t.replace('"template": "assignment"', '"template": "review-request"')),
    { file: 'review-request.md', rule: 'assign-instructor', path: '/review.url' },
  ],
  [
    'a row of several events, not all of which bring what its text says',
    edit('policies/obligations.json', (t) =>
      t.replace('{ "==": [{ "var": "event" }, "coverage-gap"] }', '{ "in": [{ "var": "event" }, ["coverage-gap", "no-show"]] }'),
    ),
    { file: 'escalation.md', rule: 'gap-to-coordinator', path: '/review.reason' },
  ],
  ['an unknown filter', edit('messages/reminder.md', (t) => t.replaceAll('| when', '| wen')), { file: 'reminder.md' }],
  ['a tag that is not closed', edit('messages/reminder.md', (t) => t.replace('{% endif %}', '')), { file: 'reminder.md' }],
  ['a bracket that is not closed', edit('messages/reminder.md', (t) => t.replace('}}', '}')), { file: 'reminder.md' }],
  ['a message without a subject', edit('messages/reminder.md', (t) => t.replace(/subject:.*\n/, '')), { file: 'reminder.md' }],
  [
    'a misspelt line of the head',
    edit('messages/reminder.md', (t) => t.replace('sms:', 'smss:')),
    { file: 'reminder.md', path: '/smss', suggestion: 'sms' },
  ],
  ['a message without a head', edit('messages/reminder.md', (t) => t.replaceAll('---', '')), { file: 'reminder.md' }],
  ['an empty message', edit('messages/reminder.md', () => ''), { file: 'reminder.md' }],
  [
    'tags a thousand deep',
    edit('messages/reminder.md', (t) => `${t}${'{% if about %}'.repeat(1000)}x${'{% endif %}'.repeat(1000)}`),
    { file: 'reminder.md', message: 'tags enclose each other deeper than 10 levels' },
  ],
  ['HTML in a message', edit('messages/reminder.md', (t) => `${t}\n<b>x</b>`), { file: 'reminder.md' }],
  [
    'a duration in words',
    edit('policies/no-show.student.json', (t) => t.replace('"grace": "15m"', '"grace": "15 min"')),
    { file: 'no-show.student.json', path: '/params/grace', suggestion: '"15m"' },
  ],
  [
    'a duration without its unit',
    edit('policies/no-show.student.json', (t) => t.replace('"grace": "15m"', '"grace": "15"')),
    { path: '/params/grace', suggestion: '"15m"' },
  ],
  [
    'a percentage with its sign',
    edit('policies/change.json', (t) => t.replace('"lateShare": 50', '"lateShare": "50%"')),
    { path: '/params/lateShare', suggestion: '50' },
  ],
  [
    'a misspelt currency',
    edit('policies/admission.json', (t) => t.replace('"currency": "EUR"', '"currency": "EURO"')),
    { path: '/rules/12/then/currency/calc', suggestion: 'EUR' },
  ],
  [
    'a parameter named like a fact',
    edit('policies/no-show.student.json', (t) => t.replace('{ "var": "params.grace" }', '{ "var": "grace" }')),
    { suggestion: 'params.grace' },
  ],
  [
    'a fact named as if it stood in a group',
    edit('policies/no-show.student.json', (t) => t.replace('{ "var": "lateBy" }', '{ "var": "student.lateBy" }')),
    { suggestion: 'lateBy' },
  ],
  [
    'a fact written as a text',
    edit('policies/no-show.student.json', (t) => t.replace('{ "var": "lateBy" }', '"lateBy"')),
    { suggestion: '{"var": "lateBy"}' },
  ],
  [
    'a space that is none',
    edit('policies/no-show.student.json', (t) => t.replace('"binding": ', '"binding":\u00a0')),
    { file: 'no-show.student.json', message: "this is not JSON (line 5, column 13): Unexpected token '\u00a0'" },
  ],
  [
    'a tab inside a text',
    edit('policies/no-show.student.json', (t) => t.replace('When a student', 'When\ta student')),
    { message: expect.stringContaining('line 3, column 17') },
  ],
  ['a comment', edit('policies/no-show.student.json', (t) => t.replace('{', '{ // ours')), { message: expect.stringContaining('line 1, column 3') }],
  [
    'a policy too large',
    edit('policies/no-show.student.json', (t) => t.replace('{', `{${' '.repeat(70_000)}`)),
    { message: 'the file is larger than 64 KB' },
  ],
  [
    'a misspelt ending',
    (f) => renameSync(path.join(f, 'policies/charge.json'), path.join(f, 'policies/charge.jsn')),
    { file: 'charge.jsn', suggestion: 'name it charge.json, or take it away' },
  ],
  [
    'a copy left beside',
    (f) => cpSync(path.join(f, 'policies/charge.json'), path.join(f, 'policies/charge copy.json')),
    { path: '/appliesTo', message: expect.stringContaining('charge copy.json') },
  ],
  ['a folder that is nearly one of ours', (f) => mkdirSync(path.join(f, 'polices')), { file: 'polices', suggestion: 'policies' }],
  [
    'a language that is none',
    edit('policies/no-show.student.json', (t) => t.replace('"de": ', '"german": ')),
    { rule: 'room-was-down', path: '/rules/2/say/german' },
  ],
  [
    'an outcome that may be computed to need more',
    edit('policies/admission.json', (t) =>
      t.replace('"then": { "verdict": "refuse" }', '"then": { "verdict": { "calc": { "if": [{ "var": "isTrial" }, "book", "refuse"] } } }'),
    ),
    { file: 'admission.json', rule: 'in-the-past', path: '/rules/0/then/price' },
  ],
  [
    'two documents that fit a session equally well',
    (f) => {
      edit('policies/charge.json', (t) => t.replace('"hit": "first",', '"hit": "first", "appliesTo": { "branch": "north" },'))(f);
      cpSync(path.join(defaultRulesFolder(), 'policies/charge.json'), path.join(f, 'policies/all.charge.json'));
      cpSync(path.join(f, 'policies/charge.json'), path.join(f, 'policies/music.charge.json'));
      edit('policies/music.charge.json', (t) => t.replace('"branch": "north"', '"programme": "music"'))(f);
    },
    { code: 'same-sessions', file: 'music.charge.json', path: '/appliesTo', message: expect.stringContaining(' charge.json') as string },
  ],
])('%s: found, with file, place and remedy', (_name, spoil, expected) => {
  const faults = check(copy(spoil));
  expect(faults).toContainEqual(expect.objectContaining(expected));
  for (const f of faults)
    expect(f).toEqual({
      code: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/) as string,
      file: expect.stringMatching(/./),
      rule: f.rule,
      path: expect.any(String),
      message: expect.stringMatching(/./),
      suggestion: expect.stringMatching(/./) as string,
    });
});

test.each<[string, (folder: string) => unknown]>([
  ['a byte order mark, which says nothing', edit('policies/change.json', (t) => `\ufeff${t}`)],
  ['a byte order mark in a message', edit('messages/reminder.md', (t) => `\ufeff${t}`)],
  ['line ends as Windows writes them', edit('messages/reminder.md', (t) => t.replaceAll('\n', '\r\n'))],
  [
    'a policy set in with tabs, with line ends as Windows writes them',
    edit('policies/charge.json', (t) => t.replace(/^ +/gm, '\t').replaceAll('\n', '\r\n')),
  ],
  ['a policy under another name', (f) => renameSync(path.join(f, 'policies/charge.json'), path.join(f, 'policies/what-is-charged.json'))],
  ['a hidden file of the system', (f) => writeFileSync(path.join(f, 'policies/.DS_Store'), 'x')],
  ['a message that no policy names, which nobody is sent', (f) => cpSync(path.join(f, 'messages/reminder.md'), path.join(f, 'messages/spare.md'))],
  [
    'an earlier time, where a condition has found it',
    edit('messages/reminder.md', (t) => `${t}{% if change and change.kind == "reschedule" %}{{ change.previousStartsAt | when }}{% endif %}`),
  ],
  [
    'whom it is about, where `unless` has found it',
    edit('messages/reminder.md', (t) => `${t}{% unless about %}x{% else %}{{ about.name }}{% endunless %}`),
  ],
  [
    'names that a text makes itself',
    edit(
      'messages/update.md',
      (t) => `${t}{% assign first = update.paragraphs.first %}{{ first }}{% for p in update.paragraphs %}{{ forloop.index }} {{ p }}{% endfor %}`,
    ),
  ],
  [
    'a link to a policy elsewhere',
    (f) => {
      cpSync(path.join(f, 'policies/charge.json'), path.join(f, 'charge.json'));
      rmSync(path.join(f, 'policies/charge.json'));
      symlinkSync('../charge.json', path.join(f, 'policies/charge.json'));
    },
  ],
  ['no document for a programme of its own', remove('policies/demo.recording.json')],
])('%s: no fault', (_name, spoil) => expect(check(copy(spoil))).toEqual([]));

test.each([
  ['a folder that is not there', () => path.join(os.tmpdir(), 'lectern-no-such-folder')],
  ['a folder with nothing of rules', () => copy((f) => ['policies', 'messages'].forEach((kind) => rmSync(path.join(f, kind), { recursive: true })))],
  ['a file', () => path.join(defaultRulesFolder(), 'policies/charge.json')],
])('%s is wrong input', (_name, folder) => expect(() => readRuleFiles(folder())).toThrow(/is not a folder|holds no rules/));
