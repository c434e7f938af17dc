use super::*;
use crate::config::table::{SETTINGS, markdown};

fn env(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(k, v)| (k.into(), v.into())).collect()
}

fn said(flags: &Flags, pairs: &[(&str, &str)]) -> String {
    Config::load_from(flags, env(pairs))
        .unwrap_err()
        .to_string()
}

#[test]
fn a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.toml");
    std::fs::write(
        &file,
        "session_hours = 2\nlisten = '127.0.0.1:2'\nlog = 'warn'\n",
    )
    .unwrap();
    let flags = Flags::default().with_file(&file).with("session_hours", "4");
    let config = Config::load_from(
        &flags,
        env(&[
            ("DUENOTICE_SESSION_HOURS", "3"),
            ("DUENOTICE_LISTEN", "127.0.0.1:3"),
        ]),
    )
    .unwrap();
    assert_eq!(config.session_hours, 4);
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.public_url, "http://127.0.0.1:3");
    assert_eq!(config.log, "warn");
    assert_eq!(config.log_format, LogFormat::Text);
    assert_eq!(config.secret_file, Path::new("data/secret.key"));
}

#[test]
fn an_unknown_name_is_an_error_that_names_the_nearest() {
    let no = Flags::default();
    assert_eq!(
        said(&no, &[("DUENOTICE_LISTENS", "x")]),
        "DUENOTICE_LISTENS: There is no such variable. Did you mean DUENOTICE_LISTEN?"
    );
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.toml");
    std::fs::write(&file, "databse = 'x'\n").unwrap();
    let said = said(&no.with_file(&file), &[]);
    assert!(
        said.starts_with("databse: There is no such setting in "),
        "{said}"
    );
    assert!(said.ends_with("Did you mean database?"), "{said}");
}

#[test]
fn variables_of_others_and_of_the_tests_are_left_alone() {
    let config = Config::load_from(
        &Flags::default(),
        env(&[("DUENOTICE_TEST_ALL", "1"), ("PATH", "/bin")]),
    );
    assert!(config.is_ok());
}

#[test]
fn everything_that_is_wrong_is_said_at_once_and_with_its_source() {
    let flags = Flags::default().with("session_hours", "0");
    let said = said(
        &flags,
        &[
            ("DUENOTICE_LISTEN", "here"),
            ("DUENOTICE_PUBLIC_URL", "https://x.example/path"),
        ],
    );
    for part in [
        "listen: Write an address and a port, such as 127.0.0.1:8080. (From DUENOTICE_LISTEN.)",
        "public_url: Write scheme and host only",
        "session_hours: Write a whole number from 1 to 720. (From --session-hours.)",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_team_without_a_mail_server_is_refused_and_no_mail_at_all_is_not() {
    let no = Flags::default();
    let said = said(&no, &[("DUENOTICE_MAIL_TEAM", "a@x.example")]);
    assert!(said.starts_with("smtp_url: mail_team is set"), "{said}");
    assert!(!Config::defaults().unwrap().mailer().is_on());
}

#[test]
fn a_team_is_a_list_in_the_file_and_commas_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.toml");
    let text = "mail_team = ['a@x.example', 'b@x.example']\nsmtp_url = 'smtp://u:hush@m'\n";
    std::fs::write(&file, text).unwrap();
    let config = Config::load_from(&Flags::default().with_file(&file), []).unwrap();
    assert_eq!(config.mail_team, ["a@x.example", "b@x.example"]);
    let shown = format!("{config:?}");
    assert!(!shown.contains("hush"), "{shown}");
    let env = env(&[("DUENOTICE_MAIL_TEAM", "c@x.example, d@x.example")]);
    let config = Config::load_from(&Flags::default().with_file(&file), env).unwrap();
    assert_eq!(config.mail_team, ["c@x.example", "d@x.example"]);
}

#[test]
fn a_broken_file_shows_no_line_of_itself() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.toml");
    std::fs::write(&file, "log = 'info'\nsmtp_url = 'smtp://u:hush@m\n").unwrap();
    let said = said(&Flags::default().with_file(&file), &[]);
    assert!(said.contains("Line 2 of"), "{said}");
    assert!(!said.contains("hush"), "{said}");
}

#[test]
fn cookies_are_secure_when_the_address_is() {
    let with = |url| {
        let flags = Flags::default().with("public_url", url);
        Config::load_from(&flags, []).unwrap()
    };
    assert!(with("https://notice.example/").cookie_secure());
    assert!(!with("http://localhost:8080").cookie_secure());
    assert_eq!(
        with("https://notice.example/").link("/incidents"),
        "https://notice.example/incidents"
    );
}

#[test]
fn the_help_names_every_setting_with_its_variable() {
    use clap::Args as _;
    let help = Flags::augment_args(clap::Command::new("duenotice"))
        .render_help()
        .to_string();
    for s in SETTINGS {
        assert!(help.contains(&format!("--{}", s.flag())), "{}", s.name);
        assert!(help.contains(&s.env()), "{}", s.name);
    }
}

/// `DUENOTICE_TEST_UPDATE=1 cargo test readme` writes the table anew.
#[test]
fn the_readme_shows_the_table_of_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (open, close) = ("<!-- settings -->\n", "<!-- /settings -->");
    let (before, rest) = readme
        .split_once(open)
        .expect("README.md marks the table's start");
    let (found, after) = rest
        .split_once(close)
        .expect("README.md marks the table's end");
    let wanted = markdown();
    if std::env::var_os("DUENOTICE_TEST_UPDATE").is_some() {
        std::fs::write(&path, format!("{before}{open}{wanted}{close}{after}")).unwrap();
    } else {
        assert_eq!(
            found, wanted,
            "run DUENOTICE_TEST_UPDATE=1 cargo test readme"
        );
    }
}
