//! Mail as `.eml` files in a folder, for machines without a mail server.

use super::{MailError, MessageId};
use crate::kernel::{Error, Result};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder that messages are written into.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: Arc<Path>,
    written: Arc<AtomicU64>,
}

impl Folder {
    pub(super) fn new(path: &Path) -> Result<Self> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(path)
            .map_err(|e| Error::internal(format!("mail.directory {}: it can't be made: {e}", path.display())))?;
        Ok(Self { path: path.into(), written: Arc::default() })
    }

    /// Writes the file whole or not at all. Named by the message id, so that a repeat replaces the first.
    pub(super) async fn send(&self, id: MessageId, source: Vec<u8>) -> Result<String, MailError> {
        let path = self.path.join(format!("{id}.eml"));
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let scratch = self.path.join(format!(".{id}.{}.{number}.part", std::process::id()));
        let note = path.display().to_string();
        tokio::task::spawn_blocking(move || write(&scratch, &path, &source))
            .await
            .map_err(|e| MailError::new(true, e.to_string()))?
            .map_err(|e| MailError::new(true, format!("{note}: {e}")))?;
        Ok(note)
    }
}

fn write(scratch: &PathBuf, path: &Path, source: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Mails hold links that sign people in.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(scratch)?;
    let written = file.write_all(source).and_then(|()| file.sync_all()).and_then(|()| std::fs::rename(scratch, path));
    if written.is_err() {
        // The first failure is what is told.
        let _ = std::fs::remove_file(scratch);
    }
    written
}
