//! Reading our own pages: tags with their attributes, and forms as a browser would send them.
//!
//! It reads what our pages write (attributes in double quotes, four entities), not HTML at large.

use std::collections::BTreeMap;

/// A tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its name; with a slash before it when it closes.
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// Where it ends in the text.
    pub end: usize,
    /// Where it starts.
    pub start: usize,
}

impl Tag {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }
}

/// Text without entities.
pub fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// Every tag, in order.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(n) = html[at..].find('<') {
        let start = at + n;
        let mut end = start + 1;
        let mut quoted = false;
        while end < html.len() && (quoted || html.as_bytes()[end] != b'>') {
            quoted ^= html.as_bytes()[end] == b'"';
            end += 1;
        }
        found.push(tag(&html[start + 1..end], start, end + 1));
        at = end;
    }
    found
}

fn tag(inside: &str, start: usize, end: usize) -> Tag {
    let split = inside.find(char::is_whitespace).unwrap_or(inside.len());
    let mut attributes = BTreeMap::new();
    let mut rest = inside[split..].trim_start();
    while !rest.is_empty() {
        let n = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let name = rest[..n].to_owned();
        rest = &rest[n..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let n = after.find('"').unwrap_or(after.len());
            value = plain(&after[..n]);
            rest = &after[(n + 1).min(after.len())..];
        }
        attributes.insert(name, value);
        rest = rest.trim_start();
    }
    Tag {
        name: inside[..split].to_owned(),
        attributes,
        start,
        end,
    }
}

/// A form as it stands on a page.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// Types into a field.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(n, _)| n != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Ticks one more box of a name.
    pub fn tick(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn get(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v)
    }
}

/// Every form of a page, with what stands in it.
pub fn forms(html: &str) -> Vec<Form> {
    let all = tags(html);
    let mut found: Vec<Form> = Vec::new();
    let mut select: Option<(String, Option<String>, Option<String>)> = None;
    let mut inside = false;
    for (n, tag) in all.iter().enumerate() {
        let name = || tag.get("name").unwrap_or_default().to_owned();
        let value = || tag.get("value").unwrap_or_default().to_owned();
        let text = || {
            let until = all.get(n + 1).map_or(html.len(), |next| next.start);
            plain(&html[tag.end..until])
        };
        match tag.name.as_str() {
            "form" => {
                inside = true;
                found.push(Form {
                    action: tag.get("action").unwrap_or_default().to_owned(),
                    fields: Vec::new(),
                });
            }
            "/form" => inside = false,
            "input" if inside && tag.has("name") => {
                let box_ = matches!(tag.get("type"), Some("checkbox" | "radio"));
                let sent = tag.get("type") != Some("file") && (!box_ || tag.has("checked"));
                if let (true, Some(form)) = (sent, found.last_mut()) {
                    form.fields.push((name(), value()));
                }
            }
            "textarea" if inside => {
                let text = text();
                let text = text.strip_prefix('\n').unwrap_or(&text).to_owned();
                if let Some(form) = found.last_mut() {
                    form.fields.push((name(), text));
                }
            }
            "select" => select = Some((name(), None, None)),
            "option" => {
                if let Some((_, first, chosen)) = &mut select {
                    first.get_or_insert_with(value);
                    if tag.has("selected") {
                        *chosen = Some(value());
                    }
                }
            }
            "/select" => {
                if let (Some((name, first, chosen)), Some(form)) = (select.take(), found.last_mut())
                    && inside
                {
                    form.fields
                        .push((name, chosen.or(first).unwrap_or_default()));
                }
            }
            _ => {}
        }
    }
    found
}
