import type { Knex } from 'knex';

/**
 * The first schema. Every table carries organisation_id and is read through row-level security by `lectern_app`, which owns
 * nothing. `lectern_owner` owns the tables; its own policies serve the few SECURITY DEFINER functions that must resolve a key,
 * token or source to an organisation, or list organisations with work. Nothing else crosses.
 */
const TABLES = `
CREATE TABLE installation (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  clock_origin_real timestamptz NOT NULL,
  clock_origin_business timestamptz NOT NULL,
  clock_rate double precision NOT NULL CHECK (clock_rate > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE organisations (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  slug text NOT NULL UNIQUE,
  home_zone text NOT NULL,
  locale text NOT NULL DEFAULT 'en',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE people (
  key integer GENERATED ALWAYS AS IDENTITY UNIQUE,
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  kind text NOT NULL CHECK (kind IN ('student','instructor','guardian','coordinator','admin')),
  name text NOT NULL, given_name text NOT NULL,
  email text, phone text,
  zone text NOT NULL, locale text NOT NULL DEFAULT 'en',
  channels text[] NOT NULL DEFAULT '{email}',
  quiet_from text, quiet_to text,
  goals text, external_id text,
  version integer NOT NULL DEFAULT 1,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, external_id),
  UNIQUE (organisation_id, id, key)
);
CREATE INDEX people_coordinating ON people (organisation_id, key) WHERE kind = 'coordinator' AND active;
CREATE TABLE consents (
  id uuid NOT NULL, organisation_id uuid NOT NULL, person_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('recording','ai')),
  granted boolean NOT NULL, text_version text NOT NULL, method text NOT NULL, given_by uuid,
  given_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX consents_of_person ON consents (organisation_id, person_id, kind, given_at DESC);
CREATE TABLE guardianships (
  organisation_id uuid NOT NULL, student_id uuid NOT NULL, guardian_id uuid NOT NULL, household text NOT NULL,
  can_notify boolean NOT NULL DEFAULT true, can_decide boolean NOT NULL DEFAULT false,
  PRIMARY KEY (organisation_id, student_id, guardian_id),
  FOREIGN KEY (organisation_id, student_id) REFERENCES people (organisation_id, id),
  FOREIGN KEY (organisation_id, guardian_id) REFERENCES people (organisation_id, id)
);
CREATE TABLE principals (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  kind text NOT NULL CHECK (kind IN ('person','service')), name text NOT NULL, person_id uuid,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE TABLE memberships (
  organisation_id uuid NOT NULL, principal_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('admin','coordinator','instructor','integrator')),
  PRIMARY KEY (organisation_id, principal_id, role),
  FOREIGN KEY (organisation_id, principal_id) REFERENCES principals (organisation_id, id)
);
CREATE TABLE access_tokens (
  hash text PRIMARY KEY, organisation_id uuid NOT NULL, principal_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('key','sign-in','login')),
  created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz, used_at timestamptz, revoked_at timestamptz,
  FOREIGN KEY (organisation_id, principal_id) REFERENCES principals (organisation_id, id)
);
CREATE TABLE sources (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  name text NOT NULL UNIQUE, secrets text[] NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id)
);
CREATE TABLE rule_sets (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  number integer NOT NULL, hash text NOT NULL, content jsonb NOT NULL, message text NOT NULL,
  published_by uuid, published_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, number)
);
CREATE TABLE sessions (
  id uuid NOT NULL, organisation_id uuid NOT NULL REFERENCES organisations,
  rev integer NOT NULL DEFAULT 1, version integer NOT NULL DEFAULT 1,
  status text NOT NULL CHECK (status IN ('held','booked','ready','live','documenting','settling','settled','cancelled','refused','expired')),
  holds_slot boolean NOT NULL GENERATED ALWAYS AS (status NOT IN ('cancelled','refused','expired')) STORED,
  title text NOT NULL, subject text, programme text, branch text,
  starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  buffer_minutes integer NOT NULL DEFAULT 0,
  agreed_wall_time text NOT NULL, anchor_zone text NOT NULL,
  is_trial boolean NOT NULL DEFAULT false,
  price_minor integer NOT NULL DEFAULT 0 CHECK (price_minor >= 0),
  pay_minor integer NOT NULL DEFAULT 0 CHECK (pay_minor >= 0),
  currency text NOT NULL DEFAULT 'EUR',
  booked_set_id uuid NOT NULL,
  room_at timestamptz NOT NULL, doors_at timestamptz NOT NULL, coverage_at timestamptz NOT NULL,
  room_provider text NOT NULL DEFAULT 'link',
  booked_at timestamptz NOT NULL, expires_at timestamptz, closed_at timestamptz, cancelled_at timestamptz,
  external_id text, cancel_reason text,
  next_due_at timestamptz,
  created_by uuid,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, external_id),
  UNIQUE (organisation_id, id, starts_at, ends_at, buffer_minutes, holds_slot),
  FOREIGN KEY (organisation_id, booked_set_id) REFERENCES rule_sets (organisation_id, id)
);
CREATE INDEX sessions_by_start ON sessions (organisation_id, starts_at, id);
CREATE INDEX sessions_open ON sessions (organisation_id, id) WHERE closed_at IS NULL;
CREATE TABLE participants (
  organisation_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid NOT NULL, person_key integer NOT NULL,
  role text NOT NULL CHECK (role IN ('student','instructor')),
  starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL, buffer_minutes integer NOT NULL, holds_slot boolean NOT NULL,
  busy tstzrange NOT NULL,
  verdict text NOT NULL DEFAULT 'waiting' CHECK (verdict IN ('waiting','arrived','late','no-show','undecided')),
  arrived_at timestamptz, verdict_at timestamptz, check_at timestamptz, verdict_decision_id uuid, charge_percent integer,
  PRIMARY KEY (organisation_id, session_id, person_id),
  FOREIGN KEY (organisation_id, session_id, starts_at, ends_at, buffer_minutes, holds_slot)
    REFERENCES sessions (organisation_id, id, starts_at, ends_at, buffer_minutes, holds_slot) ON UPDATE CASCADE,
  FOREIGN KEY (organisation_id, person_id, person_key) REFERENCES people (organisation_id, id, key),
  CONSTRAINT participants_no_overlap EXCLUDE USING gist (person_key WITH =, busy WITH &&) WHERE (holds_slot) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX participants_of_person ON participants (organisation_id, person_id, starts_at);
CREATE FUNCTION participants_set_busy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.busy := tstzrange(NEW.starts_at, NEW.ends_at + make_interval(mins => NEW.buffer_minutes), '[)'); RETURN NEW; END $$;
CREATE TRIGGER participants_busy BEFORE INSERT OR UPDATE ON participants FOR EACH ROW EXECUTE FUNCTION participants_set_busy();
CREATE TABLE session_phases (
  organisation_id uuid NOT NULL, session_id uuid NOT NULL, phase text NOT NULL, rev integer NOT NULL, done_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, session_id, phase, rev),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE changes (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  kind text NOT NULL, reason text, before jsonb NOT NULL, after jsonb NOT NULL, compensates text[] NOT NULL,
  decision_id uuid, made_by uuid, made_at timestamptz NOT NULL, compensated_at timestamptz,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, session_id, rev),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE rooms (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  provider text NOT NULL, provider_room_id text, url text,
  resource text, busy tstzrange,
  state text NOT NULL CHECK (state IN ('opening','open','closed')), opened_at timestamptz, closed_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  CONSTRAINT rooms_no_overlap EXCLUDE USING gist (organisation_id WITH =, resource WITH =, busy WITH &&) WHERE (resource IS NOT NULL AND state <> 'closed')
);
CREATE UNIQUE INDEX rooms_one_open ON rooms (organisation_id, session_id) WHERE state <> 'closed';
CREATE TABLE credentials (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid NOT NULL, room_id uuid NOT NULL,
  token_hash text NOT NULL UNIQUE, issued_at timestamptz NOT NULL, opened_at timestamptz, proven_at timestamptz, revoked_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id, person_id) REFERENCES participants (organisation_id, session_id, person_id),
  FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id)
);
CREATE UNIQUE INDEX credentials_one_live ON credentials (organisation_id, session_id, person_id) WHERE revoked_at IS NULL;
CREATE TABLE decisions (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid, point text NOT NULL, subject text NOT NULL,
  rev integer NOT NULL, seq text NOT NULL, set_id uuid NOT NULL, policy_file text NOT NULL, policy_hash text NOT NULL,
  facts jsonb NOT NULL, outcome jsonb NOT NULL, rule text NOT NULL, missing text[] NOT NULL DEFAULT '{}', say jsonb,
  as_of timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, point, subject, rev, seq),
  FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets (organisation_id, id)
);
CREATE INDEX decisions_of_session ON decisions (organisation_id, session_id, as_of);
CREATE TABLE obligations (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  person_id uuid NOT NULL, about_id uuid, kind text NOT NULL, step text NOT NULL, anchor_at timestamptz NOT NULL,
  channel text NOT NULL, fallback text, template text NOT NULL,
  due_at timestamptz NOT NULL, deadline_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('planned','claimed','in-doubt','delivered','failed-over','suppressed','held','missed')),
  reason text, evidence text CHECK (evidence IN ('accepted','delivered','opened')), ended_at timestamptz,
  held_step_id uuid, document_id uuid, decision_id uuid,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id),
  UNIQUE NULLS NOT DISTINCT (organisation_id, session_id, person_id, about_id, kind, step, anchor_at),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX obligations_due ON obligations (organisation_id, session_id, due_at) WHERE state IN ('planned','claimed','in-doubt');
CREATE TABLE attempts (
  id uuid NOT NULL, organisation_id uuid NOT NULL, obligation_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid NOT NULL,
  channel text NOT NULL, effect_key text NOT NULL, n integer NOT NULL DEFAULT 1,
  state text NOT NULL CHECK (state IN ('claimed','sent','failed')), lease_until timestamptz NOT NULL,
  recipient text NOT NULL, subject text, body_text text NOT NULL, body_html text, zone text NOT NULL, tzdata text NOT NULL,
  provider_ref text, error text, claimed_at timestamptz NOT NULL, sent_at timestamptz,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, effect_key),
  FOREIGN KEY (organisation_id, obligation_id) REFERENCES obligations (organisation_id, id)
);
CREATE INDEX attempts_of_session ON attempts (organisation_id, session_id, claimed_at);
CREATE INDEX attempts_recent ON attempts (organisation_id, claimed_at DESC, id);
CREATE TABLE attendance_events (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, person_id uuid,
  kind text NOT NULL CHECK (kind IN ('joined','left','link-opened','poll-answered')),
  at timestamptz NOT NULL, received_at timestamptz NOT NULL, source text NOT NULL, event_id text NOT NULL, data jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, source, event_id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE INDEX attendance_of_session ON attendance_events (organisation_id, session_id, at);
CREATE TABLE incidents (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, kind text NOT NULL,
  opened_at timestamptz NOT NULL, closed_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE recordings (
  organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  state text NOT NULL CHECK (state IN ('expected','not-expected','started','ready','failed','missing')),
  start_by timestamptz, ready_by timestamptz, started_at timestamptz, ready_at timestamptz, failed_at timestamptz, url text,
  PRIMARY KEY (organisation_id, session_id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE transcripts (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, hash text NOT NULL,
  lines jsonb NOT NULL, report jsonb NOT NULL, source text NOT NULL, received_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, session_id, hash),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE documents (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('summary','parent-update')),
  state text NOT NULL CHECK (state IN ('drafted','approved','rejected')),
  approved_draft_id uuid, version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, session_id, kind),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE TABLE drafts (
  id uuid NOT NULL, organisation_id uuid NOT NULL, document_id uuid NOT NULL, n integer NOT NULL,
  origin text NOT NULL CHECK (origin IN ('model','extractive','person')), author_id uuid,
  content jsonb NOT NULL, hash text NOT NULL, transcript_hash text, model text, prompt_version text, refused_because text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, document_id, n),
  FOREIGN KEY (organisation_id, document_id) REFERENCES documents (organisation_id, id)
);
CREATE TABLE held_steps (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  kind text NOT NULL, subject text NOT NULL, version integer NOT NULL DEFAULT 1,
  state text NOT NULL CHECK (state IN ('open','decided','expired','withdrawn')),
  audience text NOT NULL CHECK (audience IN ('instructor','coordinator')), assignee_id uuid,
  reason text NOT NULL, shown jsonb NOT NULL, shown_hash text NOT NULL, options text[] NOT NULL, default_option text,
  self_approval boolean NOT NULL DEFAULT true,
  opened_at timestamptz NOT NULL, deadline_at timestamptz, escalated_at timestamptz, escalate_at timestamptz, remind_at timestamptz,
  decision_id uuid, chosen text, chosen_by uuid, chosen_by_name text, chosen_at timestamptz, comment text,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE UNIQUE INDEX held_steps_one_open ON held_steps (organisation_id, session_id, kind, subject) WHERE state = 'open';
CREATE INDEX held_steps_open ON held_steps (organisation_id, opened_at, id) WHERE state = 'open';
CREATE TABLE timeline (
  id bigint GENERATED ALWAYS AS IDENTITY, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  at timestamptz NOT NULL, kind text NOT NULL, actor text NOT NULL, data jsonb NOT NULL DEFAULT '{}', decision_id uuid,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE INDEX timeline_of_session ON timeline (organisation_id, session_id, id);
CREATE TABLE idempotency_keys (
  organisation_id uuid NOT NULL, principal_id uuid NOT NULL, route text NOT NULL, key text NOT NULL, body_hash text NOT NULL,
  lease_until timestamptz NOT NULL, response_status integer, response_body jsonb, response_location text, created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, principal_id, route, key)
);
CREATE TABLE inbox (
  id uuid NOT NULL, organisation_id uuid NOT NULL, source text NOT NULL, event_id text NOT NULL, type text NOT NULL,
  occurred_at timestamptz, received_at timestamptz NOT NULL, body text NOT NULL,
  state text NOT NULL CHECK (state IN ('received','applied','ignored','refused')), reason text, session_id uuid, applied_at timestamptz, tries integer NOT NULL DEFAULT 0, retry_at timestamptz,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, source, event_id)
);
CREATE INDEX inbox_waiting ON inbox (organisation_id, occurred_at, id) WHERE state = 'received';
CREATE INDEX inbox_waiting_of_session ON inbox (organisation_id, session_id) WHERE state = 'received';
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY, organisation_id uuid NOT NULL, session_id uuid NOT NULL,
  generation integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(), delivered_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id)
);
CREATE UNIQUE INDEX outbox_one_wake ON outbox (organisation_id, session_id) WHERE delivered_at IS NULL;
CREATE INDEX outbox_waiting ON outbox (id) WHERE delivered_at IS NULL;
CREATE TABLE journals (
  id uuid NOT NULL, organisation_id uuid NOT NULL, session_id uuid NOT NULL, rev integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('charge','payout','reversal')), subject_id uuid NOT NULL, decision_id uuid NOT NULL,
  reverses uuid, posted_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, session_id, subject_id, kind, rev),
  FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
  FOREIGN KEY (organisation_id, decision_id) REFERENCES decisions (organisation_id, id)
);
CREATE TABLE postings (
  id bigint GENERATED ALWAYS AS IDENTITY, organisation_id uuid NOT NULL, journal_id uuid NOT NULL,
  account text NOT NULL, amount_minor bigint NOT NULL, currency text NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, journal_id) REFERENCES journals (organisation_id, id)
);
CREATE INDEX postings_of_journal ON postings (organisation_id, journal_id);
CREATE FUNCTION postings_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM postings WHERE organisation_id = NEW.organisation_id AND journal_id = NEW.journal_id GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
    RAISE EXCEPTION 'journal % does not balance', NEW.journal_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER postings_balanced AFTER INSERT ON postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION postings_balance();
CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY, organisation_id uuid NOT NULL, principal_id uuid, action text NOT NULL,
  entity text NOT NULL, entity_id text NOT NULL, detail jsonb NOT NULL DEFAULT '{}', request_id text, at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id)
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;
`;

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

export async function up(knex: Knex): Promise<void> {
  const owner = (await knex.raw<{ rows: { name: string }[] }>('SELECT current_user AS name')).rows[0]!.name;
  await knex.raw('CREATE EXTENSION IF NOT EXISTS btree_gist');
  await knex.raw(TABLES);
  const mine = `organisation_id = (SELECT nullif(current_setting('lectern.organisation_id', true), '')::uuid)`;
  for (const table of TENANT_TABLES) {
    await knex.raw(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
    await knex.raw(`CREATE POLICY one_organisation ON ${table} USING (${mine}) WITH CHECK (${mine})`);
    await knex.raw(`ALTER TABLE ${table} ALTER organisation_id SET DEFAULT nullif(current_setting('lectern.organisation_id', true), '')::uuid`);
    await knex.raw(`CREATE POLICY owner_sees ON ${table} TO ?? USING (true) WITH CHECK (true)`, [owner]);
  }
  await knex.raw(`
    ALTER TABLE organisations ENABLE ROW LEVEL SECURITY; ALTER TABLE organisations FORCE ROW LEVEL SECURITY;
    CREATE POLICY one_organisation ON organisations USING (${mine.replace('organisation_id', 'id')}) WITH CHECK (${mine.replace('organisation_id', 'id')})`);
  await knex.raw(`CREATE POLICY owner_sees ON organisations TO ?? USING (true) WITH CHECK (true)`, [owner]);
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

export function down(): Promise<void> {
  return Promise.reject(new Error('The first migration is not undone; restore a backup instead.'));
}
