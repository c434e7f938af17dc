//! A web server's access log, in the Common Log Format of the NCSA server and the combined one:
//! `host ident user [time] "method path protocol" status bytes ["referer" "agent"]`.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::lines::{Advance, Lines};
use super::row::Fields;
use super::text::{Charset, Input};
use super::unpack::Progress;
use super::{Broken, Next, Rows};

/// The columns; a common log has the first nine.
const COLUMNS: [&str; 12] = [
    "host", "ident", "user", "time", "method", "path", "protocol", "status", "bytes", "referer",
    "agent", "rest",
];

const COMMON: usize = 9;

/// The longest line, in bytes.
const LINE_BYTES_MAX: usize = 65_536;

/// Rows of an access log.
pub(super) struct AccessLog {
    lines: Lines,
    charset: Charset,
    progress: Progress,
    columns: Vec<String>,
    fields: Fields,
    scratch: String,
}

impl AccessLog {
    pub(super) fn open(input: Input, charset: Charset, combined: bool) -> Self {
        let count = if combined { COLUMNS.len() } else { COMMON };
        let columns = COLUMNS.iter().take(count);
        Self {
            progress: input.progress(),
            lines: Lines::new(input, LINE_BYTES_MAX),
            charset,
            columns: columns.map(|c| (*c).to_owned()).collect(),
            fields: Fields::default(),
            scratch: String::new(),
        }
    }

    fn read(&mut self) -> Result<(), String> {
        let line = self.charset.text(self.lines.bytes())?;
        let combined = self.columns.len() > COMMON;
        parse(&line, combined, &mut self.fields, &mut self.scratch)
    }
}

impl Rows for AccessLog {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> Result<Next<'_>, Broken> {
        let read = match self.lines.advance_to_text()? {
            Advance::End => return Ok(Next::End),
            Advance::TooLong => Err(self.lines.too_long()),
            Advance::Line => self.read(),
        };
        let line = self.lines.number();
        Ok(match read {
            Ok(()) => Next::Row(self.fields.row(line)),
            Err(reason) => Next::Bad {
                line,
                field: None,
                reason,
                raw: self.lines.bytes(),
            },
        })
    }

    fn bytes_read(&self) -> u64 {
        self.progress.bytes()
    }
}

/// Whether `line` is one of a log, and if so of a combined one.
pub(super) fn looks_like(line: &str) -> Option<bool> {
    let (mut fields, mut scratch) = (Fields::default(), String::new());
    let mut is = |combined| parse(line, combined, &mut fields, &mut scratch).is_ok();
    if is(true) {
        return Some(true);
    }
    is(false).then_some(false)
}

fn parse(line: &str, combined: bool, out: &mut Fields, scratch: &mut String) -> Result<(), String> {
    out.clear();
    let mut rest = line;
    for name in ["host", "ident", "user"] {
        let (word, after) = rest.split_once(' ').ok_or_else(|| ends(name))?;
        if word.is_empty() || word.starts_with('[') {
            return Err(format!(
                "The line is not of an access log: it has no {name}."
            ));
        }
        out.push(unless_dash(word));
        rest = after;
    }
    let (time, after) = rest
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
        .ok_or_else(|| ends("time in brackets"))?;
    scratch.clear();
    rfc3339(time, scratch).ok_or_else(|| {
        format!("\"{time}\" is not the time of an access log, such as 10/Oct/2026:13:55:36 +0200.")
    })?;
    out.push(Some(scratch));
    rest = quoted(after, "request", scratch)?;
    request(scratch, out)?;
    rest = rest.strip_prefix(' ').ok_or_else(|| ends("status"))?;
    let (status, after) = rest.split_once(' ').ok_or_else(|| ends("status"))?;
    out.push(number(status, "status")?);
    let (bytes, after) = after.split_once(' ').unwrap_or((after, ""));
    out.push(number(bytes, "bytes")?);
    rest = after;
    if !combined {
        if rest.trim().is_empty() {
            return Ok(());
        }
        return Err("The line goes on after its bytes: the log is a combined one.".to_owned());
    }
    for name in ["referer", "agent"] {
        rest = quoted(rest, name, scratch)?.trim_start();
        out.push(unless_dash(scratch));
    }
    let rest = rest.trim_end();
    out.push((!rest.is_empty()).then_some(rest));
    Ok(())
}

fn ends(what: &str) -> String {
    format!("The line is not of an access log: its {what} is missing.")
}

/// A log writes `-` for what it does not know.
fn unless_dash(text: &str) -> Option<&str> {
    (text != "-").then_some(text)
}

fn number<'a>(text: &'a str, name: &str) -> Result<Option<&'a str>, String> {
    if text == "-" {
        return Ok(None);
    }
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("\"{text}\" is not the {name} of a request."));
    }
    Ok(Some(text))
}

/// Reads what stands in quotes at the start of `text` into `out`; gives what follows. Servers write a
/// quote within as `\"` and a byte that is no text as `\xHH`.
fn quoted<'a>(text: &'a str, name: &str, out: &mut String) -> Result<&'a str, String> {
    out.clear();
    let body = text.strip_prefix('"').ok_or_else(|| ends(name))?;
    let mut bytes = Vec::new();
    let mut at = 0;
    loop {
        let rest = &body[at..];
        let n = rest.find(['"', '\\']).ok_or_else(|| ends(name))?;
        bytes.extend_from_slice(&rest.as_bytes()[..n]);
        at += n + 1;
        if rest.as_bytes().get(n) == Some(&b'"') {
            break;
        }
        let rest = &body[at..];
        let (byte, length) = match rest.as_bytes() {
            [b'x', ..] => match rest.get(1..3).map(|hex| u8::from_str_radix(hex, 16)) {
                Some(Ok(byte)) => (byte, 3),
                _ => (b'\\', 0),
            },
            [b'n', ..] => (b'\n', 1),
            [b't', ..] => (b'\t', 1),
            [c @ (b'"' | b'\\'), ..] => (*c, 1),
            _ => (b'\\', 0),
        };
        bytes.push(byte);
        at += length;
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) if !text.contains('\0') => out.push_str(text),
        // Not text: as the log has it.
        _ => out.push_str(&body[..at - 1]),
    }
    Ok(&body[at..])
}

/// The method, path and protocol of a request; all missing when the server got none.
fn request(request: &str, out: &mut Fields) -> Result<(), String> {
    if request == "-" || request.is_empty() {
        (0..3).for_each(|_| out.push(None));
        return Ok(());
    }
    let wrong = || {
        let start: String = request.chars().take(60).collect();
        format!(
            "\"{}\" is not a request of method and path.",
            start.escape_default()
        )
    };
    let (method, rest) = request.split_once(' ').ok_or_else(wrong)?;
    if method.is_empty()
        || !method
            .bytes()
            .all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'_')
    {
        return Err(wrong());
    }
    let (path, protocol) = match rest.rsplit_once(' ') {
        Some((path, protocol)) if protocol.starts_with("HTTP/") => (path, Some(protocol)),
        _ => (rest, None),
    };
    if path.is_empty() {
        return Err(wrong());
    }
    out.push(Some(method));
    out.push(Some(path));
    out.push(protocol);
    Ok(())
}

/// `10/Oct/2000:13:55:36 -0700` as RFC 3339.
fn rfc3339(time: &str, out: &mut String) -> Option<()> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let bytes = time.as_bytes();
    let marks = [
        (2, b'/'),
        (6, b'/'),
        (11, b':'),
        (14, b':'),
        (17, b':'),
        (20, b' '),
    ];
    if bytes.len() != 26 || !time.is_ascii() || marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let digits = |from: usize, to: usize| -> Option<u32> {
        let part = time.get(from..to)?;
        part.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
        part.parse().ok()
    };
    let (day, year) = (digits(0, 2)?, digits(7, 11)?);
    let month = 1 + MONTHS.iter().position(|m| *m == &time[3..6])?;
    let (hour, minute, second) = (digits(12, 14)?, digits(15, 17)?, digits(18, 20)?);
    let (zone_hour, zone_minute) = (digits(22, 24)?, digits(24, 26)?);
    let month = u32::try_from(month).ok()?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?
        .and_hms_opt(hour, minute, second)?;
    let sign = char::from(bytes[21]);
    if !matches!(sign, '+' | '-') || zone_hour > 23 || zone_minute > 59 {
        return None;
    }
    write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{zone_hour:02}:{zone_minute:02}"
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str, combined: bool) -> Result<Vec<Option<String>>, String> {
        let mut out = Fields::default();
        parse(line, combined, &mut out, &mut String::new())?;
        Ok(out.row(1).iter().map(|f| f.map(str::to_owned)).collect())
    }

    #[test]
    fn the_example_of_apache_is_read() {
        // https://httpd.apache.org/docs/2.4/logs.html
        let line = r#"127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)""#;
        let read = fields(line, true).unwrap();
        let read: Vec<_> = read.iter().map(|f| f.as_deref().unwrap_or("∅")).collect();
        assert_eq!(
            read,
            [
                "127.0.0.1",
                "∅",
                "frank",
                "2000-10-10T13:55:36-07:00",
                "GET",
                "/apache_pb.gif",
                "HTTP/1.0",
                "200",
                "2326",
                "http://www.example.com/start.html",
                "Mozilla/4.08 [en] (Win98; I ;Nav)",
                "∅"
            ]
        );
        let common = line.split(" \"http").next().unwrap();
        assert_eq!(fields(common, false).unwrap().len(), 9);
        assert_eq!(looks_like(line), Some(true));
        assert_eq!(looks_like(common), Some(false));
        assert!(fields(line, false).unwrap_err().contains("combined"));
        assert!(fields(common, true).unwrap_err().contains("referer"));
    }

    #[test]
    fn escapes_and_odd_requests_are_read() {
        let line = r#"::1 - - [29/Feb/2024:00:00:00 +0530] "GET /a b?q=\"x\"\\ HTTP/1.1" 404 - "-" "caf\xc3\xa9 \xff" 0.005 "10.0.0.1""#;
        let read = fields(line, true).unwrap();
        assert_eq!(read[3].as_deref(), Some("2024-02-29T00:00:00+05:30"));
        assert_eq!(read[5].as_deref(), Some(r#"/a b?q="x"\"#));
        assert_eq!(read[8], None);
        assert_eq!(read[10].as_deref(), Some(r"caf\xc3\xa9 \xff"));
        assert_eq!(read[11].as_deref(), Some(r#"0.005 "10.0.0.1""#));
        let none = r#"::1 - - [29/Feb/2024:00:00:00 +0530] "-" 408 0"#;
        assert_eq!(fields(none, false).unwrap()[4..7], [None, None, None]);
    }

    #[test]
    fn what_is_no_request_is_told() {
        let line = |time: &str, request: &str| {
            fields(&format!("h - - [{time}] \"{request}\" 200 1"), false).unwrap_err()
        };
        let time = "10/Oct/2000:13:55:36 -0700";
        assert!(line(time, r"\x16\x03\x01").contains("not a request"));
        assert!(line("30/Feb/2000:13:55:36 -0700", "GET / HTTP/1.0").contains("not the time"));
        assert!(line("10/Okt/2000:13:55:36 -0700", "GET / HTTP/1.0").contains("not the time"));
        assert!(fields("a,b,c", false).is_err());
        assert!(fields("", false).is_err());
    }
}
