//! Every table as diesel sees it, a section a feature. `migrations/` is the truth; a test compares the two.
#![expect(missing_docs, reason = "`diesel::table!` makes public modules without documentation")]

/// `diesel::table!` with our own SQL types in scope.
macro_rules! table {
    ($($body:tt)*) => {
        diesel::table! {
            use diesel::sql_types::*;
            use crate::infra::db::sql::{Doc, Id, Ts};
            $($body)*
        }
    };
}

mod evidence;
mod leases;
mod market;
mod messages;
mod people;
mod security;
mod supply;
mod trust;
mod work;

pub use evidence::*;
pub use leases::*;
pub use market::*;
pub use messages::*;
pub use people::*;
pub use security::*;
pub use supply::*;
pub use trust::*;
pub use work::*;

// Foundation: the queue, the change feed, idempotency.

table! {
    jobs (id) {
        id -> Id,
        kind -> Text,
        payload -> Doc,
        unique_key -> Nullable<Text>,
        attempts -> Integer,
        run_at -> Ts,
        leased_until -> Nullable<Ts>,
        last_error -> Nullable<Text>,
        dead_at -> Nullable<Ts>,
        created_at -> Ts,
        urgent -> Bool,
    }
}

table! {
    changes (id) {
        id -> Id,
        tick -> BigInt,
        kind -> Text,
        entity -> Id,
    }
}

table! {
    idempotency_keys (id) {
        id -> Id,
        scope -> Text,
        key -> Text,
        fingerprint -> Text,
        state -> Text,
        status -> Nullable<Integer>,
        headers -> Nullable<Doc>,
        body -> Nullable<Text>,
        created_at -> Ts,
        expires_at -> Ts,
    }
}

diesel::joinable!(advisory_packages -> advisories (advisory_id));
diesel::joinable!(advisory_names -> advisories (advisory_id));
diesel::joinable!(sbom_components -> sboms (sbom_id));
diesel::joinable!(swarm_participants -> swarms (swarm_id));
diesel::joinable!(account_roles -> accounts (account_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(sign_in_challenges -> accounts (account_id));
diesel::joinable!(api_tokens -> accounts (account_id));
diesel::joinable!(memberships -> organizations (organization_id));
diesel::joinable!(memberships -> accounts (account_id));
diesel::joinable!(organization_domains -> organizations (organization_id));
diesel::joinable!(organization_invitations -> organizations (organization_id));
diesel::joinable!(organization_invitations -> accounts (invited_by));
diesel::joinable!(project_packages -> projects (project_id));
diesel::joinable!(project_skills -> projects (project_id));
diesel::joinable!(project_claims -> projects (project_id));
diesel::joinable!(project_disputes -> projects (project_id));
diesel::joinable!(project_invitations -> projects (project_id));
diesel::joinable!(project_maintainers -> projects (project_id));
diesel::joinable!(project_maintainers -> accounts (account_id));
diesel::joinable!(baseline_assessments -> projects (project_id));
diesel::joinable!(baseline_assessments -> accounts (assessed_by));
diesel::joinable!(project_criticality_scores -> accounts (decided_by));
diesel::joinable!(criticality_contests -> accounts (opened_by));
diesel::joinable!(criticality_contests -> projects (project_id));
diesel::joinable!(money_pledges -> projects (project_id));
diesel::joinable!(money_pledges -> organizations (organization_id));
diesel::joinable!(planned_dependencies -> projects (project_id));
diesel::joinable!(project_statements -> projects (project_id));
diesel::joinable!(needs -> projects (project_id));
diesel::joinable!(need_skills -> needs (need_id));
diesel::joinable!(volunteer_profiles -> accounts (account_id));
diesel::joinable!(profile_skills -> volunteer_profiles (account_id));
diesel::joinable!(pledges -> organizations (organization_id));
diesel::joinable!(pledge_balances -> pledges (pledge_id));
diesel::joinable!(ledger_entries -> pledges (pledge_id));
diesel::joinable!(proposals -> needs (need_id));
diesel::joinable!(assignments -> needs (need_id));
diesel::joinable!(assignments -> projects (project_id));
diesel::joinable!(assignments -> pledges (pledge_id));
diesel::joinable!(assignment_tasks -> assignments (assignment_id));
diesel::joinable!(assignment_check_ins -> assignments (assignment_id));
diesel::joinable!(assignment_spells -> assignments (assignment_id));
diesel::joinable!(assignment_terms -> assignments (assignment_id));
diesel::joinable!(access_grants -> assignments (assignment_id));
diesel::joinable!(access_approvals -> access_grants (access_id));
diesel::joinable!(time_entries -> assignments (assignment_id));
diesel::joinable!(time_entries -> needs (need_id));

diesel::allow_tables_to_appear_in_same_query!(
    access_approvals,
    access_grants,
    account_roles,
    accounts,
    advisories,
    advisory_names,
    advisory_packages,
    api_tokens,
    baseline_assessments,
    criticality_contests,
    exploited_vulnerabilities,
    assignment_check_ins,
    assignment_spells,
    assignment_terms,
    assignment_tasks,
    assignments,
    confirmed_skills,
    credentials,
    feedback,
    hand_overs,
    ledger_entries,
    memberships,
    money_pledges,
    need_skills,
    needs,
    organization_domains,
    organization_invitations,
    organizations,
    planned_dependencies,
    pledge_balances,
    pledges,
    profile_skills,
    project_claims,
    project_criticality_scores,
    project_disputes,
    project_invitations,
    project_maintainers,
    project_packages,
    project_skills,
    project_statements,
    projects,
    reports,
    proposals,
    sbom_components,
    sboms,
    sessions,
    sign_in_challenges,
    swarm_participants,
    swarms,
    suspensions,
    time_entries,
    volunteer_profiles,
);
