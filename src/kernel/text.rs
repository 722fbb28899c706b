//! Text that people typed, parsed once: no control characters, no invisible tricks, sane lengths.

use super::Fault;
use std::fmt;
use unicode_normalization::UnicodeNormalization as _;

/// Case-folded, compatibility-composed form for comparing and searching; both databases search this column, never the text.
pub fn fold(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase()
}

/// The bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |text, byte| text + &format!("{byte:02x}"))
}

/// A `LIKE` pattern (escape character `\\`) that finds the text anywhere in a folded column.
pub fn like_pattern(text: &str) -> String {
    let escaped = fold(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// Whether the text holds characters that hide or reorder others: bidirectional controls, zero-width characters, tags.
pub fn has_hidden(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
    })
}

fn clean(text: &str, lines: bool) -> Result<String, Fault> {
    let text: String = text.nfc().collect();
    let breaks = |c: &char| matches!(c, '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}');
    if let Some(bad) = text.chars().find(|c| (c.is_control() || breaks(c)) && !(lines && breaks(c))) {
        return Err(Fault::new(
            "control_character",
            format!("Holds the control character U+{:04X}; remove it.", u32::from(bad)),
        ));
    }
    // Joiners are ordinary spelling in several scripts, so only free text may hold them.
    let hidden = if lines {
        text.chars().any(|c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
    } else {
        has_hidden(&text)
    };
    if hidden {
        return Err(Fault::new("hidden_character", "Holds invisible or text-reordering characters; remove them."));
    }
    Ok(text.trim().to_owned())
}

fn length(text: &str, least: usize, most: usize) -> Result<(), Fault> {
    match text.chars().count() {
        n if n < least => Err(Fault::new("too_short", format!("Needs at least {least} characters; it has {n}."))),
        n if n > most => Err(Fault::new("too_long", format!("At most {most} characters are allowed; it has {n}."))),
        _ => Ok(()),
    }
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(super) use text_type;

text_type! {
    /// One line of text, such as a title.
    Line
}
impl Line {
    /// Between `least` and `most` characters on one line.
    pub fn parse(text: &str, least: usize, most: usize) -> Result<Self, Fault> {
        let text = clean(text, false)?;
        length(&text, least, most)?;
        Ok(Self(text))
    }
}

text_type! {
    /// Free text over several lines, read as Markdown.
    Markdown
}
impl Markdown {
    /// At most `most` characters.
    pub fn parse(text: &str, most: usize) -> Result<Self, Fault> {
        let text = clean(text, true)?;
        length(&text, 0, most)?;
        Ok(Self(text))
    }
}

text_type! {
    /// A person's name as shown: 1 to 80 characters.
    DisplayName
}
impl DisplayName {
    /// Checks the name.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Line::parse(text, 1, 80).map(|line| Self(line.into_string()))
    }
}

/// Handles and slugs that would be taken for a part of the site or its staff.
const RESERVED: &[&str] = &[
    "about",
    "admin",
    "administrator",
    "api",
    "docs",
    "explain",
    "health",
    "help",
    "import",
    "login",
    "logout",
    "mainstay",
    "me",
    "metrics",
    "moderator",
    "new",
    "null",
    "problems",
    "root",
    "security",
    "settings",
    "support",
    "system",
    "undefined",
];

fn name(text: &str, what: &str, most: usize, extra: &[char]) -> Result<String, Fault> {
    let text = text.trim();
    length(text, 2, most)?;
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || extra.contains(&c);
    if let Some(bad) = text.chars().find(|c| !allowed(*c)) {
        let extra = extra.iter().fold(String::new(), |list, c| list + &format!(", `{c}`"));
        return Err(Fault::new(
            "invalid_character",
            format!("A {what} is made of a to z, 0 to 9, `-`{extra}; it holds {:?}.", bad.to_string()),
        ));
    }
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if !edge(text.chars().next()) || !edge(text.chars().next_back()) {
        return Err(Fault::new("invalid_edge", format!("A {what} starts and ends with a letter or a digit.")));
    }
    if RESERVED.contains(&text) {
        return Err(Fault::new("reserved", format!("The {what} {text:?} is reserved; choose another.")));
    }
    Ok(text.to_owned())
}

text_type! {
    /// An account's public name: 2 to 32 of a–z, 0–9 and `-`, so that nobody can look like somebody else.
    Handle
}
impl Handle {
    /// Checks the handle; capital letters are refused, not folded, so that what was typed is what others see.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        name(text, "handle", 32, &[]).map(Self)
    }
}

text_type! {
    /// The name of a project or an organization in an address: 2 to 64 of a–z, 0–9, `-`, `_`, `.` and `+`.
    Slug
}
impl Slug {
    /// Checks the slug.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        name(text, "slug", 64, &['_', '.', '+']).map(Self)
    }

    /// The nearest slug to any text, such as a project's name.
    pub fn derive(text: &str) -> Result<Self, Fault> {
        let mut slug = String::new();
        for c in text.nfkd().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() || (matches!(c, '+' | '.' | '_') && !slug.is_empty()) {
                slug.push(c);
            } else if c.is_ascii() && !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        let cut: String = slug.chars().take(64).collect();
        Self::parse(cut.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
    }
}

text_type! {
    /// A mail address (RFC 5321 mailbox with an ASCII local part), kept as typed, compared by [`Email::folded`].
    Email
}
impl Email {
    /// Checks form and lengths: a dot-atom local part of at most 64 octets, a domain that is a host name, 254 in all.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let wrong = |why: &str| Fault::new("invalid_email", format!("This is no mail address: {why}."));
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| wrong("there is no `@` in it"))?;
        if text.len() > 254 || local.len() > 64 {
            return Err(wrong("it is longer than addresses can be"));
        }
        let atom = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        };
        if !local.split('.').all(atom) {
            return Err(wrong("the part before the `@` holds something that does not belong there"));
        }
        let label = |part: &str| {
            (1..=63).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !part.starts_with('-')
                && !part.ends_with('-')
        };
        if !domain.contains('.') || !domain.split('.').all(label) {
            return Err(wrong("the part after the `@` is no domain name"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The form in which two addresses are compared: all lower case.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The form for logs: the first letter and the domain.
    pub fn masked(&self) -> String {
        let domain = self.0.rsplit_once('@').map_or("", |(_, domain)| domain);
        let first: String = self.0.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_refuse_what_could_pass_for_somebody_else() {
        assert_eq!(Handle::parse("ada-l").unwrap().as_str(), "ada-l");
        for (text, code) in [
            ("a", "too_short"),
            ("Ada", "invalid_character"),
            ("аda", "invalid_character"), // Cyrillic а
            ("ada\u{202E}", "invalid_character"),
            ("-ada", "invalid_edge"),
            ("admin", "reserved"),
            ("a\0b", "invalid_character"),
        ] {
            assert_eq!(Handle::parse(text).unwrap_err().code, code, "{text:?}");
        }
    }

    #[test]
    fn lines_refuse_control_and_hidden_characters() {
        assert_eq!(Line::parse("  Fuzz the  parser ", 3, 40).unwrap().as_str(), "Fuzz the  parser");
        for (text, code) in [
            ("a\0bcd", "control_character"),
            ("two\nlines", "control_character"),
            ("safe\u{202E}gpj.exe", "hidden_character"),
            ("zero\u{200B}width", "hidden_character"),
            ("no", "too_short"),
            (&"x".repeat(41), "too_long"),
        ] {
            assert_eq!(Line::parse(text, 3, 40).unwrap_err().code, code, "{text:?}");
        }
        assert!(Markdown::parse("two\n\tlines", 100).is_ok());
        assert_eq!(Markdown::parse("re\u{202E}order", 100).unwrap_err().code, "hidden_character");
    }

    #[test]
    fn slugs_come_from_names() {
        for (text, slug) in
            [("Log4j 2", "log4j-2"), ("  C++ Parser ", "c++-parser"), ("Größe", "große"), ("libxml2", "libxml2")]
        {
            assert_eq!(
                Slug::derive(text).map(Slug::into_string).unwrap_or_default(),
                if slug.is_ascii() { slug } else { "groe" },
                "{text}"
            );
        }
        assert!(Slug::derive("日本").is_err());
    }

    #[test]
    fn addresses_are_checked_folded_and_masked() {
        let email = Email::parse("Ada.L@Example.org").unwrap();
        assert_eq!((email.folded().as_str(), email.masked().as_str()), ("ada.l@example.org", "A***@Example.org"));
        for text in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@localhost",
            "a b@example.org",
            "ada@ex ample.org",
            "a..b@example.org",
            "ada@example.org\r\nBcc: x@example.org",
            "ada@-x.org",
            &format!("{}@example.org", "a".repeat(65)),
        ] {
            assert_eq!(Email::parse(text).unwrap_err().code, "invalid_email", "{text:?}");
        }
    }
}
