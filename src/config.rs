//! What a route file's `CONFIG` says.

/// To be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteSize;

/// To be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ApiConfig {}

impl ApiConfig {
    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}
