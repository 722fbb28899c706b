//! From lines to a taxonomy, refusing what contradicts itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use super::fold::{fold, other_number};
use super::lookup::Terms;
use super::parse::{self, DataError, Entry, Source};
use super::relation::Graph;
use super::{Kind, Skill, SkillIx, Taxonomy};

impl Taxonomy {
    /// Builds a taxonomy from data files. All that is wrong is told at once, in the order of the files, and nothing is
    /// built then: an unreadable line, a slug or alias claimed twice, an alias that says nothing new, a relation to a
    /// skill that does not exist, a cycle of parents, a parent or relation that another one already implies.
    pub fn read(sources: &[Source<'_>]) -> Result<Self, Vec<DataError>> {
        let mut errors = Vec::new();
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for source in sources {
            entries.extend(parse::read(source, &mut errors));
        }
        let by_slug = number(&entries, &mut errors);
        let by_key = keys(&entries, &mut errors);
        let graph = edges(&entries, &by_slug, &mut errors);
        check_graph(&entries, &graph, &mut errors);
        if !errors.is_empty() {
            errors.sort_by_key(|error| (sources.iter().position(|s| s.name == error.file), error.line));
            return Err(errors);
        }
        let all: Vec<SkillIx> = indexes(&entries).collect();
        let relations = graph.relations(&all);
        let skills: Vec<Skill> = all
            .iter()
            .zip(&entries)
            .zip(graph.parents.into_iter().zip(graph.related))
            .map(|((&ix, entry), (parents, related))| Skill {
                ix,
                slug: entry.slug.into(),
                name: entry.name.into(),
                kind: entry.kind,
                aliases: entry.aliases.iter().map(|&alias| alias.into()).collect(),
                parents,
                related,
            })
            .collect();
        let terms = Terms::new(&skills, &relations);
        let by_slug = by_slug.into_iter().map(|(slug, ix)| (slug.into(), ix)).collect();
        Ok(Self { skills, by_slug, by_key, relations, terms })
    }
}

fn indexes<'a>(entries: &'a [Entry<'_>]) -> impl Iterator<Item = SkillIx> + use<'a> {
    (0..).map(SkillIx).take(entries.len())
}

fn number<'a>(entries: &[Entry<'a>], errors: &mut Vec<DataError>) -> HashMap<&'a str, SkillIx> {
    let mut by_slug: HashMap<&str, SkillIx> = HashMap::with_capacity(entries.len());
    for (ix, entry) in indexes(entries).zip(entries) {
        match by_slug.entry(entry.slug) {
            Slot::Vacant(slot) => _ = slot.insert(ix),
            Slot::Occupied(_) => errors.push(entry.error(format!("`{}` is there already: merge the two", entry.slug))),
        }
    }
    by_slug
}

/// The key of every slug, name and alias, and then the plurals of common nouns as far as nobody claims them.
fn keys(entries: &[Entry<'_>], errors: &mut Vec<DataError>) -> HashMap<Box<str>, SkillIx> {
    let mut by_key: HashMap<Box<str>, SkillIx> = HashMap::new();
    let owner = |ix: SkillIx| entries.get(ix.index()).map_or("another skill", |entry| entry.slug);
    for (ix, entry) in indexes(entries).zip(entries) {
        // Slug and name may well fold to one key; an alias that adds nothing is clutter.
        for (is_alias, text) in
            [(false, entry.slug), (false, entry.name)].into_iter().chain(entry.aliases.iter().map(|&alias| (true, alias)))
        {
            let key = fold(text);
            if key.is_empty() {
                errors.push(entry.error(format!("`{text}` holds no letter or digit, so nobody can look it up")));
                continue;
            }
            match by_key.entry(key.into()) {
                Slot::Vacant(slot) => _ = slot.insert(ix),
                Slot::Occupied(slot) if *slot.get() != ix => {
                    let other = owner(*slot.get());
                    errors.push(entry.error(format!("`{text}` means `{other}` already: one spelling, one skill")));
                }
                Slot::Occupied(_) if is_alias => {
                    errors.push(entry.error(format!("the alias `{text}` is spelled like another of this skill: drop it")));
                }
                Slot::Occupied(_) => {}
            }
        }
    }
    let mut derived: HashMap<Box<str>, Option<SkillIx>> = HashMap::new();
    for (key, &ix) in &by_key {
        let noun = entries.get(ix.index()).is_some_and(|entry| matches!(entry.kind, Kind::Domain | Kind::Activity));
        if let Some(other) = other_number(key).filter(|other| noun && !by_key.contains_key(other.as_str())) {
            derived
                .entry(other.into())
                .and_modify(|claim| *claim = claim.filter(|&claimed| claimed == ix))
                .or_insert(Some(ix));
        }
    }
    by_key.extend(derived.into_iter().filter_map(|(key, claim)| Some((key, claim?))));
    by_key
}

fn edges(entries: &[Entry<'_>], by_slug: &HashMap<&str, SkillIx>, errors: &mut Vec<DataError>) -> Graph {
    let mut find = |entry: &Entry<'_>, slugs: &[&str]| -> Vec<SkillIx> {
        let mut found = Vec::with_capacity(slugs.len());
        for slug in slugs {
            match by_slug.get(slug) {
                Some(ix) if found.contains(ix) => errors.push(entry.error(format!("`{slug}` is named twice"))),
                Some(ix) if entry.slug == *slug => {
                    errors.push(entry.error(format!("`{slug}` refers to itself")));
                    found.push(*ix);
                }
                Some(ix) => found.push(*ix),
                None => errors.push(entry.error(format!("there is no skill `{slug}`: use the slug of one"))),
            }
        }
        found
    };
    let mut graph = Graph::default();
    for entry in entries {
        graph.parents.push(find(entry, &entry.parents));
        graph.related.push(find(entry, &entry.related));
    }
    // Closeness holds both ways, and is written once.
    for (ix, close) in indexes(entries).zip(graph.related.clone()) {
        for other in close {
            if let Some(list) = graph.related.get_mut(other.index()).filter(|list| !list.contains(&ix)) {
                list.push(ix);
            }
        }
    }
    for list in &mut graph.related {
        list.sort_unstable();
    }
    graph
}

fn check_graph(entries: &[Entry<'_>], graph: &Graph, errors: &mut Vec<DataError>) {
    let above: Vec<_> = indexes(entries).map(|ix| graph.ancestors(ix)).collect();
    let slug = |ix: SkillIx| entries.get(ix.index()).map_or("?", |entry| entry.slug);
    for ((ix, entry), ancestors) in indexes(entries).zip(entries).zip(&above) {
        if ancestors.contains_key(&ix) {
            errors.push(entry.error(format!("`{}` implies itself in a circle: cut one of its parents", entry.slug)));
            continue;
        }
        let parents = graph.parents.get(ix.index()).map_or(&[][..], |list| list);
        let related = graph.related.get(ix.index()).map_or(&[][..], |list| list);
        for &parent in parents {
            let between = parents.iter().find(|p| above.get(p.index()).is_some_and(|its| its.contains_key(&parent)));
            if let Some(&between) = between {
                let (parent, between) = (slug(parent), slug(between));
                errors.push(entry.error(format!("`{parent}` is implied by its parent `{between}` already: drop it")));
            }
        }
        for close in related.iter().filter(|close| ancestors.contains_key(close)) {
            errors.push(entry.error(format!("`{}` is implied, so it need not be related: drop one", slug(*close))));
        }
    }
}
