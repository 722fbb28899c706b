//! Sealing: the form, tampering, rotation, key files.

#![allow(clippy::string_slice, reason = "the texts are ASCII")]

use super::*;
use crate::infra::crypto::testing::Counting;

fn key(first: u8) -> MasterKey {
    let bytes: Vec<u8> = (first..first + 32).collect();
    MasterKey::from_base64(&STANDARD.encode(bytes).into()).unwrap()
}

fn sealer(current: u8, previous: &[u8]) -> Sealer {
    Sealer::new(key(current), previous.iter().map(|first| key(*first)).collect(), Arc::new(Counting::from(100)))
}

#[test]
fn the_sealed_form_is_as_computed_by_another_program() {
    // Computed with Python's `cryptography` AESGCM: key 00..1f, nonce 100..111, the head and purpose as associated data.
    let sealed = sealer(0, &[]).seal("signing_key", b"attack at dawn").unwrap();
    assert_eq!(sealed, "s1.a52b311a.ZGVmZ2hpamtsbW5vKW-qBxqCdv9KQjuJrQt_Ivy8VHNIOHwVrPWdtxIW");
    assert_eq!(sealer(0, &[]).open("signing_key", &sealed).unwrap().as_slice(), b"attack at dawn");
}

#[test]
fn any_change_is_noticed() {
    let ours = sealer(0, &[]);
    let sealed = ours.seal("totp", b"secret").unwrap();
    for at in 0..sealed.len() {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(ours.open("totp", &changed).is_err(), "{changed}");
    }
    for text in [
        "",
        ".",
        "s1..",
        "s1.",
        &sealed[..sealed.len() - 1],
        &sealed[..20],
        &format!("{sealed}A"),
        &sealed.replace("s1.", "s2."),
    ] {
        assert!(ours.open("totp", text).is_err(), "{text:?}");
    }
    assert!(ours.open("signing_key", &sealed).is_err());
    assert!(ours.open("totp", &sealed).is_ok());
}

#[test]
fn equal_values_seal_apart_and_empty_ones_too() {
    let ours = sealer(0, &[]);
    assert_ne!(ours.seal("a", b"x").unwrap(), ours.seal("a", b"x").unwrap());
    assert!(ours.open("a", &ours.seal("a", b"").unwrap()).unwrap().is_empty());
}

#[test]
fn keys_rotate() {
    let old = sealer(0, &[]).seal("a", b"x").unwrap();
    let rotated = sealer(50, &[0]);
    assert_eq!(rotated.open("a", &old).unwrap().as_slice(), b"x");
    assert!(rotated.is_stale(&old) && !rotated.is_stale(&rotated.seal("a", b"x").unwrap()));
    let failure = std::error::Error::source(&sealer(50, &[]).open("a", &old).unwrap_err()).unwrap().to_string();
    assert!(failure.contains("previous_master_keys"), "{failure}");
}

#[test]
fn master_keys_are_read_in_either_alphabet_and_refused_when_weak() {
    let bytes = [0xFBu8, 0xFF].repeat(16);
    let standard = MasterKey::from_base64(&STANDARD.encode(&bytes).into()).unwrap();
    let url_safe = MasterKey::from_base64(&format!(" {}\n", URL_SAFE_NO_PAD.encode(&bytes)).into()).unwrap();
    assert_eq!(standard.id(), url_safe.id());
    for text in ["", "short", &STANDARD.encode([1u8; 32]), &STANDARD.encode([0u8; 31]), &"é".repeat(22)] {
        assert_eq!(MasterKey::from_base64(&text.into()).unwrap_err().code, "invalid_key", "{text}");
    }
    assert!(!format!("{standard:?}").contains(&STANDARD.encode(&bytes)[..8]));
}

#[cfg(unix)]
#[test]
fn key_files_are_made_once_and_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mainstay.key");
    let ids: Vec<String> = std::thread::scope(|scope| {
        let one = |n| MasterKey::from_file_or_new(&path, &Counting::from(n)).unwrap().id;
        let racing: Vec<_> = [0u8, 50, 100, 150].map(|n| scope.spawn(move || one(n))).into_iter().collect();
        racing.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let failure = MasterKey::from_file(&path).unwrap_err();
    assert!(std::error::Error::source(&failure).unwrap().to_string().contains("chmod 600"));
    assert!(MasterKey::from_file(&folder.path().join("absent")).is_err());
    assert!(MasterKey::from_file_or_new(&folder.path().join("no/such/folder/key"), &Counting::from(0)).is_err());
}

#[test]
fn the_settings_say_which_keys() {
    use crate::infra::config::{Flag, Sources, load};
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("mainstay.db").display());
    let file = folder.path().join("mainstay.key");
    let built = |settings: &[(&'static str, &str)]| {
        let flags =
            settings.iter().map(|(key, value)| Flag { name: "--test", key, value: (*value).to_owned() }).collect();
        let loaded = load(&Sources { flags, ..Sources::default() }).unwrap();
        Sealer::from_settings(&loaded.settings, Arc::new(Counting::from(0)))
    };
    let embedded = built(&[("database.url", &database)]).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let sealed = embedded.seal("a", b"x").unwrap();
    let again = built(&[("database.url", &database)]).unwrap();
    assert_eq!(again.open("a", &sealed).unwrap().as_slice(), b"x", "the second start finds the key of the first");
    let other = STANDARD.encode((50..82).collect::<Vec<u8>>());
    let rotated = built(&[("secrets.master_key", &other), ("secrets.previous_master_keys", text.trim())]).unwrap();
    assert!(rotated.open("a", &sealed).is_ok() && rotated.is_stale(&sealed));

    let shared = ("database.url", "postgres://u:p@h/db");
    let path = file.to_str().unwrap();
    assert!(built(&[shared, ("secrets.master_key_file", path)]).unwrap().open("a", &sealed).is_ok());
    std::fs::remove_file(&file).unwrap();
    assert!(
        built(&[shared, ("secrets.master_key_file", path)]).is_err(),
        "nodes that share a database must not each make one"
    );
    assert!(!file.exists());
}
