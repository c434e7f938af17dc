-- Days of calendars that the operator set, over what the calendar's file says.

create table calendar_override (
    id blob primary key,
    -- the calendar's code; no key: calendars are files
    calendar text not null,
    day text not null,
    -- how many rows this day of this calendar has with this one: two people cannot both set a day
    number integer not null,
    -- closed, open, bridge, proclaimed; of a withdrawal that of the row it withdraws
    kind text not null,
    -- why it is so, or why it is withdrawn
    reason text not null,
    -- the row that this one withdraws; a row is withdrawn at most once
    withdraws blob unique references calendar_override (id),
    entered_by text not null,
    entered_at text not null,
    unique (calendar, day, number)
) strict;
create trigger calendar_override_no_update before update on calendar_override
    begin select raise(abort, 'calendar_override is append-only'); end;
create trigger calendar_override_no_delete before delete on calendar_override
    begin select raise(abort, 'calendar_override is append-only'); end;
