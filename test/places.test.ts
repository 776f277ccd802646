import { newId } from '../domain/ids';
import type { PolicyDocument } from '../policy/types';
import { groupsIn, type Entry } from './support/groups';
import { HOUR, Lectern, type Cast, type Mail } from './support/lectern';
import { OwnOrganisation } from './support/organisation';

jest.setTimeout(300_000);
const shared = new Lectern();
let lectern: OwnOrganisation;

/** Whether a group takes place is asked as soon as it is booked, and a place is offered for long enough to be answered by this clock. */
const edited =
  (params: object) =>
  (d: never): void =>
    void Object.assign((d as PolicyDocument).params!, params);
beforeAll(async () => {
  lectern = await OwnOrganisation.of(shared, {
    'preparation.json': edited({ viabilityBefore: '365d' }),
    'waitlist.json': edited({ nearStand: '30h', soonStand: '4h', soon: '20h', near: '100d' }),
    'load.json': edited({ studentMostADay: 2 }),
  });
});
afterAll(async () => {
  await lectern.close();
  await shared.close();
});

const { row, change, studentsOn, mailsTo, mail, quiet, group, german } = groupsIn(() => lectern);

const join = (id: string, studentId: string) =>
  lectern.api<Entry & { code: string; offers: number }>('POST', `/v1/sessions/${id}/waitlist`, { studentId });
const entries = async (id: string): Promise<Record<string, string>> =>
  Object.fromEntries((await lectern.api<{ items: Entry[] }>('GET', `/v1/sessions/${id}/waitlist`)).body.items.map((e) => [e.person.id, e.state]));
const link = async (cast: Cast, n: number, subject: RegExp): Promise<string> =>
  /https?:\/\/\S+\/w\/[A-Za-z0-9_-]+/.exec((await mail(cast, n, subject)).text)![0];
const press = async (url: string, which: 'accept' | 'decline'): Promise<{ status: number; text: string }> => {
  const answer = await fetch(`${url}/${which}`, { method: 'POST' });
  return { status: answer.status, text: await answer.text() };
};

describe('who waits for a place', () => {
  test.concurrent(
    'a full group refuses; a place that becomes free is offered to the first, in the guardian’s language; looking books nothing',
    async () => {
      const [cast, waiting] = [await lectern.cast(2), await lectern.cast(3)];
      await german(waiting, 0);
      const another = await lectern.guardian(waiting, 1, {});
      const phone = `+49151${newId().replace(/\D/g, '').padEnd(8, '7').slice(0, 8)}`;
      await lectern.guardian(waiting, 2, { phone, channels: ['sms'] });
      const [first, second, third] = waiting.studentIds as [string, string, string];
      const id = await group(cast, { capacity: 2, subject: `Full ${cast.tag}` });
      expect((await change(id, { kind: 'add', studentId: first })).body).toMatchObject({ code: 'no-place', details: { capacity: 2, students: 2 } });
      expect((await join(id, cast.studentIds[0]!)).body.code).toBe('invalid-request');
      for (const s of [first, second, third]) expect(await join(id, s)).toMatchObject({ status: 201, body: { state: 'waiting', offers: 0 } });
      expect((await join(id, first)).body.code).toBe('already-exists');

      expect((await change(id, { kind: 'drop', studentId: cast.studentIds[0] })).status).toBe(200);
      expect(await entries(id)).toEqual({ [first]: 'offered', [second]: 'waiting', [third]: 'waiting' });
      // It is kept for whom it is offered to.
      expect((await change(id, { kind: 'add', studentId: second })).body).toMatchObject({ code: 'no-place', details: { offered: 1 } });
      const url = await link(waiting, 0, /^Ein Platz ist frei/);
      expect(await (await fetch(url)).text()).toContain('Ja, Platz buchen');
      await fetch(url, { method: 'HEAD' });
      expect(await studentsOn(id)).toEqual([cast.studentIds[1]]);
      expect(await press(url, 'decline')).toMatchObject({ status: 200, text: expect.stringContaining('nichts gebucht') as string });
      expect((await press(url, 'accept')).text).toContain('Es ist nichts gebucht');
      expect(await studentsOn(id)).toEqual([cast.studentIds[1]]);
      // Each guardian has a link of their own, so that it is known whose word it was; nobody else's mark opens it.
      const next = await lectern.until(
        'the other guardian’s link',
        async () => /https?:\/\/\S+\/w\/[A-Za-z0-9_-]+/.exec((await lectern.mails(waiting)).find((m) => m.to === another)?.text ?? '')?.[0],
      );
      expect(next).not.toBe(await link(waiting, 1, /^A place is free/));
      expect((await press(next.slice(0, -12) + url.slice(-12), 'accept')).status).toBe(404);
      expect(await press(next, 'accept')).toMatchObject({ status: 200, text: expect.stringContaining('The place is booked') as string });
      expect((await press(next, 'accept')).status).toBe(200);
      expect(await studentsOn(id)).toEqual([cast.studentIds[1], second].sort());
      await mail(waiting, 1, /^Booked/);
      const { body: list } = await lectern.api<{ items: (Entry & { answeredBy: object | null })[] }>('GET', `/v1/sessions/${id}/waitlist`);
      const answerers = Object.fromEntries(list.items.map((e) => [e.person.id, e.answeredBy]));
      expect(answerers).toEqual({
        [first]: { personId: waiting.guardianIds[0], name: `Gil0 Invented${waiting.tag}` },
        [second]: { personId: waiting.guardianIds[3], name: 'Gil Invented' },
        [third]: null,
      });

      // A further place, and the last who waits has it from a coordinator; then nobody waits.
      expect((await lectern.api('PATCH', `/v1/sessions/${id}/places`, { version: (await row(id)).version, capacity: 1 })).status).toBe(400);
      expect((await lectern.api('PATCH', `/v1/sessions/${id}/places`, { version: (await row(id)).version, capacity: 3 })).status).toBe(200);
      expect((await entries(id))[third]).toBe('offered');
      const texts = async (): Promise<Mail[]> =>
        (await (await fetch(`${lectern.at.catcherUrl}/messages?to=${encodeURIComponent(phone)}`)).json()) as Mail[];
      const text = await lectern.until('the offer by text message', async () => (await texts())[0]?.text);
      expect(text).toMatch(/a place is free in .*Answer by .*: http/);
      expect((await fetch(/http\S+\/w\/[\w-]+/.exec(text)![0])).status).toBe(200);
      expect((await change(id, { kind: 'add', studentId: third })).status).toBe(200);
      expect(await entries(id)).toEqual({ [first]: 'declined', [second]: 'joined', [third]: 'joined' });
      await quiet(id);
      for (const n of [0, 1]) expect((await mailsTo(waiting, n)).filter((m) => /frei|free/.test(m.subject))).toHaveLength(1);
    },
  );

  test.concurrent('an offer that nobody answers goes to the next; who still waits is told once when the lesson is cancelled', async () => {
    const [cast, waiting] = [await lectern.cast(2), await lectern.cast(3)];
    const [first, second, third] = waiting.studentIds as [string, string, string];
    const id = await group(cast, { capacity: 2, subject: `Late ${cast.tag}` }, 9 * HOUR);
    for (const s of [first, second, third]) await join(id, s);
    await change(id, { kind: 'drop', studentId: cast.studentIds[0] });
    // On the day itself one more is asked than there are places.
    expect(await entries(id)).toEqual({ [first]: 'offered', [second]: 'offered', [third]: 'waiting' });
    const [one, two] = [await link(waiting, 0, /free/), await link(waiting, 1, /free/)];
    const answers = await Promise.all([press(one, 'accept'), press(two, 'accept')]);
    expect(answers.map((a) => a.status).sort()).toEqual([200, 410]);
    expect(answers.find((a) => a.status === 410)!.text).toContain('Somebody else answered sooner');
    expect(await studentsOn(id)).toHaveLength(2);
    expect(Object.values(await entries(id)).sort()).toEqual(['joined', 'waiting', 'waiting']);

    const loser = answers[0]!.status === 410 ? first : second;
    await change(id, { kind: 'drop', studentId: cast.studentIds[1] });
    await lectern.until('the offer to expire', async () => (await entries(id))[loser] === 'expired');
    expect((await press(loser === first ? one : two, 'accept')).text).toContain('The time to answer is over');
    expect((await change(id, { kind: 'cancel' })).status).toBe(200);
    await quiet(id);
    const told = (await mailsTo(waiting, 2)).filter((m) => /^No place/.test(m.subject));
    const wasClosed = (await entries(id))[third] === 'closed';
    expect(told).toHaveLength(wasClosed ? 1 : 0);
    if (wasClosed) expect(told[0]!.text).toContain('The lesson does not take place.');
  });
});
