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

// Accounts.

table! {
    accounts (id) {
        id -> Id,
        email -> Text,
        email_folded -> Text,
        email_verified_at -> Nullable<Ts>,
        handle -> Text,
        display_name -> Text,
        password_hash -> Nullable<Text>,
        status -> Text,
        consented_at -> Ts,
        mfa_enabled_at -> Nullable<Ts>,
        deletes_at -> Nullable<Ts>,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    account_roles (account_id, role) {
        account_id -> Id,
        role -> Text,
        granted_at -> Ts,
        granted_by -> Nullable<Id>,
    }
}

table! {
    sessions (id) {
        id -> Id,
        account_id -> Id,
        user_agent -> Nullable<Text>,
        address -> Nullable<Text>,
        created_at -> Ts,
        last_used_at -> Ts,
        expires_at -> Ts,
        ended_at -> Nullable<Ts>,
        ended_reason -> Nullable<Text>,
        second_factor_at -> Nullable<Ts>,
    }
}

table! {
    refresh_tokens (hash) {
        hash -> Text,
        session_id -> Id,
        created_at -> Ts,
        expires_at -> Ts,
        used_at -> Nullable<Ts>,
    }
}

table! {
    mail_tokens (id) {
        id -> Id,
        account_id -> Id,
        purpose -> Text,
        hash -> Text,
        email -> Text,
        created_at -> Ts,
        expires_at -> Ts,
        used_at -> Nullable<Ts>,
    }
}

table! {
    signing_keys (kid) {
        kid -> Text,
        sealed -> Text,
        created_at -> Ts,
        retires_at -> Ts,
        expires_at -> Ts,
    }
}

table! {
    totp_factors (account_id) {
        account_id -> Id,
        sealed -> Text,
        last_step -> BigInt,
        confirmed_at -> Nullable<Ts>,
        created_at -> Ts,
    }
}

table! {
    identities (id) {
        id -> Id,
        account_id -> Id,
        issuer -> Text,
        subject -> Text,
        email -> Nullable<Text>,
        created_at -> Ts,
        last_used_at -> Ts,
    }
}

table! {
    recovery_codes (hash) {
        hash -> Text,
        account_id -> Id,
        created_at -> Ts,
        used_at -> Nullable<Ts>,
    }
}

table! {
    sign_in_challenges (hash) {
        hash -> Text,
        account_id -> Id,
        created_at -> Ts,
        expires_at -> Ts,
        used_at -> Nullable<Ts>,
    }
}

table! {
    factor_failures (id) {
        id -> Id,
        account_id -> Id,
        at -> Ts,
    }
}

table! {
    passkeys (id) {
        id -> Id,
        account_id -> Id,
        name -> Text,
        credential_id -> Text,
        public_key -> Text,
        sign_count -> BigInt,
        user_verified -> Bool,
        backup_eligible -> Bool,
        backed_up -> Bool,
        aaguid -> Nullable<Text>,
        transports -> Doc,
        version -> BigInt,
        created_at -> Ts,
        last_used_at -> Nullable<Ts>,
    }
}

table! {
    passkey_challenges (hash) {
        hash -> Text,
        purpose -> Text,
        account_id -> Nullable<Id>,
        created_at -> Ts,
        expires_at -> Ts,
    }
}

table! {
    api_tokens (id) {
        id -> Id,
        account_id -> Id,
        name -> Text,
        hash -> Text,
        scopes -> Doc,
        created_at -> Ts,
        expires_at -> Ts,
        last_used_at -> Nullable<Ts>,
        revoked_at -> Nullable<Ts>,
    }
}

table! {
    events (id) {
        id -> Id,
        machine -> Text,
        entity -> Id,
        actor -> Nullable<Id>,
        from_state -> Nullable<Text>,
        to_state -> Text,
        reason -> Nullable<Text>,
        request_id -> Text,
        at -> Ts,
        stamp -> Nullable<Text>,
        seq -> Nullable<BigInt>,
        previous -> Nullable<Text>,
        link -> Nullable<Text>,
    }
}

table! {
    audit_heads (id) {
        id -> Integer,
        seq -> BigInt,
        link -> Text,
        stamp -> Text,
    }
}

// The marketplace.

table! {
    organizations (id) {
        id -> Id,
        slug -> Text,
        name -> Text,
        search -> Text,
        kind -> Text,
        description -> Text,
        homepage_url -> Nullable<Text>,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    memberships (id) {
        id -> Id,
        organization_id -> Id,
        account_id -> Id,
        role -> Text,
        from_at -> Ts,
        until_at -> Nullable<Ts>,
    }
}

table! {
    organization_invitations (id) {
        id -> Id,
        organization_id -> Id,
        email -> Text,
        email_folded -> Text,
        role -> Text,
        hash -> Text,
        invited_by -> Id,
        created_at -> Ts,
        expires_at -> Ts,
        ended_as -> Nullable<Text>,
        ended_at -> Nullable<Ts>,
        ended_by -> Nullable<Id>,
    }
}

table! {
    organization_policies (organization_id) {
        organization_id -> Id,
        approval -> Text,
        projects -> Doc,
        licenses -> Doc,
        kinds -> Doc,
        cla_kinds -> Doc,
        max_hours_per_person -> Nullable<Double>,
        version -> BigInt,
        updated_at -> Ts,
    }
}

table! {
    organization_domains (id) {
        id -> Id,
        organization_id -> Id,
        domain -> Text,
        token -> Text,
        status -> Text,
        method -> Nullable<Text>,
        verified_at -> Nullable<Ts>,
        checked_at -> Nullable<Ts>,
        check_at -> Nullable<Ts>,
        failing_since -> Nullable<Ts>,
        added_by -> Id,
        created_at -> Ts,
        version -> BigInt,
    }
}

table! {
    projects (id) {
        id -> Id,
        slug -> Text,
        name -> Text,
        name_folded -> Text,
        search -> Text,
        description -> Text,
        repository_url -> Text,
        repository_key -> Text,
        homepage_url -> Nullable<Text>,
        license -> Nullable<Text>,
        review_hours_per_week -> Double,
        ai_policy -> Text,
        cla -> Text,
        status -> Text,
        criticality_score -> Nullable<Double>,
        criticality_tier -> Nullable<SmallInt>,
        criticality_algorithm -> Nullable<Text>,
        criticality_as_of -> Nullable<Ts>,
        criticality_curated -> Bool,
        systemic_risk -> Nullable<Double>,
        source -> Text,
        sample -> Bool,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    project_packages (project_id, package) {
        project_id -> Id,
        package -> Text,
        position -> SmallInt,
        purl -> Text,
        ecosystem -> Text,
    }
}

table! {
    project_skills (project_id, skill) {
        project_id -> Id,
        skill -> Text,
        position -> SmallInt,
        is_language -> Bool,
    }
}

table! {
    project_maintainers (project_id, account_id) {
        project_id -> Id,
        account_id -> Id,
        role -> Text,
        verified_at -> Nullable<Ts>,
        since -> Ts,
    }
}

table! {
    project_claims (project_id, account_id) {
        project_id -> Id,
        account_id -> Id,
        token -> Text,
        claimed_at -> Ts,
        checked_at -> Nullable<Ts>,
        proven_at -> Nullable<Ts>,
        method -> Nullable<Text>,
        evidence -> Nullable<Text>,
        disputing -> Bool,
    }
}

table! {
    project_disputes (id) {
        id -> Id,
        project_id -> Id,
        opened_by -> Id,
        opened_at -> Ts,
        decided_at -> Nullable<Ts>,
        decided_by -> Nullable<Id>,
        kept -> Nullable<Id>,
        reason -> Nullable<Text>,
    }
}

table! {
    needs (id) {
        id -> Id,
        project_id -> Id,
        title -> Text,
        search -> Text,
        kind -> Text,
        description -> Text,
        size -> Text,
        hours_per_week -> Double,
        weeks -> Integer,
        seats -> Integer,
        urgency -> Text,
        access_level -> SmallInt,
        visibility -> Text,
        time_zones -> Doc,
        overlap_hours -> Nullable<Double>,
        starts_on -> Nullable<Date>,
        apply_until -> Nullable<Date>,
        links -> Doc,
        response_days -> Integer,
        sample_note -> Nullable<Text>,
        status -> Text,
        revision -> Integer,
        version -> BigInt,
        opened_at -> Nullable<Ts>,
        renew_by -> Nullable<Ts>,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    need_skills (need_id, skill) {
        need_id -> Id,
        skill -> Text,
        position -> SmallInt,
        level -> SmallInt,
        required -> Bool,
    }
}

table! {
    volunteer_profiles (account_id) {
        account_id -> Id,
        hours_per_week -> Double,
        time_zone -> Text,
        languages -> Doc,
        interests -> Doc,
        domains -> Doc,
        learning -> Doc,
        max_access_level -> SmallInt,
        available_from -> Nullable<Date>,
        unavailable -> Doc,
        visibility -> Text,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    profile_skills (account_id, skill) {
        account_id -> Id,
        skill -> Text,
        position -> SmallInt,
        level -> SmallInt,
        years -> Nullable<Double>,
        evidence_url -> Nullable<Text>,
    }
}

table! {
    pledges (id) {
        id -> Id,
        organization_id -> Id,
        hours_per_week -> Double,
        starts_on -> Date,
        ends_on -> Date,
        approval -> Text,
        focus -> Doc,
        max_hours_per_person -> Double,
        on_call -> Bool,
        status -> Text,
        withdraws_at -> Nullable<Ts>,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    pledge_balances (pledge_id) {
        pledge_id -> Id,
        granted_minutes -> BigInt,
        reserved_minutes -> BigInt,
        delivered_minutes -> BigInt,
        confirmed_minutes -> BigInt,
    }
}

table! {
    ledger_entries (id) {
        id -> Id,
        pledge_id -> Id,
        kind -> Text,
        minutes -> BigInt,
        reference -> Nullable<Id>,
        note -> Nullable<Text>,
        at -> Ts,
    }
}

table! {
    skill_suggestions (id) {
        id -> Id,
        account_id -> Id,
        name -> Text,
        note -> Nullable<Text>,
        created_at -> Ts,
    }
}

table! {
    feed_tokens (id) {
        id -> Id,
        account_id -> Id,
        name -> Text,
        hash -> Text,
        created_at -> Ts,
        last_used_at -> Nullable<Ts>,
        revoked_at -> Nullable<Ts>,
    }
}

table! {
    rounds (id) {
        id -> Id,
        slot -> Nullable<SmallInt>,
        status -> Text,
        policy -> Text,
        floor_hours -> Nullable<Double>,
        repeats -> Nullable<Id>,
        requested_by -> Nullable<Id>,
        progress -> SmallInt,
        inputs -> Nullable<Text>,
        outcome -> Nullable<Doc>,
        failure -> Nullable<Text>,
        version -> BigInt,
        created_at -> Ts,
        started_at -> Nullable<Ts>,
        finished_at -> Nullable<Ts>,
        published_at -> Nullable<Ts>,
    }
}

table! {
    round_pairs (round_id, position) {
        round_id -> Id,
        position -> Integer,
        need_id -> Id,
        account_id -> Id,
        hours_per_week -> Double,
        score -> Double,
        reasons -> Doc,
    }
}

table! {
    sboms (id) {
        id -> Id,
        organization_id -> Id,
        product -> Text,
        product_folded -> Text,
        product_version -> Nullable<Text>,
        format -> Text,
        format_version -> Text,
        serial -> Nullable<Text>,
        digest -> Text,
        components -> Integer,
        dependencies -> Integer,
        warnings -> Doc,
        uploaded_by -> Id,
        replaces -> Nullable<Id>,
        is_ready -> Bool,
        is_current -> Bool,
        created_at -> Ts,
    }
}

table! {
    sbom_components (sbom_id, position) {
        sbom_id -> Id,
        position -> Integer,
        reference -> Text,
        name -> Text,
        version -> Nullable<Text>,
        purl -> Nullable<Text>,
        package -> Nullable<Text>,
        repository_key -> Nullable<Text>,
        license -> Nullable<Text>,
        depth -> Nullable<Integer>,
    }
}

table! {
    sbom_dependencies (sbom_id, needing, needed) {
        sbom_id -> Id,
        needing -> Integer,
        needed -> Integer,
    }
}

diesel::joinable!(sbom_components -> sboms (sbom_id));
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
diesel::joinable!(project_maintainers -> projects (project_id));
diesel::joinable!(project_maintainers -> accounts (account_id));
diesel::joinable!(needs -> projects (project_id));
diesel::joinable!(need_skills -> needs (need_id));
diesel::joinable!(volunteer_profiles -> accounts (account_id));
diesel::joinable!(profile_skills -> volunteer_profiles (account_id));
diesel::joinable!(pledges -> organizations (organization_id));
diesel::joinable!(pledge_balances -> pledges (pledge_id));
diesel::joinable!(ledger_entries -> pledges (pledge_id));

diesel::allow_tables_to_appear_in_same_query!(
    account_roles,
    accounts,
    api_tokens,
    ledger_entries,
    memberships,
    need_skills,
    needs,
    organization_domains,
    organization_invitations,
    organizations,
    pledge_balances,
    pledges,
    profile_skills,
    project_claims,
    project_disputes,
    project_maintainers,
    project_packages,
    project_skills,
    projects,
    sbom_components,
    sboms,
    sessions,
    sign_in_challenges,
    volunteer_profiles,
);
