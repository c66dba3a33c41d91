//! A new site, sound from the start, to be completed.

use super::{Preset, ScaffoldError, new_process, write_new};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use std::path::{Path, PathBuf};

/// The files of a site, by path. In braces, what is filled in; the process is made as any other.
const FILES: [(&str, &str); 8] = [
    (".gitignore", include_str!("site/gitignore")),
    ("site.toml", include_str!("site/site.toml")),
    ("content/_index.md", include_str!("site/content/_index.md")),
    ("content/ma-commune/_index.md", include_str!("site/content/ma-commune/_index.md")),
    ("content/ma-commune/communes.csv", include_str!("site/content/ma-commune/communes.csv")),
    ("content/ma-commune/actualites/_index.md", include_str!("site/content/ma-commune/actualites/_index.md")),
    (
        "content/ma-commune/actualites/le-site-est-ouvert.md",
        include_str!("site/content/ma-commune/actualites/le-site-est-ouvert.md"),
    ),
    (
        "content/ma-commune/actualites/table-ronde.svg",
        include_str!("site/content/ma-commune/actualites/table-ronde.svg"),
    ),
];

const PROCESS: &str = "ma-commune/ma-petition";

/// What is added to the process.
const EVENT: (&str, &str) = (
    "content/ma-commune/ma-petition/reunion-publique.md",
    include_str!("site/content/ma-commune/ma-petition/reunion-publique.md"),
);

/// The time zone that `site.toml` says.
const ZONE: &str = "Europe/Paris";

/// Makes a site in `folder`, which may exist. The files made.
///
/// # Errors
/// When the folder has a site already, or the disk refuses.
pub fn new_site(folder: &Path, now: Timestamp) -> Result<Vec<PathBuf>, ScaffoldError> {
    if folder.join("site.toml").exists() {
        return Err(ScaffoldError::Site(folder.to_owned()));
    }
    let content = folder.join("content");
    if content.exists() {
        return Err(ScaffoldError::Exists(content));
    }
    let today = now.to_zoned(TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)).date();
    let event = today.checked_add(1.month()).unwrap_or(today);
    let write = |(file, text): &(&str, &str)| {
        let path = folder.join(file);
        let text = text.replace("{date}", &today.to_string()).replace("{event}", &event.to_string());
        write_new(&path, &text).map_err(|source| ScaffoldError::File { path: path.clone(), source })?;
        Ok(path)
    };
    // A repository that was just made may have one.
    let is_wanted = |(file, _): &&(&str, &str)| *file != ".gitignore" || !folder.join(file).exists();
    let mut made = FILES.iter().filter(is_wanted).map(write).collect::<Result<Vec<_>, _>>()?;
    made.extend(new_process(folder, Preset::Petition, PROCESS, now)?);
    made.push(write(&EVENT)?);
    Ok(made)
}
