//! An OpenID provider on loopback that says whatever a test wants it to say.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// How we are called there.
pub(crate) const CLIENT: &str = "mainstay-test";
/// With a character that Basic authentication must encode.
pub(crate) const SECRET: &str = "a secret: with%signs";

/// What the tests set, and what the provider was sent.
#[derive(Default)]
struct Talk {
    id_token: String,
    form: HashMap<String, String>,
    authorization: String,
    jwks: Value,
    /// What it says of whom when it is asked; nothing: there is no such address.
    person: Option<Value>,
    /// How often each of its documents was asked for.
    asked: HashMap<&'static str, usize>,
}

/// Serves until it is dropped.
pub(crate) struct Provider {
    /// Its issuer identifier.
    pub(crate) issuer: String,
    talk: Arc<Mutex<Talk>>,
    key: Mutex<(String, Vec<u8>)>,
    handle: actix_web::dev::ServerHandle,
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl Provider {
    /// A provider with one key.
    pub(crate) fn start() -> Self {
        let (key, jwks) = make_key("one");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let discovery = json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?theme=dark"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys")});
        let talk = Arc::new(Mutex::new(Talk { jwks, ..Talk::default() }));
        let shared = talk.clone();
        let server = HttpServer::new(move || {
            let discovery = discovery.clone();
            App::new()
                .app_data(web::Data::from(shared.clone()))
                .app_data(web::Data::new(discovery))
                .route("/.well-known/openid-configuration", web::get().to(configuration))
                .route("/keys", web::get().to(keys))
                .route("/token", web::post().to(token))
                .route("/person", web::get().to(person))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { issuer, talk, key: Mutex::new(("one".to_owned(), key)), handle }
    }

    /// The next code is traded for this token.
    pub(crate) fn says(&self, id_token: String) {
        self.talk.lock().unwrap().id_token = id_token;
    }

    /// From now on it has an address that says this of whoever comes with the access token.
    pub(crate) fn tells(&self, person: Value) {
        self.talk.lock().unwrap().person = Some(person);
    }

    /// Claims, signed as they should be.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        let (kid, key) = self.key.lock().unwrap().clone();
        header.kid = Some(kid);
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(&key)).unwrap()
    }

    /// From now on it signs by another key of this name.
    pub(crate) fn change_key(&self, kid: &str) {
        let (key, jwks) = make_key(kid);
        self.talk.lock().unwrap().jwks = jwks;
        *self.key.lock().unwrap() = (kid.to_owned(), key);
    }

    /// How often its configuration and its keys were asked for.
    pub(crate) fn asked(&self) -> (usize, usize) {
        let talk = self.talk.lock().unwrap();
        let count = |what| talk.asked.get(what).copied().unwrap_or(0);
        (count("configuration"), count("keys"))
    }

    /// What came with the last code, and how we proved who we are.
    pub(crate) fn was_sent(&self) -> (HashMap<String, String>, String) {
        let talk = self.talk.lock().unwrap();
        (talk.form.clone(), talk.authorization.clone())
    }
}

fn make_key(kid: &str) -> (Vec<u8>, Value) {
    let chance = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance).unwrap().as_ref().to_vec();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key).unwrap();
    let point = pair.public_key().as_ref().to_vec();
    let jwks = json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
        "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65])}]});
    (key, jwks)
}

async fn configuration(talk: web::Data<Mutex<Talk>>, discovery: web::Data<Value>) -> HttpResponse {
    let mut talk = talk.lock().unwrap();
    *talk.asked.entry("configuration").or_default() += 1;
    let mut discovery = discovery.as_ref().clone();
    if talk.person.is_some() {
        discovery["userinfo_endpoint"] = format!("{}/person", discovery["issuer"].as_str().unwrap()).into();
    }
    HttpResponse::Ok().insert_header(("cache-control", "public, max-age=3600")).json(discovery)
}

async fn person(talk: web::Data<Mutex<Talk>>, request: HttpRequest) -> HttpResponse {
    let token = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    match &talk.lock().unwrap().person {
        Some(person) if token == Some("Bearer for-asking-alone") => HttpResponse::Ok().json(person),
        _ => HttpResponse::Unauthorized().finish(),
    }
}

async fn keys(talk: web::Data<Mutex<Talk>>) -> HttpResponse {
    let mut talk = talk.lock().unwrap();
    *talk.asked.entry("keys").or_default() += 1;
    HttpResponse::Ok().json(&talk.jwks)
}

async fn token(
    talk: web::Data<Mutex<Talk>>,
    request: HttpRequest,
    form: web::Form<HashMap<String, String>>,
) -> HttpResponse {
    let mut talk = talk.lock().unwrap();
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    talk.authorization = header.unwrap_or_default().to_owned();
    talk.form = form.into_inner();
    HttpResponse::Ok()
        .json(json!({"access_token": "for-asking-alone", "token_type": "Bearer", "id_token": talk.id_token}))
}
