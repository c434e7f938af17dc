-- A roster without ids and addresses in clear. A person is known by the keyed hash of the account id
-- (`domain::scope::identifier`); the id, the address and the phone number stand sealed beside it, under the
-- incident's key. Hashing needs the server's secret, so rows that are there go aside under another name
-- here, and the program itself brings them over (`service::keyed`) and drops what was in clear.

alter table person rename to person_clear;
alter table delivery rename to delivery_clear;
alter table roster_rejection rename to roster_rejection_clear;
alter index person_pkey rename to person_clear_pkey;
alter index delivery_pkey rename to delivery_clear_pkey;
alter index delivery_notice_id_site_id_user_id_number_key rename to delivery_clear_key;
alter index roster_rejection_pkey rename to roster_rejection_clear_pkey;

-- That this database's hashes were made with this server's secret: with another one nobody affected
-- would be recognised. The program compares it at every start.
create table secret_check (
    id bigint primary key check (id = 1),
    -- the keyed hash of a fixed word, hex
    fingerprint text not null
);

-- What seals the contacts of an incident's people.
create table incident_key (
    incident_id uuid primary key references incident (id),
    -- 32 random bytes under a key from the server's secret; null when they were destroyed, and then
    -- nothing that they sealed can ever be read again
    wrapped bytea,
    destroyed_at timestamptz,
    destroyed_by text,
    -- why
    reason text
);

-- One affected person of one incident on one site. Lean, and clustered on what it is looked up by.
-- No foreign keys: a change of the roster checks incident and site once, under lock, and neither is ever
-- deleted; checking them again for each of ten million rows doubled the time of an import.
create table person (
    incident_id uuid not null,
    -- empty: no account, so no site shows a notice to the person
    site_id text collate "C" not null,
    -- the keyed hash of the account id, or of what else the person is known by
    person_key uuid not null,
    -- the revision that brought the person
    revision bigint not null,
    -- the revision that last changed the row
    changed_revision bigint not null,
    -- the revision that took the person off the roster; null: is on it. The row stays, because what the
    -- person was told must stay accounted for
    left_revision bigint,
    -- account id, address, phone number under the incident's key; null when none is known
    sealed bytea,
    lang text,
    -- ISO 3166-1 alpha-2
    country text,
    -- US state, two letters
    region text,
    -- where country and state come from: the name of a source, or file; null when nothing says where
    place_from text,
    birth_year bigint,
    -- what the person is to the company: a customer, an employee
    role text,
    -- kinds of data of theirs that were exposed, separated by spaces; null: those of the incident
    exposed text,
    -- the same for all rows that are one human being with several accounts; null: the only row
    grouped uuid,
    primary key (incident_id, site_id, person_key)
);
create index person_left on person (incident_id, site_id, person_key) where left_revision is not null;
-- Whom a later revision brought; the first one brought nearly everybody, and is read in the order of the key.
create index person_later on person (incident_id, revision, site_id, person_key) where revision > 1;

-- Each time a person left a roster.
create table person_gone (
    incident_id uuid not null,
    -- the revision that the person left with
    revision bigint not null,
    site_id text collate "C" not null,
    person_key uuid not null,
    reason text not null,
    -- had counted as notified that they were affected, so is owed a correction
    told boolean not null,
    -- had been sent a notice at least
    served boolean not null,
    -- the revision that brought the person back
    back_revision bigint,
    primary key (incident_id, revision, site_id, person_key)
);
create index person_gone_back on person_gone (incident_id, back_revision) where back_revision is not null;

-- Every change of a roster, whatever made it.
create table revision (
    incident_id uuid not null references incident (id),
    -- from 1
    number bigint not null,
    -- file, recipe; keyed: the roster as it was when ids and addresses were first hashed
    cause text not null,
    import_id uuid references roster_import (id),
    run_id uuid,
    added bigint not null,
    -- had left and are on it again
    back bigint not null,
    left_n bigint not null,
    changed bigint not null,
    -- on the roster after it
    persons bigint not null,
    -- SHA-256 over everybody on it in their order, hex
    result_sha256 text not null,
    -- why; always there when anybody left
    reason text,
    made_by text not null,
    made_at timestamptz not null,
    primary key (incident_id, number)
);
create trigger revision_append_only before update or delete on revision
    for each row execute function forbid_change();

-- How many people are what, rewritten with each revision, so that no page counts millions.
create table roster_tally (
    incident_id uuid not null references incident (id),
    -- role, minor, kind, place_from, reach
    what text not null,
    value text not null,
    persons bigint not null,
    primary key (incident_id, what, value)
);

-- affected: everybody on the roster. wrongly_told: who left it after having been told.
alter table notice add column audience text not null default 'affected';

-- Rows of a file that could not be taken. They hold whatever stood in the file, and sentences that
-- cite it: both sealed together under the incident's key.
create table roster_rejection (
    -- deferred: rejected rows are written while the file is read, the import when it is done
    import_id uuid not null references roster_import (id) deferrable initially deferred,
    line bigint not null,
    sealed bytea not null,
    primary key (import_id, line)
);

-- One notice to one person, from `served` on: being targeted is being on the roster.
create table delivery (
    id uuid primary key,
    notice_id uuid not null references notice (id),
    -- the notice version that was shown
    number bigint not null,
    site_id text not null references site (id),
    -- the keyed hash of the account id
    person_key uuid not null,
    -- the language shown, and the hash of exactly that text
    lang text not null,
    text_hash text not null,
    served_at timestamptz not null,
    rendered_at timestamptz,
    seen_at timestamptz,
    -- on screen for long enough, but something lay over it; does not count as seen
    seen_occluded_at timestamptz,
    opened_at timestamptz,
    acknowledged_at timestamptz,
    -- how long it had been in view when `seen` was reported, as the browser measured it
    dwell_ms bigint,
    times_served bigint not null,
    -- of the newest token that asked: key id, token id, time of issue
    kid text not null,
    jti text not null,
    token_issued_at timestamptz not null,
    origin text,
    -- coarse: Chrome, Firefox, Safari, other
    browser text,
    unique (notice_id, site_id, person_key, number)
);
