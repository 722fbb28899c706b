//! Who gets at the project's repository and its pipelines.

use super::{Control, L3, L23, L123, asks, control, help};
use crate::features::needs::NeedSize::{Session, Small};
use crate::kernel::NeedKind::{BuildAndCi, Infrastructure};

pub(super) const CONTROLS: &[Control] = &[
    control(
        "OSPS-AC-01",
        "A second factor guards what is sensitive",
        &[asks(
            "OSPS-AC-01.01",
            L123,
            "Nobody reads or changes sensitive parts of the main repository without having proven a second factor.",
            help(
                (Infrastructure, Session, 4),
                &[("github", 2), ("security", 2)],
                "Turn on the demand for a second factor at the forge",
                "Switch on mandatory multi-factor authentication for the organization or repository, tell everybody with access beforehand, and help those who have none yet to set one up.",
            ),
        )],
    ),
    control(
        "OSPS-AC-02",
        "New collaborators begin with little",
        &[asks(
            "OSPS-AC-02.01",
            L123,
            "Whoever joins gets the fewest rights that the forge knows, unless somebody grants more by hand.",
            help(
                (Infrastructure, Session, 4),
                &[("github", 2), ("governance", 1)],
                "Set the default rights of new collaborators to the least",
                "Look through the forge's defaults for members and teams, lower them to reading, and note down how more is asked for and granted.",
            ),
        )],
    ),
    control(
        "OSPS-AC-03",
        "The main branch is not changed by accident",
        &[
            asks(
                "OSPS-AC-03.01",
                L123,
                "Commits pushed straight to the main branch are turned away by a rule, not by courtesy.",
                help(
                    (Infrastructure, Session, 4),
                    &[("github", 2), ("git", 2)],
                    "Protect the main branch against direct pushes",
                    "Add a branch rule that lets changes in by merge request alone, see that it holds for administrators too, and adapt whatever automation pushes there today.",
                ),
            ),
            asks(
                "OSPS-AC-03.02",
                L123,
                "Deleting the main branch takes a deliberate confirmation.",
                help(
                    (Infrastructure, Session, 4),
                    &[("github", 2), ("git", 2)],
                    "Keep the main branch from being deleted",
                    "Extend the branch rules so that the main branch can't be deleted or overwritten without somebody lifting the rule first.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-AC-04",
        "Pipelines hold no more rights than they use",
        &[
            asks(
                "OSPS-AC-04.01",
                L23,
                "A pipeline step for which nobody named rights runs with the fewest there are.",
                help(
                    (BuildAndCi, Session, 2),
                    &[("build-and-ci", 2), ("security", 2)],
                    "Make read-only the default of every pipeline",
                    "Set the token that pipelines get to read-only by default, at the forge and at the head of each workflow, and fix what breaks.",
                ),
            ),
            asks(
                "OSPS-AC-04.02",
                L3,
                "Each job of a pipeline is granted what its own work takes, and nothing beyond.",
                help(
                    (BuildAndCi, Small, 2),
                    &[("build-and-ci", 3), ("security", 3)],
                    "Grant each pipeline job only the rights it uses",
                    "Go through all workflows, find out what each job really does, write its rights down job by job, and split jobs that mix building with publishing.",
                ),
            ),
        ],
    ),
];
