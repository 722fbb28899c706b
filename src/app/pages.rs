//! Pages for people: the docs, the problem catalogue, and the pages behind the links in mails.

use crate::features;
use crate::http::openapi::Document;
use crate::http::problem::{self, NO_ROUTE, status};
use crate::kernel::{Error, Problem, Result};
use actix_web::{HttpResponse, http::header, web};
use askama::Template;
use std::collections::BTreeMap;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Puts the pages into the router.
pub fn configure(config: &mut web::ServiceConfig) {
    features::accounts::configure_pages(config);
    features::organizations::configure_pages(config);
    features::projects::configure_pages(config);
    features::moderation::configure_pages(config);
    features::notifications::configure_pages(config);
    config
        .route("/openapi.json", web::get().to(openapi_json))
        .route("/openapi.yaml", web::get().to(openapi_yaml))
        .route("/problems", web::get().to(problem_list))
        .route("/problems/{code}", web::get().to(problem_page))
        .route("/docs", web::get().to(to_docs))
        .route("/", web::get().to(to_docs))
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json").use_base_layout()));
}

/// Every way to fail that any room knows, by its code.
pub fn catalogue() -> BTreeMap<&'static str, &'static Problem> {
    let all = [problem::PROBLEMS].into_iter().chain(features::problems());
    all.flatten().map(|problem| (problem.code, *problem)).collect()
}

async fn to_docs() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/docs/")).finish()
}

async fn openapi_json(document: web::Data<Document>) -> HttpResponse {
    text("application/json", document.json.clone())
}

async fn openapi_yaml(document: web::Data<Document>) -> HttpResponse {
    text("application/yaml", document.yaml.clone())
}

fn text(kind: &str, body: String) -> HttpResponse {
    HttpResponse::Ok().content_type(kind).insert_header((header::CACHE_CONTROL, "public, max-age=60")).body(body)
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{{ problem.code }}</title></head>\n<body>\
        <h1>{{ problem.code }}</h1><p>{{ problem.title }}</p><p>Status {{ status }}. What to do: {{ problem.remedy }}</p>\
        <p><a href=\"/problems\">All problems</a></p></body></html>\n"
)]
struct ProblemPage {
    problem: &'static Problem,
    status: u16,
}

async fn problem_page(code: web::Path<String>) -> Result<HttpResponse> {
    let problem = catalogue()
        .remove(code.as_str())
        .ok_or_else(|| Error::new(&NO_ROUTE, "There is no such problem; see /problems for all of them."))?;
    let page = ProblemPage { problem, status: status(problem.kind).as_u16() };
    Ok(text("text/html; charset=utf-8", page.render().map_err(Error::internal)?))
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Problems</title></head>\n<body><h1>Problems</h1><ul>\n\
        {% for problem in problems %}<li><a href=\"/problems/{{ problem.code }}\">{{ problem.code }}</a>: {{ problem.title }}</li>\n{% endfor %}\
        </ul></body></html>\n"
)]
struct ProblemList {
    problems: Vec<&'static Problem>,
}

async fn problem_list() -> Result<HttpResponse> {
    let page = ProblemList { problems: catalogue().into_values().collect() };
    Ok(text("text/html; charset=utf-8", page.render().map_err(Error::internal)?))
}
