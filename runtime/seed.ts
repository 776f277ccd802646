import { createApiKey } from '../commands/sign-in';
import { createPerson, type CreatePersonInput } from '../commands/people';
import { publishRules } from '../commands/publish-rules';
import { SYSTEM, type Context } from '../commands/context';
import { accessOf } from '../db/access-tokens';
import { insertOrganisation, organisationIds } from '../db/organisations';
import { personByExternalId } from '../db/people';
import { newestSet } from '../db/rule-sets';
import type { Database } from '../db/database';
import { newId } from '../domain/ids';
import { defaultRulesFolder, readRuleFiles } from './rule-files';

export interface FirstStart {
  organisationId: string;
  /** Given once, on the very first start. */
  adminKey: string | null;
  adminPrincipalId: string | null;
}

const systemContext = (db: Database, organisationId: string, secret: string, asOf: Date): Context => ({
  db,
  organisationId,
  principal: SYSTEM,
  asOf,
  requestId: null,
  secret,
});

/** The organisation of this installation; made on the first start, with its rules published from the files and an admin key. */
export async function ensureOrganisation(db: Database, secret: string, asOf: Date): Promise<FirstStart> {
  const [existing] = await organisationIds(db.crossing);
  const organisationId = existing ?? newId();
  const ctx = systemContext(db, organisationId, secret, asOf);
  if (!existing) {
    await db.inOrganisation(organisationId, (tx) =>
      insertOrganisation(tx, { id: organisationId, name: 'Example Tutoring', slug: 'example', homeZone: 'Europe/Berlin' }),
    );
  }
  const isPublished = await db.inOrganisation(organisationId, newestSet);
  if (!isPublished) await publishRules(ctx, { ...readRuleFiles(defaultRulesFolder()), message: 'The rules as shipped' });
  // Each part is made when it is missing, so that a first start that was killed is completed by the next.
  const { isThereAnAdmin, isThereAKey } = await db.inOrganisation(organisationId, accessOf);
  if (isThereAKey) return { organisationId, adminKey: null, adminPrincipalId: null };
  if (!isThereAnAdmin)
    await createPerson(ctx, { kind: 'admin', name: 'Ada Admin', givenName: 'Ada', email: 'ada.admin@example.invalid', zone: 'Europe/Berlin' });
  const { key, principalId } = await db.inOrganisation(organisationId, (tx) =>
    createApiKey(tx, { organisationId, name: 'First key', roles: ['admin', 'coordinator'], now: new Date() }),
  );
  return { organisationId, adminKey: key, adminPrincipalId: principalId };
}

const ZONES = ['Europe/Berlin', 'Europe/London', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Australia/Sydney'];
const FIRST = [
  'Ava',
  'Ben',
  'Cleo',
  'Dan',
  'Ella',
  'Finn',
  'Gwen',
  'Hugo',
  'Ida',
  'Jon',
  'Kim',
  'Leo',
  'Mia',
  'Noa',
  'Otto',
  'Pia',
  'Quin',
  'Ruth',
  'Sam',
  'Tess',
];
const both = (granted = true): CreatePersonInput['consents'] =>
  (['recording', 'ai'] as const).map((kind) => ({ kind, granted, textVersion: 'seed-1', method: 'seed' }));

interface Seeded {
  students: string[];
  instructors: string[];
  guardians: string[];
  coordinators: string[];
}

/**
 * An invented organisation: 60 students, 15 instructors, six zones on four continents, siblings, guardians in two households.
 * Repeatable: who is there already (by external id) is left alone. `progress` is told of each step.
 */
export async function seedPeople(
  db: Database,
  organisationId: string,
  secret: string,
  asOf: Date,
  progress: (line: string) => void,
): Promise<Seeded> {
  const ctx = systemContext(db, organisationId, secret, asOf);
  const seeded: Seeded = { students: [], instructors: [], guardians: [], coordinators: [] };
  const add = async (list: keyof Seeded, input: CreatePersonInput): Promise<string> => {
    const known = await db.inOrganisation(organisationId, (tx) => personByExternalId(tx, input.externalId!));
    const { id } = known ?? (await createPerson(ctx, input));
    seeded[list].push(id);
    return id;
  };
  for (const [i, name] of ['Cora', 'Carl'].entries()) {
    await add('coordinators', {
      kind: 'coordinator',
      name: `${name} Coordinator`,
      givenName: name,
      zone: ZONES[i]!,
      email: `${name.toLowerCase()}.coordinator@example.invalid`,
      externalId: `seed-coordinator-${i}`,
    });
  }
  for (let i = 0; i < 15; i++) {
    await add('instructors', {
      kind: 'instructor',
      name: `${FIRST[i]} Instructor`,
      givenName: FIRST[i]!,
      zone: ZONES[i % 6]!,
      email: `instructor${i}@example.invalid`,
      phone: `+1555010${String(i).padStart(4, '0')}`,
      consents: both(),
      externalId: `seed-instructor-${i}`,
    });
  }
  progress('15 instructors and 2 coordinators');
  for (let i = 0; i < 60; i++) {
    const family = Math.floor(i / 2);
    await add('students', {
      // Every second family has siblings: two students with one surname and the same guardians.
      kind: 'student',
      name: `${FIRST[i % 20]} Example${family}`,
      givenName: FIRST[i % 20]!,
      zone: ZONES[family % 6]!,
      email: i % 3 === 0 ? `student${i}@example.invalid` : null,
      goals: ['fractions', 'essay writing', 'conversation', 'algebra'][i % 4]!,
      consents: both(i % 10 !== 9),
      quietFrom: '21:00',
      quietTo: '07:00',
      externalId: `seed-student-${i}`,
    });
  }
  progress('60 students');
  for (let family = 0; family < 30; family++) {
    const wards = [seeded.students[family * 2]!, seeded.students[family * 2 + 1]!];
    const households = family % 5 === 0 ? 2 : 1;
    for (let h = 0; h < households; h++) {
      await add('guardians', {
        kind: 'guardian',
        name: `Guardian${h} Example${family}`,
        givenName: `Guardian${h}`,
        zone: ZONES[(family + h) % 6]!,
        locale: family % 6 === 0 ? 'de' : 'en',
        email: `guardian${family}.${h}@example.invalid`,
        phone: `+1555020${String(family * 2 + h).padStart(4, '0')}`,
        channels: ['email', 'sms'],
        quietFrom: '21:30',
        quietTo: '07:30',
        students: wards.map((studentId) => ({ studentId, household: `household-${family}-${h}`, canNotify: true, canDecide: h === 0 })),
        externalId: `seed-guardian-${family}-${h}`,
      });
    }
  }
  progress(`${seeded.guardians.length} guardians, some in two households`);
  return seeded;
}
