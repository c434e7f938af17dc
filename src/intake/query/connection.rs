//! The file of connections: which databases of the company may be read, and how they are reached.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use super::{Broken, too_long};

/// Connections by their names, read from a TOML file:
///
/// ```toml
/// [shop]
/// url = "mysql://reader:PASSWORD@db.example.org/shop"
/// ```
#[derive(Clone, Debug, Default)]
pub struct Connections(BTreeMap<String, Connection>);

/// One database. `Debug` shows no password.
#[derive(Clone, Debug)]
pub struct Connection {
    name: String,
    engine: Engine,
    url: SecretString,
}

/// What kind of server a database is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `postgres://`.
    Postgres,
    /// `mysql://` and `mariadb://`.
    MySql,
    /// `sqlite:PATH`.
    Sqlite,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    url: String,
}

impl Connections {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// A sentence: it is not there, others may read it, or an entry cannot be taken.
    pub fn read(path: &Path) -> Result<Self, Broken> {
        let shown = path.display();
        let unreadable = |e| {
            Broken(format!(
                "The file of connections {shown} cannot be read: {e}."
            ))
        };
        let about = std::fs::metadata(path).map_err(unreadable)?;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(Broken(format!(
                "The file of connections {shown} holds passwords, and others may read it. Run: chmod 600 {shown}"
            )));
        }
        Self::parse(&std::fs::read_to_string(path).map_err(unreadable)?)
            .map_err(|e| Broken(format!("The file of connections {shown}: {e}")))
    }

    /// Reads the text of such a file.
    ///
    /// # Errors
    /// As [`Connections::read`], without the file's name.
    pub fn parse(text: &str) -> Result<Self, Broken> {
        // The error's own text shows the line, and with it the password.
        let entries: BTreeMap<String, Entry> = toml::from_str(text).map_err(|e| {
            let before = e.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            Broken(format!("line {line} cannot be read: {}.", e.message()))
        })?;
        let mut all = BTreeMap::new();
        for (name, entry) in entries {
            let connection = Connection::new(&name, SecretString::from(entry.url))?;
            all.insert(name, connection);
        }
        Ok(Self(all))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The connection of this name.
    ///
    /// # Errors
    /// A sentence with the names that there are.
    pub fn get(&self, name: &str) -> Result<&Connection, Broken> {
        self.0.get(name).ok_or_else(|| {
            let names: Vec<_> = self.names().collect();
            Broken(match names.as_slice() {
                [] => format!("There is no connection \"{name}\", nor any other."),
                names => format!(
                    "There is no connection \"{name}\". There are: {}.",
                    names.join(", ")
                ),
            })
        })
    }
}

impl Connection {
    /// A connection to the database at `url`.
    ///
    /// # Errors
    /// A sentence, without the address: it may hold a password.
    pub fn new(name: &str, url: SecretString) -> Result<Self, Broken> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(Broken(format!(
                "\"{name}\" cannot be the name of a connection: letters, digits, _ and - make one."
            )));
        }
        let text = url.expose_secret();
        let engine = match text.split(':').next().unwrap_or_default() {
            "postgres" | "postgresql" => Engine::Postgres,
            "mysql" | "mariadb" => Engine::MySql,
            "sqlite" => Engine::Sqlite,
            _ => {
                return Err(Broken(format!(
                    "The address of {name} is of no database that is read: write postgres://…, mysql://…, \
                     mariadb://… or sqlite:PATH."
                )));
            }
        };
        let connection = Self {
            name: name.to_owned(),
            engine,
            url,
        };
        if engine != Engine::Sqlite {
            connection.address()?;
        }
        Ok(connection)
    }

    /// Its name in the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of server it is on.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The address of a server.
    pub(super) fn address(&self) -> Result<Url, Broken> {
        let url: Url = self.url.expose_secret().parse().map_err(|e| {
            let name = &self.name;
            Broken(format!("The address of {name} is not a URL: {e}."))
        })?;
        Ok(url)
    }

    /// The path of a SQLite file.
    pub(super) fn path(&self) -> &Path {
        let path = self.url.expose_secret();
        let path = path.strip_prefix("sqlite:").unwrap_or(path);
        Path::new(path.strip_prefix("//").unwrap_or(path))
    }

    /// The sentence about an error of the server or the connection, without any password.
    pub(super) fn broken(&self, e: &sqlx::Error, timeout: Duration) -> Broken {
        let name = &self.name;
        let Some(database) = e.as_database_error() else {
            return Broken(self.scrubbed(&match e {
                sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
                    format!("The connection to {name} is broken: {e}.")
                }
                sqlx::Error::ColumnDecode { source, .. } | sqlx::Error::Decode(source) => {
                    format!("A row of {name} cannot be read: {source}.")
                }
                e => format!("{name} cannot be read: {e}."),
            }));
        };
        let message = database.message();
        let code = database.code();
        let code = code.as_deref().unwrap_or_default();
        let mysql = database
            .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
            .map(sqlx::mysql::MySqlDatabaseError::number);
        Broken(self.scrubbed(&match (self.engine, code, mysql) {
            (Engine::Postgres, "57014", _)
            | (Engine::MySql, _, Some(1_969 | 3_024 | 1_317))
            | (Engine::Sqlite, "9", _) => return too_long(timeout),
            (Engine::Postgres, "25006", _)
            | (Engine::MySql, _, Some(1_792))
            | (Engine::Sqlite, "8", _) => {
                format!("The query would change data, and {name} is only read: {message}.")
            }
            _ => format!("{name} refuses the query: {message}."),
        }))
    }

    /// The sentence about a connection that did not come about.
    pub(super) fn unreachable(&self, e: &sqlx::Error) -> Broken {
        let why = match e.as_database_error() {
            Some(database) => database.message().to_owned(),
            None => e.to_string(),
        };
        Broken(self.scrubbed(&format!("{} cannot be reached: {why}.", self.name)))
    }

    /// The sentence about a server that does not answer.
    pub(super) fn silent(&self, waited: Duration) -> Broken {
        let seconds = waited.as_secs();
        Broken(format!(
            "{} did not answer within {seconds} seconds.",
            self.name
        ))
    }

    fn scrubbed(&self, sentence: &str) -> String {
        let url = self.url.expose_secret();
        let mut scrubbed = sentence.replace("..", ".");
        let parsed = url.parse::<Url>().ok();
        let password = parsed.as_ref().and_then(Url::password).unwrap_or_default();
        let decoded = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
        for secret in [url, password, &decoded] {
            if !secret.is_empty() && self.engine != Engine::Sqlite {
                scrubbed = scrubbed.replace(secret, "…");
            }
        }
        scrubbed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_connections() {
        let text =
            "[shop]\nurl = \"mariadb://r:secret@db/shop\"\n[crm]\nurl = \"sqlite:/var/crm.db\"\n";
        let all = Connections::parse(text).unwrap();
        assert_eq!(all.names().collect::<Vec<_>>(), ["crm", "shop"]);
        assert_eq!(all.get("shop").unwrap().engine(), Engine::MySql);
        assert_eq!(all.get("crm").unwrap().path(), Path::new("/var/crm.db"));
        assert_eq!(
            all.get("x").unwrap_err().0,
            "There is no connection \"x\". There are: crm, shop."
        );
        assert!(!format!("{all:?}").contains("secret"));
    }

    #[test]
    fn a_sentence_holds_no_password() {
        for text in [
            "[shop]\nurl = \"mysql://r:secret@db/shop\n",
            "[shop]\nurl = \"oracle://r:secret@db/shop\"\n",
            "[shop]\nurl = \"mysql://r:secret@[db/shop\"\n",
            "[shop]\nurl = \"mysql://r:secret@db/shop\"\nport = 3\n",
            "[shop]\npassword = \"secret\"\n",
            "[sh op]\nurl = \"mysql://r:secret@db/shop\"\n",
            "[\"sh op\"]\nurl = \"mysql://r:secret@db/shop\"\n",
        ] {
            let error = Connections::parse(text).unwrap_err();
            assert!(!error.0.contains("secret"), "{error}");
        }
        let url = SecretString::from("postgres://r:se%2Fcret@db/shop");
        let shop = Connection::new("shop", url).unwrap();
        let error = sqlx::Error::Protocol("se/cret and se%2Fcret are wrong".to_owned());
        let sentence = shop.broken(&error, Duration::ZERO).0;
        assert!(
            sentence.contains("broken") && !sentence.contains("cret"),
            "{sentence}"
        );
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("connections.toml");
        std::fs::write(&path, "[a]\nurl = \"sqlite:a.db\"\n").unwrap();
        let set = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode));
        for mode in [0o604, 0o640, 0o660] {
            set(mode).unwrap();
            let error = Connections::read(&path).unwrap_err();
            assert!(error.0.contains("chmod 600"), "{error}");
        }
        set(0o600).unwrap();
        assert_eq!(Connections::read(&path).unwrap().names().count(), 1);
        let error = Connections::read(&dir.path().join("none.toml")).unwrap_err();
        assert!(error.0.contains("cannot be read"), "{error}");
    }
}
