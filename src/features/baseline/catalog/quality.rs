//! Source, tests and review.

use super::{Control, L3, L23, L123, asks, control, help};
use crate::features::needs::NeedSize::{Medium, Ongoing, Session, Small};
use crate::kernel::NeedKind::{
    BuildAndCi, CodeReview, DependencyUpdates, Documentation, Infrastructure, Sbom, SecurityAudit, Testing,
};

pub(super) const CONTROLS: &[Control] = &[
    control(
        "OSPS-QA-01",
        "Source and history are public",
        &[
            asks(
                "OSPS-QA-01.01",
                L123,
                "Anybody can read the source at an address that stays the same.",
                help(
                    (Infrastructure, Session, 4),
                    &[("git", 2), ("infrastructure", 1)],
                    "Publish the source repository",
                    "Bring the source to a public address that will last, and point every older place there.",
                ),
            ),
            asks(
                "OSPS-QA-01.02",
                L123,
                "Anybody can see what was changed, by whom and when.",
                help(
                    (Infrastructure, Small, 3),
                    &[("git", 3)],
                    "Publish the history of changes",
                    "Replace dumps of source by a repository with its whole history, and make sure that merges keep their authors and dates.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-QA-02",
        "Dependencies are published",
        &[
            asks(
                "OSPS-QA-02.01",
                L123,
                "Where the package manager can do it, the repository holds a list of all direct dependencies in the language.",
                help(
                    (DependencyUpdates, Small, 0),
                    &[("dependency-updates", 2)],
                    "Declare all direct dependencies",
                    "Find what the code uses without saying so, declare it in the package manager's file, and commit a lock file where that is customary.",
                ),
            ),
            asks(
                "OSPS-QA-02.02",
                L3,
                "Whatever is released in compiled form comes with a bill of materials.",
                help(
                    (Sbom, Small, 2),
                    &[("sbom", 3), ("build-and-ci", 2)],
                    "Ship a bill of materials with each release",
                    "Choose a generator that sees what the build really contains, run it in the release pipeline, check its output, and publish it beside the files.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-QA-03",
        "Failed checks stop a change",
        &[asks(
            "OSPS-QA-03.01",
            L23,
            "On the way to the main branch the automated checks pass, or somebody overrides them on purpose.",
            help(
                (BuildAndCi, Session, 4),
                &[("build-and-ci", 2)],
                "Make the checks a condition of merging",
                "Name the checks that must pass in the branch rules, repair or remove those that fail for no reason, and write down who may override them.",
            ),
        )],
    ),
    control(
        "OSPS-QA-04",
        "All repositories are held to the same standard",
        &[
            asks(
                "OSPS-QA-04.01",
                L123,
                "A project with several repositories lists them all.",
                help(
                    (Documentation, Session, 0),
                    &[("documentation", 1)],
                    "List the project's repositories",
                    "Write down each repository with its purpose and state, and mark those that are retired.",
                ),
            ),
            asks(
                "OSPS-QA-04.02",
                L3,
                "Where a release is put together from several repositories, none is held to less than the main one.",
                help(
                    (SecurityAudit, Medium, 1),
                    &[("security-audit", 3), ("github", 2)],
                    "Bring all repositories to the main one's standard",
                    "Compare the rules, checks and rights of each repository that goes into the release with those of the main one, and close the gaps.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-QA-05",
        "No binaries among the source",
        &[
            asks(
                "OSPS-QA-05.01",
                L123,
                "The repository holds no executables that were generated from something.",
                help(
                    (BuildAndCi, Small, 1),
                    &[("build-and-ci", 2), ("git", 2)],
                    "Remove generated executables from the repository",
                    "Find generated executables, have the build make or fetch them instead, remove them, and add a check that keeps them out.",
                ),
            ),
            asks(
                "OSPS-QA-05.02",
                L123,
                "The repository holds no binary files that a reviewer can't look into.",
                help(
                    (SecurityAudit, Small, 1),
                    &[("security-audit", 2), ("git", 2)],
                    "Replace binary files that nobody can review",
                    "List the binary files, find out where each comes from, replace them by their sources or by scripts that make them, and document the few that must stay.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-QA-06",
        "Changes are tested",
        &[
            asks(
                "OSPS-QA-06.01",
                L23,
                "Before a commit is taken in, at least one suite of automated tests runs over it.",
                help(
                    (Testing, Medium, 1),
                    &[("testing", 3), ("build-and-ci", 2)],
                    "Run tests on every change",
                    "Make the existing tests run unattended, write a first suite for what matters most where there is none, and let the pipeline run it on each change.",
                ),
            ),
            asks(
                "OSPS-QA-06.02",
                L3,
                "The documentation says which tests run when, and how to run them oneself.",
                help(
                    (Documentation, Session, 0),
                    &[("documentation", 2), ("testing", 2)],
                    "Document the tests",
                    "Describe each suite, when the pipeline runs it, and the commands by which a contributor runs it at home.",
                ),
            ),
            asks(
                "OSPS-QA-06.03",
                L3,
                "By a written policy, larger changes bring automated tests along or change those that are there.",
                help(
                    (Documentation, Session, 0),
                    &[("testing", 2), ("documentation", 2)],
                    "Write the policy on tests for changes",
                    "Agree with the maintainers when a change needs tests, write it into the contribution guide, and add it to the review checklist.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-QA-07",
        "Somebody else approves each change",
        &[asks(
            "OSPS-QA-07.01",
            L3,
            "The repository lets a change into the main branch only after a person who did not write it has approved it.",
            help(
                (CodeReview, Ongoing, 1),
                &[("code-review", 3)],
                "Review changes, so that an approval can be demanded",
                "Join as a regular reviewer, so that each change finds a second pair of eyes within days, and help to switch on the rule that demands an approval.",
            ),
        )],
    ),
];
