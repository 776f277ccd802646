import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkRuleFiles } from '../../commands/check-rules';
import { policiesOf, STANDARD } from '../../policy/packs';
import type { PolicyDocument } from '../../policy/types';
import { UsageError } from '../../runtime/cli/output';
import { readPacks, rulesUse } from '../../runtime/cli/rules-use';
import { rulesCheck, rulesTest } from '../../runtime/cli/rules';
import { defaultRulesFolder, readRuleFiles } from '../../runtime/rule-files';

const packs = readPacks();
const names = packs.map((p) => p.pack);
let printed: string;
beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

/** A folder of its own with the shipped rules. */
const folder = (): string => {
  const at = mkdtempSync(path.join(os.tmpdir(), 'lectern-packs-'));
  cpSync(defaultRulesFolder(), at, { recursive: true });
  return at;
};
const fileIn = (at: string, policy: string): string => path.join(at, 'policies', `${policy}.json`);
const documentIn = (at: string, policy: string): PolicyDocument => JSON.parse(readFileSync(fileIn(at, policy), 'utf8')) as PolicyDocument;
const textsOf = (at: string): string[] => readdirSync(path.join(at, 'policies')).map((f) => readFileSync(path.join(at, 'policies', f), 'utf8'));
const edit = (at: string, policy: string, change: (d: PolicyDocument) => void): void => {
  const document = documentIn(at, policy);
  change(document);
  writeFileSync(fileIn(at, policy), JSON.stringify(document));
};

test('the shipped rules are those of the standard pack, and the packs are listed with the one in use', () => {
  expect(rulesUse(undefined, {})).toBe(0);
  for (const name of names) expect(printed).toContain(name);
  expect(printed).toMatch(/^\* standard/m);
  expect(printed.match(/^\*/gm)).toHaveLength(1);
});

test.each(names)('with %s the rules have no fault, and every example and property holds', (name) => {
  const rules = folder();
  expect(rulesUse(name, { rules })).toBe(0);
  expect([rulesCheck({ rules }), rulesTest({ rules })]).toEqual([0, 0]);
  expect(printed).toMatch(/\d+ examples and \d+ properties hold$/m);
  const documents = policiesOf(packs).map((policy) => documentIn(rules, policy));
  expect(documents.find((d) => d.policy === 'change')!.properties!.map((p) => p.id)).toEqual(
    expect.arrayContaining(['more-notice-never-costs-more', 'a-trial-costs-nothing']),
  );
});

test.each(names.filter((n) => n !== STANDARD))('%s brings rules, examples and properties of its own, and says in words what differs', (name) => {
  const rules = folder();
  rulesUse(name, { rules });
  const { policies } = packs.find((p) => p.pack === name)!;
  const document = documentIn(rules, 'change');
  for (const { rule } of policies['change']!.rules!) expect(document.rules).toContainEqual(rule);
  for (const property of policies['change']!.properties!) expect(document.properties).toContainEqual(property);
  expect(policies['change']!.cases!.length).toBeGreaterThan(2);
  expect(printed).toMatch(/change: .* → /);
  expect(printed).toContain(`lectern rules publish -m "Terms of ${name}"`);
});

test('packs are put for each other, and the standard one brings back the rules as shipped, to the letter', () => {
  const rules = folder();
  const shipped = textsOf(rules);
  for (const name of names.filter((n) => n !== STANDARD)) {
    rulesUse(name, { rules });
    expect(textsOf(rules)).not.toEqual(shipped);
  }
  const others = names
    .filter((n) => n !== STANDARD && n !== names.at(-1))
    .flatMap((n) => packs.find((p) => p.pack === n)!.policies['change']!.rules!);
  const ids = documentIn(rules, 'change').rules.map((r) => r.id);
  expect(ids.filter((id) => others.some((o) => o.rule.id === id))).toEqual(
    packs
      .find((p) => p.pack === names.at(-1))!
      .policies['change']!.rules!.map((r) => r.rule.id)
      .filter((id) => others.some((o) => o.rule.id === id)),
  );
  rulesUse(STANDARD, { rules });
  expect(textsOf(rules)).toEqual(shipped);
  rulesUse(STANDARD, { rules });
  expect(printed).toMatch(/The rules are as standard has them\.\n$/);
});

test('terms of an admin’s own are shown and kept until they say yes; a rule of their own stays', () => {
  const rules = folder();
  const own = {
    id: 'our-friends',
    description: 'Friends pay nothing',
    when: { '==': [{ var: 'students' }, 99] },
    then: { verdict: 'allow', chargePercent: 0 },
  };
  edit(rules, 'change', (d) => void d.rules.unshift(own));
  edit(rules, 'no-show.student', (d) => (d.params!['grace'] = '17m'));
  const mine = textsOf(rules);
  expect(rulesUse('strict', { rules })).toBe(0);
  expect(textsOf(rules)).toEqual(mine);
  expect(printed).toMatch(/grace 17 → 15 minutes/);
  expect(printed).toContain('lectern rules use strict --yes');
  expect(rulesUse('strict', { rules, yes: true })).toBe(0);
  expect(documentIn(rules, 'change').rules[0]).toEqual(own);
  expect(documentIn(rules, 'no-show.student').params).toMatchObject({ grace: '15m' });
  expect(checkRuleFiles(readRuleFiles(rules))).toEqual([]);
});

test('a pack whose rule has nothing to go before writes nothing, and says what to do', () => {
  const rules = folder();
  edit(rules, 'change', (d) => (d.rules.find((r) => r.id === 'move-late')!.id = 'late-move'));
  const mine = textsOf(rules);
  expect(() => rulesUse('strict', { rules, yes: true })).toThrow(/many-strikes-move of this pack goes before move-late.*put move-late back/);
  expect(textsOf(rules)).toEqual(mine);
});

test('an unknown pack is wrong input with the name that was meant, and rules with a fault are mended first', () => {
  expect(() => rulesUse('strickt', {})).toThrow(UsageError);
  expect(() => rulesUse('strickt', {})).toThrow(/"strickt" is not a pack \(strict\)/);
  const rules = folder();
  edit(rules, 'change', (d) => (d.title = ''));
  const mine = textsOf(rules);
  expect(rulesUse('strict', { rules, yes: true })).toBe(1);
  expect(textsOf(rules)).toEqual(mine);
});
