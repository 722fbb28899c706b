//! Layers, everything that can be wrong with them, and what is shown.

mod fit;
mod layers;
mod shown;
mod wrong;

use super::*;

/// Sources with these variables and flags, and a file of this content in a folder of its own.
struct Given {
    folder: tempfile::TempDir,
    sources: Sources,
}

impl Given {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), sources: Sources::default() }
    }

    fn file(mut self, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.folder.path().join("mainstay.toml"), content).unwrap();
        self.sources.directory = Some(self.folder.path().to_owned());
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.push((name.into(), value.into()));
        self
    }

    fn flag(mut self, key: &'static str, value: &str) -> Self {
        self.sources.flags.push(Flag { name: "--flag", key, value: value.into() });
        self
    }

    fn load(&self) -> Result<Loaded, ConfigError> {
        load(&self.sources)
    }

    /// What is wrong, without the folder's name.
    fn wrong(&self) -> String {
        let folder = format!("{}/", self.folder.path().display());
        self.load().unwrap_err().to_string().replace(&folder, "")
    }
}

fn origin(loaded: &Loaded, key: &str) -> String {
    loaded.entries.iter().find(|entry| entry.key == key).unwrap().origin.to_string()
}

fn shown(loaded: &Loaded, key: &str) -> String {
    loaded.entries.iter().find(|entry| entry.key == key).unwrap().shown()
}
