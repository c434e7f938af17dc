//! What joins records of one person, and what does not.

use std::collections::{BTreeMap, BTreeSet};

use duenotice::domain::scope::identifier::{Key, Kind};
use duenotice::store::run::{Input, Links, Listed, chain};

use super::{again, bound, find, key, keys, numbers, record};
use crate::support::db::Fresh;

crate::both_engines![
    a_shared_mailbox_joins_nobody,
    a_chain_of_a_thousand_stays_apart,
    a_split_separates,
    the_order_of_rows_does_not_matter,
    a_long_chain_is_followed_to_its_end,
    an_identifier_that_joins_nothing_does_not_count,
    why_two_records_are_one_person,
];

/// An account with an e-mail address.
fn account(line: i64, n: u8, email: u8) -> Listed {
    Listed {
        email_key: Some(key(email)),
        ..record("accounts", line, n)
    }
}

/// The order of a guest.
fn guest(line: i64, email: u8) -> Listed {
    Listed {
        kind: Kind::Email.number(),
        ..record("orders", line, email)
    }
}

async fn a_shared_mailbox_joins_nobody(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let mut records: Vec<Listed> = (1..=5).map(|n| account(n.into(), n, 100)).collect();
    records.push(guest(1, 100));
    let text = "link accounts by email\nlimit link 5\na = orders";
    let (outcome, found) = find(&mut tx, text, &records, &[]).await;
    // Five share it: one person with six identifiers.
    assert_eq!(outcome.persons, 1);
    assert_eq!(found.len(), 1);
    let five = outcome.links.unwrap();
    assert_eq!((five.persons, five.identifiers, five.shared), (1, 6, 0));
    // Six do: nobody's.
    let (outcome, found) = find(
        &mut tx,
        text,
        &[account(6, 6, 100), account(7, 6, 100)],
        &[],
    )
    .await;
    assert_eq!(found, keys(&[100]));
    let links = Links {
        shared: 1,
        shared_records: 7,
        ..Links::default()
    };
    assert_eq!(outcome.links, Some(links));
}

async fn a_chain_of_a_thousand_stays_apart(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let key = |n: u32| {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
        Key::new(bytes)
    };
    // Account n and account n + 1 have an address in common.
    let records: Vec<Listed> = (0..500)
        .flat_map(|n| {
            let of = |line, email| Listed {
                key: key(n),
                email_key: Some(key(email)),
                ..record("accounts", line, 0)
            };
            [
                of(2 * i64::from(n), 1000 + n),
                of(2 * i64::from(n) + 1, 1001 + n),
            ]
        })
        .collect();
    let text = |limit| format!("link accounts by email\nlimit person {limit}\na = accounts");
    let (outcome, _) = find(&mut tx, &text(25), &records, &[]).await;
    assert_eq!(outcome.persons, 500);
    // The addresses at both ends stand with one account only.
    let links = outcome.links.unwrap();
    assert_eq!(
        (links.persons, links.long, links.long_identifiers),
        (0, 1, 999)
    );
    let (outcome, _) = again(&mut tx, &text(998), &[]).await;
    assert_eq!(outcome.persons, 500);
    let (outcome, found) = again(&mut tx, &text(999), &[]).await;
    assert_eq!(outcome.persons, 1);
    let smallest = (0..500).chain(1001..1500).map(key).min().unwrap();
    assert_eq!(found, BTreeSet::from([smallest]));
}

async fn a_split_separates(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let records = [account(1, 1, 100), account(2, 2, 100), guest(1, 100)];
    let text = "link accounts by email\na = accounts except orders";
    assert_eq!(find(&mut tx, text, &records, &[]).await.1, keys(&[]));
    // Not account 2's address: account 2 did not order.
    let apart = [(key(2), key(100))];
    assert_eq!(again(&mut tx, text, &apart).await.1, keys(&[2]));
    let apart = [(key(100), key(2))];
    assert_eq!(again(&mut tx, text, &apart).await.1, keys(&[2]));
    // Splitting what is not joined changes nothing.
    assert_eq!(again(&mut tx, text, &[(key(1), key(2))]).await.1, keys(&[]));
}

async fn the_order_of_rows_does_not_matter(fresh: Fresh) {
    let records = [
        account(1, 1, 100),
        account(2, 2, 100),
        account(3, 2, 101),
        account(4, 3, 101),
        account(5, 4, 102),
        guest(1, 100),
        guest(2, 102),
        guest(3, 103),
    ];
    let text = "link accounts by email\na = accounts union orders";
    let mut seen = BTreeSet::new();
    for turn in 0..records.len() {
        let mut turned = records.to_vec();
        turned.rotate_left(turn);
        if turn % 2 == 1 {
            turned.reverse();
        }
        let mut tx = fresh.db.begin("test").await.unwrap();
        let (outcome, found) = find(&mut tx, text, &turned, &[]).await;
        seen.insert((outcome.persons, found));
    }
    // {1, 100, 2, 101, 3}, {4, 102} and {103}.
    let first = [1, 100, 2, 101, 3].map(key).into_iter().min().unwrap();
    let people = BTreeSet::from([first, key(4).min(key(102)), key(103)]);
    assert_eq!(seen, BTreeSet::from([(3, people)]));
}

async fn a_long_chain_is_followed_to_its_end(fresh: Fresh) {
    // Keys that rise, fall and alternate along the chain.
    for order in [
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [9, 8, 7, 6, 5, 4, 3, 2, 1],
        [5, 1, 6, 2, 7, 3, 8, 4, 9],
        [9, 2, 8, 1, 7, 3, 6, 4, 5],
    ] {
        let plain = |n: u8| Key::new([n; 16]);
        let records: Vec<Listed> = order
            .windows(2)
            .zip(1..)
            .map(|(pair, line)| Listed {
                key: plain(pair[0]),
                email_key: Some(plain(pair[1])),
                ..record("accounts", line, 0)
            })
            .collect();
        let mut tx = fresh.db.begin("test").await.unwrap();
        let text = "link accounts by email\na = accounts";
        let (_, found) = find(&mut tx, text, &records, &[]).await;
        // The last one is nobody's anchor and stands with one.
        let smallest = order[..8].iter().min().map(|n| plain(*n)).unwrap();
        assert_eq!(found, BTreeSet::from([smallest]), "{order:?}");
    }
}

async fn an_identifier_that_joins_nothing_does_not_count(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    // Thirty orders of one account, and its address in another list.
    let mut records: Vec<Listed> = (1..=30)
        .map(|n| Listed {
            record_key: Some(key(150 + n)),
            ..record("orders", n.into(), 1)
        })
        .collect();
    records.push(account(1, 1, 100));
    records.push(Listed {
        kind: Kind::Email.number(),
        ..record("staff", 1, 100)
    });
    let text =
        "link orders by order\nlink accounts by email\nlimit person 2\na = orders except staff";
    let (outcome, found) = find(&mut tx, text, &records, &[]).await;
    assert_eq!(found, keys(&[]));
    let links = outcome.links.unwrap();
    assert_eq!((links.persons, links.identifiers, links.long), (1, 2, 0));
}

async fn why_two_records_are_one_person(fresh: Fresh) {
    let mut tx = fresh.db.begin("test").await.unwrap();
    let mut shared: Vec<Listed> = (1..=6)
        .map(|n| account(20 + i64::from(n), 30 + n, 110))
        .collect();
    shared[0].key = key(1);
    let mut records = vec![
        account(1, 1, 100),
        account(2, 2, 100),
        guest(1, 100),
        guest(2, 103),
    ];
    records.append(&mut shared);
    super::insert(&mut tx, &records).await;
    tx.commit().await.unwrap();
    let (bound, sources): (_, BTreeMap<_, _>) = (
        bound("link accounts by email\na = accounts union orders"),
        numbers(),
    );
    let split = [(key(2), key(100))];
    let mut input = Input {
        bound: &bound,
        sources: &sources,
        apart: &[],
    };
    let from_order = chain(&fresh.db, &input, key(100)).await.unwrap();
    assert_eq!(from_order.keys, keys(&[1, 2, 100]));
    assert_eq!(
        from_order.label,
        [1, 2, 100].map(key).into_iter().min().unwrap()
    );
    assert_eq!(from_order.shared, keys(&[110]));
    let why: Vec<(&str, i64, Key, Key)> = from_order
        .edges
        .iter()
        .map(|e| (e.source.as_str(), e.line, e.anchor, e.other))
        .collect();
    assert_eq!(
        why,
        [
            ("accounts", 1, key(1), key(100)),
            ("accounts", 2, key(2), key(100)),
            ("accounts", 21, key(1), key(110)),
        ]
    );
    let lines: Vec<(i64, i64)> = from_order
        .records
        .iter()
        .map(|r| (r.source, r.line))
        .collect();
    assert_eq!(lines, [(1, 1), (3, 1), (3, 2), (3, 21)]);
    assert_eq!(
        chain(&fresh.db, &input, key(2)).await.unwrap().keys,
        from_order.keys
    );
    assert_eq!(
        chain(&fresh.db, &input, key(103)).await.unwrap().keys,
        keys(&[103])
    );
    input.apart = &split;
    let separated = chain(&fresh.db, &input, key(1)).await.unwrap();
    assert_eq!(separated.keys, keys(&[1, 100]));
    let two = chain(&fresh.db, &input, key(2)).await.unwrap();
    assert_eq!(two.keys, keys(&[2]));
    assert!(two.edges[0].apart);
    let unknown = chain(&fresh.db, &input, key(200)).await.unwrap();
    assert!(unknown.records.is_empty());
    assert_eq!(unknown.label, key(200));
}
