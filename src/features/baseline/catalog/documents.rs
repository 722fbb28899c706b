//! What users are told.

use super::{Control, L3, L23, L123, asks, control, help};
use crate::features::needs::NeedSize::{Medium, Session, Small};
use crate::kernel::NeedKind::Documentation;

pub(super) const CONTROLS: &[Control] = &[
    control(
        "OSPS-DO-01",
        "Users find out how to use it",
        &[asks(
            "OSPS-DO-01.01",
            L123,
            "Once there is a release, guides explain everything basic that a user does with it.",
            help(
                (Documentation, Medium, 0),
                &[("documentation", 3)],
                "Write the user guide",
                "Find out what most users do first, write a guide for each of these tasks with examples that run, and link them from the front page.",
            ),
        )],
    ),
    control(
        "OSPS-DO-02",
        "Users find out how to report defects",
        &[asks(
            "OSPS-DO-02.01",
            L123,
            "Once there is a release, the documentation explains how and where to report what is broken.",
            help(
                (Documentation, Session, 0),
                &[("documentation", 2), ("triage", 1)],
                "Explain how to report a defect",
                "Write what a good report holds and where it goes, add templates to the tracker, and link it from the front page.",
            ),
        )],
    ),
    control(
        "OSPS-DO-03",
        "Users can check what they downloaded",
        &[
            asks(
                "OSPS-DO-03.01",
                L3,
                "The documentation shows, step by step, how to check that a release's files are whole and genuine.",
                help(
                    (Documentation, Small, 0),
                    &[("documentation", 2), ("provenance-and-signing", 2)],
                    "Document how to verify a release",
                    "Write the commands by which a user checks hashes and signatures, try them on a fresh machine, and link them from each release.",
                ),
            ),
            asks(
                "OSPS-DO-03.02",
                L3,
                "The documentation shows how to check that a release was made by whom it should be: a person or a pipeline.",
                help(
                    (Documentation, Session, 0),
                    &[("provenance-and-signing", 3), ("documentation", 2)],
                    "Document who signs releases",
                    "Name the people, keys or pipeline identities that may make releases, and show how to compare a signature with them.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-DO-04",
        "Users know how long a release is supported",
        &[asks(
            "OSPS-DO-04.01",
            L3,
            "For each release the documentation says what support there is, and until when.",
            help(
                (Documentation, Session, 0),
                &[("documentation", 2), ("release-engineering", 2)],
                "Publish the support policy",
                "Agree with the maintainers on which releases get which support for how long, and publish it as a table that is kept up with each release.",
            ),
        )],
    ),
    control(
        "OSPS-DO-05",
        "Users know when security fixes end",
        &[asks(
            "OSPS-DO-05.01",
            L3,
            "The documentation says from when on a release gets no more security fixes.",
            help(
                (Documentation, Session, 0),
                &[("documentation", 2), ("vulnerability-response", 2)],
                "Say when security fixes end",
                "Add the last day of security fixes to the list of releases, and say how users are told before it comes.",
            ),
        )],
    ),
    control(
        "OSPS-DO-06",
        "It is known how dependencies are chosen",
        &[asks(
            "OSPS-DO-06.01",
            L23,
            "The documentation describes how the project picks what it depends on, where it gets it, and how it keeps track.",
            help(
                (Documentation, Small, 0),
                &[("documentation", 2), ("dependency-updates", 2)],
                "Describe how dependencies are managed",
                "Ask the maintainers how they decide on dependencies today, write it down as a short policy, and name the tools and files involved.",
            ),
        )],
    ),
    control(
        "OSPS-DO-07",
        "Anybody can build it",
        &[asks(
            "OSPS-DO-07.01",
            L23,
            "The documentation explains how to build the software from source, with all tools and libraries that this takes.",
            help(
                (Documentation, Small, 0),
                &[("documentation", 2), ("build-and-ci", 2)],
                "Write build instructions that work",
                "Build the project on a clean machine, note down every step and prerequisite, and let the pipeline follow the same steps so that they stay true.",
            ),
        )],
    ),
];
