//! The few words around a notice, in the languages they exist in; English otherwise.

use serde::Serialize;

/// What stands on the buttons and beside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Labels {
    /// Above the title: says in words what a colour would only hint at.
    pub kicker: &'static str,
    /// The button that acknowledges.
    pub acknowledge: &'static str,
    /// What stands there afterwards.
    pub acknowledged: &'static str,
    /// The button that folds the text away for this page view.
    pub hide: &'static str,
    /// The same button when the text is folded away.
    pub show: &'static str,
    /// While an acknowledgement is on its way.
    pub sending: &'static str,
    /// When it did not arrive.
    pub failed: &'static str,
}

const EN: Labels = Labels {
    kicker: "Important notice",
    acknowledge: "I have read this notice",
    acknowledged: "Thank you. We have recorded that you read this notice.",
    hide: "Hide for now",
    show: "Show the notice",
    sending: "Sending …",
    failed: "That did not reach us. Check your connection and press the button again.",
};

const DE: Labels = Labels {
    kicker: "Wichtige Mitteilung",
    acknowledge: "Ich habe diese Mitteilung gelesen",
    acknowledged: "Danke. Wir haben festgehalten, dass Sie diese Mitteilung gelesen haben.",
    hide: "Vorerst ausblenden",
    show: "Mitteilung anzeigen",
    sending: "Wird gesendet …",
    failed: "Das hat uns nicht erreicht. Prüfen Sie Ihre Verbindung und drücken Sie die \
             Schaltfläche noch einmal.",
};

/// The words in the language of a notice.
pub fn labels(lang: &str) -> &'static Labels {
    match bare(lang) {
        "de" => &DE,
        _ => &EN,
    }
}

/// The direction of writing, as HTML's `dir` says it.
pub fn direction(lang: &str) -> &'static str {
    match bare(lang) {
        "ar" | "fa" | "he" | "ur" => "rtl",
        _ => "ltr",
    }
}

fn bare(lang: &str) -> &str {
    lang.split('-').next().unwrap_or(lang)
}
