//! One JSON text, RFC 8259, read without loss: a number keeps its digits as they were written.

use std::fmt::Write as _;

/// How deep values may lie in one another.
const DEPTH_MAX: usize = 64;

/// A value that is no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// `null`.
    Null,
    /// A string; or a number, `true`, `false` or an array as it stands in the text.
    Text(&'a str),
}

/// Reads the object in `text` and calls `each` with the path of every value that is no object, its keys
/// joined by dots. With `flat` false an object within the object is a value too, as its JSON text.
///
/// # Errors
/// A sentence: `text` is no JSON, no object, or `each` says so.
pub(super) fn object(
    text: &str,
    flat: bool,
    scratch: &mut Scratch,
    each: &mut dyn FnMut(&str, Value<'_>) -> Result<(), String>,
) -> Result<(), String> {
    scratch.path.clear();
    let mut scan = Scan {
        text,
        at: 0,
        flat,
        path: &mut scratch.path,
        string: &mut scratch.string,
    };
    scan.space();
    if scan.peek() != Some(b'{') {
        scan.skip(0)?;
        return Err(
            "The line is JSON, but not an object ({…}) with the fields of a row.".to_owned(),
        );
    }
    scan.object(0, Some(each))?;
    scan.space();
    match scan.peek() {
        None => Ok(()),
        Some(_) => Err(scan.wrong("nothing more on the line")),
    }
}

/// Buffers that are used again for the next text.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    path: String,
    string: String,
}

struct Scan<'a, 's> {
    text: &'a str,
    at: usize,
    flat: bool,
    path: &'s mut String,
    string: &'s mut String,
}

type Each<'e> = &'e mut dyn FnMut(&str, Value<'_>) -> Result<(), String>;

impl<'a> Scan<'a, '_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn wrong(&self, expected: &str) -> String {
        let place = self.at + 1;
        match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        {
            Some(c) => {
                let c = c.escape_default();
                format!(
                    "The line is not JSON: at place {place} stands \"{c}\" instead of {expected}."
                )
            }
            None => format!("The line is not JSON: it ends where {expected} should follow."),
        }
    }

    fn expect(&mut self, byte: u8, expected: &str) -> Result<(), String> {
        if self.peek() != Some(byte) {
            return Err(self.wrong(expected));
        }
        self.at += 1;
        Ok(())
    }

    /// Reads an object; without `each` it is only looked through.
    fn object(&mut self, depth: usize, mut each: Option<Each<'_>>) -> Result<(), String> {
        self.deeper(depth)?;
        self.at += 1;
        let base = self.path.len();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            self.key(each.is_some())?;
            self.space();
            self.expect(b':', "a colon")?;
            self.space();
            match &mut each {
                Some(each) => self.value(depth, *each)?,
                None => self.skip(depth + 1)?,
            }
            self.path.truncate(base);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.wrong("a comma or }")),
            }
        }
    }

    fn deeper(&self, depth: usize) -> Result<(), String> {
        if depth < DEPTH_MAX {
            return Ok(());
        }
        Err(format!(
            "The line has values more than {DEPTH_MAX} deep in one another."
        ))
    }

    fn key(&mut self, kept: bool) -> Result<(), String> {
        if self.peek() != Some(b'"') {
            return Err(self.wrong("the name of a field in quotes"));
        }
        if kept && !self.path.is_empty() {
            self.path.push('.');
        }
        let plain = self.string()?;
        if kept {
            match plain {
                Some(plain) => self.path.push_str(plain),
                None => self.path.push_str(self.string),
            }
        }
        Ok(())
    }

    fn value(&mut self, depth: usize, each: Each<'_>) -> Result<(), String> {
        let start = self.at;
        match self.peek() {
            Some(b'{') if self.flat => self.object(depth + 1, Some(each)),
            Some(b'"') => {
                let plain = self.string()?;
                let string = plain.unwrap_or(self.string);
                if string.contains('\0') {
                    return Err(format!(
                        "The field {} has a NUL character in it, which no text has.",
                        self.path
                    ));
                }
                each(self.path, Value::Text(string))
            }
            Some(b'n') => {
                self.skip(depth + 1)?;
                each(self.path, Value::Null)
            }
            _ => {
                self.skip(depth + 1)?;
                each(self.path, Value::Text(&self.text[start..self.at]))
            }
        }
    }

    /// Looks through a value.
    fn skip(&mut self, depth: usize) -> Result<(), String> {
        match self.peek() {
            Some(b'{') => self.object(depth, None),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(|_| ()),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for word in ["true", "false", "null"] {
                    if self.text[self.at..].starts_with(word) {
                        self.at += word.len();
                        return Ok(());
                    }
                }
                Err(self.wrong("a value"))
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), String> {
        self.deeper(depth)?;
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            self.skip(depth + 1)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.wrong("a comma or ]")),
            }
        }
    }

    fn number(&mut self) -> Result<(), String> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), String> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.wrong("a digit"));
        }
        Ok(())
    }

    /// Reads a string: the part of the text between its quotes, or nothing when it has escapes, and
    /// then it stands in `self.string`.
    fn string(&mut self) -> Result<Option<&'a str>, String> {
        self.at += 1;
        let mut start = self.at;
        let mut plain = true;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let part = &self.text[start..self.at];
                    self.at += 1;
                    if plain {
                        return Ok(Some(part));
                    }
                    self.string.push_str(part);
                    return Ok(None);
                }
                Some(b'\\') => {
                    if plain {
                        self.string.clear();
                        plain = false;
                    }
                    self.string.push_str(&self.text[start..self.at]);
                    self.at += 1;
                    let c = self.escape()?;
                    self.string.push(c);
                    start = self.at;
                }
                Some(0..0x20) | None => return Err(self.wrong("the rest of a text in quotes")),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.wrong("what may follow a backslash")),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self) -> Result<char, String> {
        let first = self.hex()?;
        let code = match first {
            0xd800..0xdc00 => {
                if !self.text[self.at..].starts_with("\\u") {
                    return Err(self.wrong("the second half of a surrogate pair"));
                }
                self.at += 1;
                let second = self.hex()?;
                if !(0xdc00..0xe000).contains(&second) {
                    return Err(self.wrong("the second half of a surrogate pair"));
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.wrong("a character"))
    }

    /// Reads `u` and four digits.
    fn hex(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.at + 1..self.at + 5).unwrap_or_default();
        if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(self.wrong("u and four digits"));
        }
        self.at += 5;
        u32::from_str_radix(digits, 16).map_err(|_| self.wrong("u and four digits"))
    }
}

/// `text` as a JSON string with its quotes, at the end of `out`.
pub(in super::super) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
        let mut all = Vec::new();
        object(text, true, &mut Scratch::default(), &mut |path, value| {
            let value = match value {
                Value::Null => None,
                Value::Text(text) => Some(text.to_owned()),
            };
            all.push((path.to_owned(), value));
            Ok(())
        })?;
        Ok(all)
    }

    #[test]
    fn values_keep_what_was_written() {
        let text = r#" {"a":12345678901234567890123,"b":{"c":1.50,"d":{}, "e":"x\n\u00e4\ud83d\ude00"},"f":[1, {"g":null}],"h":null,"\u0069":true} "#;
        let some = |p: &str, v: &str| (p.to_owned(), Some(v.to_owned()));
        let expected = [
            some("a", "12345678901234567890123"),
            some("b.c", "1.50"),
            some("b.e", "x\nä😀"),
            some("f", "[1, {\"g\":null}]"),
            ("h".to_owned(), None),
            some("i", "true"),
        ];
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, words) in [
            ("{\"a\":1,}", "at place 8 stands \"}\""),
            ("{\"a\":01}", "at place 7"),
            ("{\"a\":\"x", "it ends"),
            ("[1]", "not an object"),
            ("7", "not an object"),
            ("{\"a\":1} x", "nothing more"),
            ("{\"a\":\"\\ud800\"}", "surrogate"),
            ("{\"a\":\"\\u0000\"}", "NUL"),
            ("{\"a\":nul}", "a value"),
            ("", "it ends"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(70), "]".repeat(70));
        assert!(read(&deep).unwrap_err().contains("deep"));
    }

    /// Texts that are JSON, or nearly.
    fn nearly_json() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"a\"",
            "\"b\\n\"",
            "\"\\u00e4\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "1",
            "-0",
            "0.5e+3",
            "01",
            "1.",
            "-",
            "true",
            "null",
            " ",
            "\t",
            "\"",
            "\\",
            "\u{1}",
            "ä",
            "{\"a\":1}",
            "{\"k\":[1,{}]}",
            "\"x\":",
        ]);
        prop::collection::vec(piece, 0..12).prop_map(|p| p.concat())
    }

    proptest! {
        #[test]
        fn it_takes_what_serde_takes(text in nearly_json(), framed in any::<bool>()) {
            let text = if framed { format!("{{\"a\":{text}}}") } else { text };
            let theirs = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text);
            prop_assert_eq!(read(&text).is_ok(), theirs.is_ok(), "{}", text);
        }

        #[test]
        fn a_string_comes_back(text in "\\PC*|[\\x01-\\x1f\"\\\\a-c]*") {
            let mut json = "{\"a\":".to_owned();
            write_string(&mut json, &text);
            json.push('}');
            prop_assert_eq!(read(&json).unwrap(), [("a".to_owned(), Some(text))]);
        }
    }
}
