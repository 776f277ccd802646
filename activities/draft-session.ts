import { Context as ActivityContext } from '@temporalio/activity';
import { isBeingDocumented, openReview } from '../commands/documentation';
import { newestTranscript } from '../db/documents';
import { agreedByAll, notifiedGuardians, peopleById, type PersonRow } from '../db/people';
import { ownOrganisation } from '../db/read/organisation';
import { findSession, participantsOf } from '../db/sessions';
import type { Tx } from '../db/database';
import type { SessionView } from '../db/view';
import { loadActiveSet } from '../decisions/rule-sets';
import { messageLanguages } from '../messages/render';
import { dispatchDue, type Dispatch } from './dispatch';
import { draftDocuments, type DraftInput } from './drafting/draft';
import type { ActivityDeps, SessionInput } from './deps';

/**
 * Drafts summary and parent update from the transcript, opens the review and sends its request: due together, one activity.
 * Safe to repeat: asking a model again costs money only; drafts are stored once and one review is open at a time.
 */
export async function draftSession(deps: ActivityDeps, input: SessionInput, dispatch: Dispatch = dispatchDue): Promise<SessionView> {
  const asOf = new Date(input.asOf);
  const read = await deps.db.inOrganisation(input.organisationId, (tx) => readLesson(tx, input.sessionId));
  if (read) {
    // A worker that shuts down lets go of the model; the activity is then repeated by another.
    const drafted = await draftDocuments(read.facts, { ...deps.drafting, signal: ActivityContext.current().cancellationSignal });
    await deps.db.inOrganisation(input.organisationId, (tx) =>
      openReview(tx, input.sessionId, { ...drafted, transcriptHash: read.transcriptHash }, asOf),
    );
  }
  return dispatch(deps, input);
}

/** What a draft is made from; null when there is nothing to draft. */
async function readLesson(tx: Tx, sessionId: string): Promise<{ facts: DraftInput; transcriptHash: string } | null> {
  const [session, transcript, participants] = await Promise.all([
    findSession(tx, sessionId),
    newestTranscript(tx, sessionId),
    participantsOf(tx, sessionId),
  ]);
  if (!transcript || !isBeingDocumented(session!)) return null;
  const ids = participants.map((p) => p.personId);
  const isPresent = (verdict: string): boolean => verdict === 'arrived' || verdict === 'late';
  const [people, agreed, guardians, { locale: organisation }, { messages }] = await Promise.all([
    peopleById(tx, ids),
    agreedByAll(tx, ids),
    notifiedGuardians(
      tx,
      participants.filter((p) => p.role === 'student' && isPresent(p.verdict)).map((p) => p.personId),
    ),
    ownOrganisation(tx),
    loadActiveSet(tx),
  ]);
  const those = (role: string, wanted: (verdict: string) => boolean): PersonRow[] =>
    participants.filter((p) => p.role === role && wanted(p.verdict)).map((p) => people.find((q) => q.id === p.personId)!);
  const givenNames = (of: PersonRow[]): string[] => of.map((p) => p.givenName);
  const [instructor] = those('instructor', () => true);
  const facts = {
    lines: transcript.lines,
    subject: session!.subject,
    title: session!.title,
    studentNames: givenNames(those('student', isPresent)),
    absentNames: givenNames(those('student', (v) => v === 'no-show')),
    instructorName: instructor?.givenName ?? '',
    readers: {
      instructor: instructor?.locale ?? organisation,
      guardians: guardians.map((g) => g.locale),
      organisation,
      available: messageLanguages(messages),
    },
    agreed,
  };
  return { facts, transcriptHash: transcript.hash };
}
