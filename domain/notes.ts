import type { Claim, Drafts, UpdateText } from './documents';
import { extractWords, hasExtractWords, missingNotice } from './extract-words';
import { languagesFor, type Readers } from './languages';
import { textFault } from './text-faults';

/**
 * What an instructor is asked about a lesson of which there is no recording, by what the answer is kept under; in these words where the
 * message `notes-request` of the rules in force has none of its own.
 */
export const NOTE_QUESTIONS = {
  covered: 'What did you work on?',
  practise: 'What went well, and what is worth another look?',
  homework: 'What is there to do until next time?',
} as const;
export type NoteAnswers = Record<keyof typeof NOTE_QUESTIONS, string>;

const TOPIC_OF: Record<keyof NoteAnswers, Claim['topic']> = { covered: 'covered', practise: 'to-practise', homework: 'homework' };
/** In the order in which they are asked. */
export const ASKED = Object.keys(NOTE_QUESTIONS) as (keyof NoteAnswers)[];
const MOST_ANSWER = 2_000;

/** What keeps answers from being written into a message to families, each with its place; an answer may be left out, not all of them. */
export function noteFaults(answers: Partial<NoteAnswers>): { path: string; message: string }[] {
  const given = ASKED.filter((key) => answers[key]?.trim());
  if (!given.includes('covered')) return [{ path: 'answers.covered', message: 'is empty: say what was worked on, the others may stay empty' }];
  return given.flatMap((key) => {
    const fault = textFault(answers[key]!.trim(), MOST_ANSWER);
    return fault ? [{ path: `answers.${key}`, message: fault }] : [];
  });
}

const LEAD: Record<string, Record<keyof NoteAnswers, string> & { notice: string; updateNotice: string }> = {
  en: {
    covered: 'What they worked on:',
    practise: 'How it went:',
    homework: 'Until next time:',
    notice: 'There is no recording of this lesson: this was written from the answers of the instructor.',
    updateNotice: 'This note was written from the notes of the instructor.',
  },
  de: {
    covered: 'Woran gearbeitet wurde:',
    practise: 'Wie es lief:',
    homework: 'Bis zum nächsten Mal:',
    notice: 'Von dieser Stunde gibt es keine Aufzeichnung: Dies ist aus den Antworten der Lehrkraft geschrieben.',
    updateNotice: 'Diese Nachricht ist aus den Notizen der Lehrkraft geschrieben.',
  },
};

export interface NotedLesson {
  answers: Partial<NoteAnswers>;
  title: string;
  subject: string | null;
  /** Given names of those who were there. */
  studentNames: readonly string[];
  instructorName: string;
  readers: Readers;
}

/** Each answer is a statement of its own; nothing is added to what the instructor wrote. */
export function draftFromNotes(lesson: NotedLesson): Drafts {
  const languages = languagesFor(lesson.readers, hasExtractWords);
  const lead = (language: string): (typeof LEAD)[string] => LEAD[language] ?? LEAD.en!;
  const answered = ASKED.flatMap((key) => (lesson.answers[key]?.trim() ? [{ key, text: lesson.answers[key].trim() }] : []));
  const claims = answered.map(({ key, text }): Claim => ({ topic: TOPIC_OF[key], text, at: '', quote: '' }));
  const updateIn = (language: string): UpdateText => {
    const words = extractWords(language);
    const who = lesson.studentNames.length === 1 ? lesson.studentNames[0]! : words.group;
    return {
      language,
      subject: words.subject(lesson.title),
      paragraphs: [
        words.had(who, lesson.title, lesson.instructorName || words.instructor),
        ...answered.map(({ key, text }) => `${lead(language)[key]} ${text}`),
        words.thanks,
      ],
      notice: lead(language).updateNotice,
    };
  };
  const [update, ...otherLanguages] = languages.updates.map(updateIn);
  const notice = [lead(languages.summary).notice, missingNotice(languages)].filter(Boolean).join(' ');
  const headline = (lesson.subject ?? lesson.title).slice(0, 200);
  return {
    summary: { language: languages.summary, headline, claims, origin: 'notes', notice },
    update: { ...update!, otherLanguages, claims: [], origin: 'notes' },
  };
}
