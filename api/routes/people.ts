import { z } from 'zod';
import { optIn } from '../../commands/opt-outs';
import { createPerson, updatePerson } from '../../commands/people';
import { optOutsOf } from '../../db/opt-outs';
import {
  consentsOf,
  guardianshipsOf,
  peoplePage,
  visiblePerson,
  type ConsentRow,
  type GuardianshipRow,
  type ListedPerson,
} from '../../db/read/people';
import { strikesOfPeople, termIdAt, type ListedStrike } from '../../db/strikes';
import { blockedOf, teachingOf } from '../../db/teaching';
import type { Tx } from '../../db/database';
import { LecternError, notFound } from '../../domain/errors';
import { personActions, whyNotWritePerson } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Call, type Reply } from '../route';
import { idParams } from '../schemas/common';
import { createPersonBody, optInBody, peopleQuery, personItem, personPage, updatePersonBody, written } from '../schemas/people';

const EVERYBODY = ['admin', 'coordinator', 'instructor', 'integrator'] as const;
const WRITERS = ['admin', 'coordinator', 'integrator'] as const;

async function presenter(tx: Tx, people: readonly ListedPerson[], call: Call): Promise<(p: ListedPerson) => object> {
  const ids = people.map((p) => p.id);
  const guardianships = await guardianshipsOf(tx, ids);
  const consents = await consentsOf(tx, ids);
  const teaching = await teachingOf(tx, ids);
  // Whom a family does not want is not an instructor's to read.
  const blocked = call.scope.all ? await blockedOf(tx, ids) : [];
  const strikes = call.scope.all ? await strikesOfPeople(tx, ids) : [];
  const optOuts = call.scope.all ? await optOutsOf(tx, ids) : [];
  const termId = strikes.length > 0 ? await termIdAt(tx, call.ctx.asOf) : null;
  return (p) => present(p, { guardianships, consents, teaching, blocked, strikes, termId, optOuts }, call);
}

interface Around {
  guardianships: GuardianshipRow[];
  consents: ConsentRow[];
  teaching: Awaited<ReturnType<typeof teachingOf>>;
  blocked: Awaited<ReturnType<typeof blockedOf>>;
  strikes: ListedStrike[];
  optOuts: Awaited<ReturnType<typeof optOutsOf>>;
  /** The term that today is in; null outside any. */
  termId: string | null;
}

function teachingIn({ teaching }: Around, personId: string): object | null {
  const found = teaching.find((t) => t.personId === personId);
  if (!found) return null;
  const { personId: _, ...fields } = found;
  return fields;
}

function strikesIn({ strikes, termId }: Around, personId: string): { strikes: object[]; strikesThisTerm: number } {
  const own = strikes.filter((k) => k.personId === personId);
  return {
    strikes: own.map(({ personId: _, decisionId: __, endedBy: ___, ...k }) => k),
    strikesThisTerm: own.filter((k) => k.state === 'counted' && k.termId === termId).length,
  };
}

function present(p: ListedPerson, around: Around, { ctx }: Call): object {
  const { guardianships, consents, blocked, optOuts } = around;
  const { key: _key, ...person } = p;
  const terms = ({ household, canNotify, canDecide }: GuardianshipRow): object => ({ household, canNotify, canDecide });
  return {
    ...person,
    guardians: guardianships.filter((g) => g.studentId === p.id).map((g) => ({ guardianId: g.guardianId, name: g.guardianName, ...terms(g) })),
    students: guardianships.filter((g) => g.guardianId === p.id).map((g) => ({ studentId: g.studentId, name: g.studentName, ...terms(g) })),
    optedOut: optOuts.filter((o) => o.personId === p.id).map((o) => ({ channel: o.channel, since: o.optedOutAt })),
    ...strikesIn(around, p.id),
    teaching: teachingIn(around, p.id),
    blockedInstructors: blocked
      .filter((b) => b.studentId === p.id)
      .map(({ instructorId, instructorName, reason }) => ({ instructorId, name: instructorName, reason })),
    consents: consents.filter((c) => c.personId === p.id).map(({ personId: _, ...consent }) => consent),
    allowedActions: personActions(p.kind, ctx.principal),
  };
}

function refuseKind(kind: string, call: Call): void {
  const whyNot = whyNotWritePerson(kind, call.ctx.principal);
  if (whyNot) throw new LecternError('forbidden', `You may not write people of kind ${kind}. ${whyNot}`);
}

const list = route({
  method: 'get',
  path: '/v1/people',
  tag: 'people',
  summary: 'Students, guardians, instructors and staff',
  description: 'Instructors see those they have lessons with and the guardians of those, without addresses and numbers.',
  roles: EVERYBODY,
  query: peopleQuery,
  responses: { 200: { description: 'A page of people in the order they were added.', schema: personPage } },
  async handle(call) {
    const { limit, kind = null, externalId = null, active = null, cursor } = call.query;
    const ids = call.query.ids?.split(',') ?? null;
    const after = decodeCursor('people', ['number'], cursor);
    return call.read(async (tx) => {
      const found = await peoplePage(tx, { ids, kind, externalId, active }, call.scope, { limit, after });
      return { status: 200, body: toPage(found, limit, 'people', (p) => [String(p.key)], await presenter(tx, found, call)) };
    });
  },
});

const read = route({
  method: 'get',
  path: '/v1/people/{id}',
  tag: 'people',
  summary: 'One person',
  roles: EVERYBODY,
  what: 'person',
  params: idParams,
  responses: { 200: { description: 'The person.', schema: personItem } },
  handle: (call) =>
    call.read(async (tx) => {
      const person = await visiblePerson(tx, call.params.id, call.scope);
      if (!person) throw notFound('person', call.params.id);
      return { status: 200, body: (await presenter(tx, [person], call))(person) };
    }),
});

type Given = z.output<typeof createPersonBody> | z.output<typeof updatePersonBody>;

/** Instants as commands take them. */
const withInstants = <T extends Given>({ teaching, ...rest }: T) => ({
  ...rest,
  ...(teaching && {
    teaching: { ...teaching, clearedUntil: typeof teaching.clearedUntil === 'string' ? new Date(teaching.clearedUntil) : teaching.clearedUntil },
  }),
});

const created = (id: string): Reply => ({ status: 201, body: { id, version: 1 }, location: `/v1/people/${id}` });

const create = route({
  method: 'post',
  path: '/v1/people',
  tag: 'people',
  summary: 'Add a person',
  description:
    'Services add students, instructors and guardians. Instructors, coordinators and admins can sign in from then on. 409 `already-exists` gives the id of the person who has the `externalId`.',
  roles: WRITERS,
  body: createPersonBody,
  responses: { 201: { description: 'Added.', schema: written } },
  errors: ['already-exists'],
  async handle(call) {
    refuseKind(call.body.kind, call);
    return created((await createPerson(call.ctx, withInstants(call.body))).id);
  },
  recover(committed) {
    const found = z.strictObject({ id: z.string() }).safeParse(committed);
    return found.success ? created(found.data.id) : null;
  },
});

const update = route({
  method: 'patch',
  path: '/v1/people/{id}',
  tag: 'people',
  summary: 'Change a person',
  description: 'Only the fields that are given are changed. 409 `stale` when somebody else changed the person since you looked.',
  roles: WRITERS,
  what: 'person',
  params: idParams,
  body: updatePersonBody,
  responses: { 200: { description: 'Changed.', schema: written } },
  errors: ['stale', 'already-exists'],
  async handle(call) {
    const person = await call.read((tx) => visiblePerson(tx, call.params.id, call.scope));
    if (!person) throw notFound('person', call.params.id);
    refuseKind(person.kind, call);
    return { status: 200, body: await updatePerson(call.ctx, person.id, withInstants(call.body)) };
  },
});

const again = route({
  method: 'post',
  path: '/v1/people/{id}/opt-in',
  tag: 'people',
  summary: 'Somebody wants text messages again',
  description:
    'Takes back that their number has opted out (`optedOut`), so that what is due from now on is tried by text. The provider has to know of it too: for Twilio they text START from that phone. Harmless for whoever has not opted out.',
  roles: ['admin', 'coordinator'],
  what: 'person',
  params: idParams,
  body: optInBody,
  responses: { 200: { description: 'The person.', schema: personItem } },
  async handle(call) {
    await optIn(call.ctx, call.params.id);
    return call.read(async (tx) => {
      const person = (await visiblePerson(tx, call.params.id, call.scope))!;
      return { status: 200, body: (await presenter(tx, [person], call))(person) };
    });
  },
});

export const peopleRoutes = [list, read, create, update, again];
