import { sha256 } from '../../../domain/ids';
import { clockForReader, dayForReader, timeForReader } from '../../../domain/time';
import { studentsEver } from '../lesson';
import { inWords, nameOf, type Check, type Judging, type MessageSeen, type Seen } from './seen';

/** What tells somebody whether a lesson is on, and when. */
const TELLING = ['confirmation', 'assignment', 'credential', 'reminder', 'change'];

/** What a message of another lesson tells somebody of this one: of whom of theirs, if of anybody. */
function toldHere({ lesson }: Seen, { idOf, characterOf }: Judging, m: MessageSeen): MessageSeen[] {
  const students = studentsEver(lesson).map(idOf);
  if (m.aboutId === null) return [idOf(lesson.instructor), ...students].includes(m.personId) ? [m] : [];
  const wards = characterOf(m.personId)?.wards.map((w) => idOf(w.student)) ?? [];
  return students.filter((s) => wards.includes(s)).map((aboutId) => ({ ...m, aboutId }));
}

/** What was told of a lesson, on it or together with others, in the order of its arrival. */
function toldOf(seen: Seen, judging: Judging): readonly MessageSeen[] {
  const others = seen.together.flatMap((m) => toldHere(seen, judging, m));
  return others.length === 0 ? seen.messages : [...seen.messages, ...others].sort((a, b) => a.at - b.at);
}

function lastByReader(messages: readonly MessageSeen[], kinds: readonly string[]): MessageSeen[] {
  const last = new Map<string, MessageSeen>();
  for (const m of messages) if (kinds.includes(m.kind)) last.set(`${m.personId} ${m.aboutId}`, m);
  return [...last.values()];
}

/** What says that a lesson is not, or not any more, its reader's. */
const OFF = ['cancelled', 'taken-off', 'dropped'];
/** Of a student who leaves their instructor learns as well, and goes on to teach. */
const isOffFor = (judging: Judging, m: MessageSeen): boolean =>
  m.kind === 'change' && OFF.includes(m.step) && !(m.step === 'dropped' && judging.characterOf(m.personId)?.kind === 'instructor');

/** What tells of several lessons says of each when it is now, and that whoever left it is followed by somebody. */
function isOffTogether({ participants }: Seen, judging: Judging, m: MessageSeen): boolean {
  const teacher = participants.find((p) => p.role === 'instructor');
  const name = judging.characterOf(teacher?.personId ?? '')?.givenName;
  const isReaders = participants.some((p) => p.personId === (m.aboutId ?? m.personId));
  return !isReaders && name !== undefined && m.text.includes(name);
}

/** The last word that anybody had of a lesson: whether it is on, for them, and the time in their own zone and language. */
function lastWords(seen: Seen, judging: Judging): string[] {
  const { session, participants } = seen;
  if (!session) return [];
  return lastByReader(toldOf(seen, judging), TELLING).flatMap((m) => {
    const isOff = session.status === 'cancelled' || !participants.some((p) => p.personId === (m.aboutId ?? m.personId));
    const saysOff = m.step === 'together' ? isOffTogether(seen, judging, m) : isOffFor(judging, m);
    const which = `the last that ${nameOf(judging, m.personId)} read is ${inWords(judging, m)}`;
    if (isOff !== saysOff) return [`${which}, and the lesson is ${isOff && session.status !== 'cancelled' ? 'not theirs any more' : session.status}`];
    const reader = judging.characterOf(m.personId);
    if (!reader || (m.step === 'together' && isOff)) return [];
    const { zone } = reader;
    const inLanguage = (locale: string): string =>
      m.step === 'together'
        ? `${dayForReader(+session.startsAt, zone, locale)}, ${clockForReader(+session.startsAt, zone, locale)}`
        : timeForReader(+session.startsAt, zone, locale);
    const times = ['en', reader.locale].map(inLanguage);
    return times.some((t) => m.text.includes(t)) ? [] : [`${which}, which does not say ${times[0]}, when it was`];
  });
}

/** Who a family was last told teaches the lesson, and who does. */
function teachers(seen: Seen, judging: Judging): string[] {
  const { session, participants } = seen;
  const teacher = participants.find((p) => p.role === 'instructor');
  if (!session || !teacher || session.status === 'cancelled') return [];
  const name = judging.characterOf(teacher.personId)?.givenName;
  const naming = toldOf(seen, judging).filter(
    (m) => m.to.includes('@') && (m.kind === 'confirmation' || ['reassigned', 'together'].includes(m.step)),
  );
  return lastByReader(naming, ['confirmation', 'change']).flatMap((m) => {
    const isTheirs = participants.some((p) => p.personId === (m.aboutId ?? m.personId));
    return !isTheirs || name === undefined || m.text.includes(name)
      ? []
      : [`${inWords(judging, m)} is the last that says who teaches, and not that ${name} does`];
  });
}

/** Who was told that somebody had not come, and what is held of it in the end. */
function missed({ participants, messages }: Seen, judging: Judging): string[] {
  return lastByReader(messages, ['no-show']).flatMap((m) => {
    const verdict = participants.find((p) => p.personId === m.aboutId)?.verdict;
    const saysAbsent = m.step === 'no-show';
    if (saysAbsent && verdict === 'arrived') return [`${inWords(judging, m)} stands, and they had arrived`];
    return !saysAbsent && verdict === 'no-show' ? [`${inWords(judging, m)} stands, and they are a no-show`] : [];
  });
}

/** A no-show of somebody who, by event time, was there before it was said. */
function arrivals({ participants, arrivals: came }: Seen, judging: Judging): string[] {
  return participants.flatMap((p) => {
    const at = came.find((a) => a.personId === p.personId)?.at;
    const isAbsent = p.verdict === 'no-show' && at !== undefined && p.verdictAt !== null && at < p.verdictAt;
    return isAbsent ? [`${nameOf(judging, p.personId)} is a no-show, and had come before that was said`] : [];
  });
}

/** Ways in: one that is good for each who takes part, and the last one that was sent is the good one. */
function waysIn({ session, credentials, messages, rooms, participants }: Seen, judging: Judging): string[] {
  if (!session) return [];
  const found = participants.flatMap(({ personId }) => {
    const good = credentials.filter((c) => c.personId === personId && c.revokedAt === null);
    const most = session.status === 'cancelled' ? 0 : 1;
    return good.length > most ? [`${nameOf(judging, personId)} has ${good.length} ways in that are good, and the lesson is ${session.status}`] : [];
  });
  const open = rooms.filter((r) => r.state !== 'closed').length;
  if (open > 1) found.push(`${open} rooms are open`);
  if (session.status !== 'settled') return found;
  for (const m of lastByReader(messages, ['credential', 'second-room'])) {
    // Whoever was taken off has a link that leads nowhere, and was told so.
    if (!participants.some((p) => p.personId === (m.aboutId ?? m.personId))) continue;
    const token = /\/j\/([\w-]+)/.exec(m.text)?.[1];
    const credential = token && credentials.find((c) => c.tokenHash === sha256(token));
    if (!credential || credential.personId !== (m.aboutId ?? m.personId))
      found.push(`${inWords(judging, m)} holds a link of nobody's on this lesson`);
    else if (credential.revokedAt) found.push(`${inWords(judging, m)} holds a link that was taken back, and no newer one came`);
  }
  return found;
}

/** Updates tell of lessons whose update was approved, to those whose child was there. */
function updates({ messages, documents, participants }: Seen, judging: Judging): string[] {
  const isApproved = documents.some((d) => d.kind === 'parent-update' && d.state === 'approved');
  return messages
    .filter((m) => m.kind === 'update')
    .flatMap((m) => {
      if (!isApproved) return [`${inWords(judging, m)} left, and was not approved`];
      const verdict = participants.find((p) => p.personId === m.aboutId)?.verdict;
      return verdict === 'no-show' ? [`${inWords(judging, m)} tells of a lesson that they missed`] : [];
    });
}

/** Two truths about one lesson: what people were told last, the ways in, attendance, documents. */
export const contradictory: Check = (seen, judging) => [
  ...lastWords(seen, judging),
  ...teachers(seen, judging),
  ...missed(seen, judging),
  ...arrivals(seen, judging),
  ...waysIn(seen, judging),
  ...updates(seen, judging),
];
