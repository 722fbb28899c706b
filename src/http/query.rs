//! Parameters of addresses that take none: refused, as an unknown one is wherever there are some, so that a typo never
//! passes silently.

use super::openapi::Document;
use super::trace;
use crate::kernel::{Caller, Error, FieldError};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, web};
use std::collections::BTreeSet;
use url::form_urlencoded;

/// So many unknown names are told: an answer should not be much longer than what was asked.
const NAMED: usize = 20;

/// The middleware.
pub async fn layer(
    incoming: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match refusal(&incoming) {
        Some(error) => Ok(trace::refuse(incoming, &error)),
        None => Ok(next.call(incoming).await?.map_into_boxed_body()),
    }
}

fn refusal(incoming: &ServiceRequest) -> Option<Error> {
    if incoming.method() != Method::GET || incoming.query_string().is_empty() {
        return None;
    }
    let read = incoming.app_data::<web::Data<Document>>()?.read_without_parameters(incoming.match_info().as_str())?;
    let signed_in = || incoming.extensions().get::<Caller>().is_some_and(|caller| caller.account_id().is_some());
    // Who has to sign in is told so first.
    if !(read.by_anybody || signed_in()) {
        return None;
    }
    let names: BTreeSet<String> =
        form_urlencoded::parse(incoming.query_string().as_bytes()).map(|(name, _)| name.into_owned()).collect();
    let unknown = |name: String| FieldError {
        pointer: format!("?{name}"),
        code: "unknown_field",
        detail: format!("Unknown field `{name}`; this address takes no parameters."),
    };
    (!names.is_empty()).then(|| Error::invalid(names.into_iter().take(NAMED).map(unknown).collect()))
}
