//! How the software is built and released.

use super::{Control, L1, L3, L23, L123, Requirement, asks, control, help};
use crate::features::needs::NeedSize::{Medium, Session, Small};
use crate::kernel::NeedKind::{
    BuildAndCi, DependencyUpdates, Documentation, Infrastructure, ProvenanceAndSigning, ReleaseEngineering,
    SecurityAudit,
};

pub(super) const CONTROLS: &[Control] = &[
    control(
        "OSPS-BR-01",
        "Pipelines don't trust what comes from outside",
        &[
            asks(
                "OSPS-BR-01.01",
                L123,
                "Names, titles and other metadata that strangers can choose are checked and cleaned before a pipeline uses them.",
                help(
                    (SecurityAudit, Small, 0),
                    &[("build-and-ci", 3), ("security", 3)],
                    "Close script injection through pipeline metadata",
                    "Find every place where a workflow puts a branch name, title, author or similar into a script, pass them as quoted variables or check them, and add a linter that keeps it so.",
                ),
            ),
            Requirement {
                id: "OSPS-BR-01.02",
                levels: L123,
                text: "Withdrawn by the authors of the Baseline; what it asked for is part of OSPS-BR-01.01.",
                help: None,
            },
            asks(
                "OSPS-BR-01.03",
                L123,
                "Code of strangers is built where no privileged credentials or systems are in reach.",
                help(
                    (BuildAndCi, Small, 2),
                    &[("build-and-ci", 3), ("security", 3)],
                    "Keep secrets away from builds of outside code",
                    "Find the workflows that run on merge requests of strangers, take secrets and writing rights from them, and move what needs those into a step that runs after approval.",
                ),
            ),
            asks(
                "OSPS-BR-01.04",
                L3,
                "What collaborators type into a pipeline is checked and cleaned as well.",
                help(
                    (BuildAndCi, Small, 0),
                    &[("build-and-ci", 3), ("security", 2)],
                    "Check the inputs of hand-started pipelines",
                    "List the workflows that take inputs from collaborators, give each input a type or a pattern, and refuse what doesn't fit before it reaches a script.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-BR-02",
        "Every release has a name of its own",
        &[
            asks(
                "OSPS-BR-02.01",
                L23,
                "Each official release carries a version that no other release has.",
                help(
                    (ReleaseEngineering, Session, 2),
                    &[("release-engineering", 2)],
                    "Introduce version numbers for releases",
                    "Choose a versioning scheme, write down when which number rises, tag the next release by it, and make the build know its own version.",
                ),
            ),
            asks(
                "OSPS-BR-02.02",
                L3,
                "Each file of a release shows which release it belongs to, or has an identity of its own.",
                help(
                    (ReleaseEngineering, Small, 2),
                    &[("release-engineering", 3), ("build-and-ci", 2)],
                    "Name release files after their release",
                    "Change the packaging so that every published file has the version in its name or metadata, and check it in the release pipeline.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-BR-03",
        "Development and distribution use encrypted channels",
        &[
            asks(
                "OSPS-BR-03.01",
                L123,
                "All addresses that the project calls its own are served over encrypted connections only.",
                help(
                    (Infrastructure, Session, 3),
                    &[("infrastructure", 2), ("tls", 2)],
                    "Serve every project address over TLS alone",
                    "List the project's sites, trackers and lists, bring each to TLS, redirect or close what is plain, and correct the links in the documentation.",
                ),
            ),
            asks(
                "OSPS-BR-03.02",
                L123,
                "Where the software is fetched from can't be impersonated on the way: the channel proves cryptographically whose it is.",
                help(
                    (Infrastructure, Session, 3),
                    &[("infrastructure", 2), ("tls", 2)],
                    "Secure the download channels against tampering",
                    "Go through mirrors, package indexes and download pages, move each to an authenticated channel, and take those that can't be from the documentation.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-BR-04",
        "Releases say what changed",
        &[asks(
            "OSPS-BR-04.01",
            L23,
            "With each release comes an account of what it changes, in function and in security.",
            help(
                (ReleaseEngineering, Small, 1),
                &[("release-engineering", 2), ("documentation", 2)],
                "Write change logs, and keep them coming",
                "Set up a change log, fill in the last releases, and make an entry part of each change and of the release checklist; security fixes are marked as such.",
            ),
        )],
    ),
    control(
        "OSPS-BR-05",
        "Dependencies come through standard tools",
        &[asks(
            "OSPS-BR-05.01",
            L23,
            "Pipelines fetch what they build on by the ecosystem's usual tools, where there are such.",
            help(
                (DependencyUpdates, Small, 1),
                &[("dependency-updates", 3), ("build-and-ci", 2)],
                "Fetch dependencies by the package manager",
                "Replace hand-written downloads and copied sources in the build by the ecosystem's package manager with locked versions.",
            ),
        )],
    ),
    control(
        "OSPS-BR-06",
        "Releases are signed",
        &[asks(
            "OSPS-BR-06.01",
            L23,
            "Each release is signed, or listed with the hashes of all its files in a signed manifest.",
            help(
                (ProvenanceAndSigning, Medium, 3),
                &[("provenance-and-signing", 3), ("release-engineering", 3)],
                "Sign releases and publish their hashes",
                "Choose a way to sign that the project can keep up, build it into the release pipeline, publish hashes beside the files, and describe how keys or identities are looked after.",
            ),
        )],
    ),
    control(
        "OSPS-BR-07",
        "Secrets stay secret",
        &[
            asks(
                "OSPS-BR-07.01",
                L1,
                "Something keeps passwords, tokens and other secrets from slipping into the repository in the clear.",
                help(
                    (Infrastructure, Small, 2),
                    &[("secrets-management", 2), ("git", 2)],
                    "Scan for secrets before they are committed",
                    "Switch on secret scanning with push protection or a hook and a pipeline step, look through the history once, and replace what has leaked.",
                ),
            ),
            asks(
                "OSPS-BR-07.02",
                L3,
                "It is written down how the project keeps, hands out and replaces its secrets.",
                help(
                    (Documentation, Small, 1),
                    &[("documentation", 2), ("secrets-management", 3)],
                    "Write down how secrets are handled",
                    "List which secrets there are and who holds them, and write a short policy: where they are kept, who may use them, when they are rotated, and what is done after a leak.",
                ),
            ),
        ],
    ),
];
