import type { Ground } from '../ground';

interface Constraint {
  name: string;
  def: string;
}

const DAY = 86_400;

/**
 * Lays down participants of past sessions, two a session, fifty lessons a person, as the owner and in bulk: foreign keys and the
 * exclusion are taken off, and proven again when all is there. The plain tables get the same rows.
 */
export async function layDownExisting(ground: Ground, participants: number, progress: (line: string) => void): Promise<void> {
  const { owner, organisationId } = ground;
  const sessions = Math.ceil(participants / 2);
  const people = Math.max(20, Math.ceil(participants / 50));
  const { rows: constraints } = await owner.query<Constraint>(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE conrelid = 'participants'::regclass AND contype IN ('f', 'x')`,
  );
  for (const { name } of constraints) await owner.query(`ALTER TABLE participants DROP CONSTRAINT ${name}`);
  await owner.query('ALTER TABLE participants DISABLE TRIGGER USER');
  await owner.query(
    `INSERT INTO people (id, organisation_id, kind, name, given_name, email, zone)
     SELECT gen_random_uuid(), $1, CASE WHEN n % 2 = 0 THEN 'student' ELSE 'instructor' END, 'Existing ' || n, 'E' || n, 'existing' || n || '@example.invalid', 'Europe/Berlin'
     FROM generate_series(1, $2::int) n`,
    [organisationId, people],
  );
  await owner.query(
    `CREATE TEMP TABLE existing AS SELECT row_number() OVER (ORDER BY key) - 1 AS n, key, id FROM people WHERE organisation_id = $1 AND name LIKE 'Existing %'`,
    [organisationId],
  );
  // Each person's lessons are a day apart: pair number n takes people 2n and 2n+1 of the circle, round after round.
  await owner.query(
    `CREATE TEMP TABLE lesson AS SELECT gen_random_uuid() AS id, n % ($1::int / 2) AS pair, timestamptz '2020-01-01 10:00Z' + make_interval(secs => (n / ($1::int / 2)) * ${DAY}::float8) AS starts_at
     FROM generate_series(0, $2::int - 1) n`,
    [people, sessions],
  );
  const columns = `(id, organisation_id, status, title, starts_at, ends_at, agreed_wall_time, anchor_zone, booked_set_id, room_at, doors_at, coverage_at, booked_at, closed_at)`;
  const select = `SELECT l.id, $1::uuid, 'settled', 'Existing', l.starts_at, l.starts_at + interval '1 hour', '2020-01-01T11:00', 'Europe/Berlin',
    (SELECT id FROM rule_sets WHERE organisation_id = $1::uuid ORDER BY number DESC LIMIT 1), l.starts_at, l.starts_at, l.starts_at, l.starts_at, l.starts_at FROM lesson l`;
  await owner.query(`INSERT INTO sessions ${columns} ${select}`, [organisationId]);
  await owner.query(
    `INSERT INTO participants (organisation_id, session_id, person_id, person_key, role, starts_at, ends_at, buffer_minutes, holds_slot, busy, verdict)
     SELECT $1::uuid, l.id, e.id, e.key, CASE WHEN e.n % 2 = 0 THEN 'student' ELSE 'instructor' END, l.starts_at, l.starts_at + interval '1 hour', 0, true,
       tstzrange(l.starts_at, l.starts_at + interval '1 hour', '[)'), 'arrived'
     FROM lesson l JOIN existing e ON e.n / 2 = l.pair`,
    [organisationId],
  );
  await owner.query('ALTER TABLE participants ENABLE TRIGGER USER');
  progress(`${participants} participants of ${sessions} sessions are there; their constraints are proven`);
  for (const { name, def } of constraints) await owner.query(`ALTER TABLE participants ADD CONSTRAINT ${name} ${def}`);
  for (const table of ['sessions', 'participants'] as const) {
    const { rows } = await owner.query<{ names: string }>(
      `SELECT string_agg(quote_ident(attname), ', ') AS names FROM pg_attribute
       WHERE attrelid = ('public.' || $1)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
      [table],
    );
    const { names } = rows[0]!;
    const missing = table === 'sessions' ? ', holds_slot' : '';
    await owner.query(
      `INSERT INTO plain.${table} (${names}${missing}) SELECT ${names}${missing ? ', true' : ''} FROM public.${table} WHERE organisation_id = $1
       ON CONFLICT DO NOTHING`,
      [organisationId],
    );
  }
  for (const table of ['people', 'sessions', 'participants', 'plain.sessions', 'plain.participants']) await owner.query(`VACUUM (ANALYZE) ${table}`);
}
