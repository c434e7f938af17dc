//! Sites and their keys, by administrators only, each change in evidence.

use duenotice::domain::access::Role;
use duenotice::domain::host_key::Algorithm;
use duenotice::error::Error;
use duenotice::service::site::{NewKey, SiteForm, add_key, create, edit, set_key_state};
use duenotice::store::site::{self, KeyState};

use crate::support::db::Fresh;
use crate::support::world::{SITE, World};

fn form() -> SiteForm {
    SiteForm {
        name: "Blog".into(),
        origins: vec!["https://blog.example".into()],
        default_lang: "de".into(),
        version: 1,
    }
}

fn hs(kid: &str, n: u8) -> NewKey {
    NewKey {
        kid: kid.into(),
        algorithm: Algorithm::Hs256,
        key: String::from_utf8(vec![b'a' + n; 32]).unwrap(),
    }
}

async fn a_site_is_made_and_changed_by_administrators(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let admin = world.person("Ada", Role::Administrator);
    for role in [
        Role::Reporter,
        Role::Responder,
        Role::Approver,
        Role::Manager,
    ] {
        let other = world.person("Otto", role);
        assert!(matches!(
            create(&other, "blog", &form()).await,
            Err(Error::Denied(_))
        ));
    }
    create(&admin, "blog", &form()).await.unwrap();
    assert!(matches!(
        create(&admin, "blog", &form()).await,
        Err(Error::Invalid(_))
    ));
    for id in ["", "Blog", "a b", "-a", "a/b", &"x".repeat(41)] {
        assert!(
            matches!(create(&admin, id, &form()).await, Err(Error::Invalid(_))),
            "{id}"
        );
    }
    let bad = SiteForm {
        origins: vec!["https://*.example".into()],
        ..form()
    };
    let refused = create(&admin, "other", &bad).await.unwrap_err();
    assert!(refused.reason("origins").unwrap().contains("wildcard"));

    let changed = SiteForm {
        name: "The blog".into(),
        ..form()
    };
    edit(&admin, "blog", &changed).await.unwrap();
    let stale = edit(&admin, "blog", &changed).await;
    assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");
    let row = site::find(&world.app.db, "blog").await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.version), ("The blog", 2));
    world.verified().await;
}

async fn a_site_has_at_most_three_live_keys(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let admin = world.person("Ada", Role::Administrator);
    for (n, kid) in (0..).zip(["a", "b", "c"]) {
        add_key(&admin, SITE, &hs(kid, n)).await.unwrap();
    }
    let fourth = add_key(&admin, SITE, &hs("d", 3)).await;
    assert!(matches!(fourth, Err(Error::Conflict(_))), "{fourth:?}");
    set_key_state(&admin, SITE, "a", KeyState::Retired)
        .await
        .unwrap();
    let back = set_key_state(&admin, SITE, "a", KeyState::Active).await;
    assert!(matches!(back, Err(Error::Conflict(_))), "{back:?}");
    let same_name = add_key(&admin, SITE, &hs("a", 3)).await.unwrap_err();
    assert!(same_name.reason("kid").is_some());
    let same_key = add_key(&admin, SITE, &hs("d", 0)).await.unwrap_err();
    assert!(same_key.reason("key").is_some());
    add_key(&admin, SITE, &hs("d", 3)).await.unwrap();
    let short = NewKey {
        key: "short".into(),
        ..hs("e", 4)
    };
    assert!(
        add_key(&admin, SITE, &short)
            .await
            .unwrap_err()
            .reason("key")
            .is_some()
    );
    assert_eq!(site::live_keys(&world.app.db).await.unwrap().len(), 3);
    world.verified().await;
}

crate::both_engines!(
    a_site_is_made_and_changed_by_administrators,
    a_site_has_at_most_three_live_keys,
);
