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
