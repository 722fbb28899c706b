//! What each registered type asks of its components, from the type definitions of the package-url project
//! (packageurl.org/purl-types, of 2026-08): facts in our own table.

/// Whether a type has a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    Optional,
    Required,
    Prohibited,
}

/// What canonical form does to the letters of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    Kept,
    Lower,
    Upper,
}

impl Letters {
    pub(super) fn apply(self, text: &mut String) {
        match self {
            Self::Kept => {}
            Self::Lower => *text = text.to_lowercase(),
            Self::Upper => *text = text.to_uppercase(),
        }
    }
}

/// The rules of one type. What needs more than a table stands in `special`.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) ty: &'static str,
    pub(super) namespace: Namespace,
    pub(super) namespace_letters: Letters,
    pub(super) name_letters: Letters,
    pub(super) version_letters: Letters,
    pub(super) subpath_letters: Letters,
    /// The qualifiers the type itself defines.
    pub(super) keys: &'static [&'static str],
    /// Those of them without which it is no purl of the type.
    pub(super) required_keys: &'static [&'static str],
}

use Letters::{Lower, Upper};
use Namespace::{Optional, Prohibited, Required};

const fn rules(ty: &'static str, namespace: Namespace) -> Rules {
    Rules {
        ty,
        namespace,
        namespace_letters: Letters::Kept,
        name_letters: Letters::Kept,
        version_letters: Letters::Kept,
        subpath_letters: Letters::Kept,
        keys: &[],
        required_keys: &[],
    }
}

impl Rules {
    const fn letters(mut self, namespace: Letters, name: Letters) -> Self {
        self.namespace_letters = namespace;
        self.name_letters = name;
        self
    }

    const fn version(mut self, letters: Letters) -> Self {
        self.version_letters = letters;
        self
    }

    const fn subpath(mut self, letters: Letters) -> Self {
        self.subpath_letters = letters;
        self
    }

    const fn keys(mut self, keys: &'static [&'static str]) -> Self {
        self.keys = keys;
        self
    }

    const fn required(mut self, keys: &'static [&'static str]) -> Self {
        self.required_keys = keys;
        self
    }
}

const CPAN: &[&str] = &["author", "distpath", "repository_url", "download_url", "vcs_url", "ext"];
const SWID: &[&str] = &["tag_id", "tag_version", "patch", "tag_creator_name", "tag_creator_regid"];

static REGISTERED: &[Rules] = &[
    rules("alpm", Required).letters(Lower, Lower).keys(&["arch"]),
    rules("apk", Required).letters(Lower, Lower).keys(&["arch"]),
    rules("bazel", Prohibited).keys(&["repository_url"]),
    rules("bitbucket", Required).letters(Lower, Lower),
    rules("bitnami", Prohibited).letters(Lower, Lower).keys(&["arch", "distro"]),
    rules("brew", Optional).letters(Lower, Lower).keys(&["repository_url"]),
    rules("cargo", Prohibited),
    rules("chrome-extension", Prohibited).letters(Lower, Lower),
    rules("cocoapods", Prohibited),
    rules("composer", Required).letters(Lower, Lower),
    rules("conan", Optional).keys(&["user", "channel", "rrev", "prev"]),
    rules("conda", Prohibited).keys(&["build", "channel", "subdir", "type"]),
    rules("cpan", Optional).letters(Upper, Letters::Kept).keys(CPAN),
    rules("cran", Prohibited),
    rules("deb", Required).letters(Lower, Lower).keys(&["arch"]),
    rules("docker", Optional),
    rules("gem", Prohibited).keys(&["platform"]),
    rules("generic", Optional).keys(&["download_url", "checksum"]),
    rules("git", Required),
    rules("github", Required).letters(Lower, Lower),
    // The definition predates Go modules and asks for a namespace. We do not: `pkg:golang/stdlib`, without one, is how
    // Go's own vulnerability database and every generator of bills of materials name the standard library.
    rules("golang", Optional),
    rules("hackage", Prohibited),
    rules("hex", Optional).letters(Lower, Lower),
    rules("huggingface", Required).version(Lower),
    rules("julia", Prohibited).keys(&["uuid"]).required(&["uuid"]),
    rules("luarocks", Optional).letters(Lower, Lower).keys(&["repository_url"]),
    rules("maven", Required).keys(&["classifier", "type"]),
    rules("mlflow", Prohibited).keys(&["model_uuid", "run_id"]),
    rules("npm", Optional),
    rules("nuget", Prohibited),
    rules("oci", Prohibited).letters(Lower, Lower).version(Lower).keys(&["arch", "repository_url", "tag"]),
    rules("opam", Prohibited),
    rules("otp", Prohibited).letters(Lower, Lower).subpath(Lower).keys(&["repository_url", "platform", "arch"]),
    rules("pub", Prohibited).letters(Lower, Lower),
    rules("pypi", Prohibited).letters(Lower, Lower).version(Lower).keys(&["file_name"]),
    rules("qpkg", Required).letters(Lower, Letters::Kept),
    rules("rpm", Required).letters(Lower, Letters::Kept).keys(&["epoch", "arch"]),
    rules("swid", Optional).keys(SWID).required(&["tag_id"]),
    rules("swift", Required),
    rules("vcpkg", Prohibited).keys(&["port_version", "repository_revision", "triplet"]),
    rules("vscode-extension", Required).letters(Lower, Lower).version(Lower).keys(&["platform"]),
    rules("yocto", Optional).letters(Lower, Letters::Kept).keys(&["repository_url", "layer_version"]),
];

static UNREGISTERED: Rules = rules("", Optional);

/// The rules of a type, given in lowercase; a type that nobody registered has none of its own.
pub(super) fn of(ty: &str) -> &'static Rules {
    registered(ty).unwrap_or(&UNREGISTERED)
}

/// The rules of a registered type.
pub(super) fn registered(ty: &str) -> Option<&'static Rules> {
    REGISTERED.binary_search_by(|rules| rules.ty.cmp(ty)).ok().and_then(|at| REGISTERED.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(REGISTERED.is_sorted_by(|a, b| a.ty < b.ty));
        assert!(REGISTERED.iter().all(|rules| registered(rules.ty).is_some()));
        assert!(registered("no-such-type").is_none());
    }
}
