import { setTimeout as sleep } from 'node:timers/promises';
import { Notifier, type Notice } from '../db/notify';

const wake: Notice = { channel: 'lectern_outbox', payload: 'o/' };
const page: Notice = { channel: 'lectern_timeline', payload: 'o/s' };

test('what is said while something is being sent goes with it, and what is said after a silence is heard too', async () => {
  const sent: Notice[][] = [];
  let answer = (): void => undefined;
  const notifier = new Notifier((notices) => {
    sent.push(notices);
    return sent.length === 1 ? new Promise<void>((resolve) => (answer = resolve)) : Promise.resolve();
  });
  notifier.say([wake]);
  notifier.say([page]);
  answer();
  // Longer than a page waits: its moment comes with nothing left to say.
  await sleep(200);
  expect(sent).toEqual([[wake], [page]]);
  notifier.say([wake]);
  notifier.say([page]);
  await notifier.end();
  expect(sent.slice(2).flat()).toEqual([wake, page]);
});
