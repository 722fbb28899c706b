//! The pages behind the links in mails. Looking at them changes nothing, since mail scanners look at every link; their buttons
//! send the token.

use crate::features::accounts::service;
use crate::http::Query;
use crate::infra::Ctx;
use crate::kernel::{Caller, Error, Result};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

/// Puts the pages into the router.
pub fn configure_pages(config: &mut web::ServiceConfig) {
    config
        .route("/verify-email", web::get().to(show))
        .route("/verify-email", web::post().to(take))
        .route("/reset-password", web::get().to(ask_password))
        .route("/reset-password", web::post().to(take_password));
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

#[derive(Deserialize)]
struct NewPassword {
    token: String,
    new_password: SecretString,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Set a new password</title></head>\n<body>\
        <h1>Set a new password</h1><p>{{ text }}</p>\
        {% if let Some(token) = token %}<form method=\"post\" action=\"/reset-password\"><input type=\"hidden\" name=\"token\" value=\"{{ token }}\">\
        <p><label>New password <input type=\"password\" name=\"new_password\" autocomplete=\"new-password\" maxlength=\"128\" required></label></p>\
        <button type=\"submit\">Set it, and sign me out everywhere</button></form>{% endif %}</body></html>\n"
)]
struct PasswordPage<'a> {
    text: &'a str,
    token: Option<&'a str>,
}

fn password_page(status: StatusCode, text: &str, token: Option<&str>) -> Result<HttpResponse> {
    let body = PasswordPage { text, token }.render().map_err(Error::internal)?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
}

async fn ask_password(link: Query<Link>) -> Result<HttpResponse> {
    password_page(StatusCode::OK, "A few unrelated words do well.", Some(&link.0.token))
}

async fn take_password(caller: Caller, ctx: web::Data<Ctx>, form: web::Form<NewPassword>) -> Result<HttpResponse> {
    let NewPassword { token, new_password } = form.into_inner();
    match service::password::reset(&ctx, &caller, token.clone().into(), new_password).await {
        Ok(()) => {
            password_page(StatusCode::OK, "Your new password is set; sign in with it. You can close this page.", None)
        }
        // What is wrong with the password is told beside the form; the link is still good.
        Err(error) => match error.fields().iter().find(|fault| fault.pointer == "/new_password") {
            Some(fault) => password_page(StatusCode::UNPROCESSABLE_ENTITY, &fault.detail, Some(&token)),
            None => Err(error),
        },
    }
}
