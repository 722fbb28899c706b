//! The guarded client against sites and a name server on loopback. 127.0.0.2 stands for the public internet: it alone is
//! allowed, everything else on this machine is as inner as it always is.

use crate::app;
use crate::dns::NameServer;
use crate::site::{Page, Site};
use mainstay::infra::config::Settings;
use mainstay::infra::dns::DnsError;
use mainstay::infra::fetch::{FetchError, Fetcher, Request};
use std::time::{Duration, Instant};

const PUBLIC: &str = "127.0.0.2";

fn fetcher(names: &NameServer, change: impl FnOnce(&mut Settings)) -> Fetcher {
    let mut settings = app::settings("sqlite:unused");
    settings.fetch.allow_networks = vec![format!("{PUBLIC}/32").parse().unwrap()];
    settings.fetch.allow_http = true;
    settings.fetch.name_servers = vec![names.address.to_string().parse().unwrap()];
    change(&mut settings);
    Fetcher::new(&settings)
}

#[tokio::test]
async fn a_page_is_fetched_by_its_name_and_says_who_asks() {
    let (names, site) = (NameServer::start().await, Site::start(PUBLIC).await);
    names.host("forge.example.org", &[PUBLIC]);
    site.put("/a", Page::Text("found".into()));
    let fetcher = fetcher(&names, |_| {});
    let port = site.address.port();
    let answer = fetcher.get(&format!("http://forge.example.org:{port}/a")).await.unwrap();
    assert_eq!((answer.status, answer.text().as_str(), answer.is_success()), (200, "found", true));
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    let head = site.seen().remove(0).to_lowercase();
    assert!(head.contains("user-agent: mainstay/") && head.contains("(+https://mainstay.example.org)"), "{head}");
    assert!(head.contains(&format!("host: forge.example.org:{port}")) && !head.contains("referer"), "{head}");

    let answer = fetcher.get(&site.url("/missing")).await.unwrap();
    assert_eq!((answer.status, answer.is_success()), (404, false));
}

#[tokio::test]
async fn no_redirect_leads_to_an_inner_address() {
    let (names, site) = (NameServer::start().await, Site::start(PUBLIC).await);
    let inner = Site::start("127.0.0.1").await;
    inner.put("/", Page::Text("secret".into()));
    names.host("inner.example.org", &["127.0.0.1"]);
    names.host("six.example.org", &["::1"]);
    names.host("mixed.example.org", &[PUBLIC, "10.0.0.1"]);
    let fetcher = fetcher(&names, |_| {});
    let port = inner.address.port();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "localhost",
        "inner.example.org",
        "six.example.org",
        "mixed.example.org",
    ] {
        site.put("/go", Page::Redirect(format!("http://{host}:{port}/")));
        for url in [site.url("/go"), format!("http://{host}:{port}/")] {
            let error = fetcher.get(&url).await.unwrap_err();
            assert!(matches!(error, FetchError::NotPublic { .. }), "{host}: {error:?}");
            assert!(error.to_string().ends_with("does not lead to a public address"), "{error}");
        }
    }
    assert!(inner.seen().is_empty(), "{:?}", inner.seen());
}

#[tokio::test]
async fn other_schemes_and_credentials_are_refused_on_each_hop() {
    let (names, site) = (NameServer::start().await, Site::start(PUBLIC).await);
    let open = fetcher(&names, |_| {});
    for to in ["file:///etc/passwd", "ftp://127.0.0.2/", "http://user:hunter2@127.0.0.2/", "http://127.0.0.2:25/"] {
        site.put("/go", Page::Redirect(to.to_owned()));
        for url in [site.url("/go"), to.to_owned()] {
            let error = open.get(&url).await.unwrap_err();
            assert!(matches!(error, FetchError::Address { .. }), "{error:?}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
    let strict = fetcher(&names, |settings| settings.fetch.allow_http = false);
    let error = strict.get(&site.url("/a")).await.unwrap_err().to_string();
    assert!(error.ends_with("is not fetched: only https is"), "{error}");
    let error = strict.get("no address").await.unwrap_err().to_string();
    assert_eq!(error, "no address is not fetched: it is no address");
}

#[tokio::test]
async fn three_redirects_are_followed_and_no_more() {
    let (names, site) = (NameServer::start().await, Site::start(PUBLIC).await);
    let fetcher = fetcher(&names, |_| {});
    site.put("/1", Page::Redirect("/2".into()));
    site.put("/2", Page::Redirect("3".into()));
    site.put("/3", Page::Redirect(site.url("/4?x=y")));
    site.put("/4?x=y", Page::Text("here".into()));
    let answer = fetcher.get(&site.url("/1")).await.unwrap();
    assert_eq!((answer.text().as_str(), answer.url.path()), ("here", "/4"));
    site.put("/0", Page::Redirect("/1".into()));
    let error = fetcher.get(&site.url("/0")).await.unwrap_err();
    assert_eq!(error, FetchError::TooManyRedirects { url: site.url("/4") });
    assert!(!error.is_transient());
    site.put("/bad", Page::Redirect("http://[".into()));
    let error = fetcher.get(&site.url("/bad")).await.unwrap_err();
    assert_eq!(error, FetchError::BadRedirect { url: site.url("/bad") });
}

#[tokio::test]
async fn what_holds_a_secret_is_not_sent_on() {
    let (names, site) = (NameServer::start().await, Site::start(PUBLIC).await);
    let fetcher = fetcher(&names, |_| {});
    site.put("/go", Page::Redirect("/elsewhere".into()));
    let with_key = Request::get(&site.url("/go")).unwrap().header("authorization", "Bearer key").unwrap();
    let form = Request::post_form(&site.url("/go"), &[("code", "a b&c")]).unwrap().accept("application/json");
    for request in [with_key, form] {
        let answer = fetcher.send(request).await.unwrap();
        assert_eq!((answer.status, answer.location()), (302, Some("/elsewhere")));
    }
    let seen = site.seen();
    assert!(seen.len() == 2 && seen.iter().all(|head| head.contains(" /go ")), "{seen:?}");
    assert!(seen[0].contains("Bearer key") && seen[1].contains("accept: application/json"), "{seen:?}");
    assert!(seen[1].starts_with("POST") && seen[1].contains("content-length: 12"), "{seen:?}");
}

#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let names = NameServer::start().await;
    let site = Site::start(PUBLIC).await;
    // The same port, so that only the address tells them apart.
    let inner = Site::start_at("127.0.0.1", site.address.port()).await;
    site.put("/", Page::Text("public".into()));
    inner.put("/", Page::Text("secret".into()));
    names.host_in_turn("turns.example.org", &[&[PUBLIC], &["127.0.0.1"]]);
    let fetcher = fetcher(&names, |_| {});
    let url = format!("http://turns.example.org:{}/", site.address.port());
    assert_eq!(fetcher.get(&url).await.unwrap().text(), "public");
    let error = fetcher.get(&url).await.unwrap_err();
    assert_eq!(error, FetchError::NotPublic { host: "turns.example.org".into() });
    assert!(inner.seen().is_empty());
}

#[tokio::test]
async fn slow_and_endless_answers_end() {
    let (names, site) = (NameServer::start().await, Site::start(PUBLIC).await);
    let fetcher = fetcher(&names, |settings| settings.fetch.timeout_seconds = 1);
    site.put("/drip", Page::Drip);
    site.put("/endless", Page::Endless);
    site.put("/claimed", Page::Claimed(1_048_577));
    site.put("/nothing", Page::Nothing);
    site.put("/most", Page::Text("x".repeat(1_048_576)));
    let started = Instant::now();
    let error = fetcher.get(&site.url("/drip")).await.unwrap_err();
    assert_eq!(error, FetchError::Timeout { url: site.url("/drip"), seconds: 1 });
    assert!(error.is_transient() && started.elapsed() < Duration::from_secs(4));
    for path in ["/endless", "/claimed"] {
        let error = fetcher.get(&site.url(path)).await.unwrap_err();
        assert_eq!(error, FetchError::TooLarge { url: site.url(path), limit: 1_048_576 });
    }
    assert_eq!(fetcher.get(&site.url("/most")).await.unwrap().body.len(), 1_048_576);
    let error = fetcher.get(&site.url("/nothing")).await.unwrap_err();
    assert!(matches!(&error, FetchError::Unreachable { .. }) && error.is_transient(), "{error:?}");
    let gone = site.url("/");
    drop(site);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = fetcher.get(&gone).await.unwrap_err().to_string();
    assert!(error.contains("can't be reached: ") && error.to_lowercase().contains("refused"), "{error}");
}

#[tokio::test]
async fn text_records_are_read_whole_and_failures_told_apart() {
    let names = NameServer::start().await;
    let dns = fetcher(&names, |_| {}).dns().clone();
    let long = "mainstay-verification=0123456789abcdef0123456789abcdef";
    names.texts("_mainstay.example.org", &[long, "v=spf1 -all"]);
    names.host("example.org", &[PUBLIC]);
    let mut found = dns.text_records("_mainstay.example.org").await.unwrap();
    found.sort();
    assert_eq!(found, [long, "v=spf1 -all"]);
    assert_eq!(dns.text_records("example.org").await.unwrap(), Vec::<String>::new());
    assert_eq!(dns.text_records("nowhere.example.org").await.unwrap(), Vec::<String>::new());
    assert_eq!(dns.addresses("nowhere.example.org").await.unwrap_err(), DnsError::NoSuchName);
    assert!(matches!(dns.text_records(&"x".repeat(300)).await.unwrap_err(), DnsError::Failed { .. }));
    names.set_broken(true);
    assert!(matches!(dns.text_records("example.org").await.unwrap_err(), DnsError::Failed { .. }));
    names.set_broken(false);
    names.set_silent(true);
    let started = Instant::now();
    assert_eq!(dns.text_records("example.org").await.unwrap_err(), DnsError::Timeout);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_operators_list_of_hosts_holds_for_each_redirect() {
    let (names, site) = (NameServer::start().await, Site::start(PUBLIC).await);
    names.host("forge.example.org", &[PUBLIC]);
    names.host("raw.forge.example.org", &[PUBLIC]);
    let port = site.address.port();
    site.put("/a", Page::Text("found".into()));
    site.put("/there", Page::Redirect(format!("http://raw.forge.example.org:{port}/a")));
    let only = |hosts: &[&str]| {
        let hosts = hosts.iter().map(|text| text.parse().unwrap()).collect();
        fetcher(&names, move |settings| settings.fetch.allow_hosts = hosts)
    };
    let (asked, raw) =
        (format!("http://forge.example.org:{port}/there"), format!("http://raw.forge.example.org:{port}/a"));
    assert_eq!(only(&["forge.example.org", "*.forge.example.org"]).get(&asked).await.unwrap().text(), "found");
    let before = site.seen().len();
    let refused = only(&["forge.example.org"]).get(&asked).await.unwrap_err();
    assert!(matches!(&refused, FetchError::Address { url, .. } if *url == raw), "{refused}");
    assert!(matches!(only(&["other.example.org"]).get(&asked).await.unwrap_err(), FetchError::Address { .. }));
    assert_eq!(site.seen().len(), before + 1, "what is not listed is not asked");
}
