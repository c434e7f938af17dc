-- Sources, the records they list, recipes over them, and what a run of one gave.

-- One reading of one list from one place, for one incident. Done, it is never changed again.
create table source (
    -- small, because it stands in every record of it
    no bigint primary key,
    id uuid not null unique,
    incident_id uuid not null references incident (id),
    -- how recipes call it; a later reading of the same list has the same name and the next version
    name text not null,
    version bigint not null,
    -- the system of the operator profile that it is a list of; empty: none, such as a list of staff
    system text not null,
    -- the site whose account ids it holds
    site_id text references site (id),
    -- taken from the exposed system itself: what it lists was there, even if it should have been deleted
    in_system boolean not null,
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
    token bigint not null,
    rows_read bigint not null,
    rows_taken bigint not null,
    rows_rejected bigint not null,
    -- rows that stand on an earlier line too
    rows_repeated bigint not null,
    -- of the packed file
    bytes_read bigint not null,
    bytes_total bigint not null,
    -- JSON: from where a stopped reading goes on
    checkpoint text,
    -- SHA-256 over its records in their order, hex; null until done
    content_sha256 text,
    created_by text not null,
    created_at timestamptz not null,
    -- the newest sign of life of the reading
    beat_at timestamptz,
    done_at timestamptz,
    unique (incident_id, name, version)
);

-- One record of a source. Lean, and clustered on what sets are made of. Times are seconds since
-- 1970-01-01 UTC; keys are keyed hashes. No foreign key: `source` is never deleted, and ten million
-- checks are dear.
create table listed (
    source bigint not null,
    -- the anchor: the first of account, e-mail, phone, order, ticket, cookie that the record has
    key uuid not null,
    -- the line in the file, or the number of the row
    line bigint not null,
    -- the kind of the anchor, by its number
    kind bigint not null,
    -- the other identifiers of the same record
    email_key uuid,
    phone_key uuid,
    -- an order's or a ticket's number
    record_key uuid,
    cookie_key uuid,
    -- created, registered, subscribed; in an access log: the start of the records that were read
    since bigint,
    -- ended: deleted, resolved, unsubscribed; in an access log: the end of the records that were read
    until bigint,
    -- the event: ordered, visited, read
    at bigint,
    country text,
    region text,
    lang text,
    birth_year bigint,
    role text,
    -- kinds of data, separated by spaces
    exposed text,
    -- JSON: further columns that conditions may ask for
    more jsonb,
    -- account id, e-mail address and phone number under the incident's key
    sealed bytea,
    primary key (source, key, line)
);

-- A row that could not be taken; the row itself is sealed under the incident's key.
create table source_rejection (
    source bigint not null references source (no),
    line bigint not null,
    -- the column it is about; empty: the whole row
    field text not null,
    reason text not null,
    raw bytea not null,
    primary key (source, line)
);

-- How the affected people follow from the sources: a text, never changed, only followed by a version.
create table recipe (
    id uuid primary key,
    incident_id uuid not null references incident (id),
    version bigint not null,
    body text not null,
    -- why this version
    note text not null,
    written_by text not null,
    written_at timestamptz not null,
    unique (incident_id, version)
);
create trigger recipe_append_only before update or delete on recipe
    for each row execute function forbid_change();

-- One evaluation of a recipe.
create table run (
    id uuid primary key,
    incident_id uuid not null references incident (id),
    recipe_id uuid not null references recipe (id),
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
    persons bigint,
    -- SHA-256 over the roster that it gives, hex
    result_sha256 text,
    -- JSON: who would come, leave, change, against the roster as it stood
    difference text,
    -- apply: the roster becomes its result
    apply boolean not null,
    -- JSON: when and why new people were found only now
    found text,
    -- why the roster is changed
    reason text,
    -- the roster revision that it made
    revision bigint,
    asked_by text not null,
    asked_at timestamptz not null,
    done_at timestamptz
);
create index run_incident on run (incident_id, asked_at);

-- Two identifiers that a link joins and a person says are not one. Withdrawn by a row that says so.
create table split (
    id uuid primary key,
    incident_id uuid not null references incident (id),
    a uuid not null,
    b uuid not null,
    -- false: the split is taken back
    apart boolean not null,
    reason text not null,
    decided_by text not null,
    decided_at timestamptz not null
);
create index split_incident on split (incident_id, decided_at);
create trigger split_append_only before update or delete on split
    for each row execute function forbid_change();

-- Every identifier of the people on a roster, to find one person by any of them.
create table alias (
    incident_id uuid not null,
    id_key uuid not null,
    site_id text not null,
    person_key uuid not null,
    primary key (incident_id, id_key, site_id, person_key)
);
