insert into incident (id, reference, title, description, drill, status, confidentiality, integrity, availability,
    processor, systems, data_kinds, reported_by, reported_at, persons, closed_at, closed_reason, version) values
    (#uuid(11), '2026-001', 'Export', 'An export link was open.', false, 'open', true, false, false,
     null, '["website_account"]', '["name","email"]', 'Rita', '2026-11-23T09:14:00+00:00', 2, null, null, 3),
    (#uuid(12), 'DRILL-2026-001', 'Drill', 'What if.', true, 'closed', false, false, true,
     'A processor', '[]', '[]', 'Rita', '2026-10-01T09:14:00+00:00', 0, '2026-10-02T09:14:00+00:00', 'Done.', 2);
insert into fact (id, incident_id, kind, at, until, zone, offset_s, reason, corrects, recorded_by, recorded_at) values
    (#uuid(21), #uuid(11), 'occurred', null, null, 'Europe/Vienna', 3600, null, null, 'Rita', '2026-11-23T09:14:00+00:00'),
    (#uuid(22), #uuid(11), 'detected', '2026-11-23T09:00:00+00:00', null, 'Europe/Vienna', 3600, null, null, 'Rita', '2026-11-23T09:14:00+00:00'),
    (#uuid(23), #uuid(11), 'detected', '2026-11-23T08:00:00+00:00', null, 'Europe/Vienna', 3600, 'Read the log again.', #uuid(22), 'Rita', '2026-11-23T09:20:00+00:00');
insert into site (id, name, origins, default_lang, created_at, version) values
    ('shop', 'Shop', '["https://shop.example"]', 'en', '2026-11-01T08:00:00+00:00', 1);
insert into site_key (site_id, kid, algorithm, material, state, created_at, last_used_at) values
    ('shop', 'k1', 'EdDSA', #bytes(0102), 'active', '2026-11-01T08:00:00+00:00', null);
insert into roster_import (id, incident_id, revision, site_id, file_name, file_sha256, rows_total, added, changed,
    unchanged, rejected, imported_by, imported_at) values
    (#uuid(31), #uuid(11), 1, 'shop', 'people.csv', '00', 3, 2, 0, 0, 1, 'Rita', '2026-11-23T10:00:00+00:00');
insert into roster_rejection (import_id, line, reason, raw) values (#uuid(31), 4, 'No user id.', ',x');
insert into person (incident_id, site_id, user_id, revision, email, lang, country, region, birth_year, exposed) values
    (#uuid(11), 'shop', 'u-1', 1, null, 'de', 'AT', null, null, null),
    (#uuid(11), 'shop', 'u-2', 1, 'u2@example.org', null, 'US', 'CO', 1980, 'name email');
insert into roster_count (incident_id, country, region, persons) values (#uuid(11), 'AT', null, 1), (#uuid(11), 'US', 'CO', 1);
insert into obligation (id, incident_id, rule, deadline_id, due_at, bound, problem, outcome, met_at, late, note,
    settled_by, settled_at, version) values
    (#uuid(41), #uuid(11), 'policy_promise_7bd', #uuid(51), '2026-12-02T23:00:00+00:00', 'before', null, null, null, null, null, null, null, 2),
    (#uuid(42), #uuid(11), 'eu_gdpr_33_1', null, null, null, 'Nothing is recorded.', 'met', '2026-11-25T08:00:00+00:00', false, 'Ref 7', 'Rita', '2026-11-25T08:01:00+00:00', 3);
insert into deadline (id, obligation_id, computed_at, cause, due_at, result) values
    (#uuid(51), #uuid(41), '2026-11-23T09:14:00+00:00', 'incident.reported', '2026-12-02T23:00:00+00:00', '{}');
