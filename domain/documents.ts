import { hashOf } from './ids';

export const TOPICS = ['covered', 'went-well', 'to-practise', 'homework'] as const;

/** One statement about the lesson, with the time and the very words it rests on. */
export interface Claim {
  topic: (typeof TOPICS)[number];
  text: string;
  /** "M:SS" into the transcript; empty for what rests on somebody's notes. */
  at: string;
  quote: string;
}
/** By a language model, as an extract from the transcript, or from the instructor's notes where there is no transcript. */
export type DraftOrigin = 'model' | 'extractive' | 'notes';

export interface SummaryContent {
  /** Primary language, as in "de". */
  language: string;
  headline: string;
  claims: Claim[];
  origin: DraftOrigin;
  /** What the reviewer has to know of how it was made. */
  notice: string | null;
}
/** The update as families of one language read it. */
export interface UpdateText {
  language: string;
  subject: string;
  paragraphs: string[];
  /** Sent below the paragraphs: written so that a family may read it. */
  notice: string | null;
}
export interface ParentUpdateContent extends UpdateText {
  /** The same for families of other languages; each guardian gets one. */
  otherLanguages: UpdateText[];
  /** What the paragraphs rest on: for the reviewer, not sent. */
  claims: Claim[];
  origin: DraftOrigin;
}
export interface Drafts {
  summary: SummaryContent;
  update: ParentUpdateContent;
}

/** Who may be named in a draft, and who of the session's people may not (absent, or another family's child). */
export interface Roster {
  names: readonly string[];
  others?: readonly string[];
}
export interface Fault {
  /** "summary.claims.2.quote" */
  path: string;
  code: 'ungrounded' | 'empty' | 'too-long' | 'forbidden' | 'instruction' | 'name' | 'language';
  message: string;
}

export const MOST_CLAIMS = 12;

/** What an approval binds to: equal documents have equal hashes, whatever the order of their keys. */
export const hashDraft = (content: SummaryContent | ParentUpdateContent): string => hashOf(content);
