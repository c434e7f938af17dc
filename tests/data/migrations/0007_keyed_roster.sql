insert into secret_check (id, fingerprint) values (1, 'c5d3faf2b6fbd40ddeb7c0bfdb6fc85ec8e52b2d0d6a7a4d5b1e4b0d9c1b2a3f');
insert into incident_key (incident_id, wrapped, destroyed_at, destroyed_by, reason) values
    (#uuid(12), null, '2026-11-25T08:00:00+00:00', 'Rita', 'The drill is over.');
insert into person (incident_id, site_id, person_key, revision, changed_revision, left_revision, sealed, lang, country, region, place_from, birth_year, role, exposed, grouped) values
    (#uuid(12), 'shop', #uuid(a1), 1, 2, null, #bytes(0102), 'de', 'AT', null, 'file', 1980, 'customer', 'name email', #uuid(a1)),
    (#uuid(12), '', #uuid(a2), 1, 1, 2, null, null, null, null, null, null, null, null, #uuid(a1));
insert into person_gone (incident_id, revision, site_id, person_key, reason, told, served, back_revision) values
    (#uuid(12), 2, '', #uuid(a2), 'Never ordered.', true, true, null);
insert into revision (incident_id, number, cause, import_id, run_id, added, back, left_n, changed, persons, result_sha256, reason, made_by, made_at) values
    (#uuid(12), 2, 'recipe', null, #uuid(96), 0, 0, 1, 1, 1, '00ff', 'Never ordered.', 'Rita', '2026-10-01T10:00:00+00:00');
insert into roster_tally (incident_id, what, value, persons) values (#uuid(12), 'minor', 'adult', 1);
insert into notice (id, incident_id, status, current, hideable, created_at, version, audience) values
    (#uuid(63), #uuid(12), 'draft', 1, false, '2026-10-01T10:00:00+00:00', 1, 'wrongly_told');
insert into roster_rejection (import_id, line, sealed) values (#uuid(31), 5, #bytes(0a));
insert into delivery (id, notice_id, number, site_id, person_key, lang, text_hash, served_at, times_served, kid, jti, token_issued_at) values
    (#uuid(72), #uuid(63), 1, 'shop', #uuid(a2), 'de', '00', '2026-10-01T11:00:00+00:00', 1, 'k1', 'j2', '2026-10-01T10:59:00+00:00');
