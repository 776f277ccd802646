import type { EditSeries } from '../api/client';
import { endingOn } from './rule';

export type WhatToDo = 'change' | 'pause' | 'end' | 'cancel';
/** What the fields of the form hold; a field left as it was is not sent. */
export interface SeriesFields {
  what: WhatToDo;
  scope: EditSeries['scope'];
  /** The time of the rule of the lesson that is meant; empty for none. */
  original: string;
  /** On the wall of the anchor zone. */
  wallTime: string;
  lengthMinutes: number;
  instructorId: string;
  title: string;
  addStudentId: string;
  dropStudentId: string;
  /** Times of the rule to be left out. */
  exdates: string[];
  /** The last day, such as 2027-03-31. */
  lastDay: string;
  reason: string;
}
/** How it is now. */
export interface SeriesNow {
  rrule: string;
  lengthMinutes: number;
  title: string;
  /** Where the meant lesson is now, on the wall of the anchor zone. */
  wallTime: string;
}

/** One lesson has no rule: there is nothing to pause or to end. */
export const SCOPES: Record<WhatToDo, EditSeries['scope'][]> = {
  change: ['this', 'following', 'all'],
  pause: ['following', 'all'],
  end: ['following', 'all'],
  cancel: ['this', 'following', 'all'],
};

/** What is sent; null as long as something is missing. */
export function editOf(f: SeriesFields, now: SeriesNow): EditSeries | null {
  if (!SCOPES[f.what].includes(f.scope) || (f.scope !== 'all' && f.original === '')) return null;
  if (f.scope !== 'this' && f.reason.trim() === '') return null;
  const base = {
    scope: f.scope,
    ...(f.original !== '' && { original: f.original }),
    ...(f.reason.trim() !== '' && { reason: f.reason.trim() }),
  };
  if (f.what === 'cancel') return { ...base, cancel: true };
  if (f.what === 'end') return f.lastDay === '' ? null : { ...base, rrule: endingOn(now.rrule, f.lastDay) };
  if (f.what === 'pause') return f.exdates.length === 0 ? null : { ...base, exdates: f.exdates };
  const changed = {
    ...(f.original !== '' && f.wallTime !== '' && f.wallTime !== now.wallTime && { wallTime: f.wallTime }),
    ...(f.lengthMinutes > 0 && f.lengthMinutes !== now.lengthMinutes && { lengthMinutes: f.lengthMinutes }),
    ...(f.instructorId !== '' && { instructorId: f.instructorId }),
    ...(f.title.trim() !== '' && f.title.trim() !== now.title && { title: f.title.trim() }),
    ...(f.addStudentId !== '' && { addStudentIds: [f.addStudentId] }),
    ...(f.dropStudentId !== '' && { dropStudentIds: [f.dropStudentId] }),
  };
  return Object.keys(changed).length === 0 ? null : { ...base, ...changed };
}
