//! `duenotice people recipe`, `diff` and `who`. Who is affected: [`crate::support::lists`].

use std::os::unix::fs::OpenOptionsExt as _;

use chrono::TimeDelta;
use duenotice::ids::IncidentId;
use duenotice::store;
use duenotice::time::TimeSource;

use crate::support::db::Fresh;
use crate::support::lists::{self, RECIPE};
use crate::support::program::Program;
use crate::support::world::World;

crate::both_engines!(
    mistakes_stand_under_their_place,
    a_recipe_is_run_applied_compared_and_explained,
);

const WINDOW: [&str; 6] = [
    "--param",
    "from=2026-10-01",
    "--param",
    "to=2026-10-14",
    "--zone",
    "Europe/Vienna",
];

struct Shop {
    world: World,
    id: IncidentId,
    reference: String,
    program: Program,
}

/// A database with three lists, and the program on it with the same secret. The program has the clock of
/// the machine, so the world has it too.
async fn shop(fresh: Fresh) -> Shop {
    let program = Program::on(&fresh.url);
    let secret = program.dir.path().join("secret.key");
    let mut options = std::fs::File::options();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(secret)
        .unwrap();
    std::io::Write::write_all(&mut file, "07".repeat(32).as_bytes()).unwrap();
    let now = TimeSource::system().now();
    let world = World::at(fresh, &now.to_rfc3339()).await;
    let detected = (now - TimeDelta::days(2)).to_rfc3339();
    let id = world.incident(&detected).await;
    lists::three(&world, id).await;
    let incident = store::incident::find(&world.app.db, id).await.unwrap();
    Shop {
        reference: incident.unwrap().reference,
        world,
        id,
        program,
    }
}

impl Shop {
    async fn people(&self, command: &str, more: &[&str]) -> (Option<i32>, String, String) {
        let mut arguments = vec![command, "--incident", &self.reference];
        arguments.extend(more);
        self.program.run("people", &arguments).await
    }

    /// What it says when it does what was asked.
    async fn good(&self, command: &str, more: &[&str]) -> String {
        let (code, out, err) = self.people(command, more).await;
        assert_eq!(code, Some(0), "{out}\n{err}");
        out
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.program.dir.path().join(name), text).unwrap();
    }
}

#[track_caller]
fn says(out: &str, words: &[&str]) {
    for word in words {
        assert!(out.contains(word), "\"{word}\" is not in:\n{out}");
    }
}

/// What stands after "SHA-256 " in the line of the result.
fn hash(out: &str) -> String {
    let line = out
        .lines()
        .find(|line| line.contains("of the roster, SHA-256"))
        .unwrap_or_else(|| panic!("no result in:\n{out}"));
    line.rsplit(' ').next().unwrap().to_owned()
}

async fn mistakes_stand_under_their_place(fresh: Fresh) {
    let shop = shop(fresh).await;
    shop.write("wrong.txt", "a = acounts\naffected = a unoin orders\n");
    let file = ["--file", "wrong.txt", "--note", "Why."];
    let (code, out, err) = shop.people("recipe", &file).await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    says(
        &err,
        &[
            "Line 1, character 5: There is no source or earlier step acounts. Is accounts meant?\n",
            "\n  a = acounts\n      ^\n",
            "Line 2, character 14: ",
            "\n  affected = a unoin orders\n               ^\n",
            "the recipe has 2 mistakes; nothing was saved or run",
        ],
    );
    let (code, _, err) = shop.people("recipe", &[]).await;
    assert_eq!(code, Some(1));
    says(&err, &["has no recipe yet"]);

    // A value that is missing is shown where the recipe asks for it.
    shop.write("recipe.txt", RECIPE);
    let file = [
        "--file",
        "recipe.txt",
        "--note",
        "Why.",
        "--param",
        "from=2026-10-01",
    ];
    let (code, _, err) = shop.people("recipe", &file).await;
    assert_eq!(code, Some(1));
    says(
        &err,
        &["Line 3, character 37: The parameter :to has no value."],
    );
    let versions = store::recipe::list(&shop.world.app.db, shop.id)
        .await
        .unwrap();
    assert_eq!(versions, [], "nothing was saved");

    for (more, word) in [
        (vec!["--param", "from"], "write NAME=VALUE"),
        (vec!["--apply"], "--reason"),
        (vec!["--file", "recipe.txt"], "--note"),
    ] {
        let (code, _, err) = shop.people("recipe", &more).await;
        assert_eq!(code, Some(2), "{more:?}: {err}");
        says(&err, &[word]);
    }
    let (code, _, err) = shop.people("diff", &["--as", "nobody@example.org"]).await;
    assert_eq!(code, Some(1));
    says(&err, &["--as nobody@example.org: there is no account"]);
    let unknown = [
        "who",
        "--incident",
        "1999-001",
        "--kind",
        "email",
        "a@b.example",
    ];
    let (code, _, err) = shop.program.run("people", &unknown).await;
    assert_eq!(code, Some(1));
    says(&err, &["there is no incident 1999-001"]);
    shop.world.finish().await;
}

async fn a_recipe_is_run_applied_compared_and_explained(fresh: Fresh) {
    let shop = shop(fresh).await;
    shop.write("recipe.txt", RECIPE);
    let (code, _, err) = shop.people("diff", &[]).await;
    assert_eq!(code, Some(1));
    says(&err, &["no recipe made this roster"]);

    let mut first = vec!["--file", "recipe.txt", "--note", "The first one."];
    first.extend(WINDOW);
    let looked = shop.good("recipe", &first).await;
    says(
        &looked,
        &[
            "The recipe is version 1.",
            "accounts (reading 1): 6 records, SHA-256 ",
            "registered: 3 people\n",
            "buyers: 2 people\n    People with a record in orders that is dated from",
            "affected: 4 people\n",
            "4 people known by more than one identifier",
            "4 people, 5 rows of the roster, SHA-256 ",
            "5 new, 0 back again, 0 no longer on it, 0 changed. Nothing was changed",
        ],
    );
    let mut apply = vec!["--apply", "--reason", "The first roster."];
    apply.extend(WINDOW);
    let applied = shop.good("recipe", &apply).await;
    says(&applied, &["The roster is revision 1 now: 5 new, "]);
    assert_eq!(hash(&applied), hash(&looked));
    let same = shop.good("diff", &[]).await;
    says(
        &same,
        &[&format!("The same roster, SHA-256 {}.", hash(&looked))],
    );

    lists::list(&shop.world, shop.id, "orders", lists::MORE_ORDERS).await;
    let (code, out, err) = shop.people("diff", &[]).await;
    assert_eq!(code, Some(1), "{out}{err}");
    says(
        &out,
        &[
            "orders (reading 2): 4 records",
            "Another roster: 1 new, 0 back again, 0 no longer on it, 0 changed.",
        ],
    );
    says(&err, &["another roster than the one there is"]);
    let found = (TimeSource::system().now() - TimeDelta::minutes(5)).to_rfc3339();
    let mut late = vec![
        "--apply",
        "--reason",
        "The second list.",
        "--found-at",
        &found,
    ];
    late.extend([
        "--found-zone",
        "Europe/Vienna",
        "--found-reason",
        "An order was missing.",
    ]);
    late.extend(WINDOW);
    let second = shop.good("recipe", &late).await;
    says(&second, &["The roster is revision 2 now: 1 new, 0 back"]);
    let cohorts = store::cohort::list(&shop.world.app.db, shop.id)
        .await
        .unwrap();
    let told: Vec<_> = cohorts.iter().map(|c| (c.revision, c.persons)).collect();
    assert_eq!(told, [(2, 1)], "Finn has a period of his own");

    lists::list(&shop.world, shop.id, "staff", lists::MORE_STAFF).await;
    let mut wrong = vec!["--apply", "--reason", "Anna is an employee."];
    wrong.extend(WINDOW);
    let third = shop.good("recipe", &wrong).await;
    says(
        &third,
        &["revision 3 now: 0 new, 0 back again, 1 no longer on it, 0 changed"],
    );
    let all = shop.good("diff", &["--revisions", "1", "3"]).await;
    says(
        &all,
        &[
            "Revision 2, ",
            ": 1 new, 0 back again, 0 no longer on it, 0 changed; 6 rows, SHA-256 ",
            "Revision 3, ",
            ": 0 new, 0 back again, 1 no longer on it, 0 changed; 5 rows, SHA-256 ",
            "Anna is an employee.",
            "From revision 1 to 3: 5 rows before, 5 after.",
        ],
    );
    assert!(!all.contains("Revision 1, "), "{all}");

    let finn = ["--kind", "email", "Finn@mail.example", "--reasons"];
    let finn = shop.good("who", &finn).await;
    says(
        &finn,
        &[
            "Affected.\n",
            "without an account: finn@mail.example, since revision 2, AT (from orders)",
            "By version 1 of the recipe this person is affected:",
            "orders, line 5: counts.",
            "Known by 1 identifier:",
        ],
    );
    let anna = ["--kind", "account", "--site", "shop", "u-1"];
    let anna = shop.good("who", &anna).await;
    says(&anna, &["Not affected any more", "left with revision 3"]);
    let nobody = shop
        .good("who", &["--kind", "email", "zoe@mail.example"])
        .await;
    says(&nobody, &["Not affected: not on the roster."]);
    let (code, _, err) = shop.people("who", &["--kind", "shoe", "42"]).await;
    assert_eq!(code, Some(1));
    says(&err, &["kind: Choose one of account, email"]);
    // Every question that was answered is in the log; the identifier is not, in clear.
    let (code, out, err) = shop.program.run("verify", &[]).await;
    assert_eq!(code, Some(0), "{out}{err}");
    shop.world.finish().await;
}
