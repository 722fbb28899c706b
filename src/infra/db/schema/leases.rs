//! Assignments, and what goes with them.

table! {
    assignments (id) {
        id -> Id,
        proposal_id -> Nullable<Id>,
        need_id -> Id,
        project_id -> Id,
        account_id -> Id,
        status -> Text,
        capacity -> Text,
        pledge_id -> Nullable<Id>,
        employer_id -> Nullable<Id>,
        hours_per_week -> Double,
        access_level -> SmallInt,
        cla -> Text,
        license -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Date,
        reserved_minutes -> BigInt,
        confirmed_minutes -> BigInt,
        started_at -> Nullable<Ts>,
        next_check_in_at -> Nullable<Ts>,
        remind_at -> Nullable<Ts>,
        paused_until -> Nullable<Ts>,
        notice_ends_at -> Nullable<Ts>,
        volunteer_done_at -> Nullable<Ts>,
        project_done_at -> Nullable<Ts>,
        due_at -> Nullable<Ts>,
        ended_at -> Nullable<Ts>,
        ended_by -> Nullable<Id>,
        reason_code -> Nullable<Text>,
        reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    assignment_terms (assignment_id) {
        assignment_id -> Id,
        cla -> Text,
        ai_policy -> Text,
    }
}

table! {
    assignment_tasks (assignment_id, task) {
        assignment_id -> Id,
        task -> Text,
        position -> SmallInt,
        done_at -> Nullable<Ts>,
        done_by -> Nullable<Id>,
    }
}

table! {
    assignment_check_ins (id) {
        id -> Id,
        assignment_id -> Id,
        account_id -> Id,
        note -> Nullable<Text>,
        on_track -> Nullable<Bool>,
        at -> Ts,
    }
}

table! {
    assignment_spells (assignment_id, from_at) {
        assignment_id -> Id,
        from_at -> Ts,
        until_at -> Nullable<Ts>,
    }
}

table! {
    access_grants (id) {
        id -> Id,
        assignment_id -> Id,
        what -> Text,
        level -> SmallInt,
        status -> Text,
        asked_by -> Id,
        asked_at -> Ts,
        granted_at -> Nullable<Ts>,
        ended_at -> Nullable<Ts>,
        ended_by -> Nullable<Id>,
        alert_at -> Nullable<Ts>,
        version -> BigInt,
    }
}

table! {
    access_approvals (access_id, account_id) {
        access_id -> Id,
        account_id -> Id,
        at -> Ts,
    }
}

table! {
    hand_overs (id) {
        id -> Id,
        assignment_id -> Id,
        account_id -> Id,
        asked_by -> Id,
        status -> Text,
        next_id -> Nullable<Id>,
        due_at -> Nullable<Ts>,
        created_at -> Ts,
        answered_at -> Nullable<Ts>,
    }
}
