//! Who decides, and how people join.

use super::{Control, L3, L23, L123, asks, control, help};
use crate::features::needs::NeedSize::{Session, Small};
use crate::kernel::NeedKind::{Documentation, Infrastructure};

pub(super) const CONTROLS: &[Control] = &[
    control(
        "OSPS-GV-01",
        "It is known who does what",
        &[
            asks(
                "OSPS-GV-01.01",
                L23,
                "The documentation names everybody who has access to something sensitive.",
                help(
                    (Documentation, Session, 1),
                    &[("governance", 2), ("documentation", 2)],
                    "List who holds sensitive access",
                    "Collect who can merge, release, administer and read reports, publish the list, and say when it is looked through again.",
                ),
            ),
            asks(
                "OSPS-GV-01.02",
                L23,
                "The documentation says which roles there are and what each answers for.",
                help(
                    (Documentation, Session, 0),
                    &[("governance", 2), ("documentation", 2)],
                    "Describe the project's roles",
                    "Write down the roles that exist in practice, what each may and must do, and how one comes to hold it.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-GV-02",
        "There is a public place to talk",
        &[asks(
            "OSPS-GV-02.01",
            L123,
            "Changes and difficulties can be discussed in at least one place that is open to the public.",
            help(
                (Infrastructure, Session, 3),
                &[("community-management", 2)],
                "Open a public place for discussions",
                "Set up a tracker, forum or list that anybody can read and join, name it in the documentation, and move the discussions there.",
            ),
        )],
    ),
    control(
        "OSPS-GV-03",
        "It is known how to contribute",
        &[
            asks(
                "OSPS-GV-03.01",
                L123,
                "The documentation explains the way of a contribution from idea to merge.",
                help(
                    (Documentation, Session, 0),
                    &[("documentation", 2), ("community-management", 1)],
                    "Explain how to contribute",
                    "Write down how a change is proposed, discussed, reviewed and merged, in the order in which a newcomer meets it.",
                ),
            ),
            asks(
                "OSPS-GV-03.02",
                L23,
                "Those who contribute code find a guide that says what makes a change acceptable.",
                help(
                    (Documentation, Small, 0),
                    &[("documentation", 2), ("code-review", 2)],
                    "Write the guide for code contributions",
                    "Collect what reviewers ask for again and again (style, tests, sign-off, size) and make a guide of it, with the commands that check it.",
                ),
            ),
        ],
    ),
    control(
        "OSPS-GV-04",
        "Rights are granted after a look at the person",
        &[asks(
            "OSPS-GV-04.01",
            L3,
            "A written policy has collaborators looked at before they are given more rights on something sensitive.",
            help(
                (Documentation, Small, 0),
                &[("governance", 3), ("security", 2)],
                "Write the policy for granting more rights",
                "Draft with the maintainers what is looked at before somebody gets to merge, release or administer, who decides, and how it is recorded.",
            ),
        )],
    ),
];
