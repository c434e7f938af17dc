-- Notices: the text, its approval, and who was shown what.

create table notice (
    id uuid primary key,
    incident_id uuid not null references incident (id),
    -- draft, approved, active, withdrawn
    status text not null,
    -- the newest version
    current bigint not null,
    -- may the person hide it for the page view
    hideable boolean not null,
    created_at timestamptz not null,
    activated_at timestamptz,
    activated_by text,
    withdrawn_at timestamptz,
    withdrawn_reason text,
    version bigint not null
);
create index notice_incident on notice (incident_id);
create index notice_active on notice (incident_id) where status = 'active';

create table notice_version (
    notice_id uuid not null references notice (id),
    number bigint not null,
    -- canonical JSON: language -> {title, blocks}; exactly what the hash covers
    content text not null,
    content_hash text not null,
    -- "account:…" or "token:…": who wrote any version cannot approve
    author_key text not null,
    author text not null,
    created_at timestamptz not null,
    primary key (notice_id, number)
);
create trigger notice_version_append_only before update or delete on notice_version
    for each row execute function forbid_change();

create table notice_approval (
    notice_id uuid not null,
    number bigint not null,
    content_hash text not null,
    approver_key text not null,
    approver text not null,
    approved_at timestamptz not null,
    primary key (notice_id, number),
    foreign key (notice_id, number) references notice_version (notice_id, number)
);
create trigger notice_approval_append_only before update or delete on notice_approval
    for each row execute function forbid_change();

-- One notice to one person, from `served` on: being targeted is being on the roster.
create table delivery (
    id uuid primary key,
    notice_id uuid not null references notice (id),
    -- the notice version that was shown
    number bigint not null,
    site_id text not null references site (id),
    user_id text not null,
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
    unique (notice_id, site_id, user_id, number)
);

-- The state of all changes that target more people, for the filters in memory that tell who is not
-- concerned. Such a change is announced, waits, and commits with the next epoch.
create table activation_epoch (
    id bigint primary key check (id = 1),
    -- rises with each change that targets more people
    epoch bigint not null
);
insert into activation_epoch values (1, 0);

-- A change that is announced and not made yet: while a row stands here, no filter is believed. The
-- change deletes its own row in its own transaction, and fails when the row is gone.
create table announcement (
    id uuid primary key,
    -- from then on somebody else may delete it: whoever announced it is taken for dead
    until timestamptz not null
);
