-- What is to be done later, and the mails to staff.

create table job (
    id uuid primary key,
    kind text not null,
    payload text not null,
    -- when it is due; while it runs, when its lease ends; null: given up, for a person to look at
    run_at timestamptz,
    -- also the fencing token: a worker whose number is no longer the row's has lost the job
    attempts bigint not null default 0,
    last_error text,
    -- at most one job with the same key is waiting
    dedupe text unique,
    created_at timestamptz not null
);
create index job_due on job (run_at) where run_at is not null;

create table schedule (
    name text primary key,
    next_at timestamptz not null
);

create table mail (
    id uuid primary key,
    -- RFC 5322 Message-ID, made once: a repeated sending can be told by it
    message_id text not null unique,
    -- what the mail is about: one mail for one cause and one recipient
    cause text not null,
    recipient text not null,
    subject text not null,
    body text not null,
    created_at timestamptz not null,
    sent_at timestamptz,
    unique (cause, recipient)
);
