//! What is known of projects' security and of what depends on them.

table! {
    project_baselines (project_id) {
        project_id -> Id,
        level -> SmallInt,
        met -> Integer,
        applicable -> Integer,
        version -> BigInt,
        updated_at -> Ts,
    }
}

table! {
    baseline_assessments (id) {
        id -> Id,
        project_id -> Id,
        requirement -> Text,
        status -> Text,
        evidence_url -> Nullable<Text>,
        note -> Nullable<Text>,
        assessed_on -> Date,
        source -> Text,
        assessed_by -> Nullable<Id>,
        is_current -> Bool,
        asked_again_at -> Nullable<Ts>,
        created_at -> Ts,
    }
}

table! {
    baseline_needs (need_id) {
        need_id -> Id,
        project_id -> Id,
        requirement -> Text,
        created_at -> Ts,
    }
}

table! {
    project_statements (id) {
        id -> Id,
        project_id -> Id,
        kind -> Text,
        as_of -> Ts,
        facts -> Doc,
        imported_by -> Nullable<Id>,
        is_current -> Bool,
        created_at -> Ts,
    }
}

table! {
    project_criticality_scores (id) {
        id -> Id,
        project_id -> Id,
        score -> Nullable<Double>,
        tier -> SmallInt,
        algorithm -> Text,
        as_of -> Ts,
        inputs -> Nullable<Doc>,
        is_decision -> Bool,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Id>,
        created_at -> Ts,
    }
}

table! {
    criticality_contests (id) {
        id -> Id,
        project_id -> Id,
        status -> Text,
        reason -> Text,
        evidence_url -> Nullable<Text>,
        tier_wanted -> Nullable<SmallInt>,
        opened_by -> Id,
        opened_at -> Ts,
        answer -> Nullable<Text>,
        answered_by -> Nullable<Id>,
        answered_at -> Nullable<Ts>,
        version -> BigInt,
    }
}

table! {
    dependency_graphs (id) {
        id -> Id,
        name -> Text,
        ecosystem -> Nullable<Text>,
        digest -> Text,
        nodes -> Integer,
        edges -> Integer,
        document -> Text,
        imported_by -> Nullable<Id>,
        is_current -> Bool,
        created_at -> Ts,
    }
}

table! {
    project_risks (project_id) {
        project_id -> Id,
        risk -> Double,
        reach -> Double,
        page_rank -> Double,
        place -> Integer,
        direct_place -> Integer,
        rings -> Doc,
        reason -> Text,
        is_orphan -> Bool,
        graph -> Nullable<Text>,
        run_id -> Id,
    }
}

table! {
    risk_runs (id) {
        id -> Id,
        nodes -> Integer,
        edges -> Integer,
        shared_edges -> Integer,
        critical -> Integer,
        projects -> Integer,
        document -> Text,
        created_at -> Ts,
    }
}

table! {
    project_funding_links (project_id, position) {
        project_id -> Id,
        position -> SmallInt,
        platform -> Text,
        url -> Text,
    }
}

table! {
    money_pledges (id) {
        id -> Id,
        organization_id -> Id,
        project_id -> Nullable<Id>,
        amount_minor -> BigInt,
        currency -> Text,
        period -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        note -> Nullable<Text>,
        status -> Text,
        recorded_by -> Id,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
    }
}
