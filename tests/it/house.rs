//! Rules of the house: what each part of the source may touch, and how it is kept.

use duenotice::catalog::Catalog;

use crate::support::source::{self, SourceFile, without_comments};

/// A rule: the files under `folder` do not mention any of `words` outside of their unit tests.
struct Leaves {
    folder: &'static str,
    words: &'static [&'static str],
    to: &'static str,
}

const RULES: &[Leaves] = &[
    Leaves {
        folder: "src/domain",
        words: &[
            "crate::store",
            "crate::service",
            "crate::catalog",
            "crate::job",
            "crate::mail",
            "crate::http",
            "crate::app",
            "crate::config",
            "crate::time",
            "crate::rng",
            "crate::cli",
        ],
        to: "its callers: the rules are pure and use nothing of ours",
    },
    Leaves {
        folder: "src/domain",
        words: &[
            "async fn",
            ".await",
            "std::fs",
            "std::net",
            "std::env",
            "tokio::",
            "tracing::",
            "rand::",
            "maud::",
            "axum::",
            "sqlx::query",
        ],
        to: "its callers: the rules are pure, without IO, clock, chance or log",
    },
    Leaves {
        folder: "src/catalog",
        words: &[
            "crate::store",
            "crate::service",
            "crate::job",
            "crate::mail",
            "crate::http",
            "sqlx::",
        ],
        to: "others: it reads playbooks and decides nothing",
    },
    Leaves {
        folder: "src/store",
        words: &[
            "crate::service",
            "crate::catalog",
            "crate::job",
            "crate::mail",
            "crate::http",
            "axum::",
            "maud::",
        ],
        to: "service: rows go in and out, nothing is decided",
    },
    Leaves {
        folder: "src/service",
        words: &[
            "axum::",
            "maud::",
            "lettre::",
            "crate::http",
            "sqlx::query",
            "sql!(",
        ],
        to: "http, mail and store: use-cases know no page, no mail server, no SQL",
    },
    Leaves {
        folder: "src/intake",
        words: &[
            "crate::store",
            "crate::service",
            "crate::catalog",
            "crate::job",
            "crate::mail",
            "crate::http",
            "crate::app",
            "crate::config",
            "axum::",
            "maud::",
            "sql!(",
        ],
        to: "service: foreign rows come in as text, what they mean is decided elsewhere",
    },
    Leaves {
        folder: "src/job",
        words: &[
            "axum::",
            "maud::",
            "lettre::",
            "crate::http",
            "sqlx::",
            "sql!(",
        ],
        to: "service and store",
    },
    Leaves {
        folder: "src/mail",
        words: &[
            "crate::service",
            "crate::store",
            "crate::job",
            "crate::http",
            "axum::",
            "maud::",
            "sqlx::",
        ],
        to: "service: who gets what and when",
    },
    Leaves {
        folder: "src/http",
        words: &[
            "sqlx::",
            "sql!(",
            "lettre::",
            "store::Tx",
            ".begin(",
            "crate::mail",
        ],
        to: "service: it reads from the store and writes through use-cases",
    },
    Leaves {
        folder: "src/http/widget",
        words: &[
            "crate::http::web",
            "session",
            "axum_extra::extract::cookie",
            "CookieJar",
        ],
        to: "http/web: the in-site notice knows no session and no cookie",
    },
];

/// Words that have one home, and where that is.
const HOMES: &[(&str, &[&str])] = &[
    ("Utc::now(", &["src/time.rs"]),
    ("SystemTime::now(", &["src/time.rs"]),
    ("Local::now(", &[]),
    ("now_v7(", &[]),
    ("maud::", &["src/http/", "src/demo/shop/"]),
    ("axum::", &["src/http/", "src/server.rs", "src/demo/shop/"]),
    ("lettre::", &["src/mail/"]),
    ("bdays::", &["src/domain/calendar/"]),
    (
        "toml::",
        &["src/catalog/", "src/config/", "src/intake/query/"],
    ),
    ("sqlx::query", &["src/store/", "src/intake/query/"]),
    ("select * from", &["src/store/"]),
    ("insert into ", &["src/store/"]),
];

/// The file without its unit tests and comments.
fn product(file: &SourceFile) -> String {
    let code = file.text.split("#[cfg(test)]\nmod ").next().unwrap();
    without_comments(code)
}

fn is_test(name: &str) -> bool {
    name.ends_with("tests.rs") || name.ends_with("_test.rs")
}

fn sources() -> Vec<SourceFile> {
    let mut all = source::files("src", ".rs");
    all.retain(|f| !is_test(&f.name));
    all
}

/// Lines of `code` with `word` in it, not as a part of another word.
fn lines_with<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.lines().enumerate().filter_map(move |(n, line)| {
        let found = line.match_indices(word).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        });
        found.then_some(n + 1)
    })
}

#[test]
fn each_part_touches_only_what_it_may() {
    let mut broken = Vec::new();
    for file in sources() {
        let code = product(&file);
        for rule in RULES {
            if !file.name.starts_with(&format!("{}/", rule.folder)) {
                continue;
            }
            for word in rule.words {
                for line in lines_with(&code, word) {
                    let (name, to) = (&file.name, rule.to);
                    broken.push(format!("{name}:{line}: leave {word} to {to}"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn each_word_stays_in_its_home() {
    let mut broken = Vec::new();
    for file in sources() {
        let code = product(&file);
        for (word, homes) in HOMES {
            if homes.iter().any(|home| file.name.starts_with(home)) {
                continue;
            }
            for line in lines_with(&code, word) {
                broken.push(format!("{}:{line}: {word} lives in {homes:?}", file.name));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_rules_catch_what_breaks_them() {
    let code = without_comments("// Utc::now() is forbidden\nlet url = \"https://x\"; Utc::now();");
    assert_eq!(lines_with(&code, "Utc::now(").collect::<Vec<_>>(), [2]);
    assert_eq!(lines_with("my_maud::x", "maud::").count(), 0);
}

#[test]
fn no_file_grows_beyond_its_subject() {
    let mut sizes: Vec<(usize, String)> = [("src", ".rs"), ("tests/it", ".rs"), ("src", ".js")]
        .into_iter()
        .flat_map(|(folder, ending)| source::files(folder, ending))
        .map(|f| (f.text.lines().count(), f.name))
        .collect();
    sizes.sort();
    println!("The five largest files:");
    for (lines, name) in sizes.iter().rev().take(5) {
        println!("{lines:5} {name}");
    }
    let (lines, name) = sizes.last().unwrap();
    assert!(
        *lines <= 600,
        "{name} has {lines} lines: look for the noun or verb that wants its own"
    );
}

/// Every text of the repository that people write.
fn texts() -> Vec<SourceFile> {
    let mut all = Vec::new();
    for folder in ["src", "tests", "migrations", "playbooks"] {
        for ending in [
            ".rs", ".toml", ".md", ".sql", ".js", ".css", ".sh", ".py", "/run",
        ] {
            all.extend(source::files(folder, ending));
        }
    }
    for name in [
        "README.md",
        "Cargo.toml",
        ".deny.toml",
        ".clippy.toml",
        ".cargo/config.toml",
    ] {
        let text = std::fs::read_to_string(source::root().join(name)).unwrap();
        let name = name.to_owned();
        all.push(SourceFile { name, text });
    }
    all
}

#[test]
fn nothing_is_left_half_done() {
    let words = [
        ["to", "do!("],
        ["db", "g!("],
        ["FIX", "ME"],
        ["unimple", "mented!("],
    ];
    let mut found = Vec::new();
    for file in texts() {
        for word in words.map(|w| w.concat()) {
            for line in lines_with(&file.text, &word) {
                found.push(format!("{}:{line}: {word}", file.name));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_text_names_a_place_on_somebodys_machine() {
    let places = [
        ["/ro", "ot/"],
        ["/ho", "me/"],
        ["/wo", "rk/"],
        ["../sha", "red"],
    ];
    let mut found = Vec::new();
    for file in texts() {
        for place in places.map(|p| p.concat()) {
            if file.text.contains(&place) {
                found.push(format!("{}: {place}", file.name));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_regime_says_where_it_comes_from() {
    let catalog = Catalog::builtin().unwrap();
    assert!(catalog.regimes().count() > 0);
    for regime in catalog.regimes() {
        let id = &regime.id;
        assert!(regime.citation.len() > 5, "{id} has no citation");
        assert!(!regime.source.is_empty(), "{id} has no source");
        assert!(!regime.condition.is_empty(), "{id} has no condition");
    }
}

#[test]
fn every_file_begins_with_what_it_is() {
    for file in sources() {
        let first = file.text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//! "),
            "{} has no head comment",
            file.name
        );
    }
}
#[test]
fn every_dependency_is_used() {
    let manifest = std::fs::read_to_string(source::root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&manifest).unwrap();
    let code = |folder| -> String {
        let all = source::files(folder, ".rs");
        all.iter().map(|f| f.text.as_str()).collect()
    };
    let (src, tests) = (code("src"), code("tests") + &code("src"));
    let mut idle = Vec::new();
    for (section, code) in [("dependencies", &src), ("dev-dependencies", &tests)] {
        for name in manifest[section].as_table().unwrap().keys() {
            let word = name.replace('-', "_");
            let used = [
                format!("{word}::"),
                format!("{word};"),
                format!("#[{word}("),
            ];
            if !used.iter().any(|u| code.contains(u)) {
                idle.push(format!("{name} in [{section}]"));
            }
        }
    }
    assert!(idle.is_empty(), "not used: {}", idle.join(", "));
}
