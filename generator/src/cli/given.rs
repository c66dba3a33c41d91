//! The file that a command is given, and what it prints.

use super::{Outcome, fail};
use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
};
use thiserror::Error;

/// What stands for the standard input.
const INPUT: &str = "-";

/// Why a file is not read.
#[derive(Debug, Error)]
pub(super) enum Unread {
    #[error("{0} n’existe pas : vérifiez le chemin")]
    Missing(String),
    #[error("{0} est un dossier : donnez un fichier")]
    Folder(String),
    #[error("{0} ne vous est pas ouvert : demandez le droit de le lire")]
    Forbidden(String),
    #[error("{path} ne se lit pas : {source}")]
    Other { path: String, source: io::Error },
}

/// As errors name it.
pub(super) fn name(path: &Path) -> String {
    match path.as_os_str() == INPUT {
        true => "l’entrée standard".to_owned(),
        false => path.display().to_string(),
    }
}

/// The bytes of a file, or of the standard input for `-`.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Unread> {
    let bytes = match path.as_os_str() == INPUT {
        true => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
        false => fs::read(path),
    };
    bytes.map_err(|source| {
        let path = name(path);
        match source.kind() {
            io::ErrorKind::NotFound => Unread::Missing(path),
            io::ErrorKind::IsADirectory => Unread::Folder(path),
            io::ErrorKind::PermissionDenied => Unread::Forbidden(path),
            _ => Unread::Other { path, source },
        }
    })
}

/// Prints `text`; who reads it may stop before its end, as `head` does.
pub(super) fn print(text: &str) -> Outcome {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(fail(&error)),
        _ => Ok(()),
    }
}
