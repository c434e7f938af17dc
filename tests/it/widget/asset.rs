//! The script under its address.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use sha2::{Digest as _, Sha384};

use super::Node;
use crate::support::db::on_sqlite;

#[tokio::test]
async fn the_manifest_leads_to_the_script_and_its_hash() {
    on_sqlite(async |fresh| {
        let node = Node::new(fresh).await;
        let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
        let manifest = node.send(get("/embed/manifest.json")).await;
        assert_eq!(manifest.header("cache-control"), "public, max-age=300");
        let fields = manifest.json();
        let script = node.send(get(fields["path"].as_str().unwrap())).await;
        assert_eq!(script.status, StatusCode::OK);
        assert!(script.header("cache-control").contains("immutable"));
        assert_eq!(script.header("access-control-allow-origin"), "*");
        assert_eq!(
            script.header("cross-origin-resource-policy"),
            "cross-origin"
        );
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha384::digest(&script.body));
        assert_eq!(fields["integrity"], format!("sha384-{hash}"));
        let other = node.send(get("/embed/000000000000/sn.js")).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        let again = Request::get("/embed/manifest.json")
            .header("if-none-match", manifest.header("etag"))
            .body(Body::empty());
        assert_eq!(
            node.send(again.unwrap()).await.status,
            StatusCode::NOT_MODIFIED
        );
    })
    .await;
}
