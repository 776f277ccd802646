import { Lectern } from '../support/lectern';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

interface Text {
  language: string;
  subject: string;
  paragraphs: string[];
  notice: string | null;
}
interface Step {
  id: string;
  version: number;
  hash: string;
}
interface Detail {
  shown: { summary: { language: string; notice: string }; update: Text & { otherLanguages: Text[] } };
}

const detailOf = async (step: Step): Promise<Detail['shown']> => (await lectern.api<Detail>('GET', `/v1/held-steps/${step.id}`)).body.shown;

test('guardians of one student read the update each in their language, as the one review showed it and the reviewer edited it', async () => {
  const cast = await lectern.cast(1);
  const german = await lectern.guardian(cast, 0, { locale: 'de-AT' });
  const polish = await lectern.guardian(cast, 0, { locale: 'pl' });
  const { sessionId, step } = await lectern.underReview(cast);
  const { summary, update } = await detailOf(step);
  expect([update, ...update.otherLanguages].map((t) => t.language)).toEqual(['en', 'de']);
  // There is no Polish in what is shipped: the reviewer is told before anything is sent.
  expect(summary.notice).toMatch(/Not available here in Polish: .* English/);

  const [de] = update.otherLanguages;
  const edited = { ...update, otherLanguages: [{ ...de, subject: 'Von Hand geändert' }] };
  const { otherLanguages: _, ...onlyEnglish } = update;
  const refused = await lectern.decide<{ code: string; details: { path: string }[] }>(step, 'approve', { edited: { update: onlyEnglish } });
  expect([refused.status, refused.body.code, refused.body.details[0]!.path]).toEqual([400, 'invalid-request', 'parent-update.otherLanguages']);
  expect((await lectern.decide(step, 'approve', { edited: { update: edited } })).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');

  const updates = (await lectern.mails(cast)).filter((m) => /how the lesson went|Von Hand geändert/.test(m.subject));
  expect(updates).toHaveLength(3);
  const to = (address: string): { subject: string; text: string } => updates.find((m) => m.to === address)!;
  expect(to(german).subject).toBe('Von Hand geändert');
  expect(to(german).text).toMatch(/^Guten Tag Gil,[\s\S]*hatte die Stunde „Invented lesson“[\s\S]*ohne Sprachmodell/);
  expect(to(german).text).not.toMatch(/had the lesson|without a language model/);
  expect(to(polish).text).toMatch(/^Hello Gil,[\s\S]*had the lesson “Invented lesson”/);
});

test('a family of one language is drafted for in that language alone, and every message to it is in it', async () => {
  const cast = await lectern.cast(1);
  const { version } = (await lectern.api<{ version: number }>('GET', `/v1/people/${cast.guardianIds[0]}`)).body;
  expect((await lectern.api('PATCH', `/v1/people/${cast.guardianIds[0]}`, { version, locale: 'de' })).status).toBe(200);
  const { sessionId, step } = await lectern.underReview(cast);
  const { summary, update } = await detailOf(step);
  expect([summary.language, update.language, update.otherLanguages]).toEqual(['en', 'de', []]);
  // A reviewer who sends back no more than the words keeps the language.
  const words = { subject: 'Die Stunde', paragraphs: ['Es ging gut.'], claims: [] };
  expect((await lectern.decide(step, 'approve', { edited: { update: words } })).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  const mails = (await lectern.mails(cast)).filter((m) => m.to.startsWith('gil'));
  expect(mails.map((m) => m.subject).sort()).toEqual([
    expect.stringMatching(/^Die Stunde$/),
    expect.stringMatching(/^Gebucht: /),
    expect.stringMatching(/^Ihr Link zu /),
  ]);
  for (const { text } of mails) expect(text).toMatch(/^Guten Tag Gil0,/);
});
