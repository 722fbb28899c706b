//! One graph of all that is known: listed projects, the nodes of imported graphs, and dependencies that bills of materials show. Pure.

use super::graph::{Graph, Node};
use crate::kernel::{ProjectId, Purl, repository_key};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// So many organizations must show a dependency before it counts, so that none of them can be made out by it.
pub(super) const SMALLEST: usize = 5;

/// A listed project, as far as graphs care.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub id: ProjectId,
    pub repository_key: String,
    pub homepage_url: Option<String>,
    pub criticality: Option<f64>,
}

/// An imported graph.
#[derive(Debug)]
pub(super) struct Told {
    pub name: String,
    pub ecosystem: Option<String>,
    pub graph: Graph,
}

/// Everything in one graph.
#[derive(Debug)]
pub(super) struct Joined {
    pub graph: Graph,
    /// Where each listed project stands in it, and in which imported graph, for those that stand in any dependency or graph.
    pub places: BTreeMap<ProjectId, (usize, Option<String>)>,
}

/// What stands for a listed project, and what for another node of a graph.
fn name_of(id: ProjectId) -> String {
    format!("project {id}")
}

/// By what nodes of graphs are recognized as listed projects.
struct Index<'a> {
    packages: &'a HashMap<String, ProjectId>,
    repositories: HashMap<&'a str, ProjectId>,
    homepages: HashMap<String, ProjectId>,
}

impl<'a> Index<'a> {
    fn new(known: &'a [Known], packages: &'a HashMap<String, ProjectId>) -> Self {
        let repositories = known.iter().map(|one| (one.repository_key.as_str(), one.id)).collect();
        let mut homepages: HashMap<String, ProjectId> = HashMap::new();
        for one in known {
            if let Some(page) = one.homepage_url.as_deref().and_then(page_key) {
                homepages.entry(page).or_insert(one.id);
            }
        }
        Self { packages, repositories, homepages }
    }

    fn find(&self, told: &Told, node: &Node) -> Option<ProjectId> {
        let text = match &told.ecosystem {
            Some(ecosystem) => format!("pkg:{ecosystem}/{}", node.name),
            None => node.name.clone(),
        };
        let by_package = Purl::parse(&text).ok().and_then(|purl| self.packages.get(purl.package()));
        let homepage = node.homepage.as_deref();
        let by_repository = || self.repositories.get(repository_key(homepage?).ok()?.as_str());
        let by_homepage = || self.homepages.get(&page_key(homepage?)?);
        by_package.or_else(by_repository).or_else(by_homepage).copied()
    }
}

/// One spelling of a home page: host and path.
fn page_key(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    Some(format!("{host}{}", url.path().trim_end_matches('/')))
}

/// Joins everything; `shared` says how many organizations show each dependency between listed projects.
pub(super) fn join(
    known: &[Known],
    packages: &HashMap<String, ProjectId>,
    graphs: &[Told],
    shared: &BTreeMap<(ProjectId, ProjectId), usize>,
) -> (Joined, usize) {
    let index = Index::new(known, packages);
    let criticality: HashMap<ProjectId, f64> =
        known.iter().map(|one| (one.id, one.criticality.unwrap_or(0.0))).collect();
    let (mut nodes, mut edges, mut places) = (Vec::new(), Vec::new(), BTreeMap::new());
    for told in graphs {
        let before = nodes.len();
        for node in told.graph.nodes() {
            let project = index.find(told, node);
            let name = project.map_or_else(|| format!("{} {}", told.name, node.name), name_of);
            if let Some(project) = project {
                places.entry(project).or_insert_with(|| Some(told.name.clone()));
            }
            let criticality = project.and_then(|id| criticality.get(&id).copied()).unwrap_or(0.0);
            nodes.push(Node { name, criticality, is_orphan: node.is_orphan, homepage: None });
        }
        edges.extend(told.graph.edges().iter().map(|(from, to)| (before + from, before + to)));
    }
    let enough: Vec<&(ProjectId, ProjectId)> = shared
        .iter()
        .filter(|((from, to), count)| {
            **count >= SMALLEST && from != to && criticality.contains_key(from) && criticality.contains_key(to)
        })
        .map(|(edge, _)| edge)
        .collect();
    let ends: BTreeSet<ProjectId> = enough.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let mut at: HashMap<ProjectId, usize> = HashMap::new();
    for id in ends {
        places.entry(id).or_insert(None);
        at.insert(id, nodes.len());
        let criticality = criticality.get(&id).copied().unwrap_or(0.0);
        nodes.push(Node { name: name_of(id), criticality, is_orphan: false, homepage: None });
    }
    let end = |(from, to): &&(ProjectId, ProjectId)| Some((*at.get(from)?, *at.get(to)?));
    edges.extend(enough.iter().filter_map(end));
    let graph = Graph::new(&nodes, &edges);
    let place = |(id, told): (ProjectId, Option<String>)| Some((id, (graph.find(&name_of(id))?, told)));
    let places = places.into_iter().filter_map(place).collect();
    (Joined { graph, places }, enough.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::risk::graph::read;
    use uuid::Uuid;

    fn id(number: u128) -> ProjectId {
        ProjectId(Uuid::from_u128(number))
    }

    fn known(number: u128, criticality: f64) -> Known {
        let homepage_url = Some(format!("https://www.p{number}.example.org/"));
        Known {
            id: id(number),
            repository_key: format!("github.com/example/p{number}"),
            homepage_url,
            criticality: Some(criticality),
        }
    }

    #[test]
    fn nodes_are_recognized_by_package_repository_and_home_page() {
        let graph = read(b"N\tliba\nN\tlibb\t\thttps://github.com/example/p2\nN\tlibc\t\thttp://p3.example.org\nN\tother\nE\t0\t1\nE\t1\t2\nE\t3\t0\n").unwrap();
        let told = Told { name: "debian".to_owned(), ecosystem: Some("deb/debian".to_owned()), graph };
        let packages = HashMap::from([("pkg:deb/debian/liba".to_owned(), id(1))]);
        let (joined, shared) =
            join(&[known(1, 0.5), known(2, 0.0), known(3, 0.0)], &packages, &[told], &BTreeMap::new());
        assert_eq!((joined.graph.len(), shared, joined.places.len()), (4, 0, 3));
        let place = |number| joined.places[&id(number)].0;
        assert_eq!(joined.graph.needs(place(1)), [place(2)]);
        assert_eq!(joined.graph.needs(place(2)), [place(3)]);
        assert!((joined.graph.criticality() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_dependency_that_few_organizations_show_is_not_told() {
        let all = [known(1, 0.5), known(2, 0.0), known(3, 0.9)];
        let shared = BTreeMap::from([((id(1), id(2)), SMALLEST), ((id(3), id(2)), SMALLEST - 1), ((id(1), id(9)), 50)]);
        let (joined, count) = join(&all, &HashMap::new(), &[], &shared);
        assert_eq!((count, joined.graph.len(), joined.graph.edges().len()), (1, 2, 1));
        assert!(!joined.places.contains_key(&id(3)));
    }
}
