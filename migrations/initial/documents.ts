/** Transcripts, and documents with their drafts. */
export const DOCUMENTS = `
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
`;
