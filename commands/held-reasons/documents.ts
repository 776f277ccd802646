import { DRAFT_FAULTS, type DraftFault } from '../../domain/draft-faults';
import type { DraftOrigin } from '../../domain/documents';
import { lesson, sentences, type Lesson } from './words';

export const reviewReason = (session: Lesson, { origin, refusedBecause }: { origin: DraftOrigin; refusedBecause: DraftFault | null }): string =>
  sentences(
    `Summary and parent update of ${lesson(session)} wait for review.`,
    origin === 'notes'
      ? 'They are written from the instructor’s answers: there is no recording.'
      : origin === 'model'
        ? 'A language model wrote them.'
        : `They are an extract from the transcript${refusedBecause ? `: ${DRAFT_FAULTS[refusedBecause]}` : ''}.`,
    'Approve them as they are or as you edit them, or reject them.',
  );

export const staleApprovalReason = (session: Lesson): string =>
  sentences(
    `The facts under the approved update of ${lesson(session)} changed before it left.`,
    'It was not sent: look at it as it is now, and approve or reject it.',
  );

export const lateTranscriptReason = (session: Lesson): string =>
  sentences(
    `A transcript of ${lesson(session)} came after it was closed without summary and update.`,
    'Approve it and both are drafted for review; reject it and all stays as it is.',
  );
