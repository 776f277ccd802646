import createClient from 'openapi-fetch';
import type { components, paths } from './schema.gen';

type Schemas = components['schemas'];
export type Session = Schemas['Session'];
export type SessionDetail = Schemas['SessionDetail'];
export type Participant = Schemas['Participant'];
export type HeldStep = Schemas['HeldStep'];
export type HeldStepDetail = Schemas['HeldStepDetail'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type WaitlistEntry = Schemas['WaitlistEntry'];
export type Obligation = Schemas['Obligation'];
export type Message = Schemas['Message'];
export type Decide = Schemas['Decide'];
export type Pause = Schemas['PauseItem'];
export type Me = Schemas['Me'];
export type Person = Schemas['Person'];
export type MakeChange = Schemas['MakeChange'];
export type ChangePreview = Schemas['ChangePreview'];
export type ChangeResult = Schemas['ChangeResult'];
export type Series = Schemas['Series'];
export type SeriesDetail = Schemas['SeriesDetail'];
export type Occurrence = Schemas['Occurrence'];
export type EditSeries = Schemas['EditSeries'];
export type SeriesEditPreview = Schemas['SeriesEditPreview'];
export type EditedOccurrence = Schemas['EditedOccurrence'];
export type SeriesEdited = Schemas['SeriesEdited'];
export type Closure = Schemas['Closure'];
export type ClosureDetail = Schemas['ClosureDetail'];
export type ClosurePreview = Schemas['ClosurePreview'];
export type ClosureMade = Schemas['ClosureMade'];
export type ReopenPreview = Schemas['ReopenPreview'];
export type Batch = Schemas['Batch'];
export type Contact = Schemas['Contact'];
export type Incident = Schemas['Incident'];
export type OpenIncident = Schemas['OpenIncident'];
export type SubstituteSearch = Schemas['SubstituteSearch'];
export type Snooze = Schemas['Snooze'];
export type BatchDecisions = Schemas['DecideBatch']['decisions'];

/** The login cookie goes along by itself: the console is served by the API. */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });

/** An error of the API, with what to do about it. Status 0 means that no answer came. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly details: unknown = undefined,
    readonly requestId: string | null = null,
  ) {
    super(message);
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function problemOf(error: unknown, response: Response): Problem {
  const said = (error ?? {}) as { code?: string; message?: string; remedy?: string; details?: unknown; requestId?: string };
  return new Problem(
    response.status,
    said.code ?? 'unknown',
    said.message ?? `The server answered ${response.status}.`,
    said.remedy ?? 'Try again in a moment; if it stays like this, ask whoever runs this installation.',
    said.details,
    said.requestId ?? response.headers.get('x-request-id'),
  );
}

/** The body of an answer, or a Problem. */
export async function ask<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch {
    throw new Problem(0, 'offline', 'Lectern cannot be reached.', 'Check your connection and whether the server runs, then try again.');
  }
  if (!answer.response.ok || answer.data === undefined) throw problemOf(answer.error, answer.response);
  return answer.data;
}

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** All pages of a list that belongs on one screen. */
export async function allPages<T>(page: (cursor: string | undefined) => Promise<Page<T>>, most = 10): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let n = 0; n < most; n++) {
    const found = await page(cursor);
    items.push(...found.items);
    if (found.nextCursor === null) break;
    cursor = found.nextCursor;
  }
  return items;
}
