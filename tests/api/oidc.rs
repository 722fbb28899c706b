//! Signing in by OpenID Connect, at a provider that lies in every way that a token can lie.

use crate::app::{PASSWORD, TestApp};
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::provider::{CLIENT, Provider, SECRET};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use mainstay::infra::config::{OidcProvider, Settings};
use mainstay::kernel::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

fn with(provider: &Provider) -> impl FnOnce(&mut Settings) + use<> {
    let issuer = provider.issuer.clone();
    move |settings| {
        settings.fetch.allow_private = true;
        settings.fetch.allow_http = true;
        settings.oidc.providers = vec![OidcProvider {
            name: "example".to_owned(),
            label: "Example ID".to_owned(),
            issuer,
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.to_owned().into()),
            scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
            prompt: Some("select_account".to_owned()),
        }];
    }
}

/// What the browser was sent away with.
struct Away {
    query: HashMap<String, String>,
    cookie: String,
}

fn away(url: &str, answer: &Answer) -> Away {
    let url = url::Url::parse(url).unwrap();
    let set = answer.header("set-cookie").expect("a cookie");
    for part in ["__Host-mainstay_oidc=s1.", "HttpOnly", "SameSite=Lax", "Secure", "Path=/;", "Max-Age=600"] {
        assert!(set.contains(part), "{set}");
    }
    Away { query: url.query_pairs().into_owned().collect(), cookie: set.split(';').next().unwrap().to_owned() }
}

async fn start(app: &TestApp) -> Away {
    let answer = app.anonymous().without_redirects().get("/api/v1/auth/oidc/example/start").await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    away(answer.header("location").unwrap(), &answer)
}

fn claims(app: &TestApp, provider: &Provider, away: &Away, changes: &Value) -> Value {
    let now = app.clock.now().timestamp();
    let claims = json!({"iss": provider.issuer, "aud": CLIENT, "sub": "248289761001", "iat": now, "exp": now + 300,
        "nonce": away.query["nonce"], "email": "ada@example.org", "email_verified": true, "name": "Ada L.",
        "preferred_username": "Ada.Lovelace"});
    crate::market::but(claims, changes)
}

async fn come_back(app: &TestApp, away: &Away) -> Answer {
    let path = format!("/api/v1/auth/oidc/example/callback?code=abc&state={}&session_state=x", away.query["state"]);
    app.anonymous().send(Method::GET, &path, &[("cookie", &format!("theme=dark; {}", away.cookie))], None).await
}

/// A whole sign-in with claims that differ so from good ones.
async fn sign_in(app: &TestApp, provider: &Provider, changes: Value) -> Answer {
    let away = start(app).await;
    provider.says(provider.sign(&claims(app, provider, &away, &changes)));
    come_back(app, &away).await
}

fn signed_in(app: &TestApp, tokens: &Value) -> Client {
    app.anonymous().with_token(tokens["access_token"].as_str().unwrap(), "")
}

on_both! {
    async fn somebody_new_joins_and_comes_back(db: TestDb) {
        let provider = Provider::start();
        let app = TestApp::start_with(db, with(&provider)).await;
        let list = app.anonymous().get("/api/v1/auth/oidc").await.expect(200);
        assert_eq!(list["items"], json!([{"name": "example", "label": "Example ID", "start_url": "/api/v1/auth/oidc/example/start"}]));
        let away = start(&app).await;
        for (name, value) in [("response_type", "code"), ("client_id", CLIENT), ("scope", "openid email profile"), ("theme", "dark"), ("prompt", "select_account"),
            ("code_challenge_method", "S256"), ("redirect_uri", "https://mainstay.example.org/api/v1/auth/oidc/example/callback")] {
            assert_eq!(away.query[name], value);
        }
        provider.says(provider.sign(&claims(&app, &provider, &away, &json!({}))));
        let answer = come_back(&app, &away).await;
        assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
        let ada = signed_in(&app, &answer.expect(200));
        let (form, authorization) = provider.was_sent();
        assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes())), away.query["code_challenge"]);
        assert_eq!((form["code"].as_str(), form["redirect_uri"].as_str()), ("abc", away.query["redirect_uri"].as_str()));
        let pair = STANDARD.decode(authorization.strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(String::from_utf8(pair).unwrap(), format!("{CLIENT}:a+secret%3A+with%25signs"));
        let me = ada.get("/api/v1/me").await.expect(200);
        assert_eq!((&me["handle"], &me["email"], &me["email_verified"]), (&json!("ada-lovelace"), &json!("ada@example.org"), &json!(true)));
        // The identity is the issuer's and the subject's, whatever address it has by now.
        let again = sign_in(&app, &provider, json!({"email": "else@example.org", "email_verified": false})).await.expect(200);
        assert_eq!(signed_in(&app, &again).get("/api/v1/me").await.expect(200)["id"], me["id"]);
        let identities = ada.get("/api/v1/me/identities").await.expect(200);
        assert_eq!((&identities["items"][0]["subject"], identities["items"].as_array().unwrap().len()), (&json!("248289761001"), 1));
        assert_eq!(ada.get("/api/v1/me/export").await.expect(200)["identities"][0]["email"], "ada@example.org");
        app.stop().await;
    }

    async fn a_token_that_lies_proves_nothing(db: TestDb) {
        let provider = Provider::start();
        let app = TestApp::start_with(db, with(&provider)).await;
        let now = app.clock.now().timestamp();
        for lie in [
            json!({"nonce": "another"}), json!({"nonce": null}), json!({"aud": "somebody-else"}), json!({"aud": [CLIENT, "x"]}),
            json!({"aud": [CLIENT, "x"], "azp": "x"}), json!({"azp": "x"}), json!({"iss": "https://elsewhere.example.org"}),
            json!({"iss": format!("{}/", provider.issuer)}), json!({"exp": now - 61}), json!({"iat": now + 61}),
            json!({"nbf": now + 61}), json!({"sub": ""}), json!({"sub": "x".repeat(256)}),
        ] {
            let answer = sign_in(&app, &provider, lie.clone()).await;
            assert_eq!((answer.status, answer.json["code"].as_str()), (401, Some("auth.oidc_refused")), "{lie}: {}", answer.text);
        }
        let away = start(&app).await;
        let good = claims(&app, &provider, &away, &json!({}));
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = provider.sign(&good);
        let symmetric = |kid: Option<&str>| {
            let mut header = Header::new(Algorithm::HS256);
            header.kid = kid.map(str::to_owned);
            jsonwebtoken::encode(&header, &good, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
        };
        let other = Provider::start();
        for (what, text) in [
            ("no algorithm", format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(&good))),
            ("our own secret", symmetric(None)),
            ("our own secret by the key's name", symmetric(Some("one"))),
            ("another key of the same name", other.sign(&good)),
            ("no signature", format!("{}.", signed.rsplit_once('.').unwrap().0)),
            ("changed", format!("{}.{}.{}", signed.split('.').next().unwrap(), part(&json!({"sub": "x"})), signed.rsplit('.').next().unwrap())),
            ("nothing", String::new()),
        ] {
            provider.says(text);
            let answer = come_back(&app, &away).await;
            assert_eq!((answer.status, answer.json["code"].as_str()), (401, Some("auth.oidc_refused")), "{what}: {}", answer.text);
        }
        provider.says(signed);
        come_back(&app, &away).await.expect(200);
    }

    async fn a_provider_is_asked_again_only_when_that_may_help(db: TestDb) {
        let provider = Provider::start();
        let app = TestApp::start_with(db, with(&provider)).await;
        for _ in 0..3 {
            sign_in(&app, &provider, json!({})).await.expect(200);
        }
        assert_eq!(provider.asked(), (1, 1));
        // A key that is new there is looked for, but not more than once a minute: anybody can name one.
        provider.change_key("two");
        for _ in 0..3 {
            sign_in(&app, &provider, json!({})).await.problem(401, "auth.oidc_refused");
        }
        assert_eq!(provider.asked(), (1, 1));
        app.clock.advance(TimeDelta::seconds(60));
        sign_in(&app, &provider, json!({})).await.expect(200);
        assert_eq!(provider.asked(), (1, 2));
        // Keys without a word on their age are kept for ten minutes, the configuration for the hour that it says.
        app.clock.advance(TimeDelta::minutes(10));
        sign_in(&app, &provider, json!({})).await.expect(200);
        assert_eq!(provider.asked(), (1, 3));
        app.clock.advance(TimeDelta::minutes(50));
        sign_in(&app, &provider, json!({})).await.expect(200);
        assert_eq!(provider.asked(), (2, 4));
    }

    async fn a_second_factor_is_asked_for_without_a_word_on_passwords(db: TestDb) {
        let provider = Provider::start();
        let app = TestApp::start_with(db, with(&provider)).await;
        let ada = app.person("ada").await;
        crate::factors::set_up(&app, &ada).await;
        let asked = sign_in(&app, &provider, json!({})).await.problem(401, "auth.mfa_required");
        assert!(!asked.to_string().to_lowercase().contains("password"), "{asked}");
        assert!(asked["detail"].as_str().unwrap().starts_with("The provider vouches for you;"), "{asked}");
        let login = json!({"email": "ada@example.org", "password": PASSWORD});
        let asked = app.anonymous().post("/api/v1/auth/login", login).await.problem(401, "auth.mfa_required");
        assert!(asked["detail"].as_str().unwrap().starts_with("The password is right;"), "{asked}");
    }

    async fn an_answer_belongs_to_the_browser_that_asked(db: TestDb) {
        let provider = Provider::start();
        let app = TestApp::start_with(db, with(&provider)).await;
        let (mine, theirs) = (start(&app).await, start(&app).await);
        let swapped = Away { query: theirs.query.clone(), cookie: mine.cookie.clone() };
        come_back(&app, &swapped).await.problem(422, "auth.oidc_state");
        let bare = Away { query: mine.query.clone(), cookie: "__Host-mainstay_oidc=s1.x.y".to_owned() };
        come_back(&app, &bare).await.problem(422, "auth.oidc_state");
        // Without the prefix any other host of the domain could have set it.
        let unprefixed = Away { query: mine.query.clone(), cookie: mine.cookie.replace("__Host-", "") };
        come_back(&app, &unprefixed).await.problem(422, "auth.oidc_state");
        app.anonymous().get("/api/v1/auth/oidc/example/callback?code=a&state=b").await.problem(422, "auth.oidc_state");
        app.anonymous().get("/api/v1/auth/oidc/other/start").await.problem(404, "auth.oidc_unknown_provider");
        let cookie = [("cookie", mine.cookie.as_str())];
        let denied = format!("/api/v1/auth/oidc/example/callback?error=access_denied&state={}", mine.query["state"]);
        app.anonymous().send(Method::GET, &denied, &cookie, None).await.problem(401, "auth.oidc_refused");
        let mixed = format!("/api/v1/auth/oidc/example/callback?code=a&iss=https://x.example&state={}", mine.query["state"]);
        app.anonymous().send(Method::GET, &mixed, &cookie, None).await.problem(401, "auth.oidc_refused");
        app.clock.advance(TimeDelta::minutes(10));
        provider.says(provider.sign(&claims(&app, &provider, &mine, &json!({}))));
        come_back(&app, &mine).await.problem(422, "auth.oidc_state");
    }

    async fn nobody_says_where_a_sign_in_ends(db: TestDb) {
        let provider = Provider::start();
        let app = TestApp::start_with(db, with(&provider)).await;
        let evil = "redirect_uri=https://evil.example&return_to=//evil.example&next=https:evil.example&state=x&iss=https://evil.example";
        let headers = [("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("referer", "https://evil.example/")];
        let browser = app.anonymous().without_redirects();
        let refused = browser.send(Method::GET, &format!("/api/v1/auth/oidc/example/start?{evil}"), &headers, None).await;
        assert_eq!((refused.status, refused.header("location"), refused.header("set-cookie")), (422, None, None), "{}", refused.text);
        let answer = browser.send(Method::GET, "/api/v1/auth/oidc/example/start", &headers, None).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let location = answer.header("location").unwrap();
        assert!(location.starts_with(&provider.issuer) && !location.contains("evil"), "{location}");
        let away = away(location, &answer);
        assert_eq!(away.query["redirect_uri"], "https://mainstay.example.org/api/v1/auth/oidc/example/callback");
        provider.says(provider.sign(&claims(&app, &provider, &away, &json!({}))));
        let path = format!("/api/v1/auth/oidc/example/callback?code=abc&state={}&redirect_uri=https://evil.example&return_to=//evil.example", away.query["state"]);
        let back = browser.send(Method::GET, &path, &[("cookie", away.cookie.as_str())], None).await;
        assert_eq!((back.status, back.header("location")), (200, None), "{}", back.text);
    }

    async fn an_address_links_only_when_both_sides_verified_it(db: TestDb) {
        let provider = Provider::start();
        let app = TestApp::start_with(db, with(&provider)).await;
        app.person("ada").await;
        for lie in [json!({"email_verified": false}), json!({"email_verified": null}), json!({"email_verified": "false"}), json!({"email": null})] {
            sign_in(&app, &provider, lie).await.problem(403, "auth.oidc_address_unverified");
        }
        let linked = sign_in(&app, &provider, json!({})).await.expect(200);
        assert_eq!(signed_in(&app, &linked).get("/api/v1/me").await.expect(200)["handle"], "ada");
        // Somebody registered with grace's address, but never proved it: grace does not get into that account.
        let squat = json!({"email": "grace@example.org", "password": PASSWORD, "handle": "grace", "display_name": "G"});
        app.anonymous().post("/api/v1/auth/register", squat).await.expect(202);
        let grace = json!({"sub": "2", "email": "grace@example.org"});
        sign_in(&app, &provider, grace).await.problem(403, "auth.oidc_address_unverified");
        app.run_jobs().await;
        let to = mainstay::kernel::Email::parse("ada@example.org").unwrap();
        assert!(app.mailbox.to(&to).iter().any(|mail| mail.text.contains("Example ID")));
    }

    async fn what_the_id_token_leaves_out_is_asked_for_and_believed_of_the_same_person_alone(db: TestDb) {
        let provider = Provider::start();
        let app = TestApp::start_with(db, with(&provider)).await;
        let bare = json!({"email": null, "email_verified": null, "name": null, "preferred_username": null});
        let grace = json!({"sub": "248289761001", "email": "grace@example.org", "email_verified": true, "name": "Grace", "preferred_username": "grace"});
        provider.tells(crate::market::but(grace.clone(), &json!({"sub": "somebody-else"})));
        sign_in(&app, &provider, bare.clone()).await.problem(401, "auth.oidc_refused");
        provider.tells(json!(["no person"]));
        sign_in(&app, &provider, bare.clone()).await.problem(401, "auth.oidc_refused");
        provider.tells(crate::market::but(grace.clone(), &json!({"email_verified": false})));
        sign_in(&app, &provider, bare.clone()).await.problem(403, "auth.oidc_address_unverified");
        provider.tells(grace.clone());
        let tokens = sign_in(&app, &provider, bare).await.expect(200);
        let me = signed_in(&app, &tokens).get("/api/v1/me").await.expect(200);
        assert_eq!((&me["handle"], &me["display_name"], &me["email"]), (&json!("grace"), &json!("Grace"), &grace["email"]));
    }

    async fn linking_wants_a_fresh_sign_in_and_one_identity_opens_one_account(db: TestDb) {
        let provider = Provider::start();
        let app = TestApp::start_with(db, with(&provider)).await;
        let (ada, grace) = (app.person("ada").await, app.person("grace").await);
        let link = |person: Client| async move {
            let answer = person.post("/api/v1/me/identities", json!({"provider": "example"})).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            away(answer.json["authorization_url"].as_str().unwrap(), &answer)
        };
        let one = link(ada.clone()).await;
        // Another address, and not even a verified one: whoever links is signed in.
        let other = json!({"email": "private@example.com", "email_verified": false});
        provider.says(provider.sign(&claims(&app, &provider, &one, &other)));
        let tokens = come_back(&app, &one).await.expect(200);
        assert_eq!(signed_in(&app, &tokens).get("/api/v1/me").await.expect(200)["handle"], "ada");
        let two = link(grace.clone()).await;
        provider.says(provider.sign(&claims(&app, &provider, &two, &other)));
        come_back(&app, &two).await.problem(409, "auth.oidc_linked_elsewhere");
        let id = ada.get("/api/v1/me/identities").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/me/identities/{id}");
        grace.send(Method::DELETE, &path, &[], None).await.problem(404, "not_found");
        assert_eq!(ada.send(Method::DELETE, &path, &[], None).await.status, 204);
        assert_eq!(ada.get("/api/v1/me/identities").await.expect(200)["items"], json!([]));
        ada.post("/api/v1/me/identities", json!({"provider": "other"})).await.problem(404, "auth.oidc_unknown_provider");
        let tokens = app.anonymous().post("/api/v1/auth/login", json!({"email": "ada@example.org", "password": PASSWORD})).await.expect(200);
        app.clock.advance(TimeDelta::minutes(16));
        let renewed = app.anonymous().post("/api/v1/auth/refresh", json!({"refresh_token": tokens["refresh_token"]})).await.expect(200);
        let renewed = signed_in(&app, &renewed);
        renewed.post("/api/v1/me/identities", json!({"provider": "example"})).await.problem(403, "auth.fresh_sign_in_required");
    }
}
