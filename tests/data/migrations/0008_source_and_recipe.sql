insert into source (no, id, incident_id, name, version, system, site_id, in_system, origin, origin_name, origin_sha256, format, mapping, status, problem, token, rows_read, rows_taken, rows_rejected, rows_repeated, bytes_read, bytes_total, checkpoint, content_sha256, created_by, created_at, beat_at, done_at) values
    (1, #uuid(91), #uuid(11), 'accounts', 1, 'website_account', 'shop', true, 'file', 'accounts.csv', '00ff', '{}', '{}', 'done', null, 1, 4, 2, 1, 1, 120, 120, null, 'aa', 'Rita', '2026-11-24T09:00:00+00:00', '2026-11-24T09:01:00+00:00', '2026-11-24T09:01:00+00:00'),
    (2, #uuid(92), #uuid(11), 'orders', 1, 'orders', null, false, 'query', 'shop', null, '{}', '{}', 'reading', null, 2, 1000, 0, 0, 0, 0, 0, '{"runs":[]}', null, 'Rita', '2026-11-24T09:02:00+00:00', '2026-11-24T09:03:00+00:00', null);
insert into listed (source, key, line, kind, email_key, phone_key, record_key, cookie_key, since, until, at, country, region, lang, birth_year, role, exposed, more, sealed) values
    (1, #uuid(a1), 2, 0, #uuid(b1), null, null, null, 1767225600, null, null, 'US', 'CO', 'en', 1980, 'customer', 'email name', '{"plan":"pro"}', #bytes(0102)),
    (1, #uuid(a2), 3, 0, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
insert into source_rejection (source, line, field, reason, raw) values (1, 4, 'country', 'The country "Austria" is not a code of two letters.', #bytes(0a));
insert into recipe (id, incident_id, version, body, note, written_by, written_at) values
    (#uuid(95), #uuid(11), 1, 'affected = accounts', 'First.', 'Rita', '2026-11-24T09:05:00+00:00');
insert into run (id, incident_id, recipe_id, params, zone, status, problem, sources, steps, persons, result_sha256, difference, apply, found, reason, revision, asked_by, asked_at, done_at) values
    (#uuid(96), #uuid(11), #uuid(95), '{}', 'Europe/Vienna', 'done', null, '[]', '[]', 2, 'bb', '{}', true, null, 'First.', 2, 'Rita', '2026-11-24T09:06:00+00:00', '2026-11-24T09:06:01+00:00');
insert into split (id, incident_id, a, b, apart, reason, decided_by, decided_at) values
    (#uuid(97), #uuid(11), #uuid(a1), #uuid(a2), true, 'Mother and daughter.', 'Rita', '2026-11-24T09:07:00+00:00');
insert into alias (incident_id, id_key, site_id, person_key) values (#uuid(11), #uuid(b1), 'shop', #uuid(a1));
