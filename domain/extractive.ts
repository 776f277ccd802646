import { MOST_CLAIMS, textFault, type Claim, type Drafts } from './documents';
import { formatAt, type TranscriptLine } from './transcript';

export interface DraftFacts {
  lines: readonly TranscriptLine[];
  title: string;
  subject: string | null;
  studentNames: readonly string[];
  instructorName: string;
}

export const EXTRACT_NOTICE = 'This is an extract from the transcript, made without a language model. Please read it before it is sent.';

const PRAISE = /\b(good job|great|perfect|exactly|excellent|awesome|nice work|well done|that's right|correct|you got it|very good)\b/i;
const MISTAKE = /\b(not quite|almost|careful|try again|let's look again|actually|remember that|mistake|instead of|are you sure)\b/i;
const HOMEWORK = /\b(homework|practi[sc]e (?:at home|this|these)|for next time|next (?:time|week|lesson|session)|before (?:we meet|next)|at home)\b/i;
const QUESTION = /\?\s*$/;
const STOP = new Set(
  'the a an and or but so to of in on at for with you your we i it is are was were that this have do does did can could would should what how why when where okay ok right yes no yeah just going gonna know like there then them they these those one two now see get got want think good great all let lets about here some more from into not out back will very really thing things because make take look need use him her his she he our us my me if as be by its im dont thats youre'.split(
    ' ',
  ),
);

/** Words that a line is about: what is left without small words. */
const contentWords = (text: string): string[] => (text.toLowerCase().match(/\p{L}{4,}/gu) ?? []).filter((w) => !STOP.has(w));

/** The words spoken most often that say something; what the lesson was about. */
function themes(lines: readonly TranscriptLine[]): string[] {
  const count = new Map<string, number>();
  for (const line of lines) for (const word of contentWords(line.text)) count.set(word, (count.get(word) ?? 0) + 1);
  return [...count.entries()]
    .filter(([, n]) => n > 1)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, 4)
    .map(([word]) => word);
}

/** The instructor's label: the one that says so, else the one that asks most. */
function instructorLabel(lines: readonly TranscriptLine[], instructorName: string): string {
  const labels = [...new Set(lines.map((l) => l.speaker))];
  const named = labels.find((l) => /tutor|teacher|instructor/i.test(l) || (instructorName && l.toLowerCase().includes(instructorName.toLowerCase())));
  const asks = (label: string): number => lines.filter((l) => l.speaker === label && QUESTION.test(l.text)).length;
  return named ?? labels.sort((a, b) => asks(b) - asks(a))[0]!;
}

const quoteOf = (text: string): string => {
  if (text.length <= 180) return text;
  const cut = text.slice(0, 180);
  return cut.slice(0, Math.max(60, cut.lastIndexOf(' ')));
};

/** Lines worth showing, spread over the lesson: never two from the same minute. */
function pick(lines: readonly TranscriptLine[], wanted: (l: TranscriptLine) => boolean, most: number): TranscriptLine[] {
  const found = lines.filter((l) => wanted(l) && l.text.length >= 12 && textFault(quoteOf(l.text)) === null);
  const step = Math.max(1, Math.floor(found.length / most));
  return found.filter((_, i) => i % step === 0).slice(0, most);
}

const claim =
  (topic: Claim['topic'], lead: string) =>
  (line: TranscriptLine): Claim => ({
    topic,
    text: `${lead}: “${quoteOf(line.text)}”`,
    at: formatAt(line.startMs),
    quote: quoteOf(line.text),
  });

function claimsOf({ lines, instructorName }: DraftFacts): Claim[] {
  const spoken = lines.filter((l) => l.text !== '');
  const teacher = instructorLabel(spoken, instructorName);
  const isTeacher = (l: TranscriptLine): boolean => l.speaker === teacher;
  const words = themes(spoken);
  const isOnTheme = (l: TranscriptLine): boolean => words.some((w) => l.text.toLowerCase().includes(w));
  const picked = [
    ...pick(spoken, (l) => isTeacher(l) && isOnTheme(l) && QUESTION.test(l.text), 4).map(claim('covered', 'Worked on')),
    ...pick(spoken, (l) => isTeacher(l) && PRAISE.test(l.text), 3).map(claim('went-well', 'Praised')),
    ...pick(spoken, (l) => isTeacher(l) && MISTAKE.test(l.text), 2).map(claim('to-practise', 'Looked at again')),
    ...pick(spoken.slice(Math.floor(spoken.length * 0.6)), (l) => isTeacher(l) && HOMEWORK.test(l.text), 2).map(claim('homework', 'For next time')),
  ];
  const unique = picked.filter((c, i) => picked.findIndex((d) => d.quote === c.quote) === i).slice(0, MOST_CLAIMS);
  if (unique.length > 0) return unique;
  const [longest] = [...spoken].sort((a, b) => b.text.length - a.text.length).filter((l) => textFault(quoteOf(l.text)) === null);
  return longest ? [claim('covered', 'Said')(longest)] : [];
}

const list = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? 'The student') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/**
 * A draft without a language model: an extract that says what it is. Every claim is a quotation with its time; the update keeps to
 * what can be said without understanding the lesson.
 */
export function draftExtractively(facts: DraftFacts): Drafts {
  const claims = claimsOf(facts);
  const words = themes(facts.lines);
  const about = facts.subject ?? facts.title;
  const who = list(facts.studentNames);
  const last = facts.lines.at(-1)?.stopMs ?? 0;
  const homework = claims.find((c) => c.topic === 'homework');
  const praise = claims.filter((c) => c.topic === 'went-well').length;
  return {
    summary: { headline: `${about}${words.length > 0 ? `: ${words.join(', ')}` : ''}`, claims, origin: 'extractive', notice: EXTRACT_NOTICE },
    update: {
      subject: `${facts.title}: how the lesson went`,
      paragraphs: [
        `${who} had the lesson “${facts.title}” with ${facts.instructorName || 'the instructor'}${words.length > 0 ? `. Words that came up often: ${words.join(', ')}` : ''}.`,
        ...(praise > 0
          ? [
              `There was praise at ${claims
                .filter((c) => c.topic === 'went-well')
                .map((c) => c.at)
                .join(', ')} of ${formatAt(last)} minutes.`,
            ]
          : []),
        ...(homework ? [`For next time, in the instructor's words: “${homework.quote}”`] : []),
      ],
      origin: 'extractive',
      notice: null,
    },
  };
}
