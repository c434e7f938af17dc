//! What stands beside the text of a recipe: the lists that it can use, and how it is written.

use maud::{Markup, html};

use super::part;
use crate::domain::scope::field::{Field, Mapping};
use crate::store::source::Source;

/// A list that a recipe can use.
#[derive(Clone, Debug)]
pub(crate) struct Usable {
    /// How it is called.
    pub name: String,
    /// Which reading of it.
    pub version: i64,
    /// Its records.
    pub records: i64,
    /// What its columns mean.
    pub fields: Vec<Field>,
}

impl Usable {
    /// Of a source that was read.
    pub fn of(s: &Source) -> Self {
        let mapping = serde_json::from_str::<Mapping>(&s.mapping).ok();
        let mut fields: Vec<Field> = mapping
            .map(|m| {
                let fixed = m.fixed.keys().filter_map(|name| Field::named(name).ok());
                m.columns.values().cloned().chain(fixed).collect()
            })
            .unwrap_or_default();
        fields.sort();
        fields.dedup();
        Self {
            name: s.name.clone(),
            version: s.version,
            records: s.rows_taken,
            fields,
        }
    }
}

/// The lists there are.
pub(crate) fn lists(usable: &[Usable]) -> Markup {
    html! {
        section.sheet aria-labelledby="lists-h" {
            h2 #lists-h { "Lists to use" }
            @if usable.is_empty() {
                p { "No list has been read yet. A recipe can be written all the same, and is checked against the \
                     lists when they are there." }
            } @else {
                dl.facts.stacked {
                    @for u in usable {
                        dt { code { (u.name) } }
                        dd {
                            (part::count(u.records, "record", "records"))
                            @if u.version > 1 { ", version " (u.version) }
                            p.small {
                                @for (n, field) in u.fields.iter().enumerate() {
                                    @if n > 0 { ", " }
                                    code { (field) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

const EXAMPLE: &str = "# who could have been in the export\n\
                       link orders by order, email\n\
                       buyers = orders where at between 2026-10-01 and 2026-10-14\n\
                       registered = accounts where since < :to and not until < :from\n\
                       affected = (registered union buyers) except staff\n";

const WORDS: [(&str, &str); 9] = [
    (
        "name = …",
        "A step: the people of a list or of an earlier step, or of several combined. The last line is the \
         result.",
    ),
    (
        "a union b, a intersect b, a except b",
        "In one of them; in both; in the first and not in the second. From left to right, intersect first; \
         parentheses say otherwise.",
    ),
    (
        "list where …",
        "The people of those records only. Comparisons are = != < <= > >=, between … and …, in (…, …), has, is \
         missing, is known; combined with and, or, not and parentheses.",
    ),
    (
        "since, until, at",
        "When a record began, when it ended, when it happened. A day such as 2026-10-01 is the whole day in the \
         run's time zone.",
    ),
    (
        "country, state, lang, birth_year, role, exposed, more.name",
        "What else a record says. A comparison with a value that is missing does not hold, and its not does; \
         the count says how often that decided.",
    ),
    (
        ":word",
        "A value that each run is given, so that the same recipe can be counted with other dates.",
    ),
    (
        "list where kept",
        "Only records that by the system's retention rule still existed when the exposure began.",
    ),
    (
        "list during log where …",
        "Records that happened within a window of an access log: what somebody could read then.",
    ),
    (
        "link list by order, email",
        "Different identifiers in one record are one person's. Without a link nothing is joined. An identifier \
         of more than 5 others joins nobody, and a person has at most 25: limit link and limit person say \
         otherwise.",
    ),
];

/// How a recipe is written.
pub(crate) fn grammar() -> Markup {
    html! {
        details {
            summary { "How a recipe is written" }
            pre tabindex="0" role="region" aria-label="Example of a recipe" data-copy { (EXAMPLE) }
            dl.facts.stacked {
                @for (words, meaning) in WORDS {
                    dt { code { (words) } }
                    dd { (meaning) }
                }
            }
            p.small { "What stands behind # is a comment." }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_can_be_read() {
        let read = crate::domain::scope::recipe::parse(super::EXAMPLE).unwrap();
        assert_eq!(read.params(), ["to", "from"]);
    }
}
