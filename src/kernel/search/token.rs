//! How a text falls into words.

use unicode_normalization::UnicodeNormalization as _;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// As it is compared: folded, without accents.
    pub text: String,
    /// Its first byte in the text.
    pub from: usize,
    /// The byte after its last.
    pub until: usize,
}

/// Accents and the like, which people leave out when they type.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}')
}

/// The form in which words are compared: `Ärger`, `ärger` and `ARGER` are one.
fn folded(word: &str) -> String {
    let plain: String = word.nfkd().filter(|c| !is_accent(*c)).collect();
    plain.nfkc().collect::<String>().to_lowercase()
}

/// The words of a text, in their order: letters and digits, with the signs of `C++` and `C#`.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((from, first)) = chars.next() {
        if !first.is_alphanumeric() {
            continue;
        }
        let mut until = from + first.len_utf8();
        while let Some((at, c)) = chars.next_if(|(_, c)| c.is_alphanumeric() || is_accent(*c)) {
            until = at + c.len_utf8();
        }
        // Signs belong to the word when it ends with them: `c++` is a word, `a+b` is two.
        let mut ahead = chars.clone();
        let mut end = until;
        while let Some((at, c)) = ahead.next_if(|(_, c)| matches!(c, '+' | '#')) {
            end = at + c.len_utf8();
        }
        if ahead.peek().is_none_or(|(_, c)| !c.is_alphanumeric()) {
            (until, chars) = (end, ahead);
        }
        found.push(Token { text: folded(text.get(from..until).unwrap_or_default()), from, until });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_are_folded_and_keep_the_signs_they_end_with() {
        assert_eq!(
            words("Ärger mit dem C++-Parser, C# und a+b!"),
            ["arger", "mit", "dem", "c++", "parser", "c#", "und", "a", "b"]
        );
        assert_eq!(words("manual_page v1.2 CVE-2024-1234"), ["manual", "page", "v1", "2", "cve", "2024", "1234"]);
        assert_eq!(words("Ａ\u{30a}ngström ﬁx"), ["angstrom", "fix"]);
        assert_eq!(words(" %% _ + # "), [""; 0]);
        assert_eq!(words("日本語 C"), ["日本語", "c"]);
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "é: Größe c++.";
        let places: Vec<&str> = tokens(text).iter().map(|token| text.get(token.from..token.until).unwrap()).collect();
        assert_eq!(places, ["é", "Größe", "c++"]);
    }
}
