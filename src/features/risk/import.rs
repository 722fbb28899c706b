//! Graphs of dependencies from files.

use super::graph::{Graph, GraphError, read, written};
use super::model::DependencyGraph;
use super::refresh::ask_in;
use super::store;
use crate::features::audit;
use crate::infra::Ctx;
use crate::kernel::{AccountId, Check, Error, GraphId, Line, RequestId, Result, hex};
use sha2::{Digest as _, Sha256};

/// Characters of a name.
const MOST_NAME: usize = 300;

/// A graph to be kept.
#[derive(Debug, Clone)]
pub struct GraphImport {
    /// What it is a graph of, such as `debian`; another one of the same name takes its place.
    pub name: String,
    /// Type and namespace of the package URLs that its names stand for, such as `deb/debian`; none where they are no packages.
    pub ecosystem: Option<String>,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What became of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its id.
    pub id: GraphId,
    /// Its projects.
    pub nodes: usize,
    /// Its dependencies, without doubles and loops.
    pub edges: usize,
    /// Whether it says what the one before it said.
    pub is_same: bool,
}

/// A graph that was read and found sound, and is kept nowhere yet.
#[derive(Debug)]
pub struct SoundGraph {
    name: String,
    ecosystem: Option<String>,
    graph: Graph,
}

impl GraphImport {
    /// Reads it, which wants no database: whoever has a file that is no graph learns that before one is opened.
    ///
    /// # Errors
    /// Where the file is no graph, or the name no name.
    pub fn read(self) -> Result<SoundGraph> {
        let mut check = Check::default();
        let name = check.value("/name", Line::parse(&self.name, 1, 60));
        let ecosystem = check.optional("/ecosystem", self.ecosystem.as_deref().map(|text| Line::parse(text, 1, 100)));
        check.done()?;
        let graph = read(&self.bytes).map_err(|error| wrong(&error))?;
        // Names get the graph's own before them where graphs are joined.
        if let Some(long) = graph.nodes().iter().find(|node| node.name.chars().count() > MOST_NAME) {
            let detail = format!("A name in a graph has at most {MOST_NAME} characters; {:?} has more.", long.name);
            return Err(Error::field("", "too_long", detail));
        }
        Ok(SoundGraph { name: name?.into_string(), ecosystem: ecosystem?.map(Line::into_string), graph })
    }
}

/// Reads a graph and keeps it.
///
/// # Errors
/// Where the file is no graph, or the name no name; nothing is kept then.
pub async fn import(ctx: &Ctx, input: GraphImport, by: Option<AccountId>, request_id: RequestId) -> Result<Imported> {
    let sound = tokio::task::spawn_blocking(move || input.read()).await.map_err(Error::internal)??;
    keep(ctx, sound, by, request_id).await
}

/// Keeps a graph, and asks for the risks to be worked out anew. A repeat changes nothing.
///
/// # Errors
/// Where the database fails.
pub async fn keep(ctx: &Ctx, sound: SoundGraph, by: Option<AccountId>, request_id: RequestId) -> Result<Imported> {
    let SoundGraph { name, ecosystem, graph } = sound;
    let document = written(&graph);
    let row = DependencyGraph {
        id: ctx.ids().make(),
        name,
        ecosystem,
        digest: hex(&Sha256::digest(document.as_bytes())),
        nodes: i32::try_from(graph.len()).map_err(Error::internal)?,
        edges: i32::try_from(graph.edges().len()).map_err(Error::internal)?,
        document,
        imported_by: by,
        is_current: true,
        created_at: ctx.now(),
    };
    let (nodes, edges, inner) = (graph.len(), graph.edges().len(), ctx.clone());
    ctx.store()
        .write(move |conn| {
            if let Some(known) = store::find_graph(conn, &row.name)?
                && known.digest == row.digest
                && known.ecosystem == row.ecosystem
            {
                return Ok(Imported { id: known.id, nodes, edges, is_same: true });
            }
            store::supersede_graph(conn, &row)?;
            let change = audit::Change {
                machine: "dependency_graph",
                entity: row.id.into(),
                actor: by,
                from: None,
                to: "imported",
                reason: Some(&row.name),
                request_id: &request_id,
            };
            audit::record(conn, &inner, change)?;
            ask_in(conn, &inner)?;
            Ok(Imported { id: row.id, nodes, edges, is_same: false })
        })
        .await
}

fn wrong(error: &GraphError) -> Error {
    Error::field("", "no_graph", format!("This is no graph of dependencies: {error}."))
}
