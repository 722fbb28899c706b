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
}

/// Serves until it is dropped.
pub(crate) struct Provider {
    /// Its issuer identifier.
    pub(crate) issuer: String,
    talk: Arc<Mutex<Talk>>,
    key: Vec<u8>,
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
        let chance = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance).unwrap().as_ref().to_vec();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key).unwrap();
        let point = pair.public_key().as_ref().to_vec();
        let jwks = json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "one",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65])}]});
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let discovery = json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?theme=dark"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys")});
        let talk: Arc<Mutex<Talk>> = Arc::default();
        let shared = talk.clone();
        let server = HttpServer::new(move || {
            let (discovery, jwks) = (discovery.clone(), jwks.clone());
            App::new()
                .app_data(web::Data::from(shared.clone()))
                .route(
                    "/.well-known/openid-configuration",
                    web::get().to(move || std::future::ready(HttpResponse::Ok().json(&discovery))),
                )
                .route("/keys", web::get().to(move || std::future::ready(HttpResponse::Ok().json(&jwks))))
                .route("/token", web::post().to(token))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { issuer, talk, key, handle }
    }

    /// The next code is traded for this token.
    pub(crate) fn says(&self, id_token: String) {
        self.talk.lock().unwrap().id_token = id_token;
    }

    /// Claims, signed as they should be.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("one".to_owned());
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(&self.key)).unwrap()
    }

    /// What came with the last code, and how we proved who we are.
    pub(crate) fn was_sent(&self) -> (HashMap<String, String>, String) {
        let talk = self.talk.lock().unwrap();
        (talk.form.clone(), talk.authorization.clone())
    }
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
    HttpResponse::Ok().json(json!({"access_token": "not looked at", "token_type": "Bearer", "id_token": talk.id_token}))
}
