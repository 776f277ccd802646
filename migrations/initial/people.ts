/** The installation with its one business clock, organisations, and the people of each: consent, guardianship. */
export const PEOPLE = `
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
`;
