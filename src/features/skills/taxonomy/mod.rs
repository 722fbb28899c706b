//! The skills taxonomy: what people can do, under one name each.
//!
//! It ships with the product as plain text files (`data/*.skills`), read once. Every alias leads to exactly one skill,
//! skills know what they imply ("actix-web implies rust"), and what is no skill is kept as a [`FreeTag`]. Matching asks
//! here how close a skill somebody has is to a skill somebody wants ([`Taxonomy::relation`], [`Taxonomy::expand`]).
//!
//! Rooms: `parse` reads lines, `build` puts the whole together and refuses what contradicts itself, `relation` holds
//! who is what to whom, `fold` decides which spellings are the same, `lookup` answers autocomplete and "did you mean",
//! `tag` keeps free tags.

mod build;
mod fold;
mod lookup;
mod parse;
mod relation;
mod shipped;
mod skill;
mod tag;
#[cfg(test)]
mod tests;

pub use parse::{DataError, Source};
pub use relation::Relation;
pub use skill::{Kind, Skill, SkillIx, UnknownKind};
pub use tag::{FreeTag, MAX_TAG_CHARS, Tag, TagError};

use std::collections::HashMap;

/// All skills, their aliases and relations. Immutable once built; look-ups allocate little and take no lock.
#[derive(Debug)]
pub struct Taxonomy {
    /// In the order of the files; a [`SkillIx`] is a position here.
    skills: Vec<Skill>,
    by_slug: HashMap<Box<str>, SkillIx>,
    /// Folded spelling (see `fold`) to the one skill it means.
    by_key: HashMap<Box<str>, SkillIx>,
    /// For each skill all it is related to, sorted by index.
    relations: Vec<Box<[(SkillIx, Relation)]>>,
    /// By index: the place among all slugs in their order.
    ranks: Vec<u32>,
    terms: lookup::Terms,
}

impl Taxonomy {
    /// The skill that `text` means, by slug, name or alias, however it is spelled: case, spaces, hyphens, underscores
    /// and dots don't matter, `C`, `C++` and `C#` do.
    ///
    /// ```text
    /// "Node JS", "node.js", "NODE_JS" → nodejs        "c++17" → cpp        "python 4" → nothing
    /// ```
    pub fn resolve(&self, text: &str) -> Option<SkillIx> {
        self.by_key.get(fold::fold(text).as_str()).copied()
    }

    /// The skill with exactly this slug.
    pub fn get(&self, slug: &str) -> Option<&Skill> {
        self.by_slug.get(slug).map(|&ix| self.skill(ix))
    }

    /// The skill at an index that this taxonomy gave out.
    ///
    /// # Panics
    ///
    /// If the index came from another, larger taxonomy.
    #[expect(clippy::indexing_slicing, reason = "indexes are made here alone; a foreign one is a fault of the program")]
    pub fn skill(&self, ix: SkillIx) -> &Skill {
        &self.skills[ix.index()]
    }

    /// The skill's place among all slugs in their order: comparing places compares slugs.
    pub fn rank(&self, ix: SkillIx) -> Option<u32> {
        self.ranks.get(ix.index()).copied()
    }

    /// Every skill, in the order of its index.
    pub fn skills(&self) -> impl ExactSizeIterator<Item = &Skill> {
        self.skills.iter()
    }

    /// How many skills there are; every index is below it.
    pub fn len(&self) -> usize {
        self.skills.len()
    }

    /// Whether there is no skill at all.
    pub fn is_empty(&self) -> bool {
        self.skills.is_empty()
    }

    /// What the skill somebody has is to the skill somebody wants.
    pub fn relation(&self, have: SkillIx, want: SkillIx) -> Relation {
        let known = self.related_to(have);
        known
            .binary_search_by_key(&want, |&(other, _)| other)
            .ok()
            .and_then(|at| known.get(at))
            .map_or(Relation::None, |&(_, relation)| relation)
    }

    /// Every skill that a holder of `have` can be considered for, itself included, with the relation as in
    /// `relation(have, other)`; never [`Relation::None`]. Ordered by index.
    pub fn expand(&self, have: SkillIx) -> impl ExactSizeIterator<Item = (SkillIx, Relation)> {
        self.related_to(have).iter().copied()
    }

    /// Every skill whose holders can be considered for `want`, itself included, with the relation as in
    /// `relation(other, want)`; never [`Relation::None`]. Ordered by index.
    pub fn holders(&self, want: SkillIx) -> impl ExactSizeIterator<Item = (SkillIx, Relation)> {
        self.related_to(want).iter().map(|&(have, relation)| (have, relation.reversed()))
    }

    fn related_to(&self, have: SkillIx) -> &[(SkillIx, Relation)] {
        self.relations.get(have.index()).map_or(&[], |known| known)
    }
}
