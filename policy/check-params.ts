import { isObject, type Report } from './check-fields';
import { paramSpec } from './compile';
import type { FieldSpec, Json } from './types';
import { parseDuration } from './units';

const UNITS: [RegExp, string][] = [
  [/^(ms|milli\w*)$/, 'ms'],
  [/^s(ec\w*)?$/, 's'],
  [/^m?(in\w*)?$/, 'm'],
  [/^h(r|rs|our\w*)?$/, 'h'],
  [/^d(ay\w*)?$/, 'd'],
];

/**
 * What was meant by a parameter that is a number with a unit of its own making ("15 min", "50%", "15"); null for any other. It is
 * told once, where it stands, and not again in each rule that it meets.
 */
function meantBy(value: Json): Json | null {
  const [, number, unit] = typeof value === 'string' && parseDuration(value) === null ? (/^(-?\d+)\s*([a-z%]*)$/i.exec(value.trim()) ?? []) : [];
  if (number === undefined) return null;
  if (unit === '%') return Number(number);
  const known = UNITS.find(([written]) => written.test(unit!.toLowerCase()));
  return known ? `${number}${known[1]}` : null;
}

/** The parameters of a document by how they are written; what is written wrongly is reported, and taken as what was meant. */
export function checkParams(params: Record<string, Json>, report: Report): Record<string, FieldSpec> {
  for (const [name, value] of Object.entries(params)) {
    const path = `/params/${name}`;
    if (isObject(value) || value === null) report('wrong-shape', null, path, 'a parameter is a plain value', 'such as "15m"');
    const meant = meantBy(value);
    if (meant !== null) report('unit-clash', null, path, `${JSON.stringify(value)} is not how a value with a unit is written`, JSON.stringify(meant));
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) report('wrong-value', null, path, 'a parameter is named in letters and digits', 'such as "trialGrace"');
  }
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, paramSpec(meantBy(value) ?? value)]));
}
