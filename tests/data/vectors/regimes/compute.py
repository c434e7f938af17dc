#!/usr/bin/env python3
"""Works out the deadlines of playbooks/cases/deadlines.csv without any part of Due Notice.

Python's standard library and the IANA time zone database only. The numbers stand in RULES, typed from the law and not read from the
rule files; the holidays stand in HOLIDAYS, written out. A difference between the two is a mistake in one of them.

    python3 compute.py          prints playbooks/cases/deadlines.csv
    python3 compute.py --check  compares it with the file, and says nothing when they are equal

Both first work out the published rows in worked.csv and ../deadlines.csv and stop if one of them comes out differently.

How it counts. Hours are elapsed time, and the instant itself is on time (`le`). Days leave out the local day of the trigger and end
with the next local midnight, which is too late (`lt`); business days leave out weekends and holidays; a month ends on the day with
the same number, or on the last day of a shorter month. Where a rule has no calendar or zone of its own, each company is counted in
its own and the earliest instant counts. What the law allows beyond that is the column `latest_arguable`.
"""

import csv
import io
import sys
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
CASES = HERE.parents[3] / "playbooks" / "cases" / "deadlines.csv"
COLUMNS = ["rule", "at", "controller", "due", "bound", "latest_arguable", "why"]

# Company: seat, calendar, zone.
COMPANIES = {"KG": ("AT", "AT", "Europe/Vienna"), "INC": ("US", "US-CO", "America/Denver")}


def days(text):
    """`2026: 01-01 01-06; 2027: …` as a set of dates."""
    found = set()
    for year in text.split(";"):
        number, rest = year.split(":")
        found |= {date.fromisoformat(f"{number.strip()}-{day}") for day in rest.split()}
    return found


HOLIDAYS = {
    # FeiertRG § 1(1), ARG § 7(2). Easter is on 5 April 2026, 28 March 2027, 16 April 2028.
    "AT": days(
        "2026: 01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26;"
        "2027: 01-01 01-06 03-29 05-01 05-06 05-17 05-27 08-15 10-26 11-01 12-08 12-25 12-26;"
        "2028: 01-01 01-06 04-17 05-01 05-25 06-05 06-15 08-15 10-26 11-01 12-08 12-25 12-26"
    ),
    # C.R.S. 24-11-101: a Sunday moves to Monday, a Saturday stays.
    "US-CO": days(
        "2026: 01-01 01-19 02-16 05-25 06-19 07-04 09-07 10-05 11-11 11-26 12-25;"
        "2027: 01-01 01-18 02-15 05-31 06-19 07-05 09-06 10-04 11-11 11-25 12-25;"
        "2028: 01-01 01-17 02-21 05-29 06-19 07-04 09-04 10-02 11-11 11-23 12-25"
    ),
    # 5 U.S.C. 6103: a Saturday is kept on Friday, a Sunday on Monday.
    "US-FED": days(
        "2026: 01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25;"
        "2027: 01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"
    ),
    "US-IA": days("2026: 01-01 01-19 02-12 02-16 05-25 06-19 07-03 09-07 11-11 11-26 12-25"),
    "US-VT": days("2026: 01-01 01-19 02-16 03-03 05-25 06-19 07-03 08-17 09-07 11-11 11-26 12-25"),
    # Lei 662/1949, 6.802/1980, 9.093/1995, 14.759/2023.
    "BR": days("2026: 01-01 04-03 04-21 05-01 09-07 10-12 11-02 11-15 11-20 12-25"),
    # 1948 Act 178: 6 May 2026 stands in for Sunday 3 May, 22 September 2026 lies between two holidays.
    "JP": days(
        "2026: 01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23"
    ),
}

STATE_ZONES = {
    "America/New_York": "CT DE FL MD ME NY OH RI VT".split(),
    "America/Chicago": "AL AR IA LA MN OK SD TN TX WI".split(),
    "America/Denver": "CO NM".split(),
    "America/Los_Angeles": "CA NV OR WA".split(),
    "America/Phoenix": ["AZ"],
    "America/Indiana/Indianapolis": ["IN"],
}
PLACES = {f"US-{state}": (f"US-{state}", zone) for zone, states in STATE_ZONES.items() for state in states}
PLACES |= {
    "US-FED": ("US-FED", "America/New_York"),
    "BR": ("BR", "America/Sao_Paulo"),
    "JP": ("JP", "Asia/Tokyo"),
}

# Rule: the number, what is counted, the event it is counted from, and where (a place above, a zone, or nothing: each company's own),
# then what else the law says.
RULES = {
    # The promise: "within 7 business days", and its German wording.
    "policy_promise_7bd": (7, "business", "aware", None, {}),
    "policy_promise_7werktage": (7, "werktag", "aware", None, {"only": "KG"}),
    # GDPR 33(1) and its kin.
    "eu_gdpr_33_1": (72, "hour", "aware", None, {"arguable": "full_hour"}),
    "eu_gdpr_33_1_omnibus": (96, "hour", "aware", None, {}),
    "at_dsg": (72, "hour", "aware", None, {}),
    "de_bdsg": (72, "hour", "aware", None, {}),
    "uk_gdpr_33_34": (72, "hour", "aware", None, {}),
    # 611/2013 Art 2(2), (3).
    "eu_611_2013": (24, "hour", "detected", None, {}),
    "eu_611_2013.second": (3, "day", "initial_submitted", None, {"arguable": "roll"}),
    # NIS2 Art 23(4), NISG 2026 § 34.
    "eu_nis2_23.early_warning": (24, "hour", "aware_significant", None, {}),
    "eu_nis2_23.incident_notification": (72, "hour", "aware_significant", None, {}),
    "eu_nis2_23.incident_notification_trust": (24, "hour", "aware_significant", None, {}),
    "eu_nis2_23.final_report": (1, "month", "incident_notification_submitted", None, {"arguable": "roll"}),
    "eu_nis2_23.progress_then_final": (1, "month", "incident_handled", None, {}),
    "at_nisg_34.early_warning": (24, "hour", "aware_significant", None, {}),
    "at_nisg_34.incident_notification": (72, "hour", "aware_significant", None, {}),
    "at_nisg_34.incident_notification_trust": (24, "hour", "aware_significant", None, {}),
    "at_nisg_34.final_report": (1, "month", "incident_notification_submitted", None, {"arguable": "roll"}),
    "at_nisg_34.progress_then_final": (1, "month", "incident_handled", None, {}),
    # Cyber Resilience Act Art 14.
    "eu_cra_14_vuln.early_warning": (24, "hour", "aware_exploited", None, {}),
    "eu_cra_14_vuln.vulnerability_notification": (72, "hour", "aware_exploited", None, {}),
    "eu_cra_14_vuln.final_report": (14, "day", "corrective_measure_available", None, {"arguable": "roll"}),
    "eu_cra_14_incident.early_warning": (24, "hour", "aware_severe", None, {}),
    "eu_cra_14_incident.incident_notification": (72, "hour", "aware_severe", None, {}),
    "eu_cra_14_incident.final_report": (1, "month", "incident_notification_submitted", None, {"arguable": "roll"}),
    # DORA, RTS 2025/301 Art 5.
    "eu_dora_19.initial": (4, "hour", "classified_major", None, {"cap": ("aware", 24), "arguable": "noon"}),
    "eu_dora_19.intermediate": (72, "hour", "initial_submitted", None, {"arguable": "noon"}),
    "eu_dora_19.final": (1, "month", "intermediate_submitted", None, {"arguable": "noon"}),
    "eu_eidas_24_19a": (24, "hour", "aware", None, {}),
    "eu_eidas_24_19a.affected_individuals": (24, "hour", "aware", None, {}),
    # United Kingdom, Switzerland.
    "uk_pecr_5a": (72, "hour", "aware", None, {"before": ("2025-08-20", 24)}),
    "ch_isg_cyber": (24, "hour", "discovered", "Europe/Zurich", {}),
    "ch_isg_cyber.complete_report": (14, "day", "initial_submitted", "Europe/Zurich", {}),
    # Data Privacy Framework.
    "dpf.complaint_response": (45, "day", "complaint_received", None, {"only": "INC"}),
    "dpf.dpa_panel_advice": (60, "day", "complaint_at_panel", None, {"only": "INC"}),
    "dpf.comply_with_dpa_advice": (25, "day", "dpa_advice_delivered", None, {"only": "INC"}),
    # HIPAA 45 CFR 164.404 to 164.410; FTC 16 CFR 318.
    "us_hipaa_individual": (60, "day", "discovered", None, {"only": "INC"}),
    "us_hipaa_media": (60, "day", "discovered", None, {"only": "INC"}),
    "us_hipaa_hhs.large": (60, "day", "discovered", None, {"only": "INC"}),
    "us_hipaa_hhs.small": (60, "day", "discovered", None, {"only": "INC", "year_end": True}),
    "us_hipaa_ba": (60, "day", "discovered", None, {"only": "INC"}),
    "us_ftc_hbnr.individual": (60, "day", "discovered", None, {"only": "INC"}),
    "us_ftc_hbnr.ftc_large": (60, "day", "discovered", None, {"only": "INC"}),
    "us_ftc_hbnr.ftc_small": (60, "day", "discovered", None, {"only": "INC", "year_end": True}),
    "us_ftc_hbnr.media": (60, "day", "discovered", None, {"only": "INC"}),
    "us_ftc_hbnr.service_provider": (60, "day", "discovered", None, {"only": "INC"}),
    "us_ftc_safeguards": (30, "day", "discovered", None, {"only": "INC"}),
    # Finance, telecoms, infrastructure.
    "us_sec_8k_105": (4, "business", "materiality_determined", "US-FED", {"only": "INC", "cutoff": time(17, 30)}),
    "us_bank_36h": (36, "hour", "determined", None, {"only": "INC"}),
    "us_ncua_72h": (72, "hour", "reasonable_belief", None, {"only": "INC"}),
    "us_sec_reg_sp": (30, "day", "aware", None, {"only": "INC"}),
    "us_sec_reg_sp.service_provider": (72, "hour", "aware", None, {"only": "INC"}),
    "us_fcc_64_2011": (7, "business", "determined", "US-FED", {"only": "INC"}),
    "us_fcc_64_2011.customers": (30, "day", "determined", "US-FED", {"only": "INC"}),
    "us_circia.covered_incident": (72, "hour", "reasonable_belief", None, {"only": "INC"}),
    "us_circia.ransom_payment": (24, "hour", "ransom_paid", None, {"only": "INC"}),
    "us_nydfs_500_17.event": (72, "hour", "determined", "US-NY", {}),
    "us_nydfs_500_17.extortion_payment": (24, "hour", "ransom_paid", "US-NY", {}),
    "us_nydfs_500_17.payment_explanation": (30, "day", "ransom_paid", "US-NY", {}),
    # The seven states in depth.
    "us_co_6_1_716_resident": (30, "day", "determined", "US-CO", {"arguable": "roll"}),
    "us_co_6_1_716_ag": (30, "day", "determined", "US-CO", {"arguable": "roll"}),
    "us_ca_1798_82_resident": (30, "day", "discovered", "US-CA", {}),
    "us_ca_1798_82_ag": (15, "day", "resident_notice_sent", "US-CA", {}),
    "us_ny_899aa_resident": (30, "day", "discovered", "US-NY", {}),
    "us_ny_899aa_regulators.inadvertent": (10, "day", "determined", "US-NY", {}),
    "us_tx_521_053.resident": (60, "day", "determined", "US-TX", {}),
    "us_tx_521_053.ag": (30, "day", "determined", "US-TX", {"before": ("2023-09-01", 60)}),
    "us_fl_501_171.individual": (30, "day", "determined", "US-FL", {"more": 15}),
    "us_fl_501_171.dla": (30, "day", "determined", "US-FL", {}),
    "us_fl_501_171.third_party_agent": (10, "day", "determined", "US-FL", {}),
    "us_wa_19_255_010.resident": (30, "day", "discovered", "US-WA", {}),
    "us_wa_19_255_010.ag": (30, "day", "discovered", "US-WA", {}),
    # The other states that give a number.
    "us_state_al.resident": (45, "day", "determined", "US-AL", {}),
    "us_state_al.regulator": (45, "day", "determined", "US-AL", {}),
    "us_state_al.owner": (10, "day", "determined", "US-AL", {}),
    "us_state_az.resident": (45, "day", "determined", "US-AZ", {}),
    "us_state_az.regulator": (45, "day", "determined", "US-AZ", {}),
    "us_state_ar.regulator": (45, "day", "determined", "US-AR", {}),
    "us_state_ct.resident": (60, "day", "discovered", "US-CT", {}),
    "us_state_de.resident": (60, "day", "determined", "US-DE", {}),
    "us_state_in.resident": (45, "day", "discovered", "US-IN", {}),
    "us_state_in.regulator": (45, "day", "discovered", "US-IN", {}),
    "us_state_ia.regulator": (5, "business", "resident_notice_sent", "US-IA", {}),
    "us_state_la.resident": (60, "day", "discovered", "US-LA", {}),
    "us_state_la.regulator": (10, "day", "resident_notice_sent", "US-LA", {}),
    "us_state_me.resident": (30, "day", "aware", "US-ME", {}),
    "us_state_md.resident": (45, "day", "discovered", "US-MD", {}),
    "us_state_md.owner": (10, "day", "discovered", "US-MD", {}),
    "us_state_mn.cra": (48, "hour", "determined", "US-MN", {}),
    "us_state_nm.resident": (45, "day", "discovered", "US-NM", {}),
    "us_state_nm.regulator": (45, "day", "discovered", "US-NM", {}),
    "us_state_oh.resident": (45, "day", "discovered", "US-OH", {}),
    "us_state_ok.regulator": (60, "day", "resident_notice_sent", "US-OK", {}),
    "us_state_or.resident": (45, "day", "discovered", "US-OR", {}),
    "us_state_or.regulator": (45, "day", "discovered", "US-OR", {}),
    "us_state_or.owner": (10, "day", "discovered", "US-OR", {}),
    "us_state_ri.resident": (45, "day", "determined", "US-RI", {}),
    "us_state_sd.resident": (60, "day", "discovered", "US-SD", {}),
    "us_state_sd.regulator": (60, "day", "discovered", "US-SD", {}),
    "us_state_tn.resident": (45, "day", "discovered", "US-TN", {}),
    "us_state_vt.resident": (45, "day", "discovered", "US-VT", {}),
    "us_state_vt.regulator": (14, "business", "discovered", "US-VT", {}),
    "us_state_wi.resident": (45, "day", "aware", "US-WI", {}),
    # Rest of the world.
    "br_anpd_15_2024": (3, "business", "aware", "BR", {}),
    "br_anpd_15_2024.data_subject": (3, "business", "aware", "BR", {}),
    "br_anpd_15_2024.small_agent": (6, "business", "aware", "BR", {}),
    "br_anpd_15_2024.small_agent_data_subject": (6, "business", "aware", "BR", {}),
    "br_anpd_15_2024.supplement": (20, "business", "aware", "BR", {}),
    "br_anpd_15_2024.proof_to_anpd_that_subjects_informed": (3, "business", "aware", "BR", {}),
    "cl_21663.early_alert": (3, "hour", "detected", "America/Santiago", {}),
    "cl_21663.second": (72, "hour", "detected", "America/Santiago", {}),
    "cl_21663.second_essential": (24, "hour", "detected", "America/Santiago", {}),
    "cl_21663.action_plan": (7, "day", "detected", "America/Santiago", {}),
    "cl_21663.final": (15, "day", "detected", "America/Santiago", {}),
    "in_certin_6h": (6, "hour", "detected", "Asia/Kolkata", {}),
    "in_dpdp_r7.board_detailed": (72, "hour", "aware", "Asia/Kolkata", {}),
    "sg_pdpa_26d": (3, "day", "assessed_notifiable", "Asia/Singapore", {}),
    "sg_pdpa_26d.assess": (30, "day", "suspected", "Asia/Singapore", {}),
    "au_ndb.assessment": (30, "day", "suspected", "Australia/Sydney", {}),
    "au_ndb.ransomware_payment": (72, "hour", "ransom_paid", "Australia/Sydney", {}),
    "jp_appi_26.preliminary": (5, "day", "aware", "JP", {}),
    "jp_appi_26.final": (30, "day", "aware", "JP", {"arguable": "roll"}),
    "jp_appi_26.final_unjust_purpose": (60, "day", "aware", "JP", {"arguable": "roll"}),
    "kr_pipa_34": (72, "hour", "aware", "Asia/Seoul", {}),
    "kr_pipa_34.authority": (72, "hour", "aware", "Asia/Seoul", {}),
    "cn_pipl_57.national_security": (24, "hour", "occurred", "Asia/Shanghai", {}),
    "cn_incident_2025.network_operator": (4, "hour", "aware", "Asia/Shanghai", {}),
    "cn_incident_2025.cii_operator": (1, "hour", "aware", "Asia/Shanghai", {}),
    "tr_kvkk": (72, "hour", "aware", "Europe/Istanbul", {}),
    "sa_pdpl": (72, "hour", "aware", "Asia/Riyadh", {}),
    "th_pdpa": (72, "hour", "aware", "Asia/Bangkok", {}),
    "my_pdpa": (72, "hour", "aware", "Asia/Kuala_Lumpur", {}),
    "my_pdpa.data_subject": (7, "day", "initial_submitted", "Asia/Kuala_Lumpur", {}),
    "id_pdp": (72, "hour", "occurred", "Asia/Jakarta", {}),
    "id_pdp.data_subject": (72, "hour", "occurred", "Asia/Jakarta", {}),
    "vn_pdpl": (72, "hour", "detected", "Asia/Ho_Chi_Minh", {}),
    "ph_dpa": (72, "hour", "reasonable_belief", "Asia/Manila", {}),
    "ph_dpa.data_subject": (72, "hour", "reasonable_belief", "Asia/Manila", {}),
    "customer_dpa": (24, "hour", "processor_aware", None, {}),
}


def works(day, calendar, weekend=(5, 6)):
    """Whether `day` is counted; years that are not written out are an error."""
    listed = HOLIDAYS[calendar]
    if day.year not in {one.year for one in listed}:
        sys.exit(f"{calendar}: the holidays of {day.year} are not written out")
    return day.weekday() not in weekend and day not in listed


def midnight_after(day, zone):
    """The first instant of the day after `day` in `zone`; one o'clock where a change of the clocks leaves midnight out."""
    midnight = datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(zone))
    return midnight.astimezone(timezone.utc).astimezone(ZoneInfo(zone))


def count(n, unit, first, calendar):
    """The last day of a period of days or months after the day `first`."""
    if unit == "day":
        return first + timedelta(days=n)
    if unit == "month":
        index = first.year * 12 + first.month - 1 + n
        year, month = index // 12, index % 12 + 1
        following = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, min(first.day, (following - timedelta(days=1)).day))
    weekend = (6,) if unit == "werktag" else (5, 6)
    day = first
    while n:
        day += timedelta(days=1)
        n -= works(day, calendar, weekend)
    return day


def elapsed(at, n, zone):
    """`n` hours of real time later, written in `zone`."""
    return (at.astimezone(timezone.utc) + timedelta(hours=n)).astimezone(ZoneInfo(zone))


def next_free(day, calendar):
    """The next business day, when `day` is none itself."""
    return None if works(day, calendar) else count(1, "business", day, calendar)


def one(rule, facts, calendar, zone):
    """What one company has: due, bound, last day, latest arguable instant."""
    n, unit, anchor, _, more = RULES[rule]
    at = facts[anchor]
    if "before" in more and at.date().isoformat() < more["before"][0]:
        n = more["before"][1]
    arguable = more.get("arguable")
    latest = None
    if unit == "hour":
        due, bound, last = elapsed(at, n, zone), "le", None
        if "cap" in more:
            kind, hours = more["cap"]
            limit = elapsed(facts[kind], hours, zone) if kind in facts else None
            if limit is not None and at <= limit:
                due = min(due, limit)
        if arguable == "full_hour":
            local = at.astimezone(ZoneInfo(zone))
            start = local.replace(minute=0, second=0, microsecond=0)
            latest = elapsed(elapsed(start, 1, zone), n, zone)
    else:
        first = at.astimezone(ZoneInfo(zone)).date()
        if more.get("year_end"):
            first = date(first.year, 12, 31)
        last = count(n, unit, first, calendar)
        if "cutoff" in more:
            due, bound = datetime.combine(last, more["cutoff"], ZoneInfo(zone)), "le"
        else:
            due, bound = midnight_after(last, zone), "lt"
    end = last or due.date()
    if arguable == "roll" and next_free(end, calendar):
        latest = midnight_after(next_free(end, calendar), zone)
    if arguable == "noon" and next_free(end, calendar):
        latest = datetime.combine(next_free(end, calendar), time(12), ZoneInfo(zone))
    if "more" in more:
        latest = midnight_after(end + timedelta(days=more["more"]), zone)
    if latest is not None and latest.timestamp() <= due.timestamp():
        latest = None
    return due, bound, last, latest


def work_out(rule, facts, controller=""):
    """The earliest of all companies that are bound, with the company."""
    place, more = RULES[rule][3], RULES[rule][4]
    anchor = facts[RULES[rule][2]]
    outcomes = []
    for name, (_, calendar, zone) in COMPANIES.items():
        if name != (controller or name) or name != more.get("only", name):
            continue
        calendar, zone = PLACES.get(place, (calendar, place or zone))
        outcomes.append((name, zone, one(rule, facts, calendar, zone)))
    earliest = min(outcome[0].timestamp() for _, _, outcome in outcomes)
    tied = [entry for entry in outcomes if entry[2][0].timestamp() == earliest]
    here = [entry for entry in tied if anchor.astimezone(ZoneInfo(entry[1])).utcoffset() == anchor.utcoffset()]
    name, _, outcome = (here or tied)[0]
    return name, outcome


# Which rule a published row is about, and the facts that it names in words.
PUBLISHED = {
    "N01": "eu_nis2_23.early_warning at_nisg_34.early_warning",
    "N02": "eu_nis2_23.incident_notification at_nisg_34.incident_notification",
    "N03": "eu_nis2_23.final_report at_nisg_34.final_report",
    "N06": "eu_611_2013.second",
    "D01": "eu_dora_19.initial",
    "D03": "eu_dora_19.intermediate",
    "U02": "us_co_6_1_716_resident",
    "U03": "us_co_6_1_716_ag",
    "U07": "us_tx_521_053.ag",
    "U13": "us_sec_8k_105",
    "U15": "us_bank_36h",
    "U17": "us_state_ia.regulator",
    "U18": "",  # a reference for elapsed hours in general, no rule
    "O01": "br_anpd_15_2024",
    "O03": "in_certin_6h",
    "O04": "dpf.complaint_response",
    "O05": "dpf.comply_with_dpa_advice",
    "P30": "policy_promise_7werktage",
}
ALSO = {"D01": {"aware": "2026-11-27T15:00:00+01:00"}}
COMPANY = {"AT": "KG", "CO": "INC", "": None}


def published():
    """Works out every published row; gives back those that are about a rule as cases."""
    cases = []
    for name in ("../deadlines.csv", "worked.csv"):
        for row in csv.DictReader(io.StringIO((HERE / name).read_text(encoding="utf-8"))):
            fallback = row["regime"] if row["regime"] in RULES else None
            rules = PUBLISHED.get(row["id"], fallback)
            if rules is None:
                sys.exit(f"{row['id']}: no rule for {row['regime']}")
            for rule in rules.split():
                texts = {RULES[rule][2]: row["trigger_instant"], **ALSO.get(row["id"], {})}
                facts = {kind: datetime.fromisoformat(at) for kind, at in texts.items()}
                company, (due, bound, last, latest) = work_out(rule, facts)
                expect = (row["due"], row["bound"], row["last_permitted_local"])
                got = (due.isoformat(), bound, last.isoformat() if last and "cutoff" not in RULES[rule][4] else "")
                assert got == expect, (row["id"], rule, got, expect)
                governs = COMPANY[row["governed_by"]]
                assert governs in (None, company), (row["id"], company)
                said = [part.rsplit("=", 1)[1] for part in row["other_readings"].split("; ") if part.startswith(("rolled", "reg1182", "non-exempt"))]
                if said:
                    assert latest is not None and latest.isoformat() == said[0], (row["id"], latest, said)
                at = " ".join(f"{kind}={text}" for kind, text in texts.items())
                cases.append((rule, at, "", f"{row['id']}: {row['why']}"))
    return cases


# How the program calls the two bounds.
BOUND = {"lt": "before", "le": "at_or_before"}


def written(rule, at, controller, why):
    """One line of the file."""
    facts = {kind: datetime.fromisoformat(text) for kind, text in (pair.split("=") for pair in at.split())}
    _, (due, bound, _, latest) = work_out(rule, facts, controller)
    return [rule, at, controller, due.isoformat(), BOUND[bound], latest.isoformat() if latest else "", why]


def main():
    cases = published()
    for line in (HERE / "triggers.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            rule, at, controller, why = (part.strip() for part in line.split("|"))
            cases.append((rule, at, controller, why))
    missing = set(RULES) - {case[0] for case in cases}
    if missing:
        sys.exit(f"no trigger for {', '.join(sorted(missing))}")
    order = list(RULES)
    cases.sort(key=lambda case: order.index(case[0]))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(written(*case) for case in cases)
    if "--check" not in sys.argv:
        sys.stdout.write(out.getvalue())
    elif out.getvalue() != CASES.read_text(encoding="utf-8"):
        sys.exit(f"{CASES} is not what comes out here")


if __name__ == "__main__":
    main()
