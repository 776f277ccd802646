import { businessDate, wallTimeOf } from '../../domain/time';
import type { Answer, Cast, Lectern } from './lectern';

export const DAY = 24 * 3_600_000;
export const ZONE = 'Europe/Berlin';

export interface SeriesOccurrence {
  original: string;
  outcome: string;
  reason: string | null;
  sessionId: string | null;
  status: string | null;
  startsAt: string | null;
  endsAt: string | null;
  isException: boolean;
}
export interface SeriesDetail {
  id: string;
  state: string;
  filling: boolean;
  before: string | null;
  clock: string;
  continues: string | null;
  occurrences: SeriesOccurrence[];
}

/** Wall time in Berlin, that many days from now. */
export const inDays = (lectern: Lectern, days: number, clock = '10:00'): string => `${businessDate(+lectern.now() + days * DAY, ZONE)}T${clock}`;
export const wallOf = (instant: string | null): string => wallTimeOf(+new Date(instant!), ZONE);

export const weekly = (lectern: Lectern, cast: Cast, more: object = {}): object => ({
  title: 'Invented series',
  firstLesson: inDays(lectern, 3),
  lengthMinutes: 60,
  rrule: 'FREQ=WEEKLY',
  studentIds: cast.studentIds,
  instructorId: cast.instructorId,
  anchorZone: ZONE,
  ...more,
});

export const readSeries = async (lectern: Lectern, id: string): Promise<SeriesDetail> =>
  (await lectern.api<SeriesDetail>('GET', `/v1/series/${id}`)).body;

/** Waits until what was asked for is filled. */
export const filled = (lectern: Lectern, id: string): Promise<SeriesDetail> =>
  lectern.until(`series ${id} to be filled`, async () => {
    const series = await readSeries(lectern, id);
    return !series.filling && series;
  });

export async function bookSeries(lectern: Lectern, body: object): Promise<string> {
  const answer: Answer<{ id: string }> = await lectern.api('POST', '/v1/series', body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer));
  return answer.body.id;
}
