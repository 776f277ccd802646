import { readFileSync } from 'node:fs';
import { documentsOf, draftById, newestDraft } from '../../db/documents';
import { decisionsOfSession } from '../../db/decisions';
import { postingsOf, totalsOf } from '../../db/ledger';
import { obligationsOf } from '../../db/obligations';
import { findSession } from '../../db/sessions';
import { timelineSince } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { explainRow } from '../../decisions/explain';
import { parseTranscript, TranscriptError } from '../../domain/transcript';
import type { Config } from '../config';
import { approve, awaitReview, awaitSettled, castDemo, playLesson } from '../demo';
import { followTimeline } from '../timeline-lines';
import { inTurn, printJson, progress, UsageError } from './output';
import { withLectern } from './with-lectern';

export interface DemoOptions {
  transcript: string;
  approveAs?: string;
  json?: boolean;
}

function readTranscriptFile(file: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  try {
    const { report } = parseTranscript(value);
    for (const r of report.remarks) progress(`${file}: ${r.place}: ${r.detail}`);
  } catch (error) {
    if (error instanceof TranscriptError) throw new UsageError(`${file}: ${error.message} (${error.code}). ${error.remedy}.`);
    throw error;
  }
  return value as unknown[];
}

/** All that a session left behind, as one document. */
async function documentOf(tx: Tx, sessionId: string): Promise<object> {
  const session = (await findSession(tx, sessionId))!;
  const contentOf = async (kind: string): Promise<unknown> => {
    const document = (await documentsOf(tx, sessionId)).find((d) => d.kind === kind);
    if (!document) return null;
    return ((document.approvedDraftId ? await draftById(tx, document.approvedDraftId) : await newestDraft(tx, document.id)) ?? null)?.content ?? null;
  };
  const decisions = await decisionsOfSession(tx, sessionId);
  return {
    session: { id: session.id, title: session.title, startsAt: session.startsAt, endsAt: session.endsAt, programme: session.programme },
    status: session.status,
    summary: await contentOf('summary'),
    update: await contentOf('parent-update'),
    obligations: (await obligationsOf(tx, sessionId)).map((o) => ({
      person: o.personId,
      kind: o.kind,
      step: o.step,
      channel: o.channel,
      state: o.state,
      reason: o.reason,
      dueAt: o.dueAt,
    })),
    ledger: { postings: await postingsOf(tx, sessionId), totals: await totalsOf(tx, sessionId) },
    decisions: await inTurn(decisions, async (d) => ({
      id: d.id,
      point: d.point,
      subject: d.subject,
      outcome: d.outcome,
      rule: d.rule,
      why: (await explainRow(tx, d)).sentence,
    })),
    timeline: (await timelineSince(tx, sessionId, 0)).map((e) => ({ at: e.at, kind: e.kind, actor: e.actor, data: e.data })),
  };
}

/** `lectern demo`: one lesson on a transcript of yours, through its whole life. Gives the exit code. */
export async function demo(config: Config, options: DemoOptions): Promise<number> {
  const transcript = readTranscriptFile(options.transcript);
  return withLectern(config, async (lectern) => {
    const { organisationId } = lectern.first;
    const ctx = { db: lectern.db, organisationId, asOf: lectern.now(), requestId: null, secret: lectern.engines.secret };
    const cast = await castDemo(ctx, lectern.url);
    let follow: { stop(): void } | undefined;
    const sessionId = await playLesson(ctx, cast, transcript, (id) => {
      follow = followTimeline(lectern.db, organisationId, id, progress);
    });
    const review = await awaitReview(cast.world, sessionId);
    if (options.approveAs) await approve(cast.world, review);
    else progress(`waiting for a decision: ${lectern.url}/#/held-steps/${review.id} (or pass --approve-as coordinator)`);
    const status = await awaitSettled(cast.world, sessionId, options.approveAs ? 120_000 : 24 * 3_600_000);
    await new Promise((resolve) => setTimeout(resolve, 400));
    follow?.stop();
    if (options.json) printJson(await lectern.db.inOrganisation(organisationId, (tx) => documentOf(tx, sessionId)));
    return status === 'settled' ? 0 : 1;
  });
}
