-- What each controller owes, to whom it applies and why, who decided it, and what a result rests on.

create table obligation_next (
    id blob primary key,
    incident_id blob not null references incident (id),
    rule text not null,
    -- who owes it; empty when one act meets it for all controllers
    controller text not null,
    -- the roster revision that brought the people it is about; 0: those of the first notice
    cohort integer not null,
    -- yes, no, unknown: whether the rule applies by what is known, and why not or what is missing
    applies text not null,
    applies_why text,
    -- the fact its period begins with, when that is an act of ours or may never come
    waits_for text,
    -- the newest computed deadline; null while there is none, and then `problem` may say why
    deadline_id blob,
    due_at text,
    -- before: on time when earlier; at_or_before: on time also at that instant
    bound text,
    problem text,
    -- a named person's decision: required; null while nobody has decided
    decision text,
    decided_by text,
    decided_at text,
    rationale text,
    -- null while open; met, not_required
    outcome text,
    -- when it was met in fact (published, filed)
    met_at text,
    -- frozen when met: whether that was late against the deadline as it was known then
    late integer,
    note text,
    settled_by text,
    settled_at text,
    version integer not null,
    unique (incident_id, rule, controller, cohort)
) strict;
insert into obligation_next (id, incident_id, rule, controller, cohort, applies, deadline_id, due_at,
    bound, problem, outcome, met_at, late, note, settled_by, settled_at, version)
select id, incident_id, rule, '', 0, 'yes', deadline_id, due_at, bound, problem, outcome, met_at, late,
    note, settled_by, settled_at, version
from obligation;

create table deadline_next (
    id blob primary key,
    obligation_id blob not null references obligation_next (id),
    computed_at text not null,
    -- what made it be computed anew
    cause text not null,
    due_at text not null,
    -- the whole result with every counted day, as computed
    result text not null,
    -- the facts, holds, answers, overrides and the program it was computed with
    inputs text
) strict;
insert into deadline_next (id, obligation_id, computed_at, cause, due_at, result)
select id, obligation_id, computed_at, cause, due_at, result from deadline;

drop table deadline;
drop table obligation;
alter table obligation_next rename to obligation;
alter table deadline_next rename to deadline;

create index obligation_open on obligation (due_at) where outcome is null;
create index deadline_obligation on deadline (obligation_id, computed_at);
create trigger deadline_no_update before update on deadline
    begin select raise(abort, 'deadline is append-only'); end;
create trigger deadline_no_delete before delete on deadline
    begin select raise(abort, 'deadline is append-only'); end;

-- An answer to a question that decides which rules apply; a number for people(PLACE). Never changed: a
-- later one replaces it.
create table answer (
    id blob primary key,
    incident_id blob not null references incident (id),
    question text not null,
    -- yes, no; a number or a range (100-300) for people(PLACE)
    value text not null,
    reason text,
    -- the answer to the same question that it takes the place of
    replaces blob references answer (id),
    recorded_by text not null,
    recorded_at text not null
) strict;
create index answer_incident on answer (incident_id, recorded_at);
create trigger answer_no_update before update on answer
    begin select raise(abort, 'answer is append-only'); end;
create trigger answer_no_delete before delete on answer
    begin select raise(abort, 'answer is append-only'); end;

-- A law-enforcement hold. Never changed: its end, or a correction, is a new row that replaces it.
create table hold (
    id blob primary key,
    incident_id blob not null references incident (id),
    authority text not null,
    reference text not null,
    oral integer not null,
    from_at text not null,
    from_offset_s integer not null,
    -- null while it lasts
    until_at text,
    until_offset_s integer not null,
    zone text not null,
    -- codes of the jurisdictions it is limited to; empty: wherever the law lets it stop a rule
    jurisdictions text not null,
    reason text,
    replaces blob references hold (id),
    recorded_by text not null,
    recorded_at text not null
) strict;
create index hold_incident on hold (incident_id, recorded_at);
create trigger hold_no_update before update on hold
    begin select raise(abort, 'hold is append-only'); end;
create trigger hold_no_delete before delete on hold
    begin select raise(abort, 'hold is append-only'); end;

-- People who were found after the first notice, or with a period of their own.
create table cohort (
    id blob primary key,
    incident_id blob not null references incident (id),
    -- the roster revision that brought them
    revision integer not null,
    persons integer not null,
    -- when they were found to be affected; null: their period is that of the incident
    found_at text,
    found_offset_s integer not null,
    zone text not null,
    reason text,
    recorded_by text not null,
    recorded_at text not null,
    unique (incident_id, revision)
) strict;
create trigger cohort_no_update before update on cohort
    begin select raise(abort, 'cohort is append-only'); end;
create trigger cohort_no_delete before delete on cohort
    begin select raise(abort, 'cohort is append-only'); end;

-- Rules and calendars as they were when a deadline was computed with them, by the hash in its result.
create table kept_input (
    hash text primary key,
    -- rule, calendar
    kind text not null,
    body text not null
) strict, without rowid;
create trigger kept_input_no_update before update on kept_input
    begin select raise(abort, 'kept_input is append-only'); end;
create trigger kept_input_no_delete before delete on kept_input
    begin select raise(abort, 'kept_input is append-only'); end;

-- How much of an incident is not clear yet; worked out anew with every change, so never evidence.
create table unclear (
    incident_id blob primary key references incident (id),
    -- rules that may apply, for each controller
    duties integer not null,
    -- the earliest end among them
    due_at text
) strict;
