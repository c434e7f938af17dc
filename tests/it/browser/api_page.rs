//! The page to read and try the API: a report is sent from it, by somebody who only clicks and types.

use duenotice::domain::access::Role;
use serde_json::json;

use crate::support::api::Api;
use crate::support::browser::{Browser, Scheme};
use crate::support::db::{Fresh, on_sqlite};

/// Presses the button of the operation `id` and waits for its answer.
async fn send(browser: &Browser, id: &str) -> String {
    let press = format!("document.querySelector('#{id} button').click()");
    browser.run(&press).await;
    let answer = format!(
        "const o = document.querySelector('#{id} output').textContent;
         return o.length > 1 ? o : null"
    );
    browser.until(&answer).await.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_made_and_sent_from_the_page() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    on_sqlite(|fresh: Fresh| async {
        let api = Api::at(fresh, "2026-11-25T12:00:00Z").await;
        browser.look(1_000, 900, Scheme::Light).await;
        browser.open(&format!("{}/api", api.base)).await;
        let open = "for (const d of document.querySelectorAll('details')) d.open = true";
        browser.run(open).await;
        let refused = send(&browser, "report_incident").await;
        assert!(refused.starts_with("401"), "{refused}");
        let token = json!(api.token(Role::Responder).token);
        let type_it = "document.getElementById('token').value = arguments[0]";
        browser.run_with(type_it, vec![token]).await;
        browser
            .run("document.querySelector('#report_incident output').textContent = ''")
            .await;
        let taken = send(&browser, "report_incident").await;
        assert!(taken.starts_with("201"), "{taken}");
        let list = send(&browser, "list_incidents").await;
        assert!(
            list.starts_with("200") && list.contains("2026-001"),
            "{list}"
        );
        browser.shot("api_page").await;
        if let Some(found) = browser.axe().await {
            assert_eq!(found, Vec::<String>::new());
        }
        // 320 CSS pixels: nothing is wider than the window.
        browser.look(320, 700, Scheme::Dark).await;
        let wide =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(browser.run(wide).await, json!(0));
        browser.shot("api_page_narrow").await;
    })
    .await;
    browser.close().await;
}
