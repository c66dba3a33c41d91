//! A theme: templates, words, and the files that go with the pages. The one place that knows Tera.

use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    documents::short_hash,
    settings::Settings,
    words,
};
use domain::rulebook::Words;
use include_dir::{Dir, include_dir};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};
use tera::{Context, ErrorKind, Kwargs, State, Tera};
use walkdir::{DirEntry, WalkDir};

/// The theme of sites that have none of their own.
static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../themes/parvis");

/// Its name.
const EMBEDDED_NAME: &str = "parvis";

/// A theme, ready to render.
pub(crate) struct Theme {
    pub(crate) words: Words,
    pub(crate) assets: Vec<Asset>,
    /// The anchors that templates write.
    pub(crate) ids: BTreeSet<String>,
    tera: Tera,
    templates: BTreeMap<String, Arc<Source>>,
}

/// A file that goes with the pages.
pub(crate) struct Asset {
    /// Address, which changes with the content.
    pub(crate) url: String,
    pub(crate) bytes: Vec<u8>,
}

/// What a template receives.
#[derive(Clone)]
pub(crate) struct Values(Context);

impl Values {
    pub(crate) fn new() -> Self {
        Self(Context::new())
    }

    /// With one value more.
    pub(crate) fn with(mut self, name: &'static str, value: &impl Serialize) -> Self {
        self.0.insert(name, value);
        self
    }
}

/// Files of a theme by path below its folder, with `/`.
type Files = BTreeMap<String, Vec<u8>>;

impl Theme {
    /// The theme of the site at `root`: its own or the embedded one; `None` when something is wrong and reported.
    pub(crate) fn load(root: &Path, settings: Option<&Settings>, reporter: &Reporter) -> Option<Self> {
        let chosen = settings.and_then(|settings| Some((settings, settings.theme.as_ref()?)));
        let name = chosen.map_or(EMBEDDED_NAME, |(_, theme)| theme.get_ref());
        let folder = root.join("themes").join(name);
        if folder.is_dir() {
            return Self::from_files(name, read_files(&folder), reporter);
        }
        if let Some((settings, theme)) = chosen.filter(|_| name != EMBEDDED_NAME) {
            let error = Diagnostic::error(
                &settings.source,
                theme.span(),
                format!("thème introuvable : themes/{name}"),
            );
            reporter.report(error.help(format!("le thème livré avec Parvis est `{EMBEDDED_NAME}`")));
            return None;
        }
        Self::from_files(EMBEDDED_NAME, embedded_files(&EMBEDDED), reporter)
    }

    fn from_files(name: &str, files: Files, reporter: &Reporter) -> Option<Self> {
        let mut templates = BTreeMap::new();
        let mut assets = BTreeMap::new();
        let mut texts = Vec::new();
        for (path, bytes) in files {
            if let Some(template) = path.strip_prefix("templates/") {
                templates.insert(template.to_owned(), source(name, &path, bytes));
            } else if let Some(file) = path.strip_prefix("static/") {
                assets.insert(file.to_owned(), Asset { url: asset_url(file, &bytes), bytes });
            } else if path == "words/fr.toml" {
                texts = bytes;
            }
        }
        let words = words::read(&source(name, "words/fr.toml", texts), reporter);
        let ids = templates.values().flat_map(|template| anchors(&template.text)).collect();
        let urls = assets.iter().map(|(file, asset)| (file.clone(), asset.url.clone())).collect();
        let tera = engine(&templates, urls, reporter)?;
        Some(Self { words, assets: assets.into_values().collect(), ids, tera, templates })
    }

    /// The page that a template makes of `values`.
    pub(crate) fn render(&self, template: &str, values: &Values) -> Result<String, Diagnostic> {
        self.tera.render(template, &values.0).map_err(|error| diagnostic(&error, template, &self.templates))
    }
}

/// What cannot be read is missed where it is asked for.
fn read_files(folder: &Path) -> Files {
    let entries = WalkDir::new(folder).follow_links(true).into_iter().filter_map(Result::ok);
    let read = |entry: DirEntry| {
        let path = entry.path().strip_prefix(folder).ok()?;
        let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Some((parts.join("/"), fs::read(entry.path()).ok()?))
    };
    entries.filter(|entry| entry.file_type().is_file()).filter_map(read).collect()
}

fn embedded_files(dir: &Dir<'_>) -> Files {
    let own =
        dir.files().map(|file| (file.path().to_string_lossy().replace('\\', "/"), file.contents().to_vec()));
    own.chain(dir.dirs().flat_map(embedded_files)).collect()
}

fn source(theme: &str, path: &str, bytes: Vec<u8>) -> Arc<Source> {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Arc::new(Source { path: format!("themes/{theme}/{path}"), text })
}

/// `style.css` → `/assets/style.<hash>.css`
fn asset_url(file: &str, bytes: &[u8]) -> String {
    let hash = short_hash(bytes);
    match file.rsplit_once('.') {
        Some((stem, extension)) => format!("/assets/{stem}.{hash}.{extension}"),
        None => format!("/assets/{file}.{hash}"),
    }
}

/// The values of the `id` attributes of a template, but those that are computed.
fn anchors(template: &str) -> impl Iterator<Item = String> {
    let values = template.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    values.filter(|id| !id.contains('{')).map(str::to_owned)
}

fn engine(
    templates: &BTreeMap<String, Arc<Source>>,
    urls: BTreeMap<String, String>,
    reporter: &Reporter,
) -> Option<Tera> {
    let mut tera = Tera::new();
    tera.register_function("asset", move |arguments: Kwargs, _: &State| -> Result<String, tera::Error> {
        let path = arguments.must_get::<&str>("path")?;
        urls.get(path).cloned().ok_or_else(|| tera::Error::message(format!("no static/{path} in the theme")))
    });
    let all = templates.iter().map(|(name, source)| (&**name, &*source.text));
    let Err(error) = tera.add_raw_templates(all.clone()) else { return Some(tera) };
    // Tera stops at the first template it cannot parse: ask it about each.
    let alone = all.filter_map(|(name, text)| Some((name, Tera::new().add_raw_template(name, text).err()?)));
    let syntax: Vec<_> =
        alone.filter(|(_, error)| matches!(error.kind(), ErrorKind::SyntaxError(_))).collect();
    for (name, error) in &syntax {
        reporter.report(diagnostic(error, name, templates));
    }
    if syntax.is_empty() {
        let first = templates.keys().next().map_or("", String::as_str);
        reporter.report(diagnostic(&error, first, templates));
    }
    None
}

fn diagnostic(error: &tera::Error, template: &str, templates: &BTreeMap<String, Arc<Source>>) -> Diagnostic {
    let unknown = || Arc::new(Source { path: template.to_owned(), text: String::new() });
    let find = |name: &str| templates.get(name).cloned().unwrap_or_else(unknown);
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            Diagnostic::error(&find(report.filename()), report.span().range.clone(), report.message())
        }
        other => Diagnostic::error(&find(template), 0..0, other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_theme_is_sound() {
        let reporter = Reporter::default();
        let theme = Theme::from_files(EMBEDDED_NAME, embedded_files(&EMBEDDED), &reporter);
        assert!(theme.is_some());
        assert_eq!(reporter.finish().render(false), "");
    }

    #[test]
    fn only_written_anchors_are_taken() {
        let ids: Vec<String> =
            anchors(r#"<h2 id="suivi">a</h2> <p id="{{ x }}-error" data-id="b">"#).collect();
        assert_eq!(ids, ["suivi"]);
    }
}
