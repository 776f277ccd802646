import { Context as ActivityContext } from '@temporalio/activity';
import { openReview } from '../commands/documentation';
import { newestTranscript } from '../db/documents';
import { everyoneConsents, peopleById } from '../db/people';
import { findSession, participantsOf } from '../db/sessions';
import type { SessionView } from '../db/view';
import { dispatchDue } from './dispatch';
import { draftDocuments } from './drafting/draft';
import type { ActivityDeps, SessionInput } from './deps';

/**
 * Drafts summary and parent update from the transcript, opens the review and sends its request: due together, one activity.
 * Safe to repeat: asking a model again costs money only; drafts are stored once and one review is open at a time.
 */
export async function draftSession(deps: ActivityDeps, input: SessionInput): Promise<SessionView> {
  const asOf = new Date(input.asOf);
  const read = await deps.db.inOrganisation(input.organisationId, async (tx) => {
    const [session, transcript, participants] = await Promise.all([
      findSession(tx, input.sessionId),
      newestTranscript(tx, input.sessionId),
      participantsOf(tx, input.sessionId),
    ]);
    const ids = participants.map((p) => p.personId);
    const [people, mayUseModel] = await Promise.all([peopleById(tx, ids), everyoneConsents(tx, ids, 'ai')]);
    return { session: session!, transcript, participants, people, mayUseModel };
  });
  if (read.transcript && read.session.status === 'documenting') {
    const { transcript } = read;
    const named = (role: string, wanted: (verdict: string) => boolean): string[] =>
      read.participants.filter((p) => p.role === role && wanted(p.verdict)).map((p) => read.people.find((q) => q.id === p.personId)!.givenName);
    const drafted = await draftDocuments(
      {
        lines: transcript.lines,
        subject: read.session.subject,
        title: read.session.title,
        studentNames: named('student', (v) => v === 'arrived' || v === 'late'),
        absentNames: named('student', (v) => v === 'no-show'),
        instructorName: named('instructor', () => true)[0] ?? '',
        aiConsent: read.mayUseModel,
      },
      // A worker that shuts down lets go of the model; the activity is then repeated by another.
      { ...deps.drafting, signal: ActivityContext.current().cancellationSignal },
    );
    await deps.db.inOrganisation(input.organisationId, (tx) =>
      openReview(tx, input.sessionId, { ...drafted, transcriptHash: transcript.hash }, asOf),
    );
  }
  return dispatchDue(deps, input);
}
