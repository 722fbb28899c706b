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

            impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
            where
                String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
            {
                fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                    let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(value)?;
                    text.parse().map_err(|_unknown| format!("{text:?} is no {}", stringify!($name)).into())
                }
            }
        };
    )* };
}
pub(crate) use text_column;

text_column!(PlatformRole, NeedKind, Urgency, Cla, AiPolicy);
