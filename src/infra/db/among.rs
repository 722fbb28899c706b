//! Whose rows a list is of: some named ones, or a whole range.

/// Whose rows a list is of.
///
/// A page of everything is asked for as a range: one walk along an index, whatever the page's size, where naming each id makes a
/// long statement that either database reads, plans and forgets again.
#[derive(Debug, Clone, Copy)]
pub enum Among<'a, Id> {
    /// These, each of which the statement names: keep them to some thousands.
    Ids(&'a [Id]),
    /// All after the first, or from the beginning on, up to and with the last.
    Span(Option<Id>, Id),
}

/// A boxed query on the rows of [`Among`] alone: `among!(query, assignments::account_id, whose)`.
macro_rules! among {
    ($query:expr, $column:expr, $whose:expr) => {
        match $whose {
            $crate::infra::db::Among::Ids(ids) => $query.filter($column.eq_any(ids)),
            $crate::infra::db::Among::Span(None, last) => $query.filter($column.le(last)),
            $crate::infra::db::Among::Span(Some(after), last) => {
                $query.filter($column.gt(after)).filter($column.le(last))
            }
        }
    };
}
pub(crate) use among;
