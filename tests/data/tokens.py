"""Makes tokens.json: host tokens signed by a program that shares no code with ours.

Run: python3 tests/data/tokens.py > tests/data/tokens.json   (needs the package `cryptography`)
Every key is fixed and every date is given, so a second run gives the same bytes.
"""
import base64, hashlib, hmac, json
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NOW = 1_795_608_000  # 2026-11-25T12:00:00Z
SECRET = bytes(range(32))
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
PUBLIC = PRIVATE.public_key()


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(alg, text):
    if alg == "EdDSA":
        return PRIVATE.sign(text)
    return hmac.new(SECRET, text, hashlib.sha256).digest()


def token(alg, kid, header=None, **changes):
    head = {"alg": alg, "typ": "JWT", "kid": kid, **(header or {})}
    body = {"iss": "shop", "aud": "notices", "sub": "u-1", "iat": NOW, "exp": NOW + 600,
            "jti": "AAECAwQFBgcICQoL", **changes}
    head = {k: v for k, v in head.items() if v is not None}
    body = {k: v for k, v in body.items() if v is not None}
    text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(body, ensure_ascii=False).encode())
    return text + "." + b64(sign(alg, text.encode()))


good = []
for alg, kid in (("EdDSA", "ed"), ("HS256", "hs")):
    good.append({"name": f"{alg}", "sub": "u-1", "token": token(alg, kid)})
    good.append({"name": f"{alg}, sub of 128 characters outside ASCII", "sub": "ü" * 128,
                 "token": token(alg, kid, sub="ü" * 128)})
    good.append({"name": f"{alg}, without typ", "sub": "u-1", "token": token(alg, kid, {"typ": None})})
    good.append({"name": f"{alg}, the longest life", "sub": "u-1", "token": token(alg, kid, exp=NOW + 3600)})
    good.append({"name": f"{alg}, just within the leeway after its end", "sub": "u-1",
                 "token": token(alg, kid, iat=NOW - 600, exp=NOW - 59)})
    good.append({"name": f"{alg}, just within the leeway before its beginning", "sub": "u-1",
                 "token": token(alg, kid, iat=NOW + 60, exp=NOW + 600)})

bad = []


def reject(why, name, *args, **kw):
    bad.append({"why": why, "name": name, "token": token(*args, **kw)})


for alg, kid in (("EdDSA", "ed"), ("HS256", "hs")):
    for claim in ("iss", "aud", "sub", "iat", "exp", "jti"):
        reject("Claims", f"{alg} without {claim}", alg, kid, **{claim: None})
    reject("Claims", f"{alg}, exp as a fraction", alg, kid, exp=NOW + 600.5)
    reject("Claims", f"{alg}, aud as a list", alg, kid, aud=["notices"])
    reject("Audience", f"{alg}, other aud", alg, kid, aud="inbox")
    reject("UnknownKey", f"{alg}, other iss", alg, kid, iss="blog")
    reject("UnknownKey", f"{alg}, unknown kid", alg, "old")
    reject("Subject", f"{alg}, empty sub", alg, kid, sub="")
    reject("Subject", f"{alg}, sub of 129 characters", alg, kid, sub="u" * 129)
    reject("Subject", f"{alg}, sub with NUL", alg, kid, sub="u\0")
    reject("TokenId", f"{alg}, jti of 15 characters", alg, kid, jti="j" * 15)
    reject("TokenId", f"{alg}, jti of 129 characters", alg, kid, jti="j" * 129)
    reject("Life", f"{alg}, exp equal to iat", alg, kid, exp=NOW)
    reject("Life", f"{alg}, exp before iat", alg, kid, exp=NOW - 1)
    reject("Life", f"{alg}, exp 3601 s after iat", alg, kid, exp=NOW + 3601)
    reject("Life", f"{alg}, exp as far as numbers go", alg, kid, iat=-2**63, exp=2**63 - 1)
    reject("Expired", f"{alg}, ended 60 s ago", alg, kid, iat=NOW - 600, exp=NOW - 60)
    reject("NotYet", f"{alg}, begins in 61 s", alg, kid, iat=NOW + 61, exp=NOW + 600)
    reject("NotYet", f"{alg}, nbf in 61 s", alg, kid, nbf=NOW + 61)
    reject("Type", f"{alg}, typ at+jwt", alg, kid, {"typ": "at+jwt"})
    reject("Crit", f"{alg}, crit", alg, kid, {"crit": ["exp"]})
    reject("Header", f"{alg}, without kid", alg, None)
    reject("Header", f"{alg}, without alg", alg, kid, {"alg": None})
    reject("TooLong", f"{alg}, longer than 4 KiB", alg, kid, padding="x" * 4096)
    reject("Algorithm", f"{alg} that says none", alg, kid, {"alg": "none"})

# The classic: the public key, which everybody knows, used as an HMAC secret.
for form, known in (("raw", PUBLIC.public_bytes(Encoding.Raw, PublicFormat.Raw)),
                    ("PEM", PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))):
    SECRET, kept = known, SECRET
    reject("Algorithm", f"HS256 keyed with the {form} public key", "HS256", "ed")
    SECRET = kept
reject("Signature", "HS256 signature under a header that says EdDSA", "HS256", "ed", {"alg": "EdDSA"})
SECRET, kept = bytes(32), SECRET
reject("Signature", "HS256 with another secret", "HS256", "hs")
SECRET = kept
PRIVATE, kept = Ed25519PrivateKey.from_private_bytes(bytes(32)), PRIVATE
reject("Signature", "EdDSA with another key", "EdDSA", "ed")
PRIVATE = kept

print(json.dumps({
    "made_by": "tests/data/tokens.py (Python, cryptography, hmac)",
    "now": NOW,
    "site": "shop",
    "keys": {"ed": {"algorithm": "EdDSA", "public": b64(PUBLIC.public_bytes(Encoding.Raw, PublicFormat.Raw)),
                    "pem": PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()},
             "hs": {"algorithm": "HS256", "secret": b64(SECRET)}},
    "good": good,
    "bad": bad,
}, indent=1, ensure_ascii=False))
