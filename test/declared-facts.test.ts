import { findFact } from '../commands/declared-facts';
import type { Json, PolicyDocument } from '../policy/types';
import { HOUR, Lectern, type Cast } from './support/lectern';
import { OwnOrganisation } from './support/organisation';

jest.setTimeout(240_000);
const shared = new Lectern();
let own: OwnOrganisation;
beforeAll(async () => {
  own = await OwnOrganisation.of(shared, {
    'change.json': (document: PolicyDocument) => {
      document.params!.mostLate = 2;
      document.examples.base.lateCancelsThisTerm = 0;
      document.rules.unshift({
        id: 'too-often',
        description: 'Who cancels late again and again is looked at by a coordinator',
        when: { '>=': [{ var: 'lateCancelsThisTerm' }, { var: 'params.mostLate' }] },
        then: { verdict: 'hold', chargePercent: 0 },
      });
    },
  });
});
afterAll(async () => {
  await own.close();
  await shared.close();
});

interface Changed {
  verdict: string;
  why: string;
}
const cancel = async (sessionId: string): Promise<Changed> =>
  (await own.api<Changed>('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel' })).body;
const decisionOf = async (sessionId: string): Promise<{ id: string; rule: string; facts: Record<string, Json>; asOf: Date }> =>
  (
    await own.query<{ id: string; rule: string; facts: Record<string, Json>; asOf: Date }>(
      `SELECT id, rule, facts, as_of FROM decisions WHERE session_id = ? AND point = 'change'`,
      [sessionId],
    )
  )[0]!;

test('a change is decided by what was counted; the decision keeps the number, its explanation says it, and the preview of it is the same', async () => {
  const cast: Cast = await own.cast(1);
  const [student] = cast.studentIds as [string];
  const book = (lead: number): Promise<string> => own.book(cast, lead);
  const [first, second, early, third] = [await book(10 * HOUR), await book(12 * HOUR), await book(60 * HOUR), await book(14 * HOUR)];
  // One that is cancelled in good time is not counted.
  for (const id of [early, first, second]) expect((await cancel(id)).verdict).toBe('allow');
  const refused = await cancel(third);
  expect(refused).toMatchObject({ verdict: 'hold', why: expect.stringContaining('2 late cancels this term') as string });
  const { rule, facts, asOf } = await decisionOf(third);
  expect([rule, facts.lateCancelsThisTerm]).toEqual(['too-often', 2]);
  expect((await decisionOf(second)).facts.lateCancelsThisTerm).toBe(1);
  const found = await own.in((tx) => findFact(tx, { fact: 'lateCancelsThisTerm', personId: student, sessionId: third }, asOf));
  expect(found.value).toBe(facts.lateCancelsThisTerm as number);
  expect(found.counted.map((c) => c.sessionId)).toEqual([first, second]);
  expect(found.sentence).toMatch(/^lateCancelsThisTerm for Stu0 = 2: \d+ \w+, \d+ \w+$/);
});
