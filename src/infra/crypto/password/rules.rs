//! Which passwords are accepted: NIST SP 800-63B-4 section 3.1.1.2. Length counts, composition does not, and what everybody
//! would try first is refused.
//!
//! The bundled list holds the words that common passwords are made of rather than the passwords: what is refused is a
//! password that consists of so few such words, sequences, repetitions and years that little is left to guess.

use super::normalize;
use crate::kernel::Fault;
use std::collections::HashSet;
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// The least characters, after normalization.
pub const LEAST_CHARACTERS: usize = 12;
/// The most characters, after normalization.
pub const MOST_CHARACTERS: usize = 128;
/// The least pieces that a guesser must find: a character counts 1, a sequence too, a common word, a year, a walk over the
/// keyboard and a weave of sequences 2, a repetition and one of the account's own words nothing.
const LEAST_PIECES: usize = 7;
/// Own words and common words shorter than this are left alone: they hide in any text.
const SHORTEST_WORD: usize = 3;

/// Words, names and keyboard walks that head every list of leaked passwords, lower case, separated by white space.
static COMMON: LazyLock<HashSet<Vec<char>>> = LazyLock::new(|| {
    let lines = include_str!("common.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(|word| word.chars().collect()).collect()
});
/// The longest word of the list, in characters.
static LONGEST: LazyLock<usize> = LazyLock::new(|| COMMON.iter().map(Vec::len).max().unwrap_or(0));

/// Rows of the usual keyboards, along which fingers walk.
const ROWS: [&str; 8] =
    ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "yxcvbnm", "!@#$%^&*()"];
/// Where the keys of most keyboards are: those of a row stand half a key to the right of those above.
const BOARD: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
/// The least characters of a walk, and of a weave.
const SHORTEST_WALK: usize = 4;
const SHORTEST_WEAVE: usize = 6;

/// Accepts a new password or says why not. `own_words` are the account's own: its handle, its name, its mail address.
///
/// Faults: `too_short`, `too_long`, `own_word`, `too_common`. They never repeat the password.
pub fn check_password(password: &str, own_words: &[&str]) -> Result<(), Fault> {
    // So much longer that normalizing it would be work for nothing.
    if password.len() > MOST_CHARACTERS * 16 {
        return Err(too_long(None));
    }
    let password = normalize(password);
    match password.chars().count() {
        n if n < LEAST_CHARACTERS => {
            return Err(Fault::new(
                "too_short",
                format!(
                    "A password has at least {LEAST_CHARACTERS} characters; this one has {n}. A few unrelated words do well."
                ),
            ));
        }
        n if n > MOST_CHARACTERS => return Err(too_long(Some(n))),
        _ => {}
    }
    let text: Zeroizing<Vec<char>> = Zeroizing::new(password.to_lowercase().chars().collect());
    if pieces(&text, &HashSet::new()) < LEAST_PIECES {
        return Err(Fault::new(
            "too_common",
            "This password is made of little but common words, sequences or repetitions, which are tried first; choose \
             several unrelated words or more varied characters.",
        ));
    }
    if pieces(&text, &own(own_words)) < LEAST_PIECES {
        return Err(Fault::new(
            "own_word",
            "This password is made of little but your own name or address, which are tried first; choose something that \
             has nothing to do with the account.",
        ));
    }
    Ok(())
}

/// Accepts a password of at least so many characters, for installations that ask for more than [`LEAST_CHARACTERS`]. Fault:
/// `too_short`.
pub fn check_length(password: &str, least: u32) -> Result<(), Fault> {
    let characters = normalize(password).chars().count();
    if u32::try_from(characters).unwrap_or(u32::MAX) >= least {
        return Ok(());
    }
    Err(Fault::new(
        "too_short",
        format!("A password has at least {least} characters here without a second factor; this one has {characters}."),
    ))
}

fn too_long(count: Option<usize>) -> Fault {
    let count = count.map_or_else(|| "many more".to_owned(), |n| n.to_string());
    Fault::new("too_long", format!("A password has at most {MOST_CHARACTERS} characters; this one has {count}."))
}

/// The account's words whole and in their parts: `ada.lovelace@example.org` gives also `ada`, `lovelace`, `example`.
fn own(words: &[&str]) -> HashSet<Vec<char>> {
    let mut own = HashSet::new();
    for word in words {
        let word = normalize(word).to_lowercase();
        own.insert(word.chars().collect());
        own.extend(word.split(|c: char| !c.is_alphanumeric()).map(|part| part.chars().collect::<Vec<char>>()));
        own.insert(word.chars().filter(|c| c.is_alphanumeric()).collect());
    }
    own.retain(|word| word.len() >= SHORTEST_WORD);
    own
}

/// The least pieces that the text can be put together from.
fn pieces(text: &[char], own: &HashSet<Vec<char>>) -> usize {
    let plain = ['i', 'l'].map(|one| Zeroizing::new(text.iter().map(|c| unleet(*c, one)).collect::<Vec<char>>()));
    let longest = own.iter().map(Vec::len).max().unwrap_or(0).max(*LONGEST);
    let from_each = |count: fn(&[char]) -> usize| -> Vec<usize> {
        (0..text.len()).map(|start| count(text.get(start..).unwrap_or_default())).collect()
    };
    let (sequences, walks, weaves) = (from_each(sequence), from_each(walk), from_each(weave));
    let runs: Vec<_> = sequences.into_iter().zip(walks.into_iter().zip(weaves)).collect();
    // best[n] is the least for the first n characters.
    let mut best = vec![0];
    for end in 1..=text.len() {
        let mut least = best.last().map_or(end, |before| before + 1);
        for ((start, before), (sequence, (walk, weave))) in best.iter().enumerate().zip(&runs) {
            let Some(span) = text.get(start..end) else { continue };
            let words = std::iter::once(span).chain(plain.iter().filter_map(|plain| plain.get(start..end)));
            let as_word = words.filter(|span| span.len() <= longest).filter_map(|span| word(span, own)).min();
            let as_sequence = (span.len() >= 3 && span.len() <= *sequence).then_some(1);
            let as_walk = (span.len() >= SHORTEST_WALK && span.len() <= *walk).then_some(2);
            let as_weave = (span.len() >= SHORTEST_WEAVE && span.len() <= *weave).then_some(2);
            let as_repetition = is_repeated(text, start, span).then_some(0);
            let as_year = is_year(span).then_some(2);
            let cost = [as_word, as_sequence, as_walk, as_weave, as_repetition, as_year].into_iter().flatten().min();
            least = cost.map_or(least, |cost| least.min(before + cost));
        }
        best.push(least);
    }
    best.last().copied().unwrap_or(0)
}

fn word(span: &[char], own: &HashSet<Vec<char>>) -> Option<usize> {
    if own.contains(span) {
        Some(0)
    } else if COMMON.contains(span) {
        Some(2)
    } else {
        None
    }
}

/// Whether the same stands right before the span.
fn is_repeated(text: &[char], start: usize, span: &[char]) -> bool {
    start.checked_sub(span.len()).and_then(|from| text.get(from..start)) == Some(span)
}

/// How many characters from the first on follow each other by the same step (`aaaa`, `abcd`, `9876`) or along a row of
/// the keyboard, in either direction (`qwert`, `lkjh`).
fn sequence(text: &[char]) -> usize {
    let [first, second, ..] = text else { return text.len() };
    let step = |from: char, to: char| i64::from(u32::from(to)) - i64::from(u32::from(from));
    let wide = step(*first, *second);
    let even = text.windows(2).take_while(|pair| matches!(pair, [a, b] if step(*a, *b) == wide)).count() + 1;
    let along = ROWS.iter().map(|row| shared(text, row.chars().skip_while(|c| c != first)));
    let back = ROWS.iter().map(|row| shared(text, row.chars().rev().skip_while(|c| c != first)));
    let walk = along.chain(back).max().unwrap_or(0);
    walk.max(if wide.abs() <= 1 { even } else { 0 })
}

/// The row of a key, and its place in it.
fn key(c: char) -> Option<(usize, usize)> {
    let place = |keys: &str| keys.chars().position(|key| key == c);
    BOARD.iter().enumerate().find_map(|(row, keys)| place(keys).map(|place| (row, place)))
}

/// How many characters from the first on are typed by going from a key to one beside it (`zaqwsx`, `qawsed`).
fn walk(text: &[char]) -> usize {
    let beside = |pair: &[char]| {
        let [Some(one), Some(other)] = [pair.first(), pair.last()].map(|c| c.and_then(|c| key(*c))) else {
            return false;
        };
        let (upper, lower) = if one.0 <= other.0 { (one, other) } else { (other, one) };
        match lower.0 - upper.0 {
            0 => upper.1.abs_diff(lower.1) == 1,
            1 => upper.1 == lower.1 || upper.1 == lower.1 + 1,
            _ => false,
        }
    };
    text.windows(2).take_while(|pair| beside(pair)).count() + 1
}

/// How many characters from the first on are two to four sequences in turns (`q1w2e3`, `qazwsxedc`, `010203`).
fn weave(text: &[char]) -> usize {
    let step = |from: char, to: char| match (key(from), key(to)) {
        (Some(one), Some(other)) if one.0 == other.0 => i64::try_from(other.1).ok().zip(i64::try_from(one.1).ok()),
        _ => Some((i64::from(u32::from(to)), i64::from(u32::from(from)))),
    };
    let threads = |count: usize| {
        let mut steps: Vec<Option<i64>> = vec![None; count];
        let later = text.iter().skip(count).zip(text).enumerate();
        let woven = later.take_while(|(at, (to, from))| {
            let wide = step(**from, **to).map(|(to, from)| to - from).filter(|wide| wide.abs() <= 1);
            let Some(known) = steps.get_mut(at % count) else { return false };
            let fits = wide.is_some() && known.is_none_or(|known| Some(known) == wide);
            *known = wide;
            fits
        });
        let length = count + woven.count();
        // What only repeats is no weave.
        let moves = steps.iter().any(|step| step.is_some_and(|wide| wide != 0));
        if length >= 2 * count && moves { length } else { 0 }
    };
    [2, 3, 4].into_iter().map(threads).max().unwrap_or(0)
}

/// How many characters two texts share from the start.
fn shared(text: &[char], other: impl Iterator<Item = char>) -> usize {
    text.iter().zip(other).take_while(|(a, b)| **a == *b).count()
}

fn is_year(span: &[char]) -> bool {
    span.len() == 4 && span.iter().all(char::is_ascii_digit) && matches!(span, ['1', '9', ..] | ['2', '0', ..])
}

/// The letter that a look-alike stands for; a one may be an i or an l.
fn unleet(c: char, one: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}

#[cfg(test)]
mod tests;
