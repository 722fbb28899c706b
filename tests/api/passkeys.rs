//! Passkeys: made, signed in with, proven as a second factor, removed; and what a software authenticator's answers turn into
//! when somebody changes them.

use crate::app::{PASSWORD, TestApp};
use crate::authenticator::{ORIGIN, Phone, decode, encode};
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::market;
use chrono::TimeDelta;
use mainstay::kernel::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};

const START: &str = "/api/v1/me/passkeys/start";
const FINISH: &str = "/api/v1/me/passkeys/finish";

async fn make(ada: &Client, phone: &Phone, name: &str) -> Value {
    let asked = ada.act(START).await.expect(200);
    let credential = phone.create(&asked["options"]).await;
    ada.post(FINISH, json!({"name": name, "credential": credential})).await.expect(201)
}

async fn ask(app: &TestApp) -> Value {
    app.anonymous().act("/api/v1/auth/passkeys/login/start").await.expect(200)["options"].take()
}

async fn show(app: &TestApp, credential: &Value) -> Answer {
    app.anonymous().post("/api/v1/auth/passkeys/login/finish", json!({"credential": credential})).await
}

async fn refused(app: &TestApp, credential: &Value) {
    show(app, credential).await.problem(401, "auth.wrong_passkey");
}

async fn sign_in(app: &TestApp, phone: &Phone) -> Client {
    let options = ask(app).await;
    let tokens = show(app, &phone.get(&options).await).await.expect(200);
    app.anonymous().with_token(tokens["access_token"].as_str().unwrap(), "ada")
}

async fn mfa_token(app: &TestApp, methods: Value) -> String {
    let body = json!({"email": "ada@example.org", "password": PASSWORD});
    let answer = app.anonymous().post("/api/v1/auth/login", body).await.problem(401, "auth.mfa_required");
    assert_eq!(answer["methods"], methods);
    answer["mfa_token"].as_str().unwrap().to_owned()
}

async fn delete(client: &Client, path: &str) -> Answer {
    client.send(Method::DELETE, path, &[], None).await
}

/// The credential with another value at this place of its answer.
fn with(credential: &Value, name: &str, value: Value) -> Value {
    let mut changed = credential.clone();
    changed["response"][name] = value;
    changed
}

/// The client data with some text replaced; what was signed no longer fits it.
fn retold(credential: &Value, from: &str, to: &str) -> Value {
    let text = String::from_utf8(decode(&credential["response"]["clientDataJSON"])).unwrap();
    assert!(text.contains(from), "{text}");
    with(credential, "clientDataJSON", json!(encode(text.replace(from, to).as_bytes())))
}

fn flipped(credential: &Value, name: &str, bit: usize) -> Value {
    let mut bytes = decode(&credential["response"][name]);
    bytes[bit / 8] ^= 1 << (bit % 8);
    with(credential, name, json!(encode(&bytes)))
}

on_both! {
    async fn a_passkey_is_made_and_signs_in_alone_as_two_factors(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        let asked = ada.act(START).await.expect(200);
        assert_eq!((&asked["options"]["rp"]["id"], &asked["options"]["user"]["name"]), (&json!("mainstay.example.org"), &json!("ada@example.org")));
        assert_eq!(asked["options"]["excludeCredentials"], json!([]));
        let credential = phone.create(&asked["options"]).await;
        let made = ada.post(FINISH, json!({"name": "telephone", "credential": credential})).await;
        let path = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!(made["recovery_codes"].as_array().unwrap().len(), 10);
        assert_eq!((&made["name"], &made["signs_in_alone"], &made["last_used_at"]), (&json!("telephone"), &json!(true), &Value::Null));
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["mfa_enabled"], true);
        let again = ada.act(START).await.expect(200);
        assert_eq!(again["options"]["excludeCredentials"][0]["id"], credential["id"]);

        app.clock.advance(TimeDelta::minutes(20));
        let session = sign_in(&app, &phone).await;
        assert_eq!(session.get("/api/v1/me").await.expect(200)["email"], "ada@example.org");
        // Two factors at once: what can hurt asks for nothing more.
        session.post("/api/v1/me/api-tokens", json!({"name": "ci", "scopes": ["read"]})).await.expect(201);
        let found = session.get(&path).await.expect(200);
        assert_eq!(found["last_used_at"], app.clock.now().to_string());
        assert_eq!(session.get("/api/v1/me/passkeys").await.expect(200)["items"].as_array().unwrap().len(), 1);
        app.run_jobs().await;
        assert!(app.mailbox.messages().iter().any(|mail| mail.text.contains("the passkey \"telephone\" was added")));
        app.stop().await;
    }

    async fn a_passkey_is_the_second_factor_of_a_password(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, phone) = (app.person("ada").await, Phone::without_verification());
        let made = make(&ada, &phone, "key").await;
        assert_eq!(made["signs_in_alone"], false);
        let token = mfa_token(&app, json!(["passkey", "recovery_code"])).await;
        let start = "/api/v1/auth/passkeys/mfa/start";
        app.anonymous().post(start, json!({"mfa_token": "mst_mfa_no"})).await.problem(401, "auth.invalid_mfa_token");
        let options = app.anonymous().post(start, json!({"mfa_token": token})).await.expect(200)["options"].take();
        assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
        let credential = phone.get(&options).await;
        let body = |credential: &Value| json!({"mfa_token": token, "method": "passkey", "credential": credential});
        let broken = flipped(&credential, "signature", 77);
        app.anonymous().post("/api/v1/auth/mfa", body(&broken)).await.problem(401, "auth.wrong_passkey");
        // The challenge is used up by the wrong answer.
        app.anonymous().post("/api/v1/auth/mfa", body(&credential)).await.problem(401, "auth.wrong_passkey");
        let options = app.anonymous().post(start, json!({"mfa_token": token})).await.expect(200)["options"].take();
        let credential = phone.get(&options).await;
        app.anonymous().post("/api/v1/auth/mfa", body(&credential)).await.expect(200);
        app.anonymous().post("/api/v1/auth/mfa", body(&credential)).await.problem(401, "auth.invalid_mfa_token");
        for (more, fault) in [
            (json!({"method": "passkey"}), "/credential missing"),
            (json!({"method": "passkey", "code": "1", "credential": credential}), "/code not_wanted"),
            (json!({"method": "totp"}), "/code missing"),
            (json!({"method": "totp", "code": "1", "credential": credential}), "/credential not_wanted"),
        ] {
            let mut body = more;
            body["mfa_token"] = json!(token);
            assert_eq!(app.anonymous().post("/api/v1/auth/mfa", body).await.faults(), [fault]);
        }
        // Without verification of its user it is no way in by itself.
        let mut options = ask(&app).await;
        options["userVerification"] = json!("discouraged");
        refused(&app, &phone.get(&options).await).await;
        let code = made["recovery_codes"][0].as_str().unwrap();
        let token = mfa_token(&app, json!(["passkey", "recovery_code"])).await;
        app.anonymous().post("/api/v1/auth/mfa", json!({"mfa_token": token, "method": "recovery_code", "code": code})).await.expect(200);
    }

    async fn a_passkey_steps_up(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.access_minutes = 60).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        let start = "/api/v1/auth/passkeys/step-up/start";
        ada.act(start).await.problem(409, "factor.none");
        make(&ada, &phone, "telephone").await;
        app.clock.advance(TimeDelta::minutes(16));
        ada.act(START).await.problem(403, "auth.step_up_required");
        let options = ada.act(start).await.expect(200)["options"].take();
        let credential = phone.get(&options).await;
        let body = json!({"method": "passkey", "credential": credential});
        ada.post("/api/v1/auth/step-up", body.clone()).await.expect(200);
        assert_eq!(ada.post("/api/v1/auth/step-up", body).await.faults(), ["/credential wrong_passkey"]);
        ada.act(START).await.expect(200);
        // Somebody else's passkey, and an answer to another ceremony's challenge, prove nothing.
        let (bob, other) = (app.person("bob").await, Phone::new());
        make(&bob, &other, "other").await;
        let mut options = ada.act(start).await.expect(200)["options"].take();
        options["allowCredentials"] = json!([]);
        let body = json!({"method": "passkey", "credential": other.get(&options).await});
        assert_eq!(ada.post("/api/v1/auth/step-up", body).await.faults(), ["/credential wrong_passkey"]);
        let body = json!({"method": "passkey", "credential": phone.get(&ask(&app).await).await});
        assert_eq!(ada.post("/api/v1/auth/step-up", body).await.faults(), ["/credential wrong_passkey"]);
        app.anonymous().act(start).await.problem(401, "auth.required");
    }

    async fn pledges_and_roles_want_a_fresh_factor_of_those_who_have_one(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.access_minutes = 60).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        app.person("grace").await;
        let coordinator = app.coordinator().await;
        market::organization(&ada, "acme").await;
        market::project(&ada, &coordinator, "parser", json!({})).await;
        let pledge = json!({"hours_per_week": 8, "starts_on": "2026-12-01", "ends_on": "2027-05-31", "approval": "auto"});
        let pledges = "/api/v1/organizations/acme/pledges";
        let id = ada.post(pledges, pledge.clone()).await.expect(201)["id"].as_str().unwrap().to_owned();
        make(&ada, &phone, "telephone").await;
        app.clock.advance(TimeDelta::minutes(16));
        let (own, people) = (format!("/api/v1/pledges/{id}"), "/api/v1/projects/parser/maintainers");
        let grace = json!({"handle": "grace", "role": "maintainer"});
        ada.post(pledges, pledge.clone()).await.problem(403, "auth.step_up_required");
        ada.patch(&own, json!({"hours_per_week": 9})).await.problem(403, "auth.step_up_required");
        ada.act(&format!("{own}/activate")).await.problem(403, "auth.step_up_required");
        ada.post(people, grace.clone()).await.problem(403, "auth.step_up_required");
        ada.get(&own).await.expect(200);
        let options = ada.act("/api/v1/auth/passkeys/step-up/start").await.expect(200)["options"].take();
        let body = json!({"method": "passkey", "credential": phone.get(&options).await});
        ada.post("/api/v1/auth/step-up", body).await.expect(200);
        ada.post(pledges, pledge).await.expect(201);
        ada.patch(&own, json!({"hours_per_week": 9})).await.expect(200);
        ada.act(&format!("{own}/activate")).await.expect(200);
        ada.post(people, grace).await.expect(201);
        let invited = app.sign_in("grace@example.org", "grace").await;
        let open = invited.get("/api/v1/me/project-invitations").await.expect(200);
        let id = open["items"][0]["id"].as_str().unwrap();
        invited.act(&format!("/api/v1/me/project-invitations/{id}/accept")).await.expect(200);
        app.clock.advance(TimeDelta::minutes(16));
        delete(&ada, &format!("{people}/grace")).await.problem(403, "auth.step_up_required");
    }

    async fn answers_that_were_tampered_with_sign_nobody_in(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        make(&ada, &phone, "telephone").await;
        let (bob, other) = (app.person("bob").await, Phone::new());
        make(&bob, &other, "other").await;
        let bobs = other.get(&ask(&app).await).await;
        for change in 0..9 {
            let credential = phone.get(&ask(&app).await).await;
            let challenge = credential["response"]["clientDataJSON"].clone();
            let tampered = match change {
                0 => flipped(&credential, "signature", 100),
                1 => flipped(&credential, "authenticatorData", 33 * 8),
                2 => flipped(&credential, "authenticatorData", 3),
                3 => retold(&credential, ORIGIN, "https://evil.example"),
                4 => retold(&credential, "webauthn.get", "webauthn.create"),
                5 => with(&credential, "userHandle", bobs["response"]["userHandle"].clone()),
                6 => with(&credential, "userHandle", Value::Null),
                7 => with(&bobs, "clientDataJSON", challenge),
                _ => {
                    let mut renamed = credential.clone();
                    renamed["id"] = bobs["id"].clone();
                    renamed
                }
            };
            refused(&app, &tampered).await;
            refused(&app, &credential).await;
        }
        // A challenge of our own making, and an answer that comes too late.
        let mut options = ask(&app).await;
        options["challenge"] = json!(encode(&[7; 32]));
        refused(&app, &phone.get(&options).await).await;
        let late = phone.get(&ask(&app).await).await;
        app.clock.advance(TimeDelta::minutes(5));
        refused(&app, &late).await;
        // Another page of the same domain's owner, which the settings don't name.
        refused(&app, &phone.get_on("https://login.mainstay.example.org", &ask(&app).await).await).await;
        let good = phone.get(&ask(&app).await).await;
        show(&app, &good).await.expect(200);
        refused(&app, &good).await;
        sign_in(&app, &phone).await;
    }

    async fn an_answer_signs_in_once_also_when_many_race(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        make(&ada, &phone, "telephone").await;
        let credential = phone.get(&ask(&app).await).await;
        let mut tries = Vec::new();
        for _ in 0..6 {
            let (client, body) = (app.anonymous(), json!({"credential": credential}));
            tries.push(tokio::spawn(async move { client.post("/api/v1/auth/passkeys/login/finish", body).await.status }));
        }
        let mut statuses = Vec::new();
        for each in tries {
            statuses.push(each.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401, 401]);
    }

    async fn a_counter_that_goes_back_is_refused_and_told(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        make(&ada, &phone, "telephone").await;
        phone.set_counter(40);
        sign_in(&app, &phone).await;
        phone.set_counter(40);
        refused(&app, &phone.get(&ask(&app).await).await).await;
        phone.set_counter(3);
        refused(&app, &phone.get(&ask(&app).await).await).await;
        phone.set_counter(50);
        sign_in(&app, &phone).await;
        app.run_jobs().await;
        let told = app.mailbox.messages().iter().filter(|mail| mail.text.contains("somebody has a copy of it")).count();
        assert_eq!(told, 2);
    }

    async fn a_wrong_answer_makes_no_passkey(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        let bob = app.person("bob").await;
        for (change, code) in [
            (0, "wrong_origin"), (1, "wrong_challenge"), (2, "wrong_type_of_answer"), (3, "invalid_attestation"), (4, "wrong_relying_party"),
            (5, "wrong_credential"), (6, "wrong_challenge"), (7, "invalid_client_data"), (8, "invalid_attestation"), (9, "wrong_origin"),
        ] {
            let asked = ada.act(START).await.expect(200);
            let mut options = asked["options"].clone();
            if change == 1 {
                options["challenge"] = json!(encode(&[7; 32]));
            }
            let credential = match change {
                9 => phone.create_on("https://login.mainstay.example.org", &options).await,
                _ => phone.create(&options).await,
            };
            let attestation = decode(&credential["response"]["attestationObject"]);
            let attested = |bytes: &[u8]| with(&credential, "attestationObject", json!(encode(bytes)));
            let tampered = match change {
                0 => retold(&credential, ORIGIN, "https://evil.example"),
                2 => retold(&credential, "webauthn.create", "webauthn.get"),
                3 => attested(&attestation[..attestation.len() - 9]),
                4 => {
                    // The first byte of the hash of the domain, wherever the map has it.
                    let at = attestation.windows(8).position(|part| part == b"authData").unwrap() + 10;
                    let mut bytes = attestation.clone();
                    bytes[at + 4] ^= 1;
                    attested(&bytes)
                }
                5 => {
                    let mut renamed = credential.clone();
                    renamed["id"] = json!(encode(b"another credential"));
                    renamed
                }
                7 => with(&credential, "clientDataJSON", json!(encode(b"{\"type\":"))),
                8 => attested(&vec![0x9B; 60_000]),
                _ => credential.clone(),
            };
            // An answer to the challenge of somebody else.
            let whoever = if change == 6 { &bob } else { &ada };
            let answer = whoever.post(FINISH, json!({"credential": tampered})).await;
            assert_eq!(answer.faults(), [format!("/credential {code}")], "{change}: {}", answer.text);
        }
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["mfa_enabled"], false);
        assert_eq!(ada.get("/api/v1/me/passkeys").await.expect(200)["items"], json!([]));
    }

    async fn bodies_that_are_no_answers_are_refused_by_place(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        let asked = ada.act(START).await.expect(200);
        let credential = phone.create(&asked["options"]).await;
        let huge = with(&credential, "attestationObject", json!(encode(&vec![0; 700_000])));
        assert_eq!(ada.post(FINISH, json!({"credential": huge})).await.faults(), ["/credential/response/attestationObject too_long"]);
        let larger = with(&credential, "attestationObject", json!(encode(&vec![0; 1 << 20])));
        assert_eq!(ada.post(FINISH, json!({"credential": larger})).await.status, 413);
        let mut many = with(&with(&credential, "attestationObject", json!("a+b/")), "clientDataJSON", json!(""));
        many["id"] = json!("=");
        let answer = ada.post(FINISH, json!({"name": " ", "credential": many})).await;
        assert_eq!(answer.faults(), ["/name too_short", "/credential/id invalid_base64url", "/credential/response/clientDataJSON invalid_base64url",
            "/credential/response/attestationObject invalid_base64url"]);
        let mut odd = credential.clone();
        odd["type"] = json!("password");
        assert_eq!(ada.post(FINISH, json!({"credential": odd})).await.faults(), ["/credential/type unknown_word"]);
        ada.post(FINISH, json!({})).await.problem(422, "input.invalid");
        ada.post(FINISH, json!({"credential": credential, "color": "red"})).await.problem(422, "input.invalid");
        // None of them got as far as the challenge.
        ada.post(FINISH, json!({"credential": credential})).await.expect(201);
        assert_eq!(ada.post(FINISH, json!({"credential": credential})).await.faults(), ["/credential wrong_challenge"]);
        app.anonymous().act(START).await.problem(401, "auth.required");
    }

    async fn passkeys_are_renamed_and_removed_by_their_owner(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        let (bob, others) = (app.person("bob").await, Phone::new());
        let first = make(&ada, &phone, "first").await;
        let second = make(&ada, &Phone::new(), "second").await;
        assert_eq!(second["recovery_codes"], Value::Null);
        make(&bob, &others, "bob's").await;
        let path = format!("/api/v1/me/passkeys/{}", first["id"].as_str().unwrap());
        for stranger in [&bob] {
            stranger.get(&path).await.problem(404, "not_found");
            stranger.patch(&path, json!({"name": "mine"})).await.problem(404, "not_found");
            delete(stranger, &path).await.problem(404, "not_found");
        }
        let tag = ada.get(&path).await.etag();
        ada.send(Method::PATCH, &path, &[], Some(json!({"name": "x"}).to_string())).await.problem(428, "precondition.required");
        let body = || Some(json!({"name": "blue"}).to_string());
        assert_eq!(ada.send(Method::PATCH, &path, &[("if-match", &tag)], body()).await.expect(200)["name"], "blue");
        ada.send(Method::PATCH, &path, &[("if-match", &tag)], body()).await.problem(412, "precondition.stale");
        assert_eq!(ada.patch(&path, json!({"name": ""})).await.faults(), ["/name too_short"]);
        let page = ada.get("/api/v1/me/passkeys?limit=1").await.expect(200);
        assert_eq!((&page["items"][0]["name"], page["next_cursor"].is_string()), (&json!("second"), true));
        assert_eq!(delete(&ada, &path).await.status, 204);
        refused(&app, &phone.get(&ask(&app).await).await).await;
        let last = format!("/api/v1/me/passkeys/{}", second["id"].as_str().unwrap());
        assert_eq!(delete(&ada, &last).await.status, 204);
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["mfa_enabled"], false);
        app.sign_in("ada@example.org", "ada").await;
        app.run_jobs().await;
        assert_eq!(app.mailbox.messages().iter().filter(|mail| mail.subject.as_str().contains("passkey of your Mainstay account was removed")).count(), 2);
    }

    async fn the_last_way_in_stays(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        delete(&ada, "/api/v1/me/password").await.problem(409, "account.last_way_in");
        let weak = make(&ada, &Phone::without_verification(), "weak").await;
        delete(&ada, "/api/v1/me/password").await.problem(409, "account.last_way_in");
        let made = make(&ada, &phone, "telephone").await;
        let path = format!("/api/v1/me/passkeys/{}", made["id"].as_str().unwrap());
        assert_eq!(delete(&ada, "/api/v1/me/password").await.status, 204);
        delete(&ada, "/api/v1/me/password").await.problem(404, "not_found");
        let body = json!({"email": "ada@example.org", "password": PASSWORD});
        app.anonymous().post("/api/v1/auth/login", body).await.problem(401, "auth.wrong_credentials");
        delete(&ada, &path).await.problem(409, "account.last_way_in");
        let session = sign_in(&app, &phone).await;
        assert_eq!(delete(&session, &format!("/api/v1/me/passkeys/{}", weak["id"].as_str().unwrap())).await.status, 204);
        // The passkey stands in for the old password when a new one is set.
        let body = json!({"current_password": "", "new_password": "seven unlikely paper boats"});
        assert_eq!(session.post("/api/v1/me/password", body).await.status, 204);
        assert_eq!(delete(&session, &path).await.status, 204);
        let body = json!({"email": "ada@example.org", "password": "seven unlikely paper boats"});
        app.anonymous().post("/api/v1/auth/login", body).await.expect(200);
    }

    async fn making_one_wants_a_fresh_sign_in_and_room(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.access_minutes = 60).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        let asked = ada.act(START).await.expect(200);
        let credential = phone.create(&asked["options"]).await;
        app.clock.advance(TimeDelta::minutes(16));
        ada.act(START).await.problem(403, "auth.fresh_sign_in_required");
        ada.post(FINISH, json!({"credential": credential})).await.problem(403, "auth.fresh_sign_in_required");
        let ada = app.sign_in("ada@example.org", "ada").await;
        for _ in 0..20 {
            make(&ada, &Phone::new(), "one of many").await;
        }
        ada.act(START).await.problem(409, "passkey.too_many");
        assert_eq!(ada.get("/api/v1/me/passkeys?limit=100").await.expect(200)["items"].as_array().unwrap().len(), 20);
    }

    async fn wrong_passkeys_slow_their_network_down(db: TestDb) {
        let app = TestApp::start_with(db, |settings| {
            settings.rate_limit.enabled = true;
            settings.rate_limit.auth_per_minute = 1000;
        }).await;
        let (ada, phone) = (app.person("ada").await, Phone::new());
        make(&ada, &phone, "telephone").await;
        let broken = flipped(&phone.get(&ask(&app).await).await, "signature", 9);
        for _ in 0..31 {
            refused(&app, &broken).await;
        }
        let answer = show(&app, &broken).await;
        assert!(answer.header("retry-after").is_some());
        answer.problem(429, "auth.too_many_attempts");
        app.clock.advance(TimeDelta::minutes(2));
        sign_in(&app, &phone).await;
    }
}
