import { isTranscribed, studentsOf, takesPlace, teacherOf, timesOf, type Lesson, type Together } from './lesson';
import { HOUR, MINUTE } from './timing';

/** Something that the room provider tells by webhook. */
export interface Telling {
  do: 'tell';
  at: number;
  /** Of the event, whichever time it is told. */
  id: string;
  type: string;
  occurredAt: number;
  person: string | null;
  data: object;
}

/** Something that the world does about a lesson, and the business instant at which it does so. */
export type Act =
  | { do: 'book'; at: number }
  /** A series, with all its lessons. */
  | { do: 'book-series'; at: number }
  | { do: 'change'; at: number }
  /** A change of several lessons at once. */
  | { do: 'change-together'; at: number; together: Together }
  /** The button of the join page; `again`: once more, by a link that came since. */
  | { do: 'press'; at: number; person: string; again: boolean }
  | { do: 'acknowledge'; at: number }
  /** A coordinator has a substitute searched. */
  | { do: 'search'; at: number }
  | { do: 'answer-offer'; at: number; person: string; says: 'accept' | 'decline' }
  /** A coordinator says that the room has failed. */
  | { do: 'report-room'; at: number }
  /** A coordinator puts right how long it was. */
  | { do: 'correct'; at: number; minutes: number }
  | Telling;

/** An invented transcript; no two lessons have the same. */
function transcriptOf({ title, key }: Lesson): object[] {
  const say = [
    ['Tutor', `Today we go on with ${title}, what do you remember?`],
    ['Student', 'The first exercise of the last lesson, I think.'],
    ['Tutor', 'Exactly, good job. Please explain the second exercise as well.'],
    ['Student', `It asks for number ${key}, and I added the two parts.`],
    ['Tutor', 'For next time practise page twelve at home please.'],
  ];
  return say.map(([speaker, dialogue], i) => ({ start: `00:${10 + i * 8}.00`, stop: `00:${16 + i * 8}.00`, speaker, dialogue }));
}

const telling = (lesson: Lesson, type: string, at: number, more: Partial<Telling> = {}): Telling => ({
  do: 'tell',
  at,
  id: [lesson.key, type.replace('.', '-'), more.person?.replaceAll('.', '-') ?? 'all', Math.round(at / MINUTE)].join('_'),
  type,
  occurredAt: at,
  person: null,
  data: {},
  ...more,
});

function comingsAndGoings(lesson: Lesson, person: string): Act[] {
  const { startsAt, endsAt } = timesOf(lesson);
  const { comes, pressesAt, joinsAt, toldAfter, unmatched } = lesson.presence[person]!;
  if (!comes) return [];
  const { room } = lesson;
  const says = (type: string, at: number): Telling => {
    const data = unmatched ? { name: 'Somebody', connection: 'tablet' } : { connection: 'laptop' };
    return { ...telling(lesson, type, at, { person, data }), at: at + toldAfter };
  };
  const joins = startsAt + joinsAt;
  const leaves = room && room.backAt === null ? startsAt + room.failsAt : endsAt + MINUTE;
  const acts: Act[] = [says('participant.joined', joins), says('participant.left', leaves)];
  if (pressesAt !== null) acts.push({ do: 'press', at: startsAt + pressesAt, person, again: false });
  // A room that fails tells nothing more; who comes into the second one joins anew.
  if (room && room.backAt !== null) {
    const back = startsAt + room.backAt;
    acts.push({ do: 'press', at: back - 2 * MINUTE, person, again: true }, says('participant.joined', back));
  }
  // Out and in again within two minutes, long after the start.
  if (lesson.noise.reconnects) {
    const out = Math.max(startsAt, joins) + 20 * MINUTE;
    acts.push(says('participant.left', out), says('participant.joined', out + 2 * MINUTE));
  }
  return acts;
}

function recordingOf(lesson: Lesson): Act[] {
  const { recording, room } = lesson;
  const { startsAt, endsAt } = timesOf(lesson);
  if (!recording.wanted || !lesson.presence[teacherOf(lesson)]!.comes) return [];
  const acts: Act[] = [];
  if (recording.starts === 'yes') acts.push(telling(lesson, 'recording.started', startsAt + MINUTE));
  if (room && room.backAt !== null) acts.push(telling(lesson, 'recording.started', startsAt + room.backAt + MINUTE));
  if (recording.starts === 'fails') acts.push(telling(lesson, 'recording.failed', startsAt + 2 * MINUTE, { data: { reason: 'no disk' } }));
  if (!isTranscribed(lesson)) return acts;
  const at = endsAt + recording.transcriptAfter!;
  if (recording.starts === 'yes') acts.push(telling(lesson, 'recording.ready', at - 5 * MINUTE));
  acts.push(telling(lesson, 'transcript.ready', at, { data: { lines: transcriptOf(lesson) } }));
  return acts;
}

/** What is told about the beginning, and what is told about the end, each told the other way round. */
function reordered(tellings: Telling[]): Telling[] {
  const backwards = (types: string[]): Telling[] => {
    const list = tellings.filter((t) => types.includes(t.type)).sort((a, b) => a.at - b.at);
    const ats = list.map((t) => t.at).reverse();
    return list.map((t, i) => ({ ...t, at: ats[i]! }));
  };
  const early = tellings.filter((t) => t.type === 'participant.joined' && t.at === t.occurredAt).sort((a, b) => a.at - b.at);
  const [first, second] = early;
  const swapped =
    first && second
      ? [
          { ...first, at: second.at },
          { ...second, at: first.at },
        ]
      : [];
  const atEnd = backwards(['recording.ready', 'transcript.ready']);
  const isMoved = (t: Telling): boolean => [...swapped, ...atEnd].some((m) => m.id === t.id);
  return [...tellings.filter((t) => !isMoved(t)), ...swapped, ...atEnd];
}

function failureOf(lesson: Lesson): Act[] {
  const { room } = lesson;
  if (!room) return [];
  const at = timesOf(lesson).startsAt + room.failsAt;
  return [room.toldBy === 'desk' ? { do: 'report-room', at } : telling(lesson, 'room.failed', at, { data: { reason: 'no connection' } })];
}

/** When the rules search for a substitute of somebody who has not said a word. */
export const SEARCHED_BEFORE = 20 * HOUR;

/** The search for a substitute, where a person begins it, and what those say who are asked. */
function searchOf({ search, startsAt }: Lesson): Act[] {
  if (!search) return [];
  // Where the rules begin it, an offer is looked for from the day before on.
  const from = search.at ?? startsAt - SEARCHED_BEFORE;
  return [
    ...(search.at === null ? [] : [{ do: 'search', at: search.at } as const]),
    ...search.asked.flatMap(({ person, says, after }) => (says === null ? [] : [{ do: 'answer-offer', at: from + after, person, says } as const])),
  ];
}

/** A series is booked with its first lesson. */
function bookingOf({ key, booking: { at }, series }: Lesson): Act[] {
  if (series === null) return [{ do: 'book', at }];
  return key === series[0] ? [{ do: 'book-series', at }] : [];
}

function changeOf({ change, together }: Lesson): Act[] {
  if (!change?.isAskedHere) return [];
  return [together ? { do: 'change-together', at: change.at, together } : { do: 'change', at: change.at }];
}

/** All that the world does about a lesson, in order; each thing once or, where it is told twice, under the same id. */
export function actsOf(lesson: Lesson): Act[] {
  const acts: Act[] = [...bookingOf(lesson), ...changeOf(lesson)];
  if (lesson.acknowledgedAt !== null) acts.push({ do: 'acknowledge', at: lesson.acknowledgedAt });
  if (lesson.correction) acts.push({ do: 'correct', ...lesson.correction });
  acts.push(...searchOf(lesson));
  if (takesPlace(lesson)) {
    const people = [teacherOf(lesson), ...studentsOf(lesson)];
    const happens = [...people.flatMap((p) => comingsAndGoings(lesson, p)), ...failureOf(lesson), ...recordingOf(lesson)];
    const told = happens.filter((a): a is Telling => a.do === 'tell');
    const tellings = lesson.noise.reorders ? reordered(told) : told;
    acts.push(...happens.filter((a) => a.do !== 'tell'), ...tellings);
    if (lesson.noise.repeats) acts.push(...tellings.map((t) => ({ ...t, at: t.at + 3 * MINUTE })));
  }
  return acts.sort((a, b) => a.at - b.at);
}
