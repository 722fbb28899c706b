//! Bills of materials: uploading, reading, comparing, deleting, and what they say an organization depends on.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::{market, seed};
use mainstay::features::organizations::OrganizationRole::{Manager, Member};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const SBOMS: &str = "/api/v1/organizations/freight/sboms";

/// A document of the planner: `name version` of each component; the first is needed by the product, each next one by the one before.
fn planner(components: &[(&str, &str)]) -> Value {
    let component = |(name, version): &(&str, &str)| json!({"type": "library", "bom-ref": name, "name": name, "version": version, "purl": format!("pkg:cargo/{name}@{version}")});
    let mut chain = vec!["planner"];
    chain.extend(components.iter().map(|(name, _)| *name));
    let dependencies: Vec<_> = chain.windows(2).map(|pair| json!({"ref": pair[0], "dependsOn": [pair[1]]})).collect();
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "planner", "name": "Planner", "version": "1.0"}},
        "components": components.iter().map(component).collect::<Vec<_>>(), "dependencies": dependencies
    })
}

async fn send(client: &Client, path: &str, body: &str) -> Answer {
    client.send(Method::POST, path, &[("content-type", "application/json")], Some(body.to_owned())).await
}

async fn upload(client: &Client, document: &Value) -> Value {
    send(client, SBOMS, &document.to_string()).await.expect(201)
}

async fn freight(db: crate::db::TestDb) -> (TestApp, Client) {
    let app = TestApp::start(db).await;
    let ada = app.person("ada").await;
    market::organization(&ada, "freight").await;
    (app, ada)
}

/// Begins an upload with this header, sends so much of it, and hangs up; before that, where `waits`, whatever is answered.
async fn unfinished(app: &TestApp, client: &Client, header: &str, bytes: usize, waits: bool) -> String {
    let (place, token, header) = (app.listens_at().to_owned(), client.token().to_owned(), header.to_owned());
    let talk = move || {
        let mut stream = TcpStream::connect(&place).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let head = format!(
            "POST {SBOMS} HTTP/1.1\r\nhost: {place}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n{header}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let chunked = header.contains("chunked");
        let piece = vec![b' '; 1 << 20];
        for _ in 0..bytes >> 20 {
            // Whoever was refused meanwhile can't send on.
            let sent = if chunked {
                stream
                    .write_all(b"100000\r\n")
                    .and_then(|()| stream.write_all(&piece))
                    .and_then(|()| stream.write_all(b"\r\n"))
            } else {
                stream.write_all(&piece)
            };
            if sent.is_err() {
                break;
            }
        }
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        while waits && !answer.ends_with(b"}") {
            match stream.read(&mut part) {
                Ok(length @ 1..) => answer.extend(&part[..length]),
                _ => break,
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::task::spawn_blocking(talk).await.unwrap()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

on_both! {
    async fn what_is_uploaded_is_there_for_its_own_people_alone(db: TestDb) {
        let (app, ada) = freight(db).await;
        let (boss, clerk, eve) = (app.person("boss").await, app.person("clerk").await, app.person("eve").await);
        market::join(&app, "freight", "boss", Manager).await;
        market::join(&app, "freight", "clerk", Member).await;
        let document = planner(&[("serde", "1.0.0"), ("itoa", "1.0.1"), ("ryu", "1.0.2")]).to_string();
        let answer = send(&boss, SBOMS, &document).await;
        let place = answer.header("location").unwrap().to_owned();
        let made = answer.expect(201);
        assert_eq!((&made["product"], &made["product_version"]), (&json!("Planner"), &json!("1.0")));
        assert_eq!((&made["format"], &made["format_version"]), (&json!("cyclonedx"), &json!("1.6")));
        assert_eq!((&made["components"], &made["dependencies"]), (&json!(3), &json!(3)));
        assert_eq!((&made["warnings"], &made["is_current"]), (&json!([]), &json!(true)));
        assert_eq!(clerk.get(&place).await.expect(200), made);
        assert_eq!(clerk.get(SBOMS).await.expect(200)["items"], json!([made]));
        let page = clerk.get(&format!("{place}/components?limit=2")).await.expect(200);
        assert_eq!(names(&page["items"]), ["serde", "itoa"]);
        assert_eq!(page["items"][1]["depth"], 2);
        let next = page["next_cursor"].as_str().unwrap();
        let page = clerk.get(&format!("{place}/components?limit=2&cursor={next}")).await.expect(200);
        assert_eq!((names(&page["items"]), &page["next_cursor"]), (vec!["ryu"], &Value::Null));
        for path in [SBOMS.to_owned(), place.clone(), format!("{place}/components"), format!("{place}/diff")] {
            eve.get(&path).await.problem(404, "not_found");
            app.anonymous().get(&path).await.expect(401);
        }
        eve.get("/api/v1/organizations/freight/exposure").await.problem(404, "not_found");
        send(&eve, SBOMS, &document).await.problem(404, "not_found");
        send(&clerk, SBOMS, &document).await.problem(403, "forbidden");
        eve.send(Method::DELETE, &place, &[], None).await.problem(404, "not_found");
        clerk.send(Method::DELETE, &place, &[], None).await.problem(403, "forbidden");
        ada.get(&place).await.expect(200);
        app.stop().await;
    }

    async fn a_later_upload_is_compared_with_the_one_before_and_deleting_is_for_good(db: TestDb) {
        let (app, ada) = freight(db).await;
        let first = upload(&ada, &planner(&[("serde", "1.0.0"), ("itoa", "1.0.1"), ("ryu", "1.0.2")])).await;
        let first_place = format!("{SBOMS}/{}", first["id"].as_str().unwrap());
        assert_eq!(ada.get(&format!("{first_place}/diff")).await.faults(), ["?from missing"]);
        let second = upload(&ada, &planner(&[("serde", "1.1.0"), ("itoa", "1.0.1"), ("log", "0.4.0")])).await;
        assert_eq!(second["replaces"], first["id"]);
        let place = format!("{SBOMS}/{}", second["id"].as_str().unwrap());
        let diff = ada.get(&format!("{place}/diff")).await.expect(200);
        assert_eq!((names(&diff["added"]), names(&diff["removed"])), (vec!["log"], vec!["ryu"]));
        assert_eq!(diff["changed"], json!([{"name": "serde", "package": "pkg:cargo/serde", "from_versions": ["1.0.0"], "to_versions": ["1.1.0"]}]));
        assert_eq!(diff["unchanged_count"], 1);
        let back = ada.get(&format!("{first_place}/diff?from={}", second["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(names(&back["added"]), ["ryu"]);
        let other = ada.get(&format!("{place}/diff?from=01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d")).await;
        assert_eq!(other.faults(), ["?from unknown"]);
        let current = ada.get(&format!("{SBOMS}?current=true&product=PLANNER")).await.expect(200);
        assert_eq!(current["items"].as_array().unwrap().len(), 1);
        assert_eq!(current["items"][0]["id"], second["id"]);
        ada.send(Method::DELETE, &place, &[], None).await.expect(204);
        ada.get(&place).await.problem(404, "not_found");
        ada.get(&format!("{place}/components")).await.problem(404, "not_found");
        assert_eq!(ada.get(&first_place).await.expect(200)["is_current"], true);
        app.stop().await;
    }

    async fn what_can_not_be_taken_is_refused_with_its_place_and_leaves_nothing(db: TestDb) {
        let (app, ada) = freight(db).await;
        let whole = planner(&[("serde", "1.0.0")]).to_string();
        let deep = format!("{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        let bomb = "<!DOCTYPE bom [<!ENTITY a \"aaaa\">]><bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">&a;</bom>";
        for (body, place, code) in [
            (&whole[..whole.len() / 2], "line 1, column ", "malformed"),
            (deep.as_str(), "line 1, column ", "too_large"),
            (bomb, "line 1, column 1", "doctype"),
            ("{\"hello\": 1}", "", "unknown_format"),
            ("{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\"}", "?product", "too_short"),
        ] {
            let faults = send(&ada, SBOMS, body).await.faults();
            assert!(faults[0].starts_with(place) && faults[0].ends_with(code), "{faults:?}");
        }
        let mut odd = planner(&[("serde", "1.0.0"), ("serde", "2.0.0")]);
        odd["components"][0]["type"] = json!("odd");
        odd["components"][0]["purl"] = json!("nonsense");
        let faults = send(&ada, &format!("{SBOMS}?strict=true"), &odd.to_string()).await.faults();
        assert!(faults.contains(&"/components/0/type unknown_word".to_owned()), "{faults:?}");
        let wrong_type = ada.send(Method::POST, SBOMS, &[("content-type", "image/png")], Some(whole.clone())).await;
        wrong_type.problem(415, "request.unsupported_media_type");
        assert_eq!(ada.get(SBOMS).await.expect(200)["items"], json!([]));
        let made = upload(&ada, &odd).await;
        let codes: Vec<_> = made["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
        assert_eq!(codes, ["invalid_purl", "twice"]);
        app.stop().await;
    }

    async fn an_upload_that_is_too_large_or_stops_half_way_leaves_nothing(db: TestDb) {
        let (app, ada) = freight(db).await;
        // 400 MB are refused by their announcement, before a byte of them is there.
        let told = unfinished(&app, &ada, "content-length: 419430400", 0, true).await;
        assert!(told.starts_with("HTTP/1.1 413") && told.contains("request.too_large"), "{told}");
        // Without one, as soon as they are more than what is taken.
        let told = unfinished(&app, &ada, "transfer-encoding: chunked", 40 << 20, true).await;
        assert!(told.is_empty() || told.starts_with("HTTP/1.1 413"), "{told}");
        // What stops half-way is no document.
        unfinished(&app, &ada, "content-length: 20971520", 10 << 20, false).await;
        unfinished(&app, &ada, "transfer-encoding: chunked", 10 << 20, false).await;
        assert_eq!(ada.get(SBOMS).await.expect(200)["items"], json!([]));
        assert_eq!(upload(&ada, &planner(&[("serde", "1.0.0")])).await["is_current"], true, "the next one is taken");
        app.stop().await;
    }

    async fn larger_bodies_than_elsewhere_are_taken_in_pieces(db: TestDb) {
        let (app, ada) = freight(db).await;
        let library = |at: usize| json!({"type": "library", "bom-ref": format!("c{at}"), "name": format!("c{at}"), "description": "x".repeat(500),
            "purl": format!("pkg:npm/c{at}@1.0.{at}")});
        let needs = |at: usize| json!({"ref": format!("c{at}"), "dependsOn": [format!("c{}", (at + 1) % 3000)]});
        let mut document = planner(&[]);
        document["components"] = (0..3000).map(library).collect();
        document["dependencies"] = (0..3000).map(needs).collect();
        assert!(document.to_string().len() > 1 << 20);
        let made = upload(&ada, &document).await;
        assert_eq!((&made["components"], &made["dependencies"]), (&json!(3000), &json!(3000)));
        app.stop().await;
    }

    async fn the_exposure_finds_listed_projects_and_feeds_matching(db: TestDb) {
        let (app, ada) = freight(db).await;
        let (lead, coordinator) = (app.person("lead").await, app.coordinator().await);
        market::project(&lead, &coordinator, "serde", json!({"packages": ["pkg:cargo/serde"], "name": "=serde"})).await;
        market::project(&lead, &coordinator, "itoa", json!({"packages": ["pkg:cargo/itoa"]})).await;
        market::project(&lead, &coordinator, "source", json!({})).await;
        let need = seed::open_need(&lead, "serde", "Fuzz the parser", json!({})).await;
        seed::offer(&ada, json!({})).await;
        let mut document = planner(&[("serde", "1.0.0"), ("itoa", "1.0.1"), ("unlisted", "1")]);
        document["components"][2]["externalReferences"] = json!([{"type": "vcs", "url": "git+https://github.com/example/source.git"}]);
        upload(&ada, &document).await;
        send(&ada, &format!("{SBOMS}?product=Tracker"), &planner(&[("serde", "0.9.0")]).to_string()).await.expect(201);

        let path = "/api/v1/organizations/freight/exposure";
        let found = ada.get(path).await.expect(200);
        assert_eq!((&found["products"], &found["components"], &found["traced_components"]), (&json!(2), &json!(4), &json!(4)));
        let slugs: Vec<_> = found["projects"].as_array().unwrap().iter().map(|project| project["slug"].as_str().unwrap()).collect();
        assert_eq!(slugs[0], "serde");
        assert_eq!(slugs.len(), 3);
        let serde = &found["projects"][0];
        assert_eq!((&serde["direct"], &serde["versions"], &serde["products"]), (&json!(true), &json!(["0.9.0", "1.0.0"]), &json!(["Planner", "Tracker"])));
        assert_eq!((&serde["open_needs"], &serde["one_maintainer"], &serde["found_by"]), (&json!(1), &json!(true), &json!("package")));
        let sum: f64 = serde["priority"]["reasons"].as_array().unwrap().iter().map(|reason| reason["points"].as_f64().unwrap()).sum();
        assert!((sum - serde["priority"]["score"].as_f64().unwrap()).abs() < 1e-6);
        let source = found["projects"].as_array().unwrap().iter().find(|project| project["slug"] == "source").unwrap();
        assert_eq!((&source["direct"], &source["depth"], &source["found_by"]), (&json!(false), &json!(3), &json!("repository")));

        let csv = ada.get(&format!("{path}?format=csv")).await;
        assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
        assert!(csv.text.contains("serde,'=serde,listed,direct,1,Planner; Tracker,0.9.0; 1.0.0"), "{}", csv.text);
        let html = ada.get(&format!("{path}?format=html")).await;
        assert!(html.text.contains("<td>=serde</td>") && html.text.contains("2 products with 4 components"), "{}", html.text);

        let id = need.rsplit('/').next().unwrap();
        let explained = ada.get(&format!("/api/v1/matching/explain?need={id}")).await.expect(200);
        let factor = |explained: &Value| {
            let reasons = explained["reasons"].as_array().unwrap();
            reasons.iter().find(|reason| reason["factor"] == "dependency").unwrap()["points"].as_f64().unwrap()
        };
        assert!(factor(&explained) > 0.0, "{explained}");
        for item in ada.get(SBOMS).await.expect(200)["items"].as_array().unwrap() {
            ada.send(Method::DELETE, &format!("{SBOMS}/{}", item["id"].as_str().unwrap()), &[], None).await.expect(204);
        }
        let explained = ada.get(&format!("/api/v1/matching/explain?need={id}")).await.expect(200);
        assert!(factor(&explained).abs() < 1e-9, "{explained}");
        app.stop().await;
    }
}
