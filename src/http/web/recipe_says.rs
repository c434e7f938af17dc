//! What a recipe says, in sentences.

use maud::{Markup, html};

use crate::domain::scope::recipe::{Limits, Mistake, Recipe};

/// Each step as a sentence, and what joins people.
pub(crate) fn says(recipe: &Recipe) -> Markup {
    let unused = recipe.unused();
    let result = recipe.result().map(|step| &step.name.text);
    html! {
        ol.says {
            @for step in &recipe.steps {
                li {
                    strong { (step.name.text) } ": " (step.sentence(recipe))
                    @if result == Some(&step.name.text) {
                        " " em { "This is the result." }
                    } @else if unused.contains(&step.name.text.as_str()) {
                        " " em { "The result does not use this step." }
                    }
                }
            }
        }
        p { (joins(recipe)) }
    }
}

/// What joins people, in one sentence or two.
pub(crate) fn joins(recipe: &Recipe) -> String {
    if recipe.links.is_empty() {
        return "No records are joined: each identifier counts as a person of its own.".to_owned();
    }
    let Limits { link, person } = recipe.limits;
    let links: Vec<String> = recipe
        .links
        .iter()
        .map(|l| {
            let kinds: Vec<&str> = l.kinds.iter().map(|k| k.words()).collect();
            format!("records of {} by {}", l.source.text, kinds.join(" and "))
        })
        .collect();
    format!(
        "People are joined by {}. An identifier that stands with more than {link} others joins nobody, and \
         a person has at most {person} identifiers.",
        links.join("; ")
    )
}

/// Each mistake under the line that it is in.
pub(crate) fn places(text: &str, mistakes: &[Mistake]) -> Markup {
    let line = |n: usize| text.lines().nth(n.saturating_sub(1)).unwrap_or_default();
    html! {
        div.mistakes {
            @for m in mistakes {
                pre tabindex="0" role="region" aria-label={ "Line " (m.line) } {
                    (format!("{:>3}  {}\n", m.line, line(m.line)))
                    (format!("{}^", " ".repeat(m.column.min(200) + 4)))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scope::recipe::parse;

    #[test]
    fn the_caret_stands_under_the_character() {
        let text = "a = b\nc = d wher e\n";
        let mistakes = parse(text).unwrap_err();
        let html = places(text, &mistakes).into_string();
        let m = mistakes.first().unwrap();
        assert_eq!((m.line, m.column), (2, 7));
        assert!(html.contains("  2  c = d wher e\n           ^"), "{html}");
    }

    #[test]
    fn what_joins_people_is_said() {
        let none = parse("affected = a").unwrap();
        assert!(joins(&none).starts_with("No records are joined"));
        let some = parse("link a by email, phone\nlimit link 9\naffected = a").unwrap();
        assert_eq!(
            joins(&some),
            "People are joined by records of a by e-mail address and phone number. An identifier that stands \
             with more than 9 others joins nobody, and a person has at most 25 identifiers."
        );
    }
}
