//! Who reads a sentence, and how it speaks of the person.

use std::fmt::Write as _;

/// Who reads the explanation of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The person: sentences say "you", and nothing is held back.
    Volunteer,
    /// A member of the person's employer: may learn what the employer depends on and what its rules are.
    Colleague,
    /// Anybody else, e.g. the project: what is private to the person or the employer is left out of text, points and codes.
    Other,
}

impl Reader {
    /// Whether the reader may learn what is private to the person and the employer.
    pub(crate) fn may_see_private(self) -> bool {
        self != Self::Other
    }
}

/// Speaks of the person as "you" or by handle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice<'a> {
    handle: Option<&'a str>,
}

impl<'a> Voice<'a> {
    pub(crate) fn new(reader: Reader, handle: &'a str) -> Self {
        Self { handle: (reader != Reader::Volunteer).then_some(handle) }
    }

    /// Starts a sentence: "You" or the handle.
    pub(crate) fn who(self) -> &'a str {
        self.handle.unwrap_or("You")
    }

    /// Within a sentence: "you" or the handle.
    pub(crate) fn whom(self) -> &'a str {
        self.handle.unwrap_or("you")
    }

    /// The verb's form for the subject.
    pub(crate) fn verb(self, you: &'static str, they: &'static str) -> &'static str {
        if self.handle.is_some() { they } else { you }
    }

    /// "your" or "their".
    pub(crate) fn their(self) -> &'static str {
        self.verb("your", "their")
    }

    /// "Your" or "Their".
    pub(crate) fn start_their(self) -> &'static str {
        self.verb("Your", "Their")
    }
}

/// A number with at most one decimal.
pub(crate) fn tidy(number: f64) -> String {
    // A list is full of these, and to be told the digits takes six times as long as to print the fewest.
    ((number * 10.0).round() / 10.0).to_string()
}

/// "1 hour", "2.5 hours".
pub(crate) fn count(number: f64, unit: &str) -> String {
    let number = tidy(number);
    let plural = if number == "1" { "" } else { "s" };
    [&number, " ", unit, plural].concat()
}

/// "a", "a and b", "a, b and c".
pub(crate) fn list<T: std::fmt::Display>(items: &[T]) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        let joint = match items.len() - at {
            _ if at == 0 => "",
            1 => " and ",
            _ => ", ",
        };
        // Writing to a string can't fail.
        let _ = write!(text, "{joint}{item}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_agree() {
        assert_eq!(
            (count(1.0, "hour"), count(2.5, "hour"), count(0.0, "hour")),
            ("1 hour".into(), "2.5 hours".into(), "0 hours".into())
        );
        assert_eq!(
            [0.0, 0.04, 0.25, 0.45, 3.0, 99.96, 1e9].map(tidy),
            ["0", "0", "0.3", "0.5", "3", "100", "1000000000"].map(str::to_owned)
        );
        assert_eq!((list::<&str>(&[]), list(&["a"])), (String::new(), "a".to_owned()));
        assert_eq!((list(&["a", "b"]), list(&["a", "b", "c"])), ("a and b".to_owned(), "a, b and c".to_owned()));
        let (you, they) = (Voice::new(Reader::Volunteer, "ada"), Voice::new(Reader::Other, "ada"));
        assert_eq!(
            (you.who(), you.verb("know", "knows"), they.who(), they.verb("know", "knows")),
            ("You", "know", "ada", "knows")
        );
    }
}
