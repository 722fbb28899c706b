//! Which spellings are the same: `Node.js`, `node js` and `NODE_JS` fold to one key, `C`, `C++` and `C#` to three.

use unicode_normalization::UnicodeNormalization;

/// No spelling in the data comes near this length; what people paste may. Longer keys are cut, which can't make them
/// equal to a shorter one.
const MAX_KEY_BYTES: usize = 200;

/// The key under which a spelling is looked up.
///
/// Compatibility forms are unified (NFKC), letters lowered, and everything dropped but letters, digits and the signs
/// that tell languages apart (`+`, `#`, `*`). A dot that begins a word is spoken, so that `.NET` is not "net"; `&` is
/// "and", so that "Q&A" is not "qa"; a leading `#` is a hashtag's.
pub(super) fn fold(text: &str) -> String {
    let mut key = String::with_capacity(text.len().min(MAX_KEY_BYTES));
    let mut word_begins = true;
    let mut signs = text.chars().filter(|&c| !matches!(c, '™' | '℠')).nfkc().flat_map(char::to_lowercase).peekable();
    while let Some(sign) = signs.next() {
        if key.len() >= MAX_KEY_BYTES {
            break;
        }
        match sign {
            '#' | '♯' if key.is_empty() => {}
            '♯' => key.push('#'),
            '+' | '#' | '*' => key.push(sign),
            '&' => key.push_str("and"),
            '.' if word_begins && signs.peek().is_some_and(|next| next.is_alphanumeric()) => key.push_str("dot"),
            '.' | '\'' | '’' => {}
            letter if letter.is_alphanumeric() => key.push(letter),
            _ => {
                word_begins = true;
                continue;
            }
        }
        word_begins = false;
    }
    key
}

/// The plural of a singular key, the singular of a plural one, as far as English is regular; none for what is too
/// short to tell or not plain letters.
///
/// Meant for common nouns ("web scraper", "web scrapers"): proper names have no plural.
pub(super) fn other_number(key: &str) -> Option<String> {
    const SHORTEST: usize = 5;
    if key.len() < SHORTEST || !key.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let hisses = |word: &str| ["s", "x", "ch", "sh"].iter().any(|end| word.ends_with(end));
    if let Some(stem) = key.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    if let Some(stem) = key.strip_suffix("es").filter(|stem| hisses(stem)) {
        return Some(stem.to_owned());
    }
    if ["ss", "us", "is"].iter().any(|end| key.ends_with(end)) {
        return None;
    }
    if let Some(stem) = key.strip_suffix('s') {
        return Some(stem.to_owned());
    }
    if let Some(stem) = key.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u'])) {
        return Some(format!("{stem}ies"));
    }
    Some(if hisses(key) { format!("{key}es") } else { format!("{key}s") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_thing_fold_together() {
        for (one, other) in [
            ("Node.js", "node js"),
            ("Node.js", "NODE_JS"),
            ("nodejs", "node-js"),
            ("C ++", "c++"),
            ("C♯", "c#"),
            ("Ｃ＃", "C#"),
            ("#rust", "Rust"),
            ("Let’s Encrypt", "lets-encrypt"),
            ("TCP/IP", "tcp ip"),
            ("A.I.", "ai"),
            ("React™", "react"),
            ("  .NET  ", "dot net"),
            ("asp.net", "ASP-NET"),
            ("ﬁsh", "fish"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn different_things_stay_apart() {
        let keys: Vec<_> =
            ["c", "c++", "c#", "objective-c", "objective-c++", ".net", "net", "f#", "f*", "f", "q&a", "qa"]
                .map(fold)
                .into_iter()
                .collect();
        let mut unique = keys.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), keys.len(), "{keys:?}");
    }

    #[test]
    fn what_holds_no_letter_has_no_key_of_letters() {
        for empty in ["", "   ", "#", "🚀", "...", "\u{200b}\u{0}", "_-/"] {
            assert_eq!(fold(empty), "", "{empty:?}");
        }
    }

    #[test]
    fn long_text_is_cut() {
        assert!(fold(&"ab ".repeat(1_000_000)).len() <= MAX_KEY_BYTES);
    }

    #[test]
    fn plurals_follow_the_rule() {
        for (singular, plural) in [
            ("parser", "parsers"),
            ("library", "libraries"),
            ("patch", "patches"),
            ("delay", "delays"),
            ("index", "indexes"),
        ] {
            assert_eq!(other_number(singular).as_deref(), Some(plural));
            assert_eq!(other_number(plural).as_deref(), Some(singular));
        }
        for none in ["ios", "css", "chess", "emacs1", "consensus", "analysis", "été"] {
            assert_eq!(other_number(none), None, "{none}");
        }
    }
}
