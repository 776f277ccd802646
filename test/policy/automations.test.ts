import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkRuleFiles } from '../../commands/check-rules';
import { AUTOMATION_EVENT_NAMES } from '../../domain/automation';
import { diffRuleSets } from '../../policy/diff';
import { hashRuleSet } from '../../policy/ruleset';
import { shippedRules } from '../support/rule-files';

const files = shippedRules();
const NAME = 'lapsed-student.json';
const edited = (was: string, is: string): typeof files => ({
  ...files,
  automations: files.automations!.map((a) => {
    if (a.file !== NAME) return a;
    if (!a.text.includes(was)) throw new Error(`${NAME} does not hold ${was}`);
    return { ...a, text: a.text.replace(was, is) };
  }),
});

test.each<[string, string, string, string, string, string]>([
  ['an event', '"student.quiet"', '"student.quit"', 'wrong-value', '/on', 'student.quiet'],
  ['a fact', '"lessonsAhead" }, 0', '"lessonAhead" }, 0', 'unknown-fact', '/when/and/0/==/0/var', 'lessonsAhead'],
  ['a template', '"template": "lapsed-student"', '"template": "lapsed-studnet"', 'unknown-message', '/do', 'lapsed-student'],
  ['whom it writes to', '"to": "guardian"', '"to": "guardians"', 'wrong-value', '/do/0/hold/then/write/0/message/to', 'guardian'],
  ['a step', '"hold":', '"held":', 'unknown-field', '/do/0/held', 'hold'],
  ['a clock time', '"09:00"', '"9 o’clock"', 'wrong-value', '/at', '"09:00"'],
  ['an answer', '"default": "leave"', '"default": "leav"', 'wrong-value', '/do/0/hold/default', 'leave'],
  ['an example', '"then": ["ask"]', '"then": []', 'example-differs', '/examples/cases/2', 'mend the automation, or the example'],
  ['a parameter', '"after": "21d"', '"after": "21d", "spare": 1', 'unused-parameter', '/params/spare', 'take it out'],
  ['its name', '"automation": "lapsed-student"', '"automation": "lapsed"', 'wrong-name', '/automation', '"lapsed-student"'],
])('%s that is wrong is told with its place and what would be right', (_what, was, is, code, place, suggestion) => {
  const faults = checkRuleFiles(edited(was, is));
  expect(faults).toContainEqual(expect.objectContaining({ file: NAME, code, path: place, suggestion }));
});

test('a message says no more than an automation has: no reason of a change, and a student only to a guardian', () => {
  const messages = files.messages.map((m) =>
    m.file === 'missing-notes.md' ? { ...m, text: `${m.text}\n{{ change.reason }} {{ about.givenName }}\n` } : m,
  );
  const faults = checkRuleFiles({ ...files, messages }).filter((f) => f.file === 'missing-notes.md');
  expect(faults.map((f) => [f.code, f.rule, f.path])).toEqual([
    ['unknown-variable', 'remind', '/change.reason'],
    ['unknown-variable', 'remind', '/about.givenName'],
  ]);
});

test('automations belong to the set: they change its hash, a difference is told in words, and left out they stay', () => {
  const on = edited('"enabled": false', '"enabled": true');
  expect(hashRuleSet(on)).not.toBe(hashRuleSet(files));
  const words = (after: Partial<typeof files>): string[] => diffRuleSets(files, { ...files, ...after }).map((d) => d.words);
  expect(words(on)).toEqual(['automation lapsed-student: switched on']);
  expect(words(edited('"after": "21d"', '"after": "30d"'))).toEqual(['automation lapsed-student: after 21 → 30 days']);
  expect(words({ automations: files.automations!.filter((a) => a.file !== NAME) })).toEqual([`automation ${NAME} removed`]);
  const { automations: _left, ...without } = files;
  expect(diffRuleSets(files, without)).toEqual([]);
});

test('what is shipped is switched off, and says what it asks in German too; the document names every event', () => {
  const documents = files.automations!.map((a) => JSON.parse(a.text) as { automation: string; enabled: boolean; do: object });
  expect(documents.map((d) => d.automation)).toHaveLength(6);
  expect(documents.filter((d) => d.enabled)).toEqual([]);
  for (const { automation, do: steps } of documents) {
    const asked = JSON.stringify(steps).match(/"en":/g)?.length ?? 0;
    expect([automation, JSON.stringify(steps).match(/"de":/g)?.length ?? 0]).toEqual([automation, asked]);
  }
  const page = readFileSync(path.join(__dirname, '../../docs/automations.md'), 'utf8');
  expect(AUTOMATION_EVENT_NAMES.filter((name) => !page.includes(`| \`${name}\``))).toEqual([]);
});
