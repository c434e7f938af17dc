//! Identifiers and their keyed hashes.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use super::normal;

/// A kind of identifier, in the order in which one becomes a record's anchor.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The company's stable id of a user of one site.
    Account,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// An order number.
    Order,
    /// A ticket number.
    Ticket,
    /// An identifier in an analytics cookie.
    Cookie,
}

impl Kind {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::Account,
        Self::Email,
        Self::Phone,
        Self::Order,
        Self::Ticket,
        Self::Cookie,
    ];

    /// The name in mappings, recipes and profiles.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Order => "order",
            Self::Ticket => "ticket",
            Self::Cookie => "cookie",
        }
    }

    /// In words, for a sentence: "the order number".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Account => "account id",
            Self::Email => "e-mail address",
            Self::Phone => "phone number",
            Self::Order => "order number",
            Self::Ticket => "ticket number",
            Self::Cookie => "cookie id",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The number that stands for it in the database: its place in [`Kind::ALL`].
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The same in one byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// The kind with this number.
    #[must_use]
    pub fn numbered(number: i64) -> Option<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|n| Self::ALL.get(n))
            .copied()
    }
}

/// The keyed hash of an identifier: the first 128 bits of an HMAC-SHA256 (RFC 2104).
///
/// Among a hundred million identifiers two have the same with a chance of about 1 in 10²².
/// In the database it is a UUID, which both engines keep in 16 bytes; it is not one.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Key(pub Uuid);

impl Key {
    /// From its 16 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Its 16 bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// What stands for the person on a page: the first ten hexadecimal digits.
    #[must_use]
    pub fn short(&self) -> String {
        self.0.simple().to_string().chars().take(10).collect()
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

impl std::str::FromStr for Key {
    type Err = uuid::Error;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        s.parse().map(Self)
    }
}

/// Makes keyed hashes. Whoever has its secret can test whether somebody is on a roster.
#[derive(Clone)]
pub struct Hasher(Hmac<Sha256>);

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher(…)")
    }
}

impl Hasher {
    /// With the server's secret, from which the hash key is derived: it signs other things too.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let derived = super::seal::derive(secret, "identifier");
        Self(keyed(&derived))
    }

    /// The hash of a value that is in its normal form already; `site` is the site of an account and
    /// empty for every other kind.
    #[must_use]
    pub fn key(&self, kind: Kind, site: &str, normal: &str) -> Key {
        let mut mac = self.0.clone();
        mac.update(&[kind.byte(), 0]);
        mac.update(site.as_bytes());
        mac.update(&[0]);
        mac.update(normal.as_bytes());
        let full = mac.finalize().into_bytes();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&full[..16]);
        Key::new(bytes)
    }

    /// The hash of an account of a site, as the site's tokens name it.
    #[must_use]
    pub fn account(&self, site: &str, user_id: &str) -> Key {
        self.key(Kind::Account, site, user_id)
    }

    /// Normalises a value as people write it, and hashes it. `country` is where a phone number without
    /// a country code is read.
    ///
    /// # Errors
    /// A sentence: the value is not an identifier of that kind.
    pub fn read(
        &self,
        kind: Kind,
        site: &str,
        value: &str,
        country: Option<&str>,
    ) -> Result<Key, String> {
        let site = if kind == Kind::Account { site } else { "" };
        Ok(self.key(kind, site, &normal::of(kind, value, country)?))
    }
}

/// An HMAC with a key of 32 bytes.
pub(super) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "an HMAC takes keys of any length")]
    Hmac::new_from_slice(key).expect("any key length is taken")
}
