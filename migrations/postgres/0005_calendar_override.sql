-- Days of calendars that the operator set, over what the calendar's file says.

create table calendar_override (
    id uuid primary key,
    -- the calendar's code; no key: calendars are files
    calendar text not null,
    day date not null,
    -- how many rows this day of this calendar has with this one: two people cannot both set a day
    number bigint not null,
    -- closed, open, bridge, proclaimed; of a withdrawal that of the row it withdraws
    kind text not null,
    -- why it is so, or why it is withdrawn
    reason text not null,
    -- the row that this one withdraws; a row is withdrawn at most once
    withdraws uuid unique references calendar_override (id),
    entered_by text not null,
    entered_at timestamptz not null,
    unique (calendar, day, number)
);
create trigger calendar_override_append_only before update or delete on calendar_override
    for each row execute function forbid_change();
