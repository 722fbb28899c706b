//! Passwords and addresses on the wire.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

/// Whose password is forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org"}))]
pub(in crate::features::accounts) struct ForgotPasswordRequest {
    /// The mail address.
    #[schema(max_length = 254)]
    pub email: String,
}

/// A new password, by the token from a mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "mst_reset_3q2-7wAA…", "new_password": "seven unlikely paper boats"}))]
pub(in crate::features::accounts) struct ResetPasswordRequest {
    /// As it stands in the mail.
    #[schema(value_type = String, max_length = 200)]
    pub token: SecretString,
    /// 12 to 128 characters; common passwords and your own names are refused.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128)]
    pub new_password: SecretString,
}

/// A new password in the place of the old one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "correct horse battery", "new_password": "seven unlikely paper boats"}))]
pub(in crate::features::accounts) struct ChangePasswordRequest {
    /// The password so far.
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub current_password: SecretString,
    /// 12 to 128 characters; common passwords and your own names are refused.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128)]
    pub new_password: SecretString,
}

/// Another mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"new_email": "ada@lovelace.example", "password": "correct horse battery"}))]
pub(in crate::features::accounts) struct ChangeEmailRequest {
    /// The new address; a link to verify it is sent there.
    #[schema(max_length = 254)]
    pub new_email: String,
    /// The account's password.
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: SecretString,
}
