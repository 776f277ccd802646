import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { closeStreams, createApp, type ApiDeps, type TimelineListener } from '../../api/app';
import { SYSTEM, type Context } from '../../commands/context';
import { createPerson, type CreatePersonInput } from '../../commands/people';
import { publishRules } from '../../commands/publish-rules';
import { createApiKey, createSignInLink } from '../../commands/sign-in';
import { insertOrganisation } from '../../db/organisations';
import { row, rows } from '../../db/database';
import { newId } from '../../domain/ids';
import type { Role } from '../../domain/vocabulary';
import { readRuleFiles, defaultRulesFolder } from '../../runtime/rule-files';
import { gaugesOf } from '../../runtime/metrics/figures';
import { createSource } from '../../commands/sources';
import { Lectern } from '../support/lectern';

export interface Got<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  text: string;
  body: T;
}

/** A student as an integrator writes one. */
export const STUDENT = { kind: 'student', name: 'Stu Invented', givenName: 'Stu', zone: 'Europe/Berlin' };

/**
 * The API in this process, on the database of the Lectern under test, with every reply checked against the documented schema.
 * Organisations of its own, with the clock standing still, so that nobody else's lessons are in the way.
 */
export class Api {
  constructor(private readonly consoleDir: string | null = null) {}
  readonly lectern = new Lectern();
  readonly now = this.lectern.now();
  readonly listeners = new Set<TimelineListener>();
  ready: Record<string, boolean> = { database: true };
  url = '';
  private server: Server | undefined;
  private readonly deps: ApiDeps = {
    db: this.lectern.db,
    clock: () => this.now,
    businessAt: (realMs) => new Date(realMs),
    wayIn: () => Promise.resolve(null),
    livekit: null,
    secret: this.lectern.at.secret,
    publicUrl: () => this.url,
    webhookAddresses: { allow: 'public', ports: [443] },
    metrics: async (figures) => ({ contentType: 'text/plain', text: await gaugesOf([figures]).metrics() }),
    logger: pino({ level: 'silent' }),
    consoleDir: null,
    ready: () => Promise.resolve(this.ready),
    timeline: {
      subscribe: (_organisationId, listener) => {
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
      },
    },
    checkReplies: true,
  };

  async start(): Promise<void> {
    this.server = createServer(createApp(Object.assign(this.deps, { consoleDir: this.consoleDir })));
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    closeStreams(this.deps);
    await new Promise((resolve) => this.server!.close(resolve));
    await this.lectern.close();
  }

  async get<T = Record<string, unknown>>(path: string, key: string, headers: Record<string, string> = {}): Promise<Got<T>> {
    return this.send<T>('GET', path, undefined, key, headers);
  }

  post<T = Record<string, unknown>>(path: string, body: unknown, key: string, headers: Record<string, string> = {}): Promise<Got<T>> {
    return this.send<T>('POST', path, body, key, headers);
  }

  async send<T>(method: string, path: string, body: unknown, key: string, headers: Record<string, string> = {}): Promise<Got<T>> {
    const answer = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return { status: answer.status, headers: answer.headers, text, body: (isJson && text !== '' ? JSON.parse(text) : {}) as T };
  }

  /** A new organisation with the shipped rules. */
  async organisation(): Promise<Organisation> {
    const id = newId();
    await this.lectern.db.inOrganisation(id, (tx) =>
      insertOrganisation(tx, { id, name: 'Invented', slug: `invented-${id}`, homeZone: 'Europe/Berlin' }),
    );
    const organisation = new Organisation(this, id);
    await publishRules(organisation.system, { ...readRuleFiles(defaultRulesFolder()), message: 'as shipped' });
    return organisation;
  }
}

export class Organisation {
  readonly system: Context;
  constructor(
    private readonly api: Api,
    readonly id: string,
  ) {
    this.system = { db: api.lectern.db, organisationId: id, principal: SYSTEM, asOf: api.now, requestId: null, secret: api.lectern.at.secret };
  }

  key(...roles: Role[]): Promise<string> {
    return this.api.lectern.db.inOrganisation(
      this.id,
      async (tx) => (await createApiKey(tx, { organisationId: this.id, name: roles.join(' '), roles, now: new Date() })).key,
    );
  }

  async source(name: string): Promise<string> {
    return (await createSource(this.system, name)).secret;
  }

  async person(kind: CreatePersonInput['kind'], more: Partial<CreatePersonInput> = {}): Promise<string> {
    const given = { student: 'Stu', instructor: 'Ines', guardian: 'Gil', coordinator: 'Cora', admin: 'Ada' }[kind];
    const email = `${given}.${newId().slice(0, 8)}@example.invalid`;
    return (await createPerson(this.system, { kind, name: `${given} Invented`, givenName: given, zone: 'Europe/Berlin', email, ...more })).id;
  }

  /** The login cookie of the principal behind a person, by way of a sign-in link. */
  async login(personId: string): Promise<string> {
    const link = await this.link(personId);
    const used = await this.api.send('POST', link, undefined, '', { 'sec-fetch-site': 'same-origin' });
    return used.headers.get('set-cookie')!.split(';')[0]!;
  }

  link(personId: string): Promise<string> {
    return this.api.lectern.db.inOrganisation(this.id, async (tx) => {
      const principal = await row<{ id: string }>(tx, 'SELECT id FROM principals WHERE person_id = ?', [personId]);
      return (await createSignInLink(tx, { organisationId: this.id, principalId: principal!.id, now: new Date() })).path;
    });
  }

  /** Rows of every table, as this organisation sees them. */
  async counts(): Promise<Record<string, number>> {
    return this.api.lectern.db.inOrganisation(this.id, async (tx) => {
      const tables = await rows<{ name: string }>(
        tx,
        `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'organisation_id' ORDER BY 1`,
      );
      const sql = tables.map(({ name }) => `SELECT '${name}' AS name, count(*)::int AS n FROM "${name}"`).join(' UNION ALL ');
      return Object.fromEntries((await rows<{ name: string; n: number }>(tx, sql)).map((t) => [t.name, t.n]));
    });
  }

  /** Waits until the worker has sent what is owed at once; from then on only the test writes. */
  quiet(): Promise<unknown> {
    return this.api.lectern.until('what is owed at once to be sent', async () => {
      const soon = new Date(+this.api.lectern.now() + 3_600_000);
      const open = await this.api.lectern.db.inOrganisation(this.id, (tx) =>
        rows(
          tx,
          `SELECT 1 FROM obligations WHERE state IN ('claimed', 'in-doubt') OR state = 'planned' AND due_at < ?
           UNION ALL SELECT 1 FROM outbox WHERE delivered_at IS NULL`,
          [soon],
        ),
      );
      return open.length === 0;
    });
  }

  /** Books a lesson that begins in `hours`. */
  async book(key: string, instructorId: string, studentId: string, hours: number): Promise<string> {
    const startsAt = new Date(+this.api.now + hours * 3_600_000);
    const got = await this.api.post<{ id: string }>('/v1/sessions', this.booking(instructorId, studentId, startsAt), key);
    if (got.status !== 201 && got.status !== 202) throw new Error(got.text);
    return got.body.id;
  }

  booking(instructorId: string, studentId: string, startsAt: Date): Record<string, unknown> {
    return {
      title: 'Invented lesson',
      startsAt: startsAt.toISOString(),
      endsAt: new Date(+startsAt + 3_600_000).toISOString(),
      studentIds: [studentId],
      instructorId,
    };
  }
}
