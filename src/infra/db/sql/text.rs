//! Closed vocabularies and other words as text columns.

use crate::kernel::{AiPolicy, Cla, NeedKind, PlatformRole, Urgency};

/// Teaches the database any type with `as_str()` and `FromStr`, such as the kernel's words: a text column, nullable or
/// not, on both databases. `text_column!(NeedStatus, Visibility);`
macro_rules! text_column {
    ($($name:ty),* $(,)?) => { $(
        const _: () = {
            #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
            #[diesel(foreign_derive, sql_type = diesel::sql_types::Text)]
            #[expect(dead_code, reason = "only carries the derives over to the type that is named")]
            struct Proxy($name);

            impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
            where
                str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                    diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.as_str(), out)
                }
            }

            fn word(text: &str) -> diesel::deserialize::Result<$name> {
                text.parse().map_err(|_unknown| format!("{text:?} is no {}", stringify!($name)).into())
            }

            // One each instead of one over `String`: a page has a few words a row, and none of them needs a text of its own.
            impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
                fn from_sql(
                    value: <diesel::pg::Pg as diesel::backend::Backend>::RawValue<'_>,
                ) -> diesel::deserialize::Result<Self> {
                    word(std::str::from_utf8(value.as_bytes())?)
                }
            }

            impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for $name {
                fn from_sql(
                    mut value: <diesel::sqlite::Sqlite as diesel::backend::Backend>::RawValue<'_>,
                ) -> diesel::deserialize::Result<Self> {
                    word(value.read_text())
                }
            }

            impl diesel::deserialize::FromSql<diesel::sql_types::Text, $crate::infra::db::MultiBackend> for $name {
                fn from_sql(
                    value: <$crate::infra::db::MultiBackend as diesel::backend::Backend>::RawValue<'_>,
                ) -> diesel::deserialize::Result<Self> {
                    value.from_sql::<Self, diesel::sql_types::Text>()
                }
            }
        };
    )* };
}
pub(crate) use text_column;

text_column!(PlatformRole, NeedKind, Urgency, Cla, AiPolicy);
