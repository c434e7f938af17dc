//! Mail leaves over real SMTP, and no answer of a server loses or doubles it.

use std::path::Path;

use chrono::TimeDelta;
use duenotice::job::Worker;
use duenotice::mail::{Mailer, Outgoing, Smtp};
use duenotice::store;

use crate::support::db::{Fresh, on_sqlite};
use crate::support::smtp::{Act, Server, Sink};
use crate::support::world::World;

fn mailer(url: &str) -> Mailer {
    let from = "Due Notice <dn@notice.example>".parse().unwrap();
    Mailer::smtp(from, Smtp::parse(url).unwrap())
}

fn real(server: &Server, password: &str, ca: Option<&Path>) -> Mailer {
    let ca = ca.map_or(String::new(), |ca| format!("?ca={}", ca.display()));
    let port = server.port;
    mailer(&format!("smtp://team%40x:{password}@localhost:{port}{ca}"))
}

fn mail() -> Outgoing {
    Outgoing {
        id: duenotice::ids::MailId(uuid::Uuid::nil()),
        message_id: "0@notice.example".to_owned(),
        recipient: "anna@example.org".to_owned(),
        subject: "2026-014: reported".to_owned(),
        body: "A line.\n.\nA line after a lone dot.\n".to_owned(),
        written_at: "2026-11-25T09:14:00Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn a_real_server_takes_it_encrypted_and_with_a_password() {
    let Some(mut server) = Server::start().await else {
        return;
    };
    let ca = server.ca.clone();
    real(&server, "p%3Aw%2Fd", Some(&ca))
        .send(&mail())
        .await
        .unwrap();
    let taken = server.taken().await;
    assert!(taken.tls);
    assert_eq!(taken.from, "dn@notice.example");
    assert_eq!(taken.to, ["anna@example.org"]);
    assert!(taken.data.contains("Message-ID: <0@notice.example>\r\n"));
    assert!(
        taken
            .data
            .ends_with("\r\n\r\nA line.\r\n.\r\nA line after a lone dot.\r\n"),
        "{}",
        taken.data
    );
}

#[tokio::test]
async fn a_certificate_or_password_that_is_refused_keeps_the_mail_waiting() {
    let Some(server) = Server::start().await else {
        return;
    };
    let ca = server.ca.clone();
    let plain = format!("smtp://localhost:{}?tls=none", server.port);
    for (mailer, why) in [
        (real(&server, "p%3Aw%2Fd", None), "certificate"),
        (real(&server, "wrong", Some(&ca)), "535"),
        (mailer(&plain), "530"),
    ] {
        let not = mailer.send(&mail()).await.unwrap_err();
        assert!(!not.lasting, "{not:?}");
        assert!(not.reason.contains(why), "{why}: {not:?}");
        assert!(!not.reason.contains("p:w"), "{not:?}");
    }
}

#[tokio::test]
async fn a_password_is_not_sent_to_a_server_without_encryption() {
    let sink = Sink::start(&[]).await;
    for tls in ["required", "opportunistic"] {
        let mailer = mailer(&format!("smtp://u:hush@localhost:{}?tls={tls}", sink.port));
        let not = mailer.send(&mail()).await.unwrap_err();
        assert!(!not.lasting, "{not:?}");
    }
    assert_eq!(sink.texts(), [""; 0]);
}

#[tokio::test]
async fn a_lasting_no_is_told_from_a_passing_one() {
    use Act::{DropAfterText, Say};
    for (act, lasting) in [
        (&[Say("RCPT", "451 greylisted")], false),
        (&[Say("RCPT", "550 no such user anna@example.org")], true),
        (&[Say("TEXT", "554 looks like spam")], true),
        (&[Say("TEXT", "452 disk full")], false),
        (&[Say("MAIL", "550 sender not allowed")], false),
        (&[DropAfterText], false),
    ] {
        let sink = Sink::start(act).await;
        let mailer = mailer(&format!("smtp://localhost:{}?tls=none", sink.port));
        let not = mailer.send(&mail()).await.unwrap_err();
        assert_eq!(not.lasting, lasting, "{act:?}: {not:?}");
        assert!(!not.reason.contains("anna@"), "{not:?}");
    }
}

#[tokio::test]
async fn a_mail_survives_every_passing_failure_and_is_the_same_each_time() {
    on_sqlite(async |fresh: Fresh| {
        let sink = Sink::start(&[
            Act::Say("RCPT", "451 greylisted"),
            Act::DropAfterText,
            Act::Take,
        ])
        .await;
        let mut world = World::at(fresh, "2026-11-23T10:00:00Z").await;
        world.app.mailer = mailer(&format!("smtp://localhost:{}?tls=none", sink.port));
        world.incident("2026-11-23T10:00:00+01:00").await;
        let worker = Worker::of(&world.app).unwrap();
        for _ in 0..3 {
            assert_eq!(worker.run_until_idle().await.unwrap(), 1);
            world.app.time.advance(TimeDelta::minutes(2));
        }
        let texts = sink.texts();
        assert_eq!(
            texts.len(),
            2,
            "the one that was dropped, and the one taken"
        );
        assert_eq!(texts[0], texts[1], "with the same Message-ID and all");
        assert_eq!(worker.run_until_idle().await.unwrap(), 0);
        world.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_stays_for_a_person_to_look_at() {
    on_sqlite(async |fresh: Fresh| {
        let sink = Sink::start(&[Act::Say("RCPT", "550 no such user")]).await;
        let mut world = World::at(fresh, "2026-11-23T10:00:00Z").await;
        world.app.mailer = mailer(&format!("smtp://localhost:{}?tls=none", sink.port));
        world.incident("2026-11-23T10:00:00+01:00").await;
        Worker::of(&world.app)
            .unwrap()
            .run_until_idle()
            .await
            .unwrap();
        let dead = store::job::dead(&world.app.db).await.unwrap();
        assert_eq!(dead.len(), 1);
        let why = dead[0].last_error.as_deref().unwrap();
        assert!(why.starts_with("localhost refuses the mail:"), "{why}");
    })
    .await;
}
