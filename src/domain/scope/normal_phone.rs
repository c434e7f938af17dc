//! Phone numbers in the form of ITU-T E.164: `+`, country code, number.

use phonenumber::{Mode, country};

use super::normal::excerpt;

/// The E.164 form. A number without a country code is read as one of `country` (ISO 3166-1 alpha-2).
///
/// # Errors
/// A sentence: it has no country code and no country is known, or no such number can exist.
pub fn of(value: &str, country: Option<&str>) -> Result<String, String> {
    let region: Option<country::Id> =
        country.and_then(|code| code.to_ascii_uppercase().parse().ok());
    if region.is_none() && !value.starts_with('+') && !value.starts_with("00") {
        return Err(format!(
            "The phone number \"{}\" has no country code. Write it with + and the country code, or say \
             in which country the numbers are.",
            excerpt(value)
        ));
    }
    let international = value.strip_prefix("00").map(|rest| format!("+{rest}"));
    let value = international.as_deref().unwrap_or(value);
    phonenumber::parse(region, value)
        .ok()
        .filter(phonenumber::is_valid)
        .map(|number| number.format().mode(Mode::E164).to_string())
        .ok_or_else(|| format!("\"{}\" is not a phone number that exists.", excerpt(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_have_one_form() {
        // The controllers' own numbers, as their privacy policy prints them.
        for spelling in ["+43 (1) 3707200", "0043 1 370 72 00", "+43-1-3707200"] {
            assert_eq!(of(spelling, None).unwrap(), "+4313707200", "{spelling}");
        }
        assert_eq!(of("01 3707200", Some("AT")).unwrap(), "+4313707200");
        assert_eq!(of("01 3707200", Some("at")).unwrap(), "+4313707200");
        assert_eq!(of("(720) 577-3030", Some("US")).unwrap(), "+17205773030");
        assert!(of("01 3707200", None).unwrap_err().contains("country code"));
        assert!(
            of("+43 12", None)
                .unwrap_err()
                .contains("not a phone number")
        );
        assert!(
            of("hello", Some("AT"))
                .unwrap_err()
                .contains("not a phone number")
        );
    }
}
