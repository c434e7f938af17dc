//! What the operator is told about a mistake in a playbook: the file, the line, and what to do.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use duenotice::catalog::{Catalog, Files, check};

use crate::dates::day;

/// What a check says when `text` stands in the place of the built-in file `path`.
fn said(path: &str, text: &str) -> Vec<String> {
    on_day(path, text, day("2026-11-25"))
}

fn on_day(path: &str, text: &str, today: NaiveDate) -> Vec<String> {
    let mut files = Files::builtin();
    files.insert(path, text.as_bytes().to_vec());
    check(&files, today)
        .problems
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn builtin(path: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
    fs::read_to_string(folder.join(path)).unwrap()
}

/// The built-in file with one piece of text replaced.
fn changed(path: &str, from: &str, to: &str) -> Vec<String> {
    let text = builtin(path);
    assert!(text.contains(from), "{path} has {from}");
    said(path, &text.replacen(from, to, 1))
}

#[track_caller]
fn one(problems: &[String], words: &[&str]) {
    assert!(
        problems
            .iter()
            .any(|problem| words.iter().all(|word| problem.contains(word))),
        "{words:?} in {problems:#?}"
    );
}

#[test]
fn calendars() {
    let at = "calendars/AT.toml";
    one(
        &changed(at, "tz =", "timezone ="),
        &["calendars/AT.toml:7: ", "timezone", "spelling"],
    );
    one(
        &changed(at, "Europe/Vienna", "Europe/Wien"),
        &["AT.toml:7: `tz`", "Europe/Wien"],
    );
    one(
        &changed(at, "easter+39", "ester+39"),
        &["AT.toml:", "`on`", "ester+39"],
    );
    one(
        &changed(at, "\"end-roll\"", "\"endroll\""),
        &["`kind`", "endroll", "end-roll"],
    );
    one(
        &changed(at, "[\"sat\", \"sun\"]", "[\"sat\", \"so\"]"),
        &["`weekend`", "so"],
    );
    one(
        &changed(at, "valid = [2000, 2075]", "valid = [2075, 2000]"),
        &["`valid`"],
    );
    one(
        &changed(at, "valid = [2000, 2075]", "valid = [1, 9999]"),
        &["`valid`", "175"],
    );
    one(
        &changed(at, "source =", "origin ="),
        &["AT.toml:", "`verified`", "source"],
    );
    one(
        &changed(
            at,
            "weekend = [\"sat\", \"sun\"]",
            "weekend = [\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\",\"sun\"]",
        ),
        &["no business day"],
    );
    one(
        &changed(at, "code = \"AT\"", "code = \"AU\""),
        &["AT.toml:5: `code`", "AU.toml"],
    );
    one(
        &said(
            "calendars/XX.toml",
            "code = \"XX\"\nname = \"X\"\nvalid = [2000, 2050]\nextends = [\"YY\"]\n",
        ),
        &["XX.toml:4: `extends`", "YY"],
    );
    one(
        &said(
            "calendars/XX.toml",
            "code = \"XX\"\nname = \"X\"\nvalid = [2000, 2050]\nextends = [\"XX\"]\n",
        ),
        &["circle"],
    );
    one(
        &said(
            "calendars/XX.toml",
            "code = \"XX\"\nname = \"X\"\nvalid = [2000, 2050]\nextends = [\"AT\"]\nremove = [\"xmas\"]\n",
        ),
        &["`remove`", "xmas"],
    );
    one(
        &said(
            "calendars/XX.toml",
            "code = \"XX\"\nname = \"X\"\nvalid = [2000, 2050]\nclosed = [\"2026-02-30\"]\n",
        ),
        &["XX.toml:4: 2026-02-30 is not a date"],
    );
    one(
        &said(
            "calendars/XX.toml",
            "code = \"XX\"\nname = \"X\"\nvalid = [2000, 2050]\nholiday = [{ on = \"@moon\" }]\n",
        ),
        &["@moon has no list"],
    );
    one(
        &said(
            "calendars/XX.toml",
            "code = \"XX\"\nname = \"X\"\nvalid = [2000, 2050]\n[table]\nmoon = \"M\"\n",
        ),
        &["there is no calendars/table/M.txt"],
    );
    one(
        &said("calendars/XX.yaml", ""),
        &["XX.yaml: is not read by anything"],
    );
}

#[test]
fn calendars_that_end_soon() {
    let at = "calendars/AT.toml";
    let text = builtin(at);
    let until = |year: &str, today: &str| on_day(at, &text.replacen("2075", year, 1), day(today));
    one(
        &until("2028", "2026-12-31"),
        &["AT.toml: warning: `valid` ends with 2028"],
    );
    assert!(until("2028", "2026-12-30").is_empty());
    one(
        &until("2026", "2026-12-01"),
        &["AT.toml: `valid` ends with 2026"],
    );
    one(
        &until("2026", "2027-06-01"),
        &["AT.toml: `valid` ends with 2026"],
    );
    // Worked deadlines of later years are wrong then too; the end of the calendar is still a warning.
    one(
        &until("2026", "2026-11-30"),
        &["AT.toml: warning: `valid` ends with 2026"],
    );
}

#[test]
fn rules() {
    let gdpr = "regimes/eu_gdpr.toml";
    one(
        &changed(gdpr, "n = 72", "n = 0"),
        &["eu_gdpr.toml:", "`period`", "zero units has no end"],
    );
    one(
        &changed(gdpr, "n = 72", "n = 3661"),
        &["`period`", "3661 units is longer than 3660"],
    );
    one(
        &changed(gdpr, "\"elapsed\"", "\"day_excl\""),
        &["`period`", "elapsed"],
    );
    one(
        &changed(gdpr, "citation =", "notes2 ="),
        &["eu_gdpr.toml:", "notes2"],
    );
    one(
        &changed(gdpr, "citation = \"GDPR Art 33(1)\"", ""),
        &["eu_gdpr.toml:", "citation", "add the key"],
    );
    one(
        &changed(gdpr, "\"GDPR Art 33(1)\"", "\" \""),
        &["`citation` is empty"],
    );
    one(&changed(gdpr, "confidence = \"A\"", ""), &["confidence"]);
    one(
        &changed(gdpr, "confidence = \"A\"", "confidence = \"M\""),
        &["`verified`", "memory"],
    );
    one(
        &changed(gdpr, "anchor = \"aware\"", "anchor = \"knows\""),
        &["eu_gdpr.toml:8: `anchor`: \"knows\""],
    );
    one(
        &changed(gdpr, "2018-05-25", "\"25.5.2018\""),
        &["is not a date"],
    );
    one(
        &changed(gdpr, "id = \"eu_gdpr_33_1\"", "id = \"policy_promise_7bd\""),
        &["keep one of the two"],
    );
    let promise = "regimes/policy_promise.toml";
    let text = builtin(promise).replace("[\"KG\"]", "[\"LTD\"]");
    let off = said(promise, &text);
    assert!(
        !off.iter().any(|one| one.contains("no controller LTD")),
        "not in force, so not this operator's: {off:#?}"
    );
    one(
        &said(promise, &text.replace("enabled = false", "enabled = true")),
        &["policy_promise_7werktage", "no controller LTD"],
    );
}

#[test]
fn operators() {
    let own = "operators/connecting-software.toml";
    one(
        &changed(own, "calendar = \"AT\"", "calendar = \"DE\""),
        &[
            "connecting-software.toml: controller KG",
            "no calendar DE;",
            "DE-BB, DE-BE",
        ],
    );
    one(
        &changed(own, "Europe/Vienna", "Vienna"),
        &["connecting-software.toml:", "Vienna"],
    );
    one(
        &changed(own, "data = [\"name\"", "data = [\"nom\""),
        &["website_account", "nom"],
    );
    one(
        &changed(own, "de = \"Firmenname\"", "fr = \"Raison sociale\""),
        &["business_name", "\"de\""],
    );
    one(
        &changed(own, "https://www.dsb.gv.at", "http://www.dsb.gv.at"),
        &["not an https:// address"],
    );
    one(
        &changed(own, "retention_from = \"until\"\n", ""),
        &[
            "system support: `retention_months` has no `retention_from`",
            "since, until or at",
        ],
    );
    one(
        &changed(own, "retention_months = 26\n", ""),
        &["system analytics: `retention_from` has no `retention_months`"],
    );
    one(
        &changed(own, "retention_months = 26", "retention_months = 0"),
        &["system analytics: `retention_months` is 0", "1 to 1200"],
    );
    one(
        &changed(own, "retention_from = \"at\"", "retention_from = \"visit\""),
        &["connecting-software.toml:", "visit", "`since`"],
    );
    one(
        &changed(
            own,
            "identifiers = [\"cookie\"]",
            "identifiers = [\"cooky\"]",
        ),
        &["connecting-software.toml:", "cooky", "`cookie`"],
    );
    one(
        &changed(
            own,
            "identifiers = [\"cookie\"]",
            "identifiers = [\"cookie\", \"cookie\"]",
        ),
        &["system analytics: `identifiers` names cookie twice"],
    );
    one(
        &changed(own, "de = \"In der Erklärung", "fr = \"In der Erklärung"),
        &["website_account: a text is missing in \"de\""],
    );
    let fetch = |more: &str| {
        let how = "how = { en = \"Not stated in the policy; to be checked. The provider";
        changed(own, how, &format!("{more}\n{how}"))
    };
    assert_eq!(
        fetch(
            "connection = \"pay-1\"\nquery = \"select ':x' as a, b::text from t where c >= :from and c < :to;\"\n\
             mapping = { a = \"email\", b = \"more.plan\" }"
        ),
        Vec::<String>::new()
    );
    for (more, words) in [
        ("connection = \"My DB\"", "`fetch.connection` is \"My DB\""),
        ("query = \"select 1\"", "has no `fetch.connection`"),
        (
            "connection = \"a\"\nquery = \"delete from t\"",
            "does not begin with select or with",
        ),
        (
            "connection = \"a\"\nquery = \"select 1; drop table t\"",
            "several statements",
        ),
        (
            "connection = \"a\"\nquery = \"select :since\"",
            "the parameter :since",
        ),
        (
            "mapping = { a = \"email\", b = \"ticket\" }",
            "ticket, which is not among `identifiers`",
        ),
        (
            "mapping = { a = \"country\" }",
            "no column for an identifier",
        ),
        (
            "mapping = { a = \"email\", b = \"email\" }",
            "two columns for email",
        ),
    ] {
        one(&fetch(more), &["system payments: ", words]);
    }
    one(
        &fetch("mapping = { a = \"mail\" }"),
        &["\"mail\" is no field"],
    );
    let how =
        "how = { en = \"Not stated in the policy; to be checked. Usually an export of the ticket";
    one(
        &changed(own, how, &format!("mapping = {{ a = \"email\" }}\n{how}")),
        &["system support: `fetch.mapping` has no column for until"],
    );
    one(
        &changed(own, "id = \"INC\"", "id = \"KG\""),
        &["two [[controller]] have the id KG"],
    );
    one(
        &said("operators/other.toml", &builtin(own)),
        &["there are 2 operator profiles"],
    );
}

#[test]
fn notices() {
    let en = "notices/breach/en.md";
    one(
        &changed(en, "{{what_happened}}", "{{what_hapened}}"),
        &["en.md:11: {{what_hapened}}", "what_happened"],
    );
    one(
        &changed(en, "{{advice}}", "<b>{{advice}}</b>"),
        &["en.md:", "HTML"],
    );
    one(
        &changed(en, "https://www.dsb.gv.at", "http://www.dsb.gv.at"),
        &["https://"],
    );
    one(&changed(en, " {#measures}", ""), &["differ in measures"]);
    one(
        &said(
            en,
            &builtin(en)
                .replace(" {#measures}", "")
                .replace("\"measures\", ", ""),
        ),
        &["tells nothing about measures", "Art 34(2)"],
    );
    one(&changed(en, "law =", "laws ="), &["en.md:3: ", "laws"]);
    one(&said("notices/breach/fr.txt", ""), &["fr.txt: is not read"]);
    one(
        &said("notices/loss/en.md", &builtin(en)),
        &["notices/loss: there is no de.md"],
    );
}

#[test]
fn an_overlay_replaces_adds_and_changes_the_hash() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    fs::create_dir_all(dir.join("calendars/table")).unwrap();
    fs::write(
        dir.join("calendars/JP.toml"),
        "code = \"JP\"\nname = \"Japan\"\ntz = \"Asia/Tokyo\"\nvalid = [2009, 2010]\n\
         shift = \"sun>free\"\nbetween = true\ntable.autumn = \"autumn\"\n\
         holiday = [{ on = \"mon#3/09\", name = \"Respect\" }, { on = \"@autumn\", name = \"Equinox\" }]\n\
         open = [{ on = \"2009-09-26\", name = \"Worked Saturday\" }]\n",
    )
    .unwrap();
    fs::write(
        dir.join("calendars/table/autumn.txt"),
        "# one a line\n2009-09-23\n2010-09-23\n",
    )
    .unwrap();
    fs::create_dir_all(dir.join("operators")).unwrap();
    let own = builtin("operators/connecting-software.toml");
    fs::write(
        dir.join("operators/acme.toml"),
        own.replace("id = \"connecting-software\"", "id = \"acme\""),
    )
    .unwrap();
    fs::write(dir.join(".hidden"), "left behind by an editor").unwrap();

    let catalog = Catalog::with_overlay(dir).unwrap();
    assert_eq!(catalog.operator().id, "acme");
    let japan = catalog.calendars().get("JP").unwrap();
    assert_eq!(
        japan.holiday(day("2009-09-22")),
        Some("Day between two holidays")
    );
    assert_eq!(
        japan.nth_business_day_after(day("2009-09-25"), 1),
        Ok(day("2009-09-26"))
    );
    assert!(catalog.calendars().get("AT").is_ok());
    assert_ne!(catalog.hash(), Catalog::builtin().unwrap().hash());

    assert!(
        Catalog::with_overlay(&dir.join("missing"))
            .unwrap_err()
            .to_string()
            .contains("missing")
    );
}

#[test]
fn a_calendar_can_extend_another() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("calendars")).unwrap();
    fs::write(
        folder.path().join("calendars/AT-X.toml"),
        "code = \"AT-X\"\nname = \"A state\"\nvalid = [2020, 2030]\nextends = [\"AT\"]\n\
         remove = [\"stefanitag\"]\nholiday = [{ on = \"11-11\", name = \"Martin\", from = 2025-01-01 }]\n",
    )
    .unwrap();
    let catalog = Catalog::with_overlay(folder.path()).unwrap();
    let state = catalog.calendars().get("AT-X").unwrap();
    assert_eq!(state.holiday(day("2026-11-11")), Some("Martin"));
    assert_eq!(state.holiday(day("2024-11-11")), None);
    assert!(state.holiday(day("2025-12-08")).is_some());
    assert_eq!(state.holiday(day("2025-12-26")), None);
}
