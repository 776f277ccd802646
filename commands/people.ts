import { insertPrincipal } from '../db/access-tokens';
import { addAudit } from '../db/audit';
import { pgCode, type Tx } from '../db/database';
import { studentsToldAbout } from '../db/people';
import { insertPerson, lockPerson, personIdOf, principalOfPerson, updatePersonRow, type PersonFields } from '../db/write-people';
import { LecternError, notFound } from '../domain/errors';
import { isId, newId } from '../domain/ids';
import { CHANNELS, PERSON_KINDS, type PersonKind, type Role } from '../domain/vocabulary';
import { clockFault, emailFault, localeFault, nameFault, phoneFault, zoneFault, type FieldFault } from './contact';
import { writeRelations, type Relations } from './relations';
import { teachingFaults, writeTeachingOf, type TeachingRelations } from './teaching';
import { replanGuardian } from './replan-guardian';
import { retimePerson } from './retime';
import { settleZone } from './zone-check';
import type { Context } from './context';

/** Fields that are absent keep their default (create) or what they were (update); null empties one. */
export interface PersonInput extends Relations, TeachingRelations {
  name: string;
  givenName: string;
  zone: string;
  email?: string | null | undefined;
  phone?: string | null | undefined;
  locale?: string | undefined;
  channels?: string[] | undefined;
  quietFrom?: string | null | undefined;
  quietTo?: string | null | undefined;
  goals?: string | null | undefined;
  externalId?: string | null | undefined;
}
export type CreatePersonInput = PersonInput & { kind: PersonKind };
export type UpdatePersonInput = Partial<PersonInput> & { version: number; active?: boolean | undefined };

type Check = (value: never) => string | null;
/** What each field of a person has to be; also of an imported one. */
export const PERSON_CHECKS: Partial<Record<keyof PersonInput, Check>> = {
  name: (v: string) => nameFault(v, 200),
  givenName: (v: string) => nameFault(v, 100),
  zone: zoneFault,
  email: emailFault,
  phone: phoneFault,
  locale: localeFault,
  quietFrom: clockFault,
  quietTo: clockFault,
  externalId: (v: string) => nameFault(v, 200),
  goals: (v: string) => (v.includes('\u0000') || v.length > 2000 ? 'must be a text of at most 2,000 characters' : null),
  channels: (v: string[]) =>
    v.length > 0 && new Set(v).size === v.length && v.every((c) => (CHANNELS as readonly string[]).includes(c))
      ? null
      : `must name ${CHANNELS.join(', ')}, each once`,
};

function check(input: Partial<PersonInput>, kind: PersonKind): void {
  const faults: FieldFault[] = [];
  for (const [path, checkOne] of Object.entries(PERSON_CHECKS)) {
    const value = input[path as keyof PersonInput];
    const fault = value === undefined || value === null ? null : checkOne(value as never);
    if (fault) faults.push({ path, message: fault });
  }
  if (input.students !== undefined && kind !== 'guardian') faults.push({ path: 'students', message: 'goes with a guardian' });
  input.students?.forEach((w, n) => {
    if (!isId(w.studentId)) faults.push({ path: `students.${n}.studentId`, message: 'must be an id' });
    const fault = nameFault(w.household, 100);
    if (fault) faults.push({ path: `students.${n}.household`, message: fault });
  });
  const ids = input.students?.map((w) => w.studentId.toLowerCase()) ?? [];
  if (new Set(ids).size !== ids.length) faults.push({ path: 'students', message: 'names a student twice' });
  input.consents?.forEach((c, n) => {
    const fault = nameFault(c.textVersion, 100) ?? nameFault(c.method, 100);
    if (fault) faults.push({ path: `consents.${n}`, message: fault });
  });
  faults.push(...teachingFaults(input, kind));
  if (faults.length > 0) throw new LecternError('invalid-request', `${faults[0]!.path}: ${faults[0]!.message}`, faults);
}

export const ROLE_OF_KIND: Partial<Record<PersonKind, Role>> = { instructor: 'instructor', coordinator: 'coordinator', admin: 'admin' };

/** The principal that a member of staff signs in as, with the role of their kind. Safe to repeat; null for families. */
export async function ensurePrincipal(
  tx: Tx,
  organisationId: string,
  person: { id: string; kind: PersonKind; name: string },
): Promise<string | null> {
  const role = ROLE_OF_KIND[person.kind];
  if (!role) return null;
  const known = await principalOfPerson(tx, person.id);
  if (known) return known.id;
  const id = newId();
  await insertPrincipal(tx, { id, organisationId, kind: 'person', name: person.name, personId: person.id, roles: [role] });
  return id;
}

/** A failed write in words, when it failed because the externalId belongs to somebody else. */
async function taken(ctx: Context, error: unknown, externalId: string | null | undefined): Promise<unknown> {
  if (pgCode(error) !== '23505' || !externalId) return error;
  const id = await ctx.db.inOrganisation(ctx.organisationId, (tx) => personIdOf(tx, externalId));
  // Who had it may have let it go since; then the caller may simply repeat.
  return new LecternError('already-exists', `A person with externalId "${externalId}" exists already.`, { externalId, id: id ?? null });
}

/**
 * Adds a person; staff can sign in from then on. Errors: `invalid-request` (details name the fields), `already-exists` (details
 * give the id), `not-found` for a student of a guardian who does not exist.
 */
export async function createPerson(ctx: Context, input: CreatePersonInput): Promise<{ id: string }> {
  if (!PERSON_KINDS.includes(input.kind)) throw new LecternError('invalid-request', `kind must be one of ${PERSON_KINDS.join(', ')}.`);
  check(input, input.kind);
  const id = newId();
  try {
    await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      await insertPerson(tx, {
        id,
        kind: input.kind,
        name: input.name,
        givenName: input.givenName,
        zone: input.zone,
        email: input.email ?? null,
        phone: input.phone ?? null,
        locale: input.locale ?? 'en',
        channels: input.channels ?? ['email'],
        quietFrom: input.quietFrom ?? null,
        quietTo: input.quietTo ?? null,
        goals: input.goals ?? null,
        externalId: input.externalId ?? null,
        active: true,
      });
      await writeRelations(ctx, tx, id, input);
      await writeTeachingOf(tx, id, input);
      if (input.students) await replanGuardian(tx, id, { toldBefore: [], asOf: ctx.asOf });
      await ensurePrincipal(tx, ctx.organisationId, { id, kind: input.kind, name: input.name });
      await addAudit(tx, ctx, 'person.create', 'person', id, { kind: input.kind });
      return { id };
    });
  } catch (error) {
    throw await taken(ctx, error, input.externalId);
  }
  return { id };
}

/** Fields on which it depends when and by what channel a message leaves. */
const HOW_REACHED = ['zone', 'quietFrom', 'quietTo', 'channels'] as const;

/** Changes a person if they are still as the caller saw them. Errors: `stale` with the difference, `already-exists`, `not-found`, `invalid-request`. */
export async function updatePerson(ctx: Context, id: string, input: UpdatePersonInput): Promise<{ id: string; version: number }> {
  const { version: seen, students: _students, consents: _consents, teaching: _teaching, blockedInstructors: _blocked, ...fields } = input;
  try {
    return await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const person = await lockPerson(tx, id);
      if (!person) throw notFound('person', id);
      check(input, person.kind);
      if (person.version !== seen) {
        throw new LecternError('stale', `Person ${id} has changed since you looked.`, {
          difference: { version: { shown: seen, now: person.version } },
        });
      }
      const toldBefore = await studentsToldAbout(tx, id);
      const version = await updatePersonRow(tx, id, fields as Partial<PersonFields>);
      await writeRelations(ctx, tx, id, input);
      await writeTeachingOf(tx, id, input);
      if (fields.zone !== undefined) await settleZone(tx, id, ctx.asOf);
      if (HOW_REACHED.some((f) => fields[f] !== undefined)) await retimePerson(tx, id, ctx.asOf);
      await replanGuardian(tx, id, { toldBefore, asOf: ctx.asOf });
      await addAudit(tx, ctx, 'person.update', 'person', id, {
        fields: Object.keys(fields).filter((f) => fields[f as keyof typeof fields] !== undefined),
      });
      return { id, version };
    });
  } catch (error) {
    throw await taken(ctx, error, input.externalId);
  }
}
