//! The page behind the link in a suspension's mail. Looking at it changes nothing, since mail scanners look at every link;
//! its button sends the appeal.

use crate::features::moderation::service;
use crate::http::Query;
use crate::infra::Ctx;
use crate::kernel::{Caller, Error, Result};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Puts the page into the router.
pub fn configure_pages(config: &mut web::ServiceConfig) {
    config.route("/appeal", web::get().to(show)).route("/appeal", web::post().to(take));
}

#[derive(Deserialize)]
struct Link {
    token: String,
}

#[derive(Deserialize)]
struct Sent {
    token: String,
    text: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Appeal</title></head>\n<body>\
        <h1>Appeal</h1><p>{{ text }}</p>\
        {% if let Some(token) = token %}<form method=\"post\" action=\"/appeal\"><input type=\"hidden\" name=\"token\" value=\"{{ token }}\">\
        <p><label>Why should the suspension be lifted?<br>\
        <textarea name=\"text\" rows=\"10\" cols=\"80\" minlength=\"10\" maxlength=\"2000\" required></textarea></label></p>\
        <button type=\"submit\">Send</button></form>{% endif %}</body></html>\n"
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
    page("You can appeal once; another moderator decides.", Some(&link.0.token))
}

async fn take(caller: Caller, ctx: web::Data<Ctx>, sent: web::Form<Sent>) -> Result<HttpResponse> {
    let Sent { token, text } = sent.into_inner();
    service::appeal(&ctx, &caller, token.into(), text).await?;
    page("Another moderator will look at it; you are told by mail. You can close this page.", None)
}
