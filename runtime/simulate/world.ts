import { Webhook } from 'standardwebhooks';
import { wallTimeOf } from '../../domain/time';
import type { Act, Telling } from './acts';
import { relationsIn, type Cast, type Character, type Relations } from './cast';
import { timesOf, type Caller, type Lesson, type Together } from './lesson';
import { Line, type Answered } from './line';
import type { Reader, Sink } from './sink';
import { MINUTE } from './timing';

/** How the outside world reaches an organisation: keys, a source of webhooks, and the mail that people get. */
export interface Doors {
  url: string;
  keys: Record<Caller, string>;
  source: { name: string; secret: string };
}

/** An answer that the script has no place for. */
export interface Refusal {
  lesson: string;
  what: string;
  status: number;
  words: string;
}

/** After any week. */
const CLEARED_UNTIL = '2030-01-01T00:00:00Z';

/** What came of an act; `later`: it cannot be done yet. */
type Done = 'done' | 'later';

/** The outside world: it acts through the API, signed webhooks and the join page's button, and knows nothing else of Lectern. */
export class World {
  readonly refusals: Refusal[] = [];
  /** What people, and the sessions that were booked, are called over there. */
  readonly personIds = new Map<string, string>();
  readonly sessionIds = new Map<string, string>();
  readonly line: Line;
  /** What a series is called over there, by its first lesson. */
  private readonly seriesIds = new Map<string, string>();
  private readonly relations: Relations;
  /** The way in that somebody has used, by lesson and person. */
  private readonly used = new Map<string, string>();
  /** What the provider calls the room of a lesson, as whoever was led into it knows. */
  private readonly roomIds = new Map<string, string>();

  constructor(
    private readonly doors: Doors,
    cast: Cast,
    private readonly sink: Sink,
  ) {
    this.line = new Line(doors.url);
    this.relations = relationsIn(cast);
  }

  api<T>(by: Caller, method: 'GET' | 'POST', path: string, more: { key?: string; body?: object } = {}): Promise<Answered<T>> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.doors.keys[by]}` };
    if (more.body) headers['content-type'] = 'application/json';
    if (more.key) headers['idempotency-key'] = more.key;
    return this.line.say<T>({ method, path, headers, ...(more.body ? { body: JSON.stringify(more.body) } : {}) });
  }

  /** Somebody joins the organisation. Students before their guardians. */
  async enrol({ key, wards, consents, quiet, teaches, ...person }: Character): Promise<void> {
    const agreed = (['recording', 'ai'] as const).map((kind) => ({ kind, granted: consents, textVersion: '1', method: 'simulated' }));
    const body = {
      ...person,
      externalId: key,
      ...(person.kind === 'student' || person.kind === 'instructor' ? { consents: agreed } : {}),
      ...(teaches === null ? {} : { teaching: { subjects: [teaches], clearedUntil: CLEARED_UNTIL } }),
      ...(quiet ? { quietFrom: quiet.from, quietTo: quiet.to } : {}),
      ...(wards.length > 0 ? { students: wards.map((w) => ({ studentId: this.personIds.get(w.student)!, household: w.household })) } : {}),
    };
    const answer = await this.api<{ id: string }>('desk', 'POST', '/v1/people', { key: `person-${key}`, body });
    if (answer.status !== 201) throw new Error(`${key} could not be enrolled: ${JSON.stringify(answer.body)}`);
    this.personIds.set(key, answer.body.id);
  }

  async act(lesson: Lesson, act: Act): Promise<Done> {
    if (act.do === 'book') return lesson.booking.webhook ? this.bookByWebhook(lesson) : this.book(lesson);
    if (act.do === 'book-series') return this.bookSeries(lesson);
    const sessionId = this.sessionIds.get(lesson.key) ?? (await this.lookUp(lesson));
    // Of what could not be booked one answer is enough.
    if (!sessionId && this.refusals.some((r) => r.lesson === lesson.key)) return 'done';
    if (!sessionId) return this.isOver(lesson) ? this.refused(lesson, 'the session', { status: 0, body: 'is not there' }) : 'later';
    switch (act.do) {
      case 'change':
        return this.change(lesson, sessionId);
      case 'change-together':
        return this.changeTogether(lesson, act.together);
      case 'press':
        return this.press(lesson, act);
      case 'acknowledge':
        return this.answerLink(lesson, { person: lesson.instructor, page: 'a', button: '' });
      case 'answer-offer':
        return this.answerLink(lesson, { person: act.person, page: 'o', button: `/${act.says}` });
      case 'search':
        return this.command(lesson, `/v1/sessions/${sessionId}/substitute-search`, { note: 'ill' });
      case 'report-room':
        return this.command(lesson, `/v1/sessions/${sessionId}/incidents`, { kind: 'room-failed', since: new Date(act.at).toISOString() });
      case 'correct':
        return this.correct(lesson, sessionId, act.minutes);
      case 'tell':
        return this.tell(lesson, act, { sessionId, ...act.data });
    }
  }

  private isOver(lesson: Lesson): boolean {
    return this.now() >= timesOf(lesson).endsAt;
  }

  private refused(lesson: Lesson, what: string, { status, body }: Answered<unknown>): Done {
    this.refusals.push({ lesson: lesson.key, what, status, words: JSON.stringify(body).slice(0, 300) });
    return 'done';
  }

  private bookingOf(lesson: Lesson): object {
    const { key, title, subject, branch, startsAt, endsAt, isTrial, students, instructor } = lesson;
    return {
      title,
      subject,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(endsAt).toISOString(),
      studentIds: students.map((s) => this.personIds.get(s)!),
      instructorId: this.personIds.get(instructor)!,
      anchorZone: this.relations.byKey.get(instructor)!.zone,
      isTrial,
      ...(branch === null ? {} : { branch }),
      externalId: externalIdOf(key),
    };
  }

  private async book(lesson: Lesson): Promise<Done> {
    const answer = await this.api<{ id: string }>(lesson.booking.by, 'POST', '/v1/sessions', {
      key: `book-${lesson.key}`,
      body: this.bookingOf(lesson),
    });
    if (answer.status !== (lesson.booking.isHeld ? 202 : 201)) this.refused(lesson, 'the booking', answer);
    if (answer.body.id) this.sessionIds.set(lesson.key, answer.body.id);
    return 'done';
  }

  /** Booked once all its lessons are. They are hours apart, and in the order of the rule. */
  private async bookSeries(lesson: Lesson): Promise<Done> {
    const { key, title, subject, startsAt, endsAt, students, instructor } = lesson;
    const zone = this.relations.byKey.get(instructor)!.zone;
    const body = {
      title,
      subject,
      firstLesson: wallTimeOf(startsAt, zone),
      lengthMinutes: (endsAt - startsAt) / MINUTE,
      rrule: `FREQ=DAILY;COUNT=${lesson.series!.length}`,
      studentIds: students.map((s) => this.personIds.get(s)!),
      instructorId: this.personIds.get(instructor)!,
      anchorZone: zone,
    };
    const { status, body: made, ...answer } = await this.api<{ id: string }>('desk', 'POST', '/v1/series', { key: `series-${key}`, body });
    if (status !== 201) return this.refused(lesson, 'the series', { status, body: made, ...answer });
    this.seriesIds.set(key, made.id);
    const { body: series } = await this.api<{ occurrences: { sessionId: string | null }[] }>('desk', 'GET', `/v1/series/${made.id}`);
    const booked = series.occurrences.map((o) => o.sessionId);
    for (const [n, id] of booked.entries()) if (id) this.sessionIds.set(lesson.series![n]!, id);
    return booked.length === lesson.series!.length || this.isOver(lesson) ? 'done' : 'later';
  }

  /** A closure, an instructor's time off, or an edit of a series. */
  private changeTogether(lesson: Lesson, { cause, from, to }: Together): Promise<Done> {
    const { reason, to: goesTo } = lesson.change!;
    const times = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    if (cause === 'closure') return this.command(lesson, '/v1/closures', { ...times, reason, branch: lesson.branch });
    if (cause === 'time-off') return this.command(lesson, '/v1/time-off', { ...times, reason, personId: this.personIds.get(lesson.instructor)! });
    const zone = this.relations.byKey.get(lesson.instructor)!.zone;
    const edit = { scope: 'following', original: wallTimeOf(lesson.startsAt, zone), wallTime: wallTimeOf(goesTo!.startsAt, zone), reason };
    return this.command(lesson, `/v1/series/${this.seriesIds.get(lesson.series![0]!)}/changes`, edit);
  }

  private bookByWebhook(lesson: Lesson): Promise<Done> {
    const telling = { id: `${lesson.key}_booked`, type: 'session.booked', occurredAt: lesson.booking.at };
    return this.send(lesson, telling, this.bookingOf(lesson));
  }

  /** A sender of webhooks reads what became of its booking. */
  private async lookUp(lesson: Lesson): Promise<string | undefined> {
    const inbound = this.sessionIds.get(`inbound ${lesson.key}`);
    if (!inbound) return undefined;
    const { body } = await this.api<{ state: string; sessionId: string | null }>('desk', 'GET', `/v1/inbound/${inbound}`);
    if (body.sessionId) this.sessionIds.set(lesson.key, body.sessionId);
    return body.sessionId ?? undefined;
  }

  private change(lesson: Lesson, sessionId: string): Promise<Done> {
    const { kind, by, reason, to, person, withLesson } = lesson.change!;
    const other = withLesson === null ? undefined : this.sessionIds.get(withLesson);
    // The other lesson is booked some way of its own, and may be known a moment later.
    if (withLesson !== null && !other) return Promise.resolve('later');
    const personId = person === null ? undefined : this.personIds.get(person);
    const body = {
      kind,
      ...(reason === '' ? {} : { reason }),
      ...(to && { startsAt: new Date(to.startsAt).toISOString(), endsAt: new Date(to.endsAt).toISOString() }),
      ...(kind === 'reassign' && { instructorId: personId }),
      ...((kind === 'add' || kind === 'drop') && { studentId: personId }),
      ...(kind === 'swap' && { withSessionId: other }),
    };
    return this.command(lesson, `/v1/sessions/${sessionId}/changes`, body, by);
  }

  /** Only what is closed can be put right. */
  private async correct(lesson: Lesson, sessionId: string, deliveredMinutes: number): Promise<Done> {
    const path = `/v1/sessions/${sessionId}`;
    const { body } = await this.api<{ closedAt: string | null }>('desk', 'GET', path);
    if (body.closedAt === null) return 'later';
    return this.command(lesson, `${path}/corrections`, { kind: 'minutes', deliveredMinutes, reason: 'the family has shown us its clock' });
  }

  /** Something that somebody of the organisation does; under a key of its own, so that a repeat is harmless. */
  private async command(lesson: Lesson, path: string, body: object, by: Caller = 'desk'): Promise<Done> {
    const answer = await this.api(by, 'POST', path, { key: `${path.split('/').at(-1)}-${lesson.key}`, body });
    return answer.status >= 200 && answer.status < 300 ? 'done' : this.refused(lesson, `${path} (${JSON.stringify(body)})`, answer);
  }

  /** Where somebody's way in is read: by themselves, and by their guardians. */
  private readersOf(person: string): Reader[] {
    const about = this.relations.byKey.get(person)!.givenName;
    return [this.relations.byKey.get(person)!, ...(this.relations.guardians.get(person) ?? [])].flatMap((c): Reader[] => {
      const addresses = [c.email, c.phone].filter((a) => a !== null);
      return addresses.map((address) => ({ address, about: c.key === person ? null : about }));
    });
  }

  /** Opens the link from the newest message, as its reader would, and presses the button; the second time the link of a second room. */
  private async press(lesson: Lesson, { person, again }: { person: string; again: boolean }): Promise<Done> {
    const token = this.sink.linkFor(this.readersOf(person), lesson.title, 'j');
    const key = `${lesson.key} ${person}`;
    // A link that does not come in time keeps its reader out; that it does not is the verdict's to find.
    if (!token || (again && token === this.used.get(key))) return this.isOver(lesson) ? 'done' : 'later';
    const answer = await this.throughPage(`/j/${token}`, '');
    if (answer.status === 303) {
      this.used.set(key, token);
      const room = /\/room\/([\w-]+)/.exec(answer.location ?? '')?.[1];
      if (room && !again) this.roomIds.set(lesson.key, room);
      return 'done';
    }
    // A machine so slow that the lesson is over, or has ended early, is no fault of the link.
    if (answer.status === 410) return 'done';
    return this.isOver(lesson) ? this.refused(lesson, `the button of ${person}`, answer) : 'later';
  }

  private async throughPage(path: string, button: string): Promise<Answered<unknown>> {
    await this.line.say({ method: 'GET', path, headers: {} });
    return this.line.say({ method: 'POST', path: path + button, headers: {} });
  }

  /** An instructor's answer by the link of a message. One that came too late, or is not wanted any more, is answered by the page itself. */
  private async answerLink(lesson: Lesson, { person, page, button }: { person: string; page: 'a' | 'o'; button: string }): Promise<Done> {
    const token = this.sink.linkFor(this.readersOf(person), lesson.title, page);
    if (!token) return this.now() >= lesson.startsAt ? 'done' : 'later';
    const answer = await this.throughPage(`/${page}/${token}`, button);
    return [200, 303, 409, 410].includes(answer.status) ? 'done' : this.refused(lesson, `the link /${page} of ${person}`, answer);
  }

  /** Business time, as the world reads it; set by whoever plays. */
  now: () => number = () => 0;

  private tell(lesson: Lesson, telling: Telling, data: { sessionId: string; name?: string }): Promise<Done> {
    const known = telling.person === null || data.name !== undefined ? {} : { personId: this.personIds.get(telling.person)! };
    // The provider names the room of which it says that it failed: another one that takes its place is not meant.
    const room = telling.type === 'room.failed' ? { roomId: this.roomIds.get(lesson.key) } : {};
    return this.send(lesson, telling, { ...data, ...known, ...room });
  }

  private async send(lesson: Lesson, { id, type, occurredAt }: Pick<Telling, 'id' | 'type' | 'occurredAt'>, data: object): Promise<Done> {
    const { name, secret } = this.doors.source;
    const body = JSON.stringify({ type, timestamp: new Date(occurredAt).toISOString(), data });
    const now = new Date();
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(+now / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
      'content-type': 'application/json',
    };
    const answer = await this.line.say<{ id: string }>({ method: 'POST', path: `/v1/inbound/${name}`, headers, body });
    if (answer.status !== 200 && answer.status !== 202) return this.refused(lesson, `the webhook ${type}`, answer);
    if (type === 'session.booked') this.sessionIds.set(`inbound ${lesson.key}`, answer.body.id);
    return 'done';
  }
}

/** What a session of the week is called by whoever booked it. */
export const externalIdOf = (key: string): string => `week-${key}`;
