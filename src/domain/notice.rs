//! What a notice says: a title and blocks of plain text, and the hash that approval is given to.
//!
//! Always holds: a notice has no markup of its own. It is text, lists and links to `https` pages or
//! mail addresses, so it can be shown in a foreign page, in a mail and on paper alike. The hash
//! covers every language, so an approval never reaches a text that somebody has not seen.
//! It does not know who gets the notice, who approved it, or whether the text is true.

mod fill;
mod markup;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

pub use markup::ContentError;

/// Names that may stand in a template as `{{name}}`.
pub const PLACEHOLDERS: [&str; 11] = [
    "what_happened",
    "occurred",
    "kinds_of_data",
    "consequences",
    "measures",
    "advice",
    "contact",
    "reference",
    "operator",
    // Of a correction: from when the person was told, and how it was found that it is not so.
    "told",
    "finding",
];

/// Whom a notice is for.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Audience {
    /// Everybody on the roster.
    #[default]
    Affected,
    /// Who left the roster after having been told: a correction.
    WronglyTold,
}

impl Audience {
    /// The playbook text for it.
    #[must_use]
    pub const fn template(self) -> &'static str {
        match self {
            Self::Affected => "breach",
            Self::WronglyTold => "correction",
        }
    }

    /// The placeholders that the writer of such a notice fills in.
    #[must_use]
    pub const fn questions(self) -> &'static [&'static str] {
        match self {
            Self::Affected => &["what_happened", "consequences", "measures", "advice"],
            Self::WronglyTold => &["finding"],
        }
    }

    /// What such a notice has to tell.
    #[must_use]
    pub const fn required(self) -> &'static [Item] {
        match self {
            Self::Affected => &Item::REQUIRED,
            Self::WronglyTold => &[Item::Contact],
        }
    }

    /// Why it has to, to finish "which …".
    #[must_use]
    pub const fn why_required(self) -> &'static str {
        match self {
            Self::Affected => "GDPR Art 34(2) asks for",
            Self::WronglyTold => "a correction must say",
        }
    }
}

/// Something that a notice has to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// What happened: the nature of the breach (GDPR Art 34(2)).
    Nature,
    /// When it happened, or the range (C.R.S. 6-1-716(2)(a.2)).
    Occurred,
    /// Which data (C.R.S. 6-1-716(2)(a.2)).
    Data,
    /// What it is likely to lead to (GDPR Art 33(3)(c), 34(2)).
    Consequences,
    /// What has been or will be done (GDPR Art 33(3)(d), 34(2)).
    Measures,
    /// What the person can do.
    Advice,
    /// Whom to ask (GDPR Art 33(3)(b), 34(2)).
    Contact,
    /// Rights, and where to complain.
    Rights,
}

impl Item {
    /// Every item with its word in files.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Nature, "nature"),
        (Self::Occurred, "occurred"),
        (Self::Data, "data"),
        (Self::Consequences, "consequences"),
        (Self::Measures, "measures"),
        (Self::Advice, "advice"),
        (Self::Contact, "contact"),
        (Self::Rights, "rights"),
    ];

    /// What every breach notice to persons must tell (GDPR Art 34(2)).
    pub const REQUIRED: [Self; 4] = [
        Self::Nature,
        Self::Contact,
        Self::Consequences,
        Self::Measures,
    ];

    /// The item written as `word`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, name)| *name == word)
            .map(|(item, _)| *item)
    }

    /// The word for it in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(item, _)| *item == self)
            .map_or("", |(_, name)| name)
    }
}

/// A piece of text, or a link when it has a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// What is read.
    pub text: String,
    /// `https://…` or `mailto:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

/// One block of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// A heading of the second level.
    Heading {
        /// What is read.
        text: String,
        /// What the section below it tells.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        covers: Vec<Item>,
    },
    /// A paragraph.
    Paragraph {
        /// Its text and links.
        spans: Vec<Span>,
    },
    /// A list.
    List {
        /// Its points.
        items: Vec<Vec<Span>>,
    },
}

/// What one notice says in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The title.
    pub title: String,
    /// The blocks, in order.
    pub blocks: Vec<Block>,
}

impl Content {
    /// Reads the small Markdown subset described in `playbooks/README.md`.
    ///
    /// Known placeholders may stand in the text; [`Content::unresolved`] lists them.
    ///
    /// # Errors
    /// For HTML, images, unknown placeholders, links that are not `https` or `mailto`, deeper
    /// headings and control characters, each with its line and what to do.
    pub fn parse(source: &str) -> Result<Self, ContentError> {
        markup::parse(source)
    }

    /// Writes text that [`Content::parse`] reads as the same content.
    #[must_use]
    pub fn to_source(&self) -> String {
        markup::write(self)
    }

    /// Puts values in the place of `{{name}}`. Names without a value stay as they are.
    ///
    /// A value alone in its paragraph may be several paragraphs and lists; anywhere else it is one
    /// line. Values are read by the rules of the markup, so they can link but never be HTML.
    ///
    /// # Errors
    /// When a value breaks those rules; the sentence names the placeholder.
    pub fn fill(&self, values: &BTreeMap<String, String>) -> Result<Self, ContentError> {
        fill::fill(self, values)
    }

    /// Placeholders that are still in the text, each once, in order of appearance.
    #[must_use]
    pub fn unresolved(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for name in self.texts().flat_map(markup::placeholders) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }

    /// Required items that no section tells: its heading is missing, nothing is written below it,
    /// or a placeholder below it still waits for its value.
    #[must_use]
    pub fn missing_content(&self, required: &[Item]) -> Vec<Item> {
        let mut told: Vec<Item> = Vec::new();
        let mut blocks = self.blocks.as_slice();
        while let Some((first, rest)) = blocks.split_first() {
            let end = rest
                .iter()
                .position(|block| matches!(block, Block::Heading { .. }));
            let (section, next) = rest.split_at(end.unwrap_or(rest.len()));
            if let Block::Heading { covers, .. } = first
                && tells(section)
            {
                told.extend(covers);
            }
            blocks = next;
        }
        required
            .iter()
            .copied()
            .filter(|item| !told.contains(item))
            .collect()
    }

    /// The notice as plain text for mail and print; a link is followed by its target.
    ///
    /// Lines end in `\n` and are not wrapped, so the same content always gives the same bytes.
    #[must_use]
    pub fn to_plain_text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for block in &self.blocks {
            text.push('\n');
            match block {
                Block::Heading { text: heading, .. } => {
                    // Writing to a String cannot fail.
                    let _ = writeln!(text, "{heading}");
                }
                Block::Paragraph { spans } => {
                    let _ = writeln!(text, "{}", plain(spans));
                }
                Block::List { items } => {
                    for item in items {
                        let _ = writeln!(text, "- {}", plain(item));
                    }
                }
            }
        }
        text
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.title.as_str()).chain(self.blocks.iter().flat_map(Block::texts))
    }
}

impl Block {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Heading { text, .. } => vec![text],
            Self::Paragraph { spans } => spans.iter().map(|span| span.text.as_str()).collect(),
            Self::List { items } => items
                .iter()
                .flatten()
                .map(|span| span.text.as_str())
                .collect(),
        }
    }
}

/// SHA-256 (hex) over the RFC 8785 canonical JSON of all languages of a notice, by language code.
#[must_use]
pub fn content_hash(languages: &BTreeMap<String, Content>) -> String {
    super::canonical::sha256_hex(languages)
}

/// A text to start a notice from, with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Which notice it is for, such as `breach`.
    pub id: String,
    /// Its language code.
    pub language: String,
    /// What it tells once it is filled; its headings say the same.
    pub covers: Vec<Item>,
    /// The provisions it was written for.
    pub law: String,
    /// The text.
    pub content: Content,
}

/// Whether a section has words in it, and no placeholder that waits for its value.
fn tells(section: &[Block]) -> bool {
    let texts: Vec<&str> = section.iter().flat_map(Block::texts).collect();
    texts
        .iter()
        .any(|text| text.chars().any(char::is_alphanumeric))
        && texts
            .iter()
            .all(|text| markup::placeholders(text).is_empty())
}

fn plain(spans: &[Span]) -> String {
    let mut line = String::new();
    for span in spans {
        line.push_str(&span.text);
        match &span.href {
            Some(href) if href.trim_start_matches("mailto:") != span.text => {
                let _ = write!(line, " ({})", href.trim_start_matches("mailto:"));
            }
            _ => {}
        }
    }
    line
}
