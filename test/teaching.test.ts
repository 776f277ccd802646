import { Lectern } from './support/lectern';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

interface Person {
  version: number;
  teaching: { subjects: string[]; languages: string[]; clearedUntil: string | null; mostADay: number | null; mostAWeek: number | null } | null;
  blockedInstructors: { instructorId: string; name: string; reason: string | null }[];
  details?: { path: string }[];
}
const read = async (id: string): Promise<Person> => (await lectern.api<Person>('GET', `/v1/people/${id}`)).body;

test('what an instructor teaches is written field by field and read back; what is left out stays', async () => {
  const { instructorId } = await lectern.cast(1);
  expect((await read(instructorId)).teaching).toBeNull();
  const write = async (teaching: object): Promise<number> =>
    (await lectern.api('PATCH', `/v1/people/${instructorId}`, { version: (await read(instructorId)).version, teaching })).status;
  expect(await write({ subjects: ['Mathematics'], languages: ['en', 'de'], clearedUntil: '2031-01-01T00:00:00+01:00', mostADay: 4 })).toBe(200);
  expect(await write({ mostAWeek: 12 })).toBe(200);
  expect((await read(instructorId)).teaching).toEqual({
    subjects: ['Mathematics'],
    languages: ['en', 'de'],
    clearedUntil: '2030-12-31T23:00:00.000Z',
    mostADay: 4,
    mostAWeek: 12,
  });
  expect(await write({ clearedUntil: null, mostADay: null })).toBe(200);
  expect((await read(instructorId)).teaching).toMatchObject({ clearedUntil: null, mostADay: null, mostAWeek: 12 });
});

test('a student names instructors who are not to teach them; the whole list is replaced', async () => {
  const { instructorId, studentIds } = await lectern.cast(1);
  const studentId = studentIds[0]!;
  const write = async (blockedInstructors: object[]): Promise<number> =>
    (await lectern.api('PATCH', `/v1/people/${studentId}`, { version: (await read(studentId)).version, blockedInstructors })).status;
  expect(await write([{ instructorId, reason: 'a family matter' }])).toBe(200);
  expect((await read(studentId)).blockedInstructors).toEqual([
    { instructorId, name: expect.stringContaining('Ines Invented'), reason: 'a family matter' },
  ]);
  expect(await write([])).toBe(200);
  expect((await read(studentId)).blockedInstructors).toEqual([]);
});

test.each<[string, object, string]>([
  ['a student who is said to teach', { kind: 'student', teaching: { subjects: ['Mathematics'] } }, 'teaching'],
  ['an instructor with blocked instructors', { kind: 'instructor', blockedInstructors: [] }, 'blockedInstructors'],
  ['a language that is none', { kind: 'instructor', teaching: { languages: ['not a language'] } }, 'teaching.languages.0'],
  ['no sessions at most', { kind: 'instructor', teaching: { mostADay: 0 } }, 'teaching.mostADay'],
])('%s is refused with the place', async (_what, fields, place) => {
  const answer = await lectern.api<Person>('POST', '/v1/people', { name: 'Ivy Invented', givenName: 'Ivy', zone: 'UTC', ...fields });
  expect(answer.status).toBe(400);
  expect(answer.body.details!.map((d) => d.path)).toContain(place);
});
