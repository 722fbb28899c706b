//! The page behind the link in an invitation's mail. Looking at it changes nothing, since mail scanners look at every
//! link; its buttons send the answer.

use crate::features::projects::service;
use crate::http::Query;
use crate::infra::Ctx;
use crate::kernel::{Caller, Error, Result};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Puts the page into the router.
pub fn configure_pages(config: &mut web::ServiceConfig) {
    config.route("/project-invitation", web::get().to(show)).route("/project-invitation", web::post().to(take));
}

#[derive(Deserialize)]
struct Link {
    token: String,
}

#[derive(Deserialize)]
struct Pressed {
    token: String,
    answer: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>An invitation</title></head>\n<body>\
        <h1>An invitation</h1><p>{{ text }}</p>\
        {% if let Some(token) = token %}<form method=\"post\" action=\"/project-invitation\"><input type=\"hidden\" name=\"token\" value=\"{{ token }}\">\
        <button type=\"submit\" name=\"answer\" value=\"accept\">Accept</button> \
        <button type=\"submit\" name=\"answer\" value=\"decline\">Decline</button></form>{% endif %}</body></html>\n"
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
    page("Press a button to answer the invitation to maintain a project at Mainstay.", Some(&link.0.token))
}

async fn take(caller: Caller, ctx: web::Data<Ctx>, pressed: web::Form<Pressed>) -> Result<HttpResponse> {
    let Pressed { token, answer } = pressed.into_inner();
    let joins = match answer.as_str() {
        "accept" => true,
        "decline" => false,
        _ => return Err(Error::field("/answer", "unknown_word", "The answer is `accept` or `decline`.")),
    };
    let name = service::answer_by_mail(&ctx, &caller, token.into(), joins).await?.project.name;
    let text = if joins {
        format!("Thank you: you are with {name} now. You can close this page.")
    } else {
        format!("You declined the invitation to {name}. You can close this page.")
    };
    page(&text, None)
}
