//! Tags: a skill where there is one, else a free tag that is kept as it is meant.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{SkillIx, Taxonomy};

/// The longest free tag, in characters after normalization.
pub const MAX_TAG_CHARS: usize = 50;

/// What a tag turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// A skill of the taxonomy.
    Skill(SkillIx),
    /// Anything else; kept, never dropped.
    Free(FreeTag),
}

/// A tag that is no skill: lower case, words joined by single hyphens, letters and digits of any script and the signs
/// `+ # . & *`, at least one letter or digit, at most [`MAX_TAG_CHARS`] characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FreeTag(Box<str>);

/// Why a text can be no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// Nothing is left to keep.
    #[error("a tag needs at least one letter or digit")]
    Empty,
    /// Longer than [`MAX_TAG_CHARS`]; it is not cut, for that would make it another tag.
    #[error("a tag has at most {MAX_TAG_CHARS} characters, this one has {chars}: shorten it")]
    TooLong {
        /// Characters after normalization.
        chars: usize,
    },
    /// A control character, or one that turns the direction of writing.
    #[error("character {at} of the tag is the invisible U+{:04X}: remove it", u32::from(*.sign))]
    Unprintable {
        /// The character.
        sign: char,
        /// Its place, from 1.
        at: usize,
    },
}

impl FreeTag {
    /// Normalizes a text to a free tag, without asking whether it is a skill (for that, see [`Taxonomy::tag`]).
    ///
    /// ```text
    /// "  Good First_Issue " → good-first-issue        "Last.FM" → last.fm        "🚀" → Empty
    /// ```
    pub fn parse(text: &str) -> Result<Self, TagError> {
        check_printable(text)?;
        let mut tag = String::with_capacity(text.len());
        let mut chars = 0;
        let mut gap = false;
        for sign in text.chars().filter(|&c| !is_joiner(c)).nfkc().flat_map(char::to_lowercase) {
            let kept = sign.is_alphanumeric() || is_combining_mark(sign) || matches!(sign, '+' | '#' | '.' | '&' | '*');
            if !kept {
                gap = !tag.is_empty();
                continue;
            }
            if gap {
                tag.push('-');
                chars += 1;
                gap = false;
            }
            tag.push(sign);
            chars += 1;
        }
        if !tag.chars().any(char::is_alphanumeric) {
            return Err(TagError::Empty);
        }
        if chars > MAX_TAG_CHARS {
            return Err(TagError::TooLong { chars });
        }
        Ok(Self(tag.into()))
    }

    /// The normalized text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for FreeTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Taxonomy {
    /// What a tag means: the skill it resolves to, else itself as a free tag.
    pub fn tag(&self, text: &str) -> Result<Tag, TagError> {
        check_printable(text)?;
        match self.resolve(text) {
            Some(skill) => Ok(Tag::Skill(skill)),
            None => FreeTag::parse(text).map(Tag::Free),
        }
    }
}

fn check_printable(text: &str) -> Result<(), TagError> {
    for (at, sign) in (1..).zip(text.chars()) {
        if (sign.is_control() && !matches!(sign, '\t' | '\n' | '\r')) || turns_direction(sign) {
            return Err(TagError::Unprintable { sign, at });
        }
    }
    Ok(())
}

/// The characters with the Unicode property `Bidi_Control`.
fn turns_direction(sign: char) -> bool {
    matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Invisible joiners and spaces without width: they part no words.
fn is_joiner(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Source};
    use super::*;

    fn tag(text: &str) -> Result<String, TagError> {
        FreeTag::parse(text).map(|tag| tag.to_string())
    }

    #[test]
    fn free_tags_are_lowered_and_hyphenated() {
        for (text, expected) in [
            ("  Good First_Issue ", "good-first-issue"),
            ("Last.FM", "last.fm"),
            ("face++", "face++"),
            ("a \t / -- b", "a-b"),
            ("-x-", "x"),
            ("R&D", "r&d"),
            ("Ｆｕｌｌ　Width", "full-width"),
            ("<script>", "script"),
            ("दस्तावेज़ीकरण", "दस्तावेज़ीकरण"),
            ("日本語", "日本語"),
            ("soft\u{ad}ware", "software"),
            ("🚀 launch", "launch"),
        ] {
            assert_eq!(tag(text).as_deref(), Ok(expected.nfkc().collect::<String>().as_str()), "{text}");
        }
    }

    #[test]
    fn normalizing_again_changes_nothing() {
        for text in ["Good First_Issue", "ÀÉÎ  õ", "İstanbul", "a.b+c#d&e*f", "ǅ ﬃ ½", "दस्तावेज़"]
        {
            let once = tag(text).unwrap();
            assert_eq!(tag(&once).as_deref(), Ok(once.as_str()));
        }
    }

    #[test]
    fn what_can_be_no_tag_is_refused_with_the_reason() {
        assert_eq!(tag(""), Err(TagError::Empty));
        assert_eq!(tag(" -_ "), Err(TagError::Empty));
        assert_eq!(tag("🚀"), Err(TagError::Empty));
        assert_eq!(tag("+#"), Err(TagError::Empty));
        assert_eq!(tag("a\0b"), Err(TagError::Unprintable { sign: '\0', at: 2 }));
        assert_eq!(tag("ab\u{202e}c"), Err(TagError::Unprintable { sign: '\u{202e}', at: 3 }));
        assert_eq!(tag(&"é".repeat(MAX_TAG_CHARS)).map(|t| t.chars().count()), Ok(MAX_TAG_CHARS));
        assert_eq!(tag(&"é".repeat(MAX_TAG_CHARS + 1)), Err(TagError::TooLong { chars: 51 }));
        let told = tag("x\u{7}").unwrap_err().to_string();
        assert_eq!(told, "character 2 of the tag is the invisible U+0007: remove it");
    }

    #[test]
    fn skills_come_before_free_tags() {
        let source = Source { name: "t", kind: Kind::Language, text: "csharp = C#" };
        let taxonomy = Taxonomy::read(&[source]).unwrap();
        let csharp = taxonomy.resolve("C#").unwrap();
        assert_eq!(taxonomy.tag(" C Sharp "), Ok(Tag::Skill(csharp)));
        assert_eq!(taxonomy.tag("Up For Grabs"), Ok(Tag::Free(FreeTag("up-for-grabs".into()))));
        assert_eq!(taxonomy.tag("c\u{0}#"), Err(TagError::Unprintable { sign: '\0', at: 2 }));
        assert_eq!(taxonomy.tag(" "), Err(TagError::Empty));
    }
}
