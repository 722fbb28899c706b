//! Lists: `?limit=` and `?cursor=` in, `items`, `next_cursor` and a `Link` header out.

use super::Reply;
use crate::kernel::{Check, Cursor, Error, Failed, Limit, Page, Result};
use actix_web::HttpRequest;
use actix_web::http::header;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which part of a list. Lists with filters repeat these two fields, since query strings are flat.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100, example = 25)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Checked limit and cursor.
#[derive(Debug)]
pub struct Window {
    /// How many.
    pub limit: Limit,
    /// After which row.
    pub after: Option<Cursor>,
}

impl Window {
    /// Checks limit and cursor together with a list's other parameters.
    pub fn read(check: &mut Check, limit: Option<u32>, cursor: Option<&str>) -> Result<Self, Failed> {
        let limit = check.value("?limit", Limit::parse(limit));
        let after = check.optional("?cursor", cursor.map(Cursor::parse));
        Ok(Self { limit: limit?, after: after? })
    }
}

impl TryFrom<PageQuery> for Window {
    type Error = Error;
    fn try_from(query: PageQuery) -> Result<Self> {
        let mut check = Check::default();
        let window = Self::read(&mut check, query.limit, query.cursor.as_deref());
        check.done()?;
        Ok(window?)
    }
}

/// The address of the page that starts there, with all other parameters of this request.
pub fn next_address(request: &HttpRequest, next: &Cursor) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let given = url::form_urlencoded::parse(request.query_string().as_bytes());
    for (name, value) in given.filter(|(name, _)| name != "cursor") {
        query.append_pair(&name, &value);
    }
    query.append_pair("cursor", &next.encode());
    format!("{}?{}", request.path(), query.finish())
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageResponse<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; null on the last one.
    #[schema(required = true, example = "AZMrfI0-ekGcVS9uihsMPQ")]
    pub next_cursor: Option<String>,
}

impl<T: Serialize> PageResponse<T> {
    /// The answer, with the address of the next page in `Link`.
    pub fn reply(request: &HttpRequest, page: Page<T>) -> Reply<Self> {
        let next_cursor = page.next.as_ref().map(Cursor::encode);
        let link = page.next.as_ref().map(|next| format!("<{}>; rel=\"next\"", next_address(request, next)));
        let reply = Reply::ok(Self { items: page.items, next_cursor });
        match link {
            Some(link) => reply.header(header::LINK, link),
            None => reply,
        }
    }
}
