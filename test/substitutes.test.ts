import type { RuleFile } from '../db/rule-sets';
import type { PolicyDocument } from '../policy/types';
import { HOUR, MINUTE, type Lectern } from './support/lectern';
import { OwnLectern, startedForAll } from './support/own-lectern';
import { editedPolicies, publish, shippedRules } from './support/rule-files';
import { Substitutes, type Search } from './support/substitutes';

jest.setTimeout(400_000);
const own = new OwnLectern();
let lectern: Lectern;
startedForAll(own, (started) => (lectern = started));

/** Six hours ahead several are asked at once; the shipped offers of twenty minutes would be over in four seconds of this clock. */
const LEAD = 6 * HOUR;
beforeAll(async () => {
  const edited = editedPolicies({
    'substitute.search.json': [
      ['"soonStand": "20m"', '"soonStand": "3h"'],
      ['"soonAtOnce": 4', '"soonAtOnce": 3'],
    ],
  });
  expect(
    (await publish(lectern, [...edited, ...soonRules(SOON, SOON_PARAMS), ...soonRules(UNHURRIED, UNHURRIED_PARAMS)], 'offers that a test can answer'))
      .status,
  ).toBe(201);
});

/**
 * A programme in which one is asked at a time, and an offer stands for twenty minutes (four seconds of this clock); an acknowledgement is
 * due within the hour; and a missing instructor is replaced.
 */
const SOON = 'soon';
const SOON_PARAMS: Record<string, Record<string, string | number>> = {
  acknowledgement: { askFrom: '85m', remindBefore: '70m', remindAgainAfter: '5m', searchBefore: '50m', mostReminders: 1 },
  'substitute.search': { soonAtOnce: 1, soonStand: '20m', handOverBefore: '15m', nowFor: '60m', nowStand: '50m' },
  'no-show.instructor': { grace: '1m' },
};
/** The same with hours where that has minutes, for what a slow machine is to be in time for. */
const UNHURRIED = 'unhurried';
const UNHURRIED_PARAMS: typeof SOON_PARAMS = {
  ...SOON_PARAMS,
  acknowledgement: { ...SOON_PARAMS.acknowledgement!, askFrom: '8h', remindBefore: '465m', searchBefore: '450m' },
  'substitute.search': { ...SOON_PARAMS['substitute.search']!, soonStand: '3h' },
};
const soonRules = (programme: string, params: typeof SOON_PARAMS): RuleFile[] =>
  Object.entries(params).map(([point, ofPoint]) => {
    const document = JSON.parse(shippedRules().policies.find((p) => p.file === `${point}.json`)!.text) as PolicyDocument;
    Object.assign(document.params!, ofPoint);
    document.appliesTo = { programme };
    if (point === 'no-show.instructor') {
      document.otherwise = { verdict: 'no-show', next: 'reassign' };
      document.examples.cases = [{ id: 'gone', given: { lateBy: '1h' }, expect: { next: 'reassign' } }];
    }
    return { file: `${programme}.${point}.json`, text: JSON.stringify(document) };
  });

const cast = async (students = 1): Promise<Substitutes> => new Substitutes(lectern, await lectern.cast(students));
/** What a family got besides confirmation and way in. */
const familyHeard = async (s: Substitutes): Promise<string[]> =>
  (await lectern.mails(s.cast)).filter((m) => m.to.startsWith('gil') && !/^(Booked|Your link)/.test(m.subject)).map((m) => m.subject);
const reasonOf = (search: Search, id: string): string => search.candidates.find((c) => c.personId === id)!.reason;

test.concurrent('who may not teach it is asked nothing, and the search says why of each; the family hears nothing while it is searched', async () => {
  const s = await cast();
  const [studentId] = s.cast.studentIds;
  const good = await s.add('Good');
  const expired = await s.add('Expired', { clearedUntil: new Date(+lectern.now() + 2 * HOUR).toISOString() });
  const uncleared = await s.add('Uncleared', { clearedUntil: null });
  const other = await s.add('Other', { subjects: ['Something else'] });
  const silent = await s.add('Silent', { languages: ['fr'] }, { locale: 'fr' });
  const busy = await s.add('Busy', { mostADay: 1 });
  const clash = await s.add('Clash');
  const unwanted = await s.add('Unwanted');
  const away = await s.add('Away');
  const off = { personId: away.id, from: lectern.now(), to: new Date(+lectern.now() + 48 * HOUR), reason: 'on leave' };
  expect((await lectern.api('POST', '/v1/time-off', off)).status).toBe(201);
  const student = await lectern.api<{ version: number }>('GET', `/v1/people/${studentId}`);
  const blockedInstructors = [{ instructorId: unwanted.id }];
  await lectern.api('PATCH', `/v1/people/${studentId}`, { version: student.body.version, blockedInstructors });
  const elsewhere = (instructorId: string, at: number): Promise<string> =>
    lectern.cast(1).then((c) => lectern.book({ ...c, instructorId }, at, {}, 30 * MINUTE));
  await elsewhere(clash.id, LEAD + 10 * MINUTE);
  // The same day in the instructor's zone, whichever side of midnight the lesson is on.
  const at = await s.book(LEAD);
  const { startsAt } = await lectern.session(at);
  const hour = Number(new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Europe/Berlin' }).format(startsAt));
  await elsewhere(busy.id, LEAD + (hour < 12 ? 2 : -2) * HOUR);

  const search = await s.search(at, { note: 'called in sick' });
  expect(search).toMatchObject({ state: 'open', cause: 'asked' });
  expect(search.offers.map((o) => [o.personId, o.state])).toEqual([[good.id, 'open']]);
  expect([expired, uncleared, other, silent, busy, clash, unwanted, away].map((p) => reasonOf(search, p.id))).toEqual([
    'the clearance runs out before the lesson is over',
    'no clearance is on file',
    'does not teach the subject',
    'does not speak the language of every student',
    'has as many sessions that day or week as they take on',
    'has another lesson at that time',
    'is not to teach one of the students',
    'has time off at that time',
  ]);
  await s.mail(good.email, /^Can you teach/);
  for (const p of [expired, uncleared, other, silent, busy, clash, unwanted])
    expect((await s.mailsTo(p.email)).filter((m) => /Can you teach/.test(m.subject))).toEqual([]);
  expect(await familyHeard(s)).toEqual([]);
});

test.concurrent('who has taught the student, and has less to do, is asked first', async () => {
  const s = await cast();
  const known = await s.add('Known');
  const [a, b, c] = [await s.add('Ann'), await s.add('Bea'), await s.add('Cid')];
  // A lesson that the student had with one of them, as it stands afterwards.
  const past = await lectern.book({ ...s.cast, instructorId: known.id }, 40 * MINUTE);
  await lectern.query(`UPDATE participants SET verdict = 'arrived' WHERE session_id = ?`, [past]);
  await lectern.cast(1).then((other) => lectern.book({ ...other, instructorId: a.id }, LEAD + 3 * HOUR));
  const search = await s.search(await s.book(LEAD));
  expect(search.candidates.filter((x) => x.eligible).map((x) => x.personId)).toEqual([known.id, b.id, c.id, a.id]);
  expect(search.candidates[0]!.points.map((p) => p.reason)).toContain('has taught one of the students before');
  expect(search.offers.map((o) => o.personId).sort()).toEqual([known.id, b.id, c.id].sort());
});

test.concurrent(
  'looking at an offer decides nothing; the first who accepts by the page teaches, the others are told once that it is covered',
  async () => {
    const s = await cast();
    const [ann, bea, cid] = [await s.add('Ann'), await s.add('Bea', {}, { locale: 'de' }), await s.add('Cid')];
    const sessionId = await s.book(LEAD);
    await s.search(sessionId);
    const [first, second] = [await s.link(ann.email), await s.link(bea.email, 'o', /^Können Sie/)];
    await s.mail(cid.email, /^Can you teach/);
    const page = await (await fetch(first)).text();
    expect(page).toContain('Yes, I teach it');
    await fetch(first, { method: 'HEAD' });
    expect((await s.read(sessionId)).offers.map((o) => o.state)).toEqual(['open', 'open', 'open']);
    expect(await s.instructorOf(sessionId)).toEqual([s.cast.instructorId]);

    const accepted = await fetch(`${first}/accept`, { method: 'POST' });
    expect([accepted.status, /you teach this lesson/.test(await accepted.text())]).toEqual([200, true]);
    const late = await fetch(`${second}/accept`, { method: 'POST' });
    expect([late.status, /schon vergeben/.test(await late.text())]).toEqual([410, true]);
    // Pressed once more, it stays what it was.
    expect((await fetch(`${first}/accept`, { method: 'POST' })).status).toBe(200);
    expect(await s.instructorOf(sessionId)).toEqual([ann.id]);
    expect((await s.read(sessionId)).state).toBe('found');
    await s.mail(bea.email, /^Schon vergeben/);
    await s.mail(cid.email, /^Already covered/);
    await s.mail(ann.email, /^You teach/);
    await s.quiet(sessionId, ['change', 'substitute', 'assignment']);
    const subjects = async (email: string): Promise<string[]> =>
      (await s.mailsTo(email)).map((m) => m.subject.replace(/ Invented lesson.*$/, '')).sort();
    expect(await subjects(bea.email)).toEqual(['Können Sie', 'Schon vergeben:']);
    expect(await subjects(cid.email)).toEqual(['Already covered:', 'Can you teach']);
    expect(await familyHeard(s)).toHaveLength(1);
  },
);

test.concurrent('of two who accept at the same moment one teaches, and the other learns that it is covered', async () => {
  const s = await cast(2);
  await s.add('Ann');
  await s.add('Bea');
  const sessionId = await s.book(LEAD);
  const { offers } = await s.search(sessionId);
  expect(offers).toHaveLength(2);
  const answers = await Promise.all(offers.map((o) => s.answer(o.id, 'accept')));
  expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
  const [winner, loser] = answers[0]!.status === 200 ? [offers[0]!, answers[1]!] : [offers[1]!, answers[0]!];
  expect(loser.body).toMatchObject({ code: 'already-decided', details: { state: 'released' } });
  expect(await s.instructorOf(sessionId)).toEqual([winner.personId]);
  expect((await s.read(sessionId)).offers.map((o) => o.state).sort()).toEqual(['accepted', 'released']);
  expect(await lectern.query(`SELECT kind FROM changes WHERE session_id = ?`, [sessionId])).toEqual([{ kind: 'reassign' }]);
});

test.concurrent(
  'when everybody declines a coordinator is asked, with who was tried; searching again is an answer, and so is keeping it',
  async () => {
    const s = await cast();
    const [ann, bea] = [await s.add('Ann'), await s.add('Bea')];
    const sessionId = await s.book(LEAD);
    const { offers } = await s.search(sessionId);
    for (const o of offers) expect((await s.answer(o.id, 'decline')).status).toBe(200);
    const step = await lectern.openStep(sessionId, 'substitute');
    const { body } = await lectern.api<{ reason: string; options: string[]; shown: { tried: { personId: string; state: string }[] } }>(
      'GET',
      `/v1/held-steps/${step.id}`,
    );
    expect(body.options).toEqual(['search-again', 'take-1', 'take-2', 'take-3', 'keep', 'cancel']);
    expect(body.reason).toMatch(/nobody has taken it.*It was offered to (Ann|Bea)/);
    expect(body.shown.tried.map((t) => [t.personId, t.state]).sort()).toEqual(
      [
        [ann.id, 'declined'],
        [bea.id, 'declined'],
      ].sort(),
    );
    expect((await s.read(sessionId)).state).toBe('held');
    expect(await lectern.decide(await lectern.openStep(sessionId, 'substitute'), 'search-again')).toMatchObject({ status: 200 });
    const again = await s.until('a second search with its offers', sessionId, (x) => x.state === 'open' && x.offers.length === 2);
    for (const o of again.offers) expect((await s.answer(o.id, 'decline')).status).toBe(200);
    expect((await lectern.decide(await lectern.openStep(sessionId, 'substitute'), 'keep')).status).toBe(200);
    expect(await s.instructorOf(sessionId)).toEqual([s.cast.instructorId]);
    expect(await familyHeard(s)).toEqual([]);
  },
);

test.concurrent.each([
  ['cancelled', { kind: 'cancel' }, 'session-cancelled'],
  ['moved', {}, 'session-moved'],
] as const)('a session that is %s ends its search: who has an offer is told once, and can accept no more', async (_what, change, reason) => {
  const s = await cast();
  const ann = await s.add('Ann');
  const sessionId = await s.book(LEAD);
  const { offers } = await s.search(sessionId);
  await s.mail(ann.email, /^Can you teach/);
  const { startsAt } = await lectern.session(sessionId);
  const to = (ms: number): string => new Date(+startsAt + ms).toISOString();
  const body = 'kind' in change ? change : { kind: 'reschedule', startsAt: to(3 * HOUR), endsAt: to(4 * HOUR) };
  expect((await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, body)).status).toBe(200);
  expect(await s.read(sessionId)).toMatchObject({ state: 'ended', reason, offers: [{ state: 'released' }] });
  expect((await s.answer(offers[0]!.id, 'accept')).body.code).toBe('already-decided');
  await s.mail(ann.email, /^Already covered/);
  await s.quiet(sessionId, ['substitute']);
  expect((await s.mailsTo(ann.email)).filter((m) => /^Already covered/.test(m.subject))).toHaveLength(1);
  expect(await s.instructorOf(sessionId)).toEqual([s.cast.instructorId]);
});

test.concurrent('an offer that came too late for its candidate is withdrawn, with the reason, and the search goes on', async () => {
  const s = await cast();
  const [ann, bea] = [await s.add('Ann'), await s.add('Bea')];
  const sessionId = await s.book(LEAD);
  const { offers } = await s.search(sessionId);
  const offer = offers.find((o) => o.personId === ann.id)!;
  await lectern.cast(1).then((other) => lectern.book({ ...other, instructorId: ann.id }, LEAD));
  const refused = await s.answer(offer.id, 'accept');
  expect(refused.body).toMatchObject({ code: 'already-decided', details: { state: 'withdrawn', reason: 'has another lesson at that time' } });
  const { startsAt } = await lectern.session(sessionId);
  expect(+startsAt).toBeGreaterThan(+lectern.now());
  expect((await s.answer(offers.find((o) => o.personId === bea.id)!.id, 'accept')).status).toBe(200);
  expect(await s.instructorOf(sessionId)).toEqual([bea.id]);
});

test.concurrent('an offer that nobody answers expires, the next is asked, and pressing it afterwards changes nothing', async () => {
  const s = await cast();
  const [ann, bea] = [await s.add('Ann'), await s.add('Bea')];
  const sessionId = await s.book(3 * HOUR, { programme: SOON });
  const { offers } = await s.search(sessionId);
  expect(offers.map((o) => o.personId)).toEqual([ann.id]);
  const link = await s.link(ann.email);
  const later = await s.until('the next to be asked', sessionId, (x) => x.offers.some((o) => o.personId === bea.id));
  expect(later.offers.find((o) => o.personId === ann.id)!.state).toBe('expired');
  const late = await fetch(`${link}/accept`, { method: 'POST' });
  expect([late.status, /The time to answer is over/.test(await late.text())]).toEqual([410, true]);
  expect(await s.instructorOf(sessionId)).toEqual([s.cast.instructorId]);
  expect((await s.mailsTo(ann.email)).map((m) => m.subject.slice(0, 13))).toEqual(['Can you teach']);
});

test.concurrent(
  'without an acknowledgement the instructor is reminded, then a substitute is searched, before the lesson; a late word ends the search',
  async () => {
    const s = await cast();
    const ann = await s.add('Ann');
    const ines = `ines.${s.cast.tag}@example.invalid`;
    const sessionId = await s.book(9 * HOUR, { programme: UNHURRIED });
    const assigned = await s.link(ines, 'a', /^You teach/);
    await s.mail(ines, /^Please confirm/);
    const search = await s.until('the search', sessionId, (x) => x.offers.length > 0);
    expect(search).toMatchObject({ cause: 'unacknowledged', state: 'open' });
    const { startsAt } = await lectern.session(sessionId);
    const [started] = await lectern.query<{ at: Date }>(`SELECT started_at AS at FROM substitute_searches WHERE session_id = ?`, [sessionId]);
    expect(+startsAt - +started!.at).toBeGreaterThan(45 * MINUTE);
    await s.mail(ann.email, /^Can you teach/);
    expect(await (await fetch(assigned)).text()).toContain('I know of it');
    expect((await s.read(sessionId)).state).toBe('open');
    const confirmed = await fetch(assigned, { method: 'POST' });
    expect(await confirmed.text()).toContain('it is noted');
    expect(await s.read(sessionId)).toMatchObject({ state: 'ended', reason: 'acknowledged' });
    await s.mail(ann.email, /^Already covered/);
    expect((await s.mailsTo(ines)).filter((m) => /^Please confirm/.test(m.subject))).toHaveLength(1);
    expect(await s.instructorOf(sessionId)).toEqual([s.cast.instructorId]);
  },
);

test.concurrent('who acknowledges is asked nothing more, by page or API, and nobody searches', async () => {
  const [s, t] = [await cast(), await cast()];
  await s.add('Ann');
  await t.add('Bea');
  const [byPage, byApi] = [await s.book(90 * MINUTE, { programme: SOON }), await t.book(90 * MINUTE, { programme: SOON })];
  const link = await s.link(`ines.${s.cast.tag}@example.invalid`, 'a', /^You teach/);
  const wakes = (): Promise<{ id: string; generation: number }[]> =>
    lectern.query('SELECT id, generation FROM outbox WHERE session_id = ? ORDER BY id', [byPage]);
  const before = await wakes();
  await fetch(link, { method: 'POST' });
  // A word that comes in time wakes no workflow: it costs the lesson no event.
  expect(await wakes()).toEqual(before);
  const twice = await Promise.all([1, 2].map(() => lectern.api('POST', `/v1/sessions/${byApi}/acknowledgement`)));
  expect(twice.map((a) => a.status)).toEqual([200, 200]);
  for (const id of [byPage, byApi]) await lectern.status(id, 'ready', 'live');
  for (const [x, id] of [
    [s, byPage],
    [t, byApi],
  ] as const) {
    expect((await lectern.api('GET', `/v1/sessions/${id}/substitute-search`)).status).toBe(404);
    expect((await lectern.mails(x.cast)).filter((m) => /^Please confirm|^Can you teach/.test(m.subject))).toEqual([]);
    expect(
      await lectern.query(`SELECT data->>'personId' AS "personId" FROM timeline WHERE session_id = ? AND kind = 'assignment.acknowledged'`, [id]),
    ).toEqual([{ personId: x.cast.instructorId }]);
  }
});

test.concurrent('an instructor who is not there at the start is replaced at once; who arrives first after all teaches it', async () => {
  const [s, t] = [await cast(), await cast()];
  const [ann, bea] = [await s.add('Ann'), await t.add('Bea')];
  const [replaced, kept] = [await s.book(40 * MINUTE, { programme: SOON }, 2 * HOUR), await t.book(40 * MINUTE, { programme: SOON }, 2 * HOUR)];
  for (const [x, id, who] of [
    [s, replaced, ann],
    [t, kept, bea],
  ] as const) {
    const search = await x.until('the urgent search', id, (y) => y.offers.length > 0);
    expect(search).toMatchObject({ cause: 'no-show', offers: [{ personId: who.id, state: 'open' }] });
    await x.mail(who.email, /^Can you teach/);
    // The search is the answer: a coordinator is asked nothing while it goes on.
    expect(await lectern.query(`SELECT kind FROM held_steps WHERE session_id = ? AND kind IN ('no-show', 'substitute')`, [id])).toEqual([]);
  }
  await lectern.send('participant.joined', { sessionId: kept, personId: t.cast.instructorId, connection: 'laptop' });
  await t.until('the search to end', kept, (x) => x.state === 'ended' && x.reason === 'arrived');
  await t.mail(bea.email, /^Already covered/);
  expect(await t.instructorOf(kept)).toEqual([t.cast.instructorId]);
  const [offer] = (await s.read(replaced)).offers;
  expect((await s.answer(offer!.id, 'accept')).status).toBe(200);
  expect(await s.instructorOf(replaced)).toEqual([ann.id]);
  expect((await lectern.session(replaced)).status).toBe('live');
});

test.concurrent('an instructor who is missing and whom nobody can replace is one question to a coordinator', async () => {
  const s = await cast();
  const sessionId = await s.book(40 * MINUTE, { programme: SOON }, 2 * HOUR);
  const step = await lectern.openStep(sessionId, 'no-show');
  const { body } = await lectern.api<{ shown: { personId: string; search: { cause: string } } }>('GET', `/v1/held-steps/${step.id}`);
  expect(body.shown).toMatchObject({ personId: s.cast.instructorId, search: { cause: 'no-show' } });
  expect(await lectern.query(`SELECT 1 FROM held_steps WHERE session_id = ? AND kind = 'substitute'`, [sessionId])).toEqual([]);
});

test.concurrent(
  'a hand-over is whole: the old way in is revoked, the new one issued, briefing and reminder go to who teaches, and nobody else is sent anything twice',
  async () => {
    const s = await cast();
    const ann = await s.add('Ann');
    const ines = `ines.${s.cast.tag}@example.invalid`;
    const sessionId = await s.book(LEAD);
    const before = await s.mail(ines, /^Your link/);
    const old = /https?:\/\/\S+\/j\/[A-Za-z0-9_-]+/.exec(before.text)![0];
    const family = await s.mail(`gil0.${s.cast.tag}@example.invalid`, /^Your link/);
    const { offers } = await s.search(sessionId);
    expect((await s.answer(offers[0]!.id, 'accept')).status).toBe(200);
    // From that moment: nobody has to wait for a workflow.
    expect((await fetch(old)).status).toBe(410);
    const now = await s.mail(ann.email, /^Your link/);
    expect((await fetch(/https?:\/\/\S+\/j\/[A-Za-z0-9_-]+/.exec(now.text)![0])).status).toBe(200);
    await s.mail(ann.email, /^Briefing/);
    await s.quiet(sessionId, ['assignment', 'credential', 'briefing', 'change']);
    const ahead = await lectern.query<{ personId: string; state: string }>(
      `SELECT person_id, state FROM obligations WHERE session_id = ? AND kind = 'reminder' AND step = 'hour-before' AND person_id = ANY(?::uuid[])`,
      [sessionId, `{${ann.id},${s.cast.instructorId}}`],
    );
    expect(ahead.filter((o) => o.state === 'planned').map((o) => o.personId)).toEqual([ann.id]);
    const kinds = (await s.mailsTo(ann.email)).map((m) => m.subject.split(/[:,]| Invented/)[0]).sort();
    expect(kinds).toEqual([...new Set(kinds)]);
    // The family keeps its own way in: the room is the same.
    expect((await s.mailsTo(family.to)).filter((m) => /^Your link/.test(m.subject))).toHaveLength(1);
    expect((await fetch(/https?:\/\/\S+\/j\/[A-Za-z0-9_-]+/.exec(family.text)![0])).status).toBe(200);
  },
);
