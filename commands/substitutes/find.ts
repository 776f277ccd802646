import { openSearchOf, searchById, type SearchRow } from '../../db/searches';
import { lockSession } from '../../db/sessions';
import { wake } from '../../db/timeline';
import { LecternError } from '../../domain/errors';
import { addAudit } from '../../db/audit';
import type { Context } from '../context';
import { endSearch } from './end';
import { followSearch } from './round';
import { startSearch } from './start';

/**
 * Somebody says that the instructor cannot teach: the search begins, and its first offers are made in the same transaction. Safe to
 * repeat: the search that is open is given. Errors: `not-found`, `illegal-move`, `no-rules`.
 */
export function findSubstitute(ctx: Context, sessionId: string, note: string | null): Promise<SearchRow> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await lockSession(tx, sessionId);
    const open = await openSearchOf(tx, sessionId);
    if (open) return open;
    const search = await startSearch(tx, session, { cause: 'asked', note, by: ctx.principal.id, asOf: ctx.asOf });
    await followSearch(ctx, tx, session, search);
    await addAudit(tx, ctx, 'substitute.search', 'session', sessionId);
    await wake(tx, sessionId);
    return (await searchById(tx, search.id))!;
  });
}

/** The instructor teaches after all: the search ends, and who has an offer is told. Errors: `illegal-move` when none is open. */
export function stopSearch(ctx: Context, sessionId: string): Promise<SearchRow> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await lockSession(tx, sessionId);
    const open = await openSearchOf(tx, sessionId);
    if (!open) throw new LecternError('illegal-move', `No substitute is searched for session ${sessionId}.`);
    await endSearch(tx, session, open, { state: 'ended', reason: 'stopped', asOf: ctx.asOf });
    await addAudit(tx, ctx, 'substitute.stop', 'session', sessionId);
    await wake(tx, sessionId);
    return (await searchById(tx, open.id))!;
  });
}
