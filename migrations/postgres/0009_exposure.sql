-- A system that was exposed in an incident, from when until when. Never changed: a correction is a new row
-- that replaces it, and a withdrawal is one that says so.
create table exposure (
    id uuid primary key,
    incident_id uuid not null references incident (id),
    -- id of the system in the operator profile
    system text not null,
    -- when the window opened; null: not known, so nobody is left out for what was deleted before
    from_at timestamptz,
    -- the offset with which it was given, for showing it as it was said; 0 where there is no time
    from_offset_s bigint not null,
    -- when the window closed; null: still open, or not known
    until_at timestamptz,
    until_offset_s bigint not null,
    -- the zone in which both were said, and in which months of retention are counted
    zone text not null,
    -- ids of the kinds of data that were exposed; empty: all that the system holds
    kinds jsonb not null,
    -- what is known about it
    note text,
    -- the row it takes the place of
    replaces uuid references exposure (id),
    -- the one it replaces was not exposed after all; no window counts then
    withdrawn boolean not null,
    -- why it takes the place of another
    reason text,
    recorded_by text not null,
    recorded_at timestamptz not null
);
create index exposure_incident on exposure (incident_id, recorded_at);
create trigger exposure_append_only before update or delete on exposure
    for each row execute function forbid_change();
