//! What happens when a weakness is found.

use super::{Control, L1, L3, L23, asks, control, help};
use crate::features::needs::NeedSize::{Medium, Session, Small};
use crate::kernel::NeedKind::{BuildAndCi, Documentation, VulnerabilityResponse};

pub(super) const CONTROLS: &[Control] = &[
    control(
        "OSPS-VM-01",
        "There is a policy for disclosures",
        &[asks(
            "OSPS-VM-01.01",
            L23,
            "A published policy says how reports of vulnerabilities are handled together with their finders, and how soon they are answered.",
            help(
                (VulnerabilityResponse, Small, 0),
                &[("vulnerability-response", 3), ("documentation", 2)],
                "Write the disclosure policy",
                "Draft how reports are taken, answered, fixed and published, with times that the maintainers can keep, and put it where finders look.",
            ),
        )],
    ),
    control(
        "OSPS-VM-02",
        "It is known whom to tell",
        &[asks(
            "OSPS-VM-02.01",
            L1,
            "The documentation names whom to contact about security.",
            help(
                (Documentation, Session, 0),
                &[("vulnerability-response", 1), ("documentation", 1)],
                "Publish security contacts",
                "Ask who takes security reports, and publish the contacts in the repository and in SECURITY-INSIGHTS.",
            ),
        )],
    ),
    control(
        "OSPS-VM-03",
        "Reports can be made in private",
        &[asks(
            "OSPS-VM-03.01",
            L23,
            "Finders can reach the security contacts in private, and the documentation says by which way.",
            help(
                (VulnerabilityResponse, Session, 4),
                &[("vulnerability-response", 2), ("github", 2)],
                "Open a private way to report vulnerabilities",
                "Switch on private reporting at the forge or set up a protected mailbox, see that somebody reads it, and describe it.",
            ),
        )],
    ),
    control(
        "OSPS-VM-04",
        "Known vulnerabilities are published",
        &[
            asks(
                "OSPS-VM-04.01",
                L23,
                "What is known about vulnerabilities that were found is public.",
                help(
                    (VulnerabilityResponse, Small, 2),
                    &[("vulnerability-response", 3)],
                    "Publish advisories for past vulnerabilities",
                    "Collect the security fixes of the last years, write an advisory with affected versions for each that has none, and describe how the next ones are made.",
                ),
            ),
            asks(
                "OSPS-VM-04.02",
                L3,
                "For vulnerabilities in components that don't affect the project a VEX document says so, and why.",
                help(
                    (VulnerabilityResponse, Medium, 2),
                    &[("vulnerability-response", 3), ("sbom", 3)],
                    "Publish VEX statements",
                    "Go through the open findings in the components, decide for each whether it can be exploited, publish the statements with reasons, and make them part of the release.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-VM-05",
        "Findings in dependencies are dealt with",
        &[
            asks(
                "OSPS-VM-05.01",
                L3,
                "A written policy says from which severity on findings about dependencies and their licenses must be dealt with.",
                help(
                    (Documentation, Small, 0),
                    &[("vulnerability-response", 3), ("license-compliance", 2)],
                    "Set the thresholds for findings in dependencies",
                    "Agree with the maintainers which findings must be fixed, by when, and who may accept a risk, for vulnerabilities and for licenses; write it down.",
                ),
            ),
            asks(
                "OSPS-VM-05.02",
                L3,
                "A written policy has such findings settled before anything is released.",
                help(
                    (Documentation, Session, 0),
                    &[("release-engineering", 2), ("vulnerability-response", 2)],
                    "Make settled findings part of releasing",
                    "Add the state of findings in dependencies to the release checklist, with what is done when one is open.",
                ),
            ),
            asks(
                "OSPS-VM-05.03",
                L3,
                "Each change is checked automatically for malicious or vulnerable dependencies, and stopped by what the policy forbids unless it is known not to matter.",
                help(
                    (BuildAndCi, Medium, 2),
                    &[("build-and-ci", 3), ("dependency-updates", 3)],
                    "Check dependencies on every change",
                    "Add a scanner of dependencies to the pipeline, let it stop what breaks the policy, and set up how exceptions are recorded with their reason.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-VM-06",
        "Weaknesses in the code are dealt with",
        &[
            asks(
                "OSPS-VM-06.01",
                L3,
                "A written policy says from which severity on findings of static analysis must be dealt with.",
                help(
                    (Documentation, Session, 0),
                    &[("static-analysis", 2), ("documentation", 2)],
                    "Set the thresholds for static analysis",
                    "Agree with the maintainers which findings must be fixed, by when, and how false ones are marked; write it down.",
                ),
            ),
            asks(
                "OSPS-VM-06.02",
                L3,
                "Each change is checked automatically for security weaknesses, and stopped by what the policy forbids unless it is known not to matter.",
                help(
                    (BuildAndCi, Medium, 2),
                    &[("static-analysis", 3), ("build-and-ci", 3)],
                    "Run static analysis on every change",
                    "Choose an analyzer that suits the language, bring the present findings down to none, and let the pipeline stop new ones.",
                ),
            ),
        ],
    ),
];
