//! Which deposits of a process were taken off its site, and why: only how many is shown. `parvis pull` keeps it beside the
//! page of the process, so that it outlives the deposits themselves.

use super::reader::Reader;
use crate::{front_matter::Table, links};
use domain::deposit::HideReason;
use std::{collections::BTreeMap, fs, io};

/// Its name, hidden from those who read the content.
pub(crate) const FILE: &str = ".hidden.json";

/// Reference of a deposit → why it is hidden.
pub(crate) type Hidden = BTreeMap<String, HideReason>;

/// The text of the file.
pub(crate) fn write(hidden: &Hidden) -> serde_json::Result<String> {
    serde_json::to_string_pretty(hidden).map(|text| text + "\n")
}

/// What a text of the file says.
pub(crate) fn read_text(text: &str) -> serde_json::Result<Hidden> {
    serde_json::from_str(text)
}

/// What the file beside the process at `path` says, if it is there.
pub(super) fn read(path: &str, table: &Table<'_>, reader: &Reader<'_>) -> Hidden {
    let beside = links::in_folder_of(path, FILE);
    let read = match fs::read_to_string(reader.folder.join(&beside)) {
        Ok(text) => read_text(&text).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Hidden::new(),
        Err(error) => Err(error),
    };
    read.unwrap_or_else(|error| {
        let message = format!("content/{beside} ne se lit pas : {error}");
        let help = "remettez ce fichier comme il était, ou supprimez-le : `parvis pull` le refait";
        table.report(table.error(table.header(), message).help(help));
        Hidden::new()
    })
}
