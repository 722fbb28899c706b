//! Needs and projects found by words, with what there is among them.
//!
//! An index in memory on every node, built from the database and kept current by the change feed. It holds only what people who are
//! neither anybody to a project nor on the staff may see: drafts and hidden projects are never put in, so nothing of them can show
//! in a count. Readers look at snapshots, which a writer never makes wait.

mod ask;
mod entries;
mod find;
mod follow;
mod gather;
mod shelf;

pub use follow::Search;
