insert into calendar_override (id, calendar, day, number, kind, reason, withdraws, entered_by, entered_at) values
    (#uuid(c1), 'AT', '2026-11-27', 1, 'proclaimed', 'Day of mourning', null, 'Rita', '2026-11-20T08:00:00+00:00'),
    (#uuid(c2), 'AT', '2026-11-27', 2, 'proclaimed', 'It was another day', #uuid(c1), 'Alan', '2026-11-20T09:00:00+00:00'),
    (#uuid(c3), 'US-CO', '2026-12-05', 1, 'open', 'Worked for the day off', null, 'Rita', '2026-11-21T08:00:00+00:00');
