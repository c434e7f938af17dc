//! The server's secret: 32 random bytes in a file that only its owner can read.

use std::fmt;
use std::io::Write as _;
use std::path::Path;

use crate::error::{Error, Result};
use crate::rng::Rng;

/// What receipts and the like are signed with. Who has it can forge them; whoever loses it cannot
/// check the old ones any more.
#[derive(Clone)]
pub struct ServerSecret([u8; 32]);

impl fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSecret(…)")
    }
}

impl ServerSecret {
    /// A secret of the caller's; for tests and the demo.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the secret at `path`, or makes it with mode 0600. Of several processes that start at the
    /// same time one makes it and all read the same.
    ///
    /// # Errors
    /// A sentence about `secret_file`: it cannot be read or made, holds something else, or everybody
    /// on the machine can read it.
    pub fn load_or_make(path: &Path, rng: &Rng) -> Result<Self> {
        let at = |e: &dyn fmt::Display| {
            let path = path.display();
            Error::invalid("secret_file", format!("{path}: {e}"))
        };
        if !path.exists() {
            make(path, rng).map_err(|e| at(&e))?;
        }
        refuse_if_open(path).map_err(|e| at(&e))?;
        let text = std::fs::read_to_string(path).map_err(|e| at(&e))?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| {
            at(&"This is not a secret of ours (64 hexadecimal digits). Restore it from a backup.")
        })?;
        Ok(Self(bytes))
    }
}

/// Written whole under another name, then linked: nobody sees half a secret, nobody's is replaced.
fn make(path: &Path, rng: &Rng) -> std::io::Result<()> {
    let dir = path.parent().filter(|d| !d.as_os_str().is_empty());
    let dir = dir.unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir)?;
    let part = dir.join(format!(".secret-{}.part", hex::encode(rng.bytes::<8>())));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    writeln!(file, "{}", hex::encode(rng.bytes::<32>()))?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&part, path);
    std::fs::remove_file(&part)?;
    match linked {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

#[cfg(unix)]
fn refuse_if_open(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_err(|e| e.to_string())?;
    if mode.permissions().mode() & 0o007 == 0 {
        Ok(())
    } else {
        Err("Everybody on this machine can read it. Run chmod 600 on it.".to_owned())
    }
}

#[cfg(not(unix))]
fn refuse_if_open(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_made_once_and_only_for_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data/secret.key");
        let made = ServerSecret::load_or_make(&path, &Rng::system()).unwrap();
        let read = ServerSecret::load_or_make(&path, &Rng::system()).unwrap();
        assert_eq!(made.bytes(), read.bytes());
        assert_eq!(
            std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            let said = ServerSecret::load_or_make(&path, &Rng::system()).unwrap_err();
            assert!(said.to_string().contains("chmod 600"), "{said}");
        }
    }

    #[test]
    fn another_file_is_not_taken_for_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        std::fs::write(&path, "").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let said = ServerSecret::load_or_make(&path, &Rng::system()).unwrap_err();
        assert!(said.to_string().contains("not a secret of ours"), "{said}");
    }
}
