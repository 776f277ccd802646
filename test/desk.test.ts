import { HOUR, Lectern, MINUTE } from './support/lectern';
import { OwnOrganisation } from './support/organisation';

jest.setTimeout(240_000);
const shared = new Lectern();
let own: OwnOrganisation;
let ana: Record<string, string>;
let ben: Record<string, string>;
let pauseId: string;

interface Step {
  id: string;
  version: number;
  hash: string;
  claim: { by: { name: string }; since: string; isYours: boolean } | null;
  snooze: { isOver: boolean; by: string; event: string | null } | null;
  allowedActions: { action: string; allowed: boolean; whyNot: string | null }[];
  notes: { kind: string; text: string | null; contact: object | null; author: { name: string } }[];
  session: { id: string };
}

beforeAll(async () => {
  own = await OwnOrganisation.of(shared);
  [ana, ben] = [await own.key('Ana', 'coordinator'), await own.key('Ben', 'coordinator')];
  // Every booking is a step to decide.
  pauseId = (await own.api<{ id: string }>('POST', '/v1/ops/pause', { policy: 'admission', reason: 'Invented' })).body.id;
});
afterAll(async () => {
  await own.close();
  await shared.close();
});

const read = async (id: string, who = ana): Promise<Step> => (await own.api<Step>('GET', `/v1/held-steps/${id}`, undefined, who)).body;
const act = <T = { code: string; details: object }>(id: string, what: string, who: Record<string, string>, body?: object) =>
  own.api<T>('POST', `/v1/held-steps/${id}/${what}`, body, who);
let ahead = 300;
async function heldBooking(): Promise<Step> {
  const sessionId = await own.book(await own.cast(1), (ahead += 2) * HOUR);
  return read((await own.openStep(sessionId, 'booking')).id);
}
const listed = async (snoozed: boolean): Promise<string[]> =>
  (await own.api<{ items: Step[] }>('GET', `/v1/held-steps?state=open&limit=200&snoozed=${snoozed}`, undefined, ana)).body.items.map((h) => h.id);

describe('a step that somebody looks after', () => {
  test('is seen as theirs by others, who may take it over or decide it, and are told so', async () => {
    const step = await heldBooking();
    expect(await act(step.id, 'claim', ana, {})).toMatchObject({ status: 200, body: { claim: { by: { name: 'Ana' }, isYours: true } } });
    expect(await act(step.id, 'claim', ana, {})).toMatchObject({ status: 200 });
    const seen = await read(step.id, ben);
    expect(seen.claim).toMatchObject({ by: { name: 'Ana' }, isYours: false });
    expect(seen.allowedActions.find((a) => a.action === 'claim')).toMatchObject({
      allowed: false,
      whyNot: expect.stringContaining('Ana has it since'),
    });
    expect(await act(step.id, 'claim', ben, {})).toMatchObject({ status: 409, body: { code: 'already-claimed', details: { by: 'Ana' } } });
    // A claim makes no decision stale: what Ben saw before it still counts.
    const decided = await act<{ claimedBy: object }>(step.id, 'decide', ben, { version: step.version, hash: step.hash, decision: 'reject' });
    expect(decided).toMatchObject({ status: 200, body: { decidedBy: 'Ben', claimedBy: { name: 'Ana', since: seen.claim!.since } } });
    expect(await act(step.id, 'claim', ana, {})).toMatchObject({ status: 409, body: { code: 'already-decided', details: { decidedBy: 'Ben' } } });
  });

  test('changes hands when that is said, and is let go; timeline and audit have every move', async () => {
    const step = await heldBooking();
    await act(step.id, 'claim', ana, {});
    expect(await act(step.id, 'claim', ben, { takeOver: true })).toMatchObject({ status: 200, body: { claim: { by: { name: 'Ben' } } } });
    expect(await act(step.id, 'release', ana)).toMatchObject({ status: 200, body: { claim: null } });
    expect(await act(step.id, 'release', ana)).toMatchObject({ status: 200 });
    const { body } = await own.api<{ items: { kind: string; actor: { name: string } }[] }>('GET', `/v1/sessions/${step.session.id}/timeline`);
    const told = body.items.filter((e) => e.kind.startsWith('held-step.')).map((e) => `${e.kind} ${e.actor.name}`);
    expect(told).toEqual(['held-step.claimed Ana', 'held-step.claimed Ben', 'held-step.released Ana']);
    const audit = await own.query<{ action: string }>('SELECT action FROM audit WHERE entity_id = ? ORDER BY id', [step.id]);
    expect(audit.map((a) => a.action)).toEqual(['held-step.claimed', 'held-step.claimed', 'held-step.released']);
  });

  test('of ten who claim it at once one has it', async () => {
    const step = await heldBooking();
    const keys = await Promise.all(Array.from({ length: 10 }, (_, i) => own.key(`Coordinator ${i}`, 'coordinator')));
    const answers = await Promise.all(keys.map((key) => act(step.id, 'claim', key, {})));
    expect(answers.map((a) => a.status).sort()).toEqual([200, ...Array<number>(9).fill(409)]);
  });
});

test('comments and contact attempts stay with the step, with who wrote them and when it was', async () => {
  const cast = await own.cast(1);
  const sessionId = await own.book(cast, 500 * HOUR);
  const { id } = await own.openStep(sessionId, 'booking');
  expect((await act(id, 'comments', ana, { text: 'The mother answers texts.\nNot before noon.' })).status).toBe(201);
  const at = new Date(+own.now() - 5 * MINUTE).toISOString();
  const contact = { personId: cast.guardianIds[0], channel: 'phone', outcome: 'no-answer', at };
  const key = { ...ben, 'idempotency-key': 'contact-1' };
  const [first, again] = [await act<{ id: string }>(id, 'contacts', key, contact), await act<{ id: string }>(id, 'contacts', key, contact)];
  expect(again).toEqual(first);
  expect((await read(id)).notes).toMatchObject([
    { kind: 'comment', text: 'The mother answers texts.\nNot before noon.', author: { name: 'Ana' }, contact: null },
    { kind: 'contact', author: { name: 'Ben' }, contact: { person: { id: cast.guardianIds[0] }, channel: 'phone', outcome: 'no-answer', at } },
  ]);
  const later = new Date(+own.now() + HOUR).toISOString();
  expect(await act(id, 'contacts', ben, { ...contact, at: later })).toMatchObject({ status: 400, body: { details: [{ path: 'at' }] } });
  expect((await act(id, 'contacts', ben, { ...contact, personId: '00000000-0000-4000-8000-000000000001' })).status).toBe(404);
  expect((await act(id, 'comments', ben, { text: '  ' })).status).toBe(400);
});

describe('a step that rests', () => {
  test('comes back at its time by itself, and is taken up sooner by hand', async () => {
    const [timed, byHand] = [await heldBooking(), await heldBooking()];
    const until = new Date(+own.now() + 15 * MINUTE).toISOString();
    expect(await act(timed.id, 'snooze', ana, { until })).toMatchObject({ status: 200, body: { snooze: { until, isOver: false, by: 'Ana' } } });
    await act(byHand.id, 'snooze', ana, { event: 'session.changed' });
    expect(await listed(true)).toEqual(expect.arrayContaining([timed.id, byHand.id]));
    expect(await listed(false)).not.toContain(timed.id);
    expect(await act(byHand.id, 'unsnooze', ben)).toMatchObject({ status: 200, body: { snooze: null } });
    await own.until('the step to be back', async () => (await listed(false)).includes(timed.id));
    expect((await read(timed.id)).snooze).toMatchObject({ isOver: true });
    expect(await act(timed.id, 'snooze', ana, { until })).toMatchObject({ status: 400 });
    expect(await act(timed.id, 'snooze', ana, {})).toMatchObject({ status: 400 });
  });

  test('comes back when the one who is awaited has come, and for nobody else', async () => {
    const { body: paused } = await own.api<{ id: string }>('POST', '/v1/ops/pause', { policy: 'obligations', reason: 'Invented' });
    const cast = await own.cast(2);
    const sessionId = await own.book(cast, 40 * MINUTE);
    await own.decide(await own.openStep(sessionId, 'booking'), 'approve');
    const step = await own.openStep(sessionId, 'plan');
    await own.api('POST', `/v1/ops/pause/${paused.id}/release`);
    const [other, awaited] = cast.studentIds as [string, string];
    await act(step.id, 'snooze', ana, { event: 'participant.joined', personId: awaited });
    const join = async (personId: string): Promise<void> => {
      const sent = await own.send('participant.joined', { sessionId, personId, connection: 'laptop' });
      await own.applied(sent.body.id);
    };
    await join(other);
    expect((await read(step.id)).snooze).toMatchObject({ isOver: false, event: 'participant.joined' });
    await join(awaited);
    expect((await read(step.id)).snooze).toMatchObject({ isOver: true });
    expect(await listed(false)).toContain(step.id);
  });

  test('does not rest beyond its deadline', async () => {
    const step = await heldBooking();
    const [{ deadlineAt } = { deadlineAt: null }] = await own.query<{ deadlineAt: Date | null }>('SELECT deadline_at FROM held_steps WHERE id = ?', [
      step.id,
    ]);
    expect(deadlineAt).not.toBeNull();
    const until = new Date(+deadlineAt! + MINUTE).toISOString();
    expect(await act(step.id, 'snooze', ana, { until })).toMatchObject({
      status: 400,
      body: { details: [{ path: 'until', message: 'is after the deadline' }] },
    });
  });
});

describe('many decided at once', () => {
  const asked = ({ id, version, hash }: Step, decision = 'reject') => ({ id, version, hash, decision });
  type Results = { results: { id: string; decided: { decidedBy: string } | null; error: { code: string } | null }[] };
  const decide = (decisions: object[], headers: Record<string, string>) =>
    own.api<Results>('POST', '/v1/held-steps/decide-batch', { decisions }, headers);

  test('each has its own result, and one that is refused keeps none of the others', async () => {
    const [a, b, c] = [await heldBooking(), await heldBooking(), await heldBooking()];
    const ghost = { ...a, id: '00000000-0000-4000-8000-000000000001' };
    await act(c.id, 'decide', ana, { version: c.version, hash: c.hash, decision: 'approve' });
    const { status, body } = await decide([asked(a), asked(ghost), { ...asked(b), version: 7 }, asked(b, 'sing'), asked(c), asked(b)], ben);
    expect(status).toBe(200);
    expect(body.results.map((r) => [r.id, r.decided?.decidedBy ?? r.error?.code])).toEqual([
      [a.id, 'Ben'],
      [ghost.id, 'not-found'],
      [b.id, 'stale'],
      [b.id, 'invalid-request'],
      [c.id, 'already-decided'],
      [b.id, 'Ben'],
    ]);
    expect((await own.session(a.session.id)).status).toBe('refused');
    // Repeated after the answer was lost, it says of each what it is.
    const again = await decide([asked(a), asked(c)], ben);
    expect(again.body.results.map((r) => r.decided?.decidedBy ?? r.error?.code)).toEqual(['Ben', 'already-decided']);
    expect((await decide([], ben)).status).toBe(400);
    expect((await decide([asked(a)], await own.key('Integrator', 'integrator'))).status).toBe(403);
  });

  test('two batches at once decide each step once', async () => {
    const steps = await Promise.all([heldBooking(), heldBooking(), heldBooking(), heldBooking()]);
    const [mine, theirs] = await Promise.all([
      decide(
        steps.map((s) => asked(s)),
        ana,
      ),
      decide(
        steps.map((s) => asked(s)),
        ben,
      ),
    ]);
    const won = steps.map((_, i) => [mine, theirs].filter((r) => r.body.results[i]!.decided !== null).length);
    expect(won).toEqual([1, 1, 1, 1]);
  });
});

test('who takes over sees what is open, who has it, what was written since, what rests, what ended, and the brake', async () => {
  const before = await heldBooking();
  await act(before.id, 'comments', ana, { text: 'Long ago.' });
  await own.until('time to pass', () => Promise.resolve(+own.now() % 1000 > 0));
  const since = own.now().toISOString();
  const [after, ended] = [await heldBooking(), await heldBooking()];
  await act(before.id, 'claim', ana, {});
  await act(before.id, 'comments', ben, { text: 'Just now.' });
  await act(after.id, 'snooze', ben, { event: 'session.started' });
  await act(ended.id, 'decide', ben, { version: ended.version, hash: ended.hash, decision: 'reject' });
  const { body } = await own.api<{
    open: { step: Step; notes: { text: string }[]; isNew: boolean }[];
    ended: object[];
    pauses: { id: string }[];
    onDuty: { isFallback: boolean };
  }>('GET', `/v1/held-steps/handover?since=${since}`, undefined, ana);
  const of = (step: Step) => body.open.find((o) => o.step.id === step.id)!;
  expect(of(before)).toMatchObject({ isNew: false, notes: [{ text: 'Just now.' }], step: { claim: { by: { name: 'Ana' } } } });
  expect(of(after)).toMatchObject({ isNew: true, notes: [], step: { snooze: { by: 'Ben' } } });
  expect(of(ended)).toBeUndefined();
  expect(body.ended).toContainEqual({ kind: 'booking', decision: 'reject', by: 'Ben', n: 1 });
  expect(body.pauses.map((p) => p.id)).toContain(pauseId);
  expect(body.onDuty.isFallback).toBe(true);
});

describe('the calendar', () => {
  const coordinator = async (givenName: string): Promise<string> =>
    (
      await own.api<{ id: string }>('POST', '/v1/people', {
        kind: 'coordinator',
        name: `${givenName} Invented`,
        givenName,
        zone: 'Europe/Berlin',
        email: `${givenName.toLowerCase()}.${own.at.organisationId}@example.invalid`,
      })
    ).body.id;
  const duty = (personId: string, more: object) =>
    own.api<{ id: string; code: string }>('POST', '/v1/duty', { personId, from: '00:00', to: '24:00', ...more });

  test('an escalation goes to who is on duty when it is due, and follows the calendar', async () => {
    await own.api('POST', `/v1/ops/pause/${pauseId}/release`);
    const [cora, dora] = [await coordinator('Cora'), await coordinator('Dora')];
    const everyDay = async (id: string): Promise<string[]> => {
      const ids: string[] = [];
      for (let weekday = 1; weekday <= 7; weekday++) ids.push((await duty(id, { weekday })).body.id);
      return ids;
    };
    const shifts = await everyDay(cora);
    const { step, sessionId } = await own.underReview(await own.cast(1));
    const toldOf = async (): Promise<Record<string, string>> =>
      Object.fromEntries(
        (
          await own.query<{ personId: string; state: string }>(
            `SELECT person_id, state FROM obligations WHERE session_id = ? AND kind = 'review' AND person_id = ANY(?::uuid[])`,
            [sessionId, `{${cora},${dora}}`],
          )
        ).map((o) => [o.personId, o.state]),
      );
    expect(await toldOf()).toEqual({ [cora]: 'planned' });
    await everyDay(dora);
    for (const id of shifts) expect((await own.api('POST', `/v1/duty/${id}/end`)).status).toBe(200);
    expect(await toldOf()).toEqual({ [cora]: 'suppressed', [dora]: 'planned' });
    const { body } = await own.api<{ onDuty: { people: { id: string }[]; isFallback: boolean } }>('GET', '/v1/duty');
    expect(body.onDuty).toMatchObject({ people: [{ id: dora }], isFallback: false });
    await own.decide(step, 'reject');
  });

  test('only coordinators are on duty, at times that there are', async () => {
    const { instructorId } = await own.cast(1);
    expect(await duty(instructorId, { weekday: 1 })).toMatchObject({ status: 400 });
    expect((await duty('00000000-0000-4000-8000-000000000001', { weekday: 1 })).status).toBe(404);
    const cora = await coordinator('Cleo');
    for (const wrong of [{}, { weekday: 8 }, { weekday: 1, date: '2026-01-01' }, { date: '2026-02-30' }, { weekday: 1, from: '25:00' }])
      expect([wrong, (await duty(cora, wrong)).status]).toEqual([wrong, 400]);
  });
});
