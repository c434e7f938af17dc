-- Sources, the records they list, recipes over them, and what a run of one gave.

-- One reading of one list from one place, for one incident. Done, it is never changed again.
create table source (
    -- small, because it stands in every record of it
    no integer primary key,
    id blob not null unique,
    incident_id blob not null references incident (id),
    -- how recipes call it; a later reading of the same list has the same name and the next version
    name text not null,
    version integer not null,
    -- the system of the operator profile that it is a list of; empty: none, such as a list of staff
    system text not null,
    -- the site whose account ids it holds
    site_id text references site (id),
    -- taken from the exposed system itself: what it lists was there, even if it should have been deleted
    in_system integer not null,
    -- file, query
    origin text not null,
    -- the file's name, or the connection's
    origin_name text not null,
    -- SHA-256 of the file as received, hex; null for a query
    origin_sha256 text,
    -- JSON: how it is read (packing, kind, delimiter, encoding), or the query with its parameters
    format text not null,
    -- JSON: which column means what
    mapping text not null,
    -- waiting, reading, loading, stopped, failed, done, discarded
    status text not null,
    -- why it failed or was stopped, a sentence
    problem text,
    -- rises with each begin: who holds an older one must not write
    token integer not null,
    rows_read integer not null,
    rows_taken integer not null,
    rows_rejected integer not null,
    -- rows that stand on an earlier line too
    rows_repeated integer not null,
    -- of the packed file
    bytes_read integer not null,
    bytes_total integer not null,
    -- JSON: from where a stopped reading goes on
    checkpoint text,
    -- SHA-256 over its records in their order, hex; null until done
    content_sha256 text,
    created_by text not null,
    created_at text not null,
    -- the newest sign of life of the reading
    beat_at text,
    done_at text,
    unique (incident_id, name, version)
) strict;

-- One record of a source. Lean, and clustered on what sets are made of. Times are seconds since
-- 1970-01-01 UTC; keys are keyed hashes. No foreign key: `source` is never deleted, and ten million
-- checks are dear.
create table listed (
    source integer not null,
    -- the anchor: the first of account, e-mail, phone, order, ticket, cookie that the record has
    key blob not null,
    -- the line in the file, or the number of the row
    line integer not null,
    -- the kind of the anchor, by its number
    kind integer not null,
    -- the other identifiers of the same record
    email_key blob,
    phone_key blob,
    -- an order's or a ticket's number
    record_key blob,
    cookie_key blob,
    -- created, registered, subscribed; in an access log: the start of the records that were read
    since integer,
    -- ended: deleted, resolved, unsubscribed; in an access log: the end of the records that were read
    until integer,
    -- the event: ordered, visited, read
    at integer,
    country text,
    region text,
    lang text,
    birth_year integer,
    role text,
    -- kinds of data, separated by spaces
    exposed text,
    -- JSON: further columns that conditions may ask for
    more text,
    -- account id, e-mail address and phone number under the incident's key
    sealed blob,
    primary key (source, key, line)
) strict, without rowid;

-- A row that could not be taken; the row itself is sealed under the incident's key.
create table source_rejection (
    source integer not null references source (no),
    line integer not null,
    -- the column it is about; empty: the whole row
    field text not null,
    reason text not null,
    raw blob not null,
    primary key (source, line)
) strict, without rowid;

-- How the affected people follow from the sources: a text, never changed, only followed by a version.
create table recipe (
    id blob primary key,
    incident_id blob not null references incident (id),
    version integer not null,
    body text not null,
    -- why this version
    note text not null,
    written_by text not null,
    written_at text not null,
    unique (incident_id, version)
) strict;
create trigger recipe_no_update before update on recipe
    begin select raise(abort, 'recipe is append-only'); end;
create trigger recipe_no_delete before delete on recipe
    begin select raise(abort, 'recipe is append-only'); end;

-- One evaluation of a recipe.
create table run (
    id blob primary key,
    incident_id blob not null references incident (id),
    recipe_id blob not null references recipe (id),
    -- JSON: the values of its parameters
    params text not null,
    zone text not null,
    -- waiting, running, done, failed
    status text not null,
    problem text,
    -- JSON: what was read, with hashes and counts
    sources text,
    -- JSON: each step with its counts
    steps text,
    persons integer,
    -- SHA-256 over the roster that it gives, hex
    result_sha256 text,
    -- JSON: who would come, leave, change, against the roster as it stood
    difference text,
    -- apply: the roster becomes its result
    apply integer not null,
    -- JSON: when and why new people were found only now
    found text,
    -- why the roster is changed
    reason text,
    -- the roster revision that it made
    revision integer,
    asked_by text not null,
    asked_at text not null,
    done_at text
) strict;
create index run_incident on run (incident_id, asked_at);

-- Two identifiers that a link joins and a person says are not one. Withdrawn by a row that says so.
create table split (
    id blob primary key,
    incident_id blob not null references incident (id),
    a blob not null,
    b blob not null,
    -- false: the split is taken back
    apart integer not null,
    reason text not null,
    decided_by text not null,
    decided_at text not null
) strict;
create index split_incident on split (incident_id, decided_at);
create trigger split_no_update before update on split
    begin select raise(abort, 'split is append-only'); end;
create trigger split_no_delete before delete on split
    begin select raise(abort, 'split is append-only'); end;

-- Every identifier of the people on a roster, to find one person by any of them.
create table alias (
    incident_id blob not null,
    id_key blob not null,
    site_id text not null,
    person_key blob not null,
    primary key (incident_id, id_key, site_id, person_key)
) strict, without rowid;
