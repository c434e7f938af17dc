//! What a browser gets: JSON, padded so that its length tells nothing.

use axum::body::Bytes;
use serde::Serialize;

use super::label::{Labels, direction, labels};
use crate::domain::notice::{Block, Content, Span};
use crate::service::delivery::Served;

/// Answers are as long as a multiple of this, in bytes.
pub const STEP: usize = 4096;

/// `{"v":1,"notices":[` + `],"pad":"` + `"}`
const HEAD: &str = r#"{"v":1,"notices":["#;
const MIDDLE: &str = r#"],"pad":""#;
const TAIL: &str = r#""}"#;

#[derive(Serialize)]
struct Notice<'a> {
    id: String,
    version: i64,
    lang: &'a str,
    dir: &'a str,
    title: &'a str,
    blocks: Vec<WireBlock<'a>>,
    hideable: bool,
    receipt: &'a str,
    labels: &'a Labels,
}

/// As in [`Block`], without what a section covers, which is for the people who write.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WireBlock<'a> {
    Heading { text: &'a str },
    Paragraph { spans: &'a [Span] },
    List { items: &'a [Vec<Span>] },
}

impl<'a> From<&'a Block> for WireBlock<'a> {
    fn from(block: &'a Block) -> Self {
        match block {
            Block::Heading { text, .. } => Self::Heading { text },
            Block::Paragraph { spans } => Self::Paragraph { spans },
            Block::List { items } => Self::List { items },
        }
    }
}

/// One notice as JSON.
pub fn notice(served: &Served, receipt: &str) -> Result<String, serde_json::Error> {
    write(
        &served.notice.to_string(),
        served.number,
        &served.lang,
        &served.content,
        served.hideable,
        receipt,
    )
}

fn write(
    id: &str,
    version: i64,
    lang: &str,
    content: &Content,
    hideable: bool,
    receipt: &str,
) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Notice {
        id: id.to_owned(),
        version,
        lang,
        dir: direction(lang),
        title: &content.title,
        blocks: content.blocks.iter().map(WireBlock::from).collect(),
        hideable,
        receipt,
        labels: labels(lang),
    })
}

/// The length of an answer with this one notice, before padding; for how long everybody's must be.
pub fn length(lang: &str, content: &Content) -> usize {
    let receipt = "x".repeat(100);
    let one = write(&receipt[..36], 99, lang, content, false, &receipt);
    one.map_or(0, |one| one.len() + HEAD.len() + MIDDLE.len() + TAIL.len())
}

/// The whole answer: at least `floor` bytes, and a multiple of [`STEP`].
pub fn body(notices: &[String], floor: usize) -> Bytes {
    let notices = notices.join(",");
    let bare = HEAD.len() + notices.len() + MIDDLE.len() + TAIL.len();
    let whole = bare.max(floor).next_multiple_of(STEP);
    let mut text = String::with_capacity(whole);
    text.push_str(HEAD);
    text.push_str(&notices);
    text.push_str(MIDDLE);
    text.extend(std::iter::repeat_n('0', whole - bare));
    text.push_str(TAIL);
    text.into()
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn every_answer_is_a_whole_number_of_steps_and_valid_json() {
        for (notices, floor, length) in [
            (vec![], 0, STEP),
            (vec!["1".to_owned()], 0, STEP),
            (vec![format!("\"{}\"", "ü".repeat(1_000))], 0, STEP),
            (vec![format!("\"{}\"", "x".repeat(STEP))], 0, 2 * STEP),
            (vec![], STEP + 1, 2 * STEP),
        ] {
            let body = body(&notices, floor);
            assert_eq!(body.len(), length);
            let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(value["notices"].as_array().unwrap().len(), notices.len());
        }
        // One byte before and after the edge.
        let bare = HEAD.len() + MIDDLE.len() + TAIL.len();
        for (more, length) in [(0, STEP), (1, 2 * STEP)] {
            let fill = "1".repeat(STEP - bare + more);
            assert_eq!(body(&[fill], 0).len(), length);
        }
    }
}
