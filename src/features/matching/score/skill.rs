//! Skills as matching sees them: nodes of the taxonomy, and free tags that only equal themselves.

use crate::features::skills::taxonomy::{SkillIx, Tag, TagError, Taxonomy};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A skill that was named somewhere: known to the taxonomy, or a free tag, kept as it was normalized.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SkillKey {
    /// A node of the taxonomy.
    Known(SkillIx),
    /// Anything else.
    Tag(Arc<str>),
}

impl SkillKey {
    /// The skill that this text names, or the free tag that it is.
    ///
    /// # Errors
    /// When the text can be no tag, e.g. for want of a letter.
    pub fn parse(text: &str) -> Result<Self, TagError> {
        Ok(match Taxonomy::shipped().tag(text)? {
            Tag::Skill(ix) => Self::Known(ix),
            Tag::Free(tag) => Self::Tag(tag.as_str().into()),
        })
    }

    /// The stable name, as stored and as sent.
    pub fn slug(&self) -> &str {
        match self {
            Self::Known(ix) => &Taxonomy::shipped().skill(*ix).slug,
            Self::Tag(tag) => tag,
        }
    }

    /// The name as people read it.
    pub fn name(&self) -> &str {
        match self {
            Self::Known(ix) => &Taxonomy::shipped().skill(*ix).name,
            Self::Tag(tag) => tag,
        }
    }
}

impl fmt::Display for SkillKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

// By slug, not by place in the taxonomy: the order in which weights are summed must not change with its next edition.
impl Ord for SkillKey {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Self::Known(one), Self::Known(other)) = (self, other) {
            return Taxonomy::shipped().rank(*one).cmp(&Taxonomy::shipped().rank(*other));
        }
        let is_tag = |key: &Self| matches!(key, Self::Tag(_));
        self.slug().cmp(other.slug()).then_with(|| is_tag(self).cmp(&is_tag(other)))
    }
}

impl PartialOrd for SkillKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The number that stands for a skill within one [`Vocabulary`].
pub(crate) type Term = u32;

/// Numbers for skills: the taxonomy's own, and behind them one for each free tag seen so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    tags: HashMap<Arc<str>, Term>,
}

impl Vocabulary {
    /// The number of a skill, if it has one.
    pub(crate) fn find(&self, key: &SkillKey) -> Option<Term> {
        match key {
            SkillKey::Known(ix) => Some(ix.number()),
            SkillKey::Tag(tag) => self.tags.get(tag).copied(),
        }
    }

    /// The number of a skill, given now if it has none yet.
    pub(crate) fn intern(&mut self, key: &SkillKey) -> Option<Term> {
        match key {
            SkillKey::Known(ix) => Some(ix.number()),
            SkillKey::Tag(tag) => {
                let next = Term::try_from(self.len()).ok()?;
                Some(*self.tags.entry(tag.clone()).or_insert(next))
            }
        }
    }

    /// How many numbers are given.
    pub(crate) fn len(&self) -> usize {
        Taxonomy::shipped().len() + self.tags.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_equal_themselves_and_get_numbers_behind_the_taxonomy() {
        let key = |text: &str| SkillKey::parse(text).unwrap();
        assert!(matches!(key("Rust"), SkillKey::Known(_)));
        assert_eq!(key("Rust"), key("rust"));
        let (a, b) = (key("Zorblax Engine"), key("zorblax-engine"));
        assert_eq!(a, b);
        assert!(SkillKey::parse(" \u{2014} ").is_err());

        let mut vocabulary = Vocabulary::default();
        let before = vocabulary.len();
        assert_eq!(vocabulary.find(&a), None);
        assert_eq!(vocabulary.intern(&a), vocabulary.intern(&b));
        assert_eq!(vocabulary.find(&a), Some(u32::try_from(before).unwrap()));
        assert_eq!(vocabulary.len(), before + 1);
    }

    #[test]
    fn the_order_is_that_of_the_slugs() {
        let mut keys: Vec<SkillKey> =
            ["rust", "zorblax", "c", "aardvark-db"].iter().map(|text| SkillKey::parse(text).unwrap()).collect();
        keys.sort();
        let slugs: Vec<&str> = keys.iter().map(SkillKey::slug).collect();
        assert_eq!(slugs, ["aardvark-db", "c", "rust", "zorblax"]);
    }
}
