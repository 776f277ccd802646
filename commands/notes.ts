import { insertNotes } from '../db/notes';
import { notifiedGuardians, peopleById } from '../db/people';
import { ownOrganisation } from '../db/read/organisation';
import { participantsOf, type SessionRow } from '../db/sessions';
import type { HeldStepRow } from '../db/held-steps';
import type { Tx } from '../db/database';
import type { Decision } from '../decisions/decide';
import { loadActiveSet } from '../decisions/rule-sets';
import { LecternError } from '../domain/errors';
import { newId } from '../domain/ids';
import { draftFromNotes, NOTE_QUESTIONS, noteFaults, type NoteAnswers, type NotedLesson } from '../domain/notes';
import { messageLanguages, pickTemplate } from '../messages/render';
import type { Context } from './context';
import { openReview } from './documentation';
import { recordingReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import { planEvents } from './plan';

/** The questions as the rules have them, in their order and in the words of whoever is asked; a list, because jsonb has an order of its own for keys. */
async function questionsFor(tx: Tx, personId: string | null): Promise<{ key: string; question: string }[]> {
  const [{ messages }, { locale }, [person]] = await Promise.all([
    loadActiveSet(tx),
    ownOrganisation(tx),
    peopleById(tx, personId ? [personId] : []),
  ]);
  const isThere = messages.some((m) => m.file === `${ASKS}.md`);
  const theirs = isThere ? pickTemplate(messages, ASKS, person?.locale ?? locale, locale).questions : {};
  return Object.entries({ ...theirs, ...NOTE_QUESTIONS, ...theirs }).map(([key, question]) => ({ key, question }));
}

const ASKS = 'notes-request';

/** There is no recording and no transcript: the instructor is asked three questions, and coordinators see that they are. */
export async function askForNotes(tx: Tx, session: SessionRow, decision: Decision, asOf: Date): Promise<void> {
  const instructorId = (await participantsOf(tx, session.id)).find((p) => p.role === 'instructor')?.personId ?? null;
  const { waitFor, answerWithin } = decision.outcome;
  const opened = await openHeldStep(tx, {
    session,
    kind: 'recording',
    subject: session.id,
    audience: instructorId === null ? 'coordinator' : 'instructor',
    assigneeId: instructorId,
    reason: await recordingReason(tx, session, 'notes', decision.id),
    shown: { question: 'There is no recording. What was the lesson about?', questions: await questionsFor(tx, instructorId) },
    options: ['notes', 'proceed-without', ...(waitFor == null ? [] : ['wait'])],
    defaultOption: 'proceed-without',
    deadlineAt: new Date(+asOf + Number(answerWithin)),
    decisionId: decision.id,
    asOf,
  });
  if (!opened.created || instructorId === null) return;
  await planEvents(tx, session, { event: 'notes-asked', asOf, reviewers: await peopleById(tx, [instructorId]), heldStepId: opened.id });
}

/** Who was there and who reads what is written of it. */
async function notedLesson(tx: Tx, session: SessionRow, answers: Partial<NoteAnswers>): Promise<NotedLesson> {
  const participants = await participantsOf(tx, session.id);
  const came = participants.filter((p) => p.role === 'student' && ['arrived', 'late'].includes(p.verdict)).map((p) => p.personId);
  const [people, guardians, { locale }, { messages }] = await Promise.all([
    peopleById(
      tx,
      participants.map((p) => p.personId),
    ),
    notifiedGuardians(tx, came),
    ownOrganisation(tx),
    loadActiveSet(tx),
  ]);
  const instructor = people.find((p) => participants.some((q) => q.personId === p.id && q.role === 'instructor'));
  return {
    answers,
    title: session.title,
    subject: session.subject,
    studentNames: people.filter((p) => came.includes(p.id)).map((p) => p.givenName),
    instructorName: instructor?.givenName ?? '',
    readers: {
      instructor: instructor?.locale ?? locale,
      guardians: guardians.map((g) => g.locale),
      organisation: locale,
      available: messageLanguages(messages),
    },
  };
}

/** The answers: summary and update are written from them, and go through the same review as any other draft. */
export async function answerNotes(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { step, answers = {} }: { step: Pick<HeldStepRow, 'id'>; answers?: Partial<NoteAnswers> | undefined },
): Promise<void> {
  const faults = noteFaults(answers);
  if (faults.length > 0) throw new LecternError('invalid-request', 'These answers cannot be made into documents.', faults);
  await insertNotes(tx, {
    id: newId(),
    sessionId: session.id,
    heldStepId: step.id,
    answers: answers as never,
    writtenBy: ctx.principal.id,
    writtenAt: ctx.asOf,
  });
  const drafts = draftFromNotes(await notedLesson(tx, session, answers));
  await openReview(
    tx,
    session.id,
    { ...drafts, origin: 'notes', authorId: ctx.principal.id, refusedBecause: null, model: null, promptVersion: null, transcriptHash: null },
    ctx.asOf,
  );
}
