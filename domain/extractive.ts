import { MOST_CLAIMS, type Claim, type Drafts, type UpdateText } from './documents';
import { extractWords, hasExtractWords, missingNotice, type ExtractWords } from './extract-words';
import { ENGLISH_READERS, languagesFor, type Readers } from './languages';
import { addressesMachine, textFault } from './text-faults';
import { namesIn } from './words';
import { formatAt, type TranscriptLine } from './transcript';

export interface DraftFacts {
  lines: readonly TranscriptLine[];
  title: string;
  subject: string | null;
  /** Given names of those who were there. */
  studentNames: readonly string[];
  /** Students of the session who were not there: a draft does not speak of them. */
  absentNames?: readonly string[];
  instructorName: string;
  /** English ones unless given. */
  readers?: Readers;
}

const PRAISE =
  /\b(?:good (?:job|work|thinking|point|question)|well done|perfect|exactly(?=[,.!]|$)|excellent|awesome|amazing|fantastic|wonderful(?! (?:day|rest|week))|beautiful|brilliant|nice(?:ly)? (?:job|work|done)|great (?:job|work|question|thinking)|that'?s (?:right|correct)(?=[,.!]|$)|you(?:'ve)? got it|very (?:good|nice|clear)|you explained|proud of you|i like (?:how|that|the way) you)\b/i;
const MISTAKE =
  /\b(?:not quite|almost (?:there|right|correct)|careful|try (?:it |that )?again|look again|check (?:it |that )?again|common mistake|mistake|are you sure|not exactly|remember (?:that|to)|close,? but|forgot)\b/i;
const HOMEWORK =
  /\b(?:homework|for next (?:time|week|lesson|session|class)|before (?:we meet|the next|next) |practi[sc]e (?:these|at home|this at home|on your own)|(?:at home|tonight|this week),? (?:please|try|do|work|finish|look)|please (?:practi[sc]e|finish|complete|do the)|keep practi[sc]ing)/i;
const QUESTION = /\?\s*$/;
const TEACHER = /\b(?:tutor|teacher|instructor|coach|mentor)\b/i;
const LEARNER = /\b(?:student|pupil|learner|child|participant)\b/i;

const SMALL = new Set(
  (
    'about again actually after alright also always another answer anything around back because been before being better bigger bottom bring called came can cannot come could does doing done dont down each ' +
    'else even every exactly feel find first from gave getting give given goes going gonna good great guess happen happened happening have having heard hear hello help here hmm idea into just keep kind knew know ' +
    'last left less let lets like little long look looking looks made make makes making many maybe mean means mhmm might minute more most much must myself need needs never next nice none nothing often okay once ' +
    'only other over part people perfect please point pretty probably question quite read ready really remember right said same saying says screen second seem seems sense should show side since small some somebody something ' +
    'sometimes sorry start started stay still stop such sure take taking talk talking tell thank thanks that thats their them then there these they thing things think thinking third this those thought three through ' +
    'time today together told took trying turn under understand until upon used using very wait want wanted wants well went were what whatever when where which while whole will wonder work worked working would write yeah ' +
    'with from this have will what that your just okay cool convinced twenty thirty forty fifty hundred somewhat traveled travelled hello welcome year youre yours yourself different everything four five eight seven able according'
  ).split(' '),
);

interface Lesson {
  lines: TranscriptLine[];
  isTeacher: (line: TranscriptLine) => boolean;
  themes: string[];
}
interface Candidate {
  line: TranscriptLine;
  index: number;
  score: number;
}

const tokens = (text: string): string[] => text.toLowerCase().match(/\p{L}[\p{L}\p{M}]*/gu) ?? [];
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What the lesson was about: words said often, first those that both sides say. Not names, not the small change of talk. */
function themesOf(lines: readonly TranscriptLine[], isTeacher: Lesson['isTeacher'], names: ReadonlySet<string>): string[] {
  const count = new Map<string, { n: number; sides: Set<boolean> }>();
  for (const line of lines) {
    for (const word of tokens(line.text)) {
      if (word.length < 4 || SMALL.has(word) || names.has(word)) continue;
      const seen = count.get(word) ?? { n: 0, sides: new Set() };
      count.set(word, { n: seen.n + 1, sides: seen.sides.add(isTeacher(line)) });
    }
  }
  // "fraction" and "fractions" are one theme: the form said more often stands for both.
  const ranked = [...count]
    .filter(([, c]) => c.n > 1)
    .sort(([a, x], [b, y]) => y.n * y.sides.size - x.n * x.sides.size || (a < b ? -1 : 1))
    .map(([word]) => word);
  return ranked.filter((word, i) => !ranked.slice(0, i).some((w) => w === `${word}s` || word === `${w}s`)).slice(0, 4);
}

/** Labels of the instructor: those that say so or carry the name; else of those that are no student's, the one that asks most. */
function teacherLabels(lines: readonly TranscriptLine[], facts: DraftFacts): Set<string> {
  const labels = [...new Set(lines.map((l) => l.speaker))];
  const carries = (label: string, names: readonly string[]): boolean => tokens(label).some((t) => names.some((name) => tokens(name).includes(t)));
  const named = labels.filter((l) => TEACHER.test(l) || carries(l, [facts.instructorName]));
  if (named.length > 0) return new Set(named);
  const free = labels.filter((l) => !LEARNER.test(l) && !carries(l, facts.studentNames));
  const weight = (label: string): number => {
    const own = lines.filter((l) => l.speaker === label);
    return own.filter((l) => QUESTION.test(l.text)).length + own.reduce((n, l) => n + l.text.length, 0) / 1e7;
  };
  const [first] = (free.length > 0 ? free : labels).map((label) => ({ label, weight: weight(label) })).sort((a, b) => b.weight - a.weight);
  return new Set(first ? [first.label] : []);
}

function readLesson(facts: DraftFacts): Lesson {
  const lines = facts.lines.filter((l) => l.text !== '' && !addressesMachine(l.text));
  const teachers = teacherLabels(lines, facts);
  const isTeacher = (l: TranscriptLine): boolean => teachers.has(l.speaker);
  const names = new Set([facts.instructorName, ...facts.studentNames, ...(facts.absentNames ?? [])].flatMap(tokens));
  return { lines, isTeacher, themes: themesOf(lines, isTeacher, names) };
}

/** The beginning of a line, whole words as far as there are any; never half a character. */
function quoteOf(text: string, most = 180): string {
  const flat = oneLine(text);
  if (flat.length <= most) return flat;
  const cut = flat.slice(0, most).replace(/[\ud800-\udbff]$/, '');
  const space = cut.lastIndexOf(' ');
  return space > most / 3 ? cut.slice(0, space) : cut;
}

const mayShow = (text: string, others: readonly string[]): boolean => textFault(quoteOf(text)) === null && !namesIn(text, others);

/** The best lines, spread over the lesson: the best of each of its parts, then the best of what is left; in the order of time. */
function pick(candidates: readonly Candidate[], most: number, total: number): Candidate[] {
  const best = [...candidates].sort((a, b) => b.score - a.score || a.index - b.index);
  const parts = new Map<number, Candidate>();
  for (const c of best) {
    const part = Math.floor((c.index / Math.max(1, total)) * most);
    if (!parts.has(part)) parts.set(part, c);
  }
  const chosen = [...new Set([...parts.values(), ...best])].slice(0, most);
  return chosen.sort((a, b) => a.index - b.index);
}

/** What the other side said just before (-1) or after (1) a line, when it is more than a word. */
function otherSide(lesson: Lesson, index: number, step: 1 | -1): TranscriptLine | null {
  for (let i = index + step; Math.abs(i - index) <= 3; i += step) {
    const near = lesson.lines[i];
    if (!near) return null;
    if (lesson.isTeacher(near) !== lesson.isTeacher(lesson.lines[index]!)) return near.text.length >= 8 ? near : null;
  }
  return null;
}

function claimsOf(lesson: Lesson, facts: DraftFacts, words: ExtractWords): Claim[] {
  const { lines, isTeacher, themes } = lesson;
  const others = facts.absentNames ?? [];
  // A line of thirty to two hundred characters that names the themes says most; one word or a speech says little.
  const score = (l: TranscriptLine): number =>
    themes.filter((t) => l.text.toLowerCase().includes(t)).length * 2 + (l.text.length >= 30 ? 1 : 0) - (l.text.length > 200 ? 2 : 0);
  const all: Candidate[] = lines
    .map((line, index) => ({ line, index, score: score(line) }))
    .filter(({ line }) => line.text.length >= 12 && mayShow(line.text, others));
  const said = (line: TranscriptLine | null): string | null => (line && mayShow(line.text, others) ? words.quoted(quoteOf(line.text, 140)) : null);
  const taken = new Set<number>();
  const take = (topic: Claim['topic'], wanted: (c: Candidate) => boolean, most: number, say: (c: Candidate, quote: string) => string): Claim[] =>
    pick(
      all.filter((c) => !taken.has(c.index) && wanted(c)),
      most,
      lines.length,
    ).map((c) => {
      taken.add(c.index);
      return { topic, text: say(c, words.quoted(quoteOf(c.line.text))), at: formatAt(c.line.startMs), quote: quoteOf(c.line.text) };
    });
  const homework = take(
    'homework',
    ({ line, index }) => isTeacher(line) && index >= lines.length * 0.5 && HOMEWORK.test(line.text),
    2,
    (_, q) => words.homework(q),
  );
  const wentWell = take(
    'went-well',
    ({ line, index }) => isTeacher(line) && !QUESTION.test(line.text) && PRAISE.test(line.text) && otherSide(lesson, index, -1) !== null,
    3,
    (c, q) => words.wentWell(q, said(otherSide(lesson, c.index, -1))),
  );
  const toPractise = take(
    'to-practise',
    ({ line, index }) => isTeacher(line) && !QUESTION.test(line.text) && MISTAKE.test(line.text) && otherSide(lesson, index, -1) !== null,
    2,
    (c, q) => words.toPractise(q, said(otherSide(lesson, c.index, -1))),
  );
  const covered = take(
    'covered',
    ({ line, score: s }) => isTeacher(line) && QUESTION.test(line.text) && line.text.length >= 25 && s > 1,
    4,
    (c, q) => words.covered(q, said(otherSide(lesson, c.index, 1))),
  );
  const claims = [...covered, ...wentWell, ...toPractise, ...homework];
  // A lesson without questions, praise or homework still was about something: its fullest lines stand for it.
  const more =
    claims.length < 3
      ? take(
          'covered',
          () => true,
          3 - claims.length,
          (_, q) => words.said(q),
        )
      : [];
  return [...more, ...claims].slice(0, MOST_CLAIMS);
}

/** What may go to families: nothing with a name in it, of a student or of somebody unknown (a capital inside the sentence). */
const isForFamilies = (claim: Claim): boolean => !/(?<=[\p{L}\p{N},] )\p{Lu}\p{Ll}/u.test(claim.quote.replace(/\bI['’]\p{L}+/gu, ''));

/** The same quotations for families of every language; only the words between them differ. */
const quotedInUpdate = (claims: readonly Claim[]): Claim[] => {
  const usable = claims.filter(isForFamilies);
  return (['covered', 'went-well', 'to-practise', 'homework'] as const).flatMap((topic) => usable.filter((c) => c.topic === topic).slice(-1));
};

function updateIn(language: string, facts: DraftFacts, themes: readonly string[], used: readonly Claim[]): UpdateText {
  const words = extractWords(language);
  const title = oneLine(facts.title);
  // More than one student: the same words go to several families, so they name nobody's child.
  const who = facts.studentNames.length === 1 ? oneLine(facts.studentNames[0]!) : words.group;
  const had = words.had(who, title, oneLine(facts.instructorName) || words.instructor);
  return {
    language,
    subject: words.subject(title),
    paragraphs: [
      themes.length > 0 ? `${had} ${words.themes(words.list(themes))}` : had,
      ...used.map((c) => `${words.lead[c.topic]} ${words.quoted(c.quote)} (${words.at(c.at)})`),
      words.thanks,
    ],
    notice: words.updateNotice,
  };
}

/**
 * A draft without a language model: an extract that says what it is. Every claim is a quotation with its time; the update keeps to
 * what can be said without understanding the lesson, in the language of each reader that there are words for.
 */
export function draftExtractively(facts: DraftFacts): Drafts {
  const languages = languagesFor(facts.readers ?? ENGLISH_READERS, hasExtractWords);
  const words = extractWords(languages.summary);
  const lesson = readLesson(facts);
  const claims = claimsOf(lesson, facts, words);
  const used = quotedInUpdate(claims);
  const [update, ...otherLanguages] = languages.updates.map((language) => updateIn(language, facts, lesson.themes, used));
  const about = oneLine(facts.subject ?? facts.title) || words.lesson;
  const headline = `${about}${lesson.themes.length > 0 ? `: ${words.list(lesson.themes)}` : ''}`;
  const notice = [words.notice, missingNotice(languages)].filter(Boolean).join(' ');
  return {
    summary: { language: languages.summary, headline: quoteOf(headline, 200), claims, origin: 'extractive', notice },
    update: { ...update!, otherLanguages, claims: used, origin: 'extractive' },
  };
}
