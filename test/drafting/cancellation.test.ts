import { asyncLocalStorage, type Context } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ActivityDeps } from '../../activities/deps';
import { draftSession } from '../../activities/draft-session';
import { Lectern } from '../support/lectern';
import { startModelServer } from '../support/model-server';

jest.setTimeout(120_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

test('a worker that shuts down lets go of the model at once, and stores nothing', async () => {
  const { sessionId } = await lectern.underReview(await lectern.cast(1));
  const drafts = () =>
    lectern.query(
      'SELECT d.id FROM drafts d JOIN documents o ON o.organisation_id = d.organisation_id AND o.id = d.document_id WHERE o.session_id = ? ORDER BY d.id',
      [sessionId],
    );
  const before = await drafts();

  const server = await startModelServer('timeout');
  const client = new OpenAI({ apiKey: 'k', baseURL: server.url });
  const shutdown = new AbortController();
  const context = { cancellationSignal: shutdown.signal, heartbeat: () => undefined } as unknown as Context;
  const deps = { db: lectern.db, drafting: { client, model: 'm', timeoutMs: 100_000 } } as unknown as ActivityDeps;
  const input = { organisationId: lectern.at.organisationId, sessionId, asOf: +lectern.now() };
  const drafting = asyncLocalStorage.run(context, () => draftSession(deps, input));
  const ended = expect(drafting).rejects.toThrow('the worker shuts down');
  await lectern.until('the model to be asked', () => Promise.resolve(server.asked.length > 0));
  shutdown.abort(new Error('the worker shuts down'));
  await ended;
  expect(await drafts()).toEqual(before);
  await server.close();
});
