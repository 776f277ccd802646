/** Sessions; participants, whose slots the database keeps apart; what is done for a rev; changes. */
export const SESSIONS = `
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
`;
