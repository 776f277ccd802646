/** Double entry: a journal balances in each currency when its transaction ends. */
export const LEDGER = `
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
`;
