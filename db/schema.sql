-- columns
access_tokens.hash text NOT NULL
access_tokens.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
access_tokens.principal_id uuid NOT NULL
access_tokens.kind text NOT NULL
access_tokens.created_at timestamp with time zone NOT NULL DEFAULT now()
access_tokens.expires_at timestamp with time zone
access_tokens.used_at timestamp with time zone
access_tokens.revoked_at timestamp with time zone
acknowledgements.id uuid NOT NULL
acknowledgements.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
acknowledgements.session_id uuid NOT NULL
acknowledgements.rev integer NOT NULL
acknowledgements.person_id uuid NOT NULL
acknowledgements.token_hash text NOT NULL
acknowledgements.asked_at timestamp with time zone NOT NULL
acknowledgements.check_at timestamp with time zone
acknowledgements.reminders integer NOT NULL DEFAULT 0
acknowledgements.acknowledged_at timestamp with time zone
acknowledgements.acknowledged_by text
acknowledgements.decision_id uuid
adoption_items.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
adoption_items.adoption_id uuid NOT NULL
adoption_items.session_id uuid NOT NULL
adoption_items.state text NOT NULL
adoption_items.why text
adoption_items.moved integer NOT NULL DEFAULT 0
adoption_items.added integer NOT NULL DEFAULT 0
adoption_items.taken_back integer NOT NULL DEFAULT 0
adoption_items.done_at timestamp with time zone
adoptions.id uuid NOT NULL
adoptions.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
adoptions.version integer NOT NULL DEFAULT 1
adoptions.set_id uuid NOT NULL
adoptions.with_terms boolean NOT NULL
adoptions.selection jsonb NOT NULL
adoptions.decision_id uuid NOT NULL
adoptions.batch integer NOT NULL
adoptions.per_minute integer NOT NULL
adoptions.state text NOT NULL
adoptions.started_at timestamp with time zone NOT NULL
adoptions.started_by uuid
adoptions.ended_at timestamp with time zone
attempts.id uuid NOT NULL
attempts.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
attempts.obligation_id uuid NOT NULL
attempts.session_id uuid NOT NULL
attempts.person_id uuid NOT NULL
attempts.channel text NOT NULL
attempts.effect_key text NOT NULL
attempts.n integer NOT NULL DEFAULT 1
attempts.state text NOT NULL
attempts.lease_until timestamp with time zone NOT NULL
attempts.recipient text NOT NULL
attempts.subject text
attempts.body_text text NOT NULL
attempts.body_html text
attempts.zone text NOT NULL
attempts.tzdata text NOT NULL
attempts.provider_ref text
attempts.error text
attempts.claimed_at timestamp with time zone NOT NULL
attempts.sent_at timestamp with time zone
attempts.shown_wall_time text
attempts.provider_status text
attempts.provider_status_at timestamp with time zone
attempts.provider_error text
attendance_events.id uuid NOT NULL
attendance_events.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
attendance_events.session_id uuid NOT NULL
attendance_events.person_id uuid
attendance_events.kind text NOT NULL
attendance_events.at timestamp with time zone NOT NULL
attendance_events.received_at timestamp with time zone NOT NULL
attendance_events.source text NOT NULL
attendance_events.event_id text NOT NULL
attendance_events.data jsonb NOT NULL DEFAULT '{}'::jsonb
audit.id bigint NOT NULL IDENTITY
audit.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
audit.principal_id uuid
audit.action text NOT NULL
audit.entity text NOT NULL
audit.entity_id text NOT NULL
audit.detail jsonb NOT NULL DEFAULT '{}'::jsonb
audit.request_id text
audit.at timestamp with time zone NOT NULL DEFAULT now()
automation_looks.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
automation_looks.automation text NOT NULL
automation_looks.day date NOT NULL
automation_looks.looked_at timestamp with time zone NOT NULL
automation_marks.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
automation_marks.id uuid NOT NULL
automation_marks.key text NOT NULL
automation_marks.kind text NOT NULL
automation_marks.session_id uuid
automation_marks.person_id uuid
automation_marks.tag text
automation_marks.words jsonb
automation_marks.run_id uuid NOT NULL
automation_marks.at timestamp with time zone NOT NULL
automation_runs.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
automation_runs.id uuid NOT NULL
automation_runs.seq bigint NOT NULL IDENTITY
automation_runs.version integer NOT NULL DEFAULT 1
automation_runs.automation text NOT NULL
automation_runs.set_id uuid NOT NULL
automation_runs.event text NOT NULL
automation_runs.key text NOT NULL
automation_runs.timeline_id bigint
automation_runs.session_id uuid NOT NULL
automation_runs.person_id uuid
automation_runs.at timestamp with time zone NOT NULL
automation_runs.caused_by uuid
automation_runs.root text NOT NULL
automation_runs.depth integer NOT NULL
automation_runs.state text NOT NULL DEFAULT 'new'::text
automation_runs.reason text
automation_runs.facts jsonb
automation_runs.decision_id uuid
automation_runs.begun_at timestamp with time zone
automation_runs.due_at timestamp with time zone
automation_runs.awaits text[]
automation_runs.ended_at timestamp with time zone
automation_runs.ended_by text
automation_runs.asked integer NOT NULL DEFAULT 1
automation_runs.told integer NOT NULL DEFAULT 0
automation_steps.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
automation_steps.run_id uuid NOT NULL
automation_steps.step text NOT NULL
automation_steps.n integer NOT NULL
automation_steps.kind text NOT NULL
automation_steps.state text NOT NULL
automation_steps.answer text
automation_steps.detail jsonb NOT NULL DEFAULT '{}'::jsonb
automation_steps.held_step_id uuid
automation_steps.begun_at timestamp with time zone NOT NULL
automation_steps.due_at timestamp with time zone
automation_steps.ended_at timestamp with time zone
automation_triggers.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
automation_triggers.set_id uuid NOT NULL
automation_triggers.automation text NOT NULL
automation_triggers.event text NOT NULL
automation_triggers.kind text NOT NULL
automation_triggers.each text NOT NULL
availability.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
availability.person_id uuid NOT NULL
availability.weekday smallint NOT NULL
availability.from_clock text NOT NULL
availability.until_clock text NOT NULL
availability.zone text
availability.valid_from date NOT NULL DEFAULT '-infinity'::date
availability.valid_until date NOT NULL DEFAULT 'infinity'::date
batch_items.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
batch_items.batch_id uuid NOT NULL
batch_items.n integer NOT NULL
batch_items.session_id uuid NOT NULL
batch_items.rev integer NOT NULL
batch_items.change jsonb NOT NULL
batch_items.decision_id uuid
batch_items.state text NOT NULL
batch_items.why text
batch_items.done_at timestamp with time zone
batches.id uuid NOT NULL
batches.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
batches.version integer NOT NULL DEFAULT 1
batches.cause text NOT NULL
batches.cause_id uuid NOT NULL
batches.state text NOT NULL
batches.reason text
batches.made_by uuid
batches.made_at timestamp with time zone NOT NULL
batches.done_at timestamp with time zone
blocked_pairs.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
blocked_pairs.student_id uuid NOT NULL
blocked_pairs.instructor_id uuid NOT NULL
blocked_pairs.reason text
changes.id uuid NOT NULL
changes.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
changes.session_id uuid NOT NULL
changes.rev integer NOT NULL
changes.kind text NOT NULL
changes.reason text
changes.before jsonb NOT NULL
changes.after jsonb NOT NULL
changes.compensates text[] NOT NULL
changes.decision_id uuid
changes.made_by uuid
changes.made_at timestamp with time zone NOT NULL
changes.compensated_at timestamp with time zone
changes.batch_id uuid
closures.id uuid NOT NULL
closures.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
closures.version integer NOT NULL DEFAULT 1
closures.state text NOT NULL
closures.person_id uuid
closures.branch text
closures.starts_at timestamp with time zone NOT NULL
closures.ends_at timestamp with time zone NOT NULL
closures.reason text NOT NULL
closures.created_by uuid
closures.created_at timestamp with time zone NOT NULL
closures.removed_at timestamp with time zone
closures.zone text
consents.id uuid NOT NULL
consents.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
consents.person_id uuid NOT NULL
consents.kind text NOT NULL
consents.granted boolean NOT NULL
consents.text_version text NOT NULL
consents.method text NOT NULL
consents.given_by uuid
consents.given_at timestamp with time zone NOT NULL DEFAULT now()
corrections.id uuid NOT NULL
corrections.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
corrections.session_id uuid NOT NULL
corrections.n integer NOT NULL
corrections.kind text NOT NULL
corrections.input jsonb NOT NULL
corrections.reason text
corrections.result jsonb NOT NULL
corrections.decision_id uuid NOT NULL
corrections.made_by uuid
corrections.made_at timestamp with time zone NOT NULL
credentials.id uuid NOT NULL
credentials.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
credentials.session_id uuid NOT NULL
credentials.person_id uuid NOT NULL
credentials.room_id uuid NOT NULL
credentials.token_hash text NOT NULL
credentials.issued_at timestamp with time zone NOT NULL
credentials.opened_at timestamp with time zone
credentials.proven_at timestamp with time zone
credentials.revoked_at timestamp with time zone
credentials.evicted_at timestamp with time zone
credentials.look_again_at timestamp with time zone
decisions.id uuid NOT NULL
decisions.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
decisions.session_id uuid
decisions.point text NOT NULL
decisions.subject text NOT NULL
decisions.rev integer NOT NULL
decisions.seq text NOT NULL
decisions.set_id uuid NOT NULL
decisions.policy_file text NOT NULL
decisions.policy_hash text NOT NULL
decisions.facts jsonb NOT NULL
decisions.outcome jsonb NOT NULL
decisions.rule text NOT NULL
decisions.missing text[] NOT NULL DEFAULT '{}'::text[]
decisions.say jsonb
decisions.as_of timestamp with time zone NOT NULL
decisions.recorded bigint DEFAULT ((pg_current_xact_id())::text)::bigint
documents.id uuid NOT NULL
documents.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
documents.session_id uuid NOT NULL
documents.rev integer NOT NULL
documents.kind text NOT NULL
documents.state text NOT NULL
documents.approved_draft_id uuid
documents.version integer NOT NULL DEFAULT 1
drafts.id uuid NOT NULL
drafts.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
drafts.document_id uuid NOT NULL
drafts.n integer NOT NULL
drafts.origin text NOT NULL
drafts.author_id uuid
drafts.content jsonb NOT NULL
drafts.hash text NOT NULL
drafts.transcript_hash text
drafts.model text
drafts.prompt_version text
drafts.refused_because text
drafts.created_at timestamp with time zone NOT NULL
duty_shifts.id uuid NOT NULL
duty_shifts.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
duty_shifts.person_id uuid NOT NULL
duty_shifts.version integer NOT NULL DEFAULT 1
duty_shifts.kind text NOT NULL
duty_shifts.weekday integer
duty_shifts.on_date date
duty_shifts.from_clock text NOT NULL
duty_shifts.to_clock text NOT NULL
duty_shifts.created_at timestamp with time zone NOT NULL
duty_shifts.created_by uuid
duty_shifts.ended_at timestamp with time zone
former_participants.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
former_participants.session_id uuid NOT NULL
former_participants.person_id uuid NOT NULL
former_participants.rev integer NOT NULL
former_participants.role text NOT NULL
former_participants.joined_at timestamp with time zone
former_participants.left_at timestamp with time zone NOT NULL
former_participants.verdict text NOT NULL
former_participants.arrived_at timestamp with time zone
former_participants.verdict_at timestamp with time zone
former_participants.verdict_decision_id uuid
guardianships.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
guardianships.student_id uuid NOT NULL
guardianships.guardian_id uuid NOT NULL
guardianships.household text NOT NULL
guardianships.can_notify boolean NOT NULL DEFAULT true
guardianships.can_decide boolean NOT NULL DEFAULT false
held_step_desk.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
held_step_desk.held_step_id uuid NOT NULL
held_step_desk.version integer NOT NULL DEFAULT 1
held_step_desk.claimed_by uuid
held_step_desk.claimed_by_name text
held_step_desk.claimed_at timestamp with time zone
held_step_desk.snoozed_until timestamp with time zone
held_step_desk.snoozed_event text
held_step_desk.snoozed_person_id uuid
held_step_desk.snoozed_after bigint
held_step_desk.snoozed_at timestamp with time zone
held_step_desk.snoozed_by_name text
held_step_notes.id uuid NOT NULL
held_step_notes.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
held_step_notes.held_step_id uuid NOT NULL
held_step_notes.kind text NOT NULL
held_step_notes.body text
held_step_notes.person_id uuid
held_step_notes.channel text
held_step_notes.outcome text
held_step_notes.at timestamp with time zone NOT NULL
held_step_notes.written_at timestamp with time zone NOT NULL
held_step_notes.author_id uuid NOT NULL
held_step_notes.author_name text NOT NULL
held_steps.id uuid NOT NULL
held_steps.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
held_steps.session_id uuid NOT NULL
held_steps.rev integer NOT NULL
held_steps.kind text NOT NULL
held_steps.subject text NOT NULL
held_steps.version integer NOT NULL DEFAULT 1
held_steps.state text NOT NULL
held_steps.audience text NOT NULL
held_steps.assignee_id uuid
held_steps.reason text NOT NULL
held_steps.shown jsonb NOT NULL
held_steps.shown_hash text NOT NULL
held_steps.options text[] NOT NULL
held_steps.default_option text
held_steps.self_approval boolean NOT NULL DEFAULT true
held_steps.opened_at timestamp with time zone NOT NULL
held_steps.deadline_at timestamp with time zone
held_steps.escalated_at timestamp with time zone
held_steps.escalate_at timestamp with time zone
held_steps.remind_at timestamp with time zone
held_steps.decision_id uuid
held_steps.chosen text
held_steps.chosen_by uuid
held_steps.chosen_by_name text
held_steps.chosen_at timestamp with time zone
held_steps.comment text
idempotency_keys.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
idempotency_keys.principal_id uuid NOT NULL
idempotency_keys.route text NOT NULL
idempotency_keys.key text NOT NULL
idempotency_keys.body_hash text NOT NULL
idempotency_keys.lease_until timestamp with time zone NOT NULL
idempotency_keys.response_status integer
idempotency_keys.response_body jsonb
idempotency_keys.response_location text
idempotency_keys.created_at timestamp with time zone NOT NULL DEFAULT now()
imported_rows.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
imported_rows.kind text NOT NULL
imported_rows.external_id text NOT NULL
imported_rows.hash text NOT NULL
imported_rows.imported_at timestamp with time zone NOT NULL
imported_rows.rev integer
inbox.id uuid NOT NULL
inbox.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
inbox.source text NOT NULL
inbox.event_id text NOT NULL
inbox.type text NOT NULL
inbox.occurred_at timestamp with time zone
inbox.received_at timestamp with time zone NOT NULL
inbox.body text NOT NULL
inbox.state text NOT NULL
inbox.reason text
inbox.session_id uuid
inbox.applied_at timestamp with time zone
inbox.tries integer NOT NULL DEFAULT 0
inbox.retry_at timestamp with time zone
inbox.raw text
inbox.mapping text
inbox.mapping_row text
inbox.rule_set_id uuid
incidents.id uuid NOT NULL
incidents.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
incidents.session_id uuid NOT NULL
incidents.kind text NOT NULL
incidents.opened_at timestamp with time zone NOT NULL
incidents.closed_at timestamp with time zone
incidents.version integer NOT NULL DEFAULT 1
incidents.room_id uuid
incidents.note text
incidents.reported_by text NOT NULL DEFAULT 'coordinator'::text
incidents.opened_by uuid
incidents.closed_by uuid
incidents.judged_at timestamp with time zone
incidents.outcome text
incidents.decision_id uuid
installation.one boolean NOT NULL DEFAULT true
installation.clock_origin_real timestamp with time zone NOT NULL
installation.clock_origin_business timestamp with time zone NOT NULL
installation.clock_rate double precision NOT NULL
installation.created_at timestamp with time zone NOT NULL DEFAULT now()
journals.id uuid NOT NULL
journals.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
journals.session_id uuid
journals.rev integer NOT NULL
journals.kind text NOT NULL
journals.subject_id uuid NOT NULL
journals.decision_id uuid
journals.reverses uuid
journals.posted_at timestamp with time zone NOT NULL
journals.amendment integer NOT NULL DEFAULT 0
knex_migrations.id integer NOT NULL DEFAULT nextval('knex_migrations_id_seq'::regclass)
knex_migrations.name character varying(255)
knex_migrations.batch integer
knex_migrations.migration_time timestamp with time zone
knex_migrations_lock.index integer NOT NULL DEFAULT nextval('knex_migrations_lock_index_seq'::regclass)
knex_migrations_lock.is_locked integer
lesson_notes.id uuid NOT NULL
lesson_notes.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
lesson_notes.session_id uuid NOT NULL
lesson_notes.held_step_id uuid NOT NULL
lesson_notes.answers jsonb NOT NULL
lesson_notes.written_by uuid
lesson_notes.written_at timestamp with time zone NOT NULL
lookup_rows.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
lookup_rows.table_name text NOT NULL
lookup_rows.key text NOT NULL
lookup_rows.cells jsonb NOT NULL
lookup_tables.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
lookup_tables.name text NOT NULL
lookup_tables.columns text[] NOT NULL
lookup_tables.row_count integer NOT NULL
lookup_tables.hash text NOT NULL
lookup_tables.version integer NOT NULL DEFAULT 1
lookup_tables.imported_at timestamp with time zone NOT NULL
lookup_tables.imported_by uuid
memberships.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
memberships.principal_id uuid NOT NULL
memberships.role text NOT NULL
obligations.id uuid NOT NULL
obligations.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
obligations.session_id uuid NOT NULL
obligations.rev integer NOT NULL
obligations.person_id uuid NOT NULL
obligations.about_id uuid
obligations.kind text NOT NULL
obligations.step text NOT NULL
obligations.anchor_at timestamp with time zone NOT NULL
obligations.channel text NOT NULL
obligations.fallback text
obligations.template text NOT NULL
obligations.due_at timestamp with time zone NOT NULL
obligations.deadline_at timestamp with time zone NOT NULL
obligations.state text NOT NULL
obligations.reason text
obligations.evidence text
obligations.ended_at timestamp with time zone
obligations.held_step_id uuid
obligations.document_id uuid
obligations.decision_id uuid
obligations.version integer NOT NULL DEFAULT 1
obligations.batch_id uuid
occurrences.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
occurrences.series_id uuid NOT NULL
occurrences.original text NOT NULL
occurrences.outcome text NOT NULL
occurrences.session_id uuid
occurrences.reason text
occurrences.decision_id uuid
occurrences.filled_at timestamp with time zone NOT NULL
occurrences.set_apart boolean NOT NULL DEFAULT false
offers.id uuid NOT NULL
offers.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
offers.search_id uuid NOT NULL
offers.session_id uuid NOT NULL
offers.person_id uuid NOT NULL
offers.state text NOT NULL
offers.reason text
offers.token_hash text NOT NULL
offers.score integer NOT NULL
offers.offered_at timestamp with time zone NOT NULL
offers.expires_at timestamp with time zone NOT NULL
offers.ended_at timestamp with time zone
offers.decision_id uuid
offers.version integer NOT NULL DEFAULT 1
opt_outs.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
opt_outs.channel text NOT NULL
opt_outs.address text NOT NULL
opt_outs.reason text NOT NULL
opt_outs.opted_out_at timestamp with time zone NOT NULL
organisations.id uuid NOT NULL
organisations.name text NOT NULL
organisations.slug text NOT NULL
organisations.home_zone text NOT NULL
organisations.locale text NOT NULL DEFAULT 'en'::text
organisations.created_at timestamp with time zone NOT NULL DEFAULT now()
outbox.id bigint NOT NULL IDENTITY
outbox.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
outbox.session_id uuid NOT NULL
outbox.generation integer NOT NULL DEFAULT 1
outbox.created_at timestamp with time zone NOT NULL DEFAULT now()
outbox.delivered_at timestamp with time zone
participants.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
participants.session_id uuid NOT NULL
participants.person_id uuid NOT NULL
participants.person_key integer NOT NULL
participants.role text NOT NULL
participants.starts_at timestamp with time zone NOT NULL
participants.ends_at timestamp with time zone NOT NULL
participants.buffer_minutes integer NOT NULL
participants.holds_slot boolean NOT NULL
participants.busy tstzrange NOT NULL
participants.verdict text NOT NULL DEFAULT 'waiting'::text
participants.arrived_at timestamp with time zone
participants.verdict_at timestamp with time zone
participants.check_at timestamp with time zone
participants.verdict_decision_id uuid
participants.charge_percent integer
participants.joined_at timestamp with time zone
pauses.id uuid NOT NULL
pauses.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
pauses.scope text NOT NULL
pauses.value text
pauses.reason text NOT NULL
pauses.until_at timestamp with time zone
pauses.version integer NOT NULL DEFAULT 1
pauses.paused_at timestamp with time zone NOT NULL
pauses.paused_by uuid
pauses.paused_by_name text NOT NULL
pauses.released_at timestamp with time zone
pauses.released_by uuid
pauses.released_by_name text
pauses.sent integer
pauses.suppressed integer
payments.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
payments.id uuid NOT NULL
payments.session_id uuid NOT NULL
payments.source text NOT NULL
payments.reference text NOT NULL
payments.state text NOT NULL
payments.amount_minor bigint
payments.currency text
payments.reason text
payments.at timestamp with time zone NOT NULL
payments.version integer NOT NULL DEFAULT 1
people.key integer NOT NULL IDENTITY
people.id uuid NOT NULL
people.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
people.kind text NOT NULL
people.name text NOT NULL
people.given_name text NOT NULL
people.email text
people.phone text
people.zone text NOT NULL
people.locale text NOT NULL DEFAULT 'en'::text
people.channels text[] NOT NULL DEFAULT '{email}'::text[]
people.quiet_from text
people.quiet_to text
people.goals text
people.external_id text
people.version integer NOT NULL DEFAULT 1
people.active boolean NOT NULL DEFAULT true
people.created_at timestamp with time zone NOT NULL DEFAULT now()
postings.id bigint NOT NULL IDENTITY
postings.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
postings.journal_id uuid NOT NULL
postings.account text NOT NULL
postings.amount_minor bigint NOT NULL
postings.currency text NOT NULL
principals.id uuid NOT NULL
principals.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
principals.kind text NOT NULL
principals.name text NOT NULL
principals.person_id uuid
provider_identities.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
provider_identities.source text NOT NULL
provider_identities.identity text NOT NULL
provider_identities.person_id uuid NOT NULL
provider_identities.matched_by uuid
provider_identities.matched_at timestamp with time zone NOT NULL
recordings.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
recordings.session_id uuid NOT NULL
recordings.rev integer NOT NULL
recordings.state text NOT NULL
recordings.start_by timestamp with time zone
recordings.ready_by timestamp with time zone
recordings.started_at timestamp with time zone
recordings.ready_at timestamp with time zone
recordings.failed_at timestamp with time zone
recordings.url text
recordings.wanted text
recordings.starts integer NOT NULL DEFAULT 0
recordings.second_at timestamp with time zone
rooms.id uuid NOT NULL
rooms.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
rooms.session_id uuid NOT NULL
rooms.rev integer NOT NULL
rooms.provider text NOT NULL
rooms.provider_room_id text
rooms.url text
rooms.resource text
rooms.busy tstzrange
rooms.state text NOT NULL
rooms.opened_at timestamp with time zone
rooms.closed_at timestamp with time zone
rooms.failed_at timestamp with time zone
rooms.replaces uuid
rooms.revocable boolean NOT NULL DEFAULT false
rule_backtests.id uuid NOT NULL
rule_backtests.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
rule_backtests.version integer NOT NULL DEFAULT 1
rule_backtests.draft_id uuid NOT NULL
rule_backtests.since timestamp with time zone NOT NULL
rule_backtests.cases integer NOT NULL
rule_backtests.state text NOT NULL DEFAULT 'waiting'::text
rule_backtests.done integer NOT NULL DEFAULT 0
rule_backtests.of integer NOT NULL DEFAULT 0
rule_backtests.report jsonb
rule_backtests.reason text
rule_backtests.asked_by uuid
rule_backtests.asked_at timestamp with time zone NOT NULL
rule_backtests.ended_by uuid
rule_backtests.ended_at timestamp with time zone
rule_backtests.tries integer NOT NULL DEFAULT 0
rule_backtests.claimed_until timestamp with time zone
rule_drafts.id uuid NOT NULL
rule_drafts.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
rule_drafts.version integer NOT NULL DEFAULT 1
rule_drafts.state text NOT NULL
rule_drafts.hash text NOT NULL
rule_drafts.content jsonb NOT NULL
rule_drafts.message text NOT NULL
rule_drafts.base_set_id uuid NOT NULL
rule_drafts.effective_from timestamp with time zone
rule_drafts.rolls_back_to integer
rule_drafts.author_id uuid
rule_drafts.created_at timestamp with time zone NOT NULL
rule_drafts.approved_by uuid
rule_drafts.set_id uuid
rule_drafts.ended_by uuid
rule_drafts.ended_at timestamp with time zone
rule_drafts.reason text
rule_sets.id uuid NOT NULL
rule_sets.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
rule_sets.number integer NOT NULL
rule_sets.hash text NOT NULL
rule_sets.content jsonb NOT NULL
rule_sets.message text NOT NULL
rule_sets.published_by uuid
rule_sets.published_at timestamp with time zone NOT NULL
rule_sets.approved_by uuid
rule_sets.effective_from timestamp with time zone
rule_sets.rolls_back_to integer
rule_shadows.id uuid NOT NULL
rule_shadows.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
rule_shadows.version integer NOT NULL DEFAULT 1
rule_shadows.draft_id uuid NOT NULL
rule_shadows.started_at timestamp with time zone NOT NULL
rule_shadows.started_by uuid
rule_shadows.ended_at timestamp with time zone
rule_shadows.ended_by uuid
rule_shadows.ended_as text
rule_shadows.reason text
rule_shadows.seen_recorded bigint NOT NULL
rule_shadows.seen_id uuid NOT NULL
rule_shadows.until bigint
series.id uuid NOT NULL
series.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
series.version integer NOT NULL DEFAULT 1
series.state text NOT NULL
series.title text NOT NULL
series.subject text
series.programme text
series.branch text
series.is_trial boolean NOT NULL DEFAULT false
series.instructor_id uuid NOT NULL
series.rrule text NOT NULL
series.rule_start text NOT NULL
series.anchor_zone text NOT NULL
series.exdates text[] NOT NULL DEFAULT '{}'::text[]
series.day_shift integer NOT NULL DEFAULT 0
series.clock text NOT NULL
series.length_minutes integer NOT NULL
series.from_original text
series.before_original text
series.continues uuid
series.external_id text
series.created_by uuid
series.created_at timestamp with time zone NOT NULL
series.fill_asked integer NOT NULL DEFAULT 1
series.fill_done integer NOT NULL DEFAULT 0
series.filled_until timestamp with time zone
series.capacity integer
series.quietly boolean NOT NULL DEFAULT false
series_students.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
series_students.series_id uuid NOT NULL
series_students.person_id uuid NOT NULL
session_phases.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
session_phases.session_id uuid NOT NULL
session_phases.phase text NOT NULL
session_phases.rev integer NOT NULL
session_phases.done_at timestamp with time zone NOT NULL
session_references.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
session_references.reference text NOT NULL
session_references.session_id uuid NOT NULL
session_references.given_at timestamp with time zone NOT NULL
sessions.id uuid NOT NULL
sessions.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
sessions.rev integer NOT NULL DEFAULT 1
sessions.version integer NOT NULL DEFAULT 1
sessions.status text NOT NULL
sessions.title text NOT NULL
sessions.subject text
sessions.programme text
sessions.branch text
sessions.starts_at timestamp with time zone NOT NULL
sessions.ends_at timestamp with time zone NOT NULL
sessions.buffer_minutes integer NOT NULL DEFAULT 0
sessions.agreed_wall_time text NOT NULL
sessions.anchor_zone text NOT NULL
sessions.is_trial boolean NOT NULL DEFAULT false
sessions.price_minor integer NOT NULL DEFAULT 0
sessions.pay_minor integer NOT NULL DEFAULT 0
sessions.currency text NOT NULL DEFAULT 'EUR'::text
sessions.booked_set_id uuid NOT NULL
sessions.room_at timestamp with time zone NOT NULL
sessions.doors_at timestamp with time zone NOT NULL
sessions.coverage_at timestamp with time zone NOT NULL
sessions.room_provider text NOT NULL DEFAULT 'link'::text
sessions.booked_at timestamp with time zone NOT NULL
sessions.expires_at timestamp with time zone
sessions.closed_at timestamp with time zone
sessions.cancelled_at timestamp with time zone
sessions.external_id text
sessions.cancel_reason text
sessions.next_due_at timestamp with time zone
sessions.created_by uuid
sessions.amendments integer NOT NULL DEFAULT 0
sessions.without_slot boolean NOT NULL DEFAULT false
sessions.holds_slot boolean NOT NULL DEFAULT ((status <> ALL (ARRAY['cancelled'::text, 'refused'::text, 'expired'::text])) AND (NOT without_slot))
sessions.min_students integer
sessions.capacity integer
sessions.viability_at timestamp with time zone
sessions.viability_asked_at timestamp with time zone
shadow_answers.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
shadow_answers.shadow_id uuid NOT NULL
shadow_answers.decision_id uuid NOT NULL
shadow_answers.point text NOT NULL
shadow_answers.programme text
shadow_answers.as_of timestamp with time zone NOT NULL
shadow_answers.finding text NOT NULL
shadow_answers.rule text
shadow_answers.outcome jsonb
shadow_answers.why text
shadow_answers.rule_was text
shadow_answers.rule_is text
shadow_answers.outcome_was text
shadow_answers.outcome_is text
sources.id uuid NOT NULL
sources.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
sources.name text NOT NULL
sources.secrets text[] NOT NULL
sources.created_at timestamp with time zone NOT NULL DEFAULT now()
sources.mapping text
strikes.id uuid NOT NULL
strikes.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
strikes.session_id uuid
strikes.person_id uuid NOT NULL
strikes.kind text NOT NULL
strikes.term_id uuid
strikes.decision_id uuid
strikes.state text NOT NULL
strikes.counted_at timestamp with time zone NOT NULL
strikes.ended_at timestamp with time zone
strikes.ended_by uuid
strikes.reason text
strikes.version integer NOT NULL DEFAULT 1
strikes.external_id text
strikes.happened_on date
substitute_searches.id uuid NOT NULL
substitute_searches.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
substitute_searches.session_id uuid NOT NULL
substitute_searches.rev integer NOT NULL
substitute_searches.instructor_id uuid NOT NULL
substitute_searches.cause text NOT NULL
substitute_searches.note text
substitute_searches.state text NOT NULL
substitute_searches.reason text
substitute_searches.started_at timestamp with time zone NOT NULL
substitute_searches.started_by uuid
substitute_searches.next_at timestamp with time zone
substitute_searches.ended_at timestamp with time zone
substitute_searches.round integer NOT NULL DEFAULT 0
substitute_searches.considered jsonb NOT NULL DEFAULT '[]'::jsonb
substitute_searches.decision_id uuid
substitute_searches.version integer NOT NULL DEFAULT 1
teaching.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
teaching.person_id uuid NOT NULL
teaching.subjects text[] NOT NULL DEFAULT '{}'::text[]
teaching.languages text[] NOT NULL DEFAULT '{}'::text[]
teaching.cleared_until timestamp with time zone
teaching.most_a_day integer
teaching.most_a_week integer
terms.id uuid NOT NULL
terms.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
terms.name text NOT NULL
terms.starts_on date NOT NULL
terms.ends_on date NOT NULL
terms.version integer NOT NULL DEFAULT 1
timeline.id bigint NOT NULL IDENTITY
timeline.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
timeline.session_id uuid NOT NULL
timeline.rev integer NOT NULL
timeline.at timestamp with time zone NOT NULL
timeline.kind text NOT NULL
timeline.actor text NOT NULL
timeline.data jsonb NOT NULL DEFAULT '{}'::jsonb
timeline.decision_id uuid
timeline.event text
transcripts.id uuid NOT NULL
transcripts.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
transcripts.session_id uuid NOT NULL
transcripts.hash text NOT NULL
transcripts.lines jsonb NOT NULL
transcripts.report jsonb NOT NULL
transcripts.source text NOT NULL
transcripts.received_at timestamp with time zone NOT NULL
tzdata_checks.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
tzdata_checks.tzdata text NOT NULL
tzdata_checks.checked_at timestamp with time zone NOT NULL
tzdata_checks.moved integer NOT NULL
tzdata_checks.retold integer NOT NULL
waitlist.id uuid NOT NULL
waitlist.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
waitlist.session_id uuid NOT NULL
waitlist.person_id uuid NOT NULL
waitlist.state text NOT NULL
waitlist.added_at timestamp with time zone NOT NULL
waitlist.added_by uuid
waitlist.token_hash text NOT NULL
waitlist.offers integer NOT NULL DEFAULT 0
waitlist.offered_at timestamp with time zone
waitlist.expires_at timestamp with time zone
waitlist.ended_at timestamp with time zone
waitlist.decision_id uuid
waitlist.version integer NOT NULL DEFAULT 1
waitlist.answered_by uuid
waitlist.answered_by_name text
webhook_deliveries.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
webhook_deliveries.id uuid NOT NULL
webhook_deliveries.seq bigint NOT NULL IDENTITY
webhook_deliveries.version integer NOT NULL DEFAULT 1
webhook_deliveries.webhook_id uuid NOT NULL
webhook_deliveries.key text NOT NULL
webhook_deliveries.type text NOT NULL
webhook_deliveries.session_id uuid
webhook_deliveries.timeline_id bigint
webhook_deliveries.at timestamp with time zone NOT NULL
webhook_deliveries.facts jsonb
webhook_deliveries.state text NOT NULL DEFAULT 'planned'::text
webhook_deliveries.due_at timestamp with time zone NOT NULL
webhook_deliveries.tries integer NOT NULL DEFAULT 0
webhook_deliveries.lease_until timestamp with time zone
webhook_deliveries.payload text
webhook_deliveries.attempts jsonb NOT NULL DEFAULT '[]'::jsonb
webhook_deliveries.reason text
webhook_deliveries.ended_at timestamp with time zone
webhooks.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
webhooks.id uuid NOT NULL
webhooks.version integer NOT NULL DEFAULT 1
webhooks.name text NOT NULL
webhooks.url text NOT NULL
webhooks.event_types text[] NOT NULL
webhooks.state text NOT NULL
webhooks.off_reason text
webhooks.off_at timestamp with time zone
webhooks.secret_n integer NOT NULL DEFAULT 1
webhooks.old_secrets jsonb NOT NULL DEFAULT '[]'::jsonb
webhooks.failing_since timestamp with time zone
webhooks.created_at timestamp with time zone NOT NULL
webhooks.created_by uuid
zone_checks.organisation_id uuid NOT NULL DEFAULT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid
zone_checks.person_id uuid NOT NULL
zone_checks.evidence text NOT NULL
zone_checks.state text NOT NULL
zone_checks.decision_id uuid
zone_checks.checked_at timestamp with time zone NOT NULL

-- constraints
access_tokens access_tokens_kind_check CHECK ((kind = ANY (ARRAY['key'::text, 'sign-in'::text, 'login'::text])))
access_tokens access_tokens_organisation_id_principal_id_fkey FOREIGN KEY (organisation_id, principal_id) REFERENCES principals(organisation_id, id)
access_tokens access_tokens_pkey PRIMARY KEY (hash)
acknowledgements acknowledgements_acknowledged_by_check CHECK ((acknowledged_by = ANY (ARRAY['link'::text, 'api'::text, 'offer'::text])))
acknowledgements acknowledgements_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
acknowledgements acknowledgements_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
acknowledgements acknowledgements_organisation_id_session_id_person_id_rev_key UNIQUE (organisation_id, session_id, person_id, rev)
acknowledgements acknowledgements_pkey PRIMARY KEY (organisation_id, id)
acknowledgements acknowledgements_token_hash_key UNIQUE (token_hash)
adoption_items adoption_items_organisation_id_adoption_id_fkey FOREIGN KEY (organisation_id, adoption_id) REFERENCES adoptions(organisation_id, id)
adoption_items adoption_items_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
adoption_items adoption_items_pkey PRIMARY KEY (organisation_id, adoption_id, session_id)
adoption_items adoption_items_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'passed'::text, 'failed'::text])))
adoptions adoptions_batch_check CHECK ((batch > 0))
adoptions adoptions_check CHECK (((ended_at IS NULL) = (state = 'running'::text)))
adoptions adoptions_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
adoptions adoptions_organisation_id_set_id_fkey FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets(organisation_id, id)
adoptions adoptions_per_minute_check CHECK ((per_minute > 0))
adoptions adoptions_pkey PRIMARY KEY (organisation_id, id)
adoptions adoptions_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'superseded'::text])))
attempts attempts_organisation_id_effect_key_key UNIQUE (organisation_id, effect_key)
attempts attempts_organisation_id_obligation_id_fkey FOREIGN KEY (organisation_id, obligation_id) REFERENCES obligations(organisation_id, id)
attempts attempts_pkey PRIMARY KEY (organisation_id, id)
attempts attempts_state_check CHECK ((state = ANY (ARRAY['claimed'::text, 'sent'::text, 'failed'::text])))
attendance_events attendance_events_kind_check CHECK ((kind = ANY (ARRAY['joined'::text, 'left'::text, 'link-opened'::text, 'poll-answered'::text])))
attendance_events attendance_events_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
attendance_events attendance_events_organisation_id_source_event_id_key UNIQUE (organisation_id, source, event_id)
attendance_events attendance_events_pkey PRIMARY KEY (organisation_id, id)
audit audit_pkey PRIMARY KEY (organisation_id, id)
automation_looks automation_looks_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
automation_looks automation_looks_pkey PRIMARY KEY (organisation_id, automation)
automation_marks automation_marks_check CHECK (((session_id IS NULL) <> (person_id IS NULL)))
automation_marks automation_marks_kind_check CHECK ((kind = ANY (ARRAY['tag'::text, 'note'::text])))
automation_marks automation_marks_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
automation_marks automation_marks_organisation_id_key_key UNIQUE (organisation_id, key)
automation_marks automation_marks_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
automation_marks automation_marks_organisation_id_run_id_fkey FOREIGN KEY (organisation_id, run_id) REFERENCES automation_runs(organisation_id, id)
automation_marks automation_marks_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
automation_marks automation_marks_pkey PRIMARY KEY (organisation_id, id)
automation_runs automation_runs_organisation_id_automation_key_person_id_key UNIQUE NULLS NOT DISTINCT (organisation_id, automation, key, person_id)
automation_runs automation_runs_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
automation_runs automation_runs_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
automation_runs automation_runs_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
automation_runs automation_runs_organisation_id_set_id_fkey FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets(organisation_id, id)
automation_runs automation_runs_pkey PRIMARY KEY (organisation_id, id)
automation_runs automation_runs_state_check CHECK ((state = ANY (ARRAY['new'::text, 'running'::text, 'waiting'::text, 'done'::text, 'not-met'::text, 'stopped'::text, 'cancelled'::text])))
automation_steps automation_steps_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
automation_steps automation_steps_organisation_id_run_id_fkey FOREIGN KEY (organisation_id, run_id) REFERENCES automation_runs(organisation_id, id)
automation_steps automation_steps_pkey PRIMARY KEY (organisation_id, run_id, step)
automation_steps automation_steps_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'skipped'::text])))
automation_triggers automation_triggers_each_check CHECK ((each = ANY (ARRAY['session'::text, 'student'::text, 'instructor'::text])))
automation_triggers automation_triggers_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
automation_triggers automation_triggers_organisation_id_set_id_fkey FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets(organisation_id, id)
automation_triggers automation_triggers_pkey PRIMARY KEY (organisation_id, set_id, automation, kind)
availability availability_check CHECK ((until_clock > from_clock))
availability availability_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
availability availability_pkey PRIMARY KEY (organisation_id, person_id, weekday, from_clock, valid_from)
availability availability_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
batch_items batch_items_organisation_id_batch_id_fkey FOREIGN KEY (organisation_id, batch_id) REFERENCES batches(organisation_id, id)
batch_items batch_items_organisation_id_batch_id_session_id_key UNIQUE (organisation_id, batch_id, session_id)
batch_items batch_items_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
batch_items batch_items_pkey PRIMARY KEY (organisation_id, batch_id, n)
batch_items batch_items_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'held'::text, 'refused'::text, 'superseded'::text])))
batches batches_cause_check CHECK ((cause = ANY (ARRAY['series'::text, 'closure'::text, 'time-off'::text])))
batches batches_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
batches batches_pkey PRIMARY KEY (organisation_id, id)
batches batches_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text])))
blocked_pairs blocked_pairs_organisation_id_instructor_id_fkey FOREIGN KEY (organisation_id, instructor_id) REFERENCES people(organisation_id, id)
blocked_pairs blocked_pairs_organisation_id_student_id_fkey FOREIGN KEY (organisation_id, student_id) REFERENCES people(organisation_id, id)
blocked_pairs blocked_pairs_pkey PRIMARY KEY (organisation_id, student_id, instructor_id)
changes changes_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
changes changes_organisation_id_session_id_rev_key UNIQUE (organisation_id, session_id, rev)
changes changes_pkey PRIMARY KEY (organisation_id, id)
closures closures_check CHECK (((person_id IS NULL) OR (branch IS NULL)))
closures closures_check1 CHECK ((ends_at > starts_at))
closures closures_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
closures closures_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
closures closures_pkey PRIMARY KEY (organisation_id, id)
closures closures_state_check CHECK ((state = ANY (ARRAY['active'::text, 'removed'::text])))
consents consents_kind_check CHECK ((kind = ANY (ARRAY['recording'::text, 'ai'::text])))
consents consents_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
consents consents_pkey PRIMARY KEY (organisation_id, id)
corrections corrections_organisation_id_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES decisions(organisation_id, id)
corrections corrections_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
corrections corrections_organisation_id_session_id_n_key UNIQUE (organisation_id, session_id, n)
corrections corrections_pkey PRIMARY KEY (organisation_id, id)
credentials credentials_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
credentials credentials_organisation_id_room_id_fkey FOREIGN KEY (organisation_id, room_id) REFERENCES rooms(organisation_id, id)
credentials credentials_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
credentials credentials_pkey PRIMARY KEY (organisation_id, id)
credentials credentials_token_hash_key UNIQUE (token_hash)
decisions decisions_once UNIQUE NULLS NOT DISTINCT (organisation_id, session_id, point, subject, rev, seq)
decisions decisions_organisation_id_set_id_fkey FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets(organisation_id, id)
decisions decisions_pkey PRIMARY KEY (organisation_id, id)
documents documents_kind_check CHECK ((kind = ANY (ARRAY['summary'::text, 'parent-update'::text])))
documents documents_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
documents documents_organisation_id_session_id_kind_key UNIQUE (organisation_id, session_id, kind)
documents documents_pkey PRIMARY KEY (organisation_id, id)
documents documents_state_check CHECK ((state = ANY (ARRAY['drafted'::text, 'approved'::text, 'rejected'::text])))
drafts drafts_organisation_id_document_id_fkey FOREIGN KEY (organisation_id, document_id) REFERENCES documents(organisation_id, id)
drafts drafts_organisation_id_document_id_n_key UNIQUE (organisation_id, document_id, n)
drafts drafts_origin_check CHECK ((origin = ANY (ARRAY['model'::text, 'extractive'::text, 'person'::text, 'notes'::text])))
drafts drafts_pkey PRIMARY KEY (organisation_id, id)
duty_shifts duty_shifts_check CHECK (((weekday IS NULL) <> (on_date IS NULL)))
duty_shifts duty_shifts_kind_check CHECK ((kind = ANY (ARRAY['on'::text, 'off'::text])))
duty_shifts duty_shifts_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
duty_shifts duty_shifts_pkey PRIMARY KEY (organisation_id, id)
duty_shifts duty_shifts_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
former_participants former_participants_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
former_participants former_participants_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
former_participants former_participants_pkey PRIMARY KEY (organisation_id, session_id, person_id, rev)
former_participants former_participants_role_check CHECK ((role = ANY (ARRAY['student'::text, 'instructor'::text])))
guardianships guardianships_organisation_id_guardian_id_fkey FOREIGN KEY (organisation_id, guardian_id) REFERENCES people(organisation_id, id)
guardianships guardianships_organisation_id_student_id_fkey FOREIGN KEY (organisation_id, student_id) REFERENCES people(organisation_id, id)
guardianships guardianships_pkey PRIMARY KEY (organisation_id, student_id, guardian_id)
held_step_desk held_step_desk_organisation_id_held_step_id_fkey FOREIGN KEY (organisation_id, held_step_id) REFERENCES held_steps(organisation_id, id)
held_step_desk held_step_desk_pkey PRIMARY KEY (organisation_id, held_step_id)
held_step_notes held_step_notes_check CHECK (
CASE kind
    WHEN 'comment'::text THEN (body IS NOT NULL)
    ELSE ((person_id IS NOT NULL) AND (channel IS NOT NULL) AND (outcome IS NOT NULL))
END)
held_step_notes held_step_notes_kind_check CHECK ((kind = ANY (ARRAY['comment'::text, 'contact'::text])))
held_step_notes held_step_notes_organisation_id_held_step_id_fkey FOREIGN KEY (organisation_id, held_step_id) REFERENCES held_steps(organisation_id, id)
held_step_notes held_step_notes_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
held_step_notes held_step_notes_pkey PRIMARY KEY (organisation_id, id)
held_steps held_steps_audience_check CHECK ((audience = ANY (ARRAY['instructor'::text, 'coordinator'::text])))
held_steps held_steps_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
held_steps held_steps_pkey PRIMARY KEY (organisation_id, id)
held_steps held_steps_state_check CHECK ((state = ANY (ARRAY['open'::text, 'decided'::text, 'expired'::text, 'withdrawn'::text])))
idempotency_keys idempotency_keys_pkey PRIMARY KEY (organisation_id, principal_id, route, key)
imported_rows imported_rows_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
imported_rows imported_rows_pkey PRIMARY KEY (organisation_id, kind, external_id)
inbox inbox_organisation_id_source_event_id_key UNIQUE (organisation_id, source, event_id)
inbox inbox_pkey PRIMARY KEY (organisation_id, id)
inbox inbox_state_check CHECK ((state = ANY (ARRAY['received'::text, 'applied'::text, 'ignored'::text, 'refused'::text])))
incidents incidents_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
incidents incidents_pkey PRIMARY KEY (organisation_id, id)
incidents incidents_reported_by_check CHECK ((reported_by = ANY (ARRAY['coordinator'::text, 'provider'::text, 'lectern'::text])))
installation installation_clock_rate_check CHECK ((clock_rate > (0)::double precision))
installation installation_one_check CHECK (one)
installation installation_pkey PRIMARY KEY (one)
journals journals_kind_check CHECK ((kind = ANY (ARRAY['charge'::text, 'payout'::text, 'reversal'::text, 'opening'::text])))
journals journals_of_a_session CHECK ((((kind = 'opening'::text) = (session_id IS NULL)) AND ((kind = 'opening'::text) = (decision_id IS NULL))))
journals journals_organisation_id_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES decisions(organisation_id, id)
journals journals_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
journals journals_organisation_id_session_id_subject_id_kind_rev_ame_key UNIQUE (organisation_id, session_id, subject_id, kind, rev, amendment)
journals journals_pkey PRIMARY KEY (organisation_id, id)
knex_migrations knex_migrations_pkey PRIMARY KEY (id)
knex_migrations_lock knex_migrations_lock_pkey PRIMARY KEY (index)
lesson_notes lesson_notes_organisation_id_held_step_id_key UNIQUE (organisation_id, held_step_id)
lesson_notes lesson_notes_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
lesson_notes lesson_notes_pkey PRIMARY KEY (organisation_id, id)
lookup_rows lookup_rows_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
lookup_rows lookup_rows_organisation_id_table_name_fkey FOREIGN KEY (organisation_id, table_name) REFERENCES lookup_tables(organisation_id, name)
lookup_rows lookup_rows_pkey PRIMARY KEY (organisation_id, table_name, key)
lookup_tables lookup_tables_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
lookup_tables lookup_tables_pkey PRIMARY KEY (organisation_id, name)
memberships memberships_organisation_id_principal_id_fkey FOREIGN KEY (organisation_id, principal_id) REFERENCES principals(organisation_id, id)
memberships memberships_pkey PRIMARY KEY (organisation_id, principal_id, role)
memberships memberships_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'coordinator'::text, 'instructor'::text, 'integrator'::text])))
obligations obligations_evidence_check CHECK ((evidence = ANY (ARRAY['accepted'::text, 'delivered'::text, 'opened'::text])))
obligations obligations_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
obligations obligations_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
obligations obligations_organisation_id_session_id_person_id_about_id_k_key UNIQUE NULLS NOT DISTINCT (organisation_id, session_id, person_id, about_id, kind, step, anchor_at)
obligations obligations_pkey PRIMARY KEY (organisation_id, id)
obligations obligations_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'claimed'::text, 'in-doubt'::text, 'delivered'::text, 'failed-over'::text, 'suppressed'::text, 'held'::text, 'missed'::text])))
occurrences occurrences_check CHECK (((outcome = 'skipped'::text) = (session_id IS NULL)))
occurrences occurrences_organisation_id_series_id_fkey FOREIGN KEY (organisation_id, series_id) REFERENCES series(organisation_id, id)
occurrences occurrences_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
occurrences occurrences_organisation_id_session_id_key UNIQUE (organisation_id, session_id)
occurrences occurrences_outcome_check CHECK ((outcome = ANY (ARRAY['booked'::text, 'moved'::text, 'held'::text, 'skipped'::text])))
occurrences occurrences_pkey PRIMARY KEY (organisation_id, series_id, original)
offers offers_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
offers offers_organisation_id_search_id_fkey FOREIGN KEY (organisation_id, search_id) REFERENCES substitute_searches(organisation_id, id)
offers offers_organisation_id_search_id_person_id_key UNIQUE (organisation_id, search_id, person_id)
offers offers_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
offers offers_pkey PRIMARY KEY (organisation_id, id)
offers offers_state_check CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'declined'::text, 'expired'::text, 'released'::text, 'withdrawn'::text])))
offers offers_token_hash_key UNIQUE (token_hash)
opt_outs opt_outs_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text])))
opt_outs opt_outs_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
opt_outs opt_outs_pkey PRIMARY KEY (organisation_id, channel, address)
organisations organisations_pkey PRIMARY KEY (id)
organisations organisations_slug_key UNIQUE (slug)
outbox outbox_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
outbox outbox_pkey PRIMARY KEY (organisation_id, id)
participants participants_no_overlap EXCLUDE USING gist (person_key WITH =, busy WITH &&) WHERE (holds_slot) DEFERRABLE
participants participants_organisation_id_person_id_person_key_fkey FOREIGN KEY (organisation_id, person_id, person_key) REFERENCES people(organisation_id, id, key)
participants participants_organisation_id_session_id_starts_at_ends_at__fkey FOREIGN KEY (organisation_id, session_id, starts_at, ends_at, buffer_minutes, holds_slot) REFERENCES sessions(organisation_id, id, starts_at, ends_at, buffer_minutes, holds_slot) ON UPDATE CASCADE
participants participants_pkey PRIMARY KEY (organisation_id, session_id, person_id)
participants participants_role_check CHECK ((role = ANY (ARRAY['student'::text, 'instructor'::text])))
participants participants_verdict_check CHECK ((verdict = ANY (ARRAY['waiting'::text, 'arrived'::text, 'late'::text, 'no-show'::text, 'undecided'::text])))
pauses pauses_check CHECK (((value IS NULL) = (scope = 'all'::text)))
pauses pauses_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
pauses pauses_pkey PRIMARY KEY (organisation_id, id)
pauses pauses_scope_check CHECK ((scope = ANY (ARRAY['all'::text, 'kind'::text, 'channel'::text, 'policy'::text])))
payments payments_amount_minor_check CHECK ((amount_minor >= 0))
payments payments_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
payments payments_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
payments payments_organisation_id_source_reference_key UNIQUE (organisation_id, source, reference)
payments payments_pkey PRIMARY KEY (organisation_id, id)
payments payments_state_check CHECK ((state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'action-required'::text, 'refunded'::text, 'disputed'::text])))
people people_key_key UNIQUE (key)
people people_kind_check CHECK ((kind = ANY (ARRAY['student'::text, 'instructor'::text, 'guardian'::text, 'coordinator'::text, 'admin'::text])))
people people_organisation_id_external_id_key UNIQUE (organisation_id, external_id)
people people_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
people people_organisation_id_id_key_key UNIQUE (organisation_id, id, key)
people people_pkey PRIMARY KEY (organisation_id, id)
postings postings_balanced TRIGGER DEFERRABLE INITIALLY DEFERRED
postings postings_organisation_id_journal_id_fkey FOREIGN KEY (organisation_id, journal_id) REFERENCES journals(organisation_id, id)
postings postings_pkey PRIMARY KEY (organisation_id, id)
principals principals_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'service'::text])))
principals principals_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
principals principals_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
principals principals_pkey PRIMARY KEY (organisation_id, id)
provider_identities provider_identities_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
provider_identities provider_identities_pkey PRIMARY KEY (organisation_id, source, identity)
recordings recordings_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
recordings recordings_pkey PRIMARY KEY (organisation_id, session_id)
recordings recordings_state_check CHECK ((state = ANY (ARRAY['expected'::text, 'not-expected'::text, 'started'::text, 'ready'::text, 'failed'::text, 'missing'::text])))
recordings recordings_wanted_check CHECK ((wanted = ANY (ARRAY['first'::text, 'second'::text, 'stop'::text])))
rooms rooms_no_overlap EXCLUDE USING gist (organisation_id WITH =, resource WITH =, busy WITH &&) WHERE (((resource IS NOT NULL) AND (state <> 'closed'::text)))
rooms rooms_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
rooms rooms_pkey PRIMARY KEY (organisation_id, id)
rooms rooms_state_check CHECK ((state = ANY (ARRAY['opening'::text, 'open'::text, 'closed'::text])))
rule_backtests rule_backtests_organisation_id_draft_id_fkey FOREIGN KEY (organisation_id, draft_id) REFERENCES rule_drafts(organisation_id, id)
rule_backtests rule_backtests_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
rule_backtests rule_backtests_pkey PRIMARY KEY (organisation_id, id)
rule_backtests rule_backtests_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
rule_drafts rule_drafts_organisation_id_base_set_id_fkey FOREIGN KEY (organisation_id, base_set_id) REFERENCES rule_sets(organisation_id, id)
rule_drafts rule_drafts_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
rule_drafts rule_drafts_organisation_id_set_id_fkey FOREIGN KEY (organisation_id, set_id) REFERENCES rule_sets(organisation_id, id)
rule_drafts rule_drafts_pkey PRIMARY KEY (organisation_id, id)
rule_drafts rule_drafts_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'proposed'::text, 'scheduled'::text, 'published'::text, 'withdrawn'::text, 'failed'::text])))
rule_sets rule_sets_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
rule_sets rule_sets_organisation_id_number_key UNIQUE (organisation_id, number)
rule_sets rule_sets_pkey PRIMARY KEY (organisation_id, id)
rule_shadows rule_shadows_check CHECK (((ended_at IS NULL) = (ended_as IS NULL)))
rule_shadows rule_shadows_ended_as_check CHECK ((ended_as = ANY (ARRAY['stopped'::text, 'published'::text, 'withdrawn'::text, 'failed'::text])))
rule_shadows rule_shadows_organisation_id_draft_id_fkey FOREIGN KEY (organisation_id, draft_id) REFERENCES rule_drafts(organisation_id, id)
rule_shadows rule_shadows_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
rule_shadows rule_shadows_pkey PRIMARY KEY (organisation_id, id)
series series_capacity_check CHECK ((capacity > 0))
series series_length_minutes_check CHECK ((length_minutes > 0))
series series_organisation_id_external_id_key UNIQUE (organisation_id, external_id)
series series_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
series series_organisation_id_instructor_id_fkey FOREIGN KEY (organisation_id, instructor_id) REFERENCES people(organisation_id, id)
series series_pkey PRIMARY KEY (organisation_id, id)
series series_state_check CHECK ((state = ANY (ARRAY['active'::text, 'ended'::text])))
series_students series_students_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
series_students series_students_organisation_id_series_id_fkey FOREIGN KEY (organisation_id, series_id) REFERENCES series(organisation_id, id)
series_students series_students_pkey PRIMARY KEY (organisation_id, series_id, person_id)
session_phases session_phases_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
session_phases session_phases_pkey PRIMARY KEY (organisation_id, session_id, phase, rev)
session_references session_references_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
session_references session_references_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
session_references session_references_pkey PRIMARY KEY (organisation_id, reference)
sessions sessions_capacity_check CHECK ((capacity > 0))
sessions sessions_check CHECK ((ends_at > starts_at))
sessions sessions_check1 CHECK (((NOT without_slot) OR (status = ANY (ARRAY['held'::text, 'cancelled'::text, 'refused'::text, 'expired'::text]))))
sessions sessions_min_students_check CHECK ((min_students > 0))
sessions sessions_organisation_id_booked_set_id_fkey FOREIGN KEY (organisation_id, booked_set_id) REFERENCES rule_sets(organisation_id, id)
sessions sessions_organisation_id_external_id_key UNIQUE (organisation_id, external_id)
sessions sessions_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
sessions sessions_organisation_id_id_starts_at_ends_at_buffer_minute_key UNIQUE (organisation_id, id, starts_at, ends_at, buffer_minutes, holds_slot)
sessions sessions_pay_minor_check CHECK ((pay_minor >= 0))
sessions sessions_pkey PRIMARY KEY (organisation_id, id)
sessions sessions_price_minor_check CHECK ((price_minor >= 0))
sessions sessions_status_check CHECK ((status = ANY (ARRAY['held'::text, 'booked'::text, 'ready'::text, 'live'::text, 'documenting'::text, 'settling'::text, 'settled'::text, 'cancelled'::text, 'refused'::text, 'expired'::text])))
shadow_answers shadow_answers_finding_check CHECK ((finding = ANY (ARRAY['same'::text, 'other-rule'::text, 'differs'::text, 'unjudged'::text])))
shadow_answers shadow_answers_organisation_id_shadow_id_fkey FOREIGN KEY (organisation_id, shadow_id) REFERENCES rule_shadows(organisation_id, id)
shadow_answers shadow_answers_pkey PRIMARY KEY (organisation_id, shadow_id, decision_id)
sources sources_name_key UNIQUE (name)
sources sources_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
sources sources_pkey PRIMARY KEY (organisation_id, id)
strikes strikes_kind_check CHECK ((kind = ANY (ARRAY['no-show'::text, 'late-cancellation'::text])))
strikes strikes_of_a_session CHECK ((((session_id IS NULL) = (happened_on IS NOT NULL)) AND ((session_id IS NULL) = (external_id IS NOT NULL)) AND ((session_id IS NULL) = (decision_id IS NULL))))
strikes strikes_organisation_id_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES decisions(organisation_id, id)
strikes strikes_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
strikes strikes_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
strikes strikes_organisation_id_session_id_person_id_kind_key UNIQUE (organisation_id, session_id, person_id, kind)
strikes strikes_organisation_id_term_id_fkey FOREIGN KEY (organisation_id, term_id) REFERENCES terms(organisation_id, id)
strikes strikes_pkey PRIMARY KEY (organisation_id, id)
strikes strikes_state_check CHECK ((state = ANY (ARRAY['counted'::text, 'forgiven'::text, 'reversed'::text])))
substitute_searches substitute_searches_cause_check CHECK ((cause = ANY (ARRAY['asked'::text, 'unacknowledged'::text, 'no-show'::text])))
substitute_searches substitute_searches_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
substitute_searches substitute_searches_pkey PRIMARY KEY (organisation_id, id)
substitute_searches substitute_searches_state_check CHECK ((state = ANY (ARRAY['open'::text, 'found'::text, 'held'::text, 'cancelled'::text, 'ended'::text])))
teaching teaching_most_a_day_check CHECK ((most_a_day > 0))
teaching teaching_most_a_week_check CHECK ((most_a_week > 0))
teaching teaching_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
teaching teaching_pkey PRIMARY KEY (organisation_id, person_id)
terms terms_check CHECK ((ends_on >= starts_on))
terms terms_no_overlap EXCLUDE USING gist (organisation_id WITH =, daterange(starts_on, ends_on, '[]'::text) WITH &&)
terms terms_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
terms terms_organisation_id_name_key UNIQUE (organisation_id, name)
terms terms_pkey PRIMARY KEY (organisation_id, id)
timeline timeline_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
timeline timeline_pkey PRIMARY KEY (organisation_id, id)
transcripts transcripts_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
transcripts transcripts_organisation_id_session_id_hash_key UNIQUE (organisation_id, session_id, hash)
transcripts transcripts_pkey PRIMARY KEY (organisation_id, id)
tzdata_checks tzdata_checks_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
tzdata_checks tzdata_checks_pkey PRIMARY KEY (organisation_id, tzdata)
waitlist waitlist_organisation_id_answered_by_fkey FOREIGN KEY (organisation_id, answered_by) REFERENCES people(organisation_id, id)
waitlist waitlist_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
waitlist waitlist_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
waitlist waitlist_pkey PRIMARY KEY (organisation_id, id)
waitlist waitlist_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'offered'::text, 'joined'::text, 'declined'::text, 'expired'::text, 'removed'::text, 'closed'::text])))
waitlist waitlist_token_hash_key UNIQUE (token_hash)
webhook_deliveries webhook_deliveries_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
webhook_deliveries webhook_deliveries_organisation_id_session_id_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions(organisation_id, id)
webhook_deliveries webhook_deliveries_organisation_id_webhook_id_fkey FOREIGN KEY (organisation_id, webhook_id) REFERENCES webhooks(organisation_id, id)
webhook_deliveries webhook_deliveries_organisation_id_webhook_id_key_key UNIQUE (organisation_id, webhook_id, key)
webhook_deliveries webhook_deliveries_pkey PRIMARY KEY (organisation_id, id)
webhook_deliveries webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'claimed'::text, 'delivered'::text, 'failed'::text])))
webhooks webhooks_off_reason_check CHECK ((off_reason = ANY (ARRAY['asked'::text, 'gone'::text, 'failing'::text])))
webhooks webhooks_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id)
webhooks webhooks_organisation_id_name_key UNIQUE (organisation_id, name)
webhooks webhooks_pkey PRIMARY KEY (organisation_id, id)
webhooks webhooks_state_check CHECK ((state = ANY (ARRAY['on'::text, 'off'::text])))
zone_checks zone_checks_organisation_id_person_id_fkey FOREIGN KEY (organisation_id, person_id) REFERENCES people(organisation_id, id)
zone_checks zone_checks_pkey PRIMARY KEY (organisation_id, person_id)
zone_checks zone_checks_state_check CHECK ((state = ANY (ARRAY['held'::text, 'settled'::text])))

-- indexes
CREATE UNIQUE INDEX access_tokens_pkey ON public.access_tokens USING btree (hash)
CREATE INDEX acknowledgements_due ON public.acknowledgements USING btree (organisation_id, session_id, check_at) WHERE (check_at IS NOT NULL)
CREATE UNIQUE INDEX acknowledgements_organisation_id_session_id_person_id_rev_key ON public.acknowledgements USING btree (organisation_id, session_id, person_id, rev)
CREATE UNIQUE INDEX acknowledgements_pkey ON public.acknowledgements USING btree (organisation_id, id)
CREATE UNIQUE INDEX acknowledgements_token_hash_key ON public.acknowledgements USING btree (token_hash)
CREATE UNIQUE INDEX adoption_items_pkey ON public.adoption_items USING btree (organisation_id, adoption_id, session_id)
CREATE INDEX adoption_items_waiting ON public.adoption_items USING btree (organisation_id, adoption_id, session_id) WHERE (state = 'waiting'::text)
CREATE INDEX adoptions_by_time ON public.adoptions USING btree (organisation_id, started_at DESC, id DESC)
CREATE UNIQUE INDEX adoptions_pkey ON public.adoptions USING btree (organisation_id, id)
CREATE INDEX attempts_of_session ON public.attempts USING btree (organisation_id, session_id, claimed_at)
CREATE UNIQUE INDEX attempts_organisation_id_effect_key_key ON public.attempts USING btree (organisation_id, effect_key)
CREATE UNIQUE INDEX attempts_pkey ON public.attempts USING btree (organisation_id, id)
CREATE INDEX attempts_recent ON public.attempts USING btree (organisation_id, claimed_at DESC, id)
CREATE UNIQUE INDEX attendance_events_organisation_id_source_event_id_key ON public.attendance_events USING btree (organisation_id, source, event_id)
CREATE UNIQUE INDEX attendance_events_pkey ON public.attendance_events USING btree (organisation_id, id)
CREATE INDEX attendance_of_session ON public.attendance_events USING btree (organisation_id, session_id, at)
CREATE INDEX attendance_unmatched ON public.attendance_events USING btree (organisation_id, session_id) WHERE (person_id IS NULL)
CREATE UNIQUE INDEX audit_pkey ON public.audit USING btree (organisation_id, id)
CREATE UNIQUE INDEX automation_looks_pkey ON public.automation_looks USING btree (organisation_id, automation)
CREATE UNIQUE INDEX automation_marks_organisation_id_key_key ON public.automation_marks USING btree (organisation_id, key)
CREATE INDEX automation_marks_person ON public.automation_marks USING btree (organisation_id, person_id) WHERE (person_id IS NOT NULL)
CREATE UNIQUE INDEX automation_marks_pkey ON public.automation_marks USING btree (organisation_id, id)
CREATE INDEX automation_marks_session ON public.automation_marks USING btree (organisation_id, session_id) WHERE (session_id IS NOT NULL)
CREATE INDEX automation_runs_asked ON public.automation_runs USING btree (organisation_id) WHERE (asked > told)
CREATE INDEX automation_runs_begun ON public.automation_runs USING btree (organisation_id, automation, begun_at) WHERE (begun_at IS NOT NULL)
CREATE INDEX automation_runs_newest ON public.automation_runs USING btree (organisation_id, seq DESC)
CREATE INDEX automation_runs_of_session ON public.automation_runs USING btree (organisation_id, session_id, seq)
CREATE INDEX automation_runs_open ON public.automation_runs USING btree (organisation_id, session_id) WHERE (state = ANY (ARRAY['new'::text, 'running'::text, 'waiting'::text]))
CREATE UNIQUE INDEX automation_runs_organisation_id_automation_key_person_id_key ON public.automation_runs USING btree (organisation_id, automation, key, person_id) NULLS NOT DISTINCT
CREATE UNIQUE INDEX automation_runs_pkey ON public.automation_runs USING btree (organisation_id, id)
CREATE INDEX automation_runs_root ON public.automation_runs USING btree (organisation_id, root)
CREATE UNIQUE INDEX automation_steps_held ON public.automation_steps USING btree (organisation_id, held_step_id) WHERE (held_step_id IS NOT NULL)
CREATE UNIQUE INDEX automation_steps_pkey ON public.automation_steps USING btree (organisation_id, run_id, step)
CREATE UNIQUE INDEX automation_triggers_pkey ON public.automation_triggers USING btree (organisation_id, set_id, automation, kind)
CREATE UNIQUE INDEX availability_pkey ON public.availability USING btree (organisation_id, person_id, weekday, from_clock, valid_from)
CREATE UNIQUE INDEX batch_items_organisation_id_batch_id_session_id_key ON public.batch_items USING btree (organisation_id, batch_id, session_id)
CREATE UNIQUE INDEX batch_items_pkey ON public.batch_items USING btree (organisation_id, batch_id, n)
CREATE INDEX batches_of_cause ON public.batches USING btree (organisation_id, cause_id, made_at)
CREATE UNIQUE INDEX batches_pkey ON public.batches USING btree (organisation_id, id)
CREATE INDEX batches_running ON public.batches USING btree (organisation_id, id) WHERE (state = 'running'::text)
CREATE INDEX blocked_pairs_of_instructor ON public.blocked_pairs USING btree (organisation_id, instructor_id)
CREATE UNIQUE INDEX blocked_pairs_pkey ON public.blocked_pairs USING btree (organisation_id, student_id, instructor_id)
CREATE UNIQUE INDEX changes_organisation_id_session_id_rev_key ON public.changes USING btree (organisation_id, session_id, rev)
CREATE UNIQUE INDEX changes_pkey ON public.changes USING btree (organisation_id, id)
CREATE INDEX closures_by_creation ON public.closures USING btree (organisation_id, created_at DESC, id)
CREATE INDEX closures_by_time ON public.closures USING btree (organisation_id, ends_at) WHERE (state = 'active'::text)
CREATE UNIQUE INDEX closures_pkey ON public.closures USING btree (organisation_id, id)
CREATE INDEX consents_of_person ON public.consents USING btree (organisation_id, person_id, kind, given_at DESC)
CREATE UNIQUE INDEX consents_pkey ON public.consents USING btree (organisation_id, id)
CREATE UNIQUE INDEX corrections_organisation_id_session_id_n_key ON public.corrections USING btree (organisation_id, session_id, n)
CREATE UNIQUE INDEX corrections_pkey ON public.corrections USING btree (organisation_id, id)
CREATE UNIQUE INDEX credentials_one_live ON public.credentials USING btree (organisation_id, session_id, person_id) WHERE (revoked_at IS NULL)
CREATE UNIQUE INDEX credentials_pkey ON public.credentials USING btree (organisation_id, id)
CREATE INDEX credentials_to_look_for ON public.credentials USING btree (organisation_id, session_id, look_again_at) WHERE (look_again_at IS NOT NULL)
CREATE UNIQUE INDEX credentials_token_hash_key ON public.credentials USING btree (token_hash)
CREATE INDEX decisions_of_session ON public.decisions USING btree (organisation_id, session_id, as_of)
CREATE UNIQUE INDEX decisions_once ON public.decisions USING btree (organisation_id, session_id, point, subject, rev, seq) NULLS NOT DISTINCT
CREATE UNIQUE INDEX decisions_pkey ON public.decisions USING btree (organisation_id, id)
CREATE INDEX decisions_recorded ON public.decisions USING btree (organisation_id, recorded, id)
CREATE UNIQUE INDEX documents_organisation_id_session_id_kind_key ON public.documents USING btree (organisation_id, session_id, kind)
CREATE UNIQUE INDEX documents_pkey ON public.documents USING btree (organisation_id, id)
CREATE UNIQUE INDEX drafts_organisation_id_document_id_n_key ON public.drafts USING btree (organisation_id, document_id, n)
CREATE UNIQUE INDEX drafts_pkey ON public.drafts USING btree (organisation_id, id)
CREATE INDEX duty_shifts_of_person ON public.duty_shifts USING btree (organisation_id, person_id) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX duty_shifts_pkey ON public.duty_shifts USING btree (organisation_id, id)
CREATE INDEX former_participants_of_person ON public.former_participants USING btree (organisation_id, person_id)
CREATE UNIQUE INDEX former_participants_pkey ON public.former_participants USING btree (organisation_id, session_id, person_id, rev)
CREATE UNIQUE INDEX guardianships_pkey ON public.guardianships USING btree (organisation_id, student_id, guardian_id)
CREATE UNIQUE INDEX held_step_desk_pkey ON public.held_step_desk USING btree (organisation_id, held_step_id)
CREATE INDEX held_step_notes_of_step ON public.held_step_notes USING btree (organisation_id, held_step_id, written_at)
CREATE UNIQUE INDEX held_step_notes_pkey ON public.held_step_notes USING btree (organisation_id, id)
CREATE UNIQUE INDEX held_steps_one_open ON public.held_steps USING btree (organisation_id, session_id, kind, subject) WHERE (state = 'open'::text)
CREATE INDEX held_steps_open ON public.held_steps USING btree (organisation_id, opened_at, id) WHERE (state = 'open'::text)
CREATE UNIQUE INDEX held_steps_pkey ON public.held_steps USING btree (organisation_id, id)
CREATE UNIQUE INDEX idempotency_keys_pkey ON public.idempotency_keys USING btree (organisation_id, principal_id, route, key)
CREATE UNIQUE INDEX imported_rows_pkey ON public.imported_rows USING btree (organisation_id, kind, external_id)
CREATE INDEX inbox_by_arrival ON public.inbox USING btree (organisation_id, received_at DESC, id DESC)
CREATE UNIQUE INDEX inbox_organisation_id_source_event_id_key ON public.inbox USING btree (organisation_id, source, event_id)
CREATE UNIQUE INDEX inbox_pkey ON public.inbox USING btree (organisation_id, id)
CREATE INDEX inbox_waiting ON public.inbox USING btree (organisation_id, occurred_at, id) WHERE (state = 'received'::text)
CREATE INDEX inbox_waiting_of_session ON public.inbox USING btree (organisation_id, session_id) WHERE (state = 'received'::text)
CREATE INDEX incidents_of_session ON public.incidents USING btree (organisation_id, session_id, opened_at)
CREATE UNIQUE INDEX incidents_one_open ON public.incidents USING btree (organisation_id, session_id, kind) WHERE (closed_at IS NULL)
CREATE UNIQUE INDEX incidents_pkey ON public.incidents USING btree (organisation_id, id)
CREATE UNIQUE INDEX installation_pkey ON public.installation USING btree (one)
CREATE UNIQUE INDEX journals_opening ON public.journals USING btree (organisation_id, subject_id, rev) WHERE (kind = 'opening'::text)
CREATE UNIQUE INDEX journals_organisation_id_session_id_subject_id_kind_rev_ame_key ON public.journals USING btree (organisation_id, session_id, subject_id, kind, rev, amendment)
CREATE UNIQUE INDEX journals_pkey ON public.journals USING btree (organisation_id, id)
CREATE UNIQUE INDEX journals_reversed_once ON public.journals USING btree (organisation_id, reverses) WHERE (reverses IS NOT NULL)
CREATE UNIQUE INDEX knex_migrations_pkey ON public.knex_migrations USING btree (id)
CREATE UNIQUE INDEX knex_migrations_lock_pkey ON public.knex_migrations_lock USING btree (index)
CREATE UNIQUE INDEX lesson_notes_organisation_id_held_step_id_key ON public.lesson_notes USING btree (organisation_id, held_step_id)
CREATE UNIQUE INDEX lesson_notes_pkey ON public.lesson_notes USING btree (organisation_id, id)
CREATE UNIQUE INDEX lookup_rows_pkey ON public.lookup_rows USING btree (organisation_id, table_name, key)
CREATE UNIQUE INDEX lookup_tables_pkey ON public.lookup_tables USING btree (organisation_id, name)
CREATE UNIQUE INDEX memberships_pkey ON public.memberships USING btree (organisation_id, principal_id, role)
CREATE INDEX obligations_due ON public.obligations USING btree (organisation_id, session_id, due_at) WHERE (state = ANY (ARRAY['planned'::text, 'claimed'::text, 'in-doubt'::text]))
CREATE UNIQUE INDEX obligations_organisation_id_session_id_person_id_about_id_k_key ON public.obligations USING btree (organisation_id, session_id, person_id, about_id, kind, step, anchor_at) NULLS NOT DISTINCT
CREATE UNIQUE INDEX obligations_pkey ON public.obligations USING btree (organisation_id, id)
CREATE UNIQUE INDEX occurrences_organisation_id_session_id_key ON public.occurrences USING btree (organisation_id, session_id)
CREATE UNIQUE INDEX occurrences_pkey ON public.occurrences USING btree (organisation_id, series_id, original)
CREATE INDEX offers_of_person ON public.offers USING btree (organisation_id, person_id, offered_at)
CREATE INDEX offers_of_session ON public.offers USING btree (organisation_id, session_id, offered_at)
CREATE UNIQUE INDEX offers_organisation_id_search_id_person_id_key ON public.offers USING btree (organisation_id, search_id, person_id)
CREATE UNIQUE INDEX offers_pkey ON public.offers USING btree (organisation_id, id)
CREATE UNIQUE INDEX offers_token_hash_key ON public.offers USING btree (token_hash)
CREATE UNIQUE INDEX opt_outs_pkey ON public.opt_outs USING btree (organisation_id, channel, address)
CREATE UNIQUE INDEX organisations_pkey ON public.organisations USING btree (id)
CREATE UNIQUE INDEX organisations_slug_key ON public.organisations USING btree (slug)
CREATE UNIQUE INDEX outbox_one_wake ON public.outbox USING btree (organisation_id, session_id) WHERE (delivered_at IS NULL)
CREATE UNIQUE INDEX outbox_pkey ON public.outbox USING btree (organisation_id, id)
CREATE INDEX outbox_waiting ON public.outbox USING btree (id) WHERE (delivered_at IS NULL)
CREATE INDEX participants_no_overlap ON public.participants USING gist (person_key, busy) WHERE holds_slot
CREATE INDEX participants_of_person ON public.participants USING btree (organisation_id, person_id, starts_at)
CREATE UNIQUE INDEX participants_pkey ON public.participants USING btree (organisation_id, session_id, person_id)
CREATE UNIQUE INDEX pauses_active ON public.pauses USING btree (organisation_id, scope, value) NULLS NOT DISTINCT WHERE (released_at IS NULL)
CREATE UNIQUE INDEX pauses_pkey ON public.pauses USING btree (organisation_id, id)
CREATE INDEX payments_of_session ON public.payments USING btree (organisation_id, session_id, at)
CREATE UNIQUE INDEX payments_organisation_id_source_reference_key ON public.payments USING btree (organisation_id, source, reference)
CREATE UNIQUE INDEX payments_pkey ON public.payments USING btree (organisation_id, id)
CREATE INDEX people_coordinating ON public.people USING btree (organisation_id, key) WHERE ((kind = 'coordinator'::text) AND active)
CREATE UNIQUE INDEX people_key_key ON public.people USING btree (key)
CREATE UNIQUE INDEX people_organisation_id_external_id_key ON public.people USING btree (organisation_id, external_id)
CREATE UNIQUE INDEX people_organisation_id_id_key_key ON public.people USING btree (organisation_id, id, key)
CREATE UNIQUE INDEX people_pkey ON public.people USING btree (organisation_id, id)
CREATE INDEX postings_of_journal ON public.postings USING btree (organisation_id, journal_id)
CREATE UNIQUE INDEX postings_pkey ON public.postings USING btree (organisation_id, id)
CREATE UNIQUE INDEX principals_pkey ON public.principals USING btree (organisation_id, id)
CREATE UNIQUE INDEX provider_identities_pkey ON public.provider_identities USING btree (organisation_id, source, identity)
CREATE UNIQUE INDEX recordings_pkey ON public.recordings USING btree (organisation_id, session_id)
CREATE INDEX rooms_no_overlap ON public.rooms USING gist (organisation_id, resource, busy) WHERE ((resource IS NOT NULL) AND (state <> 'closed'::text))
CREATE UNIQUE INDEX rooms_one_open ON public.rooms USING btree (organisation_id, session_id) WHERE (state <> 'closed'::text)
CREATE UNIQUE INDEX rooms_pkey ON public.rooms USING btree (organisation_id, id)
CREATE UNIQUE INDEX rule_backtests_one ON public.rule_backtests USING btree (organisation_id) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]))
CREATE UNIQUE INDEX rule_backtests_pkey ON public.rule_backtests USING btree (organisation_id, id)
CREATE UNIQUE INDEX rule_drafts_one_scheduled ON public.rule_drafts USING btree (organisation_id) WHERE (state = 'scheduled'::text)
CREATE UNIQUE INDEX rule_drafts_pkey ON public.rule_drafts USING btree (organisation_id, id)
CREATE UNIQUE INDEX rule_sets_organisation_id_number_key ON public.rule_sets USING btree (organisation_id, number)
CREATE UNIQUE INDEX rule_sets_pkey ON public.rule_sets USING btree (organisation_id, id)
CREATE UNIQUE INDEX rule_shadows_one ON public.rule_shadows USING btree (organisation_id) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX rule_shadows_pkey ON public.rule_shadows USING btree (organisation_id, id)
CREATE INDEX series_active ON public.series USING btree (organisation_id, id) WHERE (state = 'active'::text)
CREATE INDEX series_by_creation ON public.series USING btree (organisation_id, created_at DESC, id)
CREATE UNIQUE INDEX series_organisation_id_external_id_key ON public.series USING btree (organisation_id, external_id)
CREATE UNIQUE INDEX series_pkey ON public.series USING btree (organisation_id, id)
CREATE INDEX series_of_student ON public.series_students USING btree (organisation_id, person_id)
CREATE UNIQUE INDEX series_students_pkey ON public.series_students USING btree (organisation_id, series_id, person_id)
CREATE UNIQUE INDEX session_phases_pkey ON public.session_phases USING btree (organisation_id, session_id, phase, rev)
CREATE UNIQUE INDEX session_references_pkey ON public.session_references USING btree (organisation_id, reference)
CREATE INDEX sessions_by_start ON public.sessions USING btree (organisation_id, starts_at, id)
CREATE INDEX sessions_open ON public.sessions USING btree (organisation_id, id) WHERE (closed_at IS NULL)
CREATE UNIQUE INDEX sessions_organisation_id_external_id_key ON public.sessions USING btree (organisation_id, external_id)
CREATE UNIQUE INDEX sessions_organisation_id_id_starts_at_ends_at_buffer_minute_key ON public.sessions USING btree (organisation_id, id, starts_at, ends_at, buffer_minutes, holds_slot)
CREATE UNIQUE INDEX sessions_pkey ON public.sessions USING btree (organisation_id, id)
CREATE INDEX shadow_answers_differing ON public.shadow_answers USING btree (organisation_id, shadow_id, as_of, decision_id) WHERE (finding = 'differs'::text)
CREATE UNIQUE INDEX shadow_answers_pkey ON public.shadow_answers USING btree (organisation_id, shadow_id, decision_id)
CREATE UNIQUE INDEX sources_name_key ON public.sources USING btree (name)
CREATE UNIQUE INDEX sources_pkey ON public.sources USING btree (organisation_id, id)
CREATE UNIQUE INDEX strikes_imported ON public.strikes USING btree (organisation_id, external_id) WHERE (external_id IS NOT NULL)
CREATE INDEX strikes_of_person ON public.strikes USING btree (organisation_id, person_id, term_id) WHERE (state = 'counted'::text)
CREATE UNIQUE INDEX strikes_organisation_id_session_id_person_id_kind_key ON public.strikes USING btree (organisation_id, session_id, person_id, kind)
CREATE UNIQUE INDEX strikes_pkey ON public.strikes USING btree (organisation_id, id)
CREATE INDEX substitute_searches_of_session ON public.substitute_searches USING btree (organisation_id, session_id, started_at)
CREATE UNIQUE INDEX substitute_searches_one_open ON public.substitute_searches USING btree (organisation_id, session_id) WHERE (state = 'open'::text)
CREATE UNIQUE INDEX substitute_searches_pkey ON public.substitute_searches USING btree (organisation_id, id)
CREATE UNIQUE INDEX teaching_pkey ON public.teaching USING btree (organisation_id, person_id)
CREATE INDEX terms_no_overlap ON public.terms USING gist (organisation_id, daterange(starts_on, ends_on, '[]'::text))
CREATE UNIQUE INDEX terms_organisation_id_name_key ON public.terms USING btree (organisation_id, name)
CREATE UNIQUE INDEX terms_pkey ON public.terms USING btree (organisation_id, id)
CREATE INDEX timeline_of_session ON public.timeline USING btree (organisation_id, session_id, id)
CREATE UNIQUE INDEX timeline_pkey ON public.timeline USING btree (organisation_id, id)
CREATE INDEX timeline_told ON public.timeline USING btree (organisation_id, at) WHERE (event IS NOT NULL)
CREATE UNIQUE INDEX transcripts_organisation_id_session_id_hash_key ON public.transcripts USING btree (organisation_id, session_id, hash)
CREATE UNIQUE INDEX transcripts_pkey ON public.transcripts USING btree (organisation_id, id)
CREATE UNIQUE INDEX tzdata_checks_pkey ON public.tzdata_checks USING btree (organisation_id, tzdata)
CREATE INDEX waitlist_of_session ON public.waitlist USING btree (organisation_id, session_id, added_at, id)
CREATE UNIQUE INDEX waitlist_once ON public.waitlist USING btree (organisation_id, session_id, person_id) WHERE (state = ANY (ARRAY['waiting'::text, 'offered'::text]))
CREATE UNIQUE INDEX waitlist_pkey ON public.waitlist USING btree (organisation_id, id)
CREATE UNIQUE INDEX waitlist_token_hash_key ON public.waitlist USING btree (token_hash)
CREATE INDEX webhook_deliveries_ahead ON public.webhook_deliveries USING btree (organisation_id, webhook_id, session_id, seq) WHERE (state = ANY (ARRAY['planned'::text, 'claimed'::text]))
CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (organisation_id, webhook_id, due_at, seq) WHERE (state = ANY (ARRAY['planned'::text, 'claimed'::text]))
CREATE INDEX webhook_deliveries_due_anywhere ON public.webhook_deliveries USING btree (due_at, organisation_id) WHERE (state = ANY (ARRAY['planned'::text, 'claimed'::text]))
CREATE INDEX webhook_deliveries_ended ON public.webhook_deliveries USING btree (organisation_id, state, ended_at) WHERE (ended_at IS NOT NULL)
CREATE INDEX webhook_deliveries_newest ON public.webhook_deliveries USING btree (organisation_id, webhook_id, seq DESC)
CREATE UNIQUE INDEX webhook_deliveries_organisation_id_webhook_id_key_key ON public.webhook_deliveries USING btree (organisation_id, webhook_id, key)
CREATE UNIQUE INDEX webhook_deliveries_pkey ON public.webhook_deliveries USING btree (organisation_id, id)
CREATE UNIQUE INDEX webhooks_organisation_id_name_key ON public.webhooks USING btree (organisation_id, name)
CREATE UNIQUE INDEX webhooks_pkey ON public.webhooks USING btree (organisation_id, id)
CREATE UNIQUE INDEX zone_checks_pkey ON public.zone_checks USING btree (organisation_id, person_id)

-- policies
access_tokens one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
access_tokens owner_sees {lectern_owner} ALL USING true WITH CHECK true
acknowledgements one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
acknowledgements owner_sees {lectern_owner} ALL USING true WITH CHECK true
adoption_items one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
adoption_items owner_sees {lectern_owner} ALL USING true WITH CHECK true
adoptions one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
adoptions owner_sees {lectern_owner} ALL USING true WITH CHECK true
attempts one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
attempts owner_sees {lectern_owner} ALL USING true WITH CHECK true
attendance_events one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
attendance_events owner_sees {lectern_owner} ALL USING true WITH CHECK true
audit one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
audit owner_sees {lectern_owner} ALL USING true WITH CHECK true
automation_looks one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
automation_looks owner_sees {lectern_owner} ALL USING true WITH CHECK true
automation_marks one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
automation_marks owner_sees {lectern_owner} ALL USING true WITH CHECK true
automation_runs one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
automation_runs owner_sees {lectern_owner} ALL USING true WITH CHECK true
automation_steps one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
automation_steps owner_sees {lectern_owner} ALL USING true WITH CHECK true
automation_triggers one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
automation_triggers owner_sees {lectern_owner} ALL USING true WITH CHECK true
availability one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
availability owner_sees {lectern_owner} ALL USING true WITH CHECK true
batch_items one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
batch_items owner_sees {lectern_owner} ALL USING true WITH CHECK true
batches one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
batches owner_sees {lectern_owner} ALL USING true WITH CHECK true
blocked_pairs one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
blocked_pairs owner_sees {lectern_owner} ALL USING true WITH CHECK true
changes one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
changes owner_sees {lectern_owner} ALL USING true WITH CHECK true
closures one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
closures owner_sees {lectern_owner} ALL USING true WITH CHECK true
consents one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
consents owner_sees {lectern_owner} ALL USING true WITH CHECK true
corrections one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
corrections owner_sees {lectern_owner} ALL USING true WITH CHECK true
credentials one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
credentials owner_sees {lectern_owner} ALL USING true WITH CHECK true
decisions one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
decisions owner_sees {lectern_owner} ALL USING true WITH CHECK true
documents one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
documents owner_sees {lectern_owner} ALL USING true WITH CHECK true
drafts one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
drafts owner_sees {lectern_owner} ALL USING true WITH CHECK true
duty_shifts one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
duty_shifts owner_sees {lectern_owner} ALL USING true WITH CHECK true
former_participants one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
former_participants owner_sees {lectern_owner} ALL USING true WITH CHECK true
guardianships one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
guardianships owner_sees {lectern_owner} ALL USING true WITH CHECK true
held_step_desk one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
held_step_desk owner_sees {lectern_owner} ALL USING true WITH CHECK true
held_step_notes one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
held_step_notes owner_sees {lectern_owner} ALL USING true WITH CHECK true
held_steps one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
held_steps owner_sees {lectern_owner} ALL USING true WITH CHECK true
idempotency_keys one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
idempotency_keys owner_sees {lectern_owner} ALL USING true WITH CHECK true
imported_rows one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
imported_rows owner_sees {lectern_owner} ALL USING true WITH CHECK true
inbox one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
inbox owner_sees {lectern_owner} ALL USING true WITH CHECK true
incidents one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
incidents owner_sees {lectern_owner} ALL USING true WITH CHECK true
journals one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
journals owner_sees {lectern_owner} ALL USING true WITH CHECK true
lesson_notes one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
lesson_notes owner_sees {lectern_owner} ALL USING true WITH CHECK true
lookup_rows one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
lookup_rows owner_sees {lectern_owner} ALL USING true WITH CHECK true
lookup_tables one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
lookup_tables owner_sees {lectern_owner} ALL USING true WITH CHECK true
memberships one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
memberships owner_sees {lectern_owner} ALL USING true WITH CHECK true
obligations one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
obligations owner_sees {lectern_owner} ALL USING true WITH CHECK true
occurrences one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
occurrences owner_sees {lectern_owner} ALL USING true WITH CHECK true
offers one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
offers owner_sees {lectern_owner} ALL USING true WITH CHECK true
opt_outs one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
opt_outs owner_sees {lectern_owner} ALL USING true WITH CHECK true
organisations one_organisation {public} ALL USING (id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
organisations owner_sees {lectern_owner} ALL USING true WITH CHECK true
outbox one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
outbox owner_sees {lectern_owner} ALL USING true WITH CHECK true
participants one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
participants owner_sees {lectern_owner} ALL USING true WITH CHECK true
pauses one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
pauses owner_sees {lectern_owner} ALL USING true WITH CHECK true
payments one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
payments owner_sees {lectern_owner} ALL USING true WITH CHECK true
people one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
people owner_sees {lectern_owner} ALL USING true WITH CHECK true
postings one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
postings owner_sees {lectern_owner} ALL USING true WITH CHECK true
principals one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
principals owner_sees {lectern_owner} ALL USING true WITH CHECK true
provider_identities one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
provider_identities owner_sees {lectern_owner} ALL USING true WITH CHECK true
recordings one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
recordings owner_sees {lectern_owner} ALL USING true WITH CHECK true
rooms one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
rooms owner_sees {lectern_owner} ALL USING true WITH CHECK true
rule_backtests one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
rule_backtests owner_sees {lectern_owner} ALL USING true WITH CHECK true
rule_drafts one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
rule_drafts owner_sees {lectern_owner} ALL USING true WITH CHECK true
rule_sets one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
rule_sets owner_sees {lectern_owner} ALL USING true WITH CHECK true
rule_shadows one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
rule_shadows owner_sees {lectern_owner} ALL USING true WITH CHECK true
series one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
series owner_sees {lectern_owner} ALL USING true WITH CHECK true
series_students one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
series_students owner_sees {lectern_owner} ALL USING true WITH CHECK true
session_phases one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
session_phases owner_sees {lectern_owner} ALL USING true WITH CHECK true
session_references one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
session_references owner_sees {lectern_owner} ALL USING true WITH CHECK true
sessions one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
sessions owner_sees {lectern_owner} ALL USING true WITH CHECK true
shadow_answers one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
shadow_answers owner_sees {lectern_owner} ALL USING true WITH CHECK true
sources one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
sources owner_sees {lectern_owner} ALL USING true WITH CHECK true
strikes one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
strikes owner_sees {lectern_owner} ALL USING true WITH CHECK true
substitute_searches one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
substitute_searches owner_sees {lectern_owner} ALL USING true WITH CHECK true
teaching one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
teaching owner_sees {lectern_owner} ALL USING true WITH CHECK true
terms one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
terms owner_sees {lectern_owner} ALL USING true WITH CHECK true
timeline one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
timeline owner_sees {lectern_owner} ALL USING true WITH CHECK true
transcripts one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
transcripts owner_sees {lectern_owner} ALL USING true WITH CHECK true
tzdata_checks one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
tzdata_checks owner_sees {lectern_owner} ALL USING true WITH CHECK true
waitlist one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
waitlist owner_sees {lectern_owner} ALL USING true WITH CHECK true
webhook_deliveries one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
webhook_deliveries owner_sees {lectern_owner} ALL USING true WITH CHECK true
webhooks one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
webhooks owner_sees {lectern_owner} ALL USING true WITH CHECK true
zone_checks one_organisation {public} ALL USING (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif")) WITH CHECK (organisation_id = ( SELECT (NULLIF(current_setting('lectern.organisation_id'::text, true), ''::text))::uuid AS "nullif"))
zone_checks owner_sees {lectern_owner} ALL USING true WITH CHECK true

-- row-level security
access_tokens enabled t forced t
acknowledgements enabled t forced t
adoption_items enabled t forced t
adoptions enabled t forced t
attempts enabled t forced t
attendance_events enabled t forced t
audit enabled t forced t
automation_looks enabled t forced t
automation_marks enabled t forced t
automation_runs enabled t forced t
automation_steps enabled t forced t
automation_triggers enabled t forced t
availability enabled t forced t
batch_items enabled t forced t
batches enabled t forced t
blocked_pairs enabled t forced t
changes enabled t forced t
closures enabled t forced t
consents enabled t forced t
corrections enabled t forced t
credentials enabled t forced t
decisions enabled t forced t
documents enabled t forced t
drafts enabled t forced t
duty_shifts enabled t forced t
former_participants enabled t forced t
guardianships enabled t forced t
held_step_desk enabled t forced t
held_step_notes enabled t forced t
held_steps enabled t forced t
idempotency_keys enabled t forced t
imported_rows enabled t forced t
inbox enabled t forced t
incidents enabled t forced t
installation enabled f forced f
journals enabled t forced t
knex_migrations enabled f forced f
knex_migrations_lock enabled f forced f
lesson_notes enabled t forced t
lookup_rows enabled t forced t
lookup_tables enabled t forced t
memberships enabled t forced t
obligations enabled t forced t
occurrences enabled t forced t
offers enabled t forced t
opt_outs enabled t forced t
organisations enabled t forced t
outbox enabled t forced t
participants enabled t forced t
pauses enabled t forced t
payments enabled t forced t
people enabled t forced t
postings enabled t forced t
principals enabled t forced t
provider_identities enabled t forced t
recordings enabled t forced t
rooms enabled t forced t
rule_backtests enabled t forced t
rule_drafts enabled t forced t
rule_sets enabled t forced t
rule_shadows enabled t forced t
series enabled t forced t
series_students enabled t forced t
session_phases enabled t forced t
session_references enabled t forced t
sessions enabled t forced t
shadow_answers enabled t forced t
sources enabled t forced t
strikes enabled t forced t
substitute_searches enabled t forced t
teaching enabled t forced t
terms enabled t forced t
timeline enabled t forced t
transcripts enabled t forced t
tzdata_checks enabled t forced t
waitlist enabled t forced t
webhook_deliveries enabled t forced t
webhooks enabled t forced t
zone_checks enabled t forced t

-- triggers
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.corrections FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.decisions FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.drafts FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.held_step_notes FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.journals FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.lesson_notes FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER participants_busy BEFORE INSERT OR UPDATE ON public.participants FOR EACH ROW EXECUTE FUNCTION participants_set_busy()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.postings FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE CONSTRAINT TRIGGER postings_balanced AFTER INSERT ON public.postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION postings_balance()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.rule_sets FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.timeline FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER lay_down_automation_runs AFTER INSERT ON public.timeline REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION lay_down_automation_runs()
CREATE TRIGGER lay_down_webhook_deliveries AFTER INSERT ON public.timeline REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION lay_down_webhook_deliveries()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.transcripts FOR EACH ROW EXECUTE FUNCTION refuse_change()

-- functions
CREATE OR REPLACE FUNCTION public.check_ground(people uuid[], beginning timestamp with time zone, ending timestamp with time zone, at_branch text, seen text, closed text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF load_around(people, beginning) <> seen THEN RAISE EXCEPTION 'a week has changed meanwhile' USING ERRCODE = 'serialization_failure'; END IF;
  IF closures_over(people, at_branch, beginning, ending) <> closed
    THEN RAISE EXCEPTION 'that time was closed or opened meanwhile' USING ERRCODE = 'serialization_failure'; END IF;
END $function$

CREATE OR REPLACE FUNCTION public.check_load(people uuid[], around timestamp with time zone, seen text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF load_around(people, around) <> seen THEN RAISE EXCEPTION 'a week has changed meanwhile' USING ERRCODE = 'serialization_failure'; END IF;
END $function$

CREATE OR REPLACE FUNCTION public.closures_over(people uuid[], at_branch text, beginning timestamp with time zone, ending timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  SELECT coalesce(string_agg(c.id::text, ' ' ORDER BY c.id), '') FROM closures c
  WHERE c.state = 'active' AND c.ends_at > beginning AND c.starts_at < ending
    AND CASE WHEN c.person_id IS NULL THEN c.branch IS NULL OR c.branch = at_branch ELSE c.person_id = ANY(people) END $function$

CREATE OR REPLACE FUNCTION public.lay_down_automation_runs()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO automation_runs (organisation_id, id, automation, set_id, event, key, timeline_id, session_id, person_id, at, caused_by, root, depth)
  SELECT a.organisation_id, gen_random_uuid(), t.automation, t.set_id, t.event, 'timeline/' || a.id, a.id, a.session_id, p.person_id, a.at,
    c.id, coalesce(c.root, 'timeline/' || a.id), coalesce(c.depth + 1, 0)
  FROM added a
  JOIN automation_triggers t ON t.organisation_id = a.organisation_id AND t.kind = a.kind
    AND t.set_id = (SELECT s.id FROM rule_sets s WHERE s.organisation_id = a.organisation_id ORDER BY s.number DESC LIMIT 1)
  LEFT JOIN automation_runs c ON c.organisation_id = a.organisation_id AND c.id = (a.data->>'runId')::uuid
  CROSS JOIN LATERAL (
    SELECT NULL::uuid AS person_id WHERE t.each = 'session'
    UNION ALL
    SELECT q.person_id FROM participants q WHERE q.organisation_id = a.organisation_id AND q.session_id = a.session_id AND q.role = t.each
      AND q.person_id = coalesce((a.data->>'personId')::uuid, (a.data->>'subjectId')::uuid, q.person_id)) p
  ON CONFLICT (organisation_id, automation, key, person_id) DO NOTHING;
  UPDATE automation_runs r SET asked = r.asked + 1
  FROM (
    SELECT w.organisation_id, w.id FROM automation_runs w JOIN added a ON a.organisation_id = w.organisation_id AND a.kind = ANY (w.awaits)
    WHERE w.state = 'waiting' AND (w.session_id = a.session_id OR w.person_id IN (
      SELECT q.person_id FROM participants q WHERE q.organisation_id = a.organisation_id AND q.session_id = a.session_id))
    FOR UPDATE OF w SKIP LOCKED) AS woken
  WHERE r.organisation_id = woken.organisation_id AND r.id = woken.id;
  RETURN NULL;
END $function$

CREATE OR REPLACE FUNCTION public.lay_down_webhook_deliveries()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO webhook_deliveries (organisation_id, id, webhook_id, key, type, session_id, timeline_id, at, due_at)
  SELECT a.organisation_id, gen_random_uuid(), w.id, 'timeline/' || a.id, a.event, a.session_id, a.id, a.at, a.at
  FROM added a JOIN webhooks w ON w.organisation_id = a.organisation_id AND w.state = 'on' AND a.event = ANY (w.event_types)
  WHERE a.event IS NOT NULL ORDER BY a.id;
  RETURN NULL;
END $function$

CREATE OR REPLACE FUNCTION public.list_organisations()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT o.id FROM organisations o $function$

CREATE OR REPLACE FUNCTION public.load_around(people uuid[], around timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  SELECT count(*) || ' ' || coalesce(sum((extract(epoch FROM q.starts_at) * 1000)::bigint), 0) FROM participants q
  WHERE q.person_id = ANY(people) AND q.holds_slot AND q.starts_at > around - interval '8 days' AND q.starts_at < around + interval '8 days' $function$

CREATE OR REPLACE FUNCTION public.organisations_with_adoptions()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT DISTINCT a.organisation_id FROM adoptions a WHERE a.state = 'running' $function$

CREATE OR REPLACE FUNCTION public.organisations_with_automation_runs_asked()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT DISTINCT r.organisation_id FROM automation_runs r WHERE r.asked > r.told $function$

CREATE OR REPLACE FUNCTION public.organisations_with_backtests()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT b.organisation_id FROM rule_backtests b WHERE b.state = 'waiting' OR b.state = 'running' AND b.claimed_until < now() ORDER BY b.asked_at $function$

CREATE OR REPLACE FUNCTION public.organisations_with_inbox()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT DISTINCT i.organisation_id FROM inbox i WHERE i.state = 'received' $function$

CREATE OR REPLACE FUNCTION public.organisations_with_pauses_over(as_of timestamp with time zone)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT DISTINCT p.organisation_id FROM pauses p WHERE p.released_at IS NULL AND p.until_at <= as_of $function$

CREATE OR REPLACE FUNCTION public.organisations_with_rules_due(as_of timestamp with time zone)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT d.organisation_id FROM rule_drafts d WHERE d.state = 'scheduled' AND d.effective_from <= as_of $function$

CREATE OR REPLACE FUNCTION public.organisations_with_series_work()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT DISTINCT s.organisation_id FROM series s WHERE s.state = 'active' AND s.fill_asked > s.fill_done
     UNION SELECT DISTINCT b.organisation_id FROM batches b WHERE b.state = 'running' $function$

CREATE OR REPLACE FUNCTION public.organisations_with_shadows()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT DISTINCT s.organisation_id FROM rule_shadows s WHERE s.ended_at IS NULL OR s.seen_recorded < s.until $function$

CREATE OR REPLACE FUNCTION public.organisations_with_wakes()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT DISTINCT o.organisation_id FROM outbox o WHERE o.delivered_at IS NULL $function$

CREATE OR REPLACE FUNCTION public.organisations_with_webhooks_due(as_of timestamp with time zone)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT DISTINCT d.organisation_id FROM webhook_deliveries d
     WHERE d.state IN ('planned','claimed') AND d.due_at <= as_of AND (d.state = 'planned' OR d.lease_until < now()) $function$

CREATE OR REPLACE FUNCTION public.participants_set_busy()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  -- Who comes onto a running lesson is taken from then on: what they did before it ended may overlap its beginning.
  NEW.busy := tstzrange(least(greatest(NEW.starts_at, NEW.joined_at), NEW.ends_at), NEW.ends_at + make_interval(mins => NEW.buffer_minutes), '[)');
  RETURN NEW;
END $function$

CREATE OR REPLACE FUNCTION public.postings_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT 1 FROM postings WHERE organisation_id = NEW.organisation_id AND journal_id = NEW.journal_id GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
    RAISE EXCEPTION 'journal % does not balance', NEW.journal_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $function$

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $function$

CREATE OR REPLACE FUNCTION public.resolve_acknowledgement(wanted text)
 RETURNS TABLE(organisation_id uuid, acknowledgement_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT a.organisation_id, a.id FROM acknowledgements a WHERE a.token_hash = wanted $function$

CREATE OR REPLACE FUNCTION public.resolve_credential(wanted text)
 RETURNS TABLE(organisation_id uuid, credential_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT c.organisation_id, c.id FROM credentials c WHERE c.token_hash = wanted $function$

CREATE OR REPLACE FUNCTION public.resolve_offer(wanted text)
 RETURNS TABLE(organisation_id uuid, offer_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT o.organisation_id, o.id FROM offers o WHERE o.token_hash = wanted $function$

CREATE OR REPLACE FUNCTION public.resolve_place(wanted text)
 RETURNS TABLE(organisation_id uuid, waitlist_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT w.organisation_id, w.id FROM waitlist w WHERE w.token_hash = wanted $function$

CREATE OR REPLACE FUNCTION public.resolve_source(wanted text)
 RETURNS TABLE(organisation_id uuid, name text, secrets text[], mapping text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT s.organisation_id, s.name, s.secrets, s.mapping FROM sources s WHERE s.name = wanted $function$

CREATE OR REPLACE FUNCTION public.resolve_token(wanted text)
 RETURNS TABLE(organisation_id uuid, principal_id uuid, kind text, expires_at timestamp with time zone, used_at timestamp with time zone, revoked_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ SELECT t.organisation_id, t.principal_id, t.kind, t.expires_at, t.used_at, t.revoked_at FROM access_tokens t WHERE t.hash = wanted $function$


-- grants
access_tokens lectern_app DELETE,INSERT,SELECT,UPDATE
acknowledgements lectern_app DELETE,INSERT,SELECT,UPDATE
adoption_items lectern_app DELETE,INSERT,SELECT,UPDATE
adoptions lectern_app DELETE,INSERT,SELECT,UPDATE
attempts lectern_app DELETE,INSERT,SELECT,UPDATE
attendance_events lectern_app DELETE,INSERT,SELECT,UPDATE
audit lectern_app DELETE,INSERT,SELECT,UPDATE
automation_looks lectern_app DELETE,INSERT,SELECT,UPDATE
automation_marks lectern_app DELETE,INSERT,SELECT,UPDATE
automation_runs lectern_app DELETE,INSERT,SELECT,UPDATE
automation_steps lectern_app DELETE,INSERT,SELECT,UPDATE
automation_triggers lectern_app DELETE,INSERT,SELECT,UPDATE
availability lectern_app DELETE,INSERT,SELECT,UPDATE
batch_items lectern_app DELETE,INSERT,SELECT,UPDATE
batches lectern_app DELETE,INSERT,SELECT,UPDATE
blocked_pairs lectern_app DELETE,INSERT,SELECT,UPDATE
changes lectern_app DELETE,INSERT,SELECT,UPDATE
closures lectern_app DELETE,INSERT,SELECT,UPDATE
consents lectern_app DELETE,INSERT,SELECT,UPDATE
corrections lectern_app DELETE,INSERT,SELECT,UPDATE
credentials lectern_app DELETE,INSERT,SELECT,UPDATE
decisions lectern_app DELETE,INSERT,SELECT,UPDATE
documents lectern_app DELETE,INSERT,SELECT,UPDATE
drafts lectern_app DELETE,INSERT,SELECT,UPDATE
duty_shifts lectern_app DELETE,INSERT,SELECT,UPDATE
former_participants lectern_app DELETE,INSERT,SELECT,UPDATE
guardianships lectern_app DELETE,INSERT,SELECT,UPDATE
held_step_desk lectern_app DELETE,INSERT,SELECT,UPDATE
held_step_notes lectern_app DELETE,INSERT,SELECT,UPDATE
held_steps lectern_app DELETE,INSERT,SELECT,UPDATE
idempotency_keys lectern_app DELETE,INSERT,SELECT,UPDATE
imported_rows lectern_app DELETE,INSERT,SELECT,UPDATE
inbox lectern_app DELETE,INSERT,SELECT,UPDATE
incidents lectern_app DELETE,INSERT,SELECT,UPDATE
installation lectern_app SELECT
journals lectern_app DELETE,INSERT,SELECT,UPDATE
knex_migrations lectern_app SELECT
lesson_notes lectern_app DELETE,INSERT,SELECT,UPDATE
lookup_rows lectern_app DELETE,INSERT,SELECT,UPDATE
lookup_tables lectern_app DELETE,INSERT,SELECT,UPDATE
memberships lectern_app DELETE,INSERT,SELECT,UPDATE
obligations lectern_app DELETE,INSERT,SELECT,UPDATE
occurrences lectern_app DELETE,INSERT,SELECT,UPDATE
offers lectern_app DELETE,INSERT,SELECT,UPDATE
opt_outs lectern_app DELETE,INSERT,SELECT,UPDATE
organisations lectern_app DELETE,INSERT,SELECT,UPDATE
outbox lectern_app DELETE,INSERT,SELECT,UPDATE
participants lectern_app DELETE,INSERT,SELECT,UPDATE
pauses lectern_app DELETE,INSERT,SELECT,UPDATE
payments lectern_app DELETE,INSERT,SELECT,UPDATE
people lectern_app DELETE,INSERT,SELECT,UPDATE
postings lectern_app DELETE,INSERT,SELECT,UPDATE
principals lectern_app DELETE,INSERT,SELECT,UPDATE
provider_identities lectern_app DELETE,INSERT,SELECT,UPDATE
recordings lectern_app DELETE,INSERT,SELECT,UPDATE
rooms lectern_app DELETE,INSERT,SELECT,UPDATE
rule_backtests lectern_app DELETE,INSERT,SELECT,UPDATE
rule_drafts lectern_app DELETE,INSERT,SELECT,UPDATE
rule_sets lectern_app DELETE,INSERT,SELECT,UPDATE
rule_shadows lectern_app DELETE,INSERT,SELECT,UPDATE
series lectern_app DELETE,INSERT,SELECT,UPDATE
series_students lectern_app DELETE,INSERT,SELECT,UPDATE
session_phases lectern_app DELETE,INSERT,SELECT,UPDATE
session_references lectern_app DELETE,INSERT,SELECT,UPDATE
sessions lectern_app DELETE,INSERT,SELECT,UPDATE
shadow_answers lectern_app DELETE,INSERT,SELECT,UPDATE
sources lectern_app DELETE,INSERT,SELECT,UPDATE
strikes lectern_app DELETE,INSERT,SELECT,UPDATE
substitute_searches lectern_app DELETE,INSERT,SELECT,UPDATE
teaching lectern_app DELETE,INSERT,SELECT,UPDATE
terms lectern_app DELETE,INSERT,SELECT,UPDATE
timeline lectern_app DELETE,INSERT,SELECT,UPDATE
transcripts lectern_app DELETE,INSERT,SELECT,UPDATE
tzdata_checks lectern_app DELETE,INSERT,SELECT,UPDATE
waitlist lectern_app DELETE,INSERT,SELECT,UPDATE
webhook_deliveries lectern_app DELETE,INSERT,SELECT,UPDATE
webhooks lectern_app DELETE,INSERT,SELECT,UPDATE
zone_checks lectern_app DELETE,INSERT,SELECT,UPDATE
