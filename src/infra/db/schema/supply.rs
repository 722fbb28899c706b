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
