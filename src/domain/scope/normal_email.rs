//! E-mail addresses: lower case, the domain in its ASCII form, and what the large mail providers
//! themselves treat as one mailbox; no further.
//!
//! Sources, read as facts: Google's help "Dots don't matter in Gmail addresses" and "Create task-specific
//! email addresses with +" (Gmail and googlemail.com are one); Microsoft's "Plus addressing in Exchange
//! Online / Outlook.com"; Apple's "Use email aliases … iCloud Mail" (+ tags); Fastmail's "Plus
//! addressing"; Proton's "Addresses and aliases" (+ tags; `.`, `-` and `_` do not count; pm.me and
//! protonmail.com are proton.me of the same name). At every other domain two spellings are two people.

use std::borrow::Cow;

use super::normal::excerpt;

/// What a provider does with the part before the `@`.
struct Provider {
    domains: &'static [&'static str],
    /// Characters that do not count.
    ignored: &'static [char],
}

/// All of these ignore what follows a `+`; the first domain stands for all of one provider's that share
/// their mailboxes.
const PROVIDERS: &[Provider] = &[
    Provider {
        domains: &["gmail.com", "googlemail.com"],
        ignored: &['.'],
    },
    Provider {
        domains: &["proton.me", "protonmail.com", "pm.me"],
        ignored: &['.', '-', '_'],
    },
    Provider {
        domains: &["outlook.com"],
        ignored: &[],
    },
    Provider {
        domains: &["hotmail.com"],
        ignored: &[],
    },
    Provider {
        domains: &["live.com"],
        ignored: &[],
    },
    Provider {
        domains: &["icloud.com", "me.com", "mac.com"],
        ignored: &[],
    },
    Provider {
        domains: &["fastmail.com"],
        ignored: &[],
    },
];

/// The normal form of an address.
///
/// # Errors
/// A sentence: it is not an address.
pub fn of(text: &str) -> Result<Cow<'_, str>, String> {
    let no = || format!("\"{}\" is not an e-mail address.", excerpt(text));
    let (local, domain) = text.rsplit_once('@').ok_or_else(no)?;
    let good = text.len() <= 254
        && !local.is_empty()
        && !local.contains('@')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains("..");
    if !good {
        return Err(no());
    }
    let lower = text.is_ascii() && !text.bytes().any(|b| b.is_ascii_uppercase());
    let domain: Cow<'_, str> = if lower {
        Cow::Borrowed(domain)
    } else {
        Cow::Owned(idna::domain_to_ascii(domain).map_err(|_| no())?)
    };
    if let Some(provider) = PROVIDERS.iter().find(|p| p.domains.contains(&&*domain)) {
        let name = local.split('+').next().unwrap_or(local).to_lowercase();
        let name: String = name
            .chars()
            .filter(|c| !provider.ignored.contains(c))
            .collect();
        if name.is_empty() {
            return Err(no());
        }
        return Ok(Cow::Owned(format!("{name}@{}", provider.domains[0])));
    }
    if lower {
        return Ok(Cow::Borrowed(text));
    }
    Ok(Cow::Owned(format!("{}@{domain}", local.to_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_form_where_its_provider_says_so() {
        for (written, form) in [
            ("Jo.Hann+shop@GoogleMail.com", "johann@gmail.com"),
            ("johann@gmail.com", "johann@gmail.com"),
            ("a.b-c+x@pm.me", "abc@proton.me"),
            ("jo.hann+shop@outlook.com", "jo.hann@outlook.com"),
            ("Jo.Hann+shop@firm.example", "jo.hann+shop@firm.example"),
            ("anna@BÜCHER.example", "anna@xn--bcher-kva.example"),
            ("anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example"),
        ] {
            assert_eq!(of(written).unwrap(), form, "{written}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "anna",
            "@firm.example",
            "anna@",
            "anna@firm",
            "a b@firm.example",
            "a@b@c.example",
            "+@gmail.com",
            "a@.example",
        ] {
            assert!(of(text).is_err(), "{text}");
        }
    }
}
