//! Credentials that hold, and every way in which one doesn't.

use super::*;
use crate::features::credentials::statement::status_list;
use crate::features::credentials::statement::{Achieved, Issued, StatusPlace, Subject};
use crate::infra::crypto::{SigningKey, jws};
use crate::kernel::{Entropy, NeedKind};
use serde_json::json;

const SITE: &str = "https://mainstay.example.org";

struct Fixed(u8);

impl Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::generate(&Fixed(seed)).unwrap()
}

fn kid() -> String {
    format!("{SITE}/api/v1/credential-keys/{}", key(1).kid())
}

fn jwk(kid: &str, seed: u8, purpose: &str) -> Value {
    let public = serde_json::to_value(key(seed).verifying_key().to_jwk()).unwrap();
    json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": public["x"], "purpose": purpose})
}

fn keys() -> KeySet {
    let access = jwk("access", 9, "access_token");
    KeySet::read(&json!({"keys": [access, jwk(&kid(), 1, KEY_PURPOSE), {"kty": "RSA", "n": "AQAB"}]}).to_string())
        .unwrap()
}

fn day(text: &str) -> Timestamp {
    format!("{text}T12:00:00Z").parse().unwrap()
}

fn document() -> Value {
    let work = Achieved {
        project: "parser".to_owned(),
        project_name: "Parser".to_owned(),
        need: "Fuzz the parser".to_owned(),
        kind: NeedKind::Fuzzing,
        skills: vec!["Rust".to_owned()],
        minutes: 2_490,
        automatic_minutes: 90,
        first_day: "2026-11-02".parse().unwrap(),
        last_day: "2026-11-27".parse().unwrap(),
    };
    let issued = Issued {
        site: SITE.to_owned(),
        name: "x".to_owned(),
        valid_from: day("2026-11-28"),
        valid_until: day("2031-11-28"),
        status: StatusPlace { list: 1, index: 94_567 },
    };
    issued.document(&Subject::Volunteer { handle: "ada".to_owned(), name: "Ada".to_owned() }, &work)
}

fn sign(seed: u8, kid: &str, document: &Value) -> String {
    jws::sign(&key(seed), kid, (TYPE, CONTENT), document.to_string().as_bytes()).unwrap()
}

fn list(set: &[i64], number: i64, from: &str) -> String {
    let document = status_list::document(SITE, number, &Bits::with(set), day(from)).unwrap();
    sign(1, &kid(), &document)
}

fn against<'a>(keys: &'a KeySet, list: Option<&'a str>, at: &str) -> Against<'a> {
    Against { keys: Some(keys), status_list: list, at: day(at) }
}

fn fault_of(text: &str) -> Option<Fault> {
    verify(text, against(&keys(), None, "2026-12-01")).fault()
}

/// What becomes of it when this is laid over the document.
fn fault_with(pointer: &str, value: Value) -> Option<Fault> {
    let mut document = document();
    *document.pointer_mut(pointer).unwrap() = value;
    fault_of(&sign(1, &kid(), &document))
}

#[test]
fn a_credential_that_holds_says_what_it_says() {
    let (keys, list) = (keys(), list(&[94_566, 94_568], 1, "2026-11-30"));
    let verdict = verify(&sign(1, &kid(), &document()), against(&keys, Some(&list), "2026-12-01"));
    assert!(verdict.is_valid() && verdict.fault().is_none(), "{verdict:#?}");
    let names: Vec<_> = verdict.checks.iter().map(|check| (check.check, check.outcome)).collect();
    assert_eq!(names, ["form", "signature", "content", "period", "status"].map(|name| (name, Outcome::Passed)));
    let said = verdict.credential.unwrap();
    assert_eq!(said["credentialSubject"]["result"][0]["value"], "2490");
    assert_eq!(
        said["credentialSubject"]["narrative"],
        "Ada worked 41 hours and 30 minutes for Parser on “Fuzz the parser”, of which the project confirmed 40 hours and \
         1 hour and 30 minutes by the lapse of 14 days without an objection."
    );
}

#[test]
fn another_library_reads_it() {
    use jsonwebtoken as other;
    let text = sign(1, &kid(), &document());
    let key = other::DecodingKey::from_jwk(&serde_json::from_value(jwk(&kid(), 1, KEY_PURPOSE)).unwrap()).unwrap();
    let mut rules = other::Validation::new(other::Algorithm::EdDSA);
    rules.set_issuer(&[SITE]);
    rules.validate_exp = false;
    rules.validate_aud = false;
    let read = other::decode::<Value>(&text, &key, &rules).unwrap();
    assert_eq!((read.header.typ.as_deref(), read.header.kid), (Some("vc+jwt"), Some(kid())));
    assert_eq!(read.claims, document());
}

#[test]
fn time_and_revocation_end_it() {
    let (keys, text) = (keys(), sign(1, &kid(), &document()));
    let fault = |list: Option<&str>, at: &str| verify(&text, against(&keys, list, at)).fault();
    assert_eq!(fault(None, "2031-11-28"), Some(Fault::Expired));
    assert_eq!(fault(None, "2031-11-27"), None);
    assert_eq!(fault(None, "2026-11-27"), Some(Fault::NotYetValid));
    let set = list(&[94_567], 1, "2026-11-30");
    assert_eq!(fault(Some(&set), "2026-12-01"), Some(Fault::Revoked));
    assert_eq!(fault(Some(&set), "2026-12-08"), Some(Fault::StatusListExpired));
    assert_eq!(fault(Some(&list(&[], 2, "2026-11-30")), "2026-12-01"), Some(Fault::StatusListRefused));
    assert_eq!(fault(Some(&text), "2026-12-01"), Some(Fault::StatusListRefused));
    assert_eq!(fault(Some(""), "2026-12-01"), Some(Fault::StatusListRefused));
    let forged = status_list::document(SITE, 1, &Bits::with(&[]), day("2026-11-30")).unwrap();
    assert_eq!(fault(Some(&sign(2, &kid(), &forged)), "2026-12-01"), Some(Fault::StatusListRefused));
}

#[test]
fn what_was_changed_or_signed_by_others_fails() {
    let text = sign(1, &kid(), &document());
    let more = document().to_string().replace("2490", "9990");
    let mut parts: Vec<&str> = text.split('.').collect();
    let payload = URL_SAFE_NO_PAD.encode(more);
    parts[1] = &payload;
    assert_eq!(fault_of(&parts.join(".")), Some(Fault::SignatureMismatch));
    assert_eq!(fault_of(&sign(2, &kid(), &document())), Some(Fault::SignatureMismatch));
    assert_eq!(fault_of(&sign(2, &kid().replace("keys/", "keys/a"), &document())), Some(Fault::UnknownKey));
    assert_eq!(fault_of(&sign(9, "access", &document())), Some(Fault::WrongKeyPurpose));
    let header = |text: &str| format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(text), parts[1], parts[2]);
    for alg in ["none", "HS256", "RS256", "Ed25519"] {
        let confused = header(&json!({"alg": alg, "typ": TYPE, "cty": CONTENT, "kid": kid()}).to_string());
        assert_eq!(fault_of(&confused), Some(Fault::AlgorithmRefused), "{alg}");
    }
    let embedded =
        header(&json!({"alg": "EdDSA", "typ": TYPE, "kid": kid(), "jwk": jwk(&kid(), 2, KEY_PURPOSE)}).to_string());
    assert_eq!(fault_of(&embedded), Some(Fault::Malformed));
    for text in ["", "a.b.c", text.trim_start_matches('e'), "x".repeat(MOST_BYTES + 1).as_str()] {
        assert_eq!(fault_of(text), Some(Fault::Malformed));
    }
}

#[test]
fn an_access_token_is_no_credential() {
    let claims = json!({"iss": SITE, "aud": SITE, "sub": "x", "exp": 1});
    let token = jws::sign(&key(1), &kid(), ("at+jwt", "json"), claims.to_string().as_bytes()).unwrap();
    assert_eq!(fault_of(&token), Some(Fault::WrongType));
    assert_eq!(fault_of(&sign(1, &kid(), &claims)), Some(Fault::NotACredential));
    let list = list(&[], 1, "2026-11-30");
    assert_eq!(fault_of(&list), Some(Fault::NotACredential));
}

#[test]
fn it_must_agree_with_itself() {
    for (pointer, value, fault) in [
        ("/iss", json!("https://other.example"), Fault::ClaimsDisagree),
        ("/jti", json!("x"), Fault::ClaimsDisagree),
        ("/nbf", json!(0), Fault::ClaimsDisagree),
        ("/exp", json!(4_000_000_000_i64), Fault::ClaimsDisagree),
        ("/type", json!(["VerifiableCredential"]), Fault::NotACredential),
        ("/@context", json!(["https://example.org"]), Fault::NotACredential),
        ("/validUntil", json!("never"), Fault::NotACredential),
    ] {
        assert_eq!(fault_with(pointer, value), Some(fault), "{pointer}");
    }
    let mut document = document();
    document["issuer"] = json!({"id": "https://mainstay.example"});
    document["iss"] = json!("https://mainstay.example");
    assert_eq!(fault_of(&sign(1, &kid(), &document)), Some(Fault::WrongIssuer));
}

#[test]
fn without_keys_nothing_is_proven() {
    let verdict = verify(&sign(2, "x", &document()), Against { keys: None, status_list: None, at: day("2026-12-01") });
    assert!(!verdict.is_valid());
    let text = sign(1, &kid(), &document());
    let verdict = verify(&text, Against { keys: None, status_list: None, at: day("2026-12-01") });
    assert!(!verdict.is_valid() && verdict.fault().is_none() && verdict.credential.is_some());
    assert!(verify(&text, against(&keys(), None, "2026-12-01")).is_valid());
    assert!(!verify(&text, against(&KeySet::default(), None, "2026-12-01")).is_valid());
    assert!(KeySet::read("{}").is_err() && KeySet::read("[").is_err());
}
