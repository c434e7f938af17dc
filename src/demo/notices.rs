//! What the notices of the story say.

use crate::service::notice::{NewNotice, QUESTIONS};

fn answers(pairs: [(&str, [&str; 4]); 2]) -> NewNotice {
    let answers = pairs
        .into_iter()
        .map(|(language, texts)| {
            let texts = QUESTIONS
                .into_iter()
                .zip(texts)
                .map(|(question, text)| (question.to_owned(), text.to_owned()))
                .collect();
            (language.to_owned(), texts)
        })
        .collect();
    NewNotice {
        answers,
        hideable: true,
        ..NewNotice::default()
    }
}

/// About the mailing list of the newsletter.
pub(super) fn newsletter() -> NewNotice {
    answers([
        (
            "en",
            [
                "Somebody copied our newsletter's mailing list from the account of an agency that \
                 no longer works for us.",
                "You may get unwanted or deceptive e-mails that use your name.",
                "We closed the account on the same day, asked the agency to delete every copy, and \
                 told the data protection authority.",
                "Be careful with e-mails that ask you to sign in or to pay, also when they use your \
                 name. We never ask for your password by e-mail.",
            ],
        ),
        (
            "de",
            [
                "Jemand hat die Adressliste unseres Newsletters aus dem Konto einer Agentur \
                 kopiert, die nicht mehr für uns arbeitet.",
                "Sie könnten unerwünschte oder täuschende E-Mails bekommen, die Ihren Namen nennen.",
                "Wir haben das Konto am selben Tag geschlossen, die Agentur aufgefordert, jede \
                 Kopie zu löschen, und die Datenschutzbehörde verständigt.",
                "Seien Sie vorsichtig bei E-Mails, die Sie zur Anmeldung oder zu einer Zahlung \
                 auffordern, auch wenn sie Ihren Namen nennen. Wir fragen nie per E-Mail nach \
                 Ihrem Passwort.",
            ],
        ),
    ])
}

/// About the list of orders.
pub(super) fn orders() -> NewNotice {
    answers([
        (
            "en",
            [
                "A link to our monthly list of orders could be opened without signing in. The list \
                 was downloaded three times by somebody we do not know.",
                "Somebody may know what you ordered and where it was sent. You may get deceptive \
                 letters or e-mails that mention an order of yours.",
                "We closed the link within an hour, checked all other links, and told the data \
                 protection authority. The list held no passwords and no payment details.",
                "Do not answer messages that ask you to pay for an order again or to confirm your \
                 details. If you are unsure, look at your orders here on the site.",
            ],
        ),
        (
            "de",
            [
                "Ein Link zu unserer monatlichen Bestellliste ließ sich ohne Anmeldung öffnen. Die \
                 Liste wurde dreimal von jemandem heruntergeladen, den wir nicht kennen.",
                "Jemand könnte wissen, was Sie bestellt haben und wohin es geliefert wurde. Sie \
                 könnten täuschende Briefe oder E-Mails bekommen, die eine Bestellung von Ihnen \
                 nennen.",
                "Wir haben den Link innerhalb einer Stunde gesperrt, alle anderen Links geprüft und \
                 die Datenschutzbehörde verständigt. Die Liste enthielt keine Passwörter und keine \
                 Zahlungsdaten.",
                "Antworten Sie nicht auf Nachrichten, die Sie auffordern, eine Bestellung noch \
                 einmal zu bezahlen oder Ihre Daten zu bestätigen. Wenn Sie unsicher sind, sehen \
                 Sie hier auf der Seite bei Ihren Bestellungen nach.",
            ],
        ),
    ])
}
