//! How well the project knows its own weak places.

use super::{Control, L3, L23, asks, control, help};
use crate::features::needs::NeedSize::Medium;
use crate::kernel::NeedKind::{Documentation, SecurityAudit};

pub(super) const CONTROLS: &[Control] = &[
    control(
        "OSPS-SA-01",
        "The design is described",
        &[asks(
            "OSPS-SA-01.01",
            L23,
            "Once there is a release, a design document shows who and what acts within the system, and what each of them does.",
            help(
                (Documentation, Medium, 0),
                &[("documentation", 3), ("threat-modeling", 2)],
                "Describe the system's actors and actions",
                "Read the code and ask the maintainers, draw who acts on what across which boundary, and explain it in a document that newcomers can follow.",
            ),
        )],
    ),
    control(
        "OSPS-SA-02",
        "The interfaces are described",
        &[asks(
            "OSPS-SA-02.01",
            L23,
            "Each interface that a release offers to the outside is described.",
            help(
                (Documentation, Medium, 0),
                &[("documentation", 3)],
                "Document the external interfaces",
                "List the programming, command-line, network and file interfaces, describe what each takes, gives and promises, and generate what can be generated.",
            ),
        )],
    ),
    control(
        "OSPS-SA-03",
        "The security is assessed",
        &[
            asks(
                "OSPS-SA-03.01",
                L23,
                "The project has looked into which security problems are likeliest and would hurt most.",
                help(
                    (SecurityAudit, Medium, 0),
                    &[("security-audit", 3)],
                    "Assess the project's security",
                    "Go through the project with its maintainers, collect what could go wrong, weigh likelihood and damage, and write down what follows from it.",
                ),
            ),
            asks(
                "OSPS-SA-03.02",
                L3,
                "The project has modeled its threats and knows its attack surface, down to the critical paths in the code.",
                help(
                    (SecurityAudit, Medium, 0),
                    &[("threat-modeling", 4), ("security-audit", 3)],
                    "Model the threats and map the attack surface",
                    "Build a threat model on the design, follow untrusted input through the critical paths, list what each attacker could reach, and turn the findings into issues.",
                ),
            ),
        ],
    ),
];
