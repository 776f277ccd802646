import { readFileSync } from 'node:fs';
import path from 'node:path';
import { businessDate, instantOf } from '../domain/time';
import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';
import { bookSeries, filled, readSeries, weekly } from './support/series';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

const { params } = JSON.parse(readFileSync(path.join(__dirname, '../rules/policies/admission.json'), 'utf8')) as { params: Record<string, number> };
const AT_ONCE = 50;

/** A midnight of Berlin that is some days ahead; a Tuesday's, so that its week lies around it. */
function aDay(daysAhead = 7): number {
  for (let ms = +lectern.now() + daysAhead * 24 * HOUR; ; ms += 24 * HOUR)
    if (new Date(ms).getUTCDay() === 2) return instantOf(`${businessDate(ms, 'Europe/Berlin')}T00:00`, 'Europe/Berlin').ms;
}

const book = (
  cast: Pick<Cast, 'studentIds' | 'instructorId'>,
  startMs: number,
): Promise<{ status: number; body: { code?: string; details?: object } }> =>
  lectern.api('POST', '/v1/sessions', {
    title: 'Invented lesson',
    startsAt: new Date(startMs).toISOString(),
    endsAt: new Date(startMs + 15 * MINUTE).toISOString(),
    studentIds: cast.studentIds,
    instructorId: cast.instructorId,
  });

const tally = (answers: { status: number }[]): Record<number, number> =>
  answers.reduce<Record<number, number>>((n, { status }) => ({ ...n, [status]: (n[status] ?? 0) + 1 }), {});

test('fifty bookings of one student at once never make more than the day holds', async () => {
  const student = await lectern.cast(1);
  const others = await Promise.all(Array.from({ length: 5 }, () => lectern.cast(0)));
  const day = aDay();
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, i) =>
      book({ studentIds: student.studentIds, instructorId: others[i % 5]!.instructorId }, day + i * 20 * MINUTE),
    ),
  );
  expect(tally(answers)).toEqual({ 201: params.studentMostADay, 422: AT_ONCE - params.studentMostADay! });
  expect(answers.find((a) => a.status === 422)!.body).toMatchObject({ code: 'refused-by-policy', details: { rule: 'student-full-that-day' } });
  // The next day is another one.
  expect((await book(student, day + 24 * HOUR)).status).toBe(201);
});

test('fifty bookings of one instructor at once never make more than the day holds', async () => {
  const { instructorId } = await lectern.cast(0);
  const { studentIds } = await lectern.cast(AT_ONCE);
  const day = aDay();
  const answers = await Promise.all(studentIds.map((id, i) => book({ studentIds: [id], instructorId }, day + i * 20 * MINUTE)));
  expect(tally(answers)).toEqual({ 201: params.instructorMostADay, 422: AT_ONCE - params.instructorMostADay! });
});

test('an instructor’s own word on a day holds below the rule’s, and the week counts from Monday', async () => {
  const cast = await lectern.cast(4);
  const { body } = await lectern.api<{ version: number }>('GET', `/v1/people/${cast.instructorId}`);
  await lectern.api('PATCH', `/v1/people/${cast.instructorId}`, { version: body.version, teaching: { mostADay: 2, mostAWeek: 3 } });
  const day = aDay();
  const one = (n: number, startMs: number): Promise<number> =>
    book({ studentIds: [cast.studentIds[n]!], instructorId: cast.instructorId }, startMs).then((a) => a.status);
  expect([await one(0, day + 10 * HOUR), await one(1, day + 11 * HOUR), await one(2, day + 12 * HOUR)]).toEqual([201, 201, 422]);
  expect([await one(2, day + 34 * HOUR), await one(3, day + 58 * HOUR)]).toEqual([201, 422]);
  expect(await one(3, day + 6 * 24 * HOUR + 10 * HOUR)).toBe(201);
});

test('days are those of the person: an evening in Los Angeles is no lesson of the next day there', async () => {
  const cast = await lectern.cast(1);
  const { body } = await lectern.api<{ version: number }>('GET', `/v1/people/${cast.studentIds[0]!}`);
  await lectern.api('PATCH', `/v1/people/${cast.studentIds[0]!}`, { version: body.version, zone: 'America/Los_Angeles' });
  const day = aDay();
  const most = params.studentMostADay!;
  // Before nine in the morning of Berlin it is still the day before in Los Angeles.
  const before = await Promise.all(Array.from({ length: most }, (_, i) => book(cast, day + i * 30 * MINUTE)));
  expect(tally(before)).toEqual({ 201: most });
  expect((await book(cast, day + 8 * HOUR)).status).toBe(422);
  expect((await book(cast, day + 10 * HOUR)).status).toBe(201);
});

interface Considered {
  occurrences: { verdict: string }[];
  previewToken: string;
}

test('who comes onto a series is on its lessons, but for one on a day that is full for them, which a person is asked about; more than there are places for do not come', async () => {
  const [cast, busy, late] = [await lectern.cast(1), await lectern.cast(1), await lectern.cast(1)];
  const id = await bookSeries(lectern, weekly(lectern, cast, { rrule: 'FREQ=WEEKLY;COUNT=2', capacity: 2 }));
  const [first, second] = (await filled(lectern, id)).occurrences;
  const day = instantOf(`${first!.original.slice(0, 10)}T00:00`, 'Europe/Berlin').ms;
  for (let n = 0; n < params.studentMostADay!; n++) expect((await book(busy, day + 13 * HOUR + n * 20 * MINUTE)).status).toBe(201);
  const joins = { scope: 'all', addStudentIds: busy.studentIds, reason: 'r' };
  const { body: shown } = await lectern.api<Considered>('POST', `/v1/series/${id}/changes?preview=true`, joins);
  expect(shown.occurrences.map((o) => o.verdict)).toEqual(['hold', 'change']);
  const { status } = await lectern.api('POST', `/v1/series/${id}/changes`, { ...joins, previewToken: shown.previewToken });
  expect(status).toBe(200);
  const studentsOn = (sessionId: string): Promise<object[]> =>
    lectern.query(`SELECT 1 FROM participants WHERE session_id = ? AND role = 'student'`, [sessionId]);
  await lectern.until('the second lesson to have both', async () => (await studentsOn(second!.sessionId!)).length === 2);
  await lectern.openStep(first!.sessionId!, 'series-occurrence');
  expect(await studentsOn(first!.sessionId!)).toHaveLength(1);
  await lectern.until('the edit to be done', async () => !(await readSeries(lectern, id)).filling);
  const tooMany = await lectern.api('POST', `/v1/series/${id}/changes?preview=true`, { scope: 'all', addStudentIds: late.studentIds, reason: 'r' });
  expect(tooMany).toMatchObject({ status: 400, body: { details: [{ path: 'capacity' }] } });
});
