import { addAudit } from '../db/audit';
import { pgCode } from '../db/database';
import { findTerm, insertTerm, termsWithin, updateTerm, type TermRow } from '../db/terms';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import type { Context } from './context';

export type TermInput = Pick<TermRow, 'name' | 'startsOn' | 'endsOn'>;

function refuseBackwards({ startsOn, endsOn }: TermInput): void {
  if (endsOn >= startsOn) return;
  throw new LecternError('invalid-request', 'A term ends on or after the day it starts.', [{ path: 'endsOn', message: 'is before startsOn' }]);
}

/** A failed write in words: which term has the name or some of the days. */
async function taken(ctx: Context, error: unknown, input: TermInput, except: string | null): Promise<unknown> {
  if (!['23505', '23P01'].includes(pgCode(error) ?? '')) return error;
  const others = await ctx.db.inOrganisation(ctx.organisationId, (tx) => termsWithin(tx, input.startsOn, input.endsOn, except));
  const [other] = others;
  const what = other ? `"${other.name}" (${other.startsOn} to ${other.endsOn}) has some of these days` : `a term is called "${input.name}" already`;
  return new LecternError('already-exists', `The term cannot be kept: ${what}.`, { id: other?.id ?? null });
}

/** Adds a term: named days of the organisation's calendar, by which strikes are counted. Errors: `invalid-request`, `already-exists`. */
export async function createTerm(ctx: Context, input: TermInput): Promise<{ id: string; version: number }> {
  refuseBackwards(input);
  const id = newId();
  try {
    return await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      await insertTerm(tx, { id, ...input });
      await addAudit(tx, ctx, 'term.create', 'term', id, {});
      return { id, version: 1 };
    });
  } catch (error) {
    throw await taken(ctx, error, input, null);
  }
}

/** Changes a term; strikes that are counted keep the term they were counted in. Errors: `stale`, `not-found`, `invalid-request`, `already-exists`. */
export async function changeTerm(
  ctx: Context,
  id: string,
  { version, ...given }: Partial<TermInput> & { version: number },
): Promise<{ id: string; version: number }> {
  const found = await ctx.db.inOrganisation(ctx.organisationId, (tx) => findTerm(tx, id));
  if (!found) throw notFound('term', id);
  const term = { ...found, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), version };
  refuseBackwards(term);
  try {
    return await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const written = await updateTerm(tx, term);
      if (written === undefined)
        throw new LecternError('stale', `Term ${id} has changed since you looked.`, {
          difference: { version: { shown: version, now: found.version } },
        });
      await addAudit(tx, ctx, 'term.update', 'term', id, {});
      return { id, version: written };
    });
  } catch (error) {
    throw await taken(ctx, error, term, id);
  }
}
