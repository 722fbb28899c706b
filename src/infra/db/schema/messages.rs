//! What leaves the house: webhooks, and notices to people.

table! {
    webhooks (id) {
        id -> Id,
        organization_id -> Id,
        url -> Text,
        description -> Text,
        topics -> Doc,
        secret -> Text,
        previous_secret -> Nullable<Text>,
        previous_until -> Nullable<Ts>,
        status -> Text,
        failing_since -> Nullable<Ts>,
        created_by -> Id,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    webhook_deliveries (id) {
        id -> Id,
        webhook_id -> Id,
        news_id -> Id,
        topic -> Text,
        body -> Text,
        status -> Text,
        attempts -> Integer,
        tries -> Integer,
        next_attempt_at -> Nullable<Ts>,
        last_attempt_at -> Nullable<Ts>,
        response_code -> Nullable<Integer>,
        response_excerpt -> Nullable<Text>,
        last_error -> Nullable<Text>,
        created_at -> Ts,
        updated_at -> Ts,
    }
}

table! {
    notices (id) {
        id -> Id,
        account_id -> Id,
        news_id -> Id,
        topic -> Text,
        title -> Text,
        path -> Text,
        at -> Ts,
        read_at -> Nullable<Ts>,
        cadence -> Text,
        mail_due_at -> Nullable<Ts>,
        mailed_at -> Nullable<Ts>,
    }
}

table! {
    notification_preferences (account_id) {
        account_id -> Id,
        topics -> Doc,
        quiet_from -> Nullable<Text>,
        quiet_until -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        unread_digests -> Integer,
        last_digest_at -> Nullable<Ts>,
        version -> BigInt,
        updated_at -> Ts,
    }
}
