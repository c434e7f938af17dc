-- Breach incidents: what happened, who is affected, until when somebody must be told.

create table incident (
    id blob primary key,
    -- what a person says on the phone: "2026-014"
    reference text not null unique,
    title text not null,
    description text not null,
    -- a drill never reaches a real person
    drill integer not null,
    status text not null,
    confidentiality integer not null,
    integrity integer not null,
    availability integer not null,
    -- the processor it came from, when it did
    processor text,
    systems text not null,
    data_kinds text not null,
    reported_by text not null,
    reported_at text not null,
    -- how many people are on the roster; kept with each import, so that no page counts millions
    persons integer not null default 0,
    closed_at text,
    closed_reason text,
    -- rises with each change; a form sent for an older one is refused
    version integer not null
) strict;
create index incident_newest on incident (reported_at, id);

create table fact (
    id blob primary key,
    incident_id blob not null references incident (id),
    kind text not null,
    -- null: unknown. UTC; the zone in which it was said stands beside it
    at text,
    -- the end of a range
    until text,
    zone text not null,
    -- the offset from UTC in seconds with which it was given: ties between controllers are told by it
    offset_s integer not null,
    reason text,
    -- the fact that this one replaces; a fact is replaced at most once
    corrects blob unique references fact (id),
    recorded_by text not null,
    recorded_at text not null
) strict;
create index fact_incident on fact (incident_id, recorded_at);
create trigger fact_no_update before update on fact
    begin select raise(abort, 'fact is append-only'); end;
create trigger fact_no_delete before delete on fact
    begin select raise(abort, 'fact is append-only'); end;

create table site (
    id text primary key,
    name text not null,
    -- exact origins that may ask, as JSON array
    origins text not null,
    default_lang text not null,
    -- the only host address the acknowledging form may lead back to is one of the origins
    created_at text not null,
    version integer not null
) strict;

create table site_key (
    site_id text not null references site (id),
    kid text not null,
    -- EdDSA or HS256; the token's own word for it is never trusted
    algorithm text not null,
    -- EdDSA: the public key (32 bytes); HS256: the shared secret
    material blob not null,
    -- active, retiring, retired
    state text not null,
    created_at text not null,
    last_used_at text,
    primary key (site_id, kid)
) strict;

create table roster_import (
    id blob primary key,
    incident_id blob not null references incident (id),
    -- the roster's revision after this import, from 1
    revision integer not null,
    site_id text not null references site (id),
    file_name text not null,
    file_sha256 text not null,
    rows_total integer not null,
    added integer not null,
    changed integer not null,
    unchanged integer not null,
    rejected integer not null,
    imported_by text not null,
    imported_at text not null,
    unique (incident_id, revision)
) strict;
create trigger roster_import_no_update before update on roster_import
    begin select raise(abort, 'roster_import is append-only'); end;
create trigger roster_import_no_delete before delete on roster_import
    begin select raise(abort, 'roster_import is append-only'); end;

create table roster_rejection (
    -- deferred: rejected rows are written while the file is read, the import when it is done
    import_id blob not null references roster_import (id) deferrable initially deferred,
    line integer not null,
    reason text not null,
    -- the line as it stood in the file
    raw text not null,
    primary key (import_id, line)
) strict;

-- One affected person of one incident on one site. Lean, and clustered on what it is looked up by.
-- No foreign keys: an import checks incident and site once, under lock, and neither is ever deleted;
-- checking them again for each of ten million rows doubled the time of an import.
create table person (
    incident_id blob not null,
    site_id text not null,
    -- the company's own stable id of the user, never an address; in byte order on both engines
    user_id text not null,
    -- the revision that brought the person
    revision integer not null,
    email text,
    lang text,
    -- ISO 3166-1 alpha-2
    country text,
    -- US state, two letters
    region text,
    birth_year integer,
    -- kinds of data of theirs that were exposed, separated by spaces; null: those of the incident
    exposed text,
    primary key (incident_id, site_id, user_id)
) strict, without rowid;

-- People per country and state, rewritten with each import, so that no page counts millions.
create table roster_count (
    incident_id blob not null references incident (id),
    country text,
    region text,
    persons integer not null
) strict;
create index roster_count_incident on roster_count (incident_id);

create table obligation (
    id blob primary key,
    incident_id blob not null references incident (id),
    rule text not null,
    -- the newest computed deadline; null while it cannot be computed, and then `problem` says why
    deadline_id blob,
    due_at text,
    -- before: on time when earlier; at_or_before: on time also at that instant
    bound text,
    problem text,
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
    unique (incident_id, rule)
) strict;
create index obligation_open on obligation (due_at) where outcome is null;

create table deadline (
    id blob primary key,
    obligation_id blob not null references obligation (id),
    computed_at text not null,
    -- what made it be computed anew
    cause text not null,
    due_at text not null,
    -- the whole result with every counted day, as computed
    result text not null
) strict;
create index deadline_obligation on deadline (obligation_id, computed_at);
create trigger deadline_no_update before update on deadline
    begin select raise(abort, 'deadline is append-only'); end;
create trigger deadline_no_delete before delete on deadline
    begin select raise(abort, 'deadline is append-only'); end;
