//! What a column of a source means, and the mapping of all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::identifier::Kind;
use super::normal::excerpt;
use super::value::{self, Code};

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// An identifier.
    Id(Kind),
    /// Where the person lives, ISO 3166-1 alpha-2.
    Country,
    /// US state, two letters.
    State,
    /// Language tag.
    Lang,
    /// Year of birth; a whole date of birth is taken too, and only its year is kept.
    BirthYear,
    /// What the person is to the company: an id of a kind of persons, or another word.
    Role,
    /// Kinds of data, ids of the operator profile.
    Exposed,
    /// Created, registered, subscribed; in an access log the start of what was read.
    Since,
    /// Ended: deleted, resolved, unsubscribed; in an access log the end of what was read.
    Until,
    /// The event: ordered, visited, read.
    At,
    /// A further attribute that conditions may ask for.
    More(String),
}

/// The fields with a name of their own, beside the identifiers.
const NAMED: [(&str, Field); 9] = [
    ("country", Field::Country),
    ("state", Field::State),
    ("lang", Field::Lang),
    ("birth_year", Field::BirthYear),
    ("role", Field::Role),
    ("exposed", Field::Exposed),
    ("since", Field::Since),
    ("until", Field::Until),
    ("at", Field::At),
];

impl Field {
    /// Every field but the further attributes, in the order in which a page offers them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let ids = Kind::ALL.into_iter().map(Self::Id);
        ids.chain(NAMED.iter().map(|(_, f)| f.clone())).collect()
    }

    /// Reads a name: `email`, `since`, `more.plan`.
    ///
    /// # Errors
    /// A sentence with the names there are.
    pub fn named(name: &str) -> Result<Self, String> {
        if let Some(kind) = Kind::named(name) {
            return Ok(Self::Id(kind));
        }
        if let Some((_, field)) = NAMED.iter().find(|(n, _)| *n == name) {
            return Ok(field.clone());
        }
        if let Some(own) = name.strip_prefix("more.") {
            let good = (1..=40).contains(&own.len())
                && own.starts_with(|c: char| c.is_ascii_lowercase())
                && own
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if good {
                return Ok(Self::More(own.to_owned()));
            }
            return Err(format!(
                "\"{}\": after more. comes a word of lower-case letters, digits and _.",
                excerpt(name)
            ));
        }
        let names: Vec<String> = Self::all().iter().map(Self::to_string).collect();
        Err(format!(
            "\"{}\" is no field. Fields are {}, and more.NAME for anything else.",
            excerpt(name),
            names.join(", ")
        ))
    }

    /// In words, for a page.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Id(kind) => kind.words().to_owned(),
            Self::Country => "country".to_owned(),
            Self::State => "US state".to_owned(),
            Self::Lang => "language".to_owned(),
            Self::BirthYear => "year or date of birth".to_owned(),
            Self::Role => "role (customer, employee …)".to_owned(),
            Self::Exposed => "kinds of data".to_owned(),
            Self::Since => "since (created, registered)".to_owned(),
            Self::Until => "until (deleted, resolved, unsubscribed)".to_owned(),
            Self::At => "at (ordered, visited, read)".to_owned(),
            Self::More(name) => format!("attribute {name}"),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(kind) => f.write_str(kind.name()),
            Self::More(name) => write!(f, "more.{name}"),
            other => {
                let named = NAMED.iter().find(|(_, field)| field == other);
                f.write_str(named.map_or("", |(name, _)| name))
            }
        }
    }
}

impl TryFrom<String> for Field {
    type Error = String;
    fn try_from(name: String) -> Result<Self, String> {
        Self::named(&name)
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}

/// When a second line is a repetition of an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unique {
    /// A person stands once: a list of accounts or subscribers.
    #[default]
    Person,
    /// An order or ticket stands once.
    Record,
    /// Every line counts: order items, visits, requests.
    Line,
}

impl Unique {
    /// All of them with their words.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Person, "one line a person"),
        (Self::Record, "one line an order or ticket"),
        (Self::Line, "every line counts"),
    ];

    /// The name in a mapping.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Record => "record",
            Self::Line => "line",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .map(|(unique, _)| unique)
            .find(|u| u.name() == name)
    }
}

/// What the columns of a source mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Column name to field; columns that are not named are not read.
    #[schema(value_type = BTreeMap<String, String>)]
    pub columns: BTreeMap<String, Field>,
    /// Values that hold for every line: `role = "customer"`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fixed: BTreeMap<String, String>,
    /// The zone of times without an offset.
    #[schema(value_type = String, example = "Europe/Vienna")]
    pub zone: Tz,
    /// Where phone numbers without a country code are, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_country: Option<String>,
    /// When a line is a repetition.
    #[serde(default)]
    pub unique: Unique,
}

impl Mapping {
    /// What the names of the columns suggest; a person looks at it before anything is read.
    #[must_use]
    pub fn guess(columns: &[String], zone: Tz) -> Self {
        Self::suggest(columns, &BTreeMap::new(), zone)
    }

    /// The same, where it is `known` what some columns mean.
    #[must_use]
    pub fn suggest(columns: &[String], known: &BTreeMap<String, Field>, zone: Tz) -> Self {
        let there = known.iter().filter(|(column, _)| columns.contains(column));
        let mut mapping = Self {
            columns: there.map(|(c, f)| (c.clone(), f.clone())).collect(),
            fixed: BTreeMap::new(),
            zone,
            phone_country: None,
            unique: Unique::Person,
        };
        for column in columns {
            if let Some(field) = guess(column)
                && !mapping.columns.contains_key(column)
                && !mapping.columns.values().any(|f| *f == field)
            {
                mapping.columns.insert(column.clone(), field);
            }
        }
        mapping.unique = mapping.likely_unique();
        mapping
    }

    /// When a line is a repetition, by what the columns are.
    #[must_use]
    pub fn likely_unique(&self) -> Unique {
        if self.has(Kind::Order) || self.has(Kind::Ticket) {
            Unique::Record
        } else if self.columns.values().any(|f| *f == Field::At) {
            Unique::Line
        } else {
            Unique::Person
        }
    }

    /// Whether it has an identifier of this kind.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        self.columns.values().any(|f| *f == Field::Id(kind))
    }

    /// What is wrong with it for a source with these columns: the column, or none for the whole, and a
    /// sentence.
    #[must_use]
    pub fn mistakes(&self, columns: &[String]) -> Vec<(Option<String>, String)> {
        let mut found = Vec::new();
        let mut seen: BTreeMap<&Field, &str> = BTreeMap::new();
        for (column, field) in &self.columns {
            if !columns.contains(column) {
                let known = columns.join(", ");
                found.push((
                    Some(column.clone()),
                    format!(
                        "There is no column \"{}\". The columns are {}.",
                        excerpt(column),
                        excerpt(&known)
                    ),
                ));
            }
            if let Some(first) = seen.insert(field, column) {
                found.push((
                    Some(column.clone()),
                    format!(
                        "The columns \"{}\" and \"{}\" are both read as {}. Choose one.",
                        excerpt(first),
                        excerpt(column),
                        field.words()
                    ),
                ));
            }
        }
        if !Kind::ALL.into_iter().any(|kind| self.has(kind)) {
            found.push((
                None,
                "No column is an identifier. Say which one holds the account id, e-mail address, phone \
                 number, order number, ticket number or cookie id."
                    .to_owned(),
            ));
        }
        if self.has(Kind::Order) && self.has(Kind::Ticket) {
            found.push((
                None,
                "A line is an order or a ticket, not both. Choose one of the two columns."
                    .to_owned(),
            ));
        }
        for name in self.fixed.keys() {
            match Field::named(name) {
                Ok(Field::Id(_) | Field::Since | Field::Until | Field::At) => found.push((
                    None,
                    format!("\"{name}\" cannot be the same on every line."),
                )),
                Ok(field) if self.columns.values().any(|f| *f == field) => found.push((
                    None,
                    format!("\"{name}\" is read from a column and fixed too. Choose one."),
                )),
                Ok(_) => {}
                Err(why) => found.push((None, why)),
            }
        }
        found
    }

    /// What is wrong with the values that hold for every line, and with the country of phone numbers: the
    /// field of the mapping, and the sentence that a row with that value would get. `kinds` are the
    /// operator's kinds of data, `year` is the present one.
    #[must_use]
    pub fn wrong_values(&self, kinds: &BTreeSet<String>, year: i64) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if let Some(Err(why)) = self.phone_country.as_deref().map(value::country) {
            found.push(("phone_country".to_owned(), why));
        }
        // Without one that holds for every line, the country of each row decides when it is read.
        let country = match self.fixed.get("country") {
            Some(text) => value::country(text).ok(),
            None => Code::read("US"),
        };
        for (name, text) in &self.fixed {
            let why = match Field::named(name) {
                Ok(Field::Country) => value::country(text).err(),
                Ok(Field::State) => value::state(text, country).err(),
                Ok(Field::Lang) => value::lang(text).err(),
                Ok(Field::BirthYear) => value::birth_year(text, year).err(),
                Ok(Field::Role) => role(text).err(),
                Ok(Field::Exposed) => value::exposed(text, kinds).err(),
                // Whether it may be fixed at all is told by `mistakes`.
                _ => None,
            };
            found.extend(why.map(|why| (format!("fixed.{name}"), why)));
        }
        found
    }
}

/// What a person is: an id of a kind of persons, or another word of at most 40 characters.
///
/// # Errors
/// A sentence.
pub(super) fn role(text: &str) -> Result<&str, String> {
    if text.chars().count() > 40 || text.chars().any(char::is_control) {
        return Err(format!(
            "The role \"{}\" is longer than 40 characters or has a control character in it.",
            excerpt(text)
        ));
    }
    Ok(text)
}

/// What a column's name says. Names as company exports have them, in English and German.
fn guess(column: &str) -> Option<Field> {
    let name: String = column
        .trim()
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    Some(match name.trim_matches('_') {
        "account" | "account_id" | "user_id" | "userid" | "user" | "customer_id" | "uid"
        | "kundennummer" | "benutzer" => Field::Id(Kind::Account),
        "email" | "e_mail" | "mail" | "email_address" | "e_mail_adresse" => Field::Id(Kind::Email),
        "phone" | "telephone" | "tel" | "mobile" | "phone_number" | "telefon" => {
            Field::Id(Kind::Phone)
        }
        "order" | "order_id" | "order_no" | "order_number" | "bestellnummer" => {
            Field::Id(Kind::Order)
        }
        "ticket" | "ticket_id" | "ticket_no" | "ticket_number" => Field::Id(Kind::Ticket),
        "cookie" | "cookie_id" | "ga" | "client_id" | "hjid" | "lfuuid" => Field::Id(Kind::Cookie),
        "country" | "country_code" | "land" => Field::Country,
        "state" | "us_state" | "region" => Field::State,
        "lang" | "language" | "locale" | "sprache" => Field::Lang,
        "birth_year" | "year_of_birth" | "birth_date" | "date_of_birth" | "dob"
        | "geburtsdatum" | "geburtsjahr" => Field::BirthYear,
        "role" | "rolle" => Field::Role,
        "exposed" | "data_kinds" => Field::Exposed,
        "since" | "created" | "created_at" | "registered" | "registered_at" | "signed_up_at"
        | "subscribed_at" | "from" => Field::Since,
        "until" | "deleted" | "deleted_at" | "closed_at" | "resolved_at" | "unsubscribed_at"
        | "to" => Field::Until,
        "at" | "time" | "timestamp" | "ordered_at" | "order_date" | "visited_at"
        | "accessed_at" | "date" | "datum" => Field::At,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn names_of_columns_suggest_what_they_mean() {
        let names = columns(&["Order No", "E-Mail", "Ordered_At", "Country", "Amount"]);
        let mapping = Mapping::guess(&names, Tz::UTC);
        assert_eq!(mapping.columns.len(), 4);
        assert_eq!(mapping.columns["E-Mail"], Field::Id(Kind::Email));
        assert_eq!(mapping.unique, Unique::Record);
        assert!(mapping.mistakes(&names).is_empty());
    }

    #[test]
    fn a_mapping_that_makes_no_sense_is_told_column_by_column() {
        let mut mapping = Mapping::guess(&columns(&["country"]), Tz::UTC);
        assert!(
            mapping.mistakes(&columns(&["country"]))[0]
                .1
                .contains("No column is an identifier")
        );
        mapping
            .columns
            .insert("a".to_owned(), Field::Id(Kind::Email));
        mapping
            .columns
            .insert("b".to_owned(), Field::Id(Kind::Email));
        let found = mapping.mistakes(&columns(&["country", "a"]));
        assert!(
            found
                .iter()
                .any(|(c, why)| c.as_deref() == Some("b") && why.contains("no column"))
        );
        assert!(found.iter().any(|(_, why)| why.contains("both read as")));
    }

    #[test]
    fn a_value_for_every_line_is_checked_as_that_of_a_row() {
        let kinds = BTreeSet::from(["email".to_owned()]);
        let with = |fixed: &[(&str, &str)], phone: Option<&str>| {
            let mut mapping = Mapping::guess(&columns(&["email"]), Tz::UTC);
            mapping.phone_country = phone.map(str::to_owned);
            mapping.fixed = fixed
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect();
            let wrong = mapping.wrong_values(&kinds, 2026);
            let fields: Vec<String> = wrong.into_iter().map(|(field, _)| field).collect();
            fields.join(" ")
        };
        let good = [
            ("country", "us"),
            ("state", "CO"),
            ("lang", "en-US"),
            ("birth_year", "2026"),
            ("role", "customer"),
            ("exposed", "email"),
        ];
        assert_eq!(with(&good, Some("AT")), "");
        // The country of each row is not known here.
        assert_eq!(with(&[("state", "co")], None), "");
        assert_eq!(
            with(&[("state", "CO"), ("country", "AT")], None),
            "fixed.state"
        );
        let long = "c".repeat(41);
        let bad = [
            ("country", "Austria"),
            ("state", "XX"),
            ("lang", "English"),
            ("birth_year", "2027"),
            ("role", long.as_str()),
            ("exposed", "email iban"),
        ];
        assert_eq!(
            with(&bad, Some("+43")),
            "phone_country fixed.birth_year fixed.country fixed.exposed fixed.lang fixed.role fixed.state"
        );
    }

    #[test]
    fn every_field_is_read_back_from_its_name() {
        for field in Field::all()
            .into_iter()
            .chain([Field::More("plan".to_owned())])
        {
            assert_eq!(Field::named(&field.to_string()).unwrap(), field);
        }
        assert!(Field::named("emial").unwrap_err().contains("email"));
        assert!(Field::named("more.Plan!").is_err());
    }
}
