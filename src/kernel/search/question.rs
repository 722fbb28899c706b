//! What somebody typed into a search box.

use super::token::tokens;

/// Parts of a question that are looked at; more make no better answer.
const MOST_PARTS: usize = 10;
/// Words from this length on may hold a typo.
const LEAST_FOR_TYPO: usize = 4;
/// Words that say nothing about what is looked for, unless they are all there is or are still being typed.
const EMPTY_WORDS: &[&str] = &[
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or", "that", "the", "to", "with",
];

/// One of the things that must all be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A word, or one that differs by a typo.
    Word {
        /// The word, folded.
        text: String,
        /// Whether words that begin with it will do: it is still being typed.
        prefix: bool,
    },
    /// Words in exactly this order, side by side: what stood in quotation marks.
    Phrase(Vec<String>),
}

/// A question, in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    parts: Vec<Part>,
    blank: bool,
}

impl Question {
    /// Reads a question; every text is one. An open quotation mark reaches to the end.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        for (n, piece) in text.split('"').enumerate() {
            let words = tokens(piece).into_iter().map(|token| token.text);
            if n % 2 == 0 {
                parts.extend(words.map(|text| Part::Word { text, prefix: false }));
            } else {
                let words: Vec<String> = words.collect();
                if !words.is_empty() {
                    parts.push(Part::Phrase(words));
                }
            }
        }
        let last = parts.len().saturating_sub(1);
        if let Some(Part::Word { prefix, .. }) = parts.last_mut() {
            *prefix = true;
        }
        let mut at = 0;
        parts.retain(|part| {
            at += 1;
            !matches!(part, Part::Word { text, .. } if at <= last && EMPTY_WORDS.contains(&text.as_str()))
        });
        parts.truncate(MOST_PARTS);
        Self { parts, blank: text.trim().is_empty() }
    }

    /// What must all be there. Of a text without a word there is nothing that could be.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether nothing was asked, so that everything is an answer.
    pub fn is_blank(&self) -> bool {
        self.blank
    }

    /// Which parts this word of a text answers, or helps to.
    pub(super) fn answered_by<'a>(&'a self, token: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.parts.iter().enumerate().filter(|(_, part)| part.holds(token)).map(|(n, _)| n)
    }
}

impl Part {
    /// Whether a typo is forgiven: not in short words, where it makes another word, and not in numbers.
    pub fn forgives(text: &str) -> bool {
        text.chars().count() >= LEAST_FOR_TYPO && !text.chars().any(char::is_numeric)
    }

    fn holds(&self, token: &str) -> bool {
        match self {
            Self::Phrase(words) => words.iter().any(|word| word == token),
            Self::Word { text, prefix } => {
                token == text
                    || (*prefix && token.starts_with(text.as_str()))
                    || (Self::forgives(text) && is_near(text, token, *prefix))
            }
        }
    }
}

/// Whether the words differ by at most one letter that is missing, added or another, or by two neighbors exchanged; of a
/// prefix only the beginning of the token is looked at.
fn is_near(word: &str, token: &str, prefix: bool) -> bool {
    let (word, token): (Vec<char>, Vec<char>) = (word.chars().collect(), token.chars().collect());
    if !prefix {
        return differ_by_one(&word, &token);
    }
    let from = word.len().saturating_sub(1);
    (from..=word.len() + 1).filter_map(|length| token.get(..length)).any(|beginning| differ_by_one(&word, beginning))
}

fn differ_by_one(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (Some(a), Some(b)) = (a.get(same..), b.get(same..)) else { return false };
    match (a, b) {
        ([], []) => true,
        ([first, second, a @ ..], [x, y, b @ ..]) if first == y && second == x && a == b => true,
        ([_, a_rest @ ..], [_, b_rest @ ..]) if a_rest == b_rest => true,
        (a, [_, b_rest @ ..]) if a == b_rest => true,
        ([_, a_rest @ ..], b) => a_rest == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, prefix: bool) -> Part {
        Part::Word { text: text.to_owned(), prefix }
    }

    #[test]
    fn questions_fall_into_words_and_phrases() {
        let parse = |text| Question::parse(text).parts().to_vec();
        let phrase = |words: &[&str]| Part::Phrase(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(parse("Fuzz the parser"), [word("fuzz", false), word("parser", true)]);
        assert_eq!(
            parse("use \"after free\" bugs"),
            [word("use", false), phrase(&["after", "free"]), word("bugs", true)]
        );
        assert_eq!(parse("\"the end\""), [phrase(&["the", "end"])]);
        assert_eq!(parse("open \"to the end"), [word("open", false), phrase(&["to", "the", "end"])]);
        assert_eq!(parse("of the"), [word("the", true)], "what is still being typed is looked at");
        assert_eq!(parse("\"\" c++"), [word("c++", true)]);
        assert_eq!(Question::parse(&"x ".repeat(30)).parts().len(), 10);
    }

    #[test]
    fn a_blank_question_is_not_one_without_words() {
        assert!(Question::parse(" \t").is_blank());
        let signs = Question::parse("%%");
        assert!(!signs.is_blank() && signs.parts().is_empty());
    }

    #[test]
    fn one_typo_is_forgiven_in_long_words() {
        let holds = |text: &str, prefix, token: &str| word(text, prefix).holds(token);
        for near in ["parser", "praser", "parsr", "parserr", "perser", "barser", "arser"] {
            assert!(holds(near, false, "parser"), "{near}");
        }
        for far in ["prsr", "passre", "parsing", "p"] {
            assert!(!holds(far, false, "parser"), "{far}");
        }
        assert!(!holds("rst", false, "rust") && !holds("2024", false, "2025"));
        assert!(holds("fuz", true, "fuzzing") && holds("fuxz", true, "fuzzing") && !holds("fuxx", true, "fuzzing"));
        assert!(!holds("fuz", false, "fuzzing"));
    }
}
