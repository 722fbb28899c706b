//! Accounts, the log of what they do, and organizations.

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
        consented_terms -> Nullable<Text>,
        mfa_enabled_at -> Nullable<Ts>,
        deletes_at -> Nullable<Ts>,
        version -> BigInt,
        created_at -> Ts,
        updated_at -> Ts,
        undeliverable_since -> Nullable<Ts>,
        undeliverable_why -> Nullable<Text>,
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
        suspended_at -> Nullable<Ts>,
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
