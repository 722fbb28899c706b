//! Vulnerabilities, and the call-outs around them.

table! {
    advisories (id) {
        id -> Id,
        osv_id -> Text,
        modified -> Ts,
        published -> Nullable<Ts>,
        withdrawn -> Nullable<Ts>,
        summary -> Text,
        search -> Text,
        severity -> Nullable<Text>,
        base_score -> Nullable<Double>,
        vector -> Nullable<Text>,
        record -> Doc,
        digest -> Text,
        judgment -> Nullable<Doc>,
        embargo_until -> Nullable<Ts>,
        created_by -> Nullable<Id>,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    advisory_packages (advisory_id, position) {
        advisory_id -> Id,
        position -> Integer,
        ecosystem -> Text,
        name -> Text,
        package -> Nullable<Text>,
    }
}

table! {
    advisory_names (advisory_id, name) {
        advisory_id -> Id,
        name -> Text,
    }
}

table! {
    exploited_vulnerabilities (cve) {
        cve -> Text,
        title -> Text,
        vendor -> Text,
        product -> Text,
        added_on -> Date,
        due_on -> Nullable<Date>,
        required_action -> Text,
        ransomware -> Bool,
    }
}

table! {
    exploit_predictions (cve) {
        cve -> Text,
        probability -> Double,
        percentile -> Double,
        as_of -> Date,
    }
}

table! {
    swarms (id) {
        id -> Id,
        status -> Text,
        title -> Text,
        advisory_id -> Id,
        project_id -> Nullable<Id>,
        details -> Text,
        terms -> Text,
        terms_version -> Integer,
        embargo_until -> Nullable<Ts>,
        called_by -> Id,
        report -> Nullable<Doc>,
        version -> BigInt,
        called_at -> Ts,
        first_responder_at -> Nullable<Ts>,
        planned_at -> Nullable<Ts>,
        contained_at -> Nullable<Ts>,
        fixed_at -> Nullable<Ts>,
        released_at -> Nullable<Ts>,
        resolved_at -> Nullable<Ts>,
        reviewed_at -> Nullable<Ts>,
        cancelled_at -> Nullable<Ts>,
        updated_at -> Ts,
    }
}

table! {
    swarm_participants (id) {
        id -> Id,
        swarm_id -> Id,
        account_id -> Id,
        role -> Text,
        status -> Text,
        origin -> Text,
        organization_id -> Nullable<Id>,
        terms_version -> Nullable<Integer>,
        finding -> Text,
        note -> Nullable<Text>,
        invited_at -> Ts,
        answered_at -> Nullable<Ts>,
        found_at -> Nullable<Ts>,
    }
}

table! {
    swarm_organizations (swarm_id, organization_id) {
        swarm_id -> Id,
        organization_id -> Id,
        finding -> Text,
        products -> Integer,
        found_at -> Ts,
        notified_at -> Nullable<Ts>,
        answered_at -> Nullable<Ts>,
    }
}

table! {
    swarm_steps (id) {
        id -> Id,
        swarm_id -> Id,
        title -> Text,
        details -> Text,
        owner_id -> Id,
        due_at -> Ts,
        status -> Text,
        created_at -> Ts,
        closed_at -> Nullable<Ts>,
    }
}

table! {
    swarm_entries (id) {
        id -> Id,
        swarm_id -> Id,
        account_id -> Nullable<Id>,
        kind -> Text,
        text -> Text,
        at -> Ts,
    }
}
