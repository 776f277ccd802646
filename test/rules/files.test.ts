import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkRuleFiles } from '../../commands/check-rules';
import { POINTS } from '../../decisions/points';
import { checkPolicies } from '../../policy/check';
import { formatDocument } from '../../policy/format';
import { newDocument } from '../../policy/skeleton';
import type { Json } from '../../policy/types';
import { rulesFmt, rulesNew } from '../../runtime/cli/rules-files';
import { defaultRulesFolder, readRuleFiles } from '../../runtime/rule-files';

/** A folder of its own with the shipped rules; what the commands print goes nowhere. */
const folder = (): string => {
  const at = mkdtempSync(path.join(os.tmpdir(), 'lectern-files-'));
  cpSync(defaultRulesFolder(), at, { recursive: true });
  return at;
};
beforeEach(() => void jest.spyOn(process.stdout, 'write').mockReturnValue(true));
afterEach(() => jest.restoreAllMocks());
const policies = (at: string): string => path.join(at, 'policies');

test('the shipped policies are written the one way, and a file that is not is written so and says the same', () => {
  expect(rulesFmt({ check: true })).toBe(0);
  const at = folder();
  const file = path.join(policies(at), 'change.json');
  const before = readFileSync(file, 'utf8');
  const { examples, ...rest } = JSON.parse(before) as Record<string, Json>;
  writeFileSync(file, JSON.stringify({ examples, ...rest }));
  expect(rulesFmt({ rules: at, check: true })).toBe(1);
  expect(readFileSync(file, 'utf8')).not.toBe(before);
  expect([rulesFmt({ rules: at }), rulesFmt({ rules: at, check: true })]).toEqual([0, 0]);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('a file that is no JSON is told of, and nothing is written', () => {
  const at = folder();
  const loose = path.join(policies(at), 'change.json');
  writeFileSync(loose, JSON.stringify(JSON.parse(readFileSync(loose, 'utf8'))));
  writeFileSync(path.join(policies(at), 'charge.json'), '{');
  const before = readFileSync(loose, 'utf8');
  expect(rulesFmt({ rules: at })).toBe(1);
  expect(readFileSync(loose, 'utf8')).toBe(before);
});

test.each(Object.values(POINTS).map((spec) => [spec.point, spec] as const))('a new document for %s has no fault to begin with', (_point, spec) => {
  const text = formatDocument(newDocument(spec) as unknown as Json);
  expect(checkPolicies([{ file: 'new.json', text }], POINTS).faults).toEqual([]);
});

test('a new document for some sessions decides as the one for everybody; none is written over another', () => {
  const at = folder();
  expect(rulesNew('no-show.student', { rules: at, programme: 'music', subject: 'Piano & Organ' })).toBe(0);
  const name = 'music.piano-organ.no-show.student.json';
  expect(readdirSync(policies(at))).toContain(name);
  const [made, general] = [name, 'no-show.student.json'].map(
    (f) => JSON.parse(readFileSync(path.join(policies(at), f), 'utf8')) as Record<string, Json>,
  );
  expect(made).toMatchObject({ appliesTo: { programme: 'music', subject: 'Piano & Organ' }, rules: general!.rules, properties: general!.properties });
  expect(checkRuleFiles(readRuleFiles(at))).toEqual([]);
  expect(rulesFmt({ rules: at, check: true })).toBe(0);
  expect(() => rulesNew('no-show.student', { rules: at, programme: 'music', subject: 'Piano & Organ' })).toThrow('is there already');
  expect(() => rulesNew('no-show.student', { rules: at })).toThrow('for everybody already');
  // One that ties with the demo programme's is written, and the tie is told with what to do.
  expect(rulesNew('no-show.student', { rules: at, subject: 'Piano' })).toBe(1);
  rmSync(path.join(policies(at), 'piano.no-show.student.json'));
  expect(() => rulesNew('no-show.studnt', { rules: at })).toThrow('no-show.student');
  rmSync(path.join(policies(at), 'no-show.student.json'));
  expect(rulesNew('no-show.student', { rules: at })).toBe(0);
  expect(checkRuleFiles(readRuleFiles(at))).toEqual([]);
});
