//! Rules about every page, on every sample of it: what a screen reader, a keyboard and a strict
//! browser need.

use std::collections::BTreeSet;

use duenotice::cli::pages;
use duenotice::http::web::gallery;

use crate::support::browser::{Browser, Scheme};
use crate::support::html::{Tag, tags};

/// Everything that is wrong on all pages, so that one run tells all.
fn check(look: impl Fn(&str, &[Tag]) -> Vec<String>) {
    let mut wrong = Vec::new();
    for page in gallery() {
        for what in look(&page.html, &tags(&page.html)) {
            wrong.push(format!("{}: {what}", page.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn named<'t>(all: &'t [Tag], name: &'t str) -> impl Iterator<Item = &'t Tag> {
    all.iter().filter(move |tag| tag.name == name)
}

#[test]
fn a_page_has_one_heading_one_main_and_a_language() {
    check(|html, all| {
        let mut wrong = Vec::new();
        for (name, n) in [("h1", 1), ("main", 1), ("header", 1), ("footer", 1)] {
            if named(all, name).count() != n {
                wrong.push(format!("not exactly {n} <{name}>"));
            }
        }
        if !html.starts_with("<!DOCTYPE html><html lang=\"en\">") {
            wrong.push("no doctype or language".to_owned());
        }
        let title = named(all, "title").next().map(|t| &html[t.end..t.end + 1]);
        if title.is_none_or(|t| t == "<" || t == " ") {
            wrong.push("no title".to_owned());
        }
        wrong
    });
}

#[test]
fn no_id_stands_twice_and_every_reference_leads_somewhere() {
    check(|_, all| {
        let mut wrong = Vec::new();
        let mut ids = BTreeSet::new();
        for id in all.iter().filter_map(|tag| tag.get("id")) {
            if !ids.insert(id) {
                wrong.push(format!("the id {id} stands twice"));
            }
        }
        for tag in all {
            for name in [
                "for",
                "aria-describedby",
                "aria-labelledby",
                "aria-controls",
            ] {
                for id in tag.get(name).unwrap_or_default().split_whitespace() {
                    if !ids.contains(id) {
                        wrong.push(format!("{name} names {id}, which is not there"));
                    }
                }
            }
            if let Some(id) = tag.get("href").and_then(|href| href.strip_prefix('#'))
                && !ids.contains(id)
            {
                wrong.push(format!("a link leads to #{id}, which is not there"));
            }
        }
        wrong
    });
}

#[test]
fn every_field_has_a_label() {
    check(|_, all| {
        let labelled: BTreeSet<_> = named(all, "label").filter_map(|l| l.get("for")).collect();
        all.iter()
            .filter(|t| matches!(t.name.as_str(), "input" | "select" | "textarea"))
            .filter(|t| t.get("type") != Some("hidden"))
            .filter(|t| t.get("id").is_none_or(|id| !labelled.contains(id)))
            .map(|t| format!("no label for {:?}", t.get("name")))
            .collect()
    });
}

#[test]
fn every_form_is_sent_with_its_token_and_its_key() {
    check(|_, all| {
        let mut wrong = Vec::new();
        let starts: Vec<_> = all
            .iter()
            .enumerate()
            .filter(|(_, tag)| tag.name == "form")
            .collect();
        for (n, form) in starts {
            let own: Vec<_> = all[n..]
                .iter()
                .take_while(|tag| tag.name != "/form")
                .filter_map(|tag| tag.get("name"))
                .collect();
            let get = form.get("method") == Some("get");
            let open = get || form.get("action") == Some("/sign-in");
            for name in ["csrf", "once"] {
                if !open && !own.contains(&name) {
                    wrong.push(format!("{:?} has no {name}", form.get("action")));
                }
            }
            if !get && form.get("method") != Some("post") {
                wrong.push(format!("{:?} has no method", form.get("action")));
            }
        }
        wrong
    });
}

#[test]
fn nothing_is_inline() {
    check(|_, all| {
        let mut wrong = Vec::new();
        for tag in all {
            if tag.name == "style" || (tag.name == "script" && !tag.has("src")) {
                wrong.push(format!("an inline <{}>", tag.name));
            }
            for name in tag.attributes.keys() {
                if name == "style" || name.starts_with("on") {
                    wrong.push(format!("<{} {name}>", tag.name));
                }
            }
            let address = tag.get("href").or(tag.get("src")).unwrap_or_default();
            if matches!(tag.name.as_str(), "script" | "link" | "img") && !address.starts_with('/') {
                wrong.push(format!("<{}> from {address}", tag.name));
            }
        }
        wrong
    });
}

#[test]
fn headings_go_down_one_level_at_a_time() {
    check(|_, all| {
        let mut last = 1;
        let mut wrong = Vec::new();
        for tag in all {
            let level = match tag.name.as_str() {
                "h1" => 1,
                "h2" => 2,
                "h3" => 3,
                "h4" => 4,
                "h5" => 5,
                _ => continue,
            };
            if level > last + 1 {
                wrong.push(format!("h{level} stands below h{last}"));
            }
            last = level;
        }
        wrong
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_wrong_in_a_browser_wide_or_narrow_light_or_dark() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    pages::write(dir.path()).unwrap();
    let mut wrong = Vec::new();
    for page in gallery() {
        for (width, scheme) in [(1280, Scheme::Light), (360, Scheme::Dark)] {
            browser.look(width, 900, scheme).await;
            let file = dir.path().join(format!("{}.html", page.name));
            browser.open(&format!("file://{}", file.display())).await;
            let wide = "return document.documentElement.scrollWidth > innerWidth";
            if browser.run(wide).await == true {
                wrong.push(format!("{} is wider than {width}", page.name));
            }
            for what in browser.axe().await.unwrap_or_default() {
                wrong.push(format!("{} at {width}: {what}", page.name));
            }
        }
    }
    browser.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
