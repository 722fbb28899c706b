//! What work leaves behind: signed statements of it, and what the two sides say of each other.

table! {
    credential_keys (kid) {
        kid -> Text,
        public_key -> Text,
        sealed -> Nullable<Text>,
        created_at -> Ts,
        retires_at -> Ts,
        expires_at -> Ts,
    }
}

table! {
    status_lists (number) {
        number -> BigInt,
        issued -> BigInt,
    }
}

table! {
    credentials (id) {
        id -> Id,
        name -> Text,
        assignment_id -> Id,
        subject -> Text,
        account_id -> Id,
        organization_id -> Nullable<Id>,
        project_id -> Id,
        minutes -> BigInt,
        automatic_minutes -> BigInt,
        jwt -> Nullable<Text>,
        status_list -> BigInt,
        status_index -> BigInt,
        status -> Text,
        reason -> Nullable<Text>,
        issued_at -> Ts,
        valid_until -> Ts,
        ended_at -> Nullable<Ts>,
        ended_by -> Nullable<Id>,
        version -> BigInt,
    }
}

table! {
    feedback (id) {
        id -> Id,
        assignment_id -> Id,
        side -> Text,
        account_id -> Id,
        again -> Bool,
        text -> Nullable<Text>,
        created_at -> Ts,
    }
}

table! {
    confirmed_skills (assignment_id, skill) {
        assignment_id -> Id,
        skill -> Text,
        account_id -> Id,
        confirmed_on -> Date,
    }
}
