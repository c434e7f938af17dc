//! Patterns of paths, such as `/orders/{order}` or `GET /export/orders?from={from}&to={to}`: what a
//! request touched, read from its path.
//!
//! A `{name}` stands for one part of a path between slashes, for a part of such a part
//! (`/orders/{order}.pdf`), or for the value of a query parameter; `{name?}` for a parameter that may be
//! missing. Parameters may come in any order and among others. Names and values are percent-decoded.

use percent_encoding::percent_decode_str;

use super::row::Fields;

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    method: Option<String>,
    segments: Vec<Piece>,
    query: Vec<(String, Piece)>,
    names: Vec<String>,
}

/// A segment of the path or the value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    before: String,
    /// The place of its name among the names, and whether it may be missing.
    name: Option<(usize, bool)>,
    after: String,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A sentence.
    pub fn compile(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (method, rest) = match text.split_once(' ') {
            Some((method, rest)) if !text.starts_with('/') => {
                (Some(method.to_ascii_uppercase()), rest.trim_start())
            }
            _ => (None, text),
        };
        if !rest.starts_with('/') {
            return Err(format!(
                "The pattern \"{text}\" does not begin with a slash, or a method and a slash."
            ));
        }
        let (path, query) = rest
            .split_once('?')
            .filter(|(path, _)| balanced(path))
            .unwrap_or((rest, ""));
        let mut names = Vec::new();
        let mut segments = Vec::new();
        for segment in path[1..].split('/') {
            let piece = Piece::compile(segment, &mut names)?;
            if piece.name.is_some_and(|(_, optional)| optional) {
                return Err(format!(
                    "In the pattern \"{text}\" a part of the path may be missing: only a parameter may."
                ));
            }
            segments.push(piece);
        }
        let mut parameters = Vec::new();
        for parameter in query.split('&').filter(|p| !p.is_empty()) {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            parameters.push((decoded(key, true), Piece::compile(value, &mut names)?));
        }
        Ok(Self {
            text: text.to_owned(),
            method,
            segments,
            query: parameters,
            names,
        })
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names in it, in their order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The values of the names in a request's path, in the order of the names; none when the pattern
    /// does not fit. The method is compared when the pattern has one.
    pub fn find(&self, method: Option<&str>, path: &str) -> Option<Vec<Option<String>>> {
        if let Some(expected) = &self.method
            && !method.is_some_and(|m| m.eq_ignore_ascii_case(expected))
        {
            return None;
        }
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = without_host(path).strip_prefix('/')?;
        let mut found = vec![None; self.names.len()];
        let mut segments = path.split('/');
        for piece in &self.segments {
            piece.find(&decoded(segments.next()?, false), &mut found)?;
        }
        if segments.next().is_some() {
            return None;
        }
        for (key, piece) in &self.query {
            let value = query.split('&').find_map(|parameter| {
                let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                (decoded(name, true) == *key).then(|| decoded(value, true))
            });
            match (value, piece.name) {
                (Some(value), _) => piece.find(&value, &mut found)?,
                (None, Some((_, true))) => {}
                (None, _) => return None,
            }
        }
        Some(found)
    }
}

/// The path of a request in absolute form, as a proxy gets it.
fn without_host(path: &str) -> &str {
    let host = path
        .strip_prefix("http://")
        .or_else(|| path.strip_prefix("https://"));
    match host {
        Some(rest) => &rest[rest.find('/').unwrap_or(rest.len())..],
        None => path,
    }
}

fn balanced(text: &str) -> bool {
    text.matches('{').count() == text.matches('}').count()
}

/// Percent-decoded; what is then no UTF-8 stays as it was.
fn decoded(text: &str, query: bool) -> String {
    let spaced = if query {
        text.replace('+', " ")
    } else {
        text.to_owned()
    };
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) => decoded.into_owned(),
        Err(_) => text.to_owned(),
    }
}

impl Piece {
    fn compile(text: &str, names: &mut Vec<String>) -> Result<Self, String> {
        let Some((before, rest)) = text.split_once('{') else {
            if text.contains('}') {
                return Err(format!(
                    "In \"{text}\" a brace is closed that was not opened."
                ));
            }
            return Ok(Self {
                before: decoded(text, false),
                name: None,
                after: String::new(),
            });
        };
        let (name, after) = rest
            .split_once('}')
            .ok_or_else(|| format!("In \"{text}\" a brace is opened and not closed."))?;
        if after.contains(['{', '}']) || before.contains('}') {
            return Err(format!(
                "\"{text}\" has more than one name in braces between two slashes."
            ));
        }
        let (name, optional) = match name.strip_suffix('?') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(format!(
                "\"{name}\" is not a name: letters, digits and _ make one."
            ));
        }
        if names.iter().any(|n| n == name) {
            return Err(format!("The name \"{name}\" stands twice in the pattern."));
        }
        names.push(name.to_owned());
        Ok(Self {
            before: decoded(before, false),
            name: Some((names.len() - 1, optional)),
            after: decoded(after, false),
        })
    }

    fn find(&self, text: &str, found: &mut [Option<String>]) -> Option<()> {
        let Some((place, _)) = self.name else {
            return (text == self.before).then_some(());
        };
        let value = text.strip_prefix(self.before.as_str())?;
        let value = value.strip_suffix(self.after.as_str())?;
        if value.is_empty() {
            return None;
        }
        *found.get_mut(place)? = Some(value.to_owned());
        Some(())
    }
}

/// Several patterns with the columns of all.
#[derive(Clone, Debug)]
pub(super) struct Patterns {
    all: Vec<(Pattern, Vec<usize>)>,
    pub(super) names: Vec<String>,
}

impl Patterns {
    pub(super) fn compile(texts: &[String]) -> Result<Self, String> {
        let mut names: Vec<String> = Vec::new();
        let mut all = Vec::new();
        for text in texts {
            let pattern = Pattern::compile(text)?;
            let places = pattern.names.iter().map(|name| {
                names.iter().position(|n| n == name).unwrap_or_else(|| {
                    names.push(name.clone());
                    names.len() - 1
                })
            });
            let places = places.collect();
            all.push((pattern, places));
        }
        Ok(Self { all, names })
    }

    /// What the first pattern that fits finds, in the order of the names, and then its text.
    pub(super) fn find(&self, method: Option<&str>, path: Option<&str>, out: &mut Fields) {
        out.clear();
        let found = path.and_then(|path| {
            self.all
                .iter()
                .find_map(|(p, places)| Some((p, places, p.find(method, path)?)))
        });
        for n in 0..self.names.len() {
            out.push(found.as_ref().and_then(|(_, places, values)| {
                let at = places.iter().position(|place| *place == n)?;
                values.get(at)?.as_deref()
            }));
        }
        out.push(found.as_ref().map(|(pattern, ..)| pattern.text()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, path: &str) -> Option<Vec<String>> {
        let found = Pattern::compile(pattern).unwrap().find(Some("GET"), path)?;
        Some(
            found
                .into_iter()
                .map(|f| f.unwrap_or("∅".to_owned()))
                .collect(),
        )
    }

    #[test]
    fn parts_of_a_path_are_found() {
        let is = |pattern, path, values: &[&str]| {
            let values = values.iter().map(|v| (*v).to_owned()).collect();
            assert_eq!(find(pattern, path), Some(values), "{pattern} {path}");
        };
        is("/orders/{order}", "/orders/A%2F7?x=1", &["A/7"]);
        is("/orders/{order}.pdf", "/orders/17.pdf", &["17"]);
        is("/{a}/x/{b}", "/1/x/2", &["1", "2"]);
        let export = "/export/orders?from={from}&to={to}";
        is(
            export,
            "/export/orders?from=2026-10-01&to=2026-10-14",
            &["2026-10-01", "2026-10-14"],
        );
        is(
            export,
            "/export/orders?to=b+c&x=1&from=%C3%A4",
            &["ä", "b c"],
        );
        is("/e?from={from}&to={to?}", "/e?from=1", &["1", "∅"]);
        is("/e?type=csv&id={id}", "/e?id=1&type=csv", &["1"]);
        is("get /orders/{o}", "https://shop.example/orders/1", &["1"]);
    }

    #[test]
    fn another_path_is_not_found() {
        for (pattern, path) in [
            ("/orders/{order}", "/orders/"),
            ("/orders/{order}", "/orders/1/items"),
            ("/orders/{order}", "/Orders/1"),
            ("/e?from={from}&to={to}", "/e?from=1"),
            ("/e?type=csv&id={id}", "/e?id=1&type=pdf"),
            ("POST /orders/{o}", "/orders/1"),
            ("/orders/{order}.pdf", "/orders/17.csv"),
        ] {
            assert_eq!(find(pattern, path), None, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_told() {
        for (pattern, words) in [
            ("orders", "slash"),
            ("/a/{b", "not closed"),
            ("/a/b}", "not opened"),
            ("/a/{b}{c}", "more than one"),
            ("/a/{b c}", "not a name"),
            ("/{a}/{a}", "twice"),
            ("/{a?}", "only a parameter"),
        ] {
            let error = Pattern::compile(pattern).unwrap_err();
            assert!(error.contains(words), "{pattern}: {error}");
        }
    }
}
