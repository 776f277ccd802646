import { POINTS } from '../../decisions/points';
import { CARRIED } from '../../decisions/points/obligations';
import { RULE_FAULTS } from '../../domain/rule-faults';
import { specOfFact } from '../../policy/facts/declare';
import { HAPPENINGS, type FactDocument } from '../../policy/facts/types';
import { OPERATORS } from '../../policy/logic';
import type { DecisionPointSpec, FieldSpec } from '../../policy/types';
import { shippedRules } from '../support/rule-files';

const MOST_VALUES = 15;

function kindOf({ type, values, unit, optional, positive }: FieldSpec): string {
  const choice = values && values.length <= MOST_VALUES ? `one of ${values.map((v) => `\`${v}\``).join(', ')}` : null;
  const said = choice ?? (type === 'enum' ? 'a code' : type.replace('clockTime', 'clock time').replace('integer', 'whole number'));
  return [said, unit && `in ${unit}`, positive && 'more than nothing', optional && 'may be left out'].filter(Boolean).join('; ');
}
const line = ([name, field]: [string, FieldSpec]): string =>
  `- \`${name}\` (${kindOf(field)}): ${field.meaning}. Such as \`${JSON.stringify(field.example)}\`.`;

function section(spec: DecisionPointSpec): string {
  const demands = (spec.demands ?? []).map(
    (d) => `With \`${d.field}\` ${d.values.map((v) => `\`${v}\``).join(' or ')} there has to be ${d.needs.map((n) => `\`${n}\``).join(', ')}.`,
  );
  return [
    `### \`${spec.point}\``,
    `${spec.meaning} Binding: \`${spec.binding}\`; hit: \`${spec.hit}\`.`,
    'Facts:',
    Object.entries(spec.facts).map(line).join('\n'),
    'Outcome:',
    Object.entries(spec.outcome).map(line).join('\n'),
    ...demands,
  ].join('\n\n');
}

/** The same fact of several points is one row, as long as it is the same in all. */
export function factsAsMarkdown(): string {
  const rows = new Map<string, { name: string; cells: string; points: string[] }>();
  for (const { point, facts } of Object.values(POINTS))
    for (const [name, field] of Object.entries(facts)) {
      const cells = `${kindOf(field)} | ${field.meaning} | \`${JSON.stringify(field.example)}\``.replace(/\|(?! )|(?<! )\|/g, '\\|');
      const row = rows.get(`${name} ${cells}`) ?? { name, cells, points: [] };
      row.points.push(`\`${point}\``);
      rows.set(`${name} ${cells}`, row);
    }
  const sorted = [...rows.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  return ['| Fact | Kind and unit | Meaning | Such as | May be used in |', '| --- | --- | --- | --- | --- |']
    .concat(sorted.map(({ name, cells, points }) => `| \`${name}\` | ${cells} | ${points.join(', ')} |`))
    .join('\n');
}

/** What a counter can count, as docs/facts.md shows it. */
export const happeningsAsMarkdown = (): string =>
  ['| `count` | What is counted | May be told apart by |', '| --- | --- | --- |']
    .concat(
      Object.entries(HAPPENINGS).map(([name, { meaning, filters }]) => `| \`${name}\` | ${meaning} | ${filters.map((f) => `\`${f}\``).join(', ')} |`),
    )
    .join('\n');

/** The facts that the shipped rules declare, as docs/facts.md shows them. */
export const declaredAsMarkdown = (): string =>
  shippedRules()
    .facts!.map(({ text }) => JSON.parse(text) as FactDocument)
    .map((f) => `${line([f.fact, specOfFact(f)])} In ${f.points.map((p) => `\`${p}\``).join(', ')}.`)
    .join('\n');

/** The codes of faults, as docs/rules.md shows them. */
export const faultsAsMarkdown = (): string =>
  ['| Code | What it says |', '| --- | --- |', ...Object.entries(RULE_FAULTS).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)].join('\n');

/** Every decision point with its facts and outcome, as docs/rules.md shows them. */
export const pointsAsMarkdown = (): string => Object.values(POINTS).map(section).join('\n\n');

/** The operators, as docs/rules.md shows them. */
export function operatorsAsMarkdown(): string {
  const names = (calc: boolean): string =>
    Object.entries(OPERATORS)
      .filter(([, o]) => Boolean(o.calc) === calc)
      .map(([name]) => `\`${name}\``)
      .join(' ');
  return `In conditions and under \`calc\`: ${names(false)}\n\nUnder \`calc\` only: ${names(true)}`;
}

/** What a message has besides what each one has, as docs/rules.md shows it. */
export function carriedAsMarkdown(): string {
  const lines = (by: Readonly<Record<string, readonly string[]>>, said: (name: string) => string): string[] =>
    Object.entries(by).flatMap(([name, roots]) =>
      roots.length === 0 ? [] : [`- ${said(`\`${name}\``)}: ${roots.map((r) => `\`${r}\``).join(', ')}`],
    );
  return [
    ...lines(CARRIED.event, (name) => `at the event ${name}`),
    ...lines(CARRIED.kind, (name) => `of the kind ${name}`),
    ...lines(CARRIED.to, (name) => `to a ${name}`),
    `- at any event perhaps, so only behind a condition: ${CARRIED.perhaps.map((r) => `\`${r}\``).join(', ')}`,
  ].join('\n');
}
