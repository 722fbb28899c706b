//! The order of the house, and what each room must not name.

use crate::Source;
use crate::imports::{self, Named, module_of};

/// The layers, each importing only from itself and those before it.
const LAYERS: &[&str] = &["kernel", "infra", "http", "features", "app"];

/// The features, each importing only the public face of those before it. A new feature takes its place here.
const FEATURES: &[&str] = &[
    "audit",
    "accounts",
    "jobs",
    "organizations",
    "skills",
    "projects",
    "needs",
    "baseline",
    "volunteers",
    "pledges",
    "funding",
    "proposals",
    "assignments",
    "time_entries",
    "credentials",
    "feedback",
    "matching",
    "search",
    "sboms",
    "impact",
    "advisories",
    "risk",
    "swarms",
    "moderation",
    "webhooks",
    "notifications",
    "statistics",
];

/// Modules of a feature that nobody else may name.
const PRIVATE: &[&str] = &["store", "dto", "routes", "jobs"];

const ACTIX: &[&str] = &["actix_web", "actix_cors", "actix_http", "actix_rt", "actix_service", "utoipa_actix_web"];
const DIESEL: &[&str] = &["diesel", "diesel_migrations", "libsqlite3_sys", "pq_sys"];
const CHANCE: &[&str] = &["rand", "getrandom"];
/// Whatever reaches out of the process, or waits.
const OUTSIDE: &[&str] = &[
    "tokio",
    "lettre",
    "reqwest",
    "std::fs",
    "std::io",
    "std::env",
    "std::process",
    "std::thread",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::net::ToSocketAddrs",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// What a room must not name, and the sentence that says so.
struct Ban {
    /// Whether it is for this module.
    room: fn(&Room<'_>) -> bool,
    names: &'static [&'static [&'static str]],
    sentence: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        room: |room| !room.may_query(),
        names: &[DIESEL],
        sentence: "diesel lives in infra/db, infra/queue/store and the features' store and model",
    },
    Ban {
        room: |room| !room.may_query(),
        names: &[&["crate::infra::db::schema"]],
        sentence: "tables are for infra/db and the features' store and model",
    },
    Ban {
        room: |room| !matches!(room.layer(), Some("http" | "app")) && room.role() != Some("routes"),
        names: &[ACTIX],
        sentence: "actix lives in http, app and the features' routes",
    },
    Ban {
        room: |room| room.layer() == Some("kernel"),
        names: &[OUTSIDE, CHANCE],
        sentence: "the kernel is pure: it gets a Clock and Entropy",
    },
    Ban {
        room: |room| room.role() == Some("policy"),
        names: &[OUTSIDE, CHANCE],
        sentence: "a policy is pure: it decides on facts",
    },
    Ban {
        room: |room| room.role() == Some("policy"),
        names: &[&["crate::infra", "crate::http"]],
        sentence: "a policy is pure: it decides on facts that the service loads",
    },
    Ban {
        room: |room| room.role() == Some("routes"),
        names: &[&["crate::infra::db"]],
        sentence: "routes call the service; they see no database",
    },
    Ban {
        room: |room| room.role() == Some("dto"),
        names: &[&["crate::infra::db"]],
        sentence: "wire types know no database",
    },
    Ban {
        room: |room| !room.path.starts_with("src/infra/"),
        names: &[CHANCE],
        sentence: "chance comes from the injected Entropy",
    },
];

/// A file below `src`.
struct Room<'a> {
    path: &'a str,
    module: Vec<String>,
}

impl Room<'_> {
    fn layer(&self) -> Option<&str> {
        self.module.get(1).map(String::as_str)
    }

    fn feature(&self) -> Option<&str> {
        if self.layer() == Some("features") { self.module.get(2).map(String::as_str) } else { None }
    }

    /// `store`, `service`, … of a feature, whether it is a file or a folder.
    fn role(&self) -> Option<&str> {
        self.feature()?;
        let roles = ["model", "store", "service", "policy", "dto", "routes", "events", "jobs", "problems"];
        self.module.iter().skip(3).map(String::as_str).find(|part| roles.contains(part))
    }

    fn may_query(&self) -> bool {
        let in_infra = self.path.starts_with("src/infra/db/") || self.path == "src/infra/queue/store.rs";
        in_infra || matches!(self.role(), Some("store" | "model"))
    }
}

fn names(named: &Named, wanted: &str) -> bool {
    let mut words = wanted.split("::");
    words.all({
        let mut have = named.path.iter();
        move |word| have.next().is_some_and(|have| have == word)
    })
}

fn place(list: &[&str], name: &str) -> Option<usize> {
    list.iter().position(|one| *one == name)
}

/// Every wrong import, a sentence each, by file and line.
pub(crate) fn check(sources: &[Source]) -> Vec<String> {
    let imports = imports::read(sources);
    let mut wrong = Vec::new();
    for (path, named) in &imports.named {
        let room = Room { path, module: module_of(path) };
        if let Some(feature) = room.feature()
            && place(FEATURES, feature).is_none()
        {
            wrong.push(format!("{path}: {feature:?} has no place in the order of the features"));
        }
        for one in named {
            let upward = upward(&room, one);
            let ban = BANS.iter().filter(|_| !one.in_tests).filter(|ban| (ban.room)(&room));
            let bans = ban
                .filter(|ban| ban.names.iter().copied().flatten().any(|name| names(one, name)))
                .map(|ban| ban.sentence.to_owned());
            for sentence in upward.into_iter().chain(dto_in_store(&room, one)).chain(bans) {
                wrong.push(format!("{path}:{} names {}: {sentence}", one.line, one.path.join("::")));
            }
        }
    }
    for module in &imports.public {
        if let [_, layer, feature, name] = module.as_slice()
            && layer == "features"
            && PRIVATE.contains(&name.as_str())
        {
            wrong.push(format!(
                "src/features/{feature}: `pub mod {name}`: {} are private; give out what others need by `pub use`",
                PRIVATE.join(", ")
            ));
        }
    }
    wrong
}

fn dto_in_store(room: &Room<'_>, named: &Named) -> Option<String> {
    let wire = named.path.first().is_some_and(|first| first == "crate")
        && named.path.get(3).is_some_and(|module| module == "dto");
    (room.role() == Some("store") && wire).then(|| "a store knows rows, not the wire".to_owned())
}

/// What is wrong with the direction, if anything.
fn upward(room: &Room<'_>, named: &Named) -> Option<String> {
    let [root, target, rest @ ..] = named.path.as_slice() else { return None };
    if root != "crate" {
        return None;
    }
    // lib.rs and main.rs: the first declares the layers, the second starts the last of them.
    let own = room.layer()?;
    let (have, want) = (place(LAYERS, own), place(LAYERS, target));
    let Some(have) = have else { return Some(format!("{own:?} is no layer of the house")) };
    match want {
        None if target == "*" => return Some("a glob of the whole house hides what is imported".to_owned()),
        // Something at the root that is no layer: a macro, or a mistake that the compiler finds.
        None => return None,
        Some(want) if want > have => {
            return Some(format!("{own} must not import from {target}: {}", LAYERS.join(" ← ")));
        }
        Some(_) => {}
    }
    let (Some(mine), [theirs, ..], "features") = (room.feature(), rest, target.as_str()) else { return None };
    let (mine_at, theirs_at) = (place(FEATURES, mine)?, place(FEATURES, theirs)?);
    (theirs_at > mine_at)
        .then(|| format!("{mine} comes before {theirs} in the order of the features: send an event instead"))
}
