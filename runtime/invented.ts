import type { CreatePersonInput } from '../commands/people';

/** The invented organisation that `lectern seed` lays down; nobody in it exists, and no message to it leaves the machine (RFC 2606). */
const ZONES = ['Europe/Berlin', 'Europe/London', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Australia/Sydney'];
const GIVEN = 'Ava Ben Cleo Dan Ella Finn Gwen Hugo Ida Jon Kim Leo Mia Noa Otto Pia Quin Ruth Sam Tess'.split(' ');
const GOALS = ['fractions', 'essay writing', 'conversation', 'algebra'];
const SUBJECTS = ['Mathematics', 'English', 'German', 'Science'];
const CHILDREN = [1, 2, 3, 2, 2];
const FAMILIES = 30;

const zoneOf = (n: number): string => ZONES[n % ZONES.length]!;
const givenOf = (n: number): string => GIVEN[n % GIVEN.length]!;
const consents = (granted = true): CreatePersonInput['consents'] =>
  (['recording', 'ai'] as const).map((kind) => ({ kind, granted, textVersion: 'seed-1', method: 'seed' }));

export type Invented = CreatePersonInput & { externalId: string };
export interface InventedStudent extends Invented {
  family: number;
}

export const coordinators = (): Invented[] =>
  ['Cora', 'Carl'].map((given, i) => ({
    kind: 'coordinator',
    name: `${given} Coordinator`,
    givenName: given,
    zone: zoneOf(i),
    email: `${given.toLowerCase()}.coordinator@example.invalid`,
    externalId: `seed-coordinator-${i}`,
  }));

export const instructors = (): Invented[] =>
  Array.from({ length: 15 }, (_, i) => ({
    kind: 'instructor',
    name: `${givenOf(i)} Instructor`,
    givenName: givenOf(i),
    zone: zoneOf(i),
    email: `instructor${i}@example.invalid`,
    phone: `+1555010${String(i).padStart(4, '0')}`,
    consents: consents(),
    teaching: {
      subjects: [SUBJECTS[i % SUBJECTS.length]!, SUBJECTS[(i + 1) % SUBJECTS.length]!],
      languages: i % 3 === 0 ? ['en', 'de'] : ['en'],
      // One in seven has let their clearance run out; none of these dates depends on when the seed is laid down.
      clearedUntil: new Date(i % 7 === 6 ? '2024-01-01T00:00:00Z' : '2100-01-01T00:00:00Z'),
      mostADay: 5,
      mostAWeek: 20,
    },
    externalId: `seed-instructor-${i}`,
  }));

/** Thirty families of one to three children: siblings share a surname and their guardians. One student in ten agreed to neither recording nor model. */
export function students(): InventedStudent[] {
  const families = Array.from({ length: FAMILIES }, (_, family) => Array<number>(CHILDREN[family % CHILDREN.length]!).fill(family)).flat();
  return families.map((family, i) => ({
    kind: 'student',
    name: `${givenOf(i)} Example${family}`,
    givenName: givenOf(i),
    zone: zoneOf(family),
    email: i % 3 === 0 ? `student${i}@example.invalid` : null,
    goals: GOALS[i % GOALS.length]!,
    consents: consents(i % 10 !== 9),
    quietFrom: '21:00',
    quietTo: '07:00',
    externalId: `seed-student-${i}`,
    family,
  }));
}

/** A guardian a household. One family in five has two households, the second in another zone: it is told, and decides nothing. */
export function guardians(studentsOf: (family: number) => string[]): Invented[] {
  return Array.from({ length: FAMILIES }, (_, family) =>
    (family % 5 === 1 ? [0, 1] : [0]).map((h) => guardian(family, h, studentsOf(family))),
  ).flat();
}

const guardian = (family: number, h: number, wards: string[]): Invented => ({
  kind: 'guardian',
  name: `${['Gerda', 'Gustav'][h]} Example${family}`,
  givenName: ['Gerda', 'Gustav'][h]!,
  zone: zoneOf(family + h),
  locale: family % 6 === 0 ? 'de' : 'en',
  email: `guardian${family}.${h}@example.invalid`,
  phone: `+1555020${String(family * 2 + h).padStart(4, '0')}`,
  channels: ['email', 'sms'],
  quietFrom: '21:30',
  quietTo: '07:30',
  students: wards.map((studentId) => ({ studentId, household: `household-${family}-${h}`, canNotify: true, canDecide: h === 0 })),
  externalId: `seed-guardian-${family}-${h}`,
});
