//! Documents as [`Doc`].

use super::{Doc, bridge};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sqlite::Sqlite;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::io::Write as _;

/// A value kept as a JSON document. PostgreSQL keeps neither the order of keys nor spaces, so compare values, not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, AsExpression, FromSqlRow, Serialize, Deserialize)]
#[diesel(sql_type = Doc)]
#[serde(transparent)]
pub struct Json<T: Debug>(pub T);

/// The version byte before the text in the binary format of `jsonb`.
const JSONB_VERSION: u8 = 1;

/// The text of the value; refuses U+0000, which `jsonb` can't hold, so that SQLite doesn't take what PostgreSQL won't.
fn text<T: Serialize>(value: &T) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let text = serde_json::to_string(value)?;
    for (at, _) in text.match_indices("\\u0000") {
        let slashes =
            text.as_bytes().get(..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes % 2 == 0 {
            return Err("a document can't hold the character U+0000".into());
        }
    }
    Ok(text)
}

impl<T: Serialize + Debug> ToSql<Doc, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB_VERSION])?;
        out.write_all(text(&self.0)?.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl<T: DeserializeOwned + Debug> FromSql<Doc, Pg> for Json<T> {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes().split_first() {
            Some((&JSONB_VERSION, text)) => Ok(Self(serde_json::from_slice(text)?)),
            _ => Err("this is no jsonb of version 1".into()),
        }
    }
}

impl<T: Serialize + Debug> ToSql<Doc, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(text(&self.0)?);
        Ok(IsNull::No)
    }
}

impl<T: DeserializeOwned + Debug> FromSql<Doc, Sqlite> for Json<T> {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(value.read_text())?))
    }
}

bridge!(Doc: [T: Serialize + DeserializeOwned + Debug + Send + Sync + 'static] Json<T>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_true_nul_is_refused() {
        assert_eq!(text(&"a\\u0000").unwrap(), r#""a\\u0000""#);
        assert_eq!(text(&"\\\\u0000 and no more").unwrap(), r#""\\\\u0000 and no more""#);
        for bad in ["\0", "\\\0", "fine\\u0000, then \0"] {
            assert!(text(&bad).unwrap_err().to_string().contains("U+0000"), "{bad:?}");
        }
    }
}
