//! The story of a roster, by somebody who only reads, types and presses: three lists, a recipe of five
//! steps, the roster that follows, a person who was found late, and the reasons for that person.
//!
//! The window is 1 to 14 October 2026 (Vienna). By hand:
//!
//! | Step | Anna | Ben | Cleo | Dora | Erik | Finn | Gerd | People |
//! |---|---|---|---|---|---|---|---|---|
//! | registered: an account from before 14 October | yes | yes | yes | November | yes | yes | none | 5 |
//! | active: an account not deleted before 1 October | yes | September | yes | yes | yes | August | none | 4 |
//! | present: both | yes | | yes | | yes | | | 3 |
//! | buyers: an order in the window | | 3 October | | September | | row rejected | 10 October | 2 |
//! | affected: (present or buyers), not staff | yes | yes | yes | | staff | | yes | 4 |
//!
//! Cleo has two accounts with one address, in two spellings: one person, two rows on the roster, so five
//! rows. Finn's order of 12 October is in the first list too, but with a country that is no code. In the
//! longer list it is put right: buyers are 3, affected are 5 people in 6 rows, and Finn's row is that of his
//! account, u-7.

use duenotice::domain::access::Role;
use serde_json::{Value, json};

use crate::support::browser::{Browser, Scheme};
use crate::support::db::on_sqlite;
use crate::support::reader::Reader;
use crate::support::visitor::{Desk, PASSWORD};

const NOW: &str = "2026-11-25T09:30:00Z";

/// Two of its columns have names that say nothing to a program: Customer and Left.
const ACCOUNTS: &str = "Customer;E-mail;Country;State;Registered;Left
u-1;anna@mail.example;AT;;2025-01-02;
u-2;ben@mail.example;DE;;2025-05-06;2026-09-01
u-3;cleo@mail.example;US;CO;2026-10-05;
u-4;Cleo@Mail.example;AT;;2024-03-01;
u-5;dora@mail.example;AT;;2026-11-01;
u-6;erik@mail.example;AT;;2025-02-03;
u-7;finn@mail.example;AT;;2025-06-01;2026-08-15
";

/// Lines 5 to 7 cannot be taken.
const ORDERS: &str = "Order No,E-Mail,Ordered_At,Country
o-1,ben@mail.example,2026-10-03,DE
o-2,gerd@mail.example,2026-10-10,CH
o-3,dora@mail.example,2026-09-10,AT
o-4,finn@mail.example,2026-10-12,Austria
o-5,gerd.mail.example,2026-10-11,CH
=1+1,gerd@mail.example,2026-10-13,CH
";

/// What comes back of them: the reasons in the program's words, the rows as they stood, and no cell that a
/// spreadsheet takes for a formula.
const REJECTED: [&str; 4] = [
    "line,column,reason,row",
    "5,Country,\"The country \"\"Austria\"\" is not a code of two letters, such as AT or US.\",\
     \"o-4,finn@mail.example,2026-10-12,Austria\"",
    "6,E-Mail,\"\"\"gerd.mail.example\"\" is not an e-mail address.\",\
     \"o-5,gerd.mail.example,2026-10-11,CH\"",
    "7,Order No,\"The order number \"\"=1+1\"\" is a spreadsheet formula. Export the values, not the \
     formulas.\",\"'=1+1,gerd@mail.example,2026-10-13,CH\"",
];

/// Made later, with those rows put right.
const LONGER_ORDERS: &str = "Order No,E-Mail,Ordered_At,Country
o-1,ben@mail.example,2026-10-03,DE
o-2,gerd@mail.example,2026-10-10,CH
o-3,dora@mail.example,2026-09-10,AT
o-4,finn@mail.example,2026-10-12,AT
o-5,gerd@mail.example,2026-10-11,CH
";

const STAFF: &str = "email\nerik@mail.example\n";

/// The steps of a run with their people, from the table.
async fn steps(me: &Reader<'_>) -> Value {
    let script =
        "return [...document.querySelectorAll('section[aria-labelledby=steps-h] tbody tr')]
         .map(tr => [tr.querySelector('th').textContent, +tr.querySelector('td').textContent])";
    me.browser.run(script).await
}

/// Counts with the newest recipe, and gives the address of the run that is done.
async fn count(me: &Reader<'_>) {
    me.fill_all(&[("param.from", "2026-10-01"), ("param.to", "2026-10-14")])
        .await;
    me.press("Count").await;
    me.shows(&["The recipe is being run"]).await;
    me.worked("Step by step").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_affected_is_worked_out_on_the_pages() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    on_sqlite(async |fresh| {
        let desk = Desk::at(fresh, NOW).await;
        desk.account("rosa", Role::Responder).await;
        let incident = desk.world.incident("2026-11-23T09:00:00+01:00").await;
        desk.world
            .aware(incident, "2026-11-23T10:00:00+01:00")
            .await;
        let files = tempfile::tempdir().unwrap();
        let me = Reader {
            browser: &browser,
            desk,
            files,
        };
        let people = format!("/incidents/{incident}/people");
        me.browser.look(1280, 800, Scheme::Light).await;
        me.open("/sign-in").await;
        me.fill_all(&[("email", "rosa@example.org"), ("password", PASSWORD)])
            .await;
        me.press("Sign in").await;
        me.open(&people).await;
        me.shows(&["There is no list yet."]).await;
        me.look("people-nothing-yet").await;

        three_lists(&me, &people).await;
        five_steps(&me, &people).await;
        first_roster(&me).await;
        let notice = me.desk.world.draft(incident).await;
        me.desk
            .world
            .approve(&me.desk.world.approver(), notice)
            .await
            .unwrap();
        me.desk.world.activate(notice).await.unwrap();
        me.desk.world.app.time.advance(chrono::TimeDelta::hours(2));
        late_found(&me, &people).await;
        one_person(&me, &people).await;
        me.open(&format!("/incidents/{incident}")).await;
        me.shows(&["6 people on the roster."]).await;
        me.look("people-incident").await;
        me.desk.world.finish().await;
    })
    .await;
    browser.close().await;
}

/// Adds a list; what its columns mean is asked next.
async fn add_list(me: &Reader<'_>, people: &str, fields: &[(&str, &str)], csv: &str) {
    me.open(people).await;
    me.follow("Add a list").await;
    let name = fields[0].1;
    me.fill_all(fields).await;
    me.attach(&format!("{name}.csv"), csv).await;
    if name == "accounts" {
        me.look("people-add").await;
    }
    me.press("Send").await;
}

async fn three_lists(me: &Reader<'_>, people: &str) {
    let fields = [
        ("name", "accounts"),
        ("system", "website_account"),
        ("site", "shop"),
        ("in_system", "yes"),
    ];
    add_list(me, people, &fields, ACCOUNTS).await;
    me.shows(&["Lines of fields (CSV), separated by semicolon, UTF-8"])
        .await;
    for (heading, guessed, meant) in [
        ("Customer", "", "account"),
        ("E-mail", "email", "email"),
        ("Country", "country", "country"),
        ("State", "state", "state"),
        ("Registered", "since", "since"),
        ("Left", "", "until"),
    ] {
        let (field, value) = me.column(heading).await;
        assert_eq!(value, guessed, "{heading}");
        me.fill(&field, meant).await;
    }
    me.press("Try it").await;
    me.shows(&["All of it was read: 7 rows; 7 can be taken, 0 cannot."])
        .await;
    me.look("people-mapping").await;
    me.press("Read it").await;
    me.shows(&["The rows are being read."]).await;
    me.look("people-under-way").await;
    me.worked("What came of it").await;

    let fields = [
        ("name", "orders"),
        ("system", "orders"),
        ("in_system", "yes"),
    ];
    add_list(me, people, &fields, ORDERS).await;
    me.press("Try it").await;
    me.shows(&["6 rows; 3 can be taken, 3 cannot.", "Country: 1 row"])
        .await;
    me.look("people-tried").await;
    me.press("Read it").await;
    me.worked("What came of it").await;
    me.look("people-list").await;
    let text = me
        .download("Download 3 rejected rows", "rejected-rows-orders-1.csv")
        .await;
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(lines, REJECTED);

    add_list(me, people, &[("name", "staff")], STAFF).await;
    me.press("Read it").await;
    me.worked("What came of it").await;
    me.open(people).await;
    me.shows(&[
        "7 taken",
        "3 taken, 3 rejected",
        "1 taken",
        "There is no recipe yet.",
    ])
    .await;
    me.look("people-three-lists").await;
}

/// Four steps and a link from the form that builds them; the fifth is written.
async fn five_steps(me: &Reader<'_>, people: &str) {
    me.open(people).await;
    me.follow("Write").await;
    let steps: [&[(&str, &str)]; 4] = [
        &[
            ("name", "registered"),
            ("first", "accounts"),
            ("field", "since"),
            ("sign", "<"),
            ("value", ":to"),
        ],
        &[
            ("name", "active"),
            ("first", "accounts"),
            ("field", "until"),
            ("sign", "<"),
            ("value", ":from"),
            ("not", "yes"),
        ],
        &[
            ("name", "present"),
            ("first", "registered"),
            ("op", "intersect"),
            ("second", "active"),
        ],
        &[
            ("name", "buyers"),
            ("first", "orders"),
            ("field", "at"),
            ("sign", "between"),
            ("value", ":from and :to"),
        ],
    ];
    for step in steps {
        for (name, value) in step {
            me.fill(&format!("step_{name}"), value).await;
        }
        me.press("Add step").await;
        me.shows(&["Added to the text, and not saved yet"]).await;
    }
    me.fill_all(&[("link_source", "accounts"), ("link_by", "email")])
        .await;
    me.press("Add link").await;
    let body = "return document.querySelector('[name=body]').value";
    let built = me.browser.run(body).await;
    let built = built.as_str().unwrap().replace("\r\n", "\n");
    assert_eq!(
        built.trim(),
        "link accounts by email\n\
         registered = accounts where since < :to\n\
         active = accounts where not until < :from\n\
         present = registered intersect active\n\
         buyers = orders where at between :from and :to"
    );
    // So far the last step would be the result, and the page says so.
    me.press("Check").await;
    me.shows(&[
        "dated from :from to :to. This is the result.",
        "The result does not use this step.",
    ])
    .await;
    me.look("people-recipe-four-steps").await;
    let whole = format!(
        "{}\naffected = (present union buyers) except staff\n",
        built.trim()
    );
    me.fill("body", &whole).await;
    me.press("Check").await;
    me.shows(&[
        "(People of the step present, or people of the step buyers), but not people with a record in staff.",
        "Each run is given :to, :from.",
    ])
    .await;
    me.look("people-recipe").await;
    me.fill("note", "Who could be read in the export.").await;
    me.press("Save as version 1").await;
    me.shows(&["The recipe is saved."]).await;
    me.look("people-count-new").await;
}

async fn first_roster(me: &Reader<'_>) {
    count(me).await;
    let expected = json!([
        ["registered", 5],
        ["active", 4],
        ["present", 3],
        ["buyers", 2],
        ["affected", 4]
    ]);
    assert_eq!(steps(me).await, expected);
    me.shows(&["4 people are affected", "5 rows", "Counted only"])
        .await;
    me.look("people-counted").await;
    me.fill(
        "reason",
        "The export held the accounts and orders of that time.",
    )
    .await;
    me.press("Make this the roster").await;
    me.worked("Revision 1 of the roster").await;
    assert_eq!(steps(me).await, expected);
    me.follow("Revision 1 of the roster").await;
    me.shows(&[
        "new5",
        "left0",
        "no notice is live",
        "u-1",
        "u-4",
        "no account",
        "Somebody among them has no account.",
    ])
    .await;
    me.look("people-revision-1").await;
}

async fn late_found(me: &Reader<'_>, people: &str) {
    let fields = [
        ("name", "orders"),
        ("system", "orders"),
        ("in_system", "yes"),
    ];
    add_list(me, people, &fields, LONGER_ORDERS).await;
    me.press("Read it").await;
    me.worked("What came of it").await;
    me.open(people).await;
    me.shows(&[
        "3 taken, 3 rejected; replaced by orders (2)",
        "5 taken, 0 rejected",
        "4 people in 5 rows, version 1",
    ])
    .await;
    me.look("people-longer-list").await;
    me.follow("Count").await;
    count(me).await;
    let expected = json!([
        ["registered", 5],
        ["active", 4],
        ["present", 3],
        ["buyers", 3],
        ["affected", 5]
    ]);
    assert_eq!(steps(me).await, expected);
    me.shows(&["5 people are affected", "6 rows"]).await;
    me.fill_all(&[
        ("reason", "A row of the first list could not be read."),
        ("found_at", "2026-11-25T11:45"),
        (
            "found_reason",
            "The order stood in the list with a country that is no code.",
        ),
    ])
    .await;
    me.look("people-counted-again").await;
    me.press("Make this the roster").await;
    me.worked("Revision 2 of the roster").await;
    me.follow("Revision 2 of the roster").await;
    me.shows(&[
        "new1", "left0", "changed0", "u-7",
        "1 person came onto the roster: the live notice is shown to them from their next page view on.",
        "They have a period of their own, which began",
    ])
    .await;
    // Only who came with this revision is in its lists.
    let text = me.text().await;
    assert!(
        !text.contains("u-1") && !text.contains("no account"),
        "{text}"
    );
    me.look("people-revision-2").await;
}

async fn one_person(me: &Reader<'_>, people: &str) {
    me.open(&format!("{people}/ask")).await;
    me.fill_all(&[("kind", "email"), ("value", "Finn@mail.example")])
        .await;
    me.press("Ask").await;
    me.shows(&[
        "Yes: the person with the e-mail address Finn@mail.example is affected",
        "u-7, account of Shop",
        "since revision 2",
        "buyers In it",
        "present Not in it",
        "orders, line 5: counts.",
        "accounts version 1, orders version 2, staff version 1; with :from 2026-10-01, :to 2026-10-14.",
    ])
    .await;
    // Line 8 of the accounts names both, the id and the address.
    let edges = "return [...document.querySelectorAll('section[aria-labelledby=one-h] tbody tr')]
         .map(tr => [...tr.children].map(c => c.textContent.replace(/ [0-9a-f]{6,}.*/, '').trim()))";
    let edges = me.browser.run(edges).await;
    assert_eq!(
        edges,
        json!([["accounts", "8", "account id", "e-mail address", "Joined"]])
    );
    me.look("people-asked").await;
    me.fill_all(&[("kind", "email"), ("value", "erik@mail.example")])
        .await;
    me.press("Ask").await;
    me.shows(&[
        "No: nobody with the e-mail address erik@mail.example is on the roster",
        "staff, line 2: counts.",
    ])
    .await;
    me.look("people-asked-no").await;
}
