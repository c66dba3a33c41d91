//! The key `map` of a table: a GeoJSON file in the folder of the page.

use crate::{front_matter::Table, links, map::MapError, markdown::Renderer};
use toml::Spanned;

/// What `read` makes of the file; `None` when there is none, or something is wrong and reported.
pub(super) fn read<T>(
    table: &mut Table<'_>,
    renderer: &Renderer<'_>,
    read: impl FnOnce(&str) -> Result<T, MapError>,
) -> Option<T> {
    let file: Spanned<String> = table.get("map")?;
    let wrong = |message: String, help: Option<String>| {
        table.report(table.error(file.span(), message).maybe_help(help));
    };
    let path = links::in_folder_of(renderer.path, file.get_ref());
    let text = renderer.links.text(&path).map_err(|broken| wrong(broken.message, broken.help)).ok()?;
    read(&text).map_err(|error| wrong(error.to_string(), Some(error.help().to_owned()))).ok()
}
