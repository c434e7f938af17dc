//! The shop's words, in its two languages.

/// Every word of the shop's pages.
#[derive(Debug)]
pub struct Text {
    pub lang: &'static str,
    pub other_lang: &'static str,
    pub other_name: &'static str,
    pub skip: &'static str,
    pub tagline: &'static str,
    pub shop: &'static str,
    pub account: &'static str,
    pub headline: &'static str,
    pub lead: &'static str,
    pub products: [(&'static str, &'static str, &'static str); 6],
    pub demo: &'static str,
    pub demo_hint: &'static str,
    pub sign_in_as: &'static str,
    pub signed_in_as: &'static str,
    pub sign_out: &'static str,
    pub hello: &'static str,
    pub orders: &'static str,
    pub order_head: [&'static str; 3],
    pub order_rows: [[&'static str; 3]; 3],
    pub please_sign_in: &'static str,
    pub address: &'static str,
    pub address_lines: [&'static str; 3],
    pub foot: &'static str,
}

const EN: Text = Text {
    lang: "en",
    other_lang: "de",
    other_name: "Deutsch",
    skip: "Skip to content",
    tagline: "Kitchen goods that last",
    shop: "Shop",
    account: "My account",
    headline: "Made once, used for years",
    lead: "Pots, boards and knives from small workshops in Austria and Colorado. Everything can be \
           repaired, and we do it for you.",
    products: [
        ("Stoneware mug", "Glazed by hand, 350 ml", "€ 24"),
        ("Iron pan", "Hand forged, 28 cm", "€ 119"),
        ("Chef’s knife", "Carbon steel, 20 cm", "€ 142"),
        ("Mixing bowl", "Enamel, 3 litres", "€ 38"),
        ("Teapot", "Cast iron, 0.8 litres", "€ 67"),
        ("Cutting board", "Walnut, end grain", "€ 89"),
    ],
    demo: "This shop is a demonstration",
    demo_hint: "Its customers are invented. Sign in as one of them: who is affected by the demo \
                incident sees the notice at the top of the page, everybody else sees the shop as \
                always.",
    sign_in_as: "Sign in as",
    signed_in_as: "Signed in as",
    sign_out: "Sign out",
    hello: "Hello,",
    orders: "Your orders",
    order_head: ["Order", "Date", "Total"],
    order_rows: [
        ["Iron pan, teapot", "9 November 2026", "€ 186"],
        ["Cutting board", "21 August 2026", "€ 89"],
        ["Two stoneware mugs", "3 March 2026", "€ 48"],
    ],
    please_sign_in: "Sign in to see your orders.",
    address: "Delivery address",
    address_lines: ["Lindengasse 14/6", "1070 Vienna", "Austria"],
    foot: "Brenner & Holt is an invented shop. It shows how a host site embeds Due Notice.",
};

const DE: Text = Text {
    lang: "de",
    other_lang: "en",
    other_name: "English",
    skip: "Zum Inhalt springen",
    tagline: "Küchenwaren, die bleiben",
    shop: "Laden",
    account: "Mein Konto",
    headline: "Einmal gemacht, jahrelang gebraucht",
    lead: "Töpfe, Bretter und Messer aus kleinen Werkstätten in Österreich und Colorado. Alles lässt \
           sich reparieren, und das machen wir für Sie.",
    products: [
        ("Steinzeugbecher", "Von Hand glasiert, 350 ml", "24 €"),
        ("Eisenpfanne", "Handgeschmiedet, 28 cm", "119 €"),
        ("Kochmesser", "Kohlenstoffstahl, 20 cm", "142 €"),
        ("Rührschüssel", "Emaille, 3 Liter", "38 €"),
        ("Teekanne", "Gusseisen, 0,8 Liter", "67 €"),
        ("Schneidbrett", "Nussholz, Stirnholz", "89 €"),
    ],
    demo: "Dieser Laden ist eine Vorführung",
    demo_hint: "Seine Kundinnen und Kunden sind erfunden. Melden Sie sich als jemand von ihnen an: \
                Wer vom Vorfall der Vorführung betroffen ist, sieht die Mitteilung oben auf der \
                Seite, alle anderen sehen den Laden wie immer.",
    sign_in_as: "Anmelden als",
    signed_in_as: "Angemeldet als",
    sign_out: "Abmelden",
    hello: "Guten Tag,",
    orders: "Ihre Bestellungen",
    order_head: ["Bestellung", "Datum", "Summe"],
    order_rows: [
        ["Eisenpfanne, Teekanne", "9. November 2026", "186 €"],
        ["Schneidbrett", "21. August 2026", "89 €"],
        ["Zwei Steinzeugbecher", "3. März 2026", "48 €"],
    ],
    please_sign_in: "Melden Sie sich an, um Ihre Bestellungen zu sehen.",
    address: "Lieferadresse",
    address_lines: ["Lindengasse 14/6", "1070 Wien", "Österreich"],
    foot: "Brenner & Holt ist ein erfundener Laden. Er zeigt, wie eine Site Due Notice einbindet.",
};

/// The words in one of the shop's languages.
pub fn text(lang: &str) -> Option<&'static Text> {
    match lang {
        "en" => Some(&EN),
        "de" => Some(&DE),
        _ => None,
    }
}
