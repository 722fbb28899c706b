//! Pages of a list: how many, from where, and what comes next.

use super::Fault;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// How many items a page holds: 1 to 100, 25 when not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u32);

impl Limit {
    /// Checks the number.
    pub fn parse(wanted: Option<u32>) -> Result<Self, Fault> {
        match wanted {
            None => Ok(Self(25)),
            Some(n @ 1..=100) => Ok(Self(n)),
            Some(n) => Err(Fault::new("out_of_range", format!("`limit` must be between 1 and 100; it is {n}."))),
        }
    }

    /// The number of rows to show.
    pub fn rows(self) -> usize {
        usize::try_from(self.0).unwrap_or(25)
    }

    /// The number of rows to ask the database for: one more, to see whether there is a next page.
    pub fn rows_and_one(self) -> i64 {
        i64::from(self.0) + 1
    }
}

/// Where a page starts: after the row with this sort key and id. Opaque to clients; it stays right while rows are added.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    /// Value of the sort column in the last row shown; empty when the list is sorted by id alone.
    pub key: String,
    /// Id of the last row shown.
    pub id: Uuid,
}

impl Cursor {
    /// A cursor for lists sorted by id alone.
    pub fn by_id(id: impl Into<Uuid>) -> Self {
        Self { key: String::new(), id: id.into() }
    }

    /// Reads what [`Cursor::encode`] wrote.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let wrong =
            || Fault::new("invalid_cursor", "This is no cursor of ours; take `next_cursor` from a page as it is.");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_e| wrong())?;
        let (id, key) = bytes.split_at_checked(16).ok_or_else(wrong)?;
        let key = std::str::from_utf8(key).ok().filter(|key| !key.contains('\0')).ok_or_else(wrong)?;
        Ok(Self { key: key.to_owned(), id: Uuid::from_slice(id).map_err(|_e| wrong())? })
    }

    /// The opaque text.
    pub fn encode(&self) -> String {
        let mut bytes = self.id.as_bytes().to_vec();
        bytes.extend_from_slice(self.key.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows, at most the limit.
    pub items: Vec<T>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes a page of rows fetched by [`Limit::rows_and_one`].
    pub fn cut(mut rows: Vec<T>, limit: Limit, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > limit.rows();
        rows.truncate(limit.rows());
        let next = if more { rows.last().map(cursor) } else { None };
        Self { items: rows, next }
    }

    /// The same page of other items.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_the_round_trip_and_refuse_noise() {
        let cursor = Cursor { key: "2026-11-22 ünï".into(), id: Uuid::from_u128(7) };
        assert_eq!(Cursor::parse(&cursor.encode()), Ok(cursor));
        let nul = Cursor { key: "a\0b".into(), id: Uuid::from_u128(7) }.encode();
        for noise in ["", "!!", "AAAA", "%00", &nul] {
            assert!(Cursor::parse(noise).is_err(), "{noise}");
        }
    }

    #[test]
    fn a_page_says_what_comes_next_only_when_there_is_more() {
        let limit = Limit::parse(Some(2)).unwrap();
        let cursor = |n: &u32| Cursor::by_id(Uuid::from_u128(u128::from(*n)));
        assert_eq!(Page::cut(vec![1, 2], limit, cursor).next, None);
        let page = Page::cut(vec![1, 2, 3], limit, cursor);
        assert_eq!((page.items, page.next), (vec![1, 2], Some(Cursor::by_id(Uuid::from_u128(2)))));
    }
}
