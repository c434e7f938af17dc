//! The story of a notice: the demo shop on one origin, Due Notice on another.

use std::time::Duration;

use axum::Router;
use duenotice::demo::shop::{CUSTOMERS, KID, SITE, Shop};
use duenotice::domain::access::Role;
use duenotice::domain::delivery::Ladder;
use duenotice::domain::host_key::Algorithm;
use duenotice::http;
use duenotice::http::widget::Widget;
use duenotice::ids::NoticeId;
use duenotice::service::notice::{NewNotice, draft};
use duenotice::service::site::{NewKey, SiteForm, add_key, edit};
use duenotice::store;
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::browser::{Browser, Scheme};
use crate::support::db::{Fresh, on_sqlite};
use crate::support::world::World;

const SECONDS: Duration = Duration::from_secs(1);

/// The text that a reader sees in the notice, or null.
const TITLE: &str =
    "return document.querySelector('site-notice').shadowRoot.querySelector('h2')?.textContent";

/// A shop and a Due Notice that listen, and a live notice for the shop's first two customers.
struct Street {
    world: World,
    shop: String,
    notice: NoticeId,
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await });
}

impl Street {
    async fn new(fresh: Fresh) -> Self {
        let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
        let (api_listener, api_port) = listen().await;
        let (shop_listener, shop_port) = listen().await;
        let api = format!("http://127.0.0.1:{api_port}");
        let origin = format!("http://localhost:{shop_port}");
        let app = &world.app;
        let shop = Shop::new(&api, app.time.clone(), app.rng.clone());

        let admin = world.person("Ada", Role::Administrator);
        let form = SiteForm {
            name: "Brenner & Holt".into(),
            origins: vec![origin.clone()],
            default_lang: "en".into(),
            version: 1,
        };
        edit(&admin, SITE, &form).await.unwrap();
        let key = NewKey {
            kid: KID.into(),
            algorithm: Algorithm::EdDsa,
            key: shop.public_key().into(),
        };
        add_key(&admin, SITE, &key).await.unwrap();
        let notice = Self::live(&world).await;

        let widget = Widget::new(app.clone()).await.unwrap();
        serve(api_listener, http::router(app, &widget));
        serve(shop_listener, shop.router());
        Self {
            world,
            shop: origin,
            notice,
        }
    }

    /// A notice as a company would write it.
    async fn live(world: &World) -> NoticeId {
        let incident = world.incident("2026-11-23T09:00:00+01:00").await;
        let roster = format!("user_id\n{}\n{}\n", CUSTOMERS[0].id, CUSTOMERS[1].id);
        world.import(incident, roster).await.unwrap();
        let en = [
            (
                "what_happened",
                "On 21 November a file with customer accounts could be opened by anybody who knew its address. Our logs show two downloads that we cannot explain.",
            ),
            (
                "consequences",
                "Somebody could use your name and e-mail address for messages that look as if they came from us.",
            ),
            (
                "measures",
                "We closed the address within the hour, changed how such files are made, and reported the incident to the data protection authority.",
            ),
            (
                "advice",
                "- Be careful with messages that ask you to act quickly.\n- Sign in by typing our address, not through a link.",
            ),
        ];
        let de = [
            (
                "what_happened",
                "Am 21. November konnte eine Datei mit Kundenkonten von jedem geöffnet werden, der ihre Adresse kannte. Unsere Protokolle zeigen zwei Abrufe, die wir nicht erklären können.",
            ),
            (
                "consequences",
                "Jemand könnte Ihren Namen und Ihre E-Mail-Adresse für Nachrichten verwenden, die aussehen, als kämen sie von uns.",
            ),
            (
                "measures",
                "Wir haben die Adresse binnen einer Stunde geschlossen, die Erstellung solcher Dateien geändert und den Vorfall der Datenschutzbehörde gemeldet.",
            ),
            (
                "advice",
                "- Seien Sie vorsichtig bei Nachrichten, die zur Eile drängen.\n- Melden Sie sich an, indem Sie unsere Adresse eingeben, nicht über einen Link.",
            ),
        ];
        let mut new = NewNotice {
            hideable: true,
            ..NewNotice::default()
        };
        for (language, answers) in [("en", en), ("de", de)] {
            let answers = answers.map(|(name, text)| (name.to_owned(), text.to_owned()));
            new.answers.insert(language.to_owned(), answers.into());
        }
        let notice = draft(&world.responder(), incident, &new).await.unwrap();
        world.approve(&world.approver(), notice).await.unwrap();
        world.activate(notice).await.unwrap();
        notice
    }

    /// How far the notice got with a customer.
    async fn ladder(&self, customer: usize) -> Option<Ladder> {
        let app = &self.world.app;
        let person = app.hasher.account(SITE, CUSTOMERS[customer].id);
        let row = store::delivery::of_person(&app.db, self.notice, 1, SITE, person).await;
        row.unwrap().map(|d| d.ladder)
    }

    /// Waits until the ladder says so.
    async fn until(&self, customer: usize, what: &str, reached: impl Fn(&Ladder) -> bool) {
        for _ in 0..100 {
            if self.ladder(customer).await.is_some_and(|l| reached(&l)) {
                return;
            }
            tokio::time::sleep(SECONDS / 20).await;
        }
        panic!("never {what}: {:?}", self.ladder(customer).await);
    }

    async fn sign_in(&self, browser: &Browser, lang: &str, customer: usize) {
        browser.open(&format!("{}/{lang}", self.shop)).await;
        let sign_out = "document.querySelector('form[action$=\"/sign-out\"] button')?.click()";
        browser.run(sign_out).await;
        browser
            .until("return !!document.querySelector('.choice')")
            .await;
        let id = CUSTOMERS[customer].id;
        let click = format!("document.querySelector('button[value=\"{id}\"]').click()");
        browser.run(&click).await;
        browser
            .until("return location.pathname.endsWith('/account')")
            .await;
    }
}

/// Nothing may be left in the browser but the shop's own session.
async fn nothing_is_stored(browser: &Browser) {
    let script = "return Promise.all([indexedDB.databases(), caches.keys()]).then(([bases, caches]) =>
        [bases.length, caches.length, localStorage.length, sessionStorage.length, document.cookie])";
    assert_eq!(browser.run(script).await, json!([0, 0, 0, 0, ""]));
    let cookies = browser.devtools("Storage.getCookies", json!({})).await;
    let names: Vec<_> = cookies["cookies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["name"].clone())
        .collect();
    assert!(names.iter().all(|name| name == "shop_session"), "{names:?}");
}

/// No error and no broken policy since this was last asked.
async fn no_complaints(browser: &Browser) {
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_is_seen_when_it_is_seen_and_acknowledged_by_keyboard() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    on_sqlite(async |fresh| {
        let street = Street::new(fresh).await;
        browser.look(1280, 800, Scheme::Light).await;
        browser.open(&format!("{}/en", street.shop)).await;

        // Below the fold, in a page that signs in without a reload.
        let below = format!(
            "const notice = document.querySelector('site-notice');
             const gap = document.createElement('div');
             gap.style.height = '3000px';
             document.body.append(gap, notice);
             return fetch('/en/sign-in', {{ method: 'POST', body: new URLSearchParams({{ customer: '{}' }}) }})
                 .then(() => fetch('/notice-token', {{ cache: 'reload' }})).then(r => r.text())
                 .then(token => {{ notice.token = token; }})",
            CUSTOMERS[0].id
        );
        browser.run(&below).await;
        street.until(0, "rendered", |l| l.rendered_at.is_some()).await;
        tokio::time::sleep(3 * SECONDS).await;
        let ladder = street.ladder(0).await.unwrap();
        assert_eq!((ladder.seen_at, ladder.seen_occluded_at), (None, None), "below the fold");

        // In view, with something over it.
        let cover = "const cover = document.createElement('div');
             cover.id = 'cover';
             cover.style.cssText = 'position:fixed;inset:0;background:#fff;z-index:9';
             document.body.append(cover);
             document.querySelector('site-notice').scrollIntoView();";
        browser.run(cover).await;
        street.until(0, "covered", |l| l.seen_occluded_at.is_some()).await;
        tokio::time::sleep(2 * SECONDS).await;
        assert_eq!(street.ladder(0).await.unwrap().seen_at, None, "covered");

        // In a tab that is not looked at.
        let first = browser.client.window().await.unwrap();
        browser.run("setTimeout(() => document.querySelector('#cover').remove(), 700)").await;
        let second = browser.client.new_window(true).await.unwrap();
        browser.client.switch_to_window(second.handle).await.unwrap();
        tokio::time::sleep(4 * SECONDS).await;
        assert_eq!(street.ladder(0).await.unwrap().seen_at, None, "another tab");
        browser.client.close_window().await.unwrap();
        browser.client.switch_to_window(first).await.unwrap();
        street.until(0, "seen", |l| l.seen_at.is_some()).await;
        let ladder = street.ladder(0).await.unwrap();
        assert!(ladder.dwell_ms.unwrap() >= 1_900, "{ladder:?}");
        assert_eq!(ladder.acknowledged_at, None);

        // In the page as it is: the keyboard reaches it, a script does not press it.
        street.sign_in(&browser, "en", 0).await;
        let title = browser.until(TITLE).await;
        assert_eq!(title, "Important notice about your personal data");
        assert_eq!(browser.run("return document.activeElement.tagName").await, "BODY", "focus stays");
        let press = "document.querySelector('site-notice').shadowRoot.querySelector('.yes').click()";
        browser.run(press).await;
        tokio::time::sleep(SECONDS / 2).await;
        assert_eq!(street.ladder(0).await.unwrap().acknowledged_at, None, "not by a script");
        // The first link is the company's mail address: following it is a report of its own.
        let link = "return document.querySelector('site-notice').shadowRoot.activeElement?.tagName === 'A'";
        browser.tab_to(link).await;
        browser.press("Enter").await;
        street.until(0, "opened", |l| l.opened_at.is_some()).await;
        let focused = "return document.querySelector('site-notice').shadowRoot.activeElement?.className === 'yes'";
        browser.tab_to(focused).await;
        browser.press("Escape").await;
        assert_eq!(browser.run(focused).await, true, "Escape does not close it");
        browser.press("Enter").await;
        street.until(0, "acknowledged", |l| l.acknowledged_at.is_some()).await;
        let said = "return document.querySelector('site-notice').shadowRoot.activeElement?.textContent";
        let said = browser.until(said).await;
        assert_eq!(said, "Thank you. We have recorded that you read this notice.");
        nothing_is_stored(&browser).await;

        // Read once, it does not come again.
        browser.client.refresh().await.unwrap();
        tokio::time::sleep(SECONDS).await;
        assert!(browser.run(TITLE).await.is_null());
        no_complaints(&browser).await;
        street.world.verified().await;
    })
    .await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_person_sees_it_and_nobody_else() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    on_sqlite(async |fresh| {
        let street = Street::new(fresh).await;
        let empty = "const n = document.querySelector('site-notice');
                     return n.shadowRoot.childElementCount + n.offsetHeight";
        // Nobody is signed in: nothing is asked.
        browser.look(1280, 800, Scheme::Light).await;
        browser.open(&format!("{}/en", street.shop)).await;
        tokio::time::sleep(SECONDS).await;
        let asked = "return performance.getEntriesByType('resource').filter(r => r.name.includes('/v1/')).length";
        assert_eq!(browser.run(asked).await, 0);

        street.sign_in(&browser, "en", 2).await;
        browser.until(asked).await;
        tokio::time::sleep(SECONDS).await;
        assert_eq!(browser.run(empty).await, 0, "unaffected");
        browser.shot("account-1280-unaffected").await;

        // The next person at the same machine, then the first one again.
        street.sign_in(&browser, "de", 1).await;
        assert_eq!(browser.until(TITLE).await, "Wichtige Mitteilung zu Ihren personenbezogenen Daten");
        let language = "return document.querySelector('site-notice').shadowRoot.querySelector('section').lang";
        assert_eq!(browser.run(language).await, "de");
        street.sign_in(&browser, "en", 2).await;
        tokio::time::sleep(SECONDS).await;
        assert_eq!(browser.run(empty).await, 0, "unaffected again");

        // A page that signs out without a reload: gone at once.
        street.sign_in(&browser, "en", 1).await;
        browser.until(TITLE).await;
        browser.run("document.querySelector('site-notice').signOut()").await;
        assert!(browser.run(TITLE).await.is_null());
        nothing_is_stored(&browser).await;
        no_complaints(&browser).await;
        assert!(street.ladder(2).await.is_none(), "no row for who is not concerned");
    })
    .await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_gets_through_when_the_token_ended_or_the_net_is_away() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    on_sqlite(async |fresh| {
        let street = Street::new(fresh).await;
        browser.look(1280, 800, Scheme::Light).await;
        street.sign_in(&browser, "en", 0).await;
        browser.until(TITLE).await;
        // The browser still keeps the token, which by the server's clock has ended: a new one is asked for.
        street.world.app.time.advance(chrono::TimeDelta::minutes(12));
        browser.open(&format!("{}/en", street.shop)).await;
        browser.until(TITLE).await;
        street.until(0, "seen", |l| l.seen_at.is_some()).await;

        // Pressed while the net is away; it arrives when it is back. Only memory holds it until then.
        let net = |offline: bool| {
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })
        };
        browser.devtools("Network.enable", json!({})).await;
        browser.devtools("Network.emulateNetworkConditions", net(true)).await;
        let yes = "return document.querySelector('site-notice').shadowRoot.activeElement?.className === 'yes'";
        browser.tab_to(yes).await;
        browser.press("Enter").await;
        let said = "return [...document.querySelector('site-notice').shadowRoot.querySelectorAll('p')].at(-1).textContent";
        assert_eq!(browser.until(said).await, "Sending …");
        tokio::time::sleep(SECONDS).await;
        assert_eq!(street.ladder(0).await.unwrap().acknowledged_at, None);
        nothing_is_stored(&browser).await;
        browser.devtools("Network.emulateNetworkConditions", net(false)).await;
        street.until(0, "acknowledged", |l| l.acknowledged_at.is_some()).await;
        let said = "return document.querySelector('site-notice').shadowRoot.activeElement?.textContent";
        let said = browser.until(said).await;
        assert_eq!(said, "Thank you. We have recorded that you read this notice.");
    })
    .await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_is_accessible_at_every_size() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    on_sqlite(async |fresh| {
        let street = Street::new(fresh).await;
        let parts = "const root = document.querySelector('site-notice').shadowRoot;";
        for scheme in [Scheme::Light, Scheme::Dark] {
            for width in [1280, 360, 320] {
                for lang in ["en", "de"] {
                    browser.look(width, 800, scheme).await;
                    street.sign_in(&browser, lang, 1).await;
                    browser.until(TITLE).await;
                    let wide = "return document.documentElement.scrollWidth - innerWidth";
                    assert_eq!(browser.run(wide).await, 0, "{width} px scroll sideways");
                    let small = format!(
                        "{parts} return [...root.querySelectorAll('button')].filter(b =>
                             b.offsetHeight < 44 || b.offsetWidth < 44).length"
                    );
                    assert_eq!(browser.run(&small).await, 0, "targets of 44 px");
                    if let Some(found) = browser.axe().await {
                        assert_eq!(found, Vec::<String>::new(), "{width} {scheme:?} {lang}");
                    }
                    browser
                        .shot(&format!("account-{width}-{scheme:?}-{lang}"))
                        .await;
                }
            }
        }
        // Folded away for this page view, and back.
        let fold = format!(
            "{parts} const b = root.querySelector('[aria-expanded]'); b.click();
            return [b.textContent, b.ariaExpanded, root.querySelector('.yes').checkVisibility()]"
        );
        street.sign_in(&browser, "en", 1).await;
        browser.until(TITLE).await;
        assert_eq!(
            browser.run(&fold).await,
            json!(["Show the notice", "false", false])
        );
        browser.shot("account-320-folded").await;
        assert_eq!(
            browser.run(&fold).await,
            json!(["Hide for now", "true", true])
        );
        // On paper: the text, without the buttons.
        browser
            .devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }))
            .await;
        let printed = format!(
            "{parts} return [root.querySelector('.yes').checkVisibility(),
            root.querySelector('p').checkVisibility()]"
        );
        assert_eq!(browser.run(&printed).await, json!([false, true]));
        for (width, scheme) in [(1280, Scheme::Light), (360, Scheme::Dark)] {
            browser.look(width, 800, scheme).await;
            street.sign_in(&browser, "en", 2).await;
            browser.open(&format!("{}/en", street.shop)).await;
            if let Some(found) = browser.axe().await {
                assert_eq!(found, Vec::<String>::new(), "{width} {scheme:?}");
            }
            browser.shot(&format!("home-{width}-{scheme:?}")).await;
        }
    })
    .await;
    browser.close().await;
}
