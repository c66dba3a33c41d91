//! The data folder: the table, the secret, the built site; used by one process at a time.

use domain::secret::Secret;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A data folder that this process alone uses.
pub(super) struct DataFolder {
    path: PathBuf,
    secret: Secret,
    /// Held until the process ends, however it ends.
    _lock: File,
}

/// The data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Another process uses it.
    #[error(
        "le dossier {0} est déjà utilisé par un autre « parvis serve ». Arrêtez-le, ou choisissez un autre dossier avec --data."
    )]
    InUse(PathBuf),
    /// The system refused.
    #[error("le dossier {path} ne peut pas être utilisé : {source}")]
    System {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The secret is damaged: with another one, everyone could support once more.
    #[error(
        "le fichier {0} est abîmé : remettez-le en place depuis une sauvegarde. Sans lui, les soutiens déjà donnés ne sont plus reconnus."
    )]
    Secret(PathBuf),
}

impl DataFolder {
    pub(super) fn open(path: &Path) -> Result<Self, DataError> {
        let system = |source| DataError::System { path: path.to_owned(), source };
        make_private(path).map_err(system)?;
        let lock = OpenOptions::new().create(true).append(true).open(path.join("lock")).map_err(system)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(system(error)),
        }
        let secret = read_or_make_secret(&path.join("secret"), &path.join("table.db"))?;
        Ok(Self { path: path.to_owned(), secret, _lock: lock })
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }

    pub(super) fn table(&self) -> PathBuf {
        self.path.join("table.db")
    }

    /// Where files are stored that citizens send.
    pub(super) fn attachments(&self) -> PathBuf {
        attachments(&self.path)
    }

    /// Where the site is built. The register publishes there too.
    pub(super) fn public(&self) -> PathBuf {
        self.path.join("site/public")
    }

    /// Removes the published counts: the register makes them anew, and whatever a power cut left of them would be in
    /// the way of the first build.
    pub(super) fn forget_counts(&self) -> Result<(), DataError> {
        match std::fs::remove_dir_all(self.public().join("data")) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(DataError::System { path: self.path.clone(), source })
            }
            _ => Ok(()),
        }
    }

    /// Where the build puts the pages the functions answer with.
    pub(super) fn answers(&self) -> PathBuf {
        self.path.join("site/answers")
    }
}

/// Where files are stored in a data folder.
pub(crate) fn attachments(data: &Path) -> PathBuf {
    data.join("attachments")
}

/// The secret of a data folder that another process may be using.
///
/// # Errors
/// [`DataError::Secret`] when there is none.
pub(crate) fn stored_secret(data: &Path) -> Result<Secret, DataError> {
    let path = data.join("secret");
    let text = std::fs::read_to_string(&path);
    text.ok().and_then(|text| Secret::from_hex(&text).ok()).ok_or(DataError::Secret(path))
}

/// A table without its secret is damaged data, not a new folder.
fn read_or_make_secret(path: &Path, table: &Path) -> Result<Secret, DataError> {
    let damaged = || DataError::Secret(path.to_owned());
    match std::fs::read_to_string(path) {
        Ok(text) => Secret::from_hex(&text).map_err(|_| damaged()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !table.exists() => {
            make_secret(path).map_err(|source| DataError::System { path: path.to_owned(), source })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(damaged()),
        Err(source) => Err(DataError::System { path: path.to_owned(), source }),
    }
}

fn make_secret(path: &Path) -> io::Result<Secret> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    // Whole or not at all, for without it the data is lost.
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(hex::encode(bytes).as_bytes())?;
    file.sync_all()?;
    std::fs::rename(new, path)?;
    Ok(Secret::new(bytes))
}

/// Makes a folder that only its owner can look into.
fn make_private(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}
