import { HOUR, type Lectern } from './lectern';
import { draftable } from './rule-files';

/** Puts the shipped rules beside the live set. */
export async function besideAll(lectern: Lectern): Promise<void> {
  const { body: draft } = await lectern.api<{ id: string }>('POST', '/v1/rule-drafts', { ...draftable(), message: 'beside all that happens' });
  expect((await lectern.api('POST', '/v1/rule-shadows', { draftId: draft.id })).status).toBe(201);
}

/** It has been asked of each decision since, once, and says what was said. */
export async function expectAskedOnce(lectern: Lectern): Promise<void> {
  await lectern.book(await lectern.cast(1), 100 * HOUR);
  const counts = await lectern.until('it to have been asked of all', async () => {
    const [now] = await lectern.query<{ decisions: number; answers: number; differ: number }>(
      `SELECT (SELECT count(*)::int FROM decisions WHERE as_of >= (SELECT started_at FROM rule_shadows)) AS decisions,
         (SELECT count(DISTINCT decision_id)::int FROM shadow_answers) AS answers,
         (SELECT count(*)::int FROM shadow_answers WHERE finding <> 'same') AS differ`,
    );
    return now!.answers >= now!.decisions && now!;
  });
  expect(counts).toEqual({ decisions: counts.answers, answers: counts.answers, differ: 0 });
  expect(counts.answers).toBeGreaterThan(1);
}
