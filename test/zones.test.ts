import { followClocks } from '../commands/clock-change';
import { previewClocks } from '../commands/clock-preview';
import { SYSTEM, type Context } from '../commands/context';
import { instantOf, wallTimeOf, type ZoneRules } from '../domain/time';
import { doubtsOf, zonesOfPhone, type ZoneKnown } from '../domain/zone-evidence';
import { newId } from '../domain/ids';
import { HOUR, Lectern, type Cast } from './support/lectern';
import { OwnLectern, startedForAll } from './support/own-lectern';

jest.setTimeout(300_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

const WINTER = Date.UTC(2027, 0, 15, 15);
const known: ZoneKnown = { zone: 'Europe/Berlin', phone: null, households: [], off: null };

test.each<[string, Partial<ZoneKnown>, object]>([
  ['nothing is known besides', {}, { householdDisagrees: false, phoneDisagrees: false, arrivedOff: 0, instead: [] }],
  ['the household agrees', { households: [['Europe/Berlin']] }, { householdDisagrees: false }],
  ['the household has another name for the same time', { households: [['Europe/Vienna']] }, { householdDisagrees: false }],
  ['the household has another time', { households: [['America/New_York']] }, { householdDisagrees: true, instead: [{ zone: 'America/New_York' }] }],
  ['one of two households agrees', { households: [['America/New_York'], ['Europe/Berlin']] }, { householdDisagrees: false }],
  ['the phone is from here', { phone: '+4915112345678' }, { phoneDisagrees: false }],
  ['the phone is from Kathmandu', { phone: '+9779801234567' }, { phoneDisagrees: true, instead: [{ because: 'phone' }] }],
  [
    'the phone is from a country of many zones, one of which is theirs',
    { zone: 'America/Chicago', phone: '+12125550123' },
    { phoneDisagrees: false },
  ],
  ['the phone is from no country', { phone: '+15550100001' }, { phoneDisagrees: false }],
  ['the phone is no number', { phone: '12' }, { phoneDisagrees: false }],
  ['they came an hour off twice', { off: { hours: 1, lessons: 2 } }, { arrivedOff: 2 }],
])('what speaks against a zone when %s', (_name, more, expected) => expect(doubtsOf({ ...known, ...more }, WINTER)).toMatchObject(expected));

test('a country of many zones gives one of each time', () => {
  expect(zonesOfPhone('+12125550123').length).toBeGreaterThan(20);
  const { instead } = doubtsOf({ ...known, phone: '+12125550123' }, WINTER);
  expect(new Set(instead.map((i) => wallTimeOf(WINTER, i.zone))).size).toBe(instead.length);
});

const bookedMails = async (cast: Cast) => (await lectern.mails(cast)).filter((m) => /^Booked/.test(m.subject));
const zoneOf = async (id: string): Promise<string> => (await lectern.api<{ zone: string }>('GET', `/v1/people/${id}`)).body.zone;
const patch = async (id: string, fields: object, at: Lectern = lectern): Promise<void> => {
  const { body } = await at.api<{ version: number }>('GET', `/v1/people/${id}`);
  expect((await at.api('PATCH', `/v1/people/${id}`, { version: body.version, ...fields })).status).toBe(200);
};

/** A cast whose guardian has a phone from another country than their zone. */
async function doubtful(): Promise<Cast> {
  const cast = await lectern.cast(1);
  await patch(cast.guardianIds[0]!, { phone: '+9779801234567' });
  return cast;
}

test.concurrent('a zone that the phone speaks against is held before the first message shows a wrong time, for that person alone', async () => {
  const cast = await doubtful();
  const sessionId = await lectern.book(cast, 90 * HOUR);
  const step = await lectern.openStep(sessionId, 'zone');
  await lectern.until('the instructor to be told', async () => (await lectern.mails(cast)).some((m) => m.to.startsWith('ines')));
  expect(await bookedMails(cast)).toEqual([]);
  const { body } = await lectern.api<{ reason: string; options: string[] }>('GET', `/v1/held-steps/${step.id}`);
  expect(body.reason).toMatch(/is said to be in Europe\/Berlin.*phone number is from a country with another time/);
  expect(body.options).toHaveLength(2);
  const theirs = body.options.find((o) => o !== 'Europe/Berlin')!;
  expect((await lectern.decide(step, theirs)).status).toBe(200);
  expect(await zoneOf(cast.guardianIds[0]!)).toBe(theirs);
  const [mail] = await lectern.until('the confirmation', async () => {
    const found = await bookedMails(cast);
    return found.length > 0 && found;
  });
  expect(mail!.text).toContain(`(${theirs})`);
  // Said once, it is not asked again.
  const next = await lectern.book(cast, 95 * HOUR);
  await lectern.until('the second confirmation', async () => (await bookedMails(cast)).length === 2);
  expect(await lectern.query(`SELECT 1 FROM held_steps WHERE session_id = ? AND kind = 'zone'`, [next])).toEqual([]);
});

test.concurrent('whoever writes a person’s zone has said it: what waited leaves, and the question is withdrawn', async () => {
  const cast = await doubtful();
  const [one, two] = [await lectern.book(cast, 100 * HOUR), await lectern.book(cast, 105 * HOUR)];
  await lectern.until('both to wait', async () => {
    const held = await lectern.query(`SELECT 1 FROM obligations WHERE session_id IN (?, ?) AND person_id = ? AND state = 'held'`, [
      one,
      two,
      cast.guardianIds[0],
    ]);
    return held.length === 2;
  });
  expect(await lectern.query(`SELECT state FROM held_steps WHERE kind = 'zone' AND subject = ?`, [cast.guardianIds[0]])).toEqual([{ state: 'open' }]);
  await patch(cast.guardianIds[0]!, { zone: 'Europe/Berlin' });
  await lectern.until('both confirmations', async () => (await bookedMails(cast)).length === 2);
  expect(await lectern.query(`SELECT state FROM held_steps WHERE kind = 'zone' AND subject = ?`, [cast.guardianIds[0]])).toEqual([
    { state: 'withdrawn' },
  ]);
});

test.concurrent('who twice came an hour off is asked about', async () => {
  const cast = await lectern.cast(1, { studentMail: true });
  const studentId = cast.studentIds[0]!;
  for (const hours of [200, 204]) {
    const past = await lectern.book(cast, hours * HOUR);
    await lectern.in(async (tx) => {
      await tx.raw(
        `UPDATE sessions SET status = 'cancelled', closed_at = now(), starts_at = starts_at - interval '20 days', ends_at = ends_at - interval '20 days' WHERE id = ?`,
        [past],
      );
      await tx.raw(
        `INSERT INTO attendance_events (id, session_id, person_id, kind, at, received_at, source, event_id)
         SELECT ?, id, ?, 'joined', starts_at + interval '62 minutes', now(), 'invented', ? FROM sessions WHERE id = ?`,
        [newId(), studentId, newId(), past],
      );
    });
  }
  await lectern.book(cast, 3 * HOUR);
  // Once for a person, on whichever of their lessons has the first message for them.
  const step = await lectern.until('the question', async () => {
    const found = await lectern.query<{ id: string }>(`SELECT id FROM held_steps WHERE kind = 'zone' AND subject = ?`, [studentId]);
    return found[0];
  });
  const { body } = await lectern.api<{ reason: string }>('GET', `/v1/held-steps/${step.id}`);
  expect(body.reason).toContain('To 2 earlier lessons they came 1 h late.');
});

describe('when a country changes its clocks', () => {
  // An organisation is looked through whole: one of its own, where no other test's lessons are moved.
  const own = new OwnLectern();
  let theirs: Lectern;
  startedForAll(own, (started) => (theirs = started));
  /** The rules as they are, but for zones that from `from` on are so much further than they were; an hour as a rule. */
  const shifted = (from: number, by: Record<string, number>): ZoneRules => ({
    wallTimeOf: (ms, z) => wallTimeOf(ms >= from ? ms + (by[z] ?? 0) : ms, z),
    instantOf: (wall, z) => {
      const found = instantOf(wall, z);
      const ms = found.ms - (by[z] ?? 0);
      return ms >= from ? { ...found, ms } : found;
    },
  });
  const law = (from: number, ...zones: string[]): ZoneRules => shifted(from, Object.fromEntries(zones.map((z) => [z, HOUR])));
  const ctx = (): Context => ({
    db: theirs.db,
    organisationId: theirs.at.organisationId,
    principal: SYSTEM,
    asOf: theirs.now(),
    requestId: null,
    secret: theirs.at.secret,
  });
  const moved = async (cast: Cast) => (await theirs.mails(cast)).filter((m) => /^New time/.test(m.subject));

  test('lessons keep the time on the wall and move, at short notice after a person has said so; others are told what their clocks show', async () => {
    // Zones of their own, so that no other test's people are told.
    const anchored = { anchorZone: 'Asia/Colombo' };
    const [far, near, reader] = [await theirs.cast(1), await theirs.cast(1), await theirs.cast(1)];
    await patch(reader.guardianIds[0]!, { zone: 'Asia/Thimphu' }, theirs);
    const farId = await theirs.book(far, 400 * HOUR, anchored);
    const nearId = await theirs.book(near, 40 * HOUR, anchored);
    const readerId = await theirs.book(reader, 410 * HOUR);
    for (const cast of [far, near, reader])
      await theirs.until('the confirmation', async () => (await theirs.mails(cast)).filter((m) => /^Booked/.test(m.subject)).length === 1);
    const before = await theirs.session(farId);

    const now = +theirs.now();
    const shown = await theirs.in((tx) => previewClocks(tx, law(now, 'Asia/Colombo'), theirs.now()));
    expect(shown.moves.map((m) => [m.session.id, m.verdict])).toEqual([
      [nearId, 'hold'],
      [farId, 'move'],
    ]);
    expect(shown.notices.map((n) => n.lessons)).toEqual([1, 1]);
    const first = await followClocks(ctx(), law(now, 'Asia/Colombo'), '2099a');
    expect(first).toMatchObject({ moved: [farId], held: [nearId] });
    expect(await followClocks(ctx(), law(now, 'Asia/Colombo'), '2099a')).toBeNull();
    const after = await theirs.session(farId);
    expect(+after.startsAt).toBe(+before.startsAt - HOUR);
    expect(after.rev).toBe(2);
    const [notice] = await theirs.until('the notice', async () => {
      const found = await moved(far);
      return found.filter((m) => m.to.startsWith('gil')).length === 1 && found;
    });
    expect(notice!.text).toMatch(/clocks of Asia.?\/.?Colombo are changed by law/);
    expect(await moved(near)).toEqual([]);

    const step = await theirs.openStep(nearId, 'clock-change');
    expect((await theirs.decide(step, 'keep-moment')).status).toBe(200);
    await theirs.until('the others to be told', async () => (await theirs.mails(near)).some((m) => /^Your clock will show/.test(m.subject)));
    expect((await theirs.session(nearId)).rev).toBe(1);

    const second = await followClocks(ctx(), law(now, 'Asia/Colombo', 'Asia/Thimphu'), '2099b');
    expect(second!.retold).toEqual([{ sessionId: readerId, personId: reader.guardianIds[0] }]);
    const told = await theirs.until('the reader to be told', async () => {
      const found = (await theirs.mails(reader)).filter((m) => /^Your clock will show/.test(m.subject));
      return found.length > 0 && found;
    });
    expect(told.map((m) => m.to)).toEqual([`gil0.${reader.tag}@example.invalid`]);
  });

  /** What the test before has made law stays law. */
  const inForce: Record<string, number> = { 'Asia/Colombo': HOUR, 'Asia/Thimphu': HOUR };
  test.each([
    ['later', 'Asia/Dhaka', -HOUR],
    ['earlier', 'Asia/Yangon', HOUR],
  ])(
    'lessons one after the other move %s together, as the preview says; one that stays is in the way of who would move onto it',
    async (_way, zone, by) => {
      const cast = await theirs.cast(1);
      const from = +theirs.now();
      const book = (hours: number, anchorZone?: string): Promise<string> =>
        theirs.book(cast, from + hours * HOUR - +theirs.now(), anchorZone ? { anchorZone } : {}, 50 * 60_000);
      const row = [await book(500, zone), await book(501, zone), await book(502, zone)];
      const blocked = await book(520, zone);
      const inTheWay = await book(520 - Math.sign(by));
      inForce[zone] = by;
      const rules = shifted(+theirs.now(), inForce);
      const { moves } = await theirs.in((tx) => previewClocks(tx, rules, theirs.now()));
      // Whoever is still held from before is looked at anew as well.
      const ours = [...row, blocked];
      const seen = moves.filter((m) => ours.includes(m.session.id));
      expect(seen.map((m) => [m.session.id, m.verdict])).toEqual([...row.map((id) => [id, 'move']), [blocked, 'hold']]);
      expect(seen.at(-1)!.conflicts.map((c) => c.startsAt)).toContainEqual((await theirs.session(inTheWay)).startsAt);
      const done = await followClocks(ctx(), rules, `2099-${zone}`);
      const of = (ids: string[]): string[] => ids.filter((id) => ours.includes(id)).sort();
      expect([of(done!.moved), of(done!.held)]).toEqual([[...row].sort(), [blocked]]);
    },
  );
});
