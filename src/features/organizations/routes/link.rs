//! The page behind the link in an invitation to join an organization.

use crate::features::organizations::service;
use crate::http::Query;
use crate::http::invitation::{Form, Link, Pressed, page};
use crate::infra::Ctx;
use crate::kernel::{Caller, Result};
use actix_web::{HttpResponse, web};

/// Puts the page into the router.
pub fn configure_pages(config: &mut web::ServiceConfig) {
    config
        .route("/organization-invitation", web::get().to(show))
        .route("/organization-invitation", web::post().to(take));
}

async fn show(link: Query<Link>) -> Result<HttpResponse> {
    let form = Form { action: "/organization-invitation", accept: "Join", token: &link.0.token };
    page("Press a button to answer the invitation to join an organization at Mainstay.", Some(form))
}

async fn take(caller: Caller, ctx: web::Data<Ctx>, pressed: web::Form<Pressed>) -> Result<HttpResponse> {
    let joins = pressed.joins()?;
    let token = pressed.into_inner().token.into();
    let (organization, _) = service::answer_by_mail(&ctx, &caller, token, joins).await?;
    let name = organization.name;
    let text = if joins {
        format!("Thank you: you belong to {name} now. You can close this page.")
    } else {
        format!("You declined the invitation to {name}. You can close this page.")
    };
    page(&text, None)
}
