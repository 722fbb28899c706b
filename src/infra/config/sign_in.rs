//! Settings of signing in by others.

use secrecy::SecretString;
use serde::Deserialize;

/// Signing in by OpenID Connect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// The providers, each by its name in addresses.
    pub providers: Vec<OidcProvider>,
}

/// One provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// Its name in addresses: a–z, 0–9 and `-`.
    pub name: String,
    /// Its name as shown.
    pub label: String,
    /// Its issuer identifier; the discovery document is below it.
    pub issuer: String,
    /// How we are called there.
    pub client_id: String,
    /// What proves that we are; none for public clients.
    #[serde(default)]
    pub client_secret: Option<SecretString>,
    /// What is asked for.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// What the provider asks the person each time, whether or not they are signed in there; none leaves it to the provider.
    #[serde(default)]
    pub prompt: Option<String>,
}

fn scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}

impl Oidc {
    /// The provider of this name.
    pub fn provider(&self, name: &str) -> Option<&OidcProvider> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    /// What is wrong, in the first provider where something is.
    pub(super) fn fault(&self, allow_http: bool) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        for provider in &self.providers {
            let name = provider.name.as_str();
            let sane =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            let secure =
                provider.issuer.starts_with("https://") || (allow_http && provider.issuer.starts_with("http://"));
            if !sane {
                return Some(format!("the name {name:?} is not made of a–z, 0–9 and -"));
            }
            if names.contains(&name) {
                return Some(format!("the name {name:?} is there twice"));
            }
            if !secure || url::Url::parse(&provider.issuer).is_err() {
                return Some(format!("the issuer of {name} must be an https address"));
            }
            if provider.client_id.is_empty() || !provider.scopes.iter().any(|scope| scope == "openid") {
                return Some(format!("{name} needs a client_id and the scope openid"));
            }
            let asks = |word: &str| matches!(word, "login" | "consent" | "select_account");
            if provider.prompt.as_ref().is_some_and(|prompt| !prompt.split(' ').all(asks)) {
                return Some(format!("the prompt of {name} is made of login, consent and select_account"));
            }
            names.push(name);
        }
        None
    }
}
