//! Autocomplete and "did you mean".

use std::cmp::Reverse;
use std::collections::HashMap;

use super::fold::fold;
use super::relation::Relation;
use super::{Kind, Skill, SkillIx, Taxonomy};

/// How a text begins to match a skill, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    Exact,
    Name,
    Alias,
    NameWord,
    AliasWord,
}

/// Everything a search can begin with, sorted, so that all that begins with a text lies together.
#[derive(Debug)]
pub(super) struct Terms {
    sorted: Vec<(Box<str>, Match, SkillIx)>,
    /// For each skill how many others imply it: what many things rest on is more likely meant.
    weight: Vec<usize>,
}

impl Terms {
    pub(super) fn new(skills: &[Skill], relations: &[Box<[(SkillIx, Relation)]>]) -> Self {
        let mut sorted = Vec::new();
        for skill in skills {
            sorted.push((fold(&skill.slug).into(), Match::Name, skill.ix));
            add(&mut sorted, &skill.name, Match::Name, Match::NameWord, skill.ix);
            for alias in &skill.aliases {
                add(&mut sorted, alias, Match::Alias, Match::AliasWord, skill.ix);
            }
        }
        sorted.sort_unstable();
        sorted.dedup();
        let weight = relations
            .iter()
            .map(|known| known.iter().filter(|(_, r)| matches!(r, Relation::ImpliedBy { .. })).count())
            .collect();
        Self { sorted, weight }
    }

    /// All terms that begin with `key`.
    fn beginning<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a (Box<str>, Match, SkillIx)> {
        let from = self.sorted.partition_point(|(term, ..)| &**term < key);
        self.sorted.iter().skip(from).take_while(move |(term, ..)| term.starts_with(key))
    }

    fn weight(&self, ix: SkillIx) -> usize {
        self.weight.get(ix.index()).copied().unwrap_or_default()
    }
}

/// The whole text under `whole`, and what remains of it from each later word under `word`: "Actix Web" is found by
/// "actixw" and by "web".
fn add(terms: &mut Vec<(Box<str>, Match, SkillIx)>, text: &str, whole: Match, word: Match, ix: SkillIx) {
    terms.push((fold(text).into(), whole, ix));
    let words = text.match_indices([' ', '-', '/', '(']).filter_map(|(at, _)| text.get(at + 1..));
    for rest in words {
        let key = fold(rest);
        if !key.is_empty() {
            terms.push((key.into(), word, ix));
        }
    }
}

impl Taxonomy {
    /// Autocomplete: at most `limit` skills, of one kind if asked, that match the beginning of `text`. First the skill
    /// that the text means, then those whose name begins with it, then an alias, then a later word of a name, then of
    /// an alias; within these, what more skills rest on first, then by name. An empty text matches all.
    pub fn search(&self, text: &str, kind: Option<Kind>, limit: usize) -> Vec<&Skill> {
        let key = fold(text);
        if key.is_empty() && !text.trim().is_empty() {
            return Vec::new();
        }
        let mut best: HashMap<SkillIx, Match> = HashMap::new();
        if key.is_empty() {
            best.extend(self.skills.iter().map(|skill| (skill.ix, Match::Name)));
        } else {
            best.extend(self.by_key.get(key.as_str()).map(|&ix| (ix, Match::Exact)));
            for (_, how, ix) in self.terms.beginning(&key) {
                best.entry(*ix).and_modify(|known| *known = (*known).min(*how)).or_insert(*how);
            }
        }
        let mut found: Vec<(Match, &Skill)> = best
            .into_iter()
            .map(|(ix, how)| (how, self.skill(ix)))
            .filter(|(_, skill)| kind.is_none_or(|kind| skill.kind == kind))
            .collect();
        found.sort_unstable_by_key(|(how, skill)| (*how, Reverse(self.terms.weight(skill.ix)), &skill.name, skill.ix));
        found.into_iter().take(limit).map(|(_, skill)| skill).collect()
    }

    /// "Did you mean": at most `limit` skills whose name or an alias differs from `text` by few typing errors (one in
    /// three to five characters, two up to eight, else three; a letter wrong, missing, too many or swapped with the
    /// next). The closest first, then those that begin alike, then what more skills rest on. Empty for a text of fewer
    /// than three characters, and for what resembles nothing.
    pub fn suggest(&self, text: &str, limit: usize) -> Vec<&Skill> {
        let typed: Vec<char> = fold(text).chars().collect();
        let bound: u8 = match typed.len() {
            0..3 => return Vec::new(),
            3..=5 => 1,
            6..=8 => 2,
            _ => 3,
        };
        let typed_letters = letters(typed.iter().copied());
        let mut closest: HashMap<SkillIx, (usize, bool)> = HashMap::new();
        for (term, how, ix) in &self.terms.sorted {
            let far = || (typed_letters ^ letters(term.chars())).count_ones() > 2 * u32::from(bound);
            if !matches!(how, Match::Name | Match::Alias) || far() {
                continue;
            }
            let term: Vec<char> = term.chars().collect();
            if let Some(distance) = distance(&typed, &term, bound.into()) {
                let rank = (distance, typed.first() != term.first());
                closest.entry(*ix).and_modify(|known| *known = (*known).min(rank)).or_insert(rank);
            }
        }
        let mut found: Vec<_> = closest.into_iter().map(|(ix, rank)| (rank, self.skill(ix))).collect();
        found
            .sort_unstable_by_key(|(rank, skill)| (*rank, Reverse(self.terms.weight(skill.ix)), &skill.name, skill.ix));
        found.into_iter().take(limit).map(|(_, skill)| skill).collect()
    }
}

/// The set of signs in a word, as far as 64 bits hold it. One typing error changes it by two at most (a letter gone, a
/// letter come), which spares most words the exact count.
fn letters(word: impl Iterator<Item = char>) -> u64 {
    word.fold(0, |set, sign| set | 1 << (u32::from(sign) % u64::BITS))
}

/// Typing errors between two words (optimal string alignment: insertion, deletion, substitution, swap of neighbors, no
/// part edited twice), or none if there are more than `bound`.
#[expect(clippy::indexing_slicing, reason = "rows are one longer than `b`, and every position is at most its length")]
fn distance(a: &[char], b: &[char], bound: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > bound {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        // A swap reaches back one row, so the bound is passed for good only when two rows are beyond it.
        if row.iter().chain(&above).all(|&cost| cost > bound) {
            return None;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|&cost| cost <= bound)
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::*;

    fn taxonomy() -> Taxonomy {
        let source = |kind, text| Source { name: "test", kind, text };
        Taxonomy::read(&[
            source(Kind::Language, "java = Java\njavascript = JavaScript; aka js\nc = C\ncpp = C++; aka cplusplus\nrust = Rust"),
            source(
                Kind::Framework,
                "javafx = JavaFX; implies java\nactix-web = Actix Web; aka actix; implies rust\nspring = Spring; aka java-ee; \
                 implies java\nwebpack = webpack; aka js-bundler; implies javascript",
            ),
            source(Kind::Domain, "web = Web development; aka www\nbots = Bots; aka web-crawler"),
        ])
        .unwrap()
    }

    fn slugs(found: &[&Skill]) -> Vec<String> {
        found.iter().map(|skill| skill.slug.to_string()).collect()
    }

    #[test]
    fn search_orders_exact_name_alias_word() {
        let taxonomy = taxonomy();
        assert_eq!(slugs(&taxonomy.search("java", None, 9)), ["java", "javascript", "javafx", "spring"]);
        assert_eq!(slugs(&taxonomy.search("web", None, 9)), ["web", "webpack", "bots", "actix-web"]);
        assert_eq!(slugs(&taxonomy.search("JS", None, 9)), ["javascript", "webpack"]);
        assert_eq!(slugs(&taxonomy.search("actix w", None, 9)), ["actix-web"]);
        assert_eq!(slugs(&taxonomy.search("bundler", None, 9)), ["webpack"]);
    }

    #[test]
    fn search_weighs_what_others_rest_on() {
        let taxonomy = taxonomy();
        assert_eq!(slugs(&taxonomy.search("j", None, 2)), ["java", "javascript"]);
        assert_eq!(slugs(&taxonomy.search("c", None, 9)), ["c", "cpp", "bots"]);
    }

    #[test]
    fn search_keeps_to_kind_and_limit() {
        let taxonomy = taxonomy();
        assert_eq!(slugs(&taxonomy.search("web", Some(Kind::Domain), 9)), ["web", "bots"]);
        assert_eq!(slugs(&taxonomy.search("java", None, 1)), ["java"]);
        assert!(taxonomy.search("java", None, 0).is_empty());
    }

    #[test]
    fn search_without_a_text_lists_all_and_with_mere_signs_nothing() {
        let taxonomy = taxonomy();
        assert_eq!(taxonomy.search(" ", None, usize::MAX).len(), taxonomy.len());
        assert_eq!(slugs(&taxonomy.search("", Some(Kind::Language), 2)), ["java", "javascript"]);
        assert!(taxonomy.search("!?", None, 9).is_empty());
        assert!(taxonomy.search("zzz", None, 9).is_empty());
    }

    #[test]
    fn typing_errors_are_forgiven_within_bounds() {
        let taxonomy = taxonomy();
        assert_eq!(slugs(&taxonomy.suggest("javascirpt", 3)), ["javascript"]);
        assert_eq!(slugs(&taxonomy.suggest("ruts", 3)), ["rust"]);
        assert_eq!(slugs(&taxonomy.suggest("aktix web", 3)), ["actix-web"]);
        assert_eq!(slugs(&taxonomy.suggest("jav", 3)), ["java"]);
        assert!(taxonomy.suggest("zzzzzz", 3).is_empty());
        assert!(taxonomy.suggest("jx", 3).is_empty());
        assert!(taxonomy.suggest("", 3).is_empty());
        assert!(taxonomy.suggest(&"rust".repeat(100_000), 3).is_empty());
    }

    #[test]
    fn suggestions_come_closest_first() {
        let source =
            Source { name: "t", kind: Kind::Language, text: "abcdef = Abcdef\nabcdxx = Abcdxx\nxbcdef = Xbcdef" };
        let taxonomy = Taxonomy::read(&[source]).unwrap();
        assert_eq!(slugs(&taxonomy.suggest("abcdeg", 9)), ["abcdef", "abcdxx", "xbcdef"]);
        assert_eq!(slugs(&taxonomy.suggest("abcdeg", 1)), ["abcdef"]);
    }

    #[test]
    fn distance_counts_edits_and_swaps() {
        let of =
            |a: &str, b: &str, bound| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), bound);
        assert_eq!(of("rust", "rust", 0), Some(0));
        assert_eq!(of("rsut", "rust", 1), Some(1));
        assert_eq!(of("kitten", "sitting", 3), Some(3));
        assert_eq!(of("kitten", "sitting", 2), None);
        assert_eq!(of("", "ab", 2), Some(2));
        assert_eq!(of("ca", "abc", 9), Some(3), "no part is edited twice");
    }

    #[test]
    fn the_early_end_never_changes_the_distance() {
        let words = ["rust", "ruts", "tsur", "crust", "abba", "baab", "node", "nodejs", "noed", "endo", ""];
        for a in words {
            for b in words {
                let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
                let exact = distance(&a, &b, 99).unwrap();
                for bound in 0..6 {
                    assert_eq!(distance(&a, &b, bound), Some(exact).filter(|d| *d <= bound), "{a:?} {b:?} {bound}");
                }
            }
        }
    }
}
