//! The demo as a newcomer meets it: the program itself, its shop on another origin, and a manager who
//! watches. What a customer does is on the dashboard within seconds, without a reload.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use duenotice::demo::shop::CUSTOMERS;
use duenotice::demo::story::LOGINS;
use duenotice::domain::access::Role;
use serde_json::{Value, json};

use crate::support::browser::Browser;

/// How soon the dashboard must show what happened.
const WITHIN: Duration = Duration::from_secs(10);

struct Demo {
    child: Child,
    product: String,
    shop: String,
    // Its temporary folder lies in here, and goes with it even when the program is killed.
    _dir: tempfile::TempDir,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

impl Demo {
    async fn start() -> Self {
        let (product, shop) = (free_address(), free_address());
        let dir = tempfile::tempdir().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_duenotice"))
            .args(["demo", "--listen", &product, "--shop", &shop])
            .current_dir(dir.path())
            .env("TMPDIR", dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let demo = Self {
            child,
            product: format!("http://{product}"),
            shop: format!("http://{shop}"),
            _dir: dir,
        };
        let began = Instant::now();
        let ready = format!("{}/readyz", demo.product);
        while !reqwest::get(&ready)
            .await
            .is_ok_and(|a| a.status().is_success())
        {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "the demo does not start"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        demo
    }

    async fn sign_in(&self, browser: &Browser, role: Role) {
        let login = LOGINS.iter().find(|l| l.role == role).unwrap();
        browser.open(&format!("{}/sign-in", self.product)).await;
        let fill = "document.querySelector('[name=email]').value = arguments[0];
             document.querySelector('[name=password]').value = arguments[1];
             document.querySelector('[name=password]').form.requestSubmit();";
        browser
            .run_with(fill, vec![json!(login.email), json!(login.password)])
            .await;
        browser
            .until("return location.pathname === '/dashboard'")
            .await;
    }

    async fn sign_in_to_shop(&self, browser: &Browser, customer: usize) {
        browser.open(&format!("{}/en", self.shop)).await;
        let sign_out = "document.querySelector('form[action$=\"/sign-out\"] button')?.click()";
        browser.run(sign_out).await;
        browser
            .until("return !!document.querySelector('button[name=customer]')")
            .await;
        let click = "document.querySelector(`button[value=\"${arguments[0]}\"]`).click()";
        browser
            .run_with(click, vec![json!(CUSTOMERS[customer].id)])
            .await;
        browser
            .until("return location.pathname.endsWith('/account')")
            .await;
    }
}

/// Presses the button whose text begins so, as a script may on our own pages.
async fn press(browser: &Browser, text: &str) {
    let script = "const all = [...document.querySelectorAll('main button')];
         const one = all.find(b => b.textContent.trim().startsWith(arguments[0]));
         one?.click(); return !!one";
    let pressed = browser.run_with(script, vec![json!(text)]).await;
    assert_eq!(pressed, true, "there is a button {text}");
}

/// The acknowledged counts on the dashboard, from top to bottom.
const ACKNOWLEDGED: &str = "return [...document.querySelectorAll('main')]
     .flatMap(m => [...m.textContent.matchAll(/acknowledged\\s*(\\d+)/g)].map(f => +f[1]))";

const TITLE: &str =
    "return document.querySelector('site-notice').shadowRoot.querySelector('h2')?.textContent";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_customer_does_is_on_the_dashboard_within_seconds() {
    let Some(manager) = Browser::start().await else {
        return;
    };
    let demo = Demo::start().await;
    demo.sign_in(&manager, Role::Manager).await;
    manager.run("window.sameSince = true").await;
    let before = manager.run(ACKNOWLEDGED).await;
    assert!(
        before.as_array().is_some_and(|all| all.contains(&json!(3))),
        "{before}"
    );

    // Anna is affected: she sees the notice, and the keyboard alone acknowledges it.
    let customer = Browser::start().await.unwrap();
    demo.sign_in_to_shop(&customer, 0).await;
    customer.until(TITLE).await;
    let yes = "return document.querySelector('site-notice').shadowRoot.activeElement?.className === 'yes'";
    customer.tab_to(yes).await;
    customer.press("Enter").await;
    let thanks =
        "return document.querySelector('site-notice').shadowRoot.activeElement?.tagName === 'P'";
    customer.until(thanks).await;
    let pressed = Instant::now();
    loop {
        let now = manager.run(ACKNOWLEDGED).await;
        if now.as_array().is_some_and(|all| all.contains(&json!(4))) {
            break;
        }
        assert!(pressed.elapsed() < WITHIN, "the dashboard still says {now}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        manager.run("return window.sameSince").await,
        true,
        "without a reload"
    );

    // Mia is on no roster: nothing. Jonas is on that of the incident on its third business day: nothing
    // yet, and the notice as soon as a second person approved it and made it live.
    demo.sign_in_to_shop(&customer, 2).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(customer.run(TITLE).await, Value::Null);
    demo.sign_in_to_shop(&customer, 1).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(customer.run(TITLE).await, Value::Null);

    let approver = Browser::start().await.unwrap();
    demo.sign_in(&approver, Role::Approver).await;
    approver.open(&format!("{}/incidents", demo.product)).await;
    let follow = "const all = [...document.querySelectorAll('main a')];
         const one = all.find(a => a.href.includes(arguments[0]) && a.textContent.includes(arguments[1]));
         location.href = one.href";
    approver
        .run_with(follow, vec![json!("/incidents/"), json!("Order export")])
        .await;
    approver
        .until("return !!document.querySelector('main a[href*=\"/notices/\"]')")
        .await;
    approver
        .run_with(follow, vec![json!("/notices/"), json!("Notice of")])
        .await;
    approver
        .until("return location.pathname.startsWith('/notices/')")
        .await;
    press(&approver, "Approve version 1").await;
    approver
        .until("return document.querySelector('main').textContent.includes('Activate for')")
        .await;
    press(&approver, "Activate for").await;
    approver
        .until("return document.querySelector('main').textContent.includes('The notice is live')")
        .await;

    // The browser may keep "nothing" for five minutes; signing in again asks anew.
    let other = Browser::start().await.unwrap();
    demo.sign_in_to_shop(&other, 1).await;
    let title = other.until(TITLE).await;
    assert_eq!(title, "Important notice about your personal data");
    for browser in [manager, approver, customer, other] {
        browser.close().await;
    }
}
