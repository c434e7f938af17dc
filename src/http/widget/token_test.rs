//! Tokens made by another program, taken and turned down one by one.

use super::*;

const FIXTURE: &str = include_str!("../../../tests/data/tokens.json");

#[derive(Deserialize)]
struct Fixture {
    now: i64,
    keys: serde_json::Value,
    good: Vec<Good>,
    bad: Vec<Bad>,
}

#[derive(Deserialize)]
struct Good {
    name: String,
    sub: String,
    token: String,
}

#[derive(Deserialize)]
struct Bad {
    name: String,
    why: String,
    token: String,
}

impl Fixture {
    fn read() -> Self {
        serde_json::from_str(FIXTURE).unwrap()
    }

    fn key(&self, kid: &str, field: &str) -> Vec<u8> {
        BASE64
            .decode(self.keys[kid][field].as_str().unwrap())
            .unwrap()
    }

    fn verify(&self, token: &str) -> Result<Claims, Reject> {
        let ed = HostKey::ed_dsa(&self.key("ed", "public")).unwrap();
        let hs = HostKey::hs256(&self.key("hs", "secret")).unwrap();
        verify(
            token,
            DateTime::from_timestamp(self.now, 0).unwrap(),
            |site, kid| match (site, kid) {
                ("shop", "ed") => Some(&ed),
                ("shop", "hs") => Some(&hs),
                _ => None,
            },
        )
    }
}

#[test]
fn good_tokens_are_taken() {
    let fixture = Fixture::read();
    for good in &fixture.good {
        let claims = fixture
            .verify(&good.token)
            .unwrap_or_else(|e| panic!("{}: {e}", good.name));
        assert_eq!(claims.user_id, good.sub, "{}", good.name);
        assert_eq!(claims.site, "shop");
    }
}

#[test]
fn bad_tokens_are_turned_down_for_what_is_wrong_with_them() {
    let fixture = Fixture::read();
    assert!(fixture.bad.len() > 50);
    for bad in &fixture.bad {
        let why = fixture.verify(&bad.token).unwrap_err();
        assert_eq!(format!("{why:?}"), bad.why, "{}", bad.name);
    }
}

#[test]
fn an_unsigned_token_is_turned_down() {
    let fixture = Fixture::read();
    let token = &fixture.good[0].token;
    let body = token.split('.').nth(1).unwrap();
    for kid in ["ed", "hs"] {
        for alg in ["none", "None", "NONE", ""] {
            let head = BASE64.encode(format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#));
            assert_eq!(
                fixture.verify(&format!("{head}.{body}.")),
                Err(Reject::Algorithm)
            );
        }
    }
}

#[test]
fn no_character_of_a_token_can_be_changed() {
    let fixture = Fixture::read();
    for good in fixture.good.iter().filter(|good| good.sub == "u-1") {
        for i in 0..good.token.len() {
            for other in [b'A', b'.'] {
                let mut bad = good.token.clone().into_bytes();
                if bad[i] == other {
                    continue;
                }
                bad[i] = other;
                let bad = String::from_utf8(bad).unwrap();
                assert!(fixture.verify(&bad).is_err(), "{} at {i}", good.name);
            }
        }
    }
}

#[test]
fn only_the_canonical_form_of_base64_is_taken() {
    let fixture = Fixture::read();
    let token = &fixture.good[0].token;
    assert!(
        token.ends_with(|c| "AQgw".contains(c)),
        "64 bytes leave 4 bits"
    );
    let last = token.chars().last().unwrap();
    let twin = match last {
        'A' => 'B',
        'Q' => 'R',
        'g' => 'h',
        _ => 'x',
    };
    let same_bytes = format!("{}{twin}", &token[..token.len() - 1]);
    assert_eq!(fixture.verify(&same_bytes), Err(Reject::Base64));
    for bad in [
        format!("{token}="),
        format!("{token}=="),
        format!("{token} "),
        token.replacen('.', "=.", 1),
    ] {
        assert_eq!(fixture.verify(&bad), Err(Reject::Base64), "{bad}");
    }
    for bad in ["", ".", "a.b", "a.b.c.d", &format!("{token}.")] {
        assert_eq!(fixture.verify(bad), Err(Reject::Form), "{bad}");
    }
}

#[test]
fn a_claim_said_twice_is_turned_down() {
    let fixture = Fixture::read();
    let secret = fixture.key("hs", "secret");
    let now = fixture.now;
    let head = BASE64.encode(r#"{"alg":"HS256","kid":"hs"}"#);
    let body = BASE64.encode(format!(
        r#"{{"iss":"shop","aud":"notices","sub":"u-1","sub":"u-2","iat":{now},"exp":{},"jti":"0123456789abcdef"}}"#,
        now + 60
    ));
    let mac = Hmac::<Sha256>::new_from_slice(&secret)
        .unwrap()
        .chain_update(format!("{head}.{body}"))
        .finalize()
        .into_bytes();
    let token = format!("{head}.{body}.{}", BASE64.encode(mac));
    assert_eq!(fixture.verify(&token), Err(Reject::Claims));
}

#[test]
fn what_we_mint_we_take() {
    let now = DateTime::from_timestamp(1_795_608_000, 0).unwrap();
    let signing = SigningKey::from_bytes(&[7; 32]);
    let public = HostKey::ed_dsa(signing.verifying_key().as_bytes()).unwrap();
    let shared = HostKey::hs256(&[9; 32]).unwrap();
    for (secret, key) in [
        (Secret::EdDsa(Box::new(signing)), public),
        (Secret::Hs256(vec![9; 32]), shared),
    ] {
        let what = Mint {
            site: "shop",
            kid: "k",
            user_id: "u \"1\"",
            jti: "0123456789abcdef",
            now,
            life_s: 600,
        };
        let claims = verify(&mint(&secret, &what), now, |site, kid| {
            (site == "shop" && kid == "k").then_some(&key)
        });
        assert_eq!(claims.unwrap().user_id, "u \"1\"");
    }
}
