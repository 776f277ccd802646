import { HOUR, Lectern, MINUTE } from './support/lectern';

jest.setTimeout(180_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

const body = (instructorId: string, studentIds: string[], startsAt: Date, minutes = 60) => ({
  title: 'Raced',
  instructorId,
  studentIds,
  startsAt: startsAt.toISOString(),
  endsAt: new Date(+startsAt + minutes * MINUTE).toISOString(),
});

test('fifty clients after one hundred overlapping slots: one winner each, the others are told the times', async () => {
  const cast = await lectern.cast(50);
  const base = +lectern.now() + 40 * 24 * HOUR;
  const slots = Array.from({ length: 100 }, (_, i) => new Date(base + i * 12 * HOUR));
  for (let i = 0; i < slots.length; i += 10) {
    const answers = await Promise.all(
      slots
        .slice(i, i + 10)
        .map(async (slot) =>
          Promise.all(
            cast.studentIds.map((studentId, client) =>
              lectern.api<{ code?: string }>(
                'POST',
                '/v1/sessions',
                body(cast.instructorId, [studentId], new Date(+slot + (client % 4) * 10 * MINUTE)),
              ),
            ),
          ),
        ),
    );
    for (const slot of answers) {
      const statuses = slot.map((a) => a.status);
      expect(statuses.filter((s) => s === 201)).toHaveLength(1);
      expect(statuses.filter((s) => s === 409)).toHaveLength(49);
    }
  }
});

test('back-to-back lessons fit once the buffer has passed', async () => {
  const cast = await lectern.cast(1);
  const start = new Date(+lectern.now() + 60 * 24 * HOUR);
  const at = (minutes: number) => lectern.api('POST', '/v1/sessions', body(cast.instructorId, cast.studentIds, new Date(+start + minutes * MINUTE)));
  expect((await at(0)).status).toBe(201);
  expect((await at(60)).status).toBe(409);
  expect((await at(65)).status).toBe(201);
});

test('the same Idempotency-Key books once', async () => {
  const cast = await lectern.cast(1);
  const request = body(cast.instructorId, cast.studentIds, new Date(+lectern.now() + 61 * 24 * HOUR));
  const headers = { 'idempotency-key': `k-${cast.tag}` };
  const [a, b] = [
    await lectern.api<{ id: string }>('POST', '/v1/sessions', request, headers),
    await lectern.api<{ id: string }>('POST', '/v1/sessions', request, headers),
  ];
  expect(a.status).toBe(201);
  expect(b.body.id).toBe(a.body.id);
  expect((await lectern.api<{ code: string }>('POST', '/v1/sessions', { ...request, title: 'Other' }, headers)).body.code).toBe(
    'idempotency-conflict',
  );
});

describe('bad input is refused with a code and leaves nothing behind', () => {
  const leftovers = () =>
    lectern.query(
      `SELECT id FROM sessions WHERE title = 'Spoilt' UNION ALL SELECT d.id FROM decisions d WHERE d.session_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = d.session_id)`,
    );
  const good = async () => {
    const cast = await lectern.cast(1);
    return { ...body(cast.instructorId, cast.studentIds, new Date(+lectern.now() + 62 * 24 * HOUR)), title: 'Spoilt' };
  };
  test.each<[string, (b: Record<string, unknown>) => unknown, number]>([
    ['zero length', (b) => ({ ...b, endsAt: b.startsAt }), 400],
    ['inverted times', (b) => ({ ...b, startsAt: b.endsAt, endsAt: b.startsAt }), 400],
    ['the past', (b) => ({ ...b, startsAt: '2020-01-01T10:00:00Z', endsAt: '2020-01-01T11:00:00Z' }), 422],
    ['year 9999', (b) => ({ ...b, startsAt: '9999-01-01T10:00:00Z', endsAt: '9999-01-01T11:00:00Z' }), 400],
    ['an unknown zone', (b) => ({ ...b, anchorZone: 'Mars/Olympus' }), 400],
    ['an unknown student', (b) => ({ ...b, studentIds: ['00000000-0000-4000-8000-000000000000'] }), 404],
    ['an unknown field', (b) => ({ ...b, priceMinor: 0 }), 400],
    ['NUL in a title', (b) => ({ ...b, title: 'a\u0000b' }), 400],
    ['depth 40,000', () => `${'['.repeat(40_000)}${']'.repeat(40_000)}`, 400],
    ['__proto__', (b) => JSON.stringify(b).replace('{', '{"__proto__":{"x":1},'), 400],
    ['no JSON', () => '{"title":', 400],
  ])('%s', async (_name, spoil, status) => {
    const request = spoil(await good());
    const answer = await lectern.api<{ code: string; remedy: string }>('POST', '/v1/sessions', request);
    expect(answer.status).toBe(status);
    expect(answer.body.code).toEqual(expect.any(String));
    expect(answer.body.remedy).toEqual(expect.any(String));
    expect(await leftovers()).toEqual([]);
  });
});
