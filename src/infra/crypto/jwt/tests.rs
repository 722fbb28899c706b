//! Access tokens: known vectors, and every way to forge one that comes to mind.

#![allow(clippy::string_slice, reason = "the texts are ASCII")]

use super::*;
use crate::infra::crypto::testing::{Counting, Told};
use crate::kernel::Entropy;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

const ISSUER: &str = "https://mainstay.example.org";
const START: &str = "2026-06-01T12:00:00Z";
const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// The private key of RFC 8037 appendix A.1.
struct Rfc8037;

impl Entropy for Rfc8037 {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.copy_from_slice(&URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap());
    }
}

struct Bench {
    clock: Arc<Told>,
    keyring: Keyring,
    key: SigningKey,
}

impl Bench {
    fn new() -> Self {
        let clock = Arc::new(Told::at(START));
        let ids = Ids::new(clock.clone(), Arc::new(Counting::from(0)));
        let keyring = Keyring::new(ISSUER, ISSUER, clock.clone(), ids);
        keyring.replace(Keys { current: SigningKey::generate(&Rfc8037).unwrap(), others: Vec::new() });
        Self { clock, keyring, key: SigningKey::generate(&Rfc8037).unwrap() }
    }

    fn token(&self) -> AccessToken {
        self.keyring.issue(AccountId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)), LIFETIME).unwrap()
    }

    /// A token of any header and claims, signed by the right key.
    fn forged(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    fn header(&self) -> Value {
        json!({"alg": "EdDSA", "typ": "at+jwt", "kid": self.key.kid()})
    }

    fn claims(&self) -> Value {
        serde_json::to_value(self.token().claims).unwrap()
    }

    fn refusal_of(&self, header: &Value, claims: &Value) -> Option<Refusal> {
        self.keyring.verify(&self.forged(&header.to_string(), &claims.to_string())).err()
    }
}

fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}

fn without(mut object: Value, field: &str) -> Value {
    object.as_object_mut().unwrap().shift_remove(field);
    object
}

#[test]
fn keys_thumbprints_and_signatures_are_those_of_rfc_8037() {
    let key = SigningKey::generate(&Rfc8037).unwrap();
    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!(key.public().to_jwk().x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())), signature);
}

#[test]
fn keys_survive_being_stored() {
    let key = SigningKey::generate(&Counting::from(9)).unwrap();
    let der = key.to_pkcs8().unwrap();
    assert_eq!(SigningKey::from_pkcs8(&der).unwrap().kid(), key.kid());
    // RFC 8410 section 7: version 1, OID 1.3.101.112, the seed in an octet string in an octet string.
    assert_eq!(der[..16], [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]);
    assert_eq!(der[16..], (9..41).collect::<Vec<u8>>());
    for wrong in [&der[..47], &[], &[0u8; 48]] {
        assert!(SigningKey::from_pkcs8(wrong).is_err());
    }
    assert!(VerifyingKey::from_bytes(&[1; 31]).is_err());
    assert!(!format!("{key:?}").contains("090a"), "{key:?}");
}

#[test]
fn a_token_says_who_and_for_how_long() {
    let bench = Bench::new();
    let token = bench.token();
    let claims = bench.keyring.verify(&token.text).unwrap();
    assert_eq!(claims, token.claims);
    assert_eq!((claims.sub, claims.sid), (AccountId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2))));
    assert_eq!((claims.exp - claims.iat, token.expires_in_seconds, claims.nbf), (900, 900, claims.iat));
    assert!(token.text.len() < 700, "{} bytes", token.text.len());
    assert!(!format!("{token:?}").contains(&token.text[..40]));
    assert_ne!(bench.token().claims.jti, claims.jti);
}

#[test]
fn another_library_reads_ours_and_we_read_its() {
    use jsonwebtoken as other;
    let bench = Bench::new();
    let token = bench.token();
    let jwk = serde_json::to_value(bench.keyring.jwks()).unwrap()["keys"][0].clone();
    let key = other::DecodingKey::from_jwk(&serde_json::from_value(jwk).unwrap()).unwrap();
    let mut rules = other::Validation::new(other::Algorithm::EdDSA);
    rules.set_audience(&[ISSUER]);
    rules.set_issuer(&[ISSUER]);
    rules.validate_exp = false;
    let read = other::decode::<Claims>(&token.text, &key, &rules).unwrap();
    assert_eq!(read.claims, token.claims);

    let mut header = other::Header::new(other::Algorithm::EdDSA);
    header.typ = Some("at+jwt".into());
    header.kid = Some(bench.key.kid().into());
    let key = other::EncodingKey::from_ed_der(&bench.key.to_pkcs8().unwrap());
    let text = other::encode(&header, &token.claims, &key).unwrap();
    assert_eq!(bench.keyring.verify(&text).unwrap(), token.claims);
}

#[test]
fn no_other_algorithm_is_talked_into() {
    let bench = Bench::new();
    let claims = bench.claims();
    let public = URL_SAFE_NO_PAD.decode(bench.key.public().to_jwk().x).unwrap();
    for alg in ["none", "None", "NONE", "nOnE", "HS256", "RS256", "ES256", "Ed25519", "eddsa", ""] {
        let header = with(bench.header(), "alg", alg.into());
        assert_eq!(bench.refusal_of(&header, &claims), Some(Refusal::Algorithm), "{alg}");
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        assert_eq!(bench.keyring.verify(&format!("{signed}.")).err(), Some(Refusal::Algorithm), "{alg}, unsigned");
        // The public key as an HMAC secret: the classic confusion.
        let mac = jsonwebtoken::crypto::sign(
            signed.as_bytes(),
            &jsonwebtoken::EncodingKey::from_secret(&public),
            jsonwebtoken::Algorithm::HS256,
        );
        assert_eq!(
            bench.keyring.verify(&format!("{signed}.{}", mac.unwrap())).err(),
            Some(Refusal::Algorithm),
            "{alg}, by HMAC"
        );
    }
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(bench.header().to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    assert_eq!(bench.keyring.verify(&unsigned).err(), Some(Refusal::Signature));
}

#[test]
fn headers_hold_what_ours_hold_and_nothing_else() {
    let bench = Bench::new();
    let claims = bench.claims();
    assert_eq!(bench.refusal_of(&bench.header(), &claims), None);
    let jwk = serde_json::to_value(bench.key.public().to_jwk()).unwrap();
    for (header, refusal) in [
        (with(bench.header(), "typ", "JWT".into()), Refusal::Type),
        (with(bench.header(), "typ", "dpop+jwt".into()), Refusal::Type),
        (with(bench.header(), "kid", "other".into()), Refusal::Key),
        (with(bench.header(), "kid", "".into()), Refusal::Key),
        (with(bench.header(), "kid", "../../etc/passwd".into()), Refusal::Key),
        (without(bench.header(), "kid"), Refusal::Malformed),
        (without(bench.header(), "typ"), Refusal::Malformed),
        (without(bench.header(), "alg"), Refusal::Malformed),
        (with(bench.header(), "jwk", jwk), Refusal::Malformed),
        (with(bench.header(), "jku", "https://attacker.example/keys".into()), Refusal::Malformed),
        (with(bench.header(), "x5u", "https://attacker.example/cert".into()), Refusal::Malformed),
        (with(bench.header(), "crit", json!(["exp"])), Refusal::Malformed),
        (with(bench.header(), "b64", false.into()), Refusal::Malformed),
        (with(bench.header(), "zip", "DEF".into()), Refusal::Malformed),
        (with(bench.header(), "alg", json!(["EdDSA"])), Refusal::Malformed),
        (with(bench.header(), "kid", Value::Null), Refusal::Malformed),
        (json!([]), Refusal::Malformed),
        (json!("EdDSA"), Refusal::Malformed),
    ] {
        assert_eq!(bench.refusal_of(&header, &claims), Some(refusal), "{header}");
    }
    let kid = bench.key.kid();
    for header in [
        format!(r#"{{"alg":"EdDSA","alg":"none","typ":"at+jwt","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}","kid":"x"}}"#),
        format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}"}} x"#),
    ] {
        assert!(bench.keyring.verify(&bench.forged(&header, &claims.to_string())).is_err(), "{header}");
    }
}

#[test]
fn claims_must_be_for_us_whole_and_of_their_types() {
    let bench = Bench::new();
    let (header, claims) = (bench.header(), bench.claims());
    for (changed, refusal) in [
        (with(claims.clone(), "iss", "https://attacker.example".into()), Refusal::Issuer),
        (with(claims.clone(), "iss", format!("{ISSUER}/").into()), Refusal::Issuer),
        (with(claims.clone(), "aud", "https://other.example".into()), Refusal::Audience),
        (with(claims.clone(), "aud", json!([ISSUER])), Refusal::Malformed),
        (with(claims.clone(), "aud", json!([])), Refusal::Malformed),
        (with(claims.clone(), "sub", "root".into()), Refusal::Malformed),
        (with(claims.clone(), "exp", "never".into()), Refusal::Malformed),
        (with(claims.clone(), "exp", json!(1e300)), Refusal::Malformed),
        (with(claims.clone(), "exp", json!(u64::MAX)), Refusal::Malformed),
        (with(claims.clone(), "exp", Value::Null), Refusal::Malformed),
        (with(claims.clone(), "exp", i64::MIN.into()), Refusal::Expired),
        (with(claims.clone(), "nbf", i64::MAX.into()), Refusal::NotYet),
        (json!([]), Refusal::Malformed),
        (json!({}), Refusal::Malformed),
    ] {
        assert_eq!(bench.refusal_of(&header, &changed), Some(refusal), "{changed}");
    }
    for field in ["iss", "aud", "sub", "sid", "iat", "nbf", "exp", "jti"] {
        assert_eq!(
            bench.refusal_of(&header, &without(claims.clone(), field)),
            Some(Refusal::Malformed),
            "without {field}"
        );
    }
    let twice = claims.to_string().replacen('{', r#"{"sub":"00000000-0000-0000-0000-000000000009","#, 1);
    assert_eq!(bench.keyring.verify(&bench.forged(&header.to_string(), &twice)).err(), Some(Refusal::Malformed));
    // What a newer node may add is let pass.
    assert_eq!(bench.refusal_of(&header, &with(claims.clone(), "scope", "all".into())), None);
    assert_eq!(bench.refusal_of(&header, &with(claims, "exp", i64::MAX.into())), None);
}

#[test]
fn times_count_by_the_injected_clock_with_half_a_minute_of_leeway() {
    let bench = Bench::new();
    let token = bench.token();
    let refusal_after = |seconds: i64| {
        bench.clock.advance(seconds);
        let refusal = bench.keyring.verify(&token.text).err();
        bench.clock.advance(-seconds);
        refusal
    };
    for (seconds, refusal) in [
        (0, None),
        (900 + LEEWAY_SECONDS - 1, None),
        (900 + LEEWAY_SECONDS, Some(Refusal::Expired)),
        (10 * 365 * 86_400, Some(Refusal::Expired)),
        (-LEEWAY_SECONDS, None),
        (-LEEWAY_SECONDS - 1, Some(Refusal::NotYet)),
    ] {
        assert_eq!(refusal_after(seconds), refusal, "{seconds}");
    }
    let later = with(bench.claims(), "iat", (token.claims.iat + 3600).into());
    assert_eq!(bench.refusal_of(&bench.header(), &later), Some(Refusal::NotYet));
}

#[test]
fn any_changed_character_is_refused() {
    let bench = Bench::new();
    let text = bench.token().text;
    for at in 0..text.len() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(bench.keyring.verify(&changed).is_err(), "{changed}");
    }
    let padded = text.replacen('.', "=.", 1);
    let (signed, signature) = text.rsplit_once('.').unwrap();
    // The last character of 64 bytes in base64 has four bits to spare: only one of its sixteen spellings is taken.
    let last = signature.chars().last().unwrap();
    let spellings = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let accepted =
        spellings.chars().filter(|c| bench.keyring.verify(&format!("{}{c}", &text[..text.len() - 1])).is_ok());
    assert_eq!(accepted.collect::<Vec<_>>(), [last]);
    let standard = format!("{signed}.{}", signature.replace('-', "+").replace('_', "/"));
    for changed in [
        "",
        ".",
        "..",
        "...",
        &padded,
        signed,
        &format!("{text}."),
        &format!(".{text}"),
        &format!("{text} "),
        &format!("{text}\n"),
        &format!("{signed}.."),
        &format!("a.{text}"),
        &text[..text.len() - 2],
        &"a".repeat(5000),
        "ä.ö.ü",
        "e30.e30.e30",
    ] {
        assert!(bench.keyring.verify(changed).is_err(), "{changed}");
    }
    assert!(standard == text || bench.keyring.verify(&standard).is_err());
    assert!(bench.keyring.verify(&text).is_ok());
}

#[test]
fn a_signature_by_another_key_does_not_fit() {
    let bench = Bench::new();
    let foreign = Bench { key: SigningKey::generate(&Counting::from(77)).unwrap(), ..Bench::new() };
    let text = foreign.forged(&bench.header().to_string(), &bench.claims().to_string());
    assert_eq!(bench.keyring.verify(&text).err(), Some(Refusal::Signature));
    // Parts of two good tokens don't make a third.
    let (one, two) = (bench.token().text, bench.token().text);
    let (mut parts, other) = (one.split('.').collect::<Vec<_>>(), two.split('.').collect::<Vec<_>>());
    parts[1] = other[1];
    assert_eq!(bench.keyring.verify(&parts.join(".")).err(), Some(Refusal::Signature));
}

#[test]
fn keys_rotate_without_ending_tokens() {
    let bench = Bench::new();
    let old = bench.token();
    let retired = bench.key.verifying_key();
    let key = |first| SigningKey::generate(&Counting::from(first)).unwrap();
    bench.keyring.replace(Keys { current: key(50), others: vec![retired] });
    let new = bench.token();
    assert!(bench.keyring.verify(&old.text).is_ok() && bench.keyring.verify(&new.text).is_ok());
    let kids: Vec<String> = bench.keyring.jwks().keys.into_iter().map(|key| key.kid).collect();
    assert_eq!(kids, [key(50).kid().to_owned(), bench.key.kid().to_owned()]);
    assert_eq!(bench.keyring.current_kid().as_deref(), Some(key(50).kid()));

    bench.keyring.replace(Keys { current: key(50), others: Vec::new() });
    assert_eq!(bench.keyring.verify(&old.text).err(), Some(Refusal::Key));
    assert!(bench.keyring.verify(&new.text).is_ok());
    let start: Timestamp = START.parse().unwrap();
    assert_eq!(Keyring::last_use(start, LIFETIME) - start, TimeDelta::seconds(960));
}

#[test]
fn a_keyring_without_keys_signs_and_accepts_nothing() {
    let clock = Arc::new(Told::at(START));
    let keyring = Keyring::new(ISSUER, ISSUER, clock.clone(), Ids::new(clock, Arc::new(Counting::from(0))));
    let failure = keyring.issue(AccountId(Uuid::nil()), SessionId(Uuid::nil()), LIFETIME).unwrap_err();
    assert_eq!(failure.kind(), crate::kernel::Kind::Unavailable);
    assert_eq!(keyring.verify(&Bench::new().token().text).err(), Some(Refusal::Key));
    assert!(keyring.jwks().keys.is_empty() && keyring.current_kid().is_none());
}

#[test]
fn the_published_set_holds_no_private_part() {
    let bench = Bench::new();
    let published = serde_json::to_value(bench.keyring.jwks()).unwrap();
    assert_eq!(
        published,
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})
    );
    let pair = Ed25519KeyPair::from_pkcs8(&bench.key.to_pkcs8().unwrap()).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()), published["keys"][0]["x"].as_str().unwrap());
}

#[test]
fn unknown_keys_are_looked_for_once_in_a_while() {
    let bench = Bench::new();
    assert!(bench.keyring.may_look());
    assert!(!bench.keyring.may_look() && !bench.keyring.clone().may_look(), "clones share it");
    bench.clock.advance(4);
    assert!(!bench.keyring.may_look());
    bench.clock.advance(1);
    assert!(bench.keyring.may_look());
    assert!(!bench.keyring.may_look());
}
