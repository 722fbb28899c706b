//! Projects, what they need, who offers it, and what companies depend on.

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
        reminders -> SmallInt,
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
        seats_taken -> Integer,
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
        suspended_at -> Nullable<Ts>,
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
