import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { automationFacts, pointsOf } from '../../commands/check-rules';
import { automationSchema } from '../../policy/automations/schema';
import { FACT_POINTS } from '../../decisions/points/declared';
import { factSchema } from '../../policy/facts/schema';
import { EVENT_FIELDS } from '../../commands/inbound-fields';
import { mappingSchema } from '../../policy/inbound/schema';
import { policySchema } from '../../policy/schema';
import { defaultRulesFolder, readRuleFiles } from '../../runtime/rule-files';

const root = path.join(__dirname, '../..');
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
const validate = ajv.compile(JSON.parse(readFileSync(path.join(root, 'docs/schemas/policy.schema.json'), 'utf8')) as object);
const faultsOf = (document: unknown): string[] => (validate(document) ? [] : validate.errors!.map((e) => `${e.instancePath} ${e.message}`));
const policies = readRuleFiles(defaultRulesFolder()).policies;

test('the schema is made from the decision points, and an editor finds it for each policy (npm run schemas writes it)', () => {
  expect(JSON.parse(readFileSync(path.join(root, 'docs/schemas/policy.schema.json'), 'utf8'))).toEqual(
    policySchema(pointsOf(readRuleFiles(defaultRulesFolder())).points),
  );
  const settings = JSON.parse(readFileSync(path.join(root, '.vscode/settings.json'), 'utf8')) as {
    'json.schemas': { fileMatch: string[]; url: string }[];
  };
  expect(settings['json.schemas']).toEqual([
    { fileMatch: ['/rules/policies/*.json'], url: './docs/schemas/policy.schema.json' },
    { fileMatch: ['/rules/inbound/*.json'], url: './docs/schemas/inbound.schema.json' },
    { fileMatch: ['/rules/facts/*.json'], url: './docs/schemas/fact.schema.json' },
    { fileMatch: ['/rules/automations/*.json'], url: './docs/schemas/automation.schema.json' },
  ]);
});

test('the schema of mappings is made from our events, takes those that are shipped, and underlines an event or field that is none', () => {
  const schema = JSON.parse(readFileSync(path.join(root, 'docs/schemas/inbound.schema.json'), 'utf8')) as object;
  expect(schema).toEqual(mappingSchema(EVENT_FIELDS));
  const takes = ajv.compile(schema);
  const mappings = readRuleFiles(defaultRulesFolder()).inbound!;
  for (const { file, text } of mappings) expect([file, takes(JSON.parse(text)), takes.errors]).toEqual([file, true, null]);
  const { text } = mappings.find((m) => m.file === 'zoom.json')!;
  for (const [was, is] of [
    ['"participant.joined"', '"participant.join"'],
    ['"personId"', '"persnId"'],
    ['"scheme": "hmac"', '"scheme": "hmca"'],
    ['"instant"', '"instnat"'],
  ] as const)
    expect([is, takes(JSON.parse(text.replace(was, is)))]).toEqual([is, false]);
});

test('the schema of facts takes those that are shipped, and underlines what none can have; policies may name them', () => {
  const schema = JSON.parse(readFileSync(path.join(root, 'docs/schemas/fact.schema.json'), 'utf8')) as object;
  expect(schema).toEqual(factSchema(FACT_POINTS));
  const takes = ajv.compile(schema);
  const facts = readRuleFiles(defaultRulesFolder()).facts!;
  for (const { file, text } of facts) expect([file, takes(JSON.parse(text)), takes.errors]).toEqual([file, true, null]);
  const { text } = facts.find((f) => f.file === 'lateCancelsThisTerm.json')!;
  for (const [was, is] of [
    ['"term"', '"terms"'],
    ['"cancellation"', '"cancelation"'],
    ['"change"', '"admission"'],
    ['"notice"', '"notcie"'],
  ] as const)
    expect([is, takes(JSON.parse(text.replace(was, is)))]).toEqual([is, false]);
  const change = JSON.parse(policies.find((p) => p.file === 'change.json')!.text) as Doc;
  const naming = (fact: string): string[] => faultsOf({ ...change, rules: [{ ...change.rules[0], when: { '>': [{ var: fact }, 2] } }] });
  expect([naming('lateCancelsThisTerm'), naming('lateCancelsThisTrm').length > 0]).toEqual([[], true]);
});

test('the schema of automations takes those that are shipped, and underlines what none can have', () => {
  const schema = JSON.parse(readFileSync(path.join(root, 'docs/schemas/automation.schema.json'), 'utf8')) as object;
  const shipped = readRuleFiles(defaultRulesFolder());
  expect(schema).toEqual(automationSchema(automationFacts(shipped)));
  const takes = ajv.compile(schema);
  for (const { file, text } of shipped.automations!) expect([file, takes(JSON.parse(text)), takes.errors]).toEqual([file, true, null]);
  const { text } = shipped.automations!.find((a) => a.file === 'third-no-show.json')!;
  for (const [was, is] of [
    ['"no-show"', '"noshow"'],
    ['"noShowsLately" }, {', '"noShowLately" }, {'],
    ['"hold"', '"held"'],
    ['"coordinator"', '"coordinators"'],
    ['"3d"', '"three days"'],
  ] as const)
    expect([is, takes(JSON.parse(text.replace(was, is)))]).toEqual([is, false]);
});

test.each(policies.map((p) => [p.file, p.text]))('%s is taken', (_file, text) => {
  expect(faultsOf(JSON.parse(text))).toEqual([]);
});

type Doc = { policy: string; rules: { when: object; then: Record<string, unknown> }[]; examples: { base: Record<string, unknown> } };
test.each<[string, (document: Doc) => void, string]>([
  ['a decision point that is none', (d) => (d.policy = 'coverrage'), '/policy'],
  ['a fact that is none', (d) => (d.rules[0]!.when = { '!': [{ var: 'roomOpn' }] }), '/rules/0/when'],
  ['an operator that is none', (d) => (d.rules[0]!.when = { equals: [{ var: 'roomOpen' }, true] }), '/rules/0/when'],
  ['two operators in one', (d) => (d.rules[0]!.when = { '!': [{ var: 'roomOpen' }], '!!': [1] }), '/rules/0/when'],
  ['an outcome that is none', (d) => (d.rules[0]!.then = { verdict: 'holds' }), '/rules/0/then/verdict'],
  ['a field of the outcome that is none', (d) => (d.rules[0]!.then = { verdikt: 'hold' }), '/rules/0/then'],
  ['a fact of an example that is none', (d) => (d.examples.base['roomOpened'] = true), '/examples/base'],
  ['a duration that is none', (d) => (d.examples.base['untilStart'] = '15 minutes'), '/examples/base/untilStart'],
])('%s is underlined at its place', (_name, spoil, place) => {
  const document = JSON.parse(policies.find((p) => p.file === 'coverage.json')!.text) as Doc;
  spoil(document);
  expect(faultsOf(document).filter((fault) => fault.startsWith(place))).not.toEqual([]);
});
