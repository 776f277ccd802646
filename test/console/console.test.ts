import type { Locator, Page } from 'playwright-core';
import { Lectern, TRANSCRIPT } from '../support/lectern';
import { faultsOf, overflowOf } from './accessible';
import { launchBrowser, type LaunchedBrowser } from './browser';
import { tabTo } from './keyboard';
import { bookLesson, coordinator, review, signInLink, teach, type Lesson } from './reviews';
import { listed, shown, visit } from './visit';
import type { Visitor, VisitorOptions } from './visitor';

jest.setTimeout(240_000);
const lectern = new Lectern();
const REVIEW = 'Summary and parent update to review';
let chromium: LaunchedBrowser;
let cora: Awaited<ReturnType<typeof coordinator>>;
let carl: Awaited<ReturnType<typeof coordinator>>;
/** Cora's own browser, signed in by the first test and out by the last. */
let desk: Visitor;
/** Carl's phone, which hears nothing of what others do. */
let phone: Visitor;
let lessons: Record<'edited' | 'contested' | 'rejected' | 'typed', Lesson>;

const visitor = (options: VisitorOptions = {}): Promise<Visitor> => visit(lectern, chromium, options);

beforeAll(async () => {
  [chromium, cora, carl] = await Promise.all([launchBrowser(), coordinator(lectern, 'Cora'), coordinator(lectern, 'Carl')]);
  [desk, phone] = await Promise.all([visitor(), visitor({ width: 360, deaf: true })]);
  await phone.signIn(await carl.link());
});
afterAll(async () => {
  await chromium?.close();
  await lectern.close();
});

const region = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const stepLink = (page: Page, lesson: Lesson): Locator => page.getByRole('link', { name: `${REVIEW} – ${lesson.title}` });

test('whoever is not signed in comes back to what they wanted, by a link that works once', async () => {
  const { page } = desk;
  const wanted = '/held-steps/00000000-0000-4000-8000-000000000001';
  await desk.open(wanted, 'You are not signed in');
  await shown(page.getByText('npx lectern sign-in'));
  const link = await cora.link();
  await desk.signIn(link);
  await page.waitForURL(`**${wanted}`);
  await shown(page.getByText('No held step.'));
  const gone = [link, await cora.link(-1_000), '/sign-in/nothing'];
  for (const path of gone) {
    await desk.open(path, 'This sign-in link does not work');
    await shown(page.getByText('npx lectern sign-in'));
    expect(await page.getByRole('button').count()).toBe(0);
  }
  desk.expectOnly(['401 /v1/me', `404 /v1${wanted}`, ...gone.map((path) => `410 ${path}`)]);
});

test("today's sessions stand by status, and a held step appears without a reload", async () => {
  const { page } = desk;
  await desk.open('/', 'Today');
  await shown(page.getByText('Connected'));
  await page.evaluate('window.stillTheSame = true');
  const [edited, contested, rejected, typed] = await Promise.all(
    ['Edited', 'Contested', 'Rejected', 'Typed'].map((title) => bookLesson(lectern, title)),
  );
  lessons = { edited: edited!, contested: contested!, rejected: rejected!, typed: typed! };
  await listed(region(page, 'Booked').getByRole('link', { name: edited!.title, includeHidden: true }));
  await Promise.all(Object.values(lessons).map((lesson) => teach(lectern, lesson)));
  await shown(region(page, 'Documenting').getByRole('link', { name: edited!.title }));
  await Promise.all(Object.values(lessons).map((lesson) => review(lectern, lesson)));
  for (const lesson of Object.values(lessons))
    await shown(
      region(page, 'With the instructors')
        .getByRole('listitem')
        .filter({ has: stepLink(page, lesson) }),
    );
  expect(await page.evaluate('window.stillTheSame')).toBe(true);
  desk.expectOnly([]);
});

test('a full day is short on a phone: what is under way in full, what is far off or over on demand', async () => {
  const busy = await visitor({ width: 360, deaf: true });
  const { page } = busy;
  const statuses = ['live', 'booked', 'settled'];
  // The sessions of today, forty times over with each status.
  await busy.context.route('**/v1/sessions?*', async (route) => {
    const answer = await route.fetch();
    const [one] = ((await answer.json()) as { items: object[] }).items;
    const items = statuses.flatMap((status) => Array.from({ length: 40 }, (_, n) => ({ ...one, status, id: `${status}-${n}` })));
    await route.fulfill({ response: answer, json: { items, nextCursor: null } });
  });
  await busy.signIn(await carl.link());
  const seen = (status: string): Promise<number> => region(page, status).locator('li.card:visible').count();
  await shown(region(page, 'Live').locator('li.card'));
  expect([await seen('Live'), await seen('Booked'), await seen('Settled')]).toEqual([40, 6, 0]);
  await page.getByRole('navigation', { name: 'Parts of this page' }).getByRole('link', { name: 'Settled 40' }).click();
  await region(page, 'Settled').getByText('All 40').click();
  expect(await seen('Settled')).toBe(40);
  busy.expectOnly([]);
  await busy.close();
});

test('the draft stands beside its evidence, and what a person wrote is what goes out', async () => {
  const { page } = desk;
  await stepLink(page, lessons.edited).click();
  await shown(page.getByRole('heading', { level: 1, name: REVIEW }));
  const evidence = region(page, 'Summary of the lesson').getByRole('blockquote');
  await shown(evidence);
  for (const text of await evidence.allTextContents()) {
    const [, at, quote] = /^At (\d+:\d\d): “(.*)”$/.exec(text)!;
    expect(TRANSCRIPT.find((line) => line.dialogue.includes(quote!))?.start.slice(1, 5)).toBe(at);
  }
  await page.getByRole('button', { name: 'Edit the texts' }).click();
  await page.getByLabel('Subject (English)').fill('Edited in the browser');
  await page.getByLabel('Text (English)').fill('A sentence that a person wrote.');
  await page.getByLabel('Subject (German)').fill('Im Browser geändert');
  await page.getByRole('button', { name: 'Approve with your edits' }).click();
  await shown(page.getByRole('status').filter({ hasText: `By ${cora.name} at` }));
  await shown(page.getByText('A sentence that a person wrote.'));
  expect(await lectern.closed(lessons.edited.id)).toBe('settled');
  const mails = await lectern.mails(lessons.edited.cast);
  expect(mails.find((m) => m.subject === 'Edited in the browser')!.text).toContain('A sentence that a person wrote.');
  expect(mails.find((m) => m.subject === 'Im Browser geändert')!.text).toContain('hatte die Stunde');
  desk.expectOnly([]);
});

test('who clicks second, on a phone that shows the step as open, is told who decided and when', async () => {
  const step = await lectern.openStep(lessons.contested.id, 'documentation.review');
  await phone.open(`/held-steps/${step.id}`, REVIEW);
  expect(await overflowOf(phone.page)).toBeLessThanOrEqual(0);
  expect(await faultsOf(phone.page)).toEqual([]);
  await desk.open(`/held-steps/${step.id}`, REVIEW);
  await desk.page.getByRole('button', { name: 'Approve' }).click();
  await shown(desk.page.getByText(`By ${cora.name} at`));
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  const said = phone.page.getByRole('alert').filter({ hasText: 'Your decision did not count' });
  await shown(said);
  expect(await said.textContent()).toMatch(new RegExp(`It was already decided by ${cora.name} at .*\\d\\d:\\d\\d.*: Approve\\.`));
  expect(await phone.page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  phone.expectOnly([`409 /v1/held-steps/${step.id}/decide`]);
  desk.expectOnly([]);
});

test('an instructor sees what waits for them alone; a rejection keeps its reason, and sends nothing', async () => {
  const { cast, id } = lessons.rejected;
  const step = await lectern.openStep(id, 'documentation.review');
  const ines = await visitor({ width: 360 });
  const { page } = ines;
  await ines.signIn(await signInLink(lectern, cast.instructorId));
  await shown(stepLink(page, lessons.rejected));
  expect(await region(page, 'Waiting for you').getByRole('listitem').count()).toBe(1);
  expect(await page.getByRole('link', { name: 'Messages' }).count()).toBe(0);
  await stepLink(page, lessons.rejected).click();
  await page.getByLabel('Reason or comment').fill('The names are mixed up.');
  await page.getByRole('button', { name: 'Reject' }).click();
  await shown(page.getByRole('status').filter({ hasText: 'Already decided: Reject' }));
  await shown(page.getByText('“The names are mixed up.”'));
  ines.expectOnly([]);
  await ines.close();
  await lectern.closed(id);
  const { body } = await lectern.api<{ decided: { comment: string } }>('GET', `/v1/held-steps/${step.id}`);
  expect(body.decided.comment).toBe('The names are mixed up.');
  const guardian = (await lectern.mails(cast)).filter((m) => m.to.startsWith('gil'));
  expect(guardian.filter((m) => /how the lesson went/.test(m.subject))).toEqual([]);
});

test('a held step is found and approved by keyboard alone', async () => {
  const { page } = desk;
  await desk.open('/', 'Today');
  await shown(stepLink(page, lessons.typed));
  await tabTo(page, /^Skip to the content$/);
  await tabTo(page, new RegExp(`${REVIEW} – ${lessons.typed.title}$`));
  await page.keyboard.press('Enter');
  await shown(page.getByRole('heading', { level: 1, name: REVIEW }));
  await shown(page.getByRole('button', { name: 'Approve' }));
  await tabTo(page, /^Approve$/);
  await page.keyboard.press('Enter');
  await shown(page.getByText(`By ${cora.name} at`));
  // The button is gone; the focus goes to where the outcome is said.
  await page.locator('#title:focus').waitFor();
  desk.expectOnly([]);
});

test("a session's timeline explains each decision, and the messages that went out are there to read", async () => {
  const { page } = desk;
  const { id, title, cast } = lessons.edited;
  await desk.open(`/sessions/${id}`, title);
  const { body } = await lectern.api<{ items: { decision: object | null }[] }>('GET', `/v1/sessions/${id}/timeline?limit=200`);
  const explained = region(page, 'Timeline').locator('summary', { hasText: /^Why: / });
  await shown(explained);
  expect(await explained.count()).toBe(body.items.filter((e) => e.decision !== null).length);
  const booked = region(page, 'Timeline')
    .getByRole('listitem')
    .filter({ hasText: /^[\d:]+Booked/ });
  await booked.locator('summary').first().click();
  await shown(booked.getByText('price 45.00', { exact: false }));
  // The rules with the values they saw are fetched for who opens it.
  await shown(booked.getByText(/ — speaks (for|against) it$/));
  await shown(booked.getByText(/^It would have been (hold|refuse)\b/));
  // More than fit at once: they stand by what is owed.
  const owed = region(page, 'What everybody is owed');
  await owed.locator('summary', { hasText: /^Update: 2 messages/ }).click();
  await shown(region(page, 'Timeline').getByText(`Charged – Stu0 Invented${cast.tag}, €45.00`));
  expect(await region(page, 'Timeline').textContent()).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  await shown(
    owed
      .getByRole('row')
      .filter({ hasText: `Gil0 Invented${cast.tag}` })
      .filter({ hasText: 'delivered' }),
  );

  await desk.open('/messages', 'Messages that went out');
  const mine = page.getByRole('row').filter({ hasText: 'Edited in the browser' }).filter({ hasText: cast.tag });
  // Others write too; the newest fifty may be theirs.
  while ((await mine.count()) === 0) await page.getByRole('button', { name: 'Show older ones' }).click();
  await mine.locator('summary').click();
  await shown(mine.getByText('A sentence that a person wrote.'));
  await shown(mine.getByText(/\d\d:\d\d (CET|CEST|GMT\+[12])/));
  desk.expectOnly([]);
});

test('every page fits a phone, has a title and a language, and names what can be used', async () => {
  const { page } = phone;
  const { id, cast } = lessons.edited;
  const join = (await lectern.mails(cast)).map((m) => /\/j\/[\w-]+/.exec(m.text)?.[0]).find(Boolean)!;
  const steps = await lectern.api<{ items: { id: string }[] }>('GET', `/v1/held-steps?sessionId=${id}`);
  const titles: string[] = [];
  for (const path of [
    '/',
    '/messages',
    '/series',
    '/closures',
    `/sessions/${id}`,
    `/held-steps/${steps.body.items[0]!.id}`,
    '/held-steps/nothing',
    '/no-such-page',
    await carl.link(),
    '/sign-in/nothing',
    join,
    '/j/nothing',
    `/room/${id}`,
  ]) {
    await phone.open(path, /./);
    expect([path, await overflowOf(page)]).toEqual([path, 0]);
    expect([path, await faultsOf(page)]).toEqual([path, []]);
    titles.push(await page.title());
  }
  expect(titles.filter((t) => t.trim() === '')).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await phone.open(`/sessions/${id}`, lessons.edited.title);
  expect(await faultsOf(page)).toEqual([]);
  await page.goto('/docs');
  await shown(page.getByRole('heading', { name: /Lectern/ }));
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  expect(phone.refusals.splice(0).map((r) => r.slice(0, 7))).toEqual(expect.arrayContaining(['404 /v1', '410 /si', '410 /j/', '404 /j/']));
  phone.expectOnly([]);
});

test('who signs out is out, in every tab', async () => {
  const { page } = desk;
  await desk.open('/', 'Today');
  const other = await desk.context.newPage();
  await other.goto('/messages');
  await shown(other.getByText('Connected'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await shown(page.getByRole('heading', { name: 'You are not signed in' }));
  desk.expectOnly(['401 /v1/me']);
  await other.reload();
  await shown(other.getByRole('heading', { name: 'You are not signed in' }));
});
