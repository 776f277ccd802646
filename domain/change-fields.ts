import type { ChangeKind } from './vocabulary';

/** What a change of each kind names besides its kind, reason and rev. */
export const CHANGE_FIELDS = {
  cancel: { needs: [], may: [] },
  reschedule: { needs: ['startsAt', 'endsAt'], may: [] },
  reassign: { needs: ['instructorId'], may: [] },
  swap: { needs: ['withSessionId'], may: [] },
  add: { needs: ['studentId'], may: [] },
  drop: { needs: ['studentId'], may: [] },
  room: { needs: [], may: ['provider'] },
  convert: { needs: [], may: [] },
} as const satisfies Record<ChangeKind, { needs: readonly ChangeField[]; may: readonly ChangeField[] }>;

export const CHANGE_FIELD_NAMES = ['startsAt', 'endsAt', 'instructorId', 'withSessionId', 'studentId', 'provider'] as const;
export type ChangeField = (typeof CHANGE_FIELD_NAMES)[number];

/** What a change lacks or names for nothing. */
export function changeFieldFaults(change: { kind: ChangeKind } & Partial<Record<ChangeField, unknown>>): { path: string; message: string }[] {
  const { needs, may }: { needs: readonly ChangeField[]; may: readonly ChangeField[] } = CHANGE_FIELDS[change.kind];
  return CHANGE_FIELD_NAMES.flatMap((path) => {
    const isNamed = change[path] !== undefined;
    if (needs.includes(path) && !isNamed) return [{ path, message: `a change of kind "${change.kind}" names ${needs.join(' and ')}` }];
    if (isNamed && !needs.includes(path) && !may.includes(path)) return [{ path, message: `a change of kind "${change.kind}" does not name it` }];
    return [];
  });
}
