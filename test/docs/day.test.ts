import { HOUR, type Lectern } from '../support/lectern';
import { OwnLectern, startedForAll } from '../support/own-lectern';
import { TYPING } from '../support/environment';
import { commandsOf, root, type Ran } from './commands';
import { execFile } from 'node:child_process';

jest.setTimeout(400_000);

describe('a coordinator’s morning, as docs/day.md has it', () => {
  const own = new OwnLectern();
  let lectern: Lectern;
  startedForAll(own, (started) => (lectern = started));
  const env = { LECTERN_HOME: own.home, NODE_ENV: 'test', DATABASE_URL: '', TEMPORAL_ADDRESS: '', SMTP_URL: '', CLOCK_RATE: '300' };
  const words: Record<string, string> = {};
  let key = '';
  /** Beside the test, not in its way: while a test stands still, connections of its own are closed behind its back. */
  const type = (command: string, more: Record<string, string> = {}): Promise<Ran> => {
    const typed = Object.entries(words).reduce((text, [word, value]) => text.replace(new RegExp(`\\b${word}\\b`, 'g'), value), command);
    const options = { cwd: root, env: { ...process.env, ...TYPING, ...env, LECTERN: lectern.at.url, KEY: key, ...more }, maxBuffer: 64 << 20 };
    return new Promise((resolve) =>
      execFile('sh', ['-c', typed], options, (error, stdout, stderr) => resolve({ status: error ? Number(error.code) : 0, stdout, stderr })),
    );
  };

  interface Listed {
    items: { id: string; hash: string }[];
  }
  /** What the words in capitals stand for is read from the answers, as whoever types would. */
  function learn(command: string, out: string): void {
    if (command.startsWith('npx lectern key')) key = out.split('\n')[0]!;
    if (command.endsWith('snoozed=false"')) {
      const [first, second, third, later] = (JSON.parse(out) as Listed).items;
      Object.assign(words, { STEP: first!.id, HASH: first!.hash, SECOND: second!.id, SECOND_HASH: second!.hash });
      Object.assign(words, { THIRD: third!.id, THIRD_HASH: third!.hash, LATER: later!.id });
    }
    if (command.endsWith('?preview=true"')) words.SHOWN = (JSON.parse(out) as { previewToken: string }).previewToken;
    if (command.endsWith('/v1/closures"')) words.CLOSURE = (JSON.parse(out) as { id: string }).id;
    if (command.endsWith('/v1/ops/pause"') && command.includes(' -d ')) words.PAUSE = (JSON.parse(out) as { id: string }).id;
  }

  test('runs as it stands there, in order', async () => {
    const { body: pause } = await lectern.api<{ id: string }>('POST', '/v1/ops/pause', { policy: 'admission', reason: 'to have steps to decide' });
    const cast = await lectern.cast(1);
    for (const hours of [300, 302, 304, 306]) await lectern.book(cast, hours * HOUR);
    const paused = await type('npx lectern doctor --json');
    expect({ status: paused.status, out: paused.stdout }).toMatchObject({ status: 1, out: expect.stringContaining('PAUSED: policy admission') });
    await lectern.api('POST', `/v1/ops/pause/${pause.id}/release`);
    const [ill, away] = [await lectern.book(await lectern.cast(1), 26 * HOUR), await lectern.book(await lectern.cast(1), 500 * HOUR)];
    const closed = [490, 510].map((hours) => new Date(+lectern.now() + hours * HOUR).toISOString());
    Object.assign(words, { ILL: ill, CLOSED_FROM: closed[0]!, CLOSED_TO: closed[1]! });
    const { body: colleague } = await lectern.api<{ id: string }>('POST', '/v1/people', {
      kind: 'coordinator',
      name: 'Ben Invented',
      givenName: 'Ben',
      zone: 'Europe/Berlin',
      email: 'ben@example.invalid',
    });
    const day = lectern.now().toISOString();
    Object.assign(words, { DAY: day.slice(0, 10), SINCE: day, GUARDIAN: cast.guardianIds[0]!, COLLEAGUE: colleague.id });
    const commands = commandsOf('docs/day.md');
    expect(commands.length).toBeGreaterThan(15);
    const answers: string[] = [];
    for (const { text, line } of commands) {
      const { status, stdout, stderr } = await type(text);
      expect({ line, text, status, said: status === 0 ? '' : stdout + stderr }).toEqual({ line, text, status: 0, said: '' });
      learn(text, stdout);
      answers.push(stdout);
    }
    const ends = await lectern.query<{ chosen: string | null; state: string }>('SELECT chosen, state FROM held_steps ORDER BY opened_at, id');
    expect(ends).toEqual([
      { chosen: 'approve', state: 'decided' },
      { chosen: 'approve', state: 'decided' },
      { chosen: 'reject', state: 'decided' },
      { chosen: null, state: 'open' },
    ]);
    expect((await lectern.session(ill)).status).toBe('cancelled');
    const [item] = await lectern.until('the closed week to be seen to', async () => {
      const path = `/v1/closures/${words.CLOSURE}`;
      const { batches } = (await lectern.api<{ batches: { state: string; items: { sessionId: string; state: string }[] }[] }>('GET', path)).body;
      return batches.every((b) => b.state === 'done') && batches.flatMap((b) => b.items);
    });
    expect(item).toMatchObject({ sessionId: away, state: 'done' });
    expect(JSON.parse(answers.at(-1)!)).toMatchObject({ open: [{ step: { id: words.LATER, snooze: { event: 'session.changed' } } }] });
  });

  test('what is wrong is told by the doctor, each with what to do, and a home where nothing runs is told so', async () => {
    const ill = async (): Promise<string[]> => {
      const { status, stdout } = await type('npx lectern doctor --json');
      const { findings } = JSON.parse(stdout) as { findings: { check: string }[] };
      expect(status).toBe(findings.length > 0 ? 1 : 0);
      return findings.map((f) => f.check);
    };
    const sessionId = await lectern.book(await lectern.cast(1), 400 * HOUR);
    await lectern.until('all to be well', async () => (await ill()).length === 0);
    await lectern.query(`INSERT INTO inbox (id, source, event_id, type, received_at, body, state, tries, retry_at)
      VALUES (gen_random_uuid(), 'nobody', 'e', 'x', now() - interval '1 day', '{}', 'received', 1, now() + interval '1 year')`);
    await lectern.query(`UPDATE held_steps SET deadline_at = '2026-01-01T00:00Z', default_option = NULL WHERE state = 'open'`);
    expect(await ill()).toEqual(expect.arrayContaining(['events are applied', 'held steps are decided in time']));
    expect(sessionId).toBeTruthy();
    own.killEngine('catcher');
    own.killEngine('temporal');
    const dead = await type('npx lectern doctor');
    expect(dead).toMatchObject({ status: 1, stdout: expect.stringMatching(/Temporal answers: .*\n.*\nNOT WELL {2}mail is taken: /) });
    const nowhere = await type('npx lectern doctor', { LECTERN_HOME: `${own.home}-none` });
    expect(nowhere).toMatchObject({ status: 1, stdout: expect.stringContaining('a Lectern runs for this home') });
  });
});
