import type { z } from 'zod';
import { LecternError } from '../../domain/errors';
import { textFault } from './json';

/** Unwraps optional, default and nullable, to see what a query parameter's text must become. */
function innerType(schema: z.core.$ZodType): string {
  let def = schema._zod.def as { type: string; innerType?: z.core.$ZodType };
  while (def.innerType) def = def.innerType._zod.def as typeof def;
  return def.type;
}

/**
 * The query of an address as an object for its schema. A parameter given twice is refused: no handler here takes lists that
 * way, and whoever filters by the first while we use the last sees something else than we do.
 */
export function readQuery(url: string, schema: z.ZodObject): Record<string, unknown> {
  const from = url.indexOf('?');
  const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (from < 0) return found;
  for (const [name, text] of new URLSearchParams(url.slice(from + 1))) {
    const fault = name in found ? 'is given twice' : (textFault(text) ?? textFault(name));
    if (fault)
      throw new LecternError('invalid-request', `A query parameter ${fault}.`, [{ path: textFault(name) ? '' : name.slice(0, 200), message: fault }]);
    const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
    found[name] = field ? convert(innerType(field), text) : text;
  }
  return found;
}

function convert(type: string, text: string): unknown {
  if (type === 'number' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
