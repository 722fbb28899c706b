//! The page behind the link that ends mails. Looking at it changes nothing, since mail scanners look at every link; its
//! button, and the one click of a mail program (RFC 8058), send a POST.

use crate::features::notifications::service;
use crate::http::Query;
use crate::infra::Ctx;
use crate::kernel::{Error, Result};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Puts the page into the router.
pub fn configure_pages(config: &mut web::ServiceConfig) {
    config.route("/unsubscribe", web::get().to(show)).route("/unsubscribe", web::post().to(take));
}

#[derive(Deserialize)]
struct Link {
    token: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>No more mails</title></head>\n<body>\
        <h1>No more mails</h1><p>{{ text }}</p>\
        {% if let Some(token) = token %}<form method=\"post\" action=\"/unsubscribe?token={{ token }}\">\
        <button type=\"submit\" name=\"List-Unsubscribe\" value=\"One-Click\">No more of these mails</button></form>{% endif %}</body></html>\n"
)]
struct Page<'a> {
    text: &'a str,
    token: Option<&'a str>,
}

fn page(text: &str, token: Option<&str>) -> Result<HttpResponse> {
    let body = Page { text, token }.render().map_err(Error::internal)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body))
}

async fn show(ctx: web::Data<Ctx>, link: Query<Link>) -> Result<HttpResponse> {
    let what = service::named(&ctx, &link.0.token)?;
    page(&format!("Press the button to get no more mails from Mainstay about {what}."), Some(&link.0.token))
}

async fn take(ctx: web::Data<Ctx>, link: Query<Link>) -> Result<HttpResponse> {
    let what = service::unsubscribe(&ctx, &link.0.token).await?;
    let text = format!(
        "You get no more mails from Mainstay about {what}. Your notices stay in the application; PUT /api/v1/me/notification-preferences brings the mails back."
    );
    page(&text, None)
}
