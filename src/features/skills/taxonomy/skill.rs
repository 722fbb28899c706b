//! One skill, its kind and its place.

use std::fmt;
use std::str::FromStr;

/// The position of a skill in its taxonomy: dense, from 0, for arrays keyed by skill. It changes with the data, so it
/// is never stored or sent; the slug is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SkillIx(pub(super) u32);

impl SkillIx {
    /// As a position in an array as long as the taxonomy.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// As a number, for compact indexes.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// What sort of thing a skill is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A language for programs, markup, queries, data or hardware.
    Language,
    /// A framework or library.
    Framework,
    /// A runtime, operating system, cloud, database, tool, device or service.
    Platform,
    /// A field of computing or of application, a technique, a standard.
    Domain,
    /// A maintenance activity: what is done, not what it is done in.
    Activity,
}

impl Kind {
    /// Every kind, in the order shown to people.
    pub const ALL: [Self; 5] = [Self::Language, Self::Framework, Self::Platform, Self::Domain, Self::Activity];

    /// The word used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Framework => "framework",
            Self::Platform => "platform",
            Self::Domain => "domain",
            Self::Activity => "activity",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no [`Kind`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of skill: use language, framework, platform, domain or activity")]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| UnknownKind(word.to_owned()))
    }
}

/// One thing people can be good at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// Its place in the taxonomy.
    pub ix: SkillIx,
    /// The stable identifier: lower-case ASCII letters and digits, single hyphens between; at most 50 characters.
    pub slug: Box<str>,
    /// What people read: "C#", "Web front end".
    pub name: Box<str>,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Other spellings that mean it, as written in the data; slug and name are not repeated here.
    pub aliases: Vec<Box<str>>,
    /// What it implies directly: who knows this knows these too.
    pub parents: Vec<SkillIx>,
    /// What is close to it without being implied. Holds both ways: if A lists B, then B lists A.
    pub related: Vec<SkillIx>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_written_and_read_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        let refused = "tool".parse::<Kind>().unwrap_err();
        assert!(refused.to_string().starts_with("`tool` is no kind of skill"), "{refused}");
    }

    #[test]
    fn indexes_count_from_nought() {
        assert_eq!((SkillIx(7).index(), SkillIx(7).number()), (7, 7));
    }
}
