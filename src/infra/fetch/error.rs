//! Why nothing was fetched.

use super::shown;
use crate::infra::dns::DnsError;
use crate::kernel::Error;
use std::error::Error as StdError;
use url::Url;

/// Why nothing was fetched. The sentence is fit for whoever gave the address: it tells nothing of the network that we are
/// in, not even where a name leads to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is not one that is fetched at all.
    #[error("{url} is not fetched: {why}")]
    Address {
        /// The address, without its query.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The host is in no public network, or its name says so.
    #[error("{host} does not lead to a public address")]
    NotPublic {
        /// The host.
        host: String,
    },
    /// The name service gave no address.
    #[error("{host}: {why}")]
    Name {
        /// The host.
        host: String,
        /// Why.
        why: DnsError,
    },
    /// A redirect too many.
    #[error("{url} redirects further, and more than {} redirects are not followed", super::MAX_REDIRECTS)]
    TooManyRedirects {
        /// Where the last of them led to.
        url: String,
    },
    /// A redirect that leads nowhere.
    #[error("{url} redirects to an address that can't be read")]
    BadRedirect {
        /// Who redirects.
        url: String,
    },
    /// The body is too long.
    #[error("{url} answers with more than {limit} bytes")]
    TooLarge {
        /// The address.
        url: String,
        /// The bytes that are allowed.
        limit: usize,
    },
    /// It took too long.
    #[error("{url} did not answer in full within {seconds} seconds")]
    Timeout {
        /// The address that was asked first.
        url: String,
        /// The seconds that are allowed.
        seconds: u64,
    },
    /// No connection, or one that broke.
    #[error("{url} can't be reached: {why}")]
    Unreachable {
        /// The address.
        url: String,
        /// What the connection said.
        why: String,
    },
    /// Nothing can be fetched at all as things are set up here.
    #[error("nothing can be fetched from here")]
    SetUp {
        /// The cause, for the log.
        why: String,
    },
}

impl FetchError {
    /// What became of a request, from what reqwest says about it.
    pub(super) fn of(error: &reqwest::Error, url: &Url) -> Self {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        let mut why = String::new();
        while let Some(one) = cause {
            // What our resolver refused comes back wrapped.
            if let Some(ours) = one.downcast_ref::<Self>() {
                return ours.clone();
            }
            why = one.to_string();
            cause = one.source();
        }
        Self::Unreachable { url: shown(url), why }
    }

    /// Whether trying again later may help, with nothing changed about the address.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Unreachable { .. } | Self::SetUp { .. } => true,
            Self::Name { why, .. } => *why != DnsError::NoSuchName,
            _ => false,
        }
    }
}

impl From<FetchError> for Error {
    fn from(error: FetchError) -> Self {
        Self::unavailable(error)
    }
}
