-- What each controller owes, to whom it applies and why, who decided it, and what a result rests on.

alter table obligation
    -- who owes it; empty when one act meets it for all controllers
    add column controller text not null default '',
    -- the roster revision that brought the people it is about; 0: those of the first notice
    add column cohort bigint not null default 0,
    -- yes, no, unknown: whether the rule applies by what is known, and why not or what is missing
    add column applies text not null default 'yes',
    add column applies_why text,
    -- the fact its period begins with, when that is an act of ours or may never come
    add column waits_for text,
    -- a named person's decision: required; null while nobody has decided
    add column decision text,
    add column decided_by text,
    add column decided_at timestamptz,
    add column rationale text;
alter table obligation drop constraint obligation_incident_id_rule_key;
alter table obligation add unique (incident_id, rule, controller, cohort);
-- the facts, holds, answers, overrides and the program it was computed with
alter table deadline add column inputs text;

-- An answer to a question that decides which rules apply; a number for people(PLACE). Never changed: a
-- later one replaces it.
create table answer (
    id uuid primary key,
    incident_id uuid not null references incident (id),
    question text not null,
    -- yes, no; a number or a range (100-300) for people(PLACE)
    value text not null,
    reason text,
    -- the answer to the same question that it takes the place of
    replaces uuid references answer (id),
    recorded_by text not null,
    recorded_at timestamptz not null
);
create index answer_incident on answer (incident_id, recorded_at);
create trigger answer_append_only before update or delete on answer
    for each row execute function forbid_change();

-- A law-enforcement hold. Never changed: its end, or a correction, is a new row that replaces it.
create table hold (
    id uuid primary key,
    incident_id uuid not null references incident (id),
    authority text not null,
    reference text not null,
    oral boolean not null,
    from_at timestamptz not null,
    from_offset_s bigint not null,
    -- null while it lasts
    until_at timestamptz,
    until_offset_s bigint not null,
    zone text not null,
    -- codes of the jurisdictions it is limited to; empty: wherever the law lets it stop a rule
    jurisdictions jsonb not null,
    reason text,
    replaces uuid references hold (id),
    recorded_by text not null,
    recorded_at timestamptz not null
);
create index hold_incident on hold (incident_id, recorded_at);
create trigger hold_append_only before update or delete on hold
    for each row execute function forbid_change();

-- People who were found after the first notice, or with a period of their own.
create table cohort (
    id uuid primary key,
    incident_id uuid not null references incident (id),
    -- the roster revision that brought them
    revision bigint not null,
    persons bigint not null,
    -- when they were found to be affected; null: their period is that of the incident
    found_at timestamptz,
    found_offset_s bigint not null,
    zone text not null,
    reason text,
    recorded_by text not null,
    recorded_at timestamptz not null,
    unique (incident_id, revision)
);
create trigger cohort_append_only before update or delete on cohort
    for each row execute function forbid_change();

-- Rules and calendars as they were when a deadline was computed with them, by the hash in its result.
create table kept_input (
    hash text primary key,
    -- rule, calendar
    kind text not null,
    body text not null
);
create trigger kept_input_append_only before update or delete on kept_input
    for each row execute function forbid_change();

-- How much of an incident is not clear yet; worked out anew with every change, so never evidence.
create table unclear (
    incident_id uuid primary key references incident (id),
    -- rules that may apply, for each controller
    duties bigint not null,
    -- the earliest end among them
    due_at timestamptz
);
