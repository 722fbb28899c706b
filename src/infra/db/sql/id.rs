//! UUIDs, plain and typed, as [`Id`].

use super::{Id, bridge};
use crate::kernel;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow, Queryable};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sqlite::Sqlite;
use std::io::Write as _;
use uuid::Uuid;

impl ToSql<Id, Pg> for Uuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Id, Pg> for Uuid {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_slice(value.as_bytes())?)
    }
}

impl ToSql<Id, Sqlite> for Uuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Id, Sqlite> for Uuid {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_slice(value.read_blob())?)
    }
}

bridge!(Id: [] Uuid);

impl<DB: Backend> Queryable<Id, DB> for Uuid
where
    Self: FromSql<Id, DB>,
{
    type Row = Self;

    fn build(row: Self::Row) -> deserialize::Result<Self> {
        Ok(row)
    }
}

/// Every typed id goes the way of the UUID inside it.
macro_rules! typed {
    ($($name:ident),*) => { $(
        const _: () = {
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(foreign_derive, sql_type = Id)]
            #[expect(dead_code, reason = "only carries the derives over to the kernel's type, which knows no database")]
            struct Proxy(kernel::$name);

            impl ToSql<Id, Pg> for kernel::$name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    ToSql::<Id, Pg>::to_sql(&self.0, out)
                }
            }

            impl ToSql<Id, Sqlite> for kernel::$name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                    ToSql::<Id, Sqlite>::to_sql(&self.0, out)
                }
            }

            impl FromSql<Id, Pg> for kernel::$name {
                fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    <Uuid as FromSql<Id, Pg>>::from_sql(value).map(Self)
                }
            }

            impl FromSql<Id, Sqlite> for kernel::$name {
                fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    <Uuid as FromSql<Id, Sqlite>>::from_sql(value).map(Self)
                }
            }

            bridge!(Id: [] kernel::$name);
        };
    )* };
}
kernel::for_each_id!(typed);
