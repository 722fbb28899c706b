//! How a command ends when it does not end well.

use std::fmt;

/// What to tell the person at the terminal, and the exit code that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    message: String,
    exit_code: u8,
}

impl Failure {
    /// The work failed: exit code 1.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: 1 }
    }

    /// The command was called wrongly: exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: 2 }
    }

    /// What the process ends with.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Input that ends in the middle, output that nobody reads any more.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(format!("reading or writing failed: {error}"))
    }
}

impl From<crate::kernel::Error> for Failure {
    fn from(error: crate::kernel::Error) -> Self {
        use std::error::Error as _;
        let cause = error.source().map(|cause| format!(" ({cause})")).unwrap_or_default();
        Self::failed(format!("{error}{cause}"))
    }
}
