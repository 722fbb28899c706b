//! The taxonomy as it ships: sound, broad enough, and useful on real tags.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::shipped::FILES;
use super::{FreeTag, Kind, Relation, SkillIx, Tag, Taxonomy};

fn shipped() -> &'static Taxonomy {
    Taxonomy::shipped()
}

fn ix(slug: &str) -> SkillIx {
    shipped().get(slug).unwrap_or_else(|| panic!("no skill {slug}")).ix
}

fn means(text: &str) -> Option<&'static str> {
    shipped().resolve(text).map(|ix| &*shipped().skill(ix).slug)
}

#[test]
fn the_shipped_data_are_sound() {
    if let Err(errors) = Taxonomy::read(&FILES) {
        let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
        panic!("{} faults in the data:\n{}", told.len(), told.join("\n"));
    }
}

#[test]
fn every_slug_name_and_alias_means_its_own_skill_and_no_other() {
    let taxonomy = shipped();
    for (at, skill) in taxonomy.skills().enumerate() {
        assert_eq!(skill.ix.index(), at);
        assert_eq!(taxonomy.get(&skill.slug), Some(skill));
        for text in [&skill.slug, &skill.name].into_iter().chain(&skill.aliases) {
            assert_eq!(taxonomy.resolve(text), Some(skill.ix), "{text} of {}", skill.slug);
            let tag = taxonomy.tag(text);
            assert_eq!(tag, Ok(Tag::Skill(skill.ix)), "{text}");
        }
    }
}

#[test]
fn ranks_are_the_places_of_slugs_in_their_order() {
    let mut slugs: Vec<&str> = shipped().skills().map(|skill| &*skill.slug).collect();
    slugs.sort_unstable();
    let ranks: Vec<Option<u32>> = slugs.iter().map(|slug| shipped().rank(ix(slug))).collect();
    assert_eq!(ranks, (0..).map(Some).take(slugs.len()).collect::<Vec<_>>());
}

#[test]
fn breadth_is_what_we_say() {
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    for skill in shipped().skills() {
        *kinds.entry(skill.kind).or_default() += 1;
    }
    eprintln!(
        "{} skills, {} aliases: {kinds:?}",
        shipped().len(),
        shipped().skills().map(|s| s.aliases.len()).sum::<usize>()
    );
    for (kind, at_least) in [
        (Kind::Language, 300),
        (Kind::Framework, 900),
        (Kind::Platform, 700),
        (Kind::Domain, 400),
        (Kind::Activity, 25),
    ] {
        assert!(kinds[&kind] >= at_least, "{kind}: {}", kinds[&kind]);
    }
}

#[test]
fn every_kind_of_need_has_its_activity() {
    for kind in [
        "triage",
        "code_review",
        "bug_fixing",
        "security_audit",
        "vulnerability_response",
        "fuzzing",
        "dependency_updates",
        "release_engineering",
        "build_and_ci",
        "provenance_and_signing",
        "sbom",
        "testing",
        "documentation",
        "infrastructure",
        "mentoring",
        "research",
        "co_maintainer",
        "handover",
    ] {
        let skill = shipped().get(&kind.replace('_', "-")).unwrap_or_else(|| panic!("no activity for {kind}"));
        assert_eq!(skill.kind, Kind::Activity, "{kind}");
        assert_eq!(means(kind), Some(&*skill.slug));
    }
}

#[test]
fn spellings_people_use_are_understood() {
    for (slug, spellings) in [
        ("csharp", &["C#", "c#", "C Sharp", "csharp", "c-sharp", "Ｃ＃"][..]),
        ("cpp", &["C++", "c++", "cpp", "CPlusPlus", "C++17", "c++ 20"]),
        ("c", &["C", "c", "C99", "#c"]),
        ("objective-c", &["Objective-C", "objective c", "ObjC", "obj-c"]),
        ("fsharp", &["F#", "f-sharp"]),
        ("dotnet", &[".NET", "dotnet", "dot net", "DotNet Core", ".net core", ".net-core", "netcore"]),
        ("aspnet-core", &["ASP.NET Core", "asp net core", "aspnetcore"]),
        ("visual-basic-net", &["VB.NET", "vbnet", "Visual Basic .NET"]),
        ("nodejs", &["node.js", "Node JS", "nodejs", "NODE_JS", "node"]),
        ("javascript", &["JavaScript", "js", "ES6", "ecmascript"]),
        ("go", &["go", "golang", "Go Lang"]),
        ("python", &["python", "Python 3", "python3", "py"]),
        ("kubernetes", &["k8s", "Kubernetes"]),
        ("postgresql", &["postgres", "PostgreSQL", "pgsql"]),
        ("vue", &["vue", "Vue.js", "vuejs", "vue3"]),
        ("accessibility", &["a11y", "Accessibility"]),
        ("internationalization", &["i18n", "internationalisation"]),
        ("provenance-and-signing", &["signing and provenance", "code signing"]),
        ("vulnerability-response", &["security response", "vulnerability_response"]),
        ("build-and-ci", &["CI", "ci/cd", "continuous integration"]),
        ("parsing", &["parser", "parsers", "parsing"]),
        ("web-scraping", &["web scraper", "web scrapers", "webscraping"]),
    ] {
        for spelling in spellings {
            assert_eq!(means(spelling), Some(slug), "{spelling}");
        }
    }
    for nothing in ["", " ", "#", "python 9", "oss", "beginner", "help wanted", "🚀", "c---+"] {
        assert_eq!(means(nothing), None, "{nothing:?}");
    }
}

#[test]
fn proper_names_have_no_plural() {
    assert_eq!(means("rusts"), None);
    assert_eq!(means("panda"), None);
}

#[test]
fn what_implies_what() {
    let relation = |have: &str, want: &str| shipped().relation(ix(have), ix(want));
    assert_eq!(relation("rust", "rust"), Relation::Same);
    assert_eq!(relation("actix-web", "rust"), Relation::Implies { steps: 1 });
    assert_eq!(relation("rust", "actix-web"), Relation::ImpliedBy { steps: 1 });
    assert_eq!(relation("nextjs", "javascript"), Relation::Implies { steps: 2 });
    assert_eq!(relation("actix-web", "axum"), Relation::Sibling);
    assert_eq!(relation("c", "cpp"), Relation::Related);
    assert_eq!(relation("cpp", "c"), Relation::Related);
    assert_eq!(relation("cobol", "figma"), Relation::None);
    assert_eq!(relation("typescript", "javascript"), Relation::Implies { steps: 1 });
    assert_eq!(relation("csharp", "dotnet"), Relation::Implies { steps: 1 });
    assert_eq!(relation("unit-testing", "testing"), Relation::Implies { steps: 1 });
}

#[test]
fn expanding_a_skill_agrees_with_every_relation() {
    let taxonomy = shipped();
    let (mut sum, mut most) = (0, (0, ""));
    for have in taxonomy.skills() {
        let expanded: BTreeMap<SkillIx, Relation> = taxonomy.expand(have.ix).collect();
        assert_eq!(expanded.get(&have.ix), Some(&Relation::Same));
        assert!(!expanded.values().any(|r| *r == Relation::None), "{}", have.slug);
        // Each with all it is related to, and a stride through the rest: all pairs would be ten million.
        let others =
            taxonomy.skills().filter(|o| expanded.contains_key(&o.ix) || (o.ix.number() ^ have.ix.number()) % 37 == 0);
        for want in others {
            let relation = taxonomy.relation(have.ix, want.ix);
            assert_eq!(expanded.get(&want.ix).copied().unwrap_or(Relation::None), relation);
            let back = taxonomy.relation(want.ix, have.ix);
            let mirrored = match relation {
                Relation::Implies { steps } => Relation::ImpliedBy { steps },
                Relation::ImpliedBy { steps } => Relation::Implies { steps },
                same => same,
            };
            assert_eq!(back, mirrored, "{} and {}", have.slug, want.slug);
        }
        sum += expanded.len();
        most = most.max((expanded.len(), &have.slug));
    }
    eprintln!("a skill expands to {} on average, at most {most:?}", sum / taxonomy.len());
    assert!(sum / taxonomy.len() < 150, "expansion must stay cheap for ranking");
}

#[test]
fn autocomplete_answers_as_people_type() {
    let first = |text: &str| shipped().search(text, None, 5).first().map(|skill| &*skill.slug);
    for (typed, slug) in [
        ("java", "java"),
        ("jav", "javascript"),
        ("javas", "javascript"),
        ("pyth", "python"),
        ("rea", "react"),
        ("k8s", "kubernetes"),
        ("c#", "csharp"),
        ("c+", "cpp"),
        (".n", "dotnet"),
        ("actix w", "actix-web"),
        ("tria", "triage"),
        ("code rev", "code-review"),
        ("post", "postgresql"),
    ] {
        assert_eq!(first(typed), Some(slug), "{typed}");
    }
    assert!(shipped().search("web", Some(Kind::Domain), 50).iter().all(|skill| skill.kind == Kind::Domain));
    assert_eq!(shipped().search("", None, 25).len(), 25);
}

#[test]
fn typing_errors_find_what_was_meant() {
    for (typed, slug) in [
        ("javascritp", "javascript"),
        ("pyhton", "python"),
        ("kuberntes", "kubernetes"),
        ("postgress", "postgresql"),
        ("cryptograhpy", "cryptography"),
        ("typscript", "typescript"),
        ("docmentation", "documentation"),
    ] {
        let meant: Vec<_> = shipped().suggest(typed, 3).iter().map(|skill| skill.slug.to_string()).collect();
        assert_eq!(meant.first().map(String::as_str), Some(slug), "{typed}: {meant:?}");
    }
    assert!(shipped().suggest("qqqqwwwweeee", 3).is_empty());
}

/// Measured against the real tags of up-for-grabs.net. The file is optional: it is not part of the project.
#[test]
fn real_tags_are_resolved() {
    let Some(file) = crate::published::published("projects/up-for-grabs.jsonl.gz") else { return };
    let packed = std::fs::File::open(file).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let (mut uses, mut resolved) = (0_u32, 0_u32);
    let mut unresolved: BTreeMap<String, u32> = BTreeMap::new();
    let mut skills = BTreeSet::new();
    for line in text.lines() {
        let project: serde_json::Value = serde_json::from_str(line).unwrap();
        for tag in project["tags"].as_array().unwrap() {
            let tag = tag.as_str().map_or_else(|| tag.to_string(), str::to_owned);
            uses += 1;
            match shipped().tag(&tag).unwrap() {
                Tag::Skill(skill) => {
                    resolved += 1;
                    skills.insert(skill);
                }
                Tag::Free(free) => *unresolved.entry(free.to_string()).or_default() += 1,
            }
        }
    }
    assert!(uses > 500, "the file holds hardly any tags");
    let share = f64::from(resolved) / f64::from(uses);
    eprintln!("{resolved} of {uses} tag uses resolved ({:.1}%) to {} skills", share * 100.0, skills.len());
    let mut frequent: Vec<_> = unresolved.into_iter().collect();
    frequent.sort_by_key(|(tag, count)| (std::cmp::Reverse(*count), tag.clone()));
    eprintln!("kept as free tags, the most frequent: {:?}", &frequent[..frequent.len().min(40)]);
    assert!(share >= 0.62, "{share}");
    assert_eq!(FreeTag::parse("Up For Grabs").unwrap().as_str(), "up-for-grabs");
}

#[test]
fn who_can_be_considered_for_a_skill_is_told_from_both_ends() {
    let taxonomy = Taxonomy::shipped();
    let mut from_holders = Vec::new();
    let mut from_wanted = Vec::new();
    for one in taxonomy.skills() {
        from_holders.extend(taxonomy.expand(one.ix).map(|(want, relation)| (one.ix, want, relation)));
        from_wanted.extend(taxonomy.holders(one.ix).map(|(have, relation)| (have, one.ix, relation)));
    }
    from_wanted.sort_by_key(|&(have, want, _)| (have, want));
    assert!(from_holders.len() > taxonomy.len() * 2, "hardly any relation");
    assert_eq!(from_holders, from_wanted);
}
