//! One row of a source, read by its mapping: identifiers hashed, values checked, contact sealed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::field::{self, Field, Mapping, Unique};
use super::identifier::{Hasher, Key, Kind};
use super::normal::{self, excerpt};
use super::seal::{Contact, Sealer};
use super::times;
use super::value::{self, Code};

/// One record of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The anchor.
    pub key: Key,
    /// The line in the file, or the number of the row, from 1.
    pub line: i64,
    /// The kind of the anchor.
    pub kind: Kind,
    /// The e-mail address, when it is not the anchor.
    pub email_key: Option<Key>,
    /// The phone number, when it is not the anchor.
    pub phone_key: Option<Key>,
    /// The number of the order or ticket, when it is not the anchor.
    pub record_key: Option<Key>,
    /// The cookie id, when it is not the anchor.
    pub cookie_key: Option<Key>,
    /// Seconds since 1970 UTC.
    pub since: Option<i64>,
    /// Seconds since 1970 UTC.
    pub until: Option<i64>,
    /// Seconds since 1970 UTC.
    pub at: Option<i64>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<Code>,
    /// US state.
    pub region: Option<Code>,
    /// Language tag.
    pub lang: Option<Cow<'a, str>>,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// What the person is to the company.
    pub role: Option<Cow<'a, str>>,
    /// Kinds of data, separated by spaces.
    pub exposed: Option<Cow<'a, str>>,
    /// JSON object of further attributes.
    pub more: Option<Cow<'a, str>>,
    /// The sealed [`Contact`].
    pub sealed: Option<Vec<u8>>,
}

/// Why a row cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The column; empty: the whole row.
    pub column: String,
    /// A sentence.
    pub reason: String,
}

/// Reads the rows of one source.
#[derive(Debug)]
pub struct Reader {
    hasher: Hasher,
    sealer: Sealer,
    site: String,
    zone: Tz,
    phone_country: Option<String>,
    /// The present year.
    year: i64,
    kinds: BTreeSet<String>,
    ids: [Option<usize>; Kind::ALL.len()],
    country: Place,
    state: Place,
    lang: Place,
    birth_year: Place,
    role: Place,
    exposed: Place,
    since: Option<usize>,
    until: Option<usize>,
    at: Option<usize>,
    more: Vec<(String, usize)>,
    columns: Vec<String>,
    /// When a row repeats an earlier one.
    pub unique: Unique,
}

/// Where a value stands: in a column, or the same on every line.
#[derive(Debug, Default)]
struct Place {
    column: Option<usize>,
    fixed: Option<String>,
}

/// What reading needs beside the mapping.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    /// Hashes identifiers.
    pub hasher: &'a Hasher,
    /// Seals contacts under the incident's key.
    pub sealer: &'a Sealer,
    /// The site whose account ids these are; empty when there are none.
    pub site: &'a str,
    /// The present year.
    pub year: i64,
    /// The operator's kinds of data.
    pub kinds: BTreeSet<String>,
}

impl Reader {
    /// A reader for rows with these columns. The mapping must have no [`Mapping::mistakes`].
    #[must_use]
    pub fn new(mapping: &Mapping, columns: &[String], given: &Given<'_>) -> Self {
        let column = |field: &Field| {
            let (name, _) = mapping.columns.iter().find(|(_, f)| *f == field)?;
            columns.iter().position(|c| c == name)
        };
        let place = |field: Field| Place {
            column: column(&field),
            fixed: mapping.fixed.get(&field.to_string()).cloned(),
        };
        let more = mapping.columns.iter().filter_map(|(name, field)| {
            let Field::More(own) = field else { return None };
            Some((own.clone(), columns.iter().position(|c| c == name)?))
        });
        Self {
            hasher: given.hasher.clone(),
            sealer: given.sealer.clone(),
            site: given.site.to_owned(),
            zone: mapping.zone,
            phone_country: mapping.phone_country.clone(),
            year: given.year,
            kinds: given.kinds.clone(),
            ids: Kind::ALL.map(|kind| column(&Field::Id(kind))),
            country: place(Field::Country),
            state: place(Field::State),
            lang: place(Field::Lang),
            birth_year: place(Field::BirthYear),
            role: place(Field::Role),
            exposed: place(Field::Exposed),
            since: column(&Field::Since),
            until: column(&Field::Until),
            at: column(&Field::At),
            more: more.collect(),
            columns: columns.to_vec(),
            unique: mapping.unique,
        }
    }

    /// Reads one row; `get` gives the field of a column, none when it is missing.
    ///
    /// # Errors
    /// The first column that cannot be read, with a sentence.
    pub fn read<'r>(
        &'r self,
        line: i64,
        get: &impl Fn(usize) -> Option<&'r str>,
    ) -> Result<Record<'r>, Bad> {
        let filled = |column: Option<usize>| {
            column.and_then(|n| Some((n, get(n).filter(|v| !v.trim().is_empty())?)))
        };
        let placed = |place: &'r Place| match &place.fixed {
            Some(fixed) => Some((None, fixed.as_str())),
            None => filled(place.column).map(|(n, v)| (Some(n), v.trim())),
        };
        let bad = |column: Option<usize>, reason: String| Bad {
            column: column
                .and_then(|n| self.columns.get(n).cloned())
                .unwrap_or_default(),
            reason,
        };
        let time = |column: Option<usize>| {
            filled(column)
                .map(|(n, v)| times::read(v, self.zone).map_err(|why| bad(Some(n), why)))
                .transpose()
        };

        let mut keys = [None; Kind::ALL.len()];
        let mut contact = Contact::default();
        let phone_country = self.phone_country.as_deref();
        for (slot, kind) in Kind::ALL.into_iter().enumerate() {
            let Some((n, value)) = filled(self.ids[slot]) else {
                continue;
            };
            if value.starts_with('=') {
                return Err(bad(Some(n), formula(kind, value)));
            }
            let normal = normal::of(kind, value, phone_country).map_err(|why| bad(Some(n), why))?;
            let site = if kind == Kind::Account {
                self.site.as_str()
            } else {
                ""
            };
            keys[slot] = Some(self.hasher.key(kind, site, &normal));
            match kind {
                Kind::Account => contact.user = Some(normal.into_owned()),
                Kind::Email => contact.email = Some(value.trim().to_owned()),
                Kind::Phone => contact.phone = Some(normal.into_owned()),
                _ => {}
            }
        }
        let Some(anchor) = keys.iter().position(Option::is_some) else {
            return Err(bad(
                None,
                "The row has no identifier: every column that holds one is empty.".to_owned(),
            ));
        };
        let (Some(key), kind) = (keys[anchor].take(), Kind::ALL[anchor]) else {
            return Err(bad(None, "The row has no identifier.".to_owned()));
        };

        let country = placed(&self.country)
            .map(|(n, v)| value::country(v).map_err(|why| bad(n, why)))
            .transpose()?;
        let region = placed(&self.state)
            .map(|(n, v)| value::state(v, country).map_err(|why| bad(n, why)))
            .transpose()?;
        let lang = placed(&self.lang)
            .map(|(n, v)| value::lang(v).map_err(|why| bad(n, why)))
            .transpose()?;
        let birth_year = placed(&self.birth_year)
            .map(|(n, v)| value::birth_year(v, self.year).map_err(|why| bad(n, why)))
            .transpose()?;
        let role = placed(&self.role)
            .map(|(n, v)| field::role(v).map_err(|why| bad(n, why)))
            .transpose()?;
        let exposed = placed(&self.exposed)
            .map(|(n, v)| value::exposed(v, &self.kinds).map_err(|why| bad(n, why)))
            .transpose()?;
        let (since, until, at) = (time(self.since)?, time(self.until)?, time(self.at)?);
        if let (Some(from), Some(to)) = (since, until)
            && to < from
        {
            return Err(bad(
                self.until,
                "The end is before the start. Are the two columns exchanged?".to_owned(),
            ));
        }
        let [_, email_key, phone_key, order, ticket, cookie_key] = keys;
        Ok(Record {
            key,
            line,
            kind,
            email_key,
            phone_key,
            record_key: order.or(ticket),
            cookie_key,
            since,
            until,
            at,
            country,
            region,
            lang,
            birth_year,
            role: role.map(Cow::Borrowed),
            exposed: exposed.map(Cow::Owned),
            more: self.more(get),
            sealed: self.sealer.contact(&key, &contact),
        })
    }

    fn more<'r>(&self, get: &impl Fn(usize) -> Option<&'r str>) -> Option<Cow<'r, str>> {
        if self.more.is_empty() {
            return None;
        }
        let mut object = serde_json::Map::new();
        for (name, column) in &self.more {
            if let Some(value) = get(*column).map(str::trim).filter(|v| !v.is_empty()) {
                let text: String = value.chars().take(200).collect();
                object.insert(name.clone(), text.into());
            }
        }
        (!object.is_empty()).then(|| Cow::Owned(serde_json::Value::Object(object).to_string()))
    }
}

fn formula(kind: Kind, value: &str) -> String {
    format!(
        "The {} \"{}\" is a spreadsheet formula. Export the values, not the formulas.",
        kind.words(),
        excerpt(value)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        columns: &[(&str, &str)],
        fields: &[Option<&str>],
    ) -> Result<(Key, Record<'static>), Bad> {
        let names: Vec<String> = columns.iter().map(|(n, _)| (*n).to_owned()).collect();
        let mut mapping = Mapping::guess(&[], Tz::Europe__Vienna);
        mapping.columns = columns
            .iter()
            .map(|(n, f)| ((*n).to_owned(), Field::named(f).unwrap()))
            .collect();
        assert!(mapping.mistakes(&names).is_empty());
        let (hasher, sealer) = (Hasher::new(&[1; 32]), Sealer::new(&[2; 32]));
        let given = Given {
            hasher: &hasher,
            sealer: &sealer,
            site: "shop",
            year: 2026,
            kinds: ["name", "email"].map(str::to_owned).into(),
        };
        let reader = Reader::new(&mapping, &names, &given);
        let record = reader.read(7, &|n| fields[n])?;
        let owned = Record {
            lang: record.lang.map(|v| Cow::Owned(v.into_owned())),
            role: record.role.map(|v| Cow::Owned(v.into_owned())),
            exposed: record.exposed.map(|v| Cow::Owned(v.into_owned())),
            more: record.more.map(|v| Cow::Owned(v.into_owned())),
            ..record
        };
        Ok((hasher.account("shop", "u-1"), owned))
    }

    #[test]
    fn the_account_is_the_anchor_and_the_address_stands_beside_it() {
        let columns = [
            ("id", "account"),
            ("mail", "email"),
            ("c", "country"),
            ("s", "state"),
            ("plan", "more.plan"),
            ("born", "birth_year"),
        ];
        let fields = [
            Some("u-1"),
            Some("Anna@Mail.example"),
            Some("us"),
            Some("co"),
            Some("pro"),
            Some("1980-05-01"),
        ];
        let (account, record) = read(&columns, &fields).unwrap();
        assert_eq!(
            (record.key, record.kind, record.line),
            (account, Kind::Account, 7)
        );
        let hasher = Hasher::new(&[1; 32]);
        assert_eq!(
            record.email_key,
            Some(hasher.key(Kind::Email, "", "anna@mail.example"))
        );
        assert_eq!(record.region.unwrap().as_str(), "CO");
        assert_eq!(record.birth_year, Some(1980));
        assert_eq!(record.more.as_deref(), Some("{\"plan\":\"pro\"}"));
        let contact = Sealer::new(&[2; 32])
            .open_contact(&record.key, &record.sealed.unwrap())
            .unwrap();
        assert_eq!(contact.user.as_deref(), Some("u-1"));
        assert_eq!(contact.email.as_deref(), Some("Anna@Mail.example"));
    }

    #[test]
    fn without_an_account_the_next_identifier_is_the_anchor() {
        let columns = [("id", "account"), ("mail", "email"), ("no", "order")];
        let (_, record) = read(&columns, &[None, Some("a@b.example"), Some("A-1")]).unwrap();
        assert_eq!(record.kind, Kind::Email);
        assert_eq!(record.email_key, None);
        assert!(record.record_key.is_some());
    }

    #[test]
    fn each_bad_field_names_its_column_and_says_what_is_wrong() {
        let columns = [
            ("id", "account"),
            ("mail", "email"),
            ("c", "country"),
            ("a", "at"),
            ("s", "since"),
            ("u", "until"),
        ];
        for (fields, column, word) in [
            ([Some(" u-1"), None, None, None, None, None], "id", "space"),
            (
                [Some("=1+1"), None, None, None, None, None],
                "id",
                "formula",
            ),
            (
                [None, Some(" "), None, None, None, None],
                "",
                "no identifier",
            ),
            (
                [Some("u"), Some("nobody"), None, None, None, None],
                "mail",
                "e-mail",
            ),
            (
                [Some("u"), None, Some("Austria"), None, None, None],
                "c",
                "two letters",
            ),
            (
                [Some("u"), None, None, Some("10/01/2026"), None, None],
                "a",
                "not a time",
            ),
            (
                [
                    Some("u"),
                    None,
                    None,
                    None,
                    Some("2026-02-01"),
                    Some("2026-01-01"),
                ],
                "u",
                "before the start",
            ),
        ] {
            let bad = read(&columns, &fields).unwrap_err();
            assert_eq!(bad.column, column, "{bad:?}");
            assert!(bad.reason.contains(word), "{bad:?}");
        }
    }
}
