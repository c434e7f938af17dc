-- A roster without ids and addresses in clear. A person is known by the keyed hash of the account id
-- (`domain::scope::identifier`); the id, the address and the phone number stand sealed beside it, under the
-- incident's key. Hashing needs the server's secret, so rows that are there go aside under another name
-- here, and the program itself brings them over (`service::keyed`) and drops what was in clear.

alter table person rename to person_clear;
alter table delivery rename to delivery_clear;
alter table roster_rejection rename to roster_rejection_clear;

-- That this database's hashes were made with this server's secret: with another one nobody affected
-- would be recognised. The program compares it at every start.
create table secret_check (
    id integer primary key check (id = 1),
    -- the keyed hash of a fixed word, hex
    fingerprint text not null
) strict;

-- What seals the contacts of an incident's people.
create table incident_key (
    incident_id blob primary key references incident (id),
    -- 32 random bytes under a key from the server's secret; null when they were destroyed, and then
    -- nothing that they sealed can ever be read again
    wrapped blob,
    destroyed_at text,
    destroyed_by text,
    -- why
    reason text
) strict;

-- One affected person of one incident on one site. Lean, and clustered on what it is looked up by.
-- No foreign keys: a change of the roster checks incident and site once, under lock, and neither is ever
-- deleted; checking them again for each of ten million rows doubled the time of an import.
create table person (
    incident_id blob not null,
    -- empty: no account, so no site shows a notice to the person
    site_id text not null,
    -- the keyed hash of the account id, or of what else the person is known by
    person_key blob not null,
    -- the revision that brought the person
    revision integer not null,
    -- the revision that last changed the row
    changed_revision integer not null,
    -- the revision that took the person off the roster; null: is on it. The row stays, because what the
    -- person was told must stay accounted for
    left_revision integer,
    -- account id, address, phone number under the incident's key; null when none is known
    sealed blob,
    lang text,
    -- ISO 3166-1 alpha-2
    country text,
    -- US state, two letters
    region text,
    -- where country and state come from: the name of a source, or file; null when nothing says where
    place_from text,
    birth_year integer,
    -- what the person is to the company: a customer, an employee
    role text,
    -- kinds of data of theirs that were exposed, separated by spaces; null: those of the incident
    exposed text,
    -- the same for all rows that are one human being with several accounts; null: the only row
    grouped blob,
    primary key (incident_id, site_id, person_key)
) strict, without rowid;
create index person_left on person (incident_id, site_id, person_key) where left_revision is not null;
-- Whom a later revision brought; the first one brought nearly everybody, and is read in the order of the key.
create index person_later on person (incident_id, revision, site_id, person_key) where revision > 1;

-- Each time a person left a roster.
create table person_gone (
    incident_id blob not null,
    -- the revision that the person left with
    revision integer not null,
    site_id text not null,
    person_key blob not null,
    reason text not null,
    -- had counted as notified that they were affected, so is owed a correction
    told integer not null,
    -- had been sent a notice at least
    served integer not null,
    -- the revision that brought the person back
    back_revision integer,
    primary key (incident_id, revision, site_id, person_key)
) strict, without rowid;
create index person_gone_back on person_gone (incident_id, back_revision) where back_revision is not null;

-- Every change of a roster, whatever made it.
create table revision (
    incident_id blob not null references incident (id),
    -- from 1
    number integer not null,
    -- file, recipe; keyed: the roster as it was when ids and addresses were first hashed
    cause text not null,
    import_id blob references roster_import (id),
    run_id blob,
    added integer not null,
    -- had left and are on it again
    back integer not null,
    left_n integer not null,
    changed integer not null,
    -- on the roster after it
    persons integer not null,
    -- SHA-256 over everybody on it in their order, hex
    result_sha256 text not null,
    -- why; always there when anybody left
    reason text,
    made_by text not null,
    made_at text not null,
    primary key (incident_id, number)
) strict;
create trigger revision_no_update before update on revision
    begin select raise(abort, 'revision is append-only'); end;
create trigger revision_no_delete before delete on revision
    begin select raise(abort, 'revision is append-only'); end;

-- How many people are what, rewritten with each revision, so that no page counts millions.
create table roster_tally (
    incident_id blob not null references incident (id),
    -- role, minor, kind, place_from, reach
    what text not null,
    value text not null,
    persons integer not null,
    primary key (incident_id, what, value)
) strict, without rowid;

-- affected: everybody on the roster. wrongly_told: who left it after having been told.
alter table notice add column audience text not null default 'affected';

-- Rows of a file that could not be taken. They hold whatever stood in the file, and sentences that
-- cite it: both sealed together under the incident's key.
create table roster_rejection (
    -- deferred: rejected rows are written while the file is read, the import when it is done
    import_id blob not null references roster_import (id) deferrable initially deferred,
    line integer not null,
    sealed blob not null,
    primary key (import_id, line)
) strict;

-- One notice to one person, from `served` on: being targeted is being on the roster.
create table delivery (
    id blob primary key,
    notice_id blob not null references notice (id),
    -- the notice version that was shown
    number integer not null,
    site_id text not null references site (id),
    -- the keyed hash of the account id
    person_key blob not null,
    -- the language shown, and the hash of exactly that text
    lang text not null,
    text_hash text not null,
    served_at text not null,
    rendered_at text,
    seen_at text,
    -- on screen for long enough, but something lay over it; does not count as seen
    seen_occluded_at text,
    opened_at text,
    acknowledged_at text,
    -- how long it had been in view when `seen` was reported, as the browser measured it
    dwell_ms integer,
    times_served integer not null,
    -- of the newest token that asked: key id, token id, time of issue
    kid text not null,
    jti text not null,
    token_issued_at text not null,
    origin text,
    -- coarse: Chrome, Firefox, Safari, other
    browser text,
    unique (notice_id, site_id, person_key, number)
) strict;
