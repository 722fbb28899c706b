//! Moderation, and invitations to maintain projects.

table! {
    suspensions (id) {
        id -> Id,
        subject_kind -> Text,
        subject_id -> Id,
        reason -> Text,
        suspended_by -> Id,
        suspended_at -> Ts,
        appeal_hash -> Text,
        appealed_at -> Nullable<Ts>,
        ended_at -> Nullable<Ts>,
        ended_by -> Nullable<Id>,
        ended_reason -> Nullable<Text>,
    }
}

table! {
    reports (id) {
        id -> Id,
        kind -> Text,
        subject_kind -> Text,
        subject_id -> Id,
        code -> Nullable<Text>,
        text -> Text,
        author_id -> Nullable<Id>,
        suspension_id -> Nullable<Id>,
        status -> Text,
        opened_at -> Ts,
        decided_at -> Nullable<Ts>,
        decided_by -> Nullable<Id>,
        decision -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    project_invitations (id) {
        id -> Id,
        project_id -> Id,
        account_id -> Id,
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
