import type { PersonRow } from '../../db/people';
import type { NewObligation } from '../../db/obligations';

/** Somebody who is to read what a batch has changed, and of which sessions. */
export interface Reader {
  person: PersonRow;
  sessionIds: Set<string>;
}

const addressOf = ({ email, phone }: PersonRow, channel: NewObligation['channel']): string | null => {
  const [first, second] = channel === 'email' ? [email, phone] : [phone, email];
  return (first ?? second)?.toLowerCase() ?? null;
};

const isTold = (of: Reader, by: Reader): boolean => [...of.sessionIds].every((id) => by.sessionIds.has(id));

/** A guardian reads for the student, not the student for the guardian; else whoever was here first. */
const before = (a: PersonRow, b: PersonRow): boolean =>
  a.kind === b.kind ? a.key < b.key : a.kind === 'guardian' || (b.kind !== 'guardian' && a.key < b.key);

/**
 * Who reads over somebody else's shoulder: at an address at which another is told of all the same sessions, one copy is enough. Whoever has
 * an address of their own gets their own.
 */
export function sharingAnAddress(readers: readonly Reader[], channelOf: (personId: string) => NewObligation['channel'] | undefined): Set<string> {
  const at = new Map<string, Reader[]>();
  for (const reader of readers) {
    const channel = channelOf(reader.person.id);
    const address = channel && addressOf(reader.person, channel);
    if (address) (at.get(address) ?? at.set(address, []).get(address)!).push(reader);
  }
  const isCovered = (r: Reader, by: Reader): boolean => by !== r && isTold(r, by) && (!isTold(by, r) || before(by.person, r.person));
  return new Set([...at.values()].flatMap((list) => list.filter((r) => list.some((by) => isCovered(r, by))).map((r) => r.person.id)));
}
