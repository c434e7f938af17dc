insert into exposure (id, incident_id, system, from_at, from_offset_s, until_at, until_offset_s, zone, kinds, note, replaces, withdrawn, reason, recorded_by, recorded_at) values
    (#uuid(901), #uuid(11), 'support', '2026-11-01T23:00:00+00:00', 3600, null, 0, 'Europe/Vienna', '["name","email"]', 'The folder was open.', null, false, null, 'Rita', '2026-11-24T08:01:00+00:00'),
    (#uuid(902), #uuid(11), 'support', null, 0, '2026-11-23T08:00:00+00:00', 3600, 'Europe/Vienna', '[]', null, #uuid(901), false, 'The log does not go back that far.', 'Rita', '2026-11-24T09:01:00+00:00'),
    (#uuid(903), #uuid(11), 'support', null, 0, '2026-11-23T08:00:00+00:00', 3600, 'Europe/Vienna', '[]', null, #uuid(902), true, 'It was another folder.', 'Rita', '2026-11-24T10:01:00+00:00');
