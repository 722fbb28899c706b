//! A software authenticator with its browser: makes passkeys and answers challenges as a telephone would.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passkey::authenticator::{
    Authenticator, CredentialStore, DiscoverabilitySupport, StoreInfo, UiHint, UserCheck, UserValidationMethod,
};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::AvailableBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::make_credential::{Options, PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity};
use passkey::types::ctap2::{Aaguid, Ctap2Error, StatusCode};
use passkey::types::webauthn::{CredentialCreationOptions, CredentialRequestOptions, PublicKeyCredentialDescriptor};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use url::Url;

/// The page that the browser shows.
pub(crate) const ORIGIN: &str = "https://mainstay.example.org";

/// Somebody at the authenticator, who may show a finger.
struct Person {
    verifies: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for Person {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification: verification && self.verifies })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(self.verifies)
    }
}

/// The passkeys on the device.
#[derive(Clone, Default)]
struct Device(Arc<Mutex<Vec<Passkey>>>);

#[async_trait::async_trait]
impl CredentialStore for Device {
    type PasskeyItem = Passkey;

    async fn find_credentials(
        &self,
        ids: Option<&[PublicKeyCredentialDescriptor]>,
        rp_id: &str,
        _: Option<&[u8]>,
    ) -> Result<Vec<Passkey>, StatusCode> {
        let meant = |one: &&Passkey| ids.is_none_or(|ids| ids.iter().any(|id| id.id == one.credential_id));
        let found: Vec<Passkey> =
            self.0.lock().unwrap().iter().filter(|one| one.rp_id == rp_id).filter(meant).cloned().collect();
        if found.is_empty() { Err(Ctap2Error::NoCredentials.into()) } else { Ok(found) }
    }

    async fn save_credential(
        &mut self,
        made: Passkey,
        _: PublicKeyCredentialUserEntity,
        _: PublicKeyCredentialRpEntity,
        _: Options,
    ) -> Result<(), StatusCode> {
        self.0.lock().unwrap().push(made);
        Ok(())
    }

    async fn update_credential(&mut self, used: &Passkey) -> Result<(), StatusCode> {
        for one in self.0.lock().unwrap().iter_mut().filter(|one| one.credential_id == used.credential_id) {
            *one = used.clone();
        }
        Ok(())
    }

    async fn get_info(&self) -> StoreInfo {
        StoreInfo { discoverability: DiscoverabilitySupport::Full }
    }
}

/// The authenticator. Its browser is opened anew for each ceremony.
pub(crate) struct Phone {
    device: Device,
    verifies: bool,
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

impl Phone {
    /// One that verifies its user and counts signatures.
    pub(crate) fn new() -> Self {
        Self { device: Device::default(), verifies: true }
    }

    /// One that only sees that somebody is there.
    pub(crate) fn without_verification() -> Self {
        Self { device: Device::default(), verifies: false }
    }

    fn authenticator(&self) -> Authenticator<Device, Person, AvailableBackend> {
        let person = Person { verifies: self.verifies };
        let mut made = Authenticator::new(Aaguid::new_empty(), self.device.clone(), person, AvailableBackend);
        made.set_make_credentials_with_signature_counter(true);
        made
    }

    /// Sets the counter of every passkey on the device.
    pub(crate) fn set_counter(&self, counter: u32) {
        for one in self.device.0.lock().unwrap().iter_mut() {
            one.counter = Some(counter);
        }
    }

    /// What `navigator.credentials.create(…).toJSON()` gives for these options on this page.
    pub(crate) async fn create_on(&self, origin: &str, options: &Value) -> Value {
        let request: CredentialCreationOptions = serde_json::from_value(json!({"publicKey": options})).unwrap();
        let origin = Url::parse(origin).unwrap();
        let mut browser = Client::new(self.authenticator()).user_verification_when_preferred(self.verifies);
        let made = browser.register(&origin, request, DefaultClientData).await.unwrap();
        json!({
            "id": made.id, "rawId": made.id, "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(&made.response.client_data_json), "attestationObject": encode(&made.response.attestation_object),
                "authenticatorData": encode(&made.response.authenticator_data), "transports": ["internal", "hybrid"],
                "publicKeyAlgorithm": made.response.public_key_algorithm,
            },
        })
    }

    /// The same on our own page.
    pub(crate) async fn create(&self, options: &Value) -> Value {
        self.create_on(ORIGIN, options).await
    }

    /// What `navigator.credentials.get(…).toJSON()` gives for these options on this page.
    pub(crate) async fn get_on(&self, origin: &str, options: &Value) -> Value {
        let request: CredentialRequestOptions = serde_json::from_value(json!({"publicKey": options})).unwrap();
        let origin = Url::parse(origin).unwrap();
        let mut browser = Client::new(self.authenticator()).user_verification_when_preferred(self.verifies);
        let used = browser.authenticate(&origin, request, DefaultClientData).await.unwrap();
        json!({
            "id": used.id, "rawId": used.id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(&used.response.client_data_json), "authenticatorData": encode(&used.response.authenticator_data),
                "signature": encode(&used.response.signature),
                "userHandle": used.response.user_handle.map(|handle| encode(&handle)),
            },
        })
    }

    /// The same on our own page.
    pub(crate) async fn get(&self, options: &Value) -> Value {
        self.get_on(ORIGIN, options).await
    }
}
