//! Rate limits: per address before authentication, per account after it, and tighter ones where passwords are tried.

use super::trace;
use crate::infra::config::RateLimit;
use crate::kernel::{AccountId, Caller, Error, Kind, Problem};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, web};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

/// Too many requests.
pub static LIMITED: Problem = Problem::new(
    "rate_limited",
    Kind::TooMany,
    "Too many requests.",
    "Wait for the seconds in Retry-After. The RateLimit headers tell what is left.",
);

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// One limit over many keys.
struct Limit<K: Hash + Eq + Clone> {
    name: &'static str,
    per_minute: u32,
    limiter: Limiter<K>,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(name: &'static str, per_minute: u32, burst: u32) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(at_least_one(per_minute)).allow_burst(at_least_one(burst));
        Self { name, per_minute, limiter: RateLimiter::keyed(quota).with_middleware() }
    }

    /// What is left, or the seconds to wait.
    fn take(&self, key: &K) -> Result<u32, u64> {
        self.limiter
            .check_key(key)
            .map(|state| state.remaining_burst_capacity())
            .map_err(|until| until.wait_time_from(self.limiter.clock().now()).as_secs() + 1)
    }

    fn head(&self, headers: &mut HeaderMap, left: u32, wait: u64) {
        let policy = format!("\"{}\";q={};w=60", self.name, self.per_minute);
        let state = format!("\"{}\";r={left};t={wait}", self.name);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// The limits of this node.
pub struct Limits {
    enabled: bool,
    address: Limit<IpAddr>,
    sign_in: Limit<IpAddr>,
    account: Limit<AccountId>,
}

impl Limits {
    /// Limits by the settings.
    pub fn new(settings: &RateLimit) -> Self {
        Self {
            enabled: settings.enabled,
            address: Limit::new("address", settings.per_address_per_minute, settings.burst),
            sign_in: Limit::new("sign-in", settings.auth_per_minute, settings.auth_per_minute),
            account: Limit::new("account", settings.per_account_per_minute, settings.burst),
        }
    }

    /// Forgets the keys that have been quiet for long; called now and then by the worker.
    pub fn forget_idle(&self) {
        self.address.limiter.retain_recent();
        self.sign_in.limiter.retain_recent();
        self.account.limiter.retain_recent();
    }
}

/// The address that counts: the whole of IPv4, the first 64 bits of IPv6, since a household holds that many.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        IpAddr::V4(v4) => IpAddr::V4(v4),
    }
}

fn refused(incoming: ServiceRequest, wait: u64) -> ServiceResponse<BoxBody> {
    let error = Error::new(&LIMITED, format!("This is more than is allowed in a minute; try again in {wait} seconds."))
        .retry_after(wait);
    trace::refuse(incoming, &error)
}

/// Limits by the peer's address; placed before authentication.
pub async fn by_address(
    incoming: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let limits = incoming.app_data::<web::Data<Limits>>().cloned();
    let address = incoming.extensions().get::<Caller>().and_then(|caller| caller.address);
    let (Some(limits), Some(address)) = (limits.filter(|limits| limits.enabled), address) else {
        return Ok(next.call(incoming).await?.map_into_boxed_body());
    };
    let signs_in = incoming.match_info().as_str().starts_with("/api/v1/auth/")
        && incoming.method() == actix_web::http::Method::POST;
    let limit = if signs_in { &limits.sign_in } else { &limits.address };
    match limit.take(&network(address)) {
        Ok(left) => {
            let mut answer = next.call(incoming).await?.map_into_boxed_body();
            if !answer.headers().contains_key("ratelimit") {
                limit.head(answer.headers_mut(), left, 60);
            }
            Ok(answer)
        }
        Err(wait) => {
            let mut answer = refused(incoming, wait);
            limit.head(answer.headers_mut(), 0, wait);
            Ok(answer)
        }
    }
}

/// Limits by the signed-in account; placed after authentication.
pub async fn by_account(
    incoming: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let limits = incoming.app_data::<web::Data<Limits>>().cloned();
    let account = incoming.extensions().get::<Caller>().and_then(Caller::account_id);
    let (Some(limits), Some(account)) = (limits.filter(|limits| limits.enabled), account) else {
        return Ok(next.call(incoming).await?.map_into_boxed_body());
    };
    match limits.account.take(&account) {
        Ok(left) => {
            let mut answer = next.call(incoming).await?.map_into_boxed_body();
            limits.account.head(answer.headers_mut(), left, 60);
            Ok(answer)
        }
        Err(wait) => {
            let mut answer = refused(incoming, wait);
            limits.account.head(answer.headers_mut(), 0, wait);
            Ok(answer)
        }
    }
}
