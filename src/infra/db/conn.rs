//! One connection type over both databases, and the two hatches for what it refuses by itself.
#![expect(missing_docs, reason = "the derive makes public types without documentation")]

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{QueryResult, RunQueryDsl};

/// A connection to whichever database `DATABASE_URL` names.
///
/// Never use its `establish`: it tries one database after the other and hides the real error.
/// [`Store`](super::Store) connects the right one.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// A statement that both databases know but the multi connection refuses, such as `ON CONFLICT`; see [`BothExt::both`].
#[derive(Debug, Clone, Copy)]
pub struct Both<Q>(pub Q);

impl<Q> QueryFragment<MultiBackend> for Both<Q>
where
    Q: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<Q: QueryId> QueryId for Both<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Both<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Both<Q> {}

/// Adds [`both`](BothExt::both) to every statement.
pub trait BothExt: Sized {
    /// Lets a statement with `ON CONFLICT` or `UNION` run over [`Conn`].
    fn both(self) -> Both<Self> {
        Both(self)
    }
}

impl<T> BothExt for T {}

/// The columns of a row type, in its order, for `.returning(columns::<Need>())`: diesel's own `as_returning()` does not
/// fit a statement that stands for both databases.
pub fn columns<T: diesel::Selectable<MultiBackend>>() -> T::SelectExpression {
    T::construct_selection()
}

/// Runs the same expression on whichever connection is inside, for batch inserts, which the multi connection refuses:
/// `each!(conn, c => diesel::insert_into(t::table).values(rows).execute(c))`.
///
/// Keep a batch under 1,000 rows: SQLite takes 32,766 bound values a statement, PostgreSQL 65,535.
macro_rules! each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::infra::db::Conn::Postgres($c) => $body,
            $crate::infra::db::Conn::Sqlite($c) => $body,
        }
    };
}
pub(crate) use each;

/// Says the same to each database in its own words, where one of them is much faster for it:
/// `apart!(conn, postgres => by_column(postgres, rows), sqlite => by_row(sqlite, rows))`.
macro_rules! apart {
    ($conn:expr, $postgres:ident => $one:expr, $sqlite:ident => $other:expr) => {
        match $conn {
            $crate::infra::db::Conn::Postgres($postgres) => $one,
            $crate::infra::db::Conn::Sqlite($sqlite) => $other,
        }
    };
}
pub(crate) use apart;

/// Reads one row and keeps others from changing it until the transaction ends: `lock_row!(conn, query)`. SQLite has one
/// writer, which holds everything anyway.
macro_rules! lock_row {
    ($conn:expr, $query:expr) => {
        match $conn {
            $crate::infra::db::Conn::Postgres(c) => {
                diesel::OptionalExtension::optional(diesel::RunQueryDsl::first(diesel::QueryDsl::for_update($query), c))
            }
            $crate::infra::db::Conn::Sqlite(c) => {
                diesel::OptionalExtension::optional(diesel::RunQueryDsl::first($query, c))
            }
        }
    };
}
pub(crate) use lock_row;
