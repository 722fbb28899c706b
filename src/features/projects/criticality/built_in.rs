//! The two current sets of the OpenSSF criticality score, from the facts in its `config/scorer` (2022).

use std::borrow::Cow;

use super::parameters::{Bounds, Condition, Distribution, Input, Parameters};

/// Signals whose values follow Zipf's law are all that these sets have.
const fn zipfian(field: &'static str, weight: f64, upper: f64) -> Input {
    Input {
        field: Cow::Borrowed(field),
        weight,
        bounds: Some(Bounds { lower: 0.0, upper, smaller_is_better: false }),
        distribution: Distribution::Zipfian,
        condition: None,
    }
}

const fn smaller_is_better(field: &'static str, weight: f64, upper: f64) -> Input {
    let mut input = zipfian(field, weight, upper);
    input.bounds = Some(Bounds { lower: 0.0, upper, smaller_is_better: true });
    input
}

const fn when_dependents(exists: bool) -> Condition {
    Condition { field: Cow::Borrowed(DEPENDENTS_FIELD), exists }
}

// Months, people, organizations, commits a week, releases a year, issues of 90 days, comments an issue, mentions.
const CREATED: Input = zipfian("legacy.created_since", 1.0, 120.0);
const UPDATED: Input = smaller_is_better("legacy.updated_since", 1.0, 120.0);
const CONTRIBUTORS: Input = zipfian("legacy.contributor_count", 2.0, 5_000.0);
const ORGANIZATIONS: Input = zipfian("legacy.org_count", 1.0, 10.0);
const COMMITS: Input = zipfian("legacy.commit_frequency", 1.0, 1_000.0);
const RELEASES: Input = zipfian("legacy.recent_release_count", 0.5, 26.0);
const UPDATED_ISSUES: Input = zipfian("legacy.updated_issues_count", 0.5, 5_000.0);
const CLOSED_ISSUES: Input = zipfian("legacy.closed_issues_count", 0.5, 5_000.0);
const COMMENTS: Input = zipfian("legacy.issue_comment_frequency", 1.0, 15.0);
const MENTIONS: Input = zipfian("legacy.github_mention_count", 2.0, 500_000.0);
const DEPENDENTS_FIELD: &str = "depsdev.dependent_count";

pub(super) static ORIGINAL_PIKE: Parameters = Parameters {
    id: Cow::Borrowed("original_pike"),
    inputs: Cow::Borrowed(&[
        CREATED,
        UPDATED,
        CONTRIBUTORS,
        ORGANIZATIONS,
        COMMITS,
        RELEASES,
        UPDATED_ISSUES,
        CLOSED_ISSUES,
        COMMENTS,
        MENTIONS,
    ]),
};

pub(super) static PIKE_DEPSDEV: Parameters = Parameters {
    id: Cow::Borrowed("pike_depsdev"),
    inputs: Cow::Borrowed(&[
        CREATED,
        UPDATED,
        CONTRIBUTORS,
        ORGANIZATIONS,
        COMMITS,
        RELEASES,
        UPDATED_ISSUES,
        CLOSED_ISSUES,
        COMMENTS,
        Input {
            field: Cow::Borrowed("legacy.github_mention_count"),
            weight: 2.0,
            bounds: Some(Bounds { lower: 0.0, upper: 500_000.0, smaller_is_better: false }),
            distribution: Distribution::Zipfian,
            condition: Some(when_dependents(false)),
        },
        Input {
            field: Cow::Borrowed("legacy.github_mention_count"),
            weight: 1.0,
            bounds: Some(Bounds { lower: 0.0, upper: 500_000.0, smaller_is_better: false }),
            distribution: Distribution::Zipfian,
            condition: Some(when_dependents(true)),
        },
        zipfian(DEPENDENTS_FIELD, 4.0, 200_000.0),
    ]),
};
