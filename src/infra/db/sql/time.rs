//! Instants as [`Ts`].

use super::{Ts, bridge};
use crate::kernel::Timestamp;
use chrono::DateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use std::io::Write as _;

/// 2000-01-01T00:00Z, from which PostgreSQL counts in its binary format, in microseconds since 1970.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

#[derive(AsExpression, FromSqlRow)]
#[diesel(foreign_derive, sql_type = Ts)]
#[expect(dead_code, reason = "only carries the derives over to the kernel's type, which knows no database")]
struct Proxy(Timestamp);

fn instant(micros: Option<i64>) -> deserialize::Result<Timestamp> {
    micros
        .and_then(DateTime::from_timestamp_micros)
        .map(Timestamp::from)
        .ok_or_else(|| "the instant lies outside the years that can be told (is it `infinity`?)".into())
}

impl ToSql<Ts, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self.timestamp_micros().checked_sub(POSTGRES_EPOCH).ok_or("the instant lies too far back")?;
        out.write_all(&micros.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Ts, Pg> for Timestamp {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        instant(<i64 as FromSql<BigInt, Pg>>::from_sql(value)?.checked_add(POSTGRES_EPOCH))
    }
}

impl ToSql<Ts, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.timestamp_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<Ts, Sqlite> for Timestamp {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        instant(Some(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?))
    }
}

bridge!(Ts: [] Timestamp);
