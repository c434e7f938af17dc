insert into notice (id, incident_id, status, current, hideable, created_at, activated_at, activated_by, withdrawn_at,
    withdrawn_reason, version) values
    (#uuid(61), #uuid(11), 'active', 1, true, '2026-11-24T08:00:00+00:00', '2026-11-24T10:00:00+00:00', 'Rita', null, null, 3),
    (#uuid(62), #uuid(11), 'draft', 1, false, '2026-11-24T08:00:00+00:00', null, null, null, null, 1);
insert into notice_version (notice_id, number, content, content_hash, author_key, author, created_at) values
    (#uuid(61), 1, '{}', '00', 'account:01', 'Rita', '2026-11-24T08:00:00+00:00'),
    (#uuid(62), 1, '{}', '01', 'account:01', 'Rita', '2026-11-24T08:00:00+00:00');
insert into notice_approval (notice_id, number, content_hash, approver_key, approver, approved_at) values
    (#uuid(61), 1, '00', 'account:02', 'Anton', '2026-11-24T09:00:00+00:00');
insert into delivery (id, notice_id, number, site_id, user_id, lang, text_hash, served_at, rendered_at, seen_at,
    seen_occluded_at, opened_at, acknowledged_at, dwell_ms, times_served, kid, jti, token_issued_at, origin, browser) values
    (#uuid(71), #uuid(61), 1, 'shop', 'u-1', 'de', '00', '2026-11-24T11:00:00+00:00', '2026-11-24T11:00:01+00:00',
     '2026-11-24T11:00:04+00:00', null, null, null, 3000, 2, 'k1', 'j1', '2026-11-24T10:59:00+00:00', 'https://shop.example', 'Firefox');
insert into announcement (id, until) values (#uuid(81), '2026-11-24T12:00:00+00:00');
update activation_epoch set epoch = 1;
