import { createContext, useContext, type ReactNode } from 'react';

/** Who is behind an id, as far as the page knows. */
const Known = createContext<ReadonlyMap<string, string>>(new Map());
export const useNames = (): ReadonlyMap<string, string> => useContext(Known);

export const Names = ({ of, children }: { of: ReadonlyMap<string, string>; children: ReactNode }) => <Known value={of}>{children}</Known>;

export const namesOf = (people: readonly { personId: string; name: string }[] = []): Map<string, string> =>
  new Map(people.map((p) => [p.personId, p.name]));
