//! A record as bytes: how sorted runs keep it on disk, and what a source's content hash covers.

use std::borrow::Cow;

use super::identifier::{Key, Kind};
use super::record::Record;
use super::value::Code;

/// Appends the record. What is hashed comes first, what is sealed last; its length is given back, so
/// that the hash can leave the sealed part out: that depends on the incident's key.
pub fn put(out: &mut Vec<u8>, r: &Record<'_>) -> usize {
    let start = out.len();
    out.extend_from_slice(r.key.bytes());
    out.extend_from_slice(&r.line.to_be_bytes());
    out.push(r.kind.byte());
    for key in [r.email_key, r.phone_key, r.record_key, r.cookie_key] {
        put_bytes(out, key.as_ref().map(|k| &k.bytes()[..]));
    }
    for number in [r.since, r.until, r.at, r.birth_year] {
        put_bytes(out, number.map(i64::to_be_bytes).as_ref().map(|b| &b[..]));
    }
    for text in [
        r.country.as_ref().map(Code::as_str),
        r.region.as_ref().map(Code::as_str),
        r.lang.as_deref(),
        r.role.as_deref(),
        r.exposed.as_deref(),
        r.more.as_deref(),
    ] {
        put_bytes(out, text.map(str::as_bytes));
    }
    let hashed = out.len() - start;
    put_bytes(out, r.sealed.as_deref());
    hashed
}

/// The record in `bytes`, and how many of them the hash covers; none when they are damaged.
#[must_use]
pub fn take(bytes: &[u8]) -> Option<(Record<'_>, usize)> {
    let mut rest = bytes;
    let key = Key::new(split(&mut rest, 16)?.try_into().ok()?);
    let line = i64::from_be_bytes(split(&mut rest, 8)?.try_into().ok()?);
    let kind = Kind::numbered(i64::from(*split(&mut rest, 1)?.first()?))?;
    let mut key_of = || -> Option<Option<Key>> {
        Some(match take_bytes(&mut rest)? {
            None => None,
            Some(b) => Some(Key::new(b.try_into().ok()?)),
        })
    };
    let (email_key, phone_key, record_key, cookie_key) =
        (key_of()?, key_of()?, key_of()?, key_of()?);
    let mut number = || -> Option<Option<i64>> {
        Some(match take_bytes(&mut rest)? {
            None => None,
            Some(b) => Some(i64::from_be_bytes(b.try_into().ok()?)),
        })
    };
    let (since, until, at, birth_year) = (number()?, number()?, number()?, number()?);
    let mut text = || -> Option<Option<&str>> {
        Some(match take_bytes(&mut rest)? {
            None => None,
            Some(b) => Some(std::str::from_utf8(b).ok()?),
        })
    };
    let (country, region) = (text()?.and_then(Code::read), text()?.and_then(Code::read));
    let (lang, role, exposed, more) = (text()?, text()?, text()?, text()?);
    let hashed = bytes.len() - rest.len();
    let sealed = take_bytes(&mut rest)?.map(<[u8]>::to_vec);
    let record = Record {
        key,
        line,
        kind,
        email_key,
        phone_key,
        record_key,
        cookie_key,
        since,
        until,
        at,
        country,
        region,
        lang: lang.map(Cow::Borrowed),
        birth_year,
        role: role.map(Cow::Borrowed),
        exposed: exposed.map(Cow::Borrowed),
        more: more.map(Cow::Borrowed),
        sealed,
    };
    rest.is_empty().then_some((record, hashed))
}

/// None is one byte; what is there has its length before it, so that no two records look alike.
fn put_bytes(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        None => out.push(0xff),
        Some(bytes) => {
            match u8::try_from(bytes.len()).ok().filter(|n| *n < 0xfe) {
                Some(short) => out.push(short),
                None => {
                    out.push(0xfe);
                    out.extend_from_slice(
                        &u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes(),
                    );
                }
            }
            out.extend_from_slice(bytes);
        }
    }
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let length = match *split(rest, 1)?.first()? {
        0xff => return Some(None),
        0xfe => usize::try_from(u32::from_be_bytes(split(rest, 4)?.try_into().ok()?)).ok()?,
        short => usize::from(short),
    };
    Some(Some(split(rest, length)?))
}

fn split<'a>(rest: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(n)?;
    *rest = tail;
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_taken_and_what_is_damaged_is_not() {
        let record = Record {
            key: Key::new([3; 16]),
            line: 12,
            kind: Kind::Email,
            email_key: None,
            phone_key: Some(Key::new([4; 16])),
            record_key: None,
            cookie_key: None,
            since: Some(-5),
            until: None,
            at: Some(1_790_805_600),
            country: Code::read("us"),
            region: Code::read("CO"),
            lang: Some("pt-BR".into()),
            birth_year: Some(1980),
            role: None,
            exposed: Some("email name".into()),
            more: Some("x".repeat(1000).into()),
            sealed: Some(vec![9; 300]),
        };
        let mut bytes = Vec::new();
        let hashed = put(&mut bytes, &record);
        assert_eq!(take(&bytes), Some((record, hashed)));
        assert!(hashed < bytes.len() - 300);
        for cut in 0..bytes.len() {
            assert_eq!(take(&bytes[..cut]), None, "{cut}");
        }
    }
}
