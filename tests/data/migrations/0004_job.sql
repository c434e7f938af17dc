insert into job (id, kind, payload, run_at, attempts, last_error, dedupe, created_at) values
    (#uuid(91), 'send_mail', '{"v":"1","mail":"00000000-0000-0000-0000-0000000000a1"}', '2026-11-24T12:00:00+00:00', 0, null, null, '2026-11-24T12:00:00+00:00'),
    (#uuid(92), 'send_mail', '{"v":"1","mail":"00000000-0000-0000-0000-0000000000a2"}', null, 80, 'refused', null, '2026-11-20T12:00:00+00:00'),
    (#uuid(93), 'remind', '{"v":"1"}', '2026-11-24T12:01:00+00:00', 1, 'once', 'a-key', '2026-11-24T12:00:00+00:00');
insert into schedule (name, next_at) values ('remind', '2026-11-24T12:02:00+00:00');
insert into mail (id, message_id, cause, recipient, subject, body, created_at, sent_at) values
    (#uuid(a1), 'a1@example.org', 'incident.opened:11', 'team@example.org', '2026-001: reported', 'Text', '2026-11-24T12:00:00+00:00', null),
    (#uuid(a2), 'a2@example.org', 'incident.opened:12', 'team@example.org', 'x', 'Text', '2026-11-20T12:00:00+00:00', '2026-11-20T12:00:01+00:00');
