import { peopleById } from '../db/people';
import { replaceBlocked, teachingOf, writeTeaching, type Teaching } from '../db/teaching';
import type { Tx } from '../db/database';
import { notFound } from '../domain/errors';
import { isId } from '../domain/ids';
import type { PersonKind } from '../domain/vocabulary';
import { localeFault, nameFault, type FieldFault } from './contact';

/** What an instructor teaches, speaks and takes on. What is left out keeps what it was; null empties it. */
export interface TeachingInput {
  subjects?: string[] | undefined;
  languages?: string[] | undefined;
  clearedUntil?: Date | null | undefined;
  mostADay?: number | null | undefined;
  mostAWeek?: number | null | undefined;
}
export interface TeachingRelations {
  /** Of an instructor. */
  teaching?: TeachingInput | undefined;
  /** Of a student: replaces which instructors are not to teach them. */
  blockedInstructors?: { instructorId: string; reason?: string | null | undefined }[] | undefined;
}

const MOST_LISTED = 50;
const MOST_SESSIONS = 200;
/** Of whom nothing was said. */
export const NO_TEACHING: Teaching = { subjects: [], languages: [], clearedUntil: null, mostADay: null, mostAWeek: null };

function listFaults(path: string, list: string[] | undefined, check: (text: string) => string | null): FieldFault[] {
  if (list === undefined) return [];
  if (list.length > MOST_LISTED) return [{ path, message: `names at most ${MOST_LISTED}` }];
  return list.flatMap((text, n) => {
    const message = check(text);
    return message === null ? [] : [{ path: `${path}.${n}`, message }];
  });
}

const capFault = (path: string, cap: number | null | undefined): FieldFault[] =>
  cap == null || (Number.isInteger(cap) && cap >= 1 && cap <= MOST_SESSIONS) ? [] : [{ path, message: `must be 1 to ${MOST_SESSIONS} sessions` }];

/** What is wrong with what is said of a person's teaching, field by field; nothing when all is well. */
export function teachingFaults({ teaching, blockedInstructors }: TeachingRelations, kind: PersonKind): FieldFault[] {
  const faults: FieldFault[] = [];
  if (teaching !== undefined && kind !== 'instructor') faults.push({ path: 'teaching', message: 'goes with an instructor' });
  if (blockedInstructors !== undefined && kind !== 'student') faults.push({ path: 'blockedInstructors', message: 'goes with a student' });
  faults.push(
    ...listFaults('teaching.subjects', teaching?.subjects, (text) => nameFault(text, 100)),
    ...listFaults('teaching.languages', teaching?.languages, localeFault),
    ...capFault('teaching.mostADay', teaching?.mostADay),
    ...capFault('teaching.mostAWeek', teaching?.mostAWeek),
  );
  blockedInstructors?.forEach((b, n) => {
    if (!isId(b.instructorId)) faults.push({ path: `blockedInstructors.${n}.instructorId`, message: 'must be an id' });
    const fault = b.reason == null ? null : nameFault(b.reason, 200);
    if (fault) faults.push({ path: `blockedInstructors.${n}.reason`, message: fault });
  });
  const ids = blockedInstructors?.map((b) => b.instructorId.toLowerCase()) ?? [];
  if (new Set(ids).size !== ids.length) faults.push({ path: 'blockedInstructors', message: 'names an instructor twice' });
  return faults;
}

/** Writes what a person teaches and whom they are not to be taught by. Errors: `not-found` for an instructor who does not exist. */
export async function writeTeachingOf(tx: Tx, personId: string, { teaching, blockedInstructors }: TeachingRelations): Promise<void> {
  if (teaching) {
    const [known] = await teachingOf(tx, [personId]);
    const given = Object.fromEntries(Object.entries(teaching).filter(([, value]) => value !== undefined));
    await writeTeaching(tx, [{ ...NO_TEACHING, ...known, ...given, personId }]);
  }
  if (!blockedInstructors) return;
  const ids = blockedInstructors.map((b) => b.instructorId);
  const found = await peopleById(tx, ids);
  const stranger = ids.find((id) => !found.some((p) => p.id === id.toLowerCase() && p.kind === 'instructor'));
  if (stranger) throw notFound('instructor', stranger);
  await replaceBlocked(
    tx,
    personId,
    blockedInstructors.map(({ instructorId, reason = null }) => ({ instructorId, reason })),
  );
}
