//! Recipes whose people were worked out by hand.

use duenotice::domain::scope::identifier::Kind;
use duenotice::store::run::{self, Input, Listed};

use super::{again, bound, find, insert, key, keys, numbers, record};
use crate::support::db::Fresh;

crate::both_engines![
    sets_of_people,
    filters_of_records,
    missing_values_are_counted_where_they_decide,
    windows_of_a_log,
    a_step_is_filtered_by_what_its_people_have,
    every_record_of_a_person_comes_with_the_result,
    nothing_is_left_behind,
];

fn accounts(numbers: &[u8]) -> Vec<Listed> {
    let lines = 1..;
    numbers
        .iter()
        .zip(lines)
        .map(|(n, line)| record("accounts", line, *n))
        .collect()
}

async fn sets_of_people(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let mut records = accounts(&[1, 2, 3, 4]);
    records.extend([(1, 3), (2, 4), (3, 4), (4, 5)].map(|(line, n)| record("orders", line, n)));
    records.extend([(1, 4), (2, 1)].map(|(line, n)| record("staff", line, n)));
    insert(&mut tx, &records).await;
    for (text, people) in [
        ("a = orders", &[3, 4, 5][..]),
        ("a = accounts union orders", &[1, 2, 3, 4, 5]),
        ("a = accounts intersect orders", &[3, 4]),
        ("a = accounts except orders", &[1, 2]),
        ("a = accounts union orders except staff", &[2, 3, 5]),
        ("a = accounts union (orders except staff)", &[1, 2, 3, 4, 5]),
        ("a = accounts union orders intersect staff", &[1, 2, 3, 4]),
        ("a = accounts except (orders union staff)", &[2]),
        ("a = accounts except (orders except staff)", &[1, 2, 4]),
        (
            "a = staff\nb = orders\nc = (accounts except a) union (b intersect a)",
            &[2, 3, 4],
        ),
        ("a = staff except staff", &[]),
    ] {
        let (outcome, found) = again(&mut tx, text, &[]).await;
        assert_eq!(found, keys(people), "{text}");
        assert_eq!(usize::try_from(outcome.persons).unwrap(), people.len());
    }
    let (outcome, _) = again(&mut tx, "a = staff\nb = orders\nc = a union b", &[]).await;
    let counts: Vec<_> = outcome
        .steps
        .iter()
        .map(|s| (s.name.as_str(), s.persons))
        .collect();
    assert_eq!(counts, [("a", 2), ("b", 3), ("c", 4)]);
    assert_eq!(outcome.links, None);
}

async fn filters_of_records(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let mut records = accounts(&[1, 2, 3, 4]);
    records[0].since = Some(86_399);
    records[1].since = Some(86_400);
    records[2].since = Some(172_800);
    records[0].country = Some("AT".to_owned());
    records[1].country = Some("DE".to_owned());
    records[0].until = Some(2);
    records[1].until = Some(3);
    records[0].exposed = Some("email name".to_owned());
    records[1].exposed = Some("e-mail names".to_owned());
    records[2].exposed = Some("name".to_owned());
    records[0].more = Some(r#"{"plan": "it's 100%"}"#.to_owned());
    records[1].more = Some(r#"{"plan": "free"}"#.to_owned());
    records[0].birth_year = Some(2012);
    records[1].birth_year = Some(2013);
    records[3].region = Some("TX".to_owned());
    insert(&mut tx, &records).await;
    for (condition, people) in [
        ("since < 1970-01-02", &[1][..]),
        ("since <= 1970-01-02", &[1, 2]),
        ("since > 1970-01-02", &[3]),
        ("since >= 1970-01-02", &[2, 3]),
        ("since = 1970-01-02", &[2]),
        ("since != 1970-01-02", &[1, 3]),
        ("not since = 1970-01-02", &[1, 3, 4]),
        ("since between 1970-01-01 and 1970-01-02", &[1, 2]),
        ("since not between 1970-01-01 and 1970-01-02", &[3, 4]),
        (
            "since between 1970-01-01T23:59:59Z and 1970-01-02T00:00:00Z",
            &[1, 2],
        ),
        ("since is missing", &[4]),
        ("since is known", &[1, 2, 3]),
        ("country = at", &[1]),
        ("country != AT", &[2]),
        ("not country = AT", &[2, 3, 4]),
        ("country in (AT, DE)", &[1, 2]),
        ("country not in (AT)", &[2, 3, 4]),
        ("state = US-TX", &[4]),
        ("exposed has name", &[1, 3]),
        ("exposed has e", &[]),
        ("not exposed has email", &[2, 3, 4]),
        ("more.plan = \"it's 100%\"", &[1]),
        ("more.plan != free", &[1]),
        ("more.other is missing", &[1, 2, 3, 4]),
        ("more.plan is known", &[1, 2]),
        ("birth_year < 2013", &[1]),
        ("birth_year in (2012, 2013)", &[1, 2]),
        ("kept", &[2, 3, 4]),
        ("not kept", &[1]),
        (
            "country = AT or since >= 1970-01-02 and not exposed has name",
            &[1, 2],
        ),
        (
            "(country = AT or since >= 1970-01-02) and not exposed has name",
            &[2],
        ),
    ] {
        let text = format!("a = accounts where {condition}");
        let (_, found) = again(&mut tx, &text, &[]).await;
        assert_eq!(found, keys(people), "{text}");
    }
}

async fn missing_values_are_counted_where_they_decide(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let mut records = accounts(&[1, 2, 3]);
    records[0].since = Some(10);
    records[1].country = Some("AT".to_owned());
    insert(&mut tx, &records).await;
    for (text, unknown) in [
        ("a = accounts where since < 1970-01-02", 2),
        // Never deleted counts as not deleted: nobody is missed.
        ("a = accounts where not until < 1970-01-02", 0),
        // Line 2 is in for its country, whatever its time.
        ("a = accounts where since < 1970-01-02 or country = AT", 1),
        ("a = accounts where since < 1970-01-02 and country = DE", 2),
        ("a = accounts where since is missing", 0),
        ("a = accounts except (accounts where since < 1970-01-02)", 0),
        (
            "a = accounts except (accounts where not since < 1970-01-02)",
            2,
        ),
        ("x = accounts\na = x where country = AT", 2),
        ("x = accounts\na = x except (x where not country = AT)", 2),
    ] {
        let (outcome, _) = again(&mut tx, text, &[]).await;
        let told: i64 = outcome.steps.iter().map(|s| s.unknown).sum();
        assert_eq!(told, unknown, "{text}");
    }
}

async fn windows_of_a_log(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let order = |line, n, at| Listed {
        at,
        ..record("orders", line, n)
    };
    let window = |line, since, until, by: &str| Listed {
        since,
        until,
        more: Some(format!("{{\"by\": \"{by}\"}}")),
        ..record("log", line, 99)
    };
    let records = [
        order(1, 1, Some(9)),
        order(2, 2, Some(10)),
        order(3, 3, Some(19)),
        order(4, 4, Some(20)),
        order(5, 5, Some(35)),
        order(6, 6, Some(59)),
        order(7, 7, None),
        window(1, Some(10), Some(20), "4711"),
        // One within another, and one that goes on from it.
        window(2, Some(30), Some(50), "4711"),
        window(3, Some(32), Some(34), "4711"),
        window(4, Some(50), Some(60), "4712"),
        window(5, Some(0), None, "4711"),
        window(6, Some(70), Some(70), "4711"),
    ];
    let (outcome, found) = find(&mut tx, "a = orders during log", &records, &[]).await;
    assert_eq!(found, keys(&[2, 3, 5, 6]));
    assert_eq!(
        (outcome.steps[0].unknown, outcome.steps[0].unknown_windows),
        (1, 1)
    );
    let by = |n| format!("a = orders during log where log.by = {n}");
    assert_eq!(again(&mut tx, &by(4711), &[]).await.1, keys(&[2, 3, 5]));
    assert_eq!(again(&mut tx, &by(4712), &[]).await.1, keys(&[6]));
    assert_eq!(again(&mut tx, &by(1), &[]).await.1, keys(&[]));
    let text = "a = orders where at > 1970-01-01T00:00:15Z during log where log.by = 4711";
    assert_eq!(again(&mut tx, text, &[]).await.1, keys(&[3, 5]));
    let text = "a = orders except (orders during log)";
    assert_eq!(again(&mut tx, text, &[]).await.1, keys(&[1, 4, 7]));
}

async fn a_step_is_filtered_by_what_its_people_have(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let mut records = accounts(&[1, 2, 3]);
    records[0].country = Some("AT".to_owned());
    records[1].country = Some("DE".to_owned());
    for (line, n) in [(1, 1), (2, 1), (3, 2), (4, 3)] {
        records.push(record("orders", line, n));
    }
    insert(&mut tx, &records).await;
    for (condition, people) in [
        ("country = AT", &[1][..]),
        ("country != AT", &[2]),
        ("not country = AT", &[2, 3]),
        ("country is missing", &[3]),
        ("country is known and not country = DE", &[1]),
    ] {
        // The orders have no country; the accounts, which the recipe names elsewhere, do.
        let text = format!(
            "x = orders\nnone = accounts where since is known\na = (x where {condition}) except none"
        );
        let (_, found) = again(&mut tx, &text, &[]).await;
        assert_eq!(found, keys(people), "{condition}");
    }
}

async fn every_record_of_a_person_comes_with_the_result(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let mut records = accounts(&[1, 2]);
    records[0].email_key = Some(key(50));
    let guest = Listed {
        kind: Kind::Email.number(),
        at: Some(1),
        ..record("orders", 1, 50)
    };
    records.extend([
        guest.clone(),
        record("orders", 2, 1),
        record("orders", 3, 2),
    ]);
    insert(&mut tx, &records).await;
    let text = "link accounts by email\na = orders where at is known";
    let (bound, sources) = (bound(text), numbers());
    let input = Input {
        bound: &bound,
        sources: &sources,
        apart: &[],
    };
    run::run(&mut tx, &input).await.unwrap();
    // Source 1 is the orders, 3 the accounts.
    let all: Vec<(i64, i64)> = vec![(1, 1), (1, 2), (3, 1)];
    for limit in 1..5 {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = run::records(&mut tx, &input, after, limit).await.unwrap();
            found.extend(page.iter().map(|p| (p.record.source, p.record.line)));
            after = page.last().map(Into::into);
            if page.is_empty() {
                break;
            }
        }
        assert_eq!(found, all, "{limit} a page");
    }
    let first = run::records(&mut tx, &input, None, 1)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(first.label, key(1).min(key(50)));
    assert_eq!(first.record, guest);
}

async fn nothing_is_left_behind(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let text = "link accounts by email\nb = orders during log\na = b union (accounts except staff)";
    find(&mut tx, text, &accounts(&[1]), &[]).await;
    run::close(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fresh.db.begin("test").await.unwrap();
    let (outcome, _) = again(&mut tx, text, &[]).await;
    assert_eq!(outcome.persons, 1);
}
