import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkMessages } from '../../messages/check';
import { SAMPLE_FACTS } from '../../messages/facts';
import { localeIn, messageLanguages, parseTemplate, pickTemplate, renderMessage } from '../../messages/render';

const folder = path.join(__dirname, '../../rules/messages');
const shipped = readdirSync(folder).map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));
const reader = { locale: 'en', zone: 'Asia/Kathmandu' };
const template = (body: string, subject = 'S') => parseTemplate({ file: 't.md', text: `---\ntitle: T\nsubject: "${subject}"\n---\n${body}` });

test('every shipped template checks clean', () => {
  expect(checkMessages(shipped)).toEqual([]);
});

test('shows the reader’s own time, with its zone', () => {
  const { text } = renderMessage(template('{{ session.startsAt | when }}'), SAMPLE_FACTS, reader);
  expect(text).toContain('20:45');
  expect(text).toContain('Asia/Kathmandu');
});

test.each([
  ['unknown variable', 'Hi {{ person.givenNam }}', 'person.givenName'],
  ['unknown variable in a condition', '{% if session.titel %}x{% endif %}', 'session.title'],
])('%s is a fault with the nearest name', (_what, body, suggestion) => {
  const [fault] = checkMessages([{ file: 'bad.md', text: `---\ntitle: T\nsubject: "S"\n---\n${body}` }]);
  expect(fault).toMatchObject({ file: 'bad.md', suggestion });
});

test.each([
  ['unknown filter', '{{ person.name | shout }}'],
  ['broken tag', '{% if person.name %}x'],
  ['include', '{% include "other" %}'],
  ['HTML', '<b>x</b>'],
])('%s is a fault', (_what, body) => {
  expect(checkMessages([{ file: 'bad.md', text: `---\ntitle: T\nsubject: "S"\n---\n${body}` }])).not.toEqual([]);
});

test.each([
  ['the destination of a link', '[pay]({{ person.name }})'],
  ['a link that a reference gives', 'See [here].\n\n[here]: {{ change.reason }}'],
  ['what is made a link', '{{ session.title | link }}'],
])('a value as %s is a fault', (_what, body) => {
  const [fault] = checkMessages([{ file: 'bad.md', text: `---\ntitle: T\nsubject: "S"\n---\n${body}` }]);
  expect(fault).toMatchObject({ suggestion: 'session.joinUrl' });
});

test('a head without subject is a fault with its place', () => {
  expect(checkMessages([{ file: 'bad.md', text: '---\ntitle: T\n---\nx' }])[0]!.message).toContain('no subject');
});

const ASKED = 'covered: "What?"\npractise: "How well?"\nhomework: "What next?"';
test.each([
  ['has none', '', '/covered', 'asks no question under "covered"'],
  ['has two', ASKED.replace(/homework.*/, 'subjec: "x"'), '/subjec', 'not a line of the head'],
  ['has an empty one', ASKED.replace('How well?', ' '), '/practise', 'asks no question'],
  ['puts somebody’s name into one', ASKED.replace('What?', 'Did {{ person.name }} learn?'), '/covered', 'plain words'],
  ['has one without an end', ASKED.replace('What next?', 'What? '.repeat(40)), '/homework', 'longer than 200'],
])('the message that asks for notes: one that %s is a fault with its place', (_what, head, path, message) => {
  const [fault] = checkMessages([{ file: 'notes-request.fr.md', text: `---\ntitle: T\nsubject: "S"${head && `\n${head}`}\n---\nx` }]);
  expect(fault).toMatchObject({ path });
  expect(fault!.message).toContain(message);
});

test('the questions are in the language of whoever is asked; no other message asks any', () => {
  expect(checkMessages([{ file: 'notes-request.fr.md', text: `---\ntitle: T\nsubject: "S"\n${ASKED}\n---\nx` }])).toEqual([]);
  expect(pickTemplate(shipped, 'notes-request', 'de-AT').questions.covered).toBe('Woran haben Sie gearbeitet?');
  expect(pickTemplate(shipped, 'notes-request', 'fr').questions.covered).toBe('What did you work on?');
  expect(checkMessages([{ file: 'reminder.fr.md', text: `---\ntitle: T\nsubject: "S"\n${ASKED}\n---\nx` }])).toHaveLength(3);
});

test('picks the reader’s language, then the plain one', () => {
  expect(pickTemplate(shipped, 'reminder', 'de-AT').title).toContain('Erinnerung');
  expect(pickTemplate(shipped, 'reminder', 'fr').title).toContain('Reminder');
});

test('picks the organisation’s language before the plain one, but for who reads that', () => {
  expect(pickTemplate(shipped, 'reminder', 'fr', 'de').title).toContain('Erinnerung');
  expect(pickTemplate(shipped, 'reminder', 'en-GB', 'de').title).toContain('Reminder');
  expect(pickTemplate(shipped, 'escalation', 'fr', 'de').title).toBe('Something needs a coordinator');
});

test('dates are in the language that the text around them is in', () => {
  expect(localeIn(pickTemplate(shipped, 'reminder', 'de-AT'), 'de-AT')).toBe('de-AT');
  expect(localeIn(pickTemplate(shipped, 'reminder', 'fr'), 'fr')).toBe('en');
  expect(messageLanguages(shipped)).toEqual(new Set(['en', 'de']));
});
