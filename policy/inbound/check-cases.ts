import { checkFields, isObject, type Report } from '../check-fields';
import type { LogicScope } from '../check-types';
import type { Json } from '../types';
import { parseInstant } from '../units';
import { mapEvent, type Mapped } from './map';
import { NO_EVENT, type CompiledMapping, type EventSpecs, type MappedField, type MappingCase } from './types';

/** A mapping under its check. */
export interface CheckingMapping {
  value: Record<string, Json>;
  fields: Record<string, MappedField>;
  events: EventSpecs;
  report: Report;
  scopeFor: (row: string | null) => LogicScope;
}

/** What an example may expect besides an event of ours. */
const ENDS = [...NO_EVENT, 'unmapped'];

/** How the examples of a mapping are written: payloads as the sender sends them, and what each becomes. */
export function checkCases({ value, events, report }: CheckingMapping): void {
  const { examples } = value;
  const cases = isObject(examples) ? examples.cases : undefined;
  if (!isObject(examples) || !Array.isArray(cases) || cases.length === 0)
    return report(
      'missing-field',
      null,
      '/examples',
      'a mapping has examples: payloads, and what each becomes',
      '{"cases": [{"id": "…", "given": {…}, "expect": {"event": "…"}}]}',
    );
  checkFields(examples, ['cases'], null, '/examples', report);
  const ids = new Set<Json>();
  cases.forEach((raw, i) => {
    const path = `/examples/cases/${i}`;
    if (!isObject(raw) || typeof raw.id !== 'string' || raw.given === undefined || !isObject(raw.expect))
      return report('wrong-shape', null, path, 'a case has id, given and expect', '{"id": "…", "given": {…}, "expect": {"event": "…"}}');
    checkFields(raw, ['id', 'given', 'expect'], null, path, report);
    if (ids.has(raw.id)) report('duplicate-id', null, `${path}/id`, `"${raw.id}" is the id of another case too`, 'give it another one');
    ids.add(raw.id);
    const { event, at, data } = raw.expect;
    checkFields(raw.expect, ['event', 'at', 'data'], null, `${path}/expect`, report);
    if (typeof event !== 'string' || (!ENDS.includes(event) && !Object.hasOwn(events, event)))
      report(
        'wrong-value',
        null,
        `${path}/expect/event`,
        `${JSON.stringify(event ?? null)} is not what an event becomes`,
        `one of: ${[...Object.keys(events), ...ENDS].join(', ')}`,
      );
    if (at !== undefined && (typeof at !== 'string' || parseInstant(at) === null))
      report('wrong-value', null, `${path}/expect/at`, 'is an instant', '"2026-12-01T15:00:30Z"');
    if (data !== undefined && !isObject(data)) report('wrong-shape', null, `${path}/expect/data`, 'is a set of fields', '{"sessionId": "…"}');
  });
}

const show = (mapped: Mapped): string => {
  const { end } = mapped;
  if (end.kind === 'unmapped') return `unmapped (${end.reason})`;
  return end.kind === 'event' ? `${end.event} at ${new Date(end.atMs).toISOString()} with ${JSON.stringify(end.data)}` : end.kind;
};

/** The fields that an example names have to come out as they are written; null: left out. */
function agrees({ event, at, data = {} }: MappingCase['expect'], { end }: Mapped): boolean {
  if (end.kind !== 'event') return end.kind === event;
  if (end.event !== event || (at !== undefined && parseInstant(at) !== end.atMs)) return false;
  return Object.entries(data).every(([name, value]) => JSON.stringify(end.data[name] ?? null) === JSON.stringify(value));
}

/** Runs the examples of a mapping that has no other fault. */
export function runCases(mapping: CompiledMapping, events: EventSpecs, report: Report): void {
  const reached = new Set<string>();
  mapping.document.examples.cases.forEach(({ id, given, expect }, i) => {
    const mapped = mapEvent(mapping, given, events);
    if ('row' in mapped.end && mapped.end.row !== null) reached.add(mapped.end.row);
    if (agrees(expect, mapped)) return;
    const wanted = `${expect.event}${expect.at ? ` at ${expect.at}` : ''}${expect.data ? ` with ${JSON.stringify(expect.data)}` : ''}`;
    report(
      'example-differs',
      null,
      `/examples/cases/${i}`,
      `example "${id}" expects ${wanted}, and gets ${show(mapped)}`,
      'mend the row, or the example',
    );
  });
  mapping.rows.forEach((row, i) => {
    if (row.event !== 'kept' && !reached.has(row.id))
      report('unshown-row', row.id, `/rows/${i}`, 'no example reaches this row', 'add one: a payload as the sender sends it');
  });
}
