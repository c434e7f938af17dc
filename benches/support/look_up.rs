//! How long it takes to find one person on a roster.

use std::time::{Duration, Instant};

use duenotice::domain::access::Role;
use duenotice::domain::scope::identifier::Kind;
use duenotice::ids::NoticeId;
use duenotice::service::notice::{self, Activate, Approve, LANGUAGES, NewNotice, QUESTIONS};
use duenotice::service::who::{self, Question};
use duenotice::store::{alias, delivery, notice as notices, person};

use super::desk::{Desk, SITE, acting};
use super::people;
use super::scatter::key;

/// Looks up people of a roster of so many, one after another.
pub async fn measure(engine: &str, desk: &Desk, people: usize) {
    let (db, hasher) = (&desk.app.db, &desk.app.hasher);
    if !notices::any_active(db, desk.incident).await.unwrap() {
        go_live(desk).await;
    }
    let people = u64::try_from(people).unwrap();
    // Anybody: by a number of which nothing follows from the one before.
    let anybody = |n: u64| {
        let number = u64::from_be_bytes(key(n + (1 << 50))[..8].try_into().unwrap());
        people::person(number % people)
    };
    let print = |what: &str, times| println!("{engine} {what}: {}", told(times));
    let print_aimed = |what: &str, times| print(&format!("{what} (aim: under 1000 us)"), times);

    let mut times = Vec::new();
    for n in 0..2_000 {
        let person = hasher.account(SITE, &anybody(n).id);
        let start = Instant::now();
        let due = delivery::due(db, SITE, person).await.unwrap();
        times.push(start.elapsed());
        assert_eq!(due.len(), 1);
    }
    print_aimed("the notices of somebody on the roster", times);

    let mut times = Vec::new();
    for n in 0..2_000 {
        let person = hasher.account(SITE, &people::person(people + n).id);
        let start = Instant::now();
        let due = delivery::due(db, SITE, person).await.unwrap();
        times.push(start.elapsed());
        assert_eq!(due.len(), 0);
    }
    print_aimed("the notices of somebody who is not on it", times);

    let mut times = Vec::new();
    for n in 0..2_000 {
        let email = hasher.key(Kind::Email, "", &anybody(n).email);
        let start = Instant::now();
        let found = alias::find(db, desk.incident, email).await.unwrap();
        let (site, account) = found.first().unwrap();
        let found = person::find(db, desk.incident, site, *account).await;
        times.push(start.elapsed());
        assert!(found.unwrap().is_some());
    }
    print_aimed("a person by the key of an address", times);

    let responder = acting(&desk.app, Role::Responder);
    let (mut asked, mut why) = (Vec::new(), Vec::new());
    for n in 0..200 {
        let question = Question {
            kind: Kind::Email.name().to_owned(),
            value: anybody(n).email,
            ..Question::default()
        };
        let start = Instant::now();
        let answer = who::ask(&responder, desk.incident, &question).await;
        asked.push(start.elapsed());
        let answer = answer.unwrap();
        assert!(answer.affected());
        if n < 20 {
            let start = Instant::now();
            let reasons = who::reasons(&desk.app, desk.incident, answer.key).await;
            why.push(start.elapsed());
            assert!(reasons.unwrap().is_some());
        }
    }
    print("the same as a question that is logged", asked);
    print("the reasons for it", why);
}

/// A notice to everybody on the roster.
async fn go_live(desk: &Desk) -> NoticeId {
    let mut new = NewNotice::default();
    for language in LANGUAGES {
        let answers = QUESTIONS.map(|question| (question.to_owned(), "Something.".to_owned()));
        new.answers.insert(language.to_owned(), answers.into());
    }
    let (app, db) = (&desk.app, &desk.app.db);
    let responder = acting(app, Role::Responder);
    let id = notice::draft(&responder, desk.incident, &new)
        .await
        .unwrap();
    let current = notices::find(db, id).await.unwrap().unwrap().current;
    let version = notices::find_version(db, id, current).await;
    let version = version.unwrap().unwrap();
    let approve = Approve {
        number: version.number,
        content_hash: version.content_hash,
    };
    notice::approve(&acting(app, Role::Approver), id, &approve)
        .await
        .unwrap();
    let version = notices::find(db, id).await.unwrap().unwrap().version;
    notice::activate(&responder, id, &Activate { version })
        .await
        .unwrap()
}

/// The median and the 99th percentile.
fn told(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| times[times.len() * percent / 100];
    format!(
        "median {} us, 99 of 100 within {} us",
        at(50).as_micros(),
        at(99).as_micros()
    )
}
