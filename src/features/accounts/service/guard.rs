//! The brake on guessing passwords. It never locks an account: it slows down one network address, or one address trying
//! one account, and a device that signed in before is not slowed down by others.

use crate::features::accounts::problems::TOO_MANY_ATTEMPTS;
use crate::http::limit::network;
use crate::infra::Ctx;
use crate::infra::throttle::Key;
use crate::kernel::{AccountId, Caller, Error, Result};
use std::net::{IpAddr, Ipv4Addr};

/// The keys that one attempt counts for.
pub(super) struct Guard {
    pair: Option<Key>,
    network: Option<Key>,
}

/// Where the attempt comes from.
fn home(caller: &Caller) -> IpAddr {
    network(caller.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
}

impl Guard {
    /// An attempt to sign in with this address in its folded form, from a device that is known to the account or not.
    pub(super) fn sign_in(caller: &Caller, folded: &str, known: bool) -> Self {
        let network = home(caller);
        Self {
            pair: Some(Key::Pair { account: folded.to_owned(), network, known }),
            network: (!known).then_some(Key::Network(network)),
        }
    }

    /// An attempt of somebody signed in to say the password again.
    pub(super) fn within(account: AccountId) -> Self {
        let network = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self { pair: Some(Key::Pair { account: account.to_string(), network, known: true }), network: None }
    }

    /// An attempt that names no account before it is right.
    pub(super) fn network(caller: &Caller) -> Self {
        Self { pair: None, network: Some(Key::Network(home(caller))) }
    }

    /// Fails while a wait is not over.
    pub(super) fn check(&self, ctx: &Ctx) -> Result<()> {
        if !ctx.settings().rate_limit.enabled {
            return Ok(());
        }
        let now = ctx.now();
        let keys = [self.pair.as_ref(), self.network.as_ref()];
        let wait = keys.into_iter().flatten().filter_map(|key| ctx.throttle().wait(key, now)).max();
        match wait {
            None => Ok(()),
            Some(seconds) => {
                let detail = format!("Too many wrong attempts; the next attempt is looked at in {seconds} seconds.");
                Err(Error::new(&TOO_MANY_ATTEMPTS, detail).retry_after(seconds))
            }
        }
    }

    /// Counts what became of the attempt. A success forgives the pair but not the network: a guesser has an account, too.
    pub(super) fn count(self, ctx: &Ctx, right: bool) {
        if right {
            return self.pair.iter().for_each(|pair| ctx.throttle().succeeded(pair));
        }
        let now = ctx.now();
        for key in [self.pair, self.network].into_iter().flatten() {
            ctx.throttle().failed(key, now);
        }
    }
}
