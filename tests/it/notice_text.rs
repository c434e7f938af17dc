//! The text of a notice: what may stand in it, how it is filled, and what its hash covers.

use std::collections::BTreeMap;

use duenotice::domain::notice::{Block, Content, Item, PLACEHOLDERS, Span, content_hash};
use proptest::prelude::*;

use crate::dates::catalog;

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn filled_values() -> BTreeMap<String, String> {
    values(&[
        ("operator", "Connecting Software"),
        ("reference", "DN-2026-0007"),
        (
            "what_happened",
            "A backup was open to strangers.\n\nWe closed it at once.",
        ),
        ("occurred", "from 18 to 20 November 2026"),
        ("kinds_of_data", "- name\n- e-mail address"),
        ("consequences", "Somebody could write to you in our name."),
        ("measures", "We changed every key."),
        (
            "advice",
            "Look twice at the sender; see [our page](https://example.com/safe).",
        ),
        (
            "contact",
            "[office@example.com](mailto:office@example.com), +43 1 000",
        ),
    ])
}

#[test]
fn both_templates_tell_everything_once_they_are_filled() {
    for language in ["en", "de"] {
        let template = catalog().notice("breach", language).unwrap();
        let empty = &template.content;
        assert_eq!(
            empty.missing_content(&Item::REQUIRED),
            Item::REQUIRED,
            "a placeholder that waits for its value tells nothing"
        );
        let mut unresolved = empty.unresolved();
        let correction = catalog().notice("correction", language).unwrap();
        for name in correction.content.unresolved() {
            if !unresolved.contains(&name) {
                unresolved.push(name);
            }
        }
        unresolved.sort();
        let mut known: Vec<&str> = PLACEHOLDERS.to_vec();
        known.sort_unstable();
        assert_eq!(unresolved, known, "{language} uses every placeholder");

        let full = empty.fill(&filled_values()).unwrap();
        assert!(full.unresolved().is_empty());
        let all: Vec<Item> = Item::ALL.iter().map(|(item, _)| *item).collect();
        assert!(full.missing_content(&all).is_empty());
        assert_eq!(Content::parse(&full.to_source()).unwrap(), full);
        assert_eq!(Content::parse(&empty.to_source()).unwrap(), *empty);
    }
}

#[test]
fn a_filled_notice_as_plain_text() {
    let template = catalog().notice("breach", "en").unwrap();
    insta::assert_snapshot!(
        template
            .content
            .fill(&filled_values())
            .unwrap()
            .to_plain_text()
    );
}

#[test]
fn a_value_alone_in_its_paragraph_may_be_a_list() {
    let content = Content::parse("# T\n\n{{kinds_of_data}}\n\nWe hold {{kinds_of_data}}.").unwrap();
    let filled = content
        .fill(&values(&[("kinds_of_data", "- a\n- b")]))
        .unwrap();
    let text = |text: &str| {
        vec![Span {
            text: text.to_owned(),
            href: None,
        }]
    };
    assert_eq!(
        filled.blocks,
        [
            Block::List {
                items: vec![text("a"), text("b")]
            },
            Block::Paragraph {
                spans: text("We hold - a - b.")
            },
        ]
    );
}

#[test]
fn what_is_not_in_the_subset_is_refused_with_its_line() {
    for (source, line, words) in [
        ("", 1, "empty"),
        ("No title", 1, "begin with the title"),
        ("# T\n\n<p>x</p>", 3, "HTML"),
        ("# T\n\na </script>", 3, "HTML"),
        ("# T\n\n<!-- x -->", 3, "HTML"),
        ("# T\n\n![x](https://example.com/a.png)", 3, "picture"),
        ("# T\n\n### Deep", 3, "## Heading"),
        ("# T\n\n# Second", 3, "## Heading"),
        ("# T\n\n{{nmae}}", 3, "{{nmae}} is not a placeholder"),
        ("# T\n\n{{advice", 3, "do not pair up"),
        ("# T\n\n[x](http://example.com)", 3, "https://"),
        ("# T\n\n[x](javascript:alert(1))", 3, "https://"),
        ("# T\n\n[x](https://)", 3, "https://"),
        ("# T\n\n[x](https://user@example.com)", 3, "https://"),
        ("# T\n\n[x](mailto:nobody)", 3, "https://"),
        ("# T\n\n[x](mailto:a@example.com?subject=x)", 3, "https://"),
        ("# T\n\n[](https://example.com)", 3, "needs a text"),
        ("# T\n\n[x](https://example.com", 3, "parenthesis"),
        ("# T\n\nbell \u{7}", 3, "control character"),
        ("# T\n\n- a\n- \n", 4, "HTML"),
        ("# [T](https://example.com)", 1, "without a link"),
        (
            "# T\n\n## H {#natrue}",
            3,
            "\"natrue\" is not a content item",
        ),
    ] {
        match Content::parse(source) {
            Err(error) => {
                assert!(error.to_string().contains(words), "{source:?}: {error}");
                assert_eq!(error.line, line, "{source:?}");
            }
            // A dash with nothing behind it is text, not a point of the list.
            Ok(_) => assert_eq!(source, "# T\n\n- a\n- \n"),
        }
    }
    assert!(Content::parse(&format!("# T\n\n{}", "x".repeat(70_000))).is_err());
    let bad = Content::parse("# T\n\nSo: {{advice}}").unwrap();
    let error = bad
        .fill(&values(&[("advice", "<img>")]))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("in the value of {{advice}}: HTML"),
        "{error}"
    );
    assert!(
        bad.fill(&values(&[("advice", " \n ")]))
            .unwrap_err()
            .to_string()
            .contains("is empty")
    );
    let heading = Content::parse("# T\n\n{{advice}}").unwrap();
    assert!(heading.fill(&values(&[("advice", "## H")])).is_err());
}

#[test]
fn signs_that_mean_something_can_be_written() {
    let source =
        "# 1 < 2 \\[x\\]\n\n\\- no point, a\\\\b, \\<b>, [a \\] b](https://example.com/?q=1#x)\n";
    let content = Content::parse(source).unwrap();
    assert_eq!(content.title, "1 < 2 [x]");
    assert_eq!(Content::parse(&content.to_source()).unwrap(), content);
    let Block::Paragraph { spans } = &content.blocks[0] else {
        panic!("a paragraph")
    };
    assert_eq!(spans[0].text, "- no point, a\\b, <b>, ");
    assert_eq!(spans[1].href.as_deref(), Some("https://example.com/?q=1#x"));
}

#[test]
fn the_hash_covers_every_language_and_every_word() {
    let en = Content::parse("# T\n\nOne.").unwrap();
    let de = Content::parse("# T\n\nEins.").unwrap();
    let hash = |pairs: &[(&str, &Content)]| {
        content_hash(
            &pairs
                .iter()
                .map(|(l, c)| ((*l).to_owned(), (*c).clone()))
                .collect(),
        )
    };
    let both = hash(&[("en", &en), ("de", &de)]);
    assert_eq!(both, hash(&[("de", &de), ("en", &en)]));
    assert_ne!(both, hash(&[("en", &en)]));
    assert_ne!(both, hash(&[("en", &de), ("de", &en)]));
    let mut other = en.clone();
    other.title.push('!');
    assert_ne!(both, hash(&[("en", &other), ("de", &de)]));
    // The canonical form is fixed, so that old approvals can be checked for ever.
    assert_eq!(
        hash(&[("en", &en)]),
        "36b075533d5140839471f2e27346e3d09eec54d3eb1b353d18eaaee493e09b68",
    );
}

fn any_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            "[a-zäß .,]{1,6}".prop_map(String::from),
            prop_oneof![
                Just("["),
                Just("]"),
                Just("("),
                Just(")"),
                Just("<"),
                Just("\\"),
                Just("#"),
                Just("- "),
                Just("{"),
                Just("}"),
                Just("!"),
                Just("{#"),
                Just("{{advice}}"),
                Just("x"),
            ]
            .prop_map(str::to_owned),
        ],
        1..12,
    )
    .prop_map(|parts| {
        parts
            .concat()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(title in any_text(), texts in proptest::collection::vec(any_text(), 1..5)) {
        // Text that cannot be read at all is refused; text that can be read survives.
        let span = |text: &String| vec![Span { text: text.clone(), href: None }];
        let content = Content {
            title,
            blocks: texts
                .iter()
                .flat_map(|text| {
                    [
                        Block::Paragraph { spans: span(text) },
                        Block::Heading { text: text.clone(), covers: vec![Item::Nature] },
                        Block::List { items: vec![span(text), span(text)] },
                    ]
                })
                .collect(),
        };
        if let Ok(read) = Content::parse(&content.to_source()) {
            prop_assert_eq!(&read, &content);
            prop_assert_eq!(Content::parse(&read.to_source()).unwrap(), content);
        } else {
            let odd = std::iter::once(&content.title).chain(&texts);
            let braces = odd.clone().any(|text| {
                let rest = text.replace("{{advice}}", "");
                text.contains("{{{") || text.contains("}}}") || rest.contains("{{") || rest.contains("}}")
            });
            let empty = odd.clone().any(|text| text.is_empty());
            prop_assert!(braces || empty, "{:?}", content.to_source());
        }
    }
}
