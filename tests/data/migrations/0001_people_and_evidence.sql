insert into account (id, email, name, role, password_hash, created_at, disabled_at) values
    (#uuid(01), 'rita@example.org', 'Rita', 'responder', '$argon2id$v=19$x', '2026-11-01T08:00:00+00:00', null),
    (#uuid(02), 'anton@example.org', 'Anton', 'approver', '$argon2id$v=19$x', '2026-11-01T08:00:00.250+00:00', '2026-11-20T08:00:00+00:00');
insert into session (token_hash, account_id, csrf, created_at, expires_at) values
    (#bytes(aa01), #uuid(01), 'csrf', '2026-11-23T08:00:00+00:00', '2026-11-23T20:00:00+00:00');
insert into sign_in_failure (key, failures, last_at) values ('email:00', 3, '2026-11-23T08:00:00+00:00');
insert into api_token (id, name, role, token_hash, created_by, created_at, expires_at, revoked_at, last_used_at) values
    (#uuid(03), 'intake', 'reporter', #bytes(aa02), #uuid(01), '2026-11-01T08:00:00+00:00', '2027-11-01T08:00:00+00:00', null, null);
insert into idempotency (actor, key, request_hash, answer, created_at) values
    ('account:01', 'k-1', '00', '"done"', '2026-11-23T08:00:00+00:00');
insert into counter (name, value) values ('incident:2026', 1);
insert into evidence_entry (seq, incident_id, iseq, kind, recorded_at, body, hash) values
    (1, #uuid(11), 1, 'incident.reported', '2026-11-23T09:14:00+00:00', '{"seq":1}', #bytes(01)),
    (2, null, null, 'site.created', '2026-11-23T09:15:00+00:00', '{"seq":2}', #bytes(02));
insert into evidence_opening (seq, pointer, salt, value) values (1, '/row', #bytes(03), '{"title":"Export"}');
insert into evidence_head (incident_id, seq, hash) values (#uuid(11), 1, #bytes(01));
