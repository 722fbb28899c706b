//! The three SQL types that the two databases do not share, and the Rust types that go with them.
//!
//! | SQL type | Rust | PostgreSQL | SQLite |
//! | --- | --- | --- | --- |
//! | [`Id`] | every typed id of the kernel; `uuid::Uuid` to read | `uuid` | BLOB of 16 bytes |
//! | [`Ts`] | [`Timestamp`](crate::kernel::Timestamp) | `timestamptz` | INTEGER, microseconds since 1970 |
//! | [`Doc`] | [`Json`] | `jsonb` | TEXT |
//!
//! A plain `Uuid` can be read from an [`Id`] column, but only a typed id be written or compared: Rust's coherence keeps
//! `AsExpression` for types of our own.

mod id;
mod json;
mod text;
mod time;

pub use json::Json;
pub(crate) use text::text_column;

use super::conn::MultiBackend;
use diesel::query_builder::QueryId;
use diesel::sql_types::{HasSqlType, SqlOrd, SqlType};

/// A UUID: `uuid` in PostgreSQL, 16 bytes in SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Id;

/// An instant to the microsecond: `timestamptz` in PostgreSQL, microseconds since 1970 in SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct Ts;

/// A JSON document: `jsonb` in PostgreSQL, text in SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Doc;

impl SqlOrd for Id {}
impl SqlOrd for Ts {}

macro_rules! known {
    ($($sql:ty),*) => { $(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                Self::lookup_sql_type::<$sql>(lookup)
            }
        }
    )* };
}
known!(Id, Ts, Doc);

/// Teaches a Rust type to the multi connection, once both databases know it.
macro_rules! bridge {
    ($sql:ty: [$($generics:tt)*] $rust:ty) => {
        impl<$($generics)*> diesel::serialize::ToSql<$sql, $crate::infra::db::MultiBackend> for $rust {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, $crate::infra::db::MultiBackend>,
            ) -> diesel::serialize::Result {
                out.set_value((<$sql>::default(), self));
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl<$($generics)*> diesel::deserialize::FromSql<$sql, $crate::infra::db::MultiBackend> for $rust {
            fn from_sql(
                value: <$crate::infra::db::MultiBackend as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                value.from_sql::<Self, $sql>()
            }
        }
    };
}
use bridge;
