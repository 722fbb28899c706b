//! Closed vocabularies that several features speak.

/// Declares an enum whose variants have one `snake_case` name each, the same on the wire, in the database and in text.
macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }

        impl $name {
            /// Every variant, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl $crate::kernel::machine::Word for $name {
            fn word(self) -> &'static str {
                self.as_str()
            }
        }

        // By hand: the derive does not see a rename that comes out of a macro.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!($($doc),*).trim()))
                    .enum_values(Some([$($text),*]))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::kernel::Fault;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err($crate::kernel::Fault::new(
                        "unknown_word",
                        format!("{text:?} is not known here; use one of: {}.", [$($text),*].join(", ")),
                    )),
                }
            }
        }
    };
}
pub(crate) use words;

use super::Fault;

words! {
    /// What kind of help a need asks for.
    NeedKind {
        /// Sorting and reproducing reports.
        Triage = "triage",
        /// Reviewing changes.
        CodeReview = "code_review",
        /// Fixing bugs.
        BugFixing = "bug_fixing",
        /// Looking for weaknesses.
        SecurityAudit = "security_audit",
        /// Handling a reported vulnerability.
        VulnerabilityResponse = "vulnerability_response",
        /// Writing and running fuzzers.
        Fuzzing = "fuzzing",
        /// Keeping dependencies current.
        DependencyUpdates = "dependency_updates",
        /// Cutting releases.
        ReleaseEngineering = "release_engineering",
        /// Builds and continuous integration.
        BuildAndCi = "build_and_ci",
        /// Signed releases and build provenance.
        ProvenanceAndSigning = "provenance_and_signing",
        /// Bills of materials.
        Sbom = "sbom",
        /// Writing tests.
        Testing = "testing",
        /// Writing documentation.
        Documentation = "documentation",
        /// Servers, mirrors, accounts.
        Infrastructure = "infrastructure",
        /// Bringing up new maintainers.
        Mentoring = "mentoring",
        /// Studies and designs.
        Research = "research",
        /// Sharing the maintainer's work for long.
        CoMaintainer = "co_maintainer",
        /// Taking the project over.
        Handover = "handover",
    }
}

words! {
    /// How urgent a need is, in the project's own view.
    Urgency {
        /// Whenever it suits.
        Low = "low",
        /// As usual.
        Normal = "normal",
        /// Soon.
        High = "high",
        /// Now.
        Critical = "critical",
    }
}

words! {
    /// Which contributor agreement a project asks for.
    Cla {
        /// None.
        None = "none",
        /// Developer Certificate of Origin, a sign-off in each commit.
        Dco = "dco",
        /// An individual contributor license agreement.
        Individual = "individual",
        /// A corporate one, signed by the employer.
        Corporate = "corporate",
    }
}

impl Cla {
    /// Whether somebody may work where this agreement is asked for who may sign only these; an empty list allows every kind, and where
    /// nothing is asked for nothing is in the way.
    pub fn is_allowed(self, kinds: &[Self]) -> bool {
        self == Self::None || kinds.is_empty() || kinds.contains(&self)
    }
}

words! {
    /// What a project thinks of AI-assisted contributions.
    AiPolicy {
        /// Welcome.
        Welcome = "welcome",
        /// Allowed when disclosed.
        Disclose = "disclose",
        /// Not accepted.
        Forbidden = "forbidden",
    }
}

/// Skill level: 1 (beginner) to 5 (expert).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// Checks the number.
    pub fn parse(level: i64) -> Result<Self, Fault> {
        match u8::try_from(level) {
            Ok(level @ 1..=5) => Ok(Self(level)),
            _ => Err(Fault::new("out_of_range", format!("A level is 1 (beginner) to 5 (expert); it is {level}."))),
        }
    }

    /// The number, 1 to 5.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// How far into a project's systems a task reaches: L0 (read, triage), L1 (review), L2 (write), L3 (release), L4 (admin).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessLevel(u8);

impl AccessLevel {
    /// Checks the number.
    pub fn parse(level: i64) -> Result<Self, Fault> {
        match u8::try_from(level) {
            Ok(level @ 0..=4) => Ok(Self(level)),
            _ => Err(Fault::new("out_of_range", format!("An access level is 0 (read) to 4 (admin); it is {level}."))),
        }
    }

    /// The number, 0 to 4.
    pub fn get(self) -> u8 {
        self.0
    }
}
