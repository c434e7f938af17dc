insert into obligation (id, incident_id, rule, controller, cohort, applies, applies_why, waits_for, problem, decision, decided_by, decided_at, rationale, version) values
    (#uuid(43), #uuid(11), 'eu_nis2_23.final_report', 'KG', 0, 'unknown', 'the operator profile does not say', 'incident_notification_submitted', null, 'required', 'Rita', '2026-11-25T08:01:00+00:00', 'To be safe.', 2),
    (#uuid(44), #uuid(11), 'policy_promise_7bd', '', 2, 'yes', null, null, null, null, null, null, null, 1);
insert into deadline (id, obligation_id, computed_at, cause, due_at, result, inputs) values
    (#uuid(52), #uuid(44), '2026-12-04T09:14:00+00:00', 'roster.imported', '2026-12-15T23:00:00+00:00', '{}', '{"facts":[]}');
insert into answer (id, incident_id, question, value, reason, replaces, recorded_by, recorded_at) values
    (#uuid(61), #uuid(11), 'risk_unlikely', 'no', 'Names and addresses were read.', null, 'Rita', '2026-11-24T08:01:00+00:00'),
    (#uuid(62), #uuid(11), 'people(US-CO)', '100-300', null, null, 'Rita', '2026-11-24T08:02:00+00:00');
insert into hold (id, incident_id, authority, reference, oral, from_at, from_offset_s, until_at, until_offset_s, zone, jurisdictions, reason, replaces, recorded_by, recorded_at) values
    (#uuid(71), #uuid(11), 'Denver Police', 'DP-7', true, '2026-11-24T08:00:00+00:00', -25200, null, 0, 'America/Denver', '["US-CO"]', null, null, 'Rita', '2026-11-24T08:03:00+00:00'),
    (#uuid(72), #uuid(11), 'Denver Police', 'DP-7', true, '2026-11-24T08:00:00+00:00', -25200, '2026-11-26T08:00:00+00:00', -25200, 'America/Denver', '["US-CO"]', 'Given up.', #uuid(71), 'Rita', '2026-11-26T08:03:00+00:00');
insert into cohort (id, incident_id, revision, persons, found_at, found_offset_s, zone, reason, recorded_by, recorded_at) values
    (#uuid(81), #uuid(11), 2, 5, '2026-12-04T09:00:00+00:00', 3600, 'Europe/Vienna', 'A second export was found.', 'Rita', '2026-12-04T09:14:00+00:00');
insert into kept_input (hash, kind, body) values ('00', 'rule', '{}');
insert into unclear (incident_id, duties, due_at) values (#uuid(11), 12, '2026-11-26T09:00:00+00:00');
