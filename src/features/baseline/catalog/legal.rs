//! Licenses, and the right to contribute.

use super::{Control, L23, L123, asks, control, help};
use crate::features::needs::NeedSize::{Session, Small};
use crate::kernel::NeedKind::{BuildAndCi, Documentation, ReleaseEngineering};

pub(super) const CONTROLS: &[Control] = &[
    control(
        "OSPS-LE-01",
        "Contributors vouch for their right to contribute",
        &[asks(
            "OSPS-LE-01.01",
            L23,
            "With each commit its authors state that they are entitled to contribute it, and the repository insists on that.",
            help(
                (BuildAndCi, Session, 3),
                &[("build-and-ci", 2), ("license-compliance", 2)],
                "Demand a sign-off on every commit",
                "Choose between a developer certificate of origin and an agreement with the maintainers, switch on the check that demands it, and explain it in the contribution guide.",
            ),
        )],
    ),
    control(
        "OSPS-LE-02",
        "The licenses are open source",
        &[
            asks(
                "OSPS-LE-02.01",
                L123,
                "The source is under a license that OSI or FSF would call open or free.",
                help(
                    (Documentation, Small, 0),
                    &[("license-compliance", 3)],
                    "Settle the license of the source",
                    "Find out under which terms all parts of the source stand, propose a recognized license that fits, and prepare what contributors have to agree to.",
                ),
            ),
            asks(
                "OSPS-LE-02.02",
                L123,
                "What is released is under such a license as well.",
                help(
                    (ReleaseEngineering, Small, 0),
                    &[("license-compliance", 3), ("release-engineering", 1)],
                    "Settle the license of what is released",
                    "Look into each released file for parts under other terms, replace or clear them, and state the license in the packages' metadata.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-LE-03",
        "The licenses are where one looks for them",
        &[
            asks(
                "OSPS-LE-03.01",
                L123,
                "The repository holds the license of its source in a file or folder with the customary name.",
                help(
                    (Documentation, Session, 1),
                    &[("license-compliance", 1)],
                    "Add the license file to the repository",
                    "Put the full license text into the repository's root under its usual name, and add SPDX identifiers where that helps.",
                ),
            ),
            asks(
                "OSPS-LE-03.02",
                L123,
                "Releases bring their license along: in the source archive, or as a file beside the rest.",
                help(
                    (ReleaseEngineering, Session, 2),
                    &[("release-engineering", 2), ("license-compliance", 1)],
                    "Ship the license with every release",
                    "Change the packaging so that each archive and package holds the license text, and check it in the release pipeline.",
                ),
            ),
        ],
    ),
];
