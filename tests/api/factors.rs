//! Second factors: set up, asked for at the sign-in and for what can hurt, recovered from.

use crate::app::{PASSWORD, TestApp};
use crate::client::{Answer, Client};
use crate::db::on_both;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::Text;
use mainstay::infra::crypto::{Purpose, Token, Totp};
use mainstay::infra::db::Conn;
use mainstay::kernel::{Clock as _, PlatformRole};
use reqwest::Method;
use serde_json::{Value, json};

/// Reads base32 by itself, so that what is shown is what an app would read.
fn decode(text: &str) -> Vec<u8> {
    let bits: String =
        text.chars().map(|c| format!("{:05b}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap())).collect();
    (0..bits.len() / 8).map(|at| u8::from_str_radix(&bits[at * 8..at * 8 + 8], 2).unwrap()).collect()
}

/// Somebody's authenticator app.
pub(crate) struct App(Totp);

impl App {
    pub(crate) fn code(&self, app: &TestApp) -> String {
        self.0.code(Totp::step(app.clock.now()))
    }
}

pub(crate) async fn set_up(app: &TestApp, ada: &Client) -> (App, Vec<String>) {
    let setup = ada.act("/api/v1/me/totp").await.expect(200);
    let secret = setup["secret"].as_str().unwrap();
    assert!(setup["otpauth_uri"].as_str().unwrap().contains(secret));
    let totp = App(Totp::from_bytes(&decode(secret)));
    let codes = ada.post("/api/v1/me/totp/confirm", json!({"code": totp.code(app)})).await.expect(200);
    let codes =
        codes["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (totp, codes)
}

async fn challenge(app: &TestApp) -> String {
    let body = json!({"email": "ada@example.org", "password": PASSWORD});
    let answer = app.anonymous().post("/api/v1/auth/login", body).await.problem(401, "auth.mfa_required");
    assert_eq!(answer["methods"], json!(["totp", "recovery_code"]));
    answer["mfa_token"].as_str().unwrap().to_owned()
}

async fn finish(app: &TestApp, token: &str, method: &str, code: &str) -> Answer {
    app.anonymous().post("/api/v1/auth/mfa", json!({"mfa_token": token, "method": method, "code": code})).await
}

fn holder(app: &TestApp, tokens: &Value) -> Client {
    app.anonymous().with_token(tokens["access_token"].as_str().unwrap(), "ada")
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(conn: &mut Conn, query: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(query).load(conn).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// Every row of every table as text, behind its table's name; bytes as hexadecimal digits.
fn everything_stored(conn: &mut Conn) -> Vec<String> {
    let mut all = Vec::new();
    if matches!(conn, Conn::Sqlite(_)) {
        for table in lines(conn, "select name as line from sqlite_master where type = 'table'") {
            let columns =
                lines(conn, &format!("select 'quote(\"' || name || '\")' as line from pragma_table_info('{table}')"));
            let row = columns.join(" || ' ' || ");
            all.extend(lines(conn, &format!("select '{table}: ' || {row} as line from \"{table}\"")));
        }
    } else {
        for table in lines(conn, "select tablename::text as line from pg_tables where schemaname = 'public'") {
            all.extend(lines(conn, &format!("select '{table}: ' || row_to_json(t)::text as line from \"{table}\" t")));
        }
    }
    all
}

/// What a secret of these bytes could be written as.
fn spellings(bytes: &[u8]) -> Vec<String> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![hex, STANDARD_NO_PAD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes)]
}

on_both! {
    async fn no_secret_of_an_account_can_be_read_from_any_row(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let login = json!({"email": "ada@example.org", "password": PASSWORD});
        let refresh = app.anonymous().post("/api/v1/auth/login", login).await.expect(200)["refresh_token"].as_str().unwrap().to_owned();
        let setup = ada.act("/api/v1/me/totp").await.expect(200);
        let secret = setup["secret"].as_str().unwrap().to_owned();
        let code = App(Totp::from_bytes(&decode(&secret))).code(&app);
        let made = ada.post("/api/v1/me/totp/confirm", json!({"code": code})).await.expect(200);
        let codes: Vec<&str> = made["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        let token = ada.post("/api/v1/me/api-tokens", json!({"name": "ci", "scopes": ["read"]})).await.expect(201)["token"].as_str().unwrap().to_owned();

        let rows = app.ctx.store().read(|conn| Ok(everything_stored(conn))).await.unwrap();
        let of = |table: &str| rows.iter().filter(|row| row.starts_with(&format!("{table}: "))).count();
        assert_eq!((of("totp_factors"), of("recovery_codes"), of("api_tokens"), of("refresh_tokens")), (1, 10, 1, 2));
        let text = rows.join("\n").to_lowercase();
        let there = |what: &str| text.contains(&what.to_lowercase());
        assert!(there("ada@example.org"), "what is in clear is found");
        for (purpose, token) in [("api", &token), ("refresh", &refresh)] {
            let parsed = Token::parse(Purpose::new(purpose), token).unwrap();
            assert!(there(&parsed.hash_hex()), "the {purpose} token is kept as its hash");
            // The random part alone would do.
            let body = token.strip_prefix(&format!("mst_{purpose}_")).unwrap();
            let bytes = URL_SAFE_NO_PAD.decode(&body[..43]).unwrap();
            for spelled in spellings(&bytes).into_iter().chain([token.clone(), body[..43].to_owned()]) {
                assert!(!there(&spelled), "the {purpose} token is kept as {spelled}");
            }
        }
        for spelled in spellings(&decode(&secret)).into_iter().chain([secret.clone()]) {
            assert!(!there(&spelled), "the TOTP secret is kept as {spelled}");
        }
        for code in codes {
            let plain = code.replace('-', "");
            for spelled in spellings(&decode(&plain.to_uppercase())).into_iter().chain([code.to_owned(), plain]) {
                assert!(!there(&spelled), "a recovery code is kept as {spelled}");
            }
        }
        app.stop().await;
    }

    async fn where_the_operator_asks_roles_rest_without_a_factor(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.roles_want_second_factor = true).await;
        let ada = app.person_with("ada", &[PlatformRole::Admin]).await;
        let me = ada.get("/api/v1/me").await.expect(200);
        assert_eq!((&me["platform_roles"], &me["mfa_enabled"]), (&json!(["admin"]), &json!(false)));
        ada.get("/api/v1/admin/audit").await.problem(403, "forbidden");
        ada.get("/api/v1/admin/jobs").await.problem(403, "forbidden");
        let before = app.sign_in("ada@example.org", "ada").await;
        let (totp, _) = set_up(&app, &ada).await;
        ada.get("/api/v1/admin/audit").await.expect(200);
        // A session that has not proven the factor is no more than it was.
        before.get("/api/v1/admin/audit").await.problem(403, "forbidden");
        let wish = json!({"name": "audit", "scopes": ["admin"], "expires_in_days": 7});
        app.clock.advance(TimeDelta::minutes(1));
        ada.post("/api/v1/auth/step-up", json!({"method": "totp", "code": totp.code(&app)})).await.expect(200);
        let token = ada.post("/api/v1/me/api-tokens", wish).await.expect(201)["token"].as_str().unwrap().to_owned();
        let by_token = app.anonymous().with_token(&token, "ada");
        by_token.get("/api/v1/admin/audit").await.expect(200);
        ada.send(Method::DELETE, "/api/v1/me/totp", &[], None).await.expect(204);
        ada.get("/api/v1/admin/audit").await.problem(403, "forbidden");
        assert_ne!(by_token.get("/api/v1/admin/audit").await.status, 200);
        app.stop().await;
    }

    async fn a_factor_is_set_up_and_asked_for_at_the_next_sign_in(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["mfa_enabled"], false);
        ada.post("/api/v1/me/totp/confirm", json!({"code": "000000"})).await.problem(409, "factor.not_started");
        let (totp, codes) = set_up(&app, &ada).await;
        assert_eq!((codes.len(), codes[0].len()), (10, 29));
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["mfa_enabled"], true);
        ada.act("/api/v1/me/totp").await.problem(409, "factor.already_exists");
        app.clock.advance(TimeDelta::minutes(1));
        let token = challenge(&app).await;
        finish(&app, &token, "totp", "12345").await.problem(401, "auth.wrong_code");
        let tokens = finish(&app, &token, "totp", &totp.code(&app)).await.expect(200);
        holder(&app, &tokens).get("/api/v1/me").await.expect(200);
        finish(&app, &token, "totp", &totp.code(&app)).await.problem(401, "auth.invalid_mfa_token");
        app.run_jobs().await;
        assert!(app.mailbox.messages()[0].subject.as_str().contains("second factor"));
        app.stop().await;
    }

    async fn a_code_works_once_also_when_many_race(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let (totp, _) = set_up(&app, &ada).await;
        finish(&app, &challenge(&app).await, "totp", &totp.code(&app)).await.problem(401, "auth.wrong_code");
        app.clock.advance(TimeDelta::minutes(1));
        let mut tries = Vec::new();
        for _ in 0..6 {
            let (client, token, code) = (app.anonymous(), challenge(&app).await, totp.code(&app));
            tries.push(tokio::spawn(async move {
                client.post("/api/v1/auth/mfa", json!({"mfa_token": token, "method": "totp", "code": code})).await.status
            }));
        }
        let mut statuses = Vec::new();
        for each in tries {
            statuses.push(each.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401, 401]);
    }

    async fn a_recovery_code_works_once_and_new_ones_replace_it(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let (_, codes) = set_up(&app, &ada).await;
        let tokens = finish(&app, &challenge(&app).await, "recovery_code", &codes[3].to_uppercase().replace('-', " ")).await.expect(200);
        finish(&app, &challenge(&app).await, "recovery_code", &codes[3]).await.problem(401, "auth.wrong_code");
        app.run_jobs().await;
        assert!(app.mailbox.messages().iter().any(|mail| mail.text.contains("9 are left")));
        let again = holder(&app, &tokens).act("/api/v1/me/recovery-codes").await.expect(200);
        let new = again["recovery_codes"][0].as_str().unwrap().to_owned();
        finish(&app, &challenge(&app).await, "recovery_code", &codes[4]).await.problem(401, "auth.wrong_code");
        finish(&app, &challenge(&app).await, "recovery_code", &new).await.expect(200);
        let grace = app.person("grace").await;
        grace.act("/api/v1/me/recovery-codes").await.problem(409, "factor.none");
        set_up(&app, &grace).await;
        finish(&app, &challenge(&app).await, "recovery_code", &codes[5]).await.problem(401, "auth.wrong_code");
    }

    async fn a_sign_in_waits_five_minutes_for_its_factor(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let (totp, _) = set_up(&app, &ada).await;
        let token = challenge(&app).await;
        app.clock.advance(TimeDelta::minutes(5));
        finish(&app, &token, "totp", &totp.code(&app)).await.problem(401, "auth.invalid_mfa_token");
        for token in ["", "mst_mfa_", &"x".repeat(200_000)] {
            finish(&app, token, "totp", "000000").await.problem(401, "auth.invalid_mfa_token");
        }
        let token = challenge(&app).await;
        finish(&app, &token, "sms", "000000").await.problem(422, "input.invalid");
        app.anonymous().post("/api/v1/auth/mfa", json!({"mfa_token": token, "method": "totp", "code": 1})).await.problem(422, "input.invalid");
        ada.get("/api/v1/me").await.expect(200);
    }

    async fn guessing_is_stopped_but_recovery_codes_still_work(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let (totp, codes) = set_up(&app, &ada).await;
        app.clock.advance(TimeDelta::minutes(1));
        let token = challenge(&app).await;
        let wrong = if totp.code(&app) == "000000" { "000001" } else { "000000" };
        for _ in 0..20 {
            finish(&app, &token, "totp", wrong).await.problem(401, "auth.wrong_code");
        }
        let refused = finish(&app, &token, "totp", &totp.code(&app)).await;
        assert_eq!(refused.header("retry-after"), Some("3600"));
        refused.problem(429, "auth.too_many_codes");
        finish(&app, &token, "recovery_code", &codes[0]).await.expect(200);
        app.run_jobs().await;
        assert_eq!(app.mailbox.messages().iter().filter(|mail| mail.subject.as_str().contains("tries codes")).count(), 1);
        app.clock.advance(TimeDelta::minutes(61));
        finish(&app, &challenge(&app).await, "totp", &totp.code(&app)).await.expect(200);
    }

    async fn what_can_hurt_wants_the_factor_within_a_quarter_of_an_hour(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.access_minutes = 60).await;
        let ada = app.person("ada").await;
        ada.post("/api/v1/auth/step-up", json!({"method": "totp", "code": "000000"})).await.problem(409, "factor.none");
        let (totp, codes) = set_up(&app, &ada).await;
        app.clock.advance(TimeDelta::minutes(16));
        let password = json!({"current_password": PASSWORD, "new_password": "seven unlikely paper boats"});
        let email = json!({"new_email": "new@example.org", "password": PASSWORD});
        let token = json!({"name": "ci", "scopes": ["read"]});
        for (path, body) in [("/api/v1/me/password", password), ("/api/v1/me/email", email), ("/api/v1/me/api-tokens", token)] {
            assert_eq!(ada.post(path, body).await.problem(403, "auth.step_up_required")["methods"], json!(["passkey", "totp", "recovery_code"]));
        }
        ada.act("/api/v1/me/recovery-codes").await.problem(403, "auth.step_up_required");
        ada.act("/api/v1/me/totp").await.problem(403, "auth.step_up_required");
        ada.send(Method::DELETE, "/api/v1/me/totp", &[], None).await.problem(403, "auth.step_up_required");
        let wrong = ada.post("/api/v1/auth/step-up", json!({"method": "recovery_code", "code": "nope"})).await;
        assert_eq!(wrong.faults(), ["/code wrong_code"]);
        let fresh = ada.post("/api/v1/auth/step-up", json!({"method": "totp", "code": totp.code(&app)})).await.expect(200);
        assert_eq!(fresh["fresh_until"], (app.clock.now() + TimeDelta::minutes(15)).to_string());
        ada.act("/api/v1/me/recovery-codes").await.expect(200);
        finish(&app, &challenge(&app).await, "recovery_code", &codes[0]).await.problem(401, "auth.wrong_code");
        assert_eq!(ada.send(Method::DELETE, "/api/v1/me/totp", &[], None).await.status, 204);
        ada.send(Method::DELETE, "/api/v1/me/totp", &[], None).await.problem(404, "not_found");
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["mfa_enabled"], false);
        app.sign_in("ada@example.org", "ada").await;
        app.anonymous().post("/api/v1/auth/step-up", json!({})).await.problem(401, "auth.required");
    }

    async fn a_first_factor_wants_a_fresh_sign_in_and_a_right_code(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.access_minutes = 60).await;
        let ada = app.person("ada").await;
        app.clock.advance(TimeDelta::minutes(16));
        ada.act("/api/v1/me/totp").await.problem(403, "auth.fresh_sign_in_required");
        let ada = app.sign_in("ada@example.org", "ada").await;
        let first = ada.act("/api/v1/me/totp").await.expect(200);
        let second = ada.act("/api/v1/me/totp").await.expect(200);
        assert_ne!(first["secret"], second["secret"]);
        let old = App(Totp::from_bytes(&decode(first["secret"].as_str().unwrap())));
        assert_eq!(ada.post("/api/v1/me/totp/confirm", json!({"code": old.code(&app)})).await.faults(), ["/code wrong_code"]);
        ada.post("/api/v1/me/totp/confirm", json!({})).await.problem(422, "input.invalid");
        app.sign_in("ada@example.org", "ada").await;
        app.anonymous().act("/api/v1/me/totp").await.problem(401, "auth.required");
    }
}
