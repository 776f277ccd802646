import type { Knex } from 'knex';

const TENANT_TABLES = [
  'people',
  'consents',
  'guardianships',
  'principals',
  'memberships',
  'access_tokens',
  'sources',
  'rule_sets',
  'sessions',
  'participants',
  'session_phases',
  'changes',
  'rooms',
  'credentials',
  'decisions',
  'obligations',
  'attempts',
  'attendance_events',
  'incidents',
  'recordings',
  'transcripts',
  'documents',
  'drafts',
  'held_steps',
  'timeline',
  'idempotency_keys',
  'inbox',
  'outbox',
  'journals',
  'postings',
  'audit',
];
const APPEND_ONLY = ['decisions', 'rule_sets', 'timeline', 'journals', 'postings', 'audit', 'transcripts', 'drafts'];

const REFUSE_CHANGE = `
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;
`;

/** SECURITY DEFINER, as the owner: they resolve a key, token or source to an organisation, and list organisations with work. Nothing else crosses. */
const CROSSING = `
CREATE FUNCTION resolve_token(wanted text) RETURNS TABLE (organisation_id uuid, principal_id uuid, kind text, expires_at timestamptz, used_at timestamptz, revoked_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT t.organisation_id, t.principal_id, t.kind, t.expires_at, t.used_at, t.revoked_at FROM access_tokens t WHERE t.hash = wanted $$;
CREATE FUNCTION resolve_source(wanted text) RETURNS TABLE (organisation_id uuid, name text, secrets text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT s.organisation_id, s.name, s.secrets FROM sources s WHERE s.name = wanted $$;
CREATE FUNCTION resolve_credential(wanted text) RETURNS TABLE (organisation_id uuid, credential_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT c.organisation_id, c.id FROM credentials c WHERE c.token_hash = wanted $$;
CREATE FUNCTION organisations_with_wakes() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT DISTINCT o.organisation_id FROM outbox o WHERE o.delivered_at IS NULL $$;
CREATE FUNCTION organisations_with_inbox() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT DISTINCT i.organisation_id FROM inbox i WHERE i.state = 'received' $$;
CREATE FUNCTION list_organisations() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT o.id FROM organisations o $$;
`;

async function separate(knex: Knex, table: string, column: string, owner: string): Promise<void> {
  const mine = `${column} = (SELECT nullif(current_setting('lectern.organisation_id', true), '')::uuid)`;
  await knex.raw(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  await knex.raw(`CREATE POLICY one_organisation ON ${table} USING (${mine}) WITH CHECK (${mine})`);
  await knex.raw(`CREATE POLICY owner_sees ON ${table} TO ?? USING (true) WITH CHECK (true)`, [owner]);
}

/** Row-level security on every table of an organisation, tables that only grow, what crosses, and what the application's role may do. */
export async function secure(knex: Knex): Promise<void> {
  const owner = (await knex.raw<{ rows: { name: string }[] }>('SELECT current_user AS name')).rows[0]!.name;
  await separate(knex, 'organisations', 'id', owner);
  for (const table of TENANT_TABLES) {
    await separate(knex, table, 'organisation_id', owner);
    await knex.raw(`ALTER TABLE ${table} ALTER organisation_id SET DEFAULT nullif(current_setting('lectern.organisation_id', true), '')::uuid`);
  }
  await knex.raw(REFUSE_CHANGE);
  for (const table of APPEND_ONLY) {
    await knex.raw(`CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
  }
  await knex.raw(CROSSING);
  await knex.raw(`
    REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO lectern_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lectern_app;
    REVOKE ALL ON knex_migrations, knex_migrations_lock FROM lectern_app; GRANT SELECT ON knex_migrations TO lectern_app;
    REVOKE INSERT, UPDATE, DELETE ON installation FROM lectern_app;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO lectern_app;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO lectern_app`);
}
