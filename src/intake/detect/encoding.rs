//! Which encoding a text is written in, and why we think so.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::sample::Head;

/// The encoding of most lines.
pub(super) fn guess(head: &Head, notes: &mut Vec<String>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(&head.bytes) {
        if encoding != UTF_8 {
            let name = encoding.name();
            notes.push(format!("Read as {name}: the file begins with its mark."));
        }
        return encoding;
    }
    if let Some(encoding) = wide(&head.bytes) {
        let name = encoding.name();
        notes.push(format!("Read as {name}: every other byte is zero."));
        return encoding;
    }
    let mut lines = Lines::default();
    lines.count(&head.bytes, true, head.whole);
    for part in &head.parts {
        lines.count(part, false, false);
    }
    let (valid, others) = (lines.valid, lines.others.len());
    if others == 0 {
        return UTF_8;
    }
    if others <= valid {
        notes.push(format!(
            "Read as UTF-8, as {valid} of the lines looked at are; {others} are in another encoding and will \
             be refused."
        ));
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for line in &lines.others {
        detector.feed(line, false);
        detector.feed(b"\n", false);
    }
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let name = encoding.name();
    notes.push(format!(
        "Read as {name}, because it is not UTF-8. Look at the letters with accents: if they are wrong, choose \
         another encoding."
    ));
    if valid > 0 {
        notes.push(format!(
            "{valid} of the lines looked at are UTF-8 nevertheless and will be refused."
        ));
    }
    encoding
}

/// UTF-16 without a mark: in a list most characters are ASCII, and their other byte is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.get(..bytes.len().min(4_096) & !1)?;
    let zeros = |at: usize| {
        start
            .iter()
            .skip(at)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let enough = start.len() / 2 * 7 / 10;
    if enough > 0 && odd >= enough && even == 0 {
        return Some(UTF_16LE);
    }
    (enough > 0 && even >= enough && odd == 0).then_some(UTF_16BE)
}

/// The lines that are not ASCII.
#[derive(Default)]
struct Lines<'a> {
    /// How many are UTF-8.
    valid: usize,
    /// Those that are not.
    others: Vec<&'a [u8]>,
}

impl<'a> Lines<'a> {
    /// Counts the lines of `text`, without the first and the last where they may be cut off.
    fn count(&mut self, text: &'a [u8], begins: bool, ends: bool) {
        let mut lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
        if !ends {
            lines.pop();
        }
        for line in lines.into_iter().skip(usize::from(!begins)) {
            if line.is_ascii() {
                continue;
            }
            if std::str::from_utf8(line).is_ok() {
                self.valid += 1;
            } else {
                self.others.push(line);
            }
        }
    }
}
