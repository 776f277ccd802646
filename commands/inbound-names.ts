import type { InboxRow } from '../db/inbox';
import { peopleAt, personIdByExternalId, referToSession, sessionIdByReference } from '../db/session-references';
import type { Tx } from '../db/database';
import type { Context } from './context';

/** What an event says with our ids in the place of the sender's names; or why that cannot be, and whether it may be so later. */
export type Named = { data: unknown } | { refused: string; mayComeLater?: true };

type Data = Record<string, unknown>;
const isData = (data: unknown): data is Data => data !== null && typeof data === 'object' && !Array.isArray(data);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' && value.length <= 254 ? value : undefined);

type Person = Awaited<ReturnType<typeof peopleAt>>[number];

/** The one student behind an address: whose it is, or whose only guardian it is. */
function studentAt(found: Person[], email: string, place: string): { id: string } | { refused: string } {
  const here = found.filter((p) => p.email === email.toLowerCase());
  const students = new Set(here.flatMap((p) => (p.kind === 'student' ? [p.id] : p.kind === 'guardian' && p.studentId ? [p.studentId] : [])));
  const [id] = students;
  if (id === undefined) return { refused: `${place}: no student or guardian here has this address; add it to the person whose it is.` };
  if (students.size > 1) return { refused: `${place}: ${students.size} students are behind this address; book the lesson by studentIds.` };
  return { id };
}

async function withPeople(tx: Tx, { studentEmails, instructorEmail, ...data }: Data): Promise<Named> {
  const emails = Array.isArray(studentEmails) ? studentEmails.map(textOf) : [];
  if (emails.includes(undefined) || emails.length > 100) return { refused: 'data.studentEmails: at most 100 e-mail addresses.' };
  const instructor = textOf(instructorEmail);
  const found = await peopleAt(tx, [...(emails as string[]), ...(instructor === undefined ? [] : [instructor])]);
  if (data.instructorId === undefined && instructor !== undefined) {
    const here = found.filter((p) => p.kind === 'instructor' && p.email === instructor.toLowerCase());
    if (here.length !== 1) return { refused: `data.instructorEmail: ${here.length} instructors have this address; it has to be exactly one.` };
    data.instructorId = here[0]!.id;
  }
  if (data.studentIds !== undefined || emails.length === 0) return { data };
  // The host of a meeting is among its attendees with some senders.
  const students = (emails as string[]).flatMap((email, n) => (email === instructor ? [] : [studentAt(found, email, `data.studentEmails.${n}`)]));
  const refused = students.find((s) => 'refused' in s);
  if (refused && 'refused' in refused) return refused;
  return { data: { ...data, studentIds: [...new Set(students.map((s) => (s as { id: string }).id))] } };
}

async function withSession(tx: Tx, event: InboxRow, { externalId, ...data }: Data, ctx: Context): Promise<Named> {
  const reference = textOf(externalId);
  if (data.sessionId === undefined && reference !== undefined) {
    const found = await sessionIdByReference(tx, reference);
    if (!found) return { refused: 'data.externalId: no lesson is known by this reference; book it with this externalId.', mayComeLater: true };
    data.sessionId = found;
  }
  const further = textOf(data.newExternalId);
  // Kept whatever becomes of the change: what is said next is said of the same lesson.
  if (event.type === 'session.changed' && further !== undefined && typeof data.sessionId === 'string')
    await referToSession(tx, { reference: further.slice(0, 200), sessionId: data.sessionId, at: ctx.asOf });
  return { data };
}

/** Our ids for what a sender calls otherwise: lessons by a reference of theirs, people by an externalId or address. Asks nothing where nothing is. */
export async function named(ctx: Context, event: InboxRow): Promise<Named> {
  const { data } = JSON.parse(event.body) as { data?: unknown };
  if (!isData(data)) return { data };
  const byName = event.type === 'session.booked' ? data.studentEmails !== undefined || data.instructorEmail !== undefined : isNamedOtherwise(data);
  if (!byName) return { data };
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    if (event.type === 'session.booked') return withPeople(tx, data);
    const found = await withSession(tx, event, data, ctx);
    if ('refused' in found || !isData(found.data)) return found;
    const identity = found.data.personId === undefined ? textOf(found.data.identity) : undefined;
    const personId = identity === undefined ? undefined : await personIdByExternalId(tx, identity);
    return { data: { ...found.data, ...(personId !== undefined && { personId }) } };
  });
}

const isNamedOtherwise = (data: Data): boolean =>
  (data.sessionId === undefined && data.externalId !== undefined) ||
  data.newExternalId !== undefined ||
  (data.personId === undefined && data.identity !== undefined);
