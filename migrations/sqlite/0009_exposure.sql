-- A system that was exposed in an incident, from when until when. Never changed: a correction is a new row
-- that replaces it, and a withdrawal is one that says so.
create table exposure (
    id blob primary key,
    incident_id blob not null references incident (id),
    -- id of the system in the operator profile
    system text not null,
    -- when the window opened; null: not known, so nobody is left out for what was deleted before
    from_at text,
    -- the offset with which it was given, for showing it as it was said; 0 where there is no time
    from_offset_s integer not null,
    -- when the window closed; null: still open, or not known
    until_at text,
    until_offset_s integer not null,
    -- the zone in which both were said, and in which months of retention are counted
    zone text not null,
    -- ids of the kinds of data that were exposed; empty: all that the system holds
    kinds text not null,
    -- what is known about it
    note text,
    -- the row it takes the place of
    replaces blob references exposure (id),
    -- the one it replaces was not exposed after all; no window counts then
    withdrawn integer not null,
    -- why it takes the place of another
    reason text,
    recorded_by text not null,
    recorded_at text not null
) strict;
create index exposure_incident on exposure (incident_id, recorded_at);
create trigger exposure_no_update before update on exposure
    begin select raise(abort, 'exposure is append-only'); end;
create trigger exposure_no_delete before delete on exposure
    begin select raise(abort, 'exposure is append-only'); end;
