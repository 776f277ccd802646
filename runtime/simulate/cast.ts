import { randomOf, type Random } from './random';

/** Somebody of the invented organisation, by a key that the script knows them by. */
export interface Character {
  key: string;
  kind: 'student' | 'instructor' | 'guardian' | 'coordinator';
  name: string;
  givenName: string;
  zone: string;
  locale: string;
  email: string | null;
  phone: string | null;
  quiet: { from: string; to: string } | null;
  consents: boolean;
  /** Of an instructor who may stand in for others: what for. */
  teaches: string | null;
  /** Of a guardian: whose. */
  wards: { student: string; household: string }[];
}

/** What an instructor teaches: students of families that agreed to recordings, and one who did not. */
export interface Class {
  instructor: string;
  students: string[];
  unrecorded: string;
}

export interface Cast {
  characters: Character[];
  classes: Class[];
}

export const ZONES = ['Europe/Berlin', 'Europe/London', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Australia/Sydney'] as const;
const GIVEN = 'Ava Ben Cleo Dan Ella Finn Gwen Hugo Ida Jon Kim Leo Mia Noa Otto Pia Quin Ruth Sam Tess'.split(' ');
/** Families of a class; the last one agrees to no recording. */
const FAMILIES = 5;
/** Lessons of one instructor in a day. */
const LESSONS_A_DAY = 1.5;

const plain = { locale: 'en', phone: null, quiet: null, consents: true, teaches: null, wards: [] };

function instructor(n: number, zone: string, random: Random): Character {
  const givenName = random.pick(GIVEN);
  return { ...plain, key: `i${n}`, kind: 'instructor', name: `${givenName} Instructor${n}`, givenName, zone, email: `i${n}@example.invalid` };
}

interface FamilyOf {
  /** Of the class, and within it. */
  n: number;
  f: number;
  zone: string;
  /** Agrees to recordings. */
  consents: boolean;
  /** Nights pass in a week that is long enough for them. */
  hasNights: boolean;
  random: Random;
}

function family({ n, f, zone, consents, hasNights, random }: FamilyOf): { students: Character[]; guardians: Character[] } {
  const surname = `Example${n}.${f}`;
  // Siblings have names of their own: their guardians know by them whose a link is.
  const names = random.shuffled(GIVEN).slice(0, consents && random.chance(0.4) ? 2 : 1);
  const students = names.map((givenName, i): Character => {
    const key = `s${n}.${f}.${i}`;
    return {
      ...plain,
      key,
      kind: 'student',
      name: `${givenName} ${surname}`,
      givenName,
      zone,
      consents,
      email: random.chance(0.3) ? `${key}@example.invalid` : null,
    };
  });
  const homes = random.chance(0.2) ? [zone, random.pick(ZONES)] : [zone];
  const guardians = homes.map((home, h): Character => {
    const key = `g${n}.${f}.${h}`;
    const givenName = ['Gerda', 'Gustav'][h]!;
    // One family in ten has no address but a number.
    const byPhone = random.chance(0.1);
    return {
      ...plain,
      key,
      kind: 'guardian',
      name: `${givenName} ${surname}`,
      givenName,
      zone: home,
      locale: random.chance(0.2) ? 'de' : 'en',
      email: byPhone ? null : `${key}@example.invalid`,
      phone: `+1555${String(n).padStart(4, '0')}${f}${h}0`,
      quiet: hasNights ? { from: '21:30', to: '07:30' } : null,
      wards: students.map((s) => ({ student: s.key, household: `h${n}.${f}.${h}` })),
    };
  });
  return { students, guardians };
}

export interface ClassOf {
  seed: string;
  /** Days of the week that is played. */
  days: number;
  /** Counts the classes of a cast. */
  n: number;
  families: number;
  /** How many of the families, the last ones, agree to no recording. */
  unrecorded: number;
}

/** An instructor with the families that they teach. */
export function writeClass({ seed, days, n, families, unrecorded }: ClassOf): {
  characters: Character[];
  instructor: string;
  families: Character[][];
} {
  const random = randomOf(seed, 'class', n);
  const teacher = instructor(n, ZONES[n % ZONES.length]!, random);
  const more = { n, hasNights: days > 2, random };
  const all = Array.from({ length: families }, (_, f) =>
    family({ ...more, f, zone: ZONES[(n + f) % ZONES.length]!, consents: f < families - unrecorded }),
  );
  return {
    characters: [teacher, ...all.flatMap((f) => [...f.students, ...f.guardians])],
    instructor: teacher.key,
    families: all.map((f) => f.students),
  };
}

/** The people of a week: a function of seed and size. Every name, address and number is invented (RFC 2606, 555). */
export function writeCast(seed: string, sessions: number, days: number): Cast {
  const lessonsEach = Math.max(1, Math.floor(days * LESSONS_A_DAY));
  const characters: Character[] = ['Cora', 'Carl'].map((givenName, i) => ({
    ...plain,
    key: `c${i}`,
    kind: 'coordinator',
    name: `${givenName} Coordinator`,
    givenName,
    zone: ZONES[i]!,
    email: `c${i}@example.invalid`,
  }));
  const classes = Array.from({ length: Math.ceil(sessions / lessonsEach) }, (_, n): Class => {
    const written = writeClass({ seed, days, n, families: FAMILIES, unrecorded: 1 });
    characters.push(...written.characters);
    const keys = written.families.map((students) => students.map((s) => s.key));
    return { instructor: written.instructor, students: keys.slice(0, -1).flat(), unrecorded: keys.at(-1)![0]! };
  });
  return { characters, classes };
}

export interface Relations {
  byKey: ReadonlyMap<string, Character>;
  /** By student. */
  guardians: ReadonlyMap<string, readonly Character[]>;
}

const known = new WeakMap<Cast, Relations>();

/** Who is who in a cast that is complete; read once, since a week has thousands of people and asks of each. */
export function relationsIn(cast: Cast): Relations {
  const found = known.get(cast);
  if (found) return found;
  const guardians = new Map<string, Character[]>();
  for (const c of cast.characters) for (const { student } of c.wards) guardians.set(student, [...(guardians.get(student) ?? []), c]);
  const relations = { byKey: new Map(cast.characters.map((c) => [c.key, c])), guardians };
  known.set(cast, relations);
  return relations;
}

/** Somebody who is cleared to teach one subject and has no lesson of their own. */
export function substitute(key: string, subject: string, random: Random): Character {
  const [givenName, zone] = [random.pick(GIVEN), random.pick(ZONES)];
  return {
    ...plain,
    key,
    kind: 'instructor',
    name: `${givenName} Substitute${key}`,
    givenName,
    zone,
    email: `${key}@example.invalid`,
    teaches: subject,
  };
}
