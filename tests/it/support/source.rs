//! The product's own source, for tests about it.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the repository.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// From the repository's root, with forward slashes.
    pub name: String,
    pub text: String,
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Every file under `folder` whose name ends with `ending`, in order of name.
pub fn files(folder: &str, ending: &str) -> Vec<SourceFile> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let name = path.strip_prefix(root()).unwrap();
                found.push(SourceFile {
                    name: name.to_string_lossy().replace('\\', "/"),
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// One `sql!` of the product.
#[derive(Clone, Debug)]
pub struct Statement {
    pub file: String,
    pub line: usize,
    pub sqlite: String,
    pub postgres: String,
}

/// Every `sql!` under `folder`.
pub fn statements(folder: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    for file in files(folder, ".rs") {
        let code = without_comments(&file.text);
        let mut at = 0;
        while let Some(n) = code[at..].find("sql!(") {
            let start = at + n;
            at = start + "sql!(".len();
            let Some((first, used)) = literal(&code[at..]) else {
                continue;
            };
            at += used;
            let two = code[start..at].contains("sqlite:");
            let second = if two {
                let (second, used) = literal(&code[at..]).expect("postgres: \"…\"");
                at += used;
                second
            } else {
                first.clone()
            };
            found.push(Statement {
                file: file.name.clone(),
                line: 1 + code[..start].matches('\n').count(),
                sqlite: first,
                postgres: second,
            });
        }
    }
    found
}

/// The first string literal before the next closing bracket, and how far it reaches.
fn literal(code: &str) -> Option<(String, usize)> {
    let open = code.find(['"', ')'])?;
    if code[open..].starts_with(')') {
        return None;
    }
    let mut value = String::new();
    let mut chars = code[open + 1..].char_indices().peekable();
    while let Some((n, c)) = chars.next() {
        match c {
            '"' => return Some((value, open + 1 + n + 1)),
            '\\' => match chars.next()?.1 {
                '\n' => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                'n' => value.push('\n'),
                other => value.push(other),
            },
            c => value.push(c),
        }
    }
    None
}

/// The same text with each comment's characters made spaces; lines keep their numbers.
pub fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| {
            let comment = line
                .match_indices("//")
                .map(|(n, _)| n)
                .find(|n| line[..*n].matches('"').count() % 2 == 0 && !line[..*n].ends_with(':'));
            comment.map_or(line, |n| &line[..n])
        })
        .collect::<Vec<_>>()
        .join("\n")
}
