-- Who works with the product, and the log of what they did.

create table account (
    id blob primary key,
    -- lower case; what a person types to sign in
    email text not null unique,
    name text not null,
    role text not null,
    -- Argon2id, PHC string
    password_hash text not null,
    created_at text not null,
    -- set: can no longer sign in; the row stays, because entries name it
    disabled_at text
) strict;

create table session (
    -- SHA-256 of the cookie's secret: who reads the table cannot sign in with it
    token_hash blob primary key,
    account_id blob not null references account (id),
    csrf text not null,
    created_at text not null,
    expires_at text not null
) strict;
create index session_expires on session (expires_at);

create table sign_in_failure (
    -- "email:…" or "address:…"
    key text primary key,
    failures integer not null,
    last_at text not null
) strict;

create table api_token (
    id blob primary key,
    name text not null,
    role text not null,
    token_hash blob not null unique,
    created_by blob not null references account (id),
    created_at text not null,
    expires_at text not null,
    revoked_at text,
    last_used_at text
) strict;

create table idempotency (
    actor text not null,
    key text not null,
    -- SHA-256 of what was asked: the same key with another request is an error
    request_hash text not null,
    answer text not null,
    created_at text not null,
    primary key (actor, key)
) strict;
create index idempotency_created on idempotency (created_at);

create table counter (
    name text primary key,
    value integer not null
) strict;

-- The log. Each entry names the hash of the one before it, over all and within its incident.
create table evidence_entry (
    -- gapless, from 1
    seq integer primary key,
    incident_id blob,
    -- gapless within the incident, from 1; null when the entry concerns no incident
    iseq integer,
    kind text not null,
    recorded_at text not null,
    -- RFC 8785 canonical JSON; exactly these bytes are hashed
    body text not null,
    -- SHA-256 (0x00 || body)
    hash blob not null,
    unique (incident_id, iseq)
) strict;

-- What a commitment in an entry stands for; can be erased without breaking the chain.
create table evidence_opening (
    seq integer not null references evidence_entry (seq),
    pointer text not null,
    salt blob not null,
    value text not null,
    primary key (seq, pointer)
) strict;

-- The newest entry over all (incident_id = nil uuid) and of each incident.
create table evidence_head (
    incident_id blob primary key,
    seq integer not null,
    hash blob not null
) strict;
insert into evidence_head values
    (x'00000000000000000000000000000000', 0, zeroblob(32));

create trigger evidence_entry_no_update before update on evidence_entry
    begin select raise(abort, 'evidence_entry is append-only'); end;
create trigger evidence_entry_no_delete before delete on evidence_entry
    begin select raise(abort, 'evidence_entry is append-only'); end;
