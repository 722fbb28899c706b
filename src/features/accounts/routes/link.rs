//! The page behind the link in a verification mail. Looking at it changes nothing, since mail scanners look at every link;
//! its button sends the token.

use crate::features::accounts::service;
use crate::http::Query;
use crate::infra::Ctx;
use crate::kernel::{Caller, Error, Result};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Puts the page into the router.
pub fn configure_pages(config: &mut web::ServiceConfig) {
    config.route("/verify-email", web::get().to(show)).route("/verify-email", web::post().to(take));
}

#[derive(Deserialize)]
struct Link {
    token: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Verify your mail address</title></head>\n<body>\
        <h1>Verify your mail address</h1><p>{{ text }}</p>\
        {% if let Some(token) = token %}<form method=\"post\" action=\"/verify-email\"><input type=\"hidden\" name=\"token\" value=\"{{ token }}\">\
        <button type=\"submit\">Yes, this address is mine</button></form>{% endif %}</body></html>\n"
)]
struct Page<'a> {
    text: &'a str,
    token: Option<&'a str>,
}

fn page(text: &str, token: Option<&str>) -> Result<HttpResponse> {
    let body = Page { text, token }.render().map_err(Error::internal)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body))
}

async fn show(link: Query<Link>) -> Result<HttpResponse> {
    page("Press the button to prove that you read mail at this address.", Some(&link.0.token))
}

async fn take(caller: Caller, ctx: web::Data<Ctx>, link: web::Form<Link>) -> Result<HttpResponse> {
    service::verify_email(&ctx, &caller, link.into_inner().token.into()).await?;
    page("Thank you: the address is verified. You can close this page.", None)
}
