import type { Locator, Page } from 'playwright-core';
import { NOTE_QUESTIONS } from '../../domain/notes';
import { businessDate, wallTimeOf } from '../../domain/time';
import type { PolicyDocument } from '../../policy/types';
import { HOUR, Lectern, MINUTE, type Cast } from '../support/lectern';
import { OwnOrganisation } from '../support/organisation';
import { bookSeries, DAY, filled, readSeries, wallOf, weekly, ZONE, type SeriesDetail } from '../support/series';
import { Substitutes } from '../support/substitutes';
import { faultsOf, overflowOf } from './accessible';
import { launchBrowser, type LaunchedBrowser } from './browser';
import { coordinator, signInLink } from './reviews';
import { shown, visit } from './visit';
import type { Visitor } from './visitor';

jest.setTimeout(240_000);
const shared = new Lectern();
let lectern: OwnOrganisation;
/** Not the zone that the lessons keep. */
const NEW_YORK = 'America/New_York';
let chromium: LaunchedBrowser;
let desk: Visitor;
/** A lesson that nobody recorded: asking its instructor takes some hours of this clock. */
let unrecorded: Promise<{ cast: Cast; id: string; step: { id: string } }>;

async function taughtUnrecorded(): Promise<{ cast: Cast; id: string; step: { id: string } }> {
  const cast = await lectern.cast(1);
  const id = await lectern.book(cast, 40 * MINUTE, { title: `Unrecorded ${cast.tag}` });
  await lectern.arrive(id, cast.instructorId, ...cast.studentIds);
  return { cast, id, step: await lectern.openStep(id, 'recording') };
}

beforeAll(async () => {
  // By this clock the question who teaches a lesson would be answered by its deadline before anybody has read it.
  lectern = await OwnOrganisation.of(shared, {
    'substitute.search.json': (d: never) => void Object.assign((d as PolicyDocument).params!, { coordinatorHas: '30d' }),
  });
  lectern.patienceMs = 180_000;
  unrecorded = taughtUnrecorded();
  // Who waits for it says what went wrong with it.
  unrecorded.catch(() => undefined);
  const [launched, cora] = await Promise.all([launchBrowser(), coordinator(lectern, 'Cora')]);
  chromium = launched;
  desk = await visit(lectern, chromium, { timezoneId: NEW_YORK });
  await desk.signIn(await cora.link());
});
afterAll(async () => {
  await chromium?.close();
  await lectern?.close();
  await shared.close();
});

const region = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const wouldDo = (page: Page): Locator => region(page, 'What it would do');
const look = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'See what it would do' }).click();
  await shown(wouldDo(page));
};
/** On both widths: nothing is cut off, and nothing is said against it. */
async function fits(page: Page): Promise<void> {
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect([width, await overflowOf(page), await faultsOf(page)]).toEqual([width, 0, []]);
  }
}

test('a series is edited from a lesson on: looked at first, refused as stale with the difference, then done lesson by lesson', async () => {
  const { page } = desk;
  const cast = await lectern.cast(2);
  const title = `Series ${cast.tag}`;
  const id = await bookSeries(lectern, weekly(lectern, cast, { title }));
  const { occurrences } = await filled(lectern, id);
  const [, second, third] = occurrences;
  await desk.open('/series', 'Series');
  await page.getByRole('link', { name: title }).click();
  await shown(page.getByRole('heading', { level: 1, name: title }));
  await shown(page.getByText('every week at 10:00, 60 minutes, on the wall in Europe/Berlin'));
  await page
    .getByRole('button', { name: /^Edit from/ })
    .nth(1)
    .click();
  // Its own wall, not the reader's.
  const goes = page.getByLabel('Where it goes, on the wall in Europe/Berlin');
  expect(await goes.inputValue()).toBe(second!.original);
  await goes.fill(second!.original.replace('10:00', '11:30'));
  await page.getByLabel('Reason (families read it)').fill('The bus comes later');
  await look(page);
  await shown(wouldDo(page).getByText(`Lessons: ${occurrences.length - 1} changed`));
  for (const n of [0, 1]) await shown(wouldDo(page).getByText(`Gil${n} Invented${cast.tag}: ${occurrences.length - 1} lessons`));
  await fits(page);

  // Meanwhile somebody cancels one of them.
  expect((await lectern.api('POST', `/v1/sessions/${third!.sessionId}/changes`, { kind: 'cancel', reason: 'Ill' })).status).toBe(200);
  await wouldDo(page).getByRole('button', { name: 'Do this' }).click();
  await shown(page.getByRole('alert').filter({ hasText: 'It would do something else by now; nothing was done' }));
  await shown(wouldDo(page).getByText(/^was: .*is moved to .*, 11:30$/));
  expect(wallOf((await readSeries(lectern, id)).occurrences[1]!.startsAt)).toBe(second!.original);
  await wouldDo(page).getByRole('button', { name: 'Do this' }).click();
  await page.getByRole('link', { name: 'series of their own' }).click();
  await shown(region(page, 'What edits have done').getByText(`All ${occurrences.length - 2} done`));
  await shown(page.getByText('every week at 11:30'));
  const walls = (s: SeriesDetail): string[] => s.occurrences.filter((o) => o.status === 'booked').map((o) => wallOf(o.startsAt).slice(11));
  expect(walls(await readSeries(lectern, id))).toEqual(['10:00']);
  expect(new Set(walls(await readSeries(lectern, new URL(page.url()).pathname.split('/').pop()!)))).toEqual(new Set(['11:30']));
  desk.expectOnly([`409 /v1/series/${id}/changes`]);
});

test('days of the organisation are closed, its lessons move; given other times on the reader’s clock, opened again, and put back', async () => {
  const { page } = desk;
  const cast = await lectern.cast(1);
  const branch = `branch-${cast.tag}`;
  const ids = [await lectern.book(cast, 20 * DAY, { branch }, HOUR), await lectern.book(cast, 21 * DAY, { branch }, HOUR)];
  const times = await Promise.all(ids.map(async (id) => +(await lectern.session(id)).startsAt));
  const [fromDay, toDay] = times.map((at) => businessDate(at, ZONE));
  await desk.open('/closures', 'Closures and time off');
  await page.getByText('Make one').click();
  await page.getByLabel('For whom').selectOption('branch');
  await page.getByLabel('Branch').fill(branch);
  await page.getByLabel('First day').fill(fromDay!);
  await page.getByLabel('Last day').fill(toDay!);
  await page.getByLabel('Reason').fill('Invented break');
  await look(page);
  await shown(wouldDo(page).getByText('Lessons: 2 moved'));
  await shown(wouldDo(page).getByText('whole days in Europe/Berlin'));
  await shown(wouldDo(page).getByText(`Gil0 Invented${cast.tag}: 2 lessons`));
  await fits(page);
  await page.getByRole('button', { name: 'Close this time' }).click();
  await page.getByRole('link', { name: 'See how far its lessons are' }).click();
  await shown(region(page, 'What became of its lessons').getByText('All 2 done'));
  const closureId = new URL(page.url()).pathname.split('/').pop()!;
  const read = async () => (await lectern.api<{ from: string; to: string; fromDay: string; toDay: string }>('GET', `/v1/closures/${closureId}`)).body;
  expect(await read()).toMatchObject({ fromDay, toDay });

  const other = region(page, 'Other times');
  const from = +new Date((await read()).from) + 5 * HOUR;
  await other.getByLabel('How it is given').selectOption('clock');
  await other.getByLabel('From, on your own clock').fill(wallTimeOf(from, NEW_YORK));
  await look(page);
  await page.getByRole('button', { name: 'Give it these times' }).click();
  await shown(other.getByRole('status').filter({ hasText: 'Done' }));
  expect(+new Date((await read()).from)).toBe(from);

  await page.getByText('Open this time again').click();
  const back = region(page, 'Open it again').getByText('can be put back');
  await shown(back);
  expect(await back.count()).toBe(2);
  await fits(page);
  await page.getByRole('button', { name: 'Open it again' }).click();
  await shown(page.getByRole('status').filter({ hasText: 'This time is open again' }));
  await page.getByText('Put back what it moved').click();
  await page.getByLabel('Reason (families read it)').fill('It is open after all');
  await look(page);
  await page.getByRole('button', { name: 'Put 2 lessons back' }).click();
  await lectern.until('both to be back', async () => {
    const now = await Promise.all(ids.map(async (id) => +(await lectern.session(id)).startsAt));
    return now.join() === times.join();
  });
  desk.expectOnly([]);
});

test('nobody has taken a lesson: a coordinator rests the question, logs a call, and gives it to somebody, which answers it', async () => {
  const { page } = desk;
  const s = new Substitutes(lectern, await lectern.cast(1));
  const ann = await s.add('Ann');
  const sessionId = await s.book(90 * HOUR);
  for (const offer of (await s.search(sessionId)).offers) await s.answer(offer.id, 'decline');
  const step = await lectern.openStep(sessionId, 'substitute');
  await desk.open(`/held-steps/${step.id}`, 'Nobody has taken this lesson');
  // The rule with the values that it saw, and what would have had to be otherwise.
  const why = page.locator('details', { hasText: 'Why the rules held it' });
  await why.locator('summary').first().click();
  const { body: held } = await lectern.api<{ decision: { rule: string; nearest: string; rows: unknown[] } }>('GET', `/v1/held-steps/${step.id}`);
  await shown(why.getByText(`rule “${held.decision.rule}”`, { exact: false }));
  await shown(why.getByText(/ — speaks (for|against) it$/));
  expect(held.decision.nearest).toMatch(/^It would have been /);
  await shown(why.getByText(held.decision.nearest));
  const care = region(page, 'Who looks after it');
  await care.getByText('Somebody was called').click();
  await care.getByLabel('Who', { exact: true }).selectOption({ label: `Gil0 Invented${s.cast.tag}` });
  await care.getByLabel('What came of it').selectOption('left-message');
  await care.getByRole('button', { name: 'Log it' }).click();
  await shown(care.getByText(/Gil0 .* by phone – a message was left\./));
  await care.locator('summary', { hasText: 'Let it rest' }).click();
  await care.getByLabel('Until', { exact: true }).fill(wallTimeOf(+lectern.now() + DAY, NEW_YORK));
  await care.getByRole('button', { name: 'Let it rest' }).click();
  await shown(care.getByText(/lets it rest until/));
  await page.getByLabel(/^Instructor( \(|$)/).selectOption(ann.id);
  await look(page);
  await shown(wouldDo(page).getByText('It can be done'));
  await fits(page);
  await page.getByRole('button', { name: 'Give it to another instructor' }).click();
  await shown(page.getByText('Withdrawn, because the session changed'));
  expect(await s.instructorOf(sessionId)).toEqual([ann.id]);
  desk.expectOnly([]);
});

test('three questions instead of a recording: answered on a telephone, and the family reads what was answered', async () => {
  const { cast, id, step } = await unrecorded;
  const phone = await visit(lectern, chromium, { width: 360 });
  const { page } = phone;
  await phone.signIn(await signInLink(lectern, cast.instructorId));
  await phone.open(`/held-steps/${step.id}`, 'The recording');
  expect([await overflowOf(page), await faultsOf(page)]).toEqual([0, []]);
  // In the order of the rules, whatever the names of the answers.
  const asked = await page.getByLabel('Your decision').locator('label').allTextContents();
  expect(asked.slice(0, 3)).toEqual(Object.values(NOTE_QUESTIONS));
  await page.getByLabel('What did you work on?').fill('Invented fractions.');
  await page.getByRole('button', { name: 'Send these answers' }).click();
  await shown(page.getByText('Already decided: Send these answers'));
  phone.expectOnly([]);
  await lectern.decide(await lectern.openStep(id, 'documentation.review'), 'approve');
  const mail = await lectern.until('the update', async () => (await lectern.mails(cast)).find((m) => /how the lesson went/.test(m.subject)));
  expect(mail.text).toContain('Invented fractions.');
  await phone.close();
});

test('what is wrong with a lesson is said on its page, stands in its timeline in words, and is over when somebody says so', async () => {
  const { page } = desk;
  const cast = await lectern.cast(1);
  const title = `Noisy ${cast.tag}`;
  const id = await lectern.book(cast, 3 * DAY, { title });
  await desk.open(`/sessions/${id}`, title);
  const wrong = page.locator('details', { hasText: 'Something is wrong with it' });
  await wrong.locator('summary').click();
  await wrong.getByLabel('Note for colleagues (optional)').fill('Invented noise');
  await wrong.getByRole('button', { name: 'Say so' }).click();
  const timeline = region(page, 'Timeline');
  await shown(timeline.getByText('Something is wrong – something technical, Invented noise'));
  await wrong.getByRole('button', { name: 'It is over' }).click();
  await shown(timeline.getByText('What was wrong is over – something technical, somebody said that it was over'));
  expect(await timeline.textContent()).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  await fits(page);
  // Nobody was searched for, and no search is asked for.
  desk.expectOnly([]);
});

test('what is paused stands on each page, with who did it and why, until it is released there', async () => {
  const { page } = desk;
  const paused = await lectern.api<{ id: string }>('POST', '/v1/ops/pause', { kind: 'reminder', reason: 'Invented trouble' });
  const banner = page.getByRole('status').filter({ hasText: 'Invented trouble' });
  for (const [path, title] of [
    ['/', 'Today'],
    ['/messages', 'Messages that went out'],
  ] as const) {
    await desk.open(path, title);
    await shown(banner.getByText('Messages of the kind “reminder” are paused'));
    await shown(banner.getByText('Nothing waits yet.'));
    await fits(page);
  }
  await banner.getByRole('button', { name: 'Release' }).click();
  await banner.waitFor({ state: 'detached' });
  const after = await lectern.api<{ released: { by: string } }>('GET', `/v1/ops/pause/${paused.body.id}`);
  expect(after.body.released.by).toContain('Cora');
  desk.expectOnly([]);
});
