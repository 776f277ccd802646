import { Lectern } from '../support/lectern';
import { Line } from '../support/line';
import { launchBrowser, type LaunchedBrowser } from './browser';
import { bookLesson, coordinator } from './reviews';
import { listed, shown, visit } from './visit';
import type { Visitor } from './visitor';

jest.setTimeout(240_000);
const lectern = new Lectern();
let chromium: LaunchedBrowser;
let cora: Awaited<ReturnType<typeof coordinator>>;
let phone: Visitor;

beforeAll(async () => {
  [chromium, cora] = await Promise.all([launchBrowser(), coordinator(lectern, 'Cora')]);
  phone = await visit(lectern, chromium, { width: 360, deaf: true });
  await phone.signIn(await cora.link());
});
afterAll(async () => {
  await chromium?.close();
  await lectern.close();
});

test('what went wrong stays to be read, with its remedy, while the page asks again', async () => {
  const { page, context } = phone;
  const body = { code: 'internal', message: 'Something broke.', remedy: 'Report the request to whoever runs this.', requestId: 'req-7' };
  let isAnswered = true;
  await context.route('**/v1/messages*', (route) => isAnswered && route.fulfill({ status: 500, json: body }));
  await page.goto('/messages');
  const problem = page.getByRole('alert');
  await shown(problem);
  for (const text of [body.message, body.remedy, body.requestId]) expect(await problem.textContent()).toContain(text);
  isAnswered = false;
  await Promise.all([page.waitForRequest('**/v1/messages*'), problem.getByRole('button', { name: 'Try again' }).click()]);
  expect([await problem.count(), await page.getByText('Loading').count()]).toEqual([1, 0]);
  await context.unroute('**/v1/messages*');
  phone.expectOnly(['500 /v1/messages']);
});

test('a line that is cut shows, and what was missed is there when it is mended', async () => {
  const line = new Line(new URL(lectern.at.url));
  const far = await visit(lectern, chromium, {}, await line.mend());
  await far.signIn(await cora.link());
  await shown(far.page.getByText('Connected'));
  await line.cut();
  await shown(far.page.getByText('No connection – trying again'));
  await shown(far.page.getByRole('heading', { level: 1, name: 'Today' }));
  const { title } = await bookLesson(lectern, 'Missed');
  await line.mend();
  await shown(far.page.getByText('Connected'));
  await listed(far.page.getByRole('link', { name: title, includeHidden: true }));
  expect(far.complaints).toEqual([]);

  // The same for a page that is opened while the server does not answer.
  await far.context.route('**/v1/me', (route) => route.abort());
  await far.page.reload();
  await shown(far.page.getByText('Lectern cannot be reached.'));
  await far.context.unroute('**/v1/me');
  await listed(far.page.getByRole('link', { name: title, includeHidden: true }));
  await far.close();
  await line.cut();
});
