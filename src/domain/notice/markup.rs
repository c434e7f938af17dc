//! The small Markdown subset that notices are written in.
//!
//! Always holds: what parses contains no HTML, no control character, no unknown placeholder and no
//! link other than `https` and `mailto`; and writing it out gives text that parses to the same.

use super::{Block, Content, Item, PLACEHOLDERS, Span};

/// Longest source in bytes; a notice is read by people.
const SOURCE_BYTES_MAX: usize = 64 * 1024;

/// Characters that a backslash takes the meaning from.
const ESCAPABLE: &str = "\\[]<{#-!";

/// What is wrong with a text, and in which line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ContentError {
    /// Line of the source, from 1.
    pub line: usize,
    /// A sentence that says what is wrong and what to do.
    pub message: String,
}

fn wrong(line: usize, message: impl Into<String>) -> ContentError {
    ContentError {
        line,
        message: message.into(),
    }
}

pub(super) fn parse(source: &str) -> Result<Content, ContentError> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(wrong(
            1,
            format!("the text is longer than {SOURCE_BYTES_MAX} bytes; shorten it"),
        ));
    }
    let mut lines = source
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim_end()));
    let (number, first) = lines
        .find(|(_, line)| !line.is_empty())
        .ok_or_else(|| wrong(1, "the text is empty"))?;
    let title = first
        .strip_prefix("# ")
        .ok_or_else(|| wrong(number, "begin with the title, as in \"# Important notice\""))?;
    let title = plain_text(title.trim(), number)?;
    let blocks = parse_blocks(lines, true)?;
    Ok(Content { title, blocks })
}

/// Reads blocks from numbered lines; headings are refused where `headings` is false.
pub(super) fn parse_blocks<'a>(
    lines: impl Iterator<Item = (usize, &'a str)>,
    headings: bool,
) -> Result<Vec<Block>, ContentError> {
    let mut blocks = Vec::new();
    let mut open = Open::Nothing;
    for (number, line) in lines {
        if line.trim().is_empty() {
            open.close(&mut blocks)?;
        } else if let Some(heading) = line.strip_prefix("## ") {
            open.close(&mut blocks)?;
            if !headings {
                return Err(wrong(
                    number,
                    "a heading cannot stand here; write paragraphs and lists",
                ));
            }
            blocks.push(parse_heading(heading.trim(), number)?);
        } else if line.starts_with('#') {
            return Err(wrong(
                number,
                "only headings of the form \"## Heading\" can stand here",
            ));
        } else if let Some(item) = line.strip_prefix("- ") {
            open.item(&mut blocks, number, item.trim())?;
        } else {
            open.text(number, line);
        }
    }
    open.close(&mut blocks)?;
    Ok(blocks)
}

/// The block that further lines may belong to.
enum Open {
    Nothing,
    Paragraph(usize, String),
    List(Vec<(usize, String)>),
}

impl Open {
    fn text(&mut self, number: usize, line: &str) {
        let line = line.trim();
        match self {
            Self::Nothing => *self = Self::Paragraph(number, line.to_owned()),
            Self::Paragraph(_, text) => push_line(text, line),
            Self::List(items) => match items.last_mut() {
                Some((_, text)) => push_line(text, line),
                None => *self = Self::Paragraph(number, line.to_owned()),
            },
        }
    }

    fn item(
        &mut self,
        blocks: &mut Vec<Block>,
        number: usize,
        item: &str,
    ) -> Result<(), ContentError> {
        if let Self::List(items) = self {
            items.push((number, item.to_owned()));
            return Ok(());
        }
        self.close(blocks)?;
        *self = Self::List(vec![(number, item.to_owned())]);
        Ok(())
    }

    fn close(&mut self, blocks: &mut Vec<Block>) -> Result<(), ContentError> {
        match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => {}
            Self::Paragraph(number, text) => {
                blocks.push(Block::Paragraph {
                    spans: parse_spans(&text, number)?,
                });
            }
            Self::List(items) => {
                let items: Result<Vec<_>, _> = items
                    .iter()
                    .map(|(number, text)| parse_spans(text, *number))
                    .collect();
                blocks.push(Block::List { items: items? });
            }
        }
        Ok(())
    }
}

fn push_line(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line);
}

fn parse_heading(text: &str, line: usize) -> Result<Block, ContentError> {
    let (text, marks) = match text
        .strip_suffix('}')
        .and_then(|rest| rest.rsplit_once("{#"))
    {
        Some((text, marks)) if !text.ends_with('\\') => (text.trim_end(), marks),
        _ => (text, ""),
    };
    let mut covers = Vec::new();
    for word in marks.split_ascii_whitespace() {
        let word = word.trim_start_matches('#');
        let item = Item::parse(word).ok_or_else(|| {
            let known: Vec<&str> = Item::ALL.iter().map(|(_, name)| *name).collect();
            wrong(
                line,
                format!("\"{word}\" is not a content item; use {}", known.join(", ")),
            )
        })?;
        covers.push(item);
    }
    Ok(Block::Heading {
        text: plain_text(text, line)?,
        covers,
    })
}

/// Text in which no link may stand.
pub(super) fn plain_text(text: &str, line: usize) -> Result<String, ContentError> {
    match parse_spans(text, line)?.as_slice() {
        [Span { text, href: None }] => Ok(text.clone()),
        _ => Err(wrong(line, "write some text without a link here")),
    }
}

/// Reads text and links of one paragraph, list point, heading or title.
pub(super) fn parse_spans(text: &str, line: usize) -> Result<Vec<Span>, ContentError> {
    let mut spans = Vec::new();
    let mut pending = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let after = &rest[next.len_utf8()..];
        match next {
            '\\' if after.starts_with(|c| ESCAPABLE.contains(c)) => {
                // Escapable characters are ASCII, one byte long.
                pending.push_str(&after[..1]);
                rest = &after[1..];
            }
            '<' if after.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) => {
                return Err(wrong(
                    line,
                    "HTML cannot stand here; write plain text, or \\< for the sign",
                ));
            }
            '!' if after.starts_with('[') => {
                return Err(wrong(
                    line,
                    "a picture cannot stand here; describe it in words",
                ));
            }
            '[' => match parse_link(after, line)? {
                Some((span, end)) => {
                    push_text(&mut spans, &mut pending);
                    spans.push(span);
                    rest = end;
                }
                None => {
                    pending.push(next);
                    rest = after;
                }
            },
            _ if next.is_control() && next != '\t' => {
                return Err(wrong(
                    line,
                    "a control character cannot stand here; remove it",
                ));
            }
            _ => {
                pending.push(if next == '\t' { ' ' } else { next });
                rest = after;
            }
        }
    }
    push_text(&mut spans, &mut pending);
    if spans
        .iter()
        .any(|span| span.text.matches("{{").count() != span.text.matches("}}").count())
    {
        let message = "{{ and }} do not pair up; write a placeholder like {{reference}}";
        return Err(wrong(line, message));
    }
    let unknown = spans
        .iter()
        .flat_map(|span| placeholders(&span.text))
        .find(|name| !PLACEHOLDERS.contains(&name.as_str()));
    match unknown {
        Some(name) => Err(wrong(
            line,
            format!(
                "{{{{{name}}}}} is not a placeholder; use one of {}",
                PLACEHOLDERS.join(", ")
            ),
        )),
        None if spans.is_empty() => Err(wrong(line, "some text is missing here")),
        None => Ok(spans),
    }
}

fn push_text(spans: &mut Vec<Span>, pending: &mut String) {
    if !pending.is_empty() {
        spans.push(Span {
            text: std::mem::take(pending),
            href: None,
        });
    }
}

/// Reads `text](target)` after an opening bracket; nothing when it is no link.
fn parse_link(after: &str, line: usize) -> Result<Option<(Span, &str)>, ContentError> {
    let mut text = String::new();
    let mut rest = after;
    loop {
        let Some(next) = rest.chars().next() else {
            return Ok(None);
        };
        let tail = &rest[next.len_utf8()..];
        match next {
            '\\' if tail.starts_with(|c| ESCAPABLE.contains(c)) => {
                text.push_str(&tail[..1]);
                rest = &tail[1..];
            }
            '[' => return Ok(None),
            ']' => {
                rest = tail;
                break;
            }
            _ => {
                text.push(next);
                rest = tail;
            }
        }
    }
    let Some(target) = rest.strip_prefix('(') else {
        return Ok(None);
    };
    let Some((href, end)) = target.split_once(')') else {
        return Err(wrong(
            line,
            "a closing parenthesis is missing after the target of a link",
        ));
    };
    if text.trim().is_empty() {
        return Err(wrong(line, "a link needs a text that says where it leads"));
    }
    if text.contains("{{") || text.contains('<') || text.chars().any(char::is_control) {
        return Err(wrong(line, "the text of a link must be plain words"));
    }
    check_target(href, line)?;
    Ok(Some((
        Span {
            text,
            href: Some(href.to_owned()),
        },
        end,
    )))
}

/// Only pages and mail addresses that can be written without quoting.
fn check_target(href: &str, line: usize) -> Result<(), ContentError> {
    let clean = !href
        .contains(|c: char| c.is_control() || c.is_whitespace() || "<>\"'`\\^{|}()[]".contains(c));
    let host_or_address = if let Some(rest) = href.strip_prefix("https://") {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !host.contains('@') && !host.starts_with('.')
    } else if let Some(address) = href.strip_prefix("mailto:") {
        address
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
            && !address.contains('?')
    } else {
        false
    };
    if clean && host_or_address {
        Ok(())
    } else {
        Err(wrong(
            line,
            format!(
                "\"{href}\" is not an https:// page or a mailto: address; link to one of those"
            ),
        ))
    }
}

/// Names in `{{…}}`, in order of appearance.
pub(super) fn placeholders(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, end)) = after.split_once("}}") else {
            break;
        };
        names.push(name.trim().to_owned());
        rest = end;
    }
    names
}

pub(super) fn write(content: &Content) -> String {
    let mut source = format!("# {}\n", escape(&content.title));
    for block in &content.blocks {
        source.push('\n');
        match block {
            Block::Heading { text, covers } => {
                source.push_str(&format!("## {}", escape(text)));
                if !covers.is_empty() {
                    let marks: Vec<String> = covers
                        .iter()
                        .map(|item| format!("#{}", item.as_str()))
                        .collect();
                    source.push_str(&format!(" {{{}}}", marks.join(" ")));
                }
                source.push('\n');
            }
            Block::Paragraph { spans } => {
                source.push_str(&write_spans(spans));
                source.push('\n');
            }
            Block::List { items } => {
                for item in items {
                    source.push_str(&format!("- {}\n", write_spans(item)));
                }
            }
        }
    }
    source
}

fn write_spans(spans: &[Span]) -> String {
    let mut line = String::new();
    for span in spans {
        match &span.href {
            Some(href) => line.push_str(&format!("[{}]({href})", escape(&span.text))),
            None => line.push_str(&escape(&span.text)),
        }
    }
    if line.starts_with(['-', '#']) {
        format!("\\{line}")
    } else {
        line
    }
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(next) = chars.next() {
        match next {
            '\\' | '[' | ']' | '<' => out.push('\\'),
            '{' if chars.peek() == Some(&'#') => out.push('\\'),
            _ => {}
        }
        out.push(if next.is_control() { ' ' } else { next });
    }
    out
}
