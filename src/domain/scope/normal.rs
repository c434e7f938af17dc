//! The normal form of an identifier: what two spellings of the same one have in common, and no more.

use std::borrow::Cow;

use super::identifier::Kind;

/// The longest identifier, in characters.
pub const CHARS_MAX: usize = 254;

/// The longest account id, in characters: what a site's token can name.
pub const ACCOUNT_CHARS_MAX: usize = 128;

/// The normal form of a value of a kind.
///
/// # Errors
/// A sentence: it is empty, too long, has a space at an end or a control character, or is not of
/// that kind.
pub fn of<'a>(kind: Kind, value: &'a str, country: Option<&str>) -> Result<Cow<'a, str>, String> {
    let what = kind.words();
    if value.trim().is_empty() {
        return Err(format!("The {what} is empty."));
    }
    let most = match kind {
        Kind::Account => ACCOUNT_CHARS_MAX,
        _ => CHARS_MAX,
    };
    if value.len() > most && value.chars().count() > most {
        return Err(format!("The {what} has more than {most} characters."));
    }
    if value.chars().any(char::is_control) {
        return Err(format!("The {what} has a control character in it."));
    }
    match kind {
        Kind::Email => super::normal_email::of(value.trim()),
        Kind::Phone => super::normal_phone::of(value.trim(), country).map(Cow::Owned),
        _ if value.trim() != value => Err(format!(
            "The {what} \"{}\" has a space at its start or end. Remove it, if it does not belong to it.",
            excerpt(value)
        )),
        _ => Ok(Cow::Borrowed(value)),
    }
}

/// The start of a text, for a sentence about it.
pub fn excerpt(text: &str) -> String {
    let start: String = text
        .chars()
        .take(40)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    if start.chars().count() < text.chars().count() {
        format!("{start}…")
    } else {
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_no_longer_than_a_token_can_say() {
        let longest = "ü".repeat(128);
        assert_eq!(of(Kind::Account, &longest, None).unwrap(), longest);
        let longer = format!("{longest}ü");
        assert_eq!(
            of(Kind::Account, &longer, None).unwrap_err(),
            "The account id has more than 128 characters."
        );
        assert_eq!(of(Kind::Order, &longer, None).unwrap(), longer);
    }
}
