//! The page behind the link in an invitation's mail. Looking at it changes nothing, since mail scanners look at every
//! link; its buttons send the answer.

use crate::kernel::{Error, Result};
use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

/// What the link holds.
#[derive(Debug, Deserialize)]
pub struct Link {
    /// Proves that the mail was read.
    pub token: String,
}

/// What a button sends.
#[derive(Debug, Deserialize)]
pub struct Pressed {
    /// That of the link.
    pub token: String,
    answer: String,
}

impl Pressed {
    /// Whether it was the button that accepts.
    ///
    /// # Errors
    /// Where it was no button of the page.
    pub fn joins(&self) -> Result<bool> {
        match self.answer.as_str() {
            "accept" => Ok(true),
            "decline" => Ok(false),
            _ => Err(Error::field("/answer", "unknown_word", "The answer is `accept` or `decline`.")),
        }
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>An invitation</title></head>\n<body>\
        <h1>An invitation</h1><p>{{ text }}</p>\
        {% if let Some(form) = form %}<form method=\"post\" action=\"{{ form.action }}\"><input type=\"hidden\" name=\"token\" value=\"{{ form.token }}\">\
        <button type=\"submit\" name=\"answer\" value=\"accept\">{{ form.accept }}</button> \
        <button type=\"submit\" name=\"answer\" value=\"decline\">Decline</button></form>{% endif %}</body></html>\n"
)]
struct Page<'a> {
    text: &'a str,
    form: Option<Form<'a>>,
}

/// The page's buttons.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// Where the answer goes.
    pub action: &'a str,
    /// What the button says that accepts.
    pub accept: &'a str,
    /// That of the link.
    pub token: &'a str,
}

/// The page, with buttons or, once answered, without.
///
/// # Errors
/// Where it can't be written.
pub fn page(text: &str, form: Option<Form<'_>>) -> Result<HttpResponse> {
    let body = Page { text, form }.render().map_err(Error::internal)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body))
}
