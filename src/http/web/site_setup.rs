//! How the pages of a site are set up: what stands in them, and how the site signs its word for who
//! is looking. Ready to be copied, with the right addresses, hash, ids and key names in it.

use maud::{Markup, html};

use crate::domain::host_key::Algorithm;
use crate::http::widget::SCRIPT;
use crate::store::site::{Site, SiteKey};

/// How long an example's token lives, in seconds.
const LIFE_S: &str = "600";

const NODE_EDDSA: &str = r#"import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const key = createPrivateKey(readFileSync("notice-key.pem"));
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function noticeToken(userId) {
  const iat = Math.floor(Date.now() / 1000);
  const text = part({ alg: "EdDSA", typ: "JWT", kid: "{kid}" }) + "." + part({
    iss: "{site}", aud: "notices", sub: userId, iat, exp: iat + {life}, jti: randomUUID(),
  });
  return text + "." + sign(null, Buffer.from(text), key).toString("base64url");
}
"#;

const NODE_HS256: &str = r#"import { createHmac, randomUUID } from "node:crypto";

const secret = process.env.NOTICE_SECRET;
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function noticeToken(userId) {
  const iat = Math.floor(Date.now() / 1000);
  const text = part({ alg: "HS256", typ: "JWT", kid: "{kid}" }) + "." + part({
    iss: "{site}", aud: "notices", sub: userId, iat, exp: iat + {life}, jti: randomUUID(),
  });
  return text + "." + createHmac("sha256", secret).update(text).digest("base64url");
}
"#;

const PYTHON_EDDSA: &str = r#"import base64, json, time, uuid
from cryptography.hazmat.primitives.serialization import load_pem_private_key

with open("notice-key.pem", "rb") as file:
    KEY = load_pem_private_key(file.read(), None)

def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

def notice_token(user_id):
    iat = int(time.time())
    head = {"alg": "EdDSA", "typ": "JWT", "kid": "{kid}"}
    body = {"iss": "{site}", "aud": "notices", "sub": user_id,
            "iat": iat, "exp": iat + {life}, "jti": str(uuid.uuid4())}
    text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(body).encode())
    return text + "." + b64(KEY.sign(text.encode()))
"#;

const PYTHON_HS256: &str = r#"import base64, hashlib, hmac, json, os, time, uuid

SECRET = os.environ["NOTICE_SECRET"].encode()

def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

def notice_token(user_id):
    iat = int(time.time())
    head = {"alg": "HS256", "typ": "JWT", "kid": "{kid}"}
    body = {"iss": "{site}", "aud": "notices", "sub": user_id,
            "iat": iat, "exp": iat + {life}, "jti": str(uuid.uuid4())}
    text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(body).encode())
    return text + "." + b64(hmac.new(SECRET, text.encode(), hashlib.sha256).digest())
"#;

/// An example with the site's own names in it.
fn example(text: &str, site: &str, kid: &str) -> String {
    text.replace("{kid}", kid)
        .replace("{site}", site)
        .replace("{life}", LIFE_S)
}

/// What stands in the pages of a site.
fn snippet(public_url: &str) -> String {
    let script = &SCRIPT.manifest;
    format!(
        "<script type=\"module\" src=\"{public_url}{}\"\n        integrity=\"{}\" \
         crossorigin=\"anonymous\"></script>\n<site-notice api=\"{public_url}\" \
         token-url=\"/notice-token\"></site-notice>\n",
        script.path, script.integrity
    )
}

fn code(label: &str, text: &str) -> Markup {
    html! { pre tabindex="0" role="region" aria-label=(label) data-copy { (text) } }
}

/// How `site` is set up. `key` is the one it should sign with.
pub(super) fn of(site: &Site, key: Option<&SiteKey>, public_url: &str) -> Markup {
    let (node, python) = match key.map(|k| k.algorithm) {
        Some(Algorithm::Hs256) => (NODE_HS256, PYTHON_HS256),
        Some(Algorithm::EdDsa) | None => (NODE_EDDSA, PYTHON_EDDSA),
    };
    let kid = key.map_or("NAME-OF-THE-KEY", |k| k.kid.as_str());
    html! {
        section.sheet aria-labelledby="setup-h" {
            h2 #setup-h { "Set up the pages of the site" }
            h3 { "1. In every page, where notices are to appear" }
            (code("Lines for the pages of the site", &snippet(public_url)))
            p.small {
                "Affected people see their notice there; everybody else sees nothing. The browser checks the \
                 script against the hash in " code { "integrity" } ". After an update of this server both \
                 address and hash may be others: look here, or read them from "
                code { (public_url) "/embed/manifest.json" } " when the site is built."
            }
            p.small {
                "If the site sends a Content-Security-Policy: allow " code { (public_url) } " in "
                code { "script-src" } " and " code { "connect-src" } "."
            }
            h3 { "2. On the server of the site: who is looking" }
            p {
                "Answer " code { "GET /notice-token" } " with a token for the user who is signed in, as plain \
                 text; with status 204 and " code { "Cache-Control: no-store" } " when nobody is. The user id must \
                 be the one in the lists of affected people. A token may live for an hour at most."
            }
            p {
                "Send the token with " code { "Cache-Control: private, max-age=300" } " and "
                code { "Vary: Cookie" } ", or else with " code { "no-store" } ". Without " code { "Vary" }
                " the next person at the same browser could be shown the notice of the one before."
            }
            @if key.is_none() {
                p.warn { "The site has no key in use: add one, and put its name into the example." }
            }
            details open {
                summary { "Node" }
                (code("Example for Node", &example(node, &site.id, kid)))
            }
            details {
                summary { "Python" }
                (code("Example for Python", &example(python, &site.id, kid)))
                @if python == PYTHON_EDDSA {
                    p.small { "It needs the package " code { "cryptography" } "." }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_name_this_very_script() {
        let lines = snippet("https://notices.example.org");
        assert!(lines.contains(&SCRIPT.manifest.path), "{lines}");
        assert!(lines.contains(&SCRIPT.manifest.integrity), "{lines}");
        assert!(
            lines.contains("api=\"https://notices.example.org\""),
            "{lines}"
        );
    }

    #[test]
    fn no_example_keeps_a_placeholder() {
        for text in [NODE_EDDSA, NODE_HS256, PYTHON_EDDSA, PYTHON_HS256] {
            let text = example(text, "shop", "k1");
            assert!(
                text.contains("\"shop\"") && text.contains("\"k1\""),
                "{text}"
            );
            for name in ["{kid}", "{site}", "{life}"] {
                assert!(!text.contains(name), "{text}");
            }
        }
    }
}
