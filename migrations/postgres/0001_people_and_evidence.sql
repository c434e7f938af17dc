-- Who works with the product, and the log of what they did.

create table account (
    id uuid primary key,
    -- lower case; what a person types to sign in
    email text not null unique,
    name text not null,
    role text not null,
    -- Argon2id, PHC string
    password_hash text not null,
    created_at timestamptz not null,
    -- set: can no longer sign in; the row stays, because entries name it
    disabled_at timestamptz
);

create table session (
    -- SHA-256 of the cookie's secret: who reads the table cannot sign in with it
    token_hash bytea primary key,
    account_id uuid not null references account (id),
    csrf text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index session_expires on session (expires_at);

create table sign_in_failure (
    -- "email:…" or "address:…"
    key text primary key,
    failures bigint not null,
    last_at timestamptz not null
);

create table api_token (
    id uuid primary key,
    name text not null,
    role text not null,
    token_hash bytea not null unique,
    created_by uuid not null references account (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    last_used_at timestamptz
);

create table idempotency (
    actor text not null,
    key text not null,
    -- SHA-256 of what was asked: the same key with another request is an error
    request_hash text not null,
    answer text not null,
    created_at timestamptz not null,
    primary key (actor, key)
);
create index idempotency_created on idempotency (created_at);

create table counter (
    name text primary key,
    value bigint not null
);

-- The log. Each entry names the hash of the one before it, over all and within its incident.
create table evidence_entry (
    -- gapless, from 1
    seq bigint primary key,
    incident_id uuid,
    -- gapless within the incident, from 1; null when the entry concerns no incident
    iseq bigint,
    kind text not null,
    recorded_at timestamptz not null,
    -- RFC 8785 canonical JSON; exactly these bytes are hashed
    body text not null,
    -- SHA-256 (0x00 || body)
    hash bytea not null,
    unique (incident_id, iseq)
);

-- What a commitment in an entry stands for; can be erased without breaking the chain.
create table evidence_opening (
    seq bigint not null references evidence_entry (seq),
    pointer text not null,
    salt bytea not null,
    value text not null,
    primary key (seq, pointer)
);

-- The newest entry over all (incident_id = nil uuid) and of each incident.
create table evidence_head (
    incident_id uuid primary key,
    seq bigint not null,
    hash bytea not null
);
insert into evidence_head values
    ('00000000-0000-0000-0000-000000000000', 0, '\x0000000000000000000000000000000000000000000000000000000000000000');

create function forbid_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;
create trigger evidence_entry_append_only before update or delete on evidence_entry
    for each row execute function forbid_change();
create trigger evidence_entry_no_truncate before truncate on evidence_entry
    for each statement execute function forbid_change();
