//! Graphs from files: tab-separated lines, `N` for a project (name, `orphan` or nothing, home page) and `E` for a dependency
//! (places, from 0, of who needs and of who is needed among the `N` lines, or their names).

use super::{Graph, Node};
use std::collections::HashMap;
use std::fmt;

/// Nodes that a file may hold.
pub const MAX_NODES: usize = 1_000_000;
/// Dependencies that a file may hold.
const MAX_EDGES: usize = 20_000_000;
const MAX_NAME: usize = 400;

/// Why a text is no graph: the line, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    /// From 1.
    pub line: usize,
    /// A sentence.
    pub problem: String,
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for GraphError {}

/// Reads a graph in which every project counts as much, 1.
///
/// # Errors
/// Where a line is neither empty, a comment, a project nor a dependency, names what is not there, or there are too many.
pub fn read(bytes: &[u8]) -> Result<Graph, GraphError> {
    let (mut nodes, mut edges) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let wrong = |problem: String| GraphError { line, problem };
        let text = std::str::from_utf8(text).map_err(|_no| wrong("this is no UTF-8".to_owned()))?;
        let text = text.trim_end_matches('\r');
        let mut cells = text.split('\t');
        match (cells.next(), cells.next()) {
            (Some("N"), Some(name)) => {
                if nodes.len() == MAX_NODES {
                    return Err(wrong(format!("there are more than {MAX_NODES} projects")));
                }
                let (mark, homepage) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
                nodes.push(node(name, mark, homepage).map_err(wrong)?);
            }
            (Some("E"), Some(from)) => {
                if edges.len() == MAX_EDGES {
                    return Err(wrong(format!("there are more than {MAX_EDGES} dependencies")));
                }
                let to = cells
                    .next()
                    .ok_or_else(|| wrong("a dependency has two ends: E, who needs, who is needed".to_owned()))?;
                edges.push((line, from, to));
            }
            (Some(""), None) => {}
            (Some(first), _) if first.starts_with('#') => {}
            _ => {
                let seen: String = text.chars().take(40).collect();
                return Err(wrong(format!("{seen:?} is neither a project (N, name) nor a dependency (E, from, to)")));
            }
        }
    }
    if nodes.is_empty() {
        return Err(GraphError {
            line: 1,
            problem: "there is no project in it; a line N, tab, name each is wanted".to_owned(),
        });
    }
    let names: HashMap<&str, usize> = nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
    let place = |line: usize, text: &str| -> Result<usize, GraphError> {
        let at = text.parse().ok().filter(|at| *at < nodes.len()).or_else(|| names.get(text).copied());
        at.ok_or_else(|| {
            let seen: String = text.chars().take(40).collect();
            GraphError { line, problem: format!("{seen:?} is neither the place nor the name of a project") }
        })
    };
    let ends = |(line, from, to): &(usize, &str, &str)| Ok((place(*line, from)?, place(*line, to)?));
    let edges = edges.iter().map(ends).collect::<Result<Vec<_>, GraphError>>()?;
    Ok(Graph::new(&nodes, &edges))
}

fn node(name: &str, mark: &str, homepage: &str) -> Result<Node, String> {
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(format!("a project has a name of 1 to {MAX_NAME} visible characters"));
    }
    if !matches!(mark, "" | "orphan") {
        let seen: String = mark.chars().take(40).collect();
        return Err(format!("the third cell is empty or says orphan; it says {seen:?}"));
    }
    let homepage = Some(homepage.trim()).filter(|text| !text.is_empty() && text.len() <= 500).map(str::to_owned);
    Ok(Node { name: name.to_owned(), criticality: 1.0, is_orphan: mark == "orphan", homepage })
}

/// The graph in its one form, as a file.
pub fn written(graph: &Graph) -> String {
    let mut text = String::new();
    for node in graph.nodes() {
        let mark = if node.is_orphan { "orphan" } else { "" };
        text.push_str(&["N\t", &node.name, "\t", mark, "\t", node.homepage.as_deref().unwrap_or(""), "\n"].concat());
    }
    for (from, to) in graph.edges() {
        text.push_str(&["E\t", &from.to_string(), "\t", &to.to_string(), "\n"].concat());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_and_names_are_read() {
        let graph =
            read(b"#two\r\nN\tb\torphan\thttps://b.example.org\r\nN\ta\n\nE\t0\t1\nE\ta\tb\nE\tb\tb\n").unwrap();
        let told: Vec<_> = graph.nodes().iter().map(|node| (node.name.as_str(), node.is_orphan)).collect();
        assert_eq!(told, [("a", false), ("b", true)]);
        assert_eq!(graph.edges(), [(0, 1), (1, 0)]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, wrong) in [
            ("", "line 1: there is no project"),
            ("N\ta\nX\tb", "line 2: \"X\\tb\" is neither"),
            ("N\ta\nE\t0", "line 2: a dependency has two ends"),
            ("N\ta\nE\t0\t1", "line 2: \"1\" is neither the place nor the name"),
            ("N\t\n", "line 1: a project has a name"),
            ("N\ta\tgone\n", "line 1: the third cell"),
        ] {
            let told = read(text.as_bytes()).unwrap_err().to_string();
            assert!(told.starts_with(wrong), "{told}");
        }
        assert_eq!(read(b"N\ta\nN\t\xFF").unwrap_err().line, 2);
    }

    #[test]
    fn a_graph_that_is_written_reads_the_same() {
        let text = "N\tb\torphan\thttps://b.example.org\nN\ta\nE\t0\t1\nE\t1\t0\nE\t1\t0\n";
        let once = read(text.as_bytes()).unwrap();
        let again = read(written(&once).as_bytes()).unwrap();
        assert_eq!((once.nodes(), once.edges()), (again.nodes(), again.edges()));
        assert_eq!(written(&once), written(&again));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn nor_does_one_that_is_nearly_right(text in "([NE#x]\t[a-c0-9]{0,2}(\t(orphan|[a-c0-9]{0,2})){0,2}\r?\n){0,20}") {
            if let Ok(graph) = read(text.as_bytes()) {
                prop_assert!(graph.edges().iter().all(|(from, to)| from != to && *from < graph.len() && *to < graph.len()));
            }
        }
    }
}
