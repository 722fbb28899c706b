//! Documents bent at random: mutations from a seed, and the search for ones that are answered in a new way.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Whoever takes longer over one document has run away. Builds without optimization on a busy machine are slow.
const LONGEST: Duration = Duration::from_secs(20);
/// Documents do not grow beyond this, in bytes.
const LARGEST: usize = 64 << 10;
/// So many documents that were answered in a new way are kept to be bent again.
const MOST_KEPT: usize = 4000;

/// `SplitMix64`: the same numbers from the same seed, everywhere.
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where that is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// What breaks readers of any format.
const TOKENS: &[&str] = &[
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "/",
    "\\",
    ":",
    ",",
    ";",
    "@",
    "#",
    "%",
    "%00",
    "%2F",
    "%ff",
    "?",
    "&",
    "=",
    "-",
    "+",
    ".",
    "~",
    "^",
    "_",
    "*",
    "0",
    "-1",
    "1e309",
    "-0",
    "NaN",
    "99999999999999999999999999",
    "0x7fffffff",
    "2147483648",
    "18446744073709551616",
    "true",
    "null",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "ß",
    "İ",
    "𝕏",
    "\u{301}",
    "\n",
    "\r\n",
    "\t",
    " ",
    "  ",
    "\n\n",
    "---",
    "- ",
    "&a",
    "*a",
    "<<:",
    "!!binary ",
    "|\n",
    ">-\n",
    "<!DOCTYPE x>",
    "<!ENTITY a \"b\">",
    "&a;",
    "&#0;",
    "&#x110000;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml?>",
    "</",
    "/>",
    "<text>",
    "</text>",
    "\\u0000",
    "\\ud800",
    "{\"a\":",
    "[[[[[[[[",
    "{{{{",
    "\"\":{}",
    "$ref",
    "__proto__",
];

/// Bends the document in one to eight places.
pub(crate) fn bend(chance: &mut Chance, document: &[u8], other: &[u8], words: &[&str]) -> Vec<u8> {
    let mut bent = document.to_vec();
    for _ in 0..=chance.below(8) {
        let at = chance.below(bent.len() + 1);
        let bits = chance.below(9);
        let length = (1 + chance.below(1 << bits)).min(bent.len() - at);
        match chance.below(12) {
            0 if at < bent.len() => {
                let bit = chance.below(8);
                bent[at] ^= 1 << bit;
            }
            1 if at < bent.len() => bent[at] = u8::try_from(chance.below(256)).unwrap(),
            2 => drop(bent.drain(at..at + length)),
            3 => bent.truncate(at),
            4 => {
                let copy = bent[at..at + length].to_vec();
                let to = chance.below(bent.len() + 1);
                bent.splice(to..to, copy);
            }
            5 => {
                // A part of another document.
                let from = chance.below(other.len() + 1);
                let length = (1 + chance.below(200)).min(other.len() - from);
                bent.splice(at..at, other[from..from + length].iter().copied());
            }
            6 => {
                // The same part many times: lists that are long, brackets that are deep.
                let copy = bent[at..at + length.min(16)].to_vec();
                let many = copy.repeat(1 + chance.below(300));
                bent.splice(at..at, many);
            }
            7 if at < bent.len() => {
                // One line in another's place.
                let end = bent[at..].iter().position(|byte| *byte == b'\n').map_or(bent.len(), |to| at + to);
                let line = bent[at..end].to_vec();
                let to = chance.below(bent.len() + 1);
                bent.splice(to..to, line);
            }
            8 | 9 if !words.is_empty() => {
                let word = chance.pick(words).as_bytes();
                bent.splice(at..at, word.iter().copied());
            }
            10 => {
                let token = chance.pick(TOKENS).as_bytes();
                bent.splice(at..at + length.min(token.len()), token.iter().copied());
            }
            _ => {
                let token = chance.pick(TOKENS).as_bytes();
                bent.splice(at..at, token.iter().copied());
            }
        }
        bent.truncate(LARGEST);
    }
    bent
}

/// How a document was answered, without what is particular to it: a reader that answers in a new way took another path.
fn shape(answer: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut quoted = false;
    for char in answer.chars() {
        if char == '"' {
            quoted = !quoted;
        }
        if !quoted && !char.is_ascii_digit() {
            char.hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) documents: u64,
    pub(crate) kept: usize,
    pub(crate) longest: Duration,
}

/// Bends documents until the time or the number is over. Panics, with the document, where a reader panics, says what can't be, or runs
/// away.
pub(crate) fn run(
    target: &str,
    read: &dyn Fn(&[u8]) -> String,
    seeds: &[Vec<u8>],
    words: &[&str],
    seed: u64,
    go_on: &dyn Fn(u64) -> bool,
) -> Tally {
    let mut chance = Chance::new(seed);
    let mut tally = Tally::default();
    let mut known = HashSet::new();
    let mut kept: Vec<Vec<u8>> = seeds.to_vec();
    for document in seeds {
        known.insert(shape(&judge(target, read, document, seed, &mut tally)));
    }
    while go_on(tally.documents) {
        let at = chance.below(kept.len());
        let other = chance.below(kept.len());
        let bent = bend(&mut chance, &kept[at], &kept[other], words);
        let is_new = known.insert(shape(&judge(target, read, &bent, seed, &mut tally)));
        if is_new && kept.len() < MOST_KEPT {
            kept.push(bent);
        }
    }
    tally.kept = kept.len() - seeds.len();
    tally
}

fn judge(target: &str, read: &dyn Fn(&[u8]) -> String, document: &[u8], seed: u64, tally: &mut Tally) -> String {
    let begin = Instant::now();
    let answer = catch_unwind(AssertUnwindSafe(|| read(document)));
    let took = begin.elapsed();
    tally.documents += 1;
    tally.longest = tally.longest.max(took);
    let at = || {
        let path = std::env::temp_dir().join(format!("mainstay-fuzz-{target}-{seed}"));
        std::fs::write(&path, document).unwrap();
        format!("{target}, seed {seed}, document {}: kept at {}", tally.documents, path.display())
    };
    assert!(took < LONGEST, "{}: it took {took:?}", at());
    answer.unwrap_or_else(|_panic| panic!("{}: it panicked", at()))
}
