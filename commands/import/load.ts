import type { Taken } from '../../db/import/sessions';
import type { OtherLesson } from '../../db/load';
import type { Around } from '../load';
import type { Person } from './types';

const MOST_APART_MS = 8 * 86_400_000;

/** How full the weeks of people are, with what is booked here and with the rows of the files that were taken so far. */
export class Load {
  private readonly starts = new Map<string, Date[]>();

  constructor(
    taken: readonly Taken[],
    private readonly caps: ReadonlyMap<string, NonNullable<Around['ownCap']>>,
  ) {
    for (const t of taken) this.take(t.personId, t.startsAt);
  }

  take(personId: string, startsAt: Date): void {
    (this.starts.get(personId) ?? this.starts.set(personId, []).get(personId)!).push(startsAt);
  }

  around(people: readonly Person[], instructor: Person, at: Date): Around {
    const near = (startsAt: Date): boolean => Math.abs(+startsAt - +at) < MOST_APART_MS;
    const others: OtherLesson[] = people.flatMap((p) => (this.starts.get(p.id) ?? []).filter(near).map((startsAt) => ({ personId: p.id, startsAt })));
    return { others, ownCap: this.caps.get(instructor.id) ?? null };
  }
}
