import { Webhook } from 'standardwebhooks';
import type { Act, Telling } from './acts';
import type { Cast, Character } from './cast';
import { timesOf, type Caller, type Lesson } from './lesson';
import { Line, type Answered } from './line';
import type { Sink } from './sink';

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

/** What came of an act; `later`: it cannot be done yet. */
type Done = 'done' | 'later';

/** The outside world: it acts through the API, signed webhooks and the join page's button, and knows nothing else of Lectern. */
export class World {
  readonly refusals: Refusal[] = [];
  /** What people, and the sessions that were booked, are called over there. */
  readonly personIds = new Map<string, string>();
  readonly sessionIds = new Map<string, string>();
  readonly line: Line;
  private readonly characters: Map<string, Character>;

  constructor(
    private readonly doors: Doors,
    private readonly cast: Cast,
    private readonly sink: Sink,
  ) {
    this.line = new Line(doors.url);
    this.characters = new Map(cast.characters.map((c) => [c.key, c]));
  }

  api<T>(by: Caller, method: 'GET' | 'POST', path: string, more: { key?: string; body?: object } = {}): Promise<Answered<T>> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.doors.keys[by]}` };
    if (more.body) headers['content-type'] = 'application/json';
    if (more.key) headers['idempotency-key'] = more.key;
    return this.line.say<T>({ method, path, headers, ...(more.body ? { body: JSON.stringify(more.body) } : {}) });
  }

  /** Somebody joins the organisation. Students before their guardians. */
  async enrol({ key, wards, consents, quiet, ...person }: Character): Promise<void> {
    const agreed = (['recording', 'ai'] as const).map((kind) => ({ kind, granted: consents, textVersion: '1', method: 'simulated' }));
    const body = {
      ...person,
      externalId: key,
      ...(person.kind === 'student' || person.kind === 'instructor' ? { consents: agreed } : {}),
      ...(quiet ? { quietFrom: quiet.from, quietTo: quiet.to } : {}),
      ...(wards.length > 0 ? { students: wards.map((w) => ({ studentId: this.personIds.get(w.student)!, household: w.household })) } : {}),
    };
    const answer = await this.api<{ id: string }>('desk', 'POST', '/v1/people', { key: `person-${key}`, body });
    if (answer.status !== 201) throw new Error(`${key} could not be enrolled: ${JSON.stringify(answer.body)}`);
    this.personIds.set(key, answer.body.id);
  }

  async act(lesson: Lesson, act: Act): Promise<Done> {
    if (act.do === 'book') return lesson.booking.webhook ? this.bookByWebhook(lesson) : this.book(lesson);
    const sessionId = this.sessionIds.get(lesson.key) ?? (await this.lookUp(lesson));
    if (!sessionId) return this.isOver(lesson) ? this.refused(lesson, 'the session', { status: 0, body: 'is not there' }) : 'later';
    if (act.do === 'change') return this.change(lesson, sessionId);
    return act.do === 'press' ? this.press(lesson, act.person) : this.tell(lesson, act, { sessionId, ...act.data });
  }

  private isOver(lesson: Lesson): boolean {
    return this.now() >= timesOf(lesson).endsAt;
  }

  private refused(lesson: Lesson, what: string, { status, body }: Answered<unknown>): Done {
    this.refusals.push({ lesson: lesson.key, what, status, words: JSON.stringify(body).slice(0, 300) });
    return 'done';
  }

  private bookingOf(lesson: Lesson): object {
    const { key, title, startsAt, endsAt, isTrial, students, instructor } = lesson;
    return {
      title,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(endsAt).toISOString(),
      studentIds: students.map((s) => this.personIds.get(s)!),
      instructorId: this.personIds.get(instructor)!,
      anchorZone: this.characters.get(instructor)!.zone,
      isTrial,
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

  private async change(lesson: Lesson, sessionId: string): Promise<Done> {
    const { kind, by, reason, to } = lesson.change!;
    const times = to && { startsAt: new Date(to.startsAt).toISOString(), endsAt: new Date(to.endsAt).toISOString() };
    const body = { kind, reason, ...times };
    const answer = await this.api(by, 'POST', `/v1/sessions/${sessionId}/changes`, { key: `change-${lesson.key}`, body });
    return answer.status === 200 || answer.status === 202 ? 'done' : this.refused(lesson, `the change (${kind})`, answer);
  }

  /** Addresses under which somebody's way in is read: their own, and their guardians'. */
  private addressesOf(person: string): string[] {
    const readers = this.cast.characters.filter((c) => c.key === person || c.wards.some((w) => w.student === person));
    return readers.flatMap((c) => [c.email, c.phone]).filter((a) => a !== null);
  }

  /** Opens the link from the newest message, as its reader would, and presses the button. */
  private async press(lesson: Lesson, person: string): Promise<Done> {
    const token = this.sink.linkFor(this.addressesOf(person), lesson.title);
    // A link that does not come in time keeps its reader out; that it does not is the verdict's to find.
    if (!token) return this.isOver(lesson) ? 'done' : 'later';
    const path = `/j/${token}`;
    await this.line.say({ method: 'GET', path, headers: {} });
    const answer = await this.line.say({ method: 'POST', path, headers: {} });
    if (answer.status === 303) return 'done';
    // A machine so slow that the lesson is over, or has ended early, is no fault of the link.
    if (answer.status === 410) return 'done';
    return this.isOver(lesson) ? this.refused(lesson, `the button of ${person}`, answer) : 'later';
  }

  /** Business time, as the world reads it; set by whoever plays. */
  now: () => number = () => 0;

  private tell(lesson: Lesson, telling: Telling, data: { sessionId: string; name?: string }): Promise<Done> {
    const known = telling.person === null || data.name !== undefined ? {} : { personId: this.personIds.get(telling.person)! };
    return this.send(lesson, telling, { ...data, ...known });
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
