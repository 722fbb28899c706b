//! The taxonomy that ships with the product.

use std::sync::LazyLock;

use super::{Kind, Source, Taxonomy};

/// The data files, in the order of their skills' indexes.
pub(super) const FILES: [Source<'static>; 8] = [
    Source { name: "languages.skills", kind: Kind::Language, text: include_str!("data/languages.skills") },
    Source { name: "frameworks-web.skills", kind: Kind::Framework, text: include_str!("data/frameworks-web.skills") },
    Source {
        name: "frameworks-other.skills",
        kind: Kind::Framework,
        text: include_str!("data/frameworks-other.skills"),
    },
    Source { name: "platforms.skills", kind: Kind::Platform, text: include_str!("data/platforms.skills") },
    Source { name: "tools.skills", kind: Kind::Platform, text: include_str!("data/tools.skills") },
    Source {
        name: "domains-computing.skills",
        kind: Kind::Domain,
        text: include_str!("data/domains-computing.skills"),
    },
    Source { name: "domains-fields.skills", kind: Kind::Domain, text: include_str!("data/domains-fields.skills") },
    Source { name: "activities.skills", kind: Kind::Activity, text: include_str!("data/activities.skills") },
];

#[expect(clippy::panic, reason = "the data are part of the program and a test reads them: without them nothing works")]
static SHIPPED: LazyLock<Taxonomy> = LazyLock::new(|| match Taxonomy::read(&FILES) {
    Ok(taxonomy) => taxonomy,
    Err(errors) => panic!("the shipped skills are broken: {errors:?}"),
});

impl Taxonomy {
    /// The taxonomy that ships with the product, read at the first call (tens of milliseconds) and kept.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }
}
