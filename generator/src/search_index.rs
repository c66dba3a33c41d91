//! The index of the search: made again when a page has changed.

use crate::{
    build::{BuildError, key_of},
    memory::Memory,
    output::{FileError, Output, Written},
    site::Site,
    theme::{Key, fingerprint},
};
use std::collections::HashMap;

/// Below the output, where it is.
const SEARCH: &str = "search";

/// Stands for the pages that are indexed.
const INDEXED: &str = "../.parvis-build/indexed";

/// The index of the last build, as it is.
pub(crate) fn kept(last: &Memory) -> Vec<Written> {
    let is_index = |file: &str| file == INDEXED || file.starts_with(&format!("{SEARCH}/"));
    let kept = last.outputs.iter().filter(|(file, _)| is_index(file));
    kept.map(|(file, memory)| Written { file: file.clone(), memory: Some(*memory), changed: false }).collect()
}

/// Indexes the pages that show a text, each a file and the number of its language, unless none has changed since they
/// were.
pub(crate) fn update(
    mut texts: Vec<(String, usize)>,
    site: &Site,
    output: &Output<'_>,
    written: &[Written],
    last: &Memory,
) -> Result<Vec<Written>, BuildError> {
    texts.sort_unstable();
    let keys: HashMap<&str, Key> =
        written.iter().filter_map(|file| Some((&*file.file, file.memory?.key))).collect();
    let key = key_of(texts.iter().map(|(file, _)| keys.get(&**file).copied().unwrap_or_default()));
    match is_current(key, output, last) {
        true => Ok(kept(last)),
        false => make(&texts, key, site, output),
    }
}

/// Whether the index is as the last build left it, made of the pages that `key` stands for.
fn is_current(key: Key, output: &Output<'_>, last: &Memory) -> bool {
    let mut files = last.outputs.keys().filter(|file| file.starts_with(&format!("{SEARCH}/")));
    output.current(INDEXED, key).is_some() && files.all(|file| output.kept(file).is_some())
}

/// Indexes `pages`.
fn make(
    pages: &[(String, usize)],
    key: Key,
    site: &Site,
    output: &Output<'_>,
) -> Result<Vec<Written>, BuildError> {
    let page = |(file, edition): &(String, usize)| {
        Ok(search::Page {
            url: format!("/{}", file.trim_end_matches("index.html")),
            language: site.theme.voice(*edition).language_code().to_owned(),
            html: output.read(file)?,
        })
    };
    let pages: Vec<search::Page> = pages.iter().map(page).collect::<Result<_, FileError>>()?;
    let mut files = Vec::new();
    for file in search::index(pages)? {
        let path = format!("{SEARCH}/{}", file.path);
        files.push(output.write(&path, fingerprint(&file.bytes), &file.bytes)?);
    }
    files.push(output.write(INDEXED, key, format!("{key:032x}\n").as_bytes())?);
    Ok(files)
}
