-- Notices: the text, its approval, and who was shown what.

create table notice (
    id blob primary key,
    incident_id blob not null references incident (id),
    -- draft, approved, active, withdrawn
    status text not null,
    -- the newest version
    current integer not null,
    -- may the person hide it for the page view
    hideable integer not null,
    created_at text not null,
    activated_at text,
    activated_by text,
    withdrawn_at text,
    withdrawn_reason text,
    version integer not null
) strict;
create index notice_incident on notice (incident_id);
create index notice_active on notice (incident_id) where status = 'active';

create table notice_version (
    notice_id blob not null references notice (id),
    number integer not null,
    -- canonical JSON: language -> {title, blocks}; exactly what the hash covers
    content text not null,
    content_hash text not null,
    -- "account:…" or "token:…": who wrote any version cannot approve
    author_key text not null,
    author text not null,
    created_at text not null,
    primary key (notice_id, number)
) strict;
create trigger notice_version_no_update before update on notice_version
    begin select raise(abort, 'notice_version is append-only'); end;
create trigger notice_version_no_delete before delete on notice_version
    begin select raise(abort, 'notice_version is append-only'); end;

create table notice_approval (
    notice_id blob not null,
    number integer not null,
    content_hash text not null,
    approver_key text not null,
    approver text not null,
    approved_at text not null,
    primary key (notice_id, number),
    foreign key (notice_id, number) references notice_version (notice_id, number)
) strict;
create trigger notice_approval_no_update before update on notice_approval
    begin select raise(abort, 'notice_approval is append-only'); end;
create trigger notice_approval_no_delete before delete on notice_approval
    begin select raise(abort, 'notice_approval is append-only'); end;

-- One notice to one person, from `served` on: being targeted is being on the roster.
create table delivery (
    id blob primary key,
    notice_id blob not null references notice (id),
    -- the notice version that was shown
    number integer not null,
    site_id text not null references site (id),
    user_id text not null,
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
    unique (notice_id, site_id, user_id, number)
) strict;

-- The state of all changes that target more people, for the filters in memory that tell who is not
-- concerned. Such a change is announced, waits, and commits with the next epoch.
create table activation_epoch (
    id integer primary key check (id = 1),
    -- rises with each change that targets more people
    epoch integer not null
) strict;
insert into activation_epoch values (1, 0);

-- A change that is announced and not made yet: while a row stands here, no filter is believed. The
-- change deletes its own row in its own transaction, and fails when the row is gone.
create table announcement (
    id blob primary key,
    -- from then on somebody else may delete it: whoever announced it is taken for dead
    until text not null
) strict;
