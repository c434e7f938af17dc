//! What is computed does not depend on the zone or the language of the machine.

use std::io::Write as _;
use std::process::{Command, Stdio};

#[test]
fn the_zone_of_the_server_changes_nothing() {
    let mut csv = "id,rule,anchor,instant\n".to_owned();
    for (n, rule) in [
        "policy_promise_7bd",
        "policy_promise_7werktage",
        "eu_gdpr_33_1",
    ]
    .iter()
    .cycle()
    .take(60)
    .enumerate()
    {
        let (month, day, hour) = (n % 12 + 1, n % 28 + 1, n * 7 % 24);
        csv += &format!("{n},{rule},aware,2026-{month:02}-{day:02}T{hour:02}:30:00+01:00\n");
    }
    let answers = |zone: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_duenotice"))
            .args(["deadline", "--batch", "-"])
            .current_dir(std::env::temp_dir())
            .envs([("TZ", zone), ("LC_ALL", "tr_TR.UTF-8")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let text = csv.clone();
        let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let utc = answers("UTC");
    assert_eq!(utc.lines().count(), 60);
    assert!(!utc.contains("\"error\""));
    for zone in [
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "America/Denver",
        "Australia/Lord_Howe",
        "Nowhere/Else",
        "",
    ] {
        assert_eq!(answers(zone), utc, "TZ={zone}");
    }
}
