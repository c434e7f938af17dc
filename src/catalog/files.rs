//! The playbook files: those built in, and a folder of the operator's own over them.
//!
//! Always holds: a file of the folder replaces the built-in file of the same path and adds to the
//! rest, and the hash covers every path and byte that was loaded. Links out of the folder are
//! followed like any file; files in the folder itself, such as a README, are not playbooks. Nothing
//! is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::problem::{Problem, Source};

static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/playbooks");

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Files by path below the playbooks folder, with forward slashes.
#[derive(Clone, Debug, Default)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// The files compiled into the program.
    #[must_use]
    pub fn builtin() -> Self {
        let mut files = Self::default();
        // What stands in the folder itself is for readers, not for the program.
        for dir in BUILTIN.dirs() {
            files.add_builtin(dir);
        }
        files
    }

    fn add_builtin(&mut self, dir: &Dir<'_>) {
        for file in dir.files() {
            self.insert(&file.path().to_string_lossy(), file.contents().to_vec());
        }
        for dir in dir.dirs() {
            self.add_builtin(dir);
        }
    }

    /// Adds one file, replacing the one of the same path.
    pub fn insert(&mut self, path: &str, contents: Vec<u8>) {
        self.0.insert(path.replace('\\', "/"), contents);
    }

    /// Puts the files below `dir` over these.
    ///
    /// An operator profile in `dir` takes the place of the built-in one, whatever its name.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub fn overlay(&mut self, dir: &Path) -> Result<(), Problem> {
        let mut found = Self::default();
        found.add_folder(dir, "")?;
        found.0.retain(|path, _| path.contains('/'));
        if found.under("operators").next().is_some() {
            self.0.retain(|path, _| !path.starts_with("operators/"));
        }
        self.0.extend(found.0);
        Ok(())
    }

    fn add_folder(&mut self, dir: &Path, prefix: &str) -> Result<(), Problem> {
        let unreadable = |error: std::io::Error| {
            Problem::error(
                &dir.to_string_lossy(),
                None,
                format!("cannot be read ({error}); check the path and its permissions"),
            )
        };
        for entry in fs::read_dir(dir).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Editors and version control leave hidden files behind; they are no playbooks.
            if name.starts_with('.') {
                continue;
            }
            let path = entry.path();
            let meta = fs::metadata(&path).map_err(unreadable)?;
            if meta.is_dir() {
                self.add_folder(&path, &format!("{prefix}{name}/"))?;
            } else if meta.len() > FILE_BYTES_MAX {
                let message = format!("is larger than {FILE_BYTES_MAX} bytes; split or remove it");
                return Err(Problem::error(&path.to_string_lossy(), None, message));
            } else {
                let contents = fs::read(&path).map_err(unreadable)?;
                self.insert(&format!("{prefix}{name}"), contents);
            }
        }
        Ok(())
    }

    /// SHA-256 (hex) over every path and content, each with its length before it.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (path, contents) in &self.0 {
            for part in [path.as_bytes(), contents.as_slice()] {
                hasher.update(part.len().to_be_bytes());
                hasher.update(part);
            }
        }
        hex::encode(hasher.finalize())
    }

    /// Path and bytes of the files below `folder`, by path.
    pub fn under(&self, folder: &str) -> impl Iterator<Item = (&str, &[u8])> {
        let prefix = format!("{folder}/");
        self.0
            .iter()
            .filter(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, contents)| (path.as_str(), contents.as_slice()))
    }

    /// The texts below `folder` whose name ends in `ending`; others are handed to `problems`.
    pub(super) fn texts<'a>(
        &'a self,
        folder: &str,
        ending: &str,
        problems: &mut Vec<Problem>,
    ) -> Vec<Source<'a>> {
        let mut sources = Vec::new();
        for (file, contents) in self.under(folder) {
            if !file.ends_with(ending) {
                let message = format!("is not read by anything; name it *{ending}, or remove it");
                problems.push(Problem::error(file, None, message));
                continue;
            }
            match std::str::from_utf8(contents) {
                Ok(text) => sources.push(Source { file, text }),
                Err(error) => {
                    let valid = contents.get(..error.valid_up_to()).unwrap_or_default();
                    let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
                    let message = "is not UTF-8 text; save it as UTF-8";
                    problems.push(Problem::error(file, Some(line), message));
                }
            }
        }
        sources
    }
}
