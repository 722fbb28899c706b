//! Hashing: known answers, equal work for nobody, the queue.

use super::*;
use crate::kernel::Kind;

/// As cheap as argon2 gets, for tests that are not about cost.
fn cheap() -> Params {
    Params::new(8, 1, 1).unwrap()
}

fn hasher() -> Hasher {
    Hasher::new(cheap(), 2)
}

fn secret(text: &str) -> SecretString {
    text.into()
}

#[tokio::test]
async fn the_right_password_passes_and_others_do_not() {
    let hasher = hasher();
    let stored = hasher.hash(secret("correct horse battery")).await.unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
    let verdict = |text: &str, stored: &str| {
        let (hasher, text, stored) = (hasher.clone(), secret(text), stored.to_owned());
        async move { hasher.verify(text, Some(stored)).await.unwrap() }
    };
    assert_eq!(verdict("correct horse battery", &stored).await, Verdict { ok: true, needs_rehash: false });
    for wrong in
        ["", "correct horse batterx", "Correct horse battery", "correct horse battery ", "correct horse battery\0"]
    {
        assert_eq!(verdict(wrong, &stored).await, Verdict { ok: false, needs_rehash: false }, "{wrong:?}");
    }
    assert_ne!(hasher.hash(secret("correct horse battery")).await.unwrap(), stored, "each hash has its salt");
}

#[tokio::test]
async fn hashes_of_the_reference_implementation_are_read_and_renewed() {
    // From the test suite of phc-winner-argon2.
    let known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let verdict = hasher().verify(secret("password"), Some(known.into())).await.unwrap();
    assert_eq!(verdict, Verdict { ok: true, needs_rehash: true });
    let verdict = hasher().verify(secret("passwore"), Some(known.into())).await.unwrap();
    assert_eq!(verdict, Verdict { ok: false, needs_rehash: false });
}

#[tokio::test]
async fn any_other_parameter_asks_for_a_new_hash() {
    for (memory, passes, lanes) in [(16, 1, 1), (8, 2, 1), (16, 1, 2)] {
        let old =
            Hasher::new(Params::new(memory, passes, lanes).unwrap(), 1).hash(secret("a long password")).await.unwrap();
        let verdict = hasher().verify(secret("a long password"), Some(old)).await.unwrap();
        assert_eq!(verdict, Verdict { ok: true, needs_rehash: true }, "{memory} {passes} {lanes}");
    }
}

#[tokio::test]
async fn the_same_text_in_another_unicode_form_is_the_same_password() {
    let hasher = hasher();
    let stored = hasher.hash(secret("Gro\u{0308}\u{00DF}e zählt ﬁnal")).await.unwrap();
    for (text, ok) in [("Gr\u{00F6}\u{00DF}e za\u{0308}hlt final", true), ("Grösse zählt final", false)] {
        assert_eq!(hasher.verify(secret(text), Some(stored.clone())).await.unwrap().ok, ok, "{text}");
    }
}

#[tokio::test]
async fn an_unknown_account_and_an_endless_password_are_worked_through_and_refused() {
    let hasher = hasher();
    let refused = Verdict { ok: false, needs_rehash: false };
    assert_eq!(hasher.verify(secret("whatever it is"), None).await.unwrap(), refused);
    let endless = "x".repeat(1_000_000);
    let stored = hasher.hash(secret(&endless)).await.unwrap();
    assert_eq!(hasher.verify(secret(&endless), Some(stored)).await.unwrap(), refused);
}

#[test]
fn the_hash_that_stands_in_for_nobody_costs_what_a_real_one_costs() {
    let params = Params::default();
    let hasher = Hasher::new(params, 1);
    let (dummy, other) = (hasher.0.dummy().unwrap(), hasher.0.dummy().unwrap());
    assert!(hasher.0.is_current(&dummy), "{dummy}");
    assert_ne!(dummy.to_string(), other.to_string());
    let text = dummy.to_string();
    assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
    let real = hasher.0.hash(&secret("correct horse battery")).unwrap();
    assert_eq!(text.len(), real.len());
}

#[tokio::test]
async fn a_damaged_hash_is_our_fault_and_not_a_wrong_password() {
    for stored in [
        "",
        "x",
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ",
        "$scrypt$ln=1,r=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5Q",
        "$argon2id$v=19$m=1,t=1,p=1$c29tc2FsdHNvbWVzYWx0$CTFhFdXPJO1aFaMaO6Mm5Q",
    ] {
        let failure = hasher().verify(secret("whatever it is"), Some(stored.into())).await.unwrap_err();
        assert_eq!(failure.kind(), Kind::Internal, "{stored}");
    }
}

#[test]
fn costs_are_checked() {
    assert_eq!(Params::default(), Params::new(19_456, 2, 1).unwrap());
    for (memory, passes, lanes) in
        [(7, 1, 1), (8, 0, 1), (8, 1, 0), (15, 1, 2), (8, 1, 65), (u32::MAX, 1, 1), (1024, 1001, 1)]
    {
        assert_eq!(Params::new(memory, passes, lanes).unwrap_err().code, "invalid_argon2", "{memory} {passes} {lanes}");
    }
}

#[tokio::test]
async fn who_comes_to_a_full_queue_is_sent_away_and_who_waits_too_long_too() {
    let mut hasher = Hasher::new(cheap(), 1);
    Arc::get_mut(&mut hasher.0).unwrap().longest_wait = Duration::from_millis(300);
    let slot = hasher.slot().await.unwrap();
    let wait = |hasher: Hasher| async move { hasher.slot().await.map(drop) };
    let waiting: Vec<_> = (0..QUEUE_PER_SLOT).map(|_| tokio::spawn(wait(hasher.clone()))).collect();
    tokio::task::yield_now().await;
    let failure = hasher.hash(secret("one too many")).await.unwrap_err();
    assert_eq!((failure.kind(), failure.retry_after_seconds()), (Kind::Unavailable, Some(2)));
    for late in waiting {
        assert_eq!(late.await.unwrap().unwrap_err().kind(), Kind::Unavailable);
    }
    drop(slot);
    assert!(hasher.slot().await.is_ok(), "the places in the queue are free again");
    assert_eq!(hasher.0.waiting.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn no_more_run_at_a_time_than_allowed() {
    let hasher = Hasher::new(cheap(), 2);
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (hasher, running, most) = (hasher.clone(), running.clone(), most.clone());
            tokio::spawn(async move {
                let work = move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(2));
                    running.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                };
                hasher.run(work).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_request_that_goes_away_gives_its_place_back() {
    let hasher = Hasher::new(cheap(), 1);
    let slot = hasher.slot().await.unwrap();
    let gone = tokio::time::timeout(Duration::from_millis(5), hasher.hash(secret("never mind"))).await;
    assert!(gone.is_err());
    assert_eq!(hasher.0.waiting.load(Ordering::Relaxed), 0);
    drop(slot);
    assert!(hasher.hash(secret("the next one")).await.is_ok());
}

#[test]
fn what_is_shown_of_a_hasher_holds_no_secret() {
    assert_eq!(
        format!("{:?}", hasher()),
        "Hasher { params: Params { memory_kib: 8, iterations: 1, parallelism: 1 }, .. }"
    );
}
