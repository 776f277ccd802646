import { relationsIn, type Cast, type Relations } from './cast';
import { isBooked, isChanged, studentsOf, takerOf, takesPlace, teacherOf, type Lesson, type Together } from './lesson';
import { HOUR } from './timing';

/** What becomes of what a lesson leads to on paper. */
export type Documents = 'none' | 'approved' | 'rejected';

/** A message that somebody must have got, whatever the machine did: to whom, about whom, and what. */
export interface ExpectedMessage {
  person: string;
  about: string | null;
  kind: string;
  step: string;
}

/** Whom a message goes to. Students: themselves, where they have an address, and their guardians. */
interface Readers {
  instructor?: string;
  students?: readonly string[];
  guardiansOf?: readonly string[];
}

/** A list of what is owed, in the words of the message plan. */
class Owed {
  readonly messages: ExpectedMessage[] = [];

  private readonly relations: Relations;

  constructor(private readonly cast: Cast) {
    this.relations = relationsIn(cast);
  }

  tell(kind: string, step: string, { instructor, students = [], guardiansOf = [] }: Readers): void {
    if (instructor !== undefined) this.to(instructor, null, kind, step);
    for (const student of students) if (this.relations.byKey.get(student)!.email !== null) this.to(student, null, kind, step);
    for (const student of guardiansOf) {
      // A text message takes the place of a mail, but for an update: of one that cannot be mailed a coordinator is told.
      const told = (this.relations.guardians.get(student) ?? []).filter((c) => c.email !== null || kind !== 'update');
      for (const guardian of told) this.to(guardian.key, student, kind, step);
    }
  }

  tellCoordinators(kind: string, step: string): void {
    for (const { key } of this.cast.characters.filter((c) => c.kind === 'coordinator')) this.to(key, null, kind, step);
  }

  haveGuardianInCommon(some: readonly string[], others: readonly string[]): boolean {
    const guardians = (list: readonly string[]): string[] => list.flatMap((s) => (this.relations.guardians.get(s) ?? []).map((c) => c.key));
    const theirs = guardians(others);
    return guardians(some).some((g) => theirs.includes(g));
  }

  private to(person: string, about: string | null, kind: string, step: string): void {
    this.messages.push({ person, about, kind, step });
  }
}

/** Notices of a change: who is on the lesson learns what is new, who comes what everybody knows, who goes that they do not take part. */
function noticesOf(lesson: Lesson, owed: Owed): void {
  const { change, instructor, students } = lesson;
  const all = { students, guardiansOf: students };
  if (!change || !isChanged(lesson)) return;
  if (lesson.together) return togetherNotices(lesson, lesson.together, owed);
  const of = change.person === null ? {} : { students: [change.person], guardiansOf: [change.person] };
  switch (change.kind) {
    case 'cancel':
      return owed.tell('change', 'cancelled', { ...all, instructor });
    case 'reschedule':
      return owed.tell('change', 'rescheduled', { ...all, instructor });
    case 'reassign':
    case 'swap':
      return replacedBy(change.person!, lesson, owed);
    case 'add':
      owed.tell('confirmation', 'confirmation', of);
      return owed.tell('change', 'added', { instructor });
    case 'drop':
      return owed.tell('change', 'dropped', { ...of, instructor });
    case 'room':
      return owed.tell('second-room', 'new-room', { ...all, instructor });
  }
}

/** One message each for all the lessons of a batch, with the first that is theirs; a guardian of siblings reads of all of them in one. */
function togetherNotices({ change, instructor, students }: Lesson, { toldBefore }: Together, owed: Owed): void {
  const isNew = (s: string): boolean => !owed.haveGuardianInCommon([s], toldBefore);
  const told = { students: students.filter((s) => !toldBefore.includes(s)), guardiansOf: students.filter(isNew) };
  owed.tell('change', 'together', toldBefore.length === 0 ? { ...told, instructor } : told);
  if (change!.kind === 'reassign') owed.tell('assignment', 'assignment', { instructor: change!.person! });
}

function replacedBy(person: string, { instructor, students }: Lesson, owed: Owed): void {
  owed.tell('change', 'reassigned', { students, guardiansOf: students });
  owed.tell('change', 'taken-off', { instructor });
  owed.tell('assignment', 'assignment', { instructor: person });
}

/** What a search for a substitute makes people be told: those who are asked for certain, and whoever learns how it ended. */
function searchMessages(lesson: Lesson, owed: Owed): void {
  const { search } = lesson;
  if (!search) return;
  const asked = search.asked.slice(0, search.surely);
  for (const { person } of asked) owed.tell('offer', 'offer', { instructor: person });
  const taker = takerOf(lesson);
  if (taker === null) return owed.tellCoordinators('substitute', 'not-found');
  replacedBy(taker, lesson, owed);
}

/** Every message that a lesson of the script owes for certain. */
export function expectedMessages(lesson: Lesson, cast: Cast, documents: Documents): ExpectedMessage[] {
  if (!isBooked(lesson)) return [];
  const owed = new Owed(cast);
  const { instructor, students, presence, room } = lesson;
  owed.tell('confirmation', 'confirmation', { students, guardiansOf: students });
  owed.tell('assignment', 'assignment', { instructor });
  noticesOf(lesson, owed);
  searchMessages(lesson, owed);
  if (!takesPlace(lesson)) return owed.messages;
  const teacher = teacherOf(lesson);
  const taught = studentsOf(lesson);
  const came = (person: string): boolean => presence[person]!.comes;
  owed.tell('credential', 'credential', { instructor: teacher, students: taught, guardiansOf: taught });
  owed.tell('briefing', 'briefing', { instructor: teacher });
  if (room && room.backAt !== null) {
    owed.tell('second-room', 'second-room', { instructor: teacher, students: taught, guardiansOf: taught });
    owed.tellCoordinators('incident', 'opened');
    owed.tellCoordinators('incident', 'closed');
  }
  const missed = (s: string): boolean => !came(s) || presence[s]!.joinsAt > HOUR;
  if (came(teacher)) owed.tell('no-show', 'no-show', { guardiansOf: taught.filter(missed) });
  if (documents !== 'none') owed.tell('review', 'request', { instructor: teacher });
  if (lesson.correction) {
    owed.tell('correction', 'corrected', { guardiansOf: taught.filter(came) });
    owed.tell('correction', 'pay', { instructor: teacher });
  }
  if (documents === 'approved') owed.tell('update', 'update', { guardiansOf: taught.filter(came) });
  return owed.messages;
}
