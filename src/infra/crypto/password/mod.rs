//! Passwords: which are accepted, how they are stored and how they are checked.

mod hasher;
mod rules;

pub use hasher::{Hasher, Params, Verdict};
pub use rules::{LEAST_CHARACTERS, MOST_CHARACTERS, check_length, check_password};

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// The form that is measured and hashed (NIST SP 800-63B-4 section 3.1.1.2), so that the same keys pressed on another
/// device give the same password.
fn normalize(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}
