//! From lines to a taxonomy, refusing what contradicts itself.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};

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
        let mut graph = edges(&entries, &by_slug, &mut errors);
        let ancestors: Vec<_> = indexes(&entries).map(|ix| graph.ancestors(ix)).collect();
        check_graph(&entries, &graph, &ancestors, &mut errors);
        relate_both_ways(&mut graph);
        if !errors.is_empty() {
            errors.sort_by_key(|error| (sources.iter().position(|s| s.name == error.file), error.line));
            return Err(errors);
        }
        let relations = graph.relations(&ancestors);
        let skills: Vec<Skill> = indexes(&entries)
            .zip(&entries)
            .zip(graph.parents.into_iter().zip(graph.related))
            .map(|((ix, entry), (parents, related))| Skill {
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
        let ranks = ranks(&skills);
        Ok(Self { skills, by_slug, by_key, relations, ranks, terms })
    }
}

fn ranks(skills: &[Skill]) -> Vec<u32> {
    let mut order: Vec<&Skill> = skills.iter().collect();
    order.sort_unstable_by_key(|skill| &skill.slug);
    let mut ranks = vec![0; skills.len()];
    for (skill, rank) in order.into_iter().zip(0..) {
        if let Some(slot) = ranks.get_mut(skill.ix.index()) {
            *slot = rank;
        }
    }
    ranks
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
        for (is_alias, text) in [(false, entry.slug), (false, entry.name)]
            .into_iter()
            .chain(entry.aliases.iter().map(|&alias| (true, alias)))
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
                    errors.push(
                        entry.error(format!("the alias `{text}` is spelled like another of this skill: drop it")),
                    );
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
    graph
}

/// Closeness is written once and holds both ways.
fn relate_both_ways(graph: &mut Graph) {
    for (ix, close) in (0..).map(SkillIx).zip(graph.related.clone()) {
        for other in close {
            if let Some(list) = graph.related.get_mut(other.index()).filter(|list| !list.contains(&ix)) {
                list.push(ix);
            }
        }
    }
    for list in &mut graph.related {
        list.sort_unstable();
    }
}

fn check_graph(entries: &[Entry<'_>], graph: &Graph, above: &[BTreeMap<SkillIx, u8>], errors: &mut Vec<DataError>) {
    let slug = |ix: SkillIx| entries.get(ix.index()).map_or("?", |entry| entry.slug);
    for ((ix, entry), ancestors) in indexes(entries).zip(entries).zip(above) {
        if ancestors.contains_key(&ix) {
            errors.push(entry.error(format!("`{}` implies itself in a circle: cut one of its parents", entry.slug)));
            continue;
        }
        let parents = graph.parents.get(ix.index()).map_or(&[][..], |list| list);
        let related = graph.related.get(ix.index()).map_or(&[][..], |list| list);
        let implies =
            |upper: SkillIx, lower: SkillIx| above.get(lower.index()).is_some_and(|its| its.contains_key(&upper));
        for &parent in parents {
            if let Some(&between) = parents.iter().find(|&&other| other != parent && implies(parent, other)) {
                let (parent, between) = (slug(parent), slug(between));
                errors.push(entry.error(format!("`{parent}` is implied by its parent `{between}` already: drop it")));
            }
        }
        for &close in related.iter().filter(|&&close| implies(close, ix) || implies(ix, close)) {
            let close = slug(close);
            errors.push(
                entry.error(format!("of `{}` and `{close}` one implies the other already: drop `related`", entry.slug)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Taxonomy, Vec<String>> {
        Taxonomy::read(&[Source { name: "t", kind: Kind::Domain, text }])
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    fn refusal(text: &str) -> String {
        read(text).unwrap_err().join("\n")
    }

    #[test]
    fn skills_are_tied_together_in_any_order() {
        let taxonomy = read("a = A; implies b; related c\nb = B\nc = C").unwrap();
        let at = |slug: &str| taxonomy.get(slug).unwrap();
        assert_eq!(at("a").parents, [at("b").ix]);
        assert_eq!((&at("a").related[..], &at("c").related[..]), (&[at("c").ix][..], &[at("a").ix][..]));
        assert_eq!((taxonomy.len(), taxonomy.is_empty()), (3, false));
        assert!(taxonomy.get("d").is_none());
    }

    #[test]
    fn one_spelling_means_one_skill() {
        assert_eq!(refusal("a = A\nb = B; aka A."), "t, line 2: `A.` means `a` already: one spelling, one skill");
        assert_eq!(refusal("a = A\nb = a"), "t, line 2: `a` means `a` already: one spelling, one skill");
        assert_eq!(
            refusal("ab = A b; aka x, a-b, X"),
            "t, line 1: the alias `a-b` is spelled like another of this skill: drop it\n\
             t, line 1: the alias `X` is spelled like another of this skill: drop it"
        );
        assert!(refusal("a = A; aka ///").contains("`///` holds no letter or digit"));
        assert!(refusal("a = A\na = Other").contains("line 2: `a` is there already"));
    }

    #[test]
    fn relations_need_somebody_at_the_other_end() {
        assert_eq!(refusal("a = A; implies zz"), "t, line 1: there is no skill `zz`: use the slug of one");
        assert!(refusal("a = A; related a").contains("`a` refers to itself"));
        assert!(refusal("a = A\nb = B; related a, a").contains("line 2: `a` is named twice"));
    }

    #[test]
    fn circles_are_refused() {
        let told = refusal("a = A; implies b\nb = B; implies c\nc = C; implies a\nd = D; implies a");
        for line in 1..=3 {
            assert!(told.contains(&format!("line {line}: ")), "{told}");
        }
        assert!(!told.contains("line 4"), "{told}");
        assert!(refusal("a = A; implies a").contains("implies itself in a circle"));
    }

    #[test]
    fn what_is_implied_already_is_not_said_again() {
        assert_eq!(
            refusal("a = A; implies b, c\nb = B; implies c\nc = C"),
            "t, line 1: `c` is implied by its parent `b` already: drop it"
        );
        assert!(
            refusal("a = A; implies b; related c\nb = B; implies c\nc = C")
                .contains("of `a` and `c` one implies the other")
        );
    }

    #[test]
    fn faults_are_told_in_the_order_of_the_files() {
        let errors = Taxonomy::read(&[
            Source { name: "z", kind: Kind::Domain, text: "a = A; implies nobody\n?" },
            Source { name: "a", kind: Kind::Domain, text: "!" },
        ])
        .unwrap_err();
        let places: Vec<_> = errors.iter().map(|e| (e.file.as_str(), e.line)).collect();
        assert_eq!(places, [("z", 1), ("z", 2), ("a", 1)]);
    }

    #[test]
    fn common_nouns_have_plurals_unless_somebody_else_has_the_word() {
        let sources = [
            Source {
                name: "d",
                kind: Kind::Domain,
                text: "parser = Parser\nweb-wiki = Web wiki\nplots = Plots\nplotz = Plotz; aka plotss",
            },
            Source { name: "f", kind: Kind::Framework, text: "panda = Panda\nwebwikis = Webwikis" },
        ];
        let taxonomy = Taxonomy::read(&sources).unwrap();
        let means = |text: &str| taxonomy.resolve(text).map(|ix| taxonomy.skill(ix).slug.to_string());
        assert_eq!(means("parsers").as_deref(), Some("parser"));
        assert_eq!(means("web wikis").as_deref(), Some("webwikis"));
        assert_eq!(means("pandas"), None);
    }

    #[test]
    fn a_plural_that_two_could_claim_is_nobodys() {
        let taxonomy = read("one = Queries\ntwo = Queryes").unwrap();
        assert_eq!(taxonomy.resolve("query").map(SkillIx::number), Some(0));
        let taxonomy = read("one = Batch\ntwo = Batche").unwrap();
        assert_eq!(taxonomy.resolve("batches"), None);
    }
}
