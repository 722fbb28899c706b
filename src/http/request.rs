//! What is known of the request at hand, wherever in its handling one asks.

use crate::kernel::{Actor, Caller, Error, RequestId};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use std::future::{Ready, ready};

tokio::task_local! {
    static CURRENT: (RequestId, String);
}

/// Runs `work` as the handling of this request.
pub async fn scope<F: Future>(id: RequestId, path: String, work: F) -> F::Output {
    CURRENT.scope((id, path), work).await
}

/// Id and path of the request at hand; empty outside of one.
pub fn current() -> (String, String) {
    CURRENT.try_with(|(id, path)| (id.to_string(), path.clone())).unwrap_or_default()
}

/// The id of the request at hand.
pub fn current_id() -> Option<RequestId> {
    CURRENT.try_with(|(id, _)| id.clone()).ok()
}

/// Whoever is asking: put into the request by [`super::authenticate`].
impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| Error::internal("the caller was not established before the handler")))
    }
}

/// A signed-in caller; anybody else gets 401 before the body is looked at.
impl FromRequest for Actor {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let actor = request.extensions().get::<Caller>().and_then(|caller| caller.actor.clone());
        ready(actor.ok_or_else(|| {
            Error::new(
                &super::authenticate::MISSING,
                "Send `Authorization: Bearer <access_token>` from POST /api/v1/auth/login.",
            )
        }))
    }
}
