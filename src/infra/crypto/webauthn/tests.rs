//! The verifier against authenticators made here, whole and broken.

use super::*;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use proptest::prelude::*;

const CHALLENGE: &[u8] = b"0123456789abcdef0123456789abcdef";
const ORIGIN: &str = "https://mainstay.example.org";

fn party() -> RelyingParty {
    RelyingParty { id: "mainstay.example.org".into(), origins: vec![ORIGIN.into()] }
}

enum Signer {
    Ed(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

fn int(number: i32) -> Value {
    Value::Integer(number.into())
}

fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

impl Signer {
    fn all() -> [Self; 3] {
        [
            Self::Ed(Ed25519KeyPair::generate().unwrap()),
            Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()),
            Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        ]
    }

    fn one() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    fn entries(&self) -> Vec<(Value, Value)> {
        match self {
            Self::Ed(pair) => vec![
                (int(1), int(1)),
                (int(3), int(-8)),
                (int(-1), int(6)),
                (int(-2), Value::Bytes(pair.public_key().as_ref().to_vec())),
            ],
            Self::Ec(pair) => {
                let point = pair.public_key().as_ref();
                vec![
                    (int(1), int(2)),
                    (int(3), int(-7)),
                    (int(-1), int(1)),
                    (int(-2), Value::Bytes(point[1..33].to_vec())),
                    (int(-3), Value::Bytes(point[33..].to_vec())),
                ]
            }
            Self::Rsa(pair) => {
                let parts: PublicKeyComponents<Vec<u8>> = pair.public_key().into();
                vec![
                    (int(1), int(3)),
                    (int(3), int(-257)),
                    (int(-1), Value::Bytes(parts.n)),
                    (int(-2), Value::Bytes(parts.e)),
                ]
            }
        }
    }

    fn cose(&self) -> Vec<u8> {
        cbor(&Value::Map(self.entries()))
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

fn client_json(ty: &str, challenge: &[u8], origin: &str, more: &str) -> String {
    format!("{{\"type\":\"{ty}\",\"challenge\":\"{}\",\"origin\":\"{origin}\"{more}}}", encode(challenge))
}

fn client(ty: &str) -> ClientData {
    ClientData::parse(client_json(ty, CHALLENGE, ORIGIN, "").as_bytes()).unwrap()
}

/// Authenticator data of so many parts.
fn data(rp: &str, flags: u8, count: u32, tail: &[u8]) -> Vec<u8> {
    let hash: [u8; 32] = Sha256::digest(rp.as_bytes()).into();
    [&hash[..], &[flags], &count.to_be_bytes(), tail].concat()
}

fn credential(id: &[u8], cose: &[u8]) -> Vec<u8> {
    let length = u16::try_from(id.len()).unwrap().to_be_bytes();
    [&[7u8; 16][..], &length, id, cose].concat()
}

fn attestation(format: &str, statement: Value, data: Vec<u8>) -> Vec<u8> {
    cbor(&Value::Map(vec![
        (Value::Text("fmt".into()), Value::Text(format.into())),
        (Value::Text("attStmt".into()), statement),
        (Value::Text("authData".into()), Value::Bytes(data)),
    ]))
}

fn made(flags: u8, tail: &[u8]) -> Vec<u8> {
    attestation("none", Value::Map(Vec::new()), data("mainstay.example.org", flags, 5, tail))
}

fn register(attestation: &[u8]) -> Result<NewCredential, Refusal> {
    party().register(&client("webauthn.create"), &challenge_hash(CHALLENGE), attestation)
}

fn authenticate(signer: &Signer, data: &[u8], known: u32, verified: bool) -> Result<Proof, Refusal> {
    let client = client("webauthn.get");
    let signature = signer.sign(&[data, client.hash()].concat());
    let cose = signer.cose();
    let known = Known { public_key: &cose, sign_count: known, backup_eligible: false };
    let answer = Signed { authenticator_data: data, signature: &signature };
    party().authenticate(&client, &challenge_hash(CHALLENGE), answer, known, verified)
}

#[test]
fn keys_of_each_algorithm_are_taken_and_their_signatures_verified() {
    for signer in Signer::all() {
        let credential = register(&made(0x45, &credential(b"an id", &signer.cose()))).unwrap();
        assert_eq!((credential.id.as_slice(), credential.sign_count, credential.aaguid), (&b"an id"[..], 5, [7; 16]));
        assert!(credential.flags.user_verified() && !credential.flags.backup_eligible());
        assert_eq!(credential.public_key, signer.cose());
        let data = data("mainstay.example.org", 0x05, 6, &[]);
        let proof = authenticate(&signer, &data, 5, true).unwrap();
        assert_eq!((proof.sign_count, proof.flags.user_verified()), (6, true));
        let client = client("webauthn.get");
        let message = [&data[..], client.hash()].concat();
        let whole = signer.sign(&message);
        let (cose, hash) = (signer.cose(), challenge_hash(CHALLENGE));
        let known = Known { public_key: &cose, sign_count: 5, backup_eligible: false };
        for bit in [0, whole.len() * 4, whole.len() * 8 - 1] {
            let mut signature = whole.clone();
            signature[bit / 8] ^= 1 << (bit % 8);
            let signed = Signed { authenticator_data: &data, signature: &signature };
            assert_eq!(
                party().authenticate(&client, &hash, signed, known, false),
                Err(Refusal::Signature),
                "bit {bit}"
            );
        }
        for signature in [&[][..], &whole[1..], &[0; 64]] {
            let signed = Signed { authenticator_data: &data, signature };
            assert_eq!(party().authenticate(&client, &hash, signed, known, false), Err(Refusal::Signature));
        }
    }
}

#[test]
fn statements_of_other_formats_are_ignored_and_extensions_skipped() {
    let signer = Signer::one();
    let statement = Value::Map(vec![(Value::Text("sig".into()), Value::Bytes(vec![0; 70]))]);
    let tail =
        [credential(b"id", &signer.cose()), cbor(&Value::Map(vec![(Value::Text("credProtect".into()), int(2))]))]
            .concat();
    let bytes = attestation("packed", statement, data("mainstay.example.org", 0xC1, 0, &tail));
    assert_eq!(register(&bytes).unwrap().id, b"id");
}

#[test]
fn answers_to_others_are_refused() {
    let whole = made(0x45, &credential(b"id", &Signer::one().cose()));
    let hash = challenge_hash(CHALLENGE);
    for (json, refusal) in [
        (client_json("webauthn.get", CHALLENGE, ORIGIN, ""), Refusal::Type),
        (client_json("payment.get", CHALLENGE, ORIGIN, ""), Refusal::Type),
        (client_json("webauthn.create", b"another", ORIGIN, ""), Refusal::Challenge),
        (client_json("webauthn.create", b"", ORIGIN, ""), Refusal::Challenge),
        (client_json("webauthn.create", CHALLENGE, "https://mainstay.example.org.evil.example", ""), Refusal::Origin),
        (client_json("webauthn.create", CHALLENGE, "http://mainstay.example.org", ""), Refusal::Origin),
        (client_json("webauthn.create", CHALLENGE, "https://mainstay.example.org:8443", ""), Refusal::Origin),
        (client_json("webauthn.create", CHALLENGE, ORIGIN, ",\"crossOrigin\":true"), Refusal::CrossOrigin),
        (
            client_json(
                "webauthn.create",
                CHALLENGE,
                ORIGIN,
                ",\"crossOrigin\":false,\"topOrigin\":\"https://a.example\"",
            ),
            Refusal::CrossOrigin,
        ),
        (client_json("webauthn.create", CHALLENGE, ORIGIN, "").replace("MDEy", "MD+y"), Refusal::ClientData),
        ("{}".into(), Refusal::ClientData),
        ("[]".into(), Refusal::ClientData),
        (String::new(), Refusal::ClientData),
        (format!("{}{}", client_json("webauthn.create", CHALLENGE, ORIGIN, ""), " ".repeat(9000)), Refusal::ClientData),
    ] {
        let read = ClientData::parse(json.as_bytes()).and_then(|client| party().register(&client, &hash, &whole));
        assert_eq!(read, Err(refusal), "{json:.120}");
    }
    let extended = client_json("webauthn.create", CHALLENGE, ORIGIN, ",\"crossOrigin\":false,\"other_keys\":\"…\"");
    assert!(party().register(&ClientData::parse(extended.as_bytes()).unwrap(), &hash, &whole).is_ok());
}

#[test]
fn what_the_authenticator_says_is_held_against_what_is_wanted() {
    let signer = Signer::one();
    let own = "mainstay.example.org";
    for (rp, flags, count, known, verified, answer) in [
        (own, 0x01, 0, 0, false, Ok(())),
        (own, 0x01, 6, 5, false, Ok(())),
        ("example.org", 0x05, 6, 5, false, Err(Refusal::RelyingParty)),
        (own, 0x04, 6, 5, false, Err(Refusal::UserPresence)),
        (own, 0x01, 6, 5, true, Err(Refusal::UserVerification)),
        (own, 0x0D, 6, 5, true, Err(Refusal::BackupFlags)),
        (own, 0x15, 6, 5, true, Err(Refusal::BackupFlags)),
        (own, 0x05, 5, 5, true, Err(Refusal::Counter)),
        (own, 0x05, 4, 5, true, Err(Refusal::Counter)),
        (own, 0x05, 0, 5, true, Err(Refusal::Counter)),
    ] {
        let data = data(rp, flags, count, &[]);
        assert_eq!(authenticate(&signer, &data, known, verified).map(|_| ()), answer, "{rp} {flags:#x} {count}");
    }
    let whole = data(own, 0x05, 6, &[]);
    for broken in [&whole[..36], &[&whole[..], &[0]].concat(), &[]] {
        assert_eq!(authenticate(&signer, broken, 5, true), Err(Refusal::AuthenticatorData));
    }
    let without = data(own, 0x45, 6, &[]);
    assert_eq!(authenticate(&signer, &without, 5, true), Err(Refusal::AuthenticatorData));
}

#[test]
fn broken_attestations_are_refused() {
    let key = Signer::one().cose();
    let whole = made(0x45, &credential(b"id", &key));
    assert!(register(&whole).is_ok());
    for cut in 0..whole.len() {
        assert!(register(&whole[..cut]).is_err(), "cut at {cut}");
    }
    let empty = || Value::Map(Vec::new());
    let deep = (0..50).fold(empty(), |inner, _| Value::Map(vec![(int(0), inner)]));
    let tail = credential(b"id", &key);
    for (bytes, refusal) in [
        ([&whole[..], &[0]].concat(), Refusal::Attestation),
        (vec![0xA0], Refusal::Attestation),
        (vec![0xFF; 40], Refusal::Attestation),
        // A map that says it has 2^64 - 1 members, and a string that says it is as long.
        ([&[0xBB][..], &[0xFF; 8]].concat(), Refusal::Attestation),
        ([&[0xA1, 0x61, b'a', 0x5B][..], &[0xFF; 8]].concat(), Refusal::Attestation),
        (vec![0x9F; 70_000], Refusal::Attestation),
        (attestation("none", deep, data("mainstay.example.org", 0x45, 0, &tail)), Refusal::Attestation),
        (attestation("none", int(1), data("mainstay.example.org", 0x45, 0, &tail)), Refusal::Attestation),
        (attestation("none", empty(), vec![0; 70_000]), Refusal::Attestation),
        (attestation("none", empty(), vec![0; 20_000]), Refusal::AuthenticatorData),
        (made(0x05, &[]), Refusal::AuthenticatorData),
        (made(0x05, &tail), Refusal::AuthenticatorData),
        (made(0x45, &credential(b"", &key)), Refusal::AuthenticatorData),
        (made(0x45, &credential(&[1; 1024], &key)), Refusal::AuthenticatorData),
        (made(0xC5, &tail), Refusal::AuthenticatorData),
        (made(0x45, &credential(b"id", &cbor(&int(4)))), Refusal::AuthenticatorData),
        (made(0x45, &credential(b"id", &cbor(&empty()))), Refusal::Key),
        (made(0x55, &tail), Refusal::BackupFlags),
        (made(0x44, &tail), Refusal::UserPresence),
    ] {
        assert_eq!(register(&bytes), Err(refusal), "{bytes:.3?} of {}", bytes.len());
    }
    assert!(register(&made(0x45, &credential(&[1; 1023], &key))).is_ok());
}

#[test]
fn keys_of_other_kinds_and_broken_ones_are_refused() {
    let [ed, ec, rsa] = Signer::all();
    let with = |signer: &Signer, label: i32, value: Value| {
        let entries = signer.entries().into_iter().map(|(name, old)| {
            let replaced = name == int(label);
            (name, if replaced { value.clone() } else { old })
        });
        cbor(&Value::Map(entries.collect()))
    };
    let doubled = [ec.entries(), vec![(int(3), int(-7))]].concat();
    for (cose, what) in [
        (with(&ec, 3, int(-8)), "an algorithm that is not the key's"),
        (with(&ec, 3, int(-35)), "ES384"),
        (with(&ec, -1, int(2)), "P-384"),
        (with(&ec, -2, Value::Bytes(vec![1; 31])), "a short coordinate"),
        (with(&ec, -3, Value::Bytes(vec![1; 32])), "a point off the curve"),
        (with(&ec, -2, Value::Text("x".into())), "a text"),
        (with(&ed, -2, Value::Bytes(vec![1; 31])), "a short point"),
        (with(&rsa, -1, Value::Bytes(vec![0xFF; 128])), "1024 bits"),
        (with(&rsa, -1, Value::Bytes(vec![0; 256])), "a modulus of zeros"),
        (with(&rsa, -2, Value::Bytes(vec![1, 0, 0])), "an even exponent"),
        (with(&rsa, -2, Value::Bytes(vec![])), "no exponent"),
        (with(&ec, 1, Value::Integer(u64::MAX.into())), "a number out of range"),
        (cbor(&Value::Map(doubled)), "a member twice"),
        (Vec::new(), "nothing"),
    ] {
        assert_eq!(PublicKey::parse(&cose), Err(Refusal::Key), "{what}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = ClientData::parse(&bytes);
        let _ = AuthenticatorData::parse(&bytes);
        let _ = PublicKey::parse(&bytes);
        prop_assert!(register(&bytes).is_err());
        let client = client("webauthn.get");
        let known = Known { public_key: &bytes, sign_count: 0, backup_eligible: false };
        let signed = Signed { authenticator_data: &bytes, signature: &bytes };
        prop_assert!(party().authenticate(&client, &challenge_hash(CHALLENGE), signed, known, false).is_err());
    }

    /// Bytes that begin well get further in.
    #[test]
    fn no_change_of_a_byte_makes_a_parser_panic(at in 0usize..200, byte in any::<u8>(), tail in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut whole = made(0xC5, &[credential(b"id", &Signer::one().cose()), tail].concat());
        let at = at % whole.len();
        whole[at] = byte;
        let _ = register(&whole);
    }
}
