//! Which passwords are refused, and that good ones are not.

use super::*;

const OWN: [&str; 3] = ["ada.lovelace@example.org", "ada-l", "Ada King Lovelace"];

fn code(password: &str) -> Option<&'static str> {
    check_password(password, &OWN).err().map(|fault| fault.code)
}

#[test]
fn length_counts_characters_after_normalization() {
    for (password, expected) in [
        ("", Some("too_short")),
        ("k3x9vq7zt2w", Some("too_short")),
        ("k3x9vq7zt2wp", None),
        // Twelve code points that compose into eleven characters.
        ("k3x9vq7zt2o\u{0308}", Some("too_short")),
        // A ligature that decomposes into two letters.
        ("k3x9vq7zt2ﬁ", None),
        ("ключ-от-дома", None),
        ("🐙🎩🚲🧀🌵🪁🛶🧭🪕🥨🦉🎲", None),
    ] {
        assert_eq!(code(password), expected, "{password:?}");
    }
    let long: String = "kw7pzq3vx9tm2j8d".repeat(8).chars().rev().collect();
    assert_eq!(long.chars().count(), MOST_CHARACTERS);
    assert_eq!(code(&(long.clone() + "y")), Some("too_long"));
    assert_eq!(code(&"x7".repeat(500_000)), Some("too_long"));
}

#[test]
fn what_everybody_tries_first_is_refused() {
    for password in [
        "password1234",
        "Password1234",
        "PASSWORD2026!",
        "p@ssw0rd1234",
        "P4$$w0rd!2026",
        "passwordpassword",
        "123456789012",
        "111111111111",
        "qwertyuiop12",
        "qwertyuiop[]",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "q1w2e3r4t5y6u7",
        "1qa2ws3ed4rf5tg",
        "qazwsxedcrfvtgb",
        "qazxswedcvfr",
        "zaqwsxcderfv",
        "qawsedrftgyh",
        "a1s2d3f4g5h6",
        "z1x2c3v4b5n6m7",
        "010203040506",
        "102030405060",
        "ghjcnjgfhjkm",
        "leavemealone",
        "sonyericsson",
        "iloveyou1234",
        "iloveyou2026",
        "letmein12345",
        "welcome12345",
        "Welcome2026!",
        "adminadmin12",
        "administrator",
        "Administrator1",
        "abcdefghijkl",
        "ABCABCABCABC",
        "aaaaaaaaaaaa",
        "abababababab",
        "sunshine2026",
        "Football2025",
        "dragon123456",
        "monkey111111",
        "superman2026",
        "trustno1trustno1",
        "changeme1234",
        "Summer2026!!",
        "winter202526",
        "charlie12345",
        "michael19851985",
        "asdfghjkl123",
        "zxcvbnm12345",
        "qazwsxedc123",
        "987654321098",
        "mainstay2026",
        "motdepasse12",
        "geheim123456",
        "test12345678",
        "123qweasdzxc",
        "fuckyou12345",
        "december2025",
        "starwars2026",
        "Pa$$word1111",
        "dragonmonkeyfootball",
        "x7!kx7!kx7!k",
    ] {
        assert_eq!(code(password), Some("too_common"), "{password}");
    }
}

#[test]
fn the_account_s_own_words_are_refused() {
    for password in [
        "ada.lovelace@example.org",
        "adalovelace12",
        "Lovelace-2026",
        "ada-l-ada-l-ada",
        "AdaKingLovelace",
        "LOVELACEada99",
        "ada.l0v3lace!",
        "exampleorg12",
    ] {
        assert_eq!(code(password), Some("own_word"), "{password}");
        assert_eq!(check_password(password, &[]), Ok(()), "for others it may do: {password}");
    }
    // A name within more is no harm, and neither are short or empty words.
    assert_eq!(code("lovelace wrote the first program"), None);
    assert_eq!(check_password("an odd thing to say in 12 bars", &["", "a", "an", "in"]), Ok(()));
}

#[test]
fn good_passwords_pass_whatever_they_are_made_of() {
    for password in [
        "mainstay-demo-2026",
        "correct horse battery staple",
        "tulip gravel umbrella",
        "kestrel-notary-plinth",
        "Tr0ub4dor&3 again",
        "jqkzvwyxbnmt",
        "839104726551",
        "der Hund frisst Käse",
        "vexed nymphs go for quick waltz",
        "пароль из четырёх слов",
        "今日は天気がいいですね本当に",
        "x7!kQ9#mZ2@p",
        "aB3$aB3$zY8!",
        "dragon monkey football",
        "___-very-odd-___",
        "once upon a midnight dreary",
        "line\nbreaks\tare fine",
    ] {
        assert_eq!(check_password(password, &[]), Ok(()), "{password}");
    }
}

#[test]
fn faults_say_what_to_do_and_never_repeat_the_password() {
    for password in ["password1234", "adalovelace12", "hunter2", &"Zx9".repeat(50)] {
        let fault = check_password(password, &OWN).unwrap_err();
        assert!(!fault.detail.contains(password) && fault.detail.ends_with('.'), "{}", fault.detail);
    }
}

#[test]
fn the_list_is_large_clean_and_lower_case() {
    let words: Vec<&str> = include_str!("../common.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect();
    assert!(COMMON.len() > 1500, "{}", COMMON.len());
    for word in words {
        assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{word}");
    }
}

#[test]
fn the_longest_password_is_judged_in_no_time() {
    let text: String = "aB3$zY8!qw".chars().cycle().take(MOST_CHARACTERS).collect();
    let before = std::time::Instant::now();
    let _ = check_password(&text, &OWN);
    assert!(before.elapsed() < std::time::Duration::from_secs(1), "{:?}", before.elapsed());
}
