import { insertOrganisation } from '../db/organisations';
import { rows } from '../db/database';
import { publishRules } from '../commands/publish-rules';
import { newId } from '../domain/ids';
import { systemContext } from '../runtime/organisation';
import { defaultRulesFolder, readRuleFiles } from '../runtime/rule-files';
import { seed } from '../runtime/seed';
import { Home } from './support/cli';
import { Lectern } from './support/lectern';

const lectern = new Lectern();
afterAll(() => lectern.close());

const COUNTS = { students: 60, instructors: 15, coordinators: 2, guardians: 36, groupClasses: 1, series: 2 };

test('the invented organisation: 60 students, 15 instructors, six zones on four continents, siblings, two households, a group class, two series; once', async () => {
  const organisationId = newId();
  const ctx = systemContext(lectern.db, organisationId, { secret: lectern.at.secret, asOf: lectern.now() });
  await lectern.db.inOrganisation(organisationId, (tx) =>
    insertOrganisation(tx, { id: organisationId, name: 'Seeded', slug: `seeded-${organisationId}`, homeZone: 'Europe/Berlin' }),
  );
  await publishRules(ctx, { ...readRuleFiles(defaultRulesFolder()), message: 'as shipped' });
  const query = <T>(sql: string): Promise<T[]> => lectern.db.inOrganisation(organisationId, (tx) => rows<T>(tx, sql));
  const one = async (sql: string): Promise<number> => (await query<{ n: number }>(sql))[0]!.n;

  expect(await seed(ctx, () => undefined)).toEqual({ ...COUNTS, existed: 0 });
  expect(await seed(ctx, () => undefined)).toEqual({ ...COUNTS, existed: 116 });

  const kinds = await query<{ kind: string; n: number }>('SELECT kind, count(*)::int AS n FROM people GROUP BY kind');
  expect(Object.fromEntries(kinds.map((k) => [k.kind, k.n]))).toEqual({ student: 60, instructor: 15, coordinator: 2, guardian: 36 });
  const zones = (await query<{ zone: string }>('SELECT DISTINCT zone FROM people')).map((p) => p.zone);
  expect(zones).toHaveLength(6);
  expect(new Set(zones.map((zone) => zone.split('/')[0]))).toEqual(new Set(['Europe', 'America', 'Asia', 'Australia']));
  expect(await one('SELECT count(DISTINCT student_id)::int AS n FROM guardianships')).toBe(60);
  const siblings = await one(`SELECT count(*)::int AS n FROM (SELECT guardian_id FROM guardianships GROUP BY guardian_id HAVING count(*) > 1) g`);
  expect(siblings).toBeGreaterThan(0);
  const apart = await query<{ decide: number }>(
    `SELECT count(*) FILTER (WHERE can_decide)::int AS decide FROM guardianships GROUP BY student_id HAVING count(DISTINCT household) = 2`,
  );
  expect(apart.length).toBeGreaterThan(0);
  expect(apart.every(({ decide }) => decide === 1)).toBe(true);
  expect(await one(`SELECT count(*)::int AS n FROM (SELECT person_id FROM consents WHERE NOT granted GROUP BY person_id) c`)).toBe(6);
  const [group, ...more] = await query<{ status: string; students: number }>(
    `SELECT s.status, (SELECT count(*)::int FROM participants p WHERE p.session_id = s.id AND p.role = 'student') AS students
     FROM sessions s WHERE s.id NOT IN (SELECT session_id FROM occurrences WHERE session_id IS NOT NULL)`,
  );
  expect([group!.students, more]).toEqual([6, []]);
}, 120_000);

test('the command can be repeated', async () => {
  const home = new Home();
  try {
    for (const existed of [0, 116]) {
      const { code, out, err } = await home.lectern(['seed', '--json']);
      expect([code, code === 0 ? JSON.parse(out) : err]).toEqual([0, { ...COUNTS, existed }]);
    }
  } finally {
    await home.close();
  }
}, 180_000);
