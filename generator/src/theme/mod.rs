//! A theme: templates, words, and the files that go with the pages. The one place that knows Tera.
//!
//! A site's own theme lies over the one embedded in the command, file by file: what it does not have is the
//! embedded theme's. A template of its own replaces the one of the same name, and can extend it as
//! `parvis/<name>`; a component of its own replaces the one of the same name, whatever file it is in.

mod assets;
mod dependencies;
mod mistakes;
pub(crate) mod values;

pub(crate) use assets::Asset;
pub(crate) use values::{Fingerprint, Key, Shared, Values, fingerprint};

use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    settings::Settings,
    words::{self, Language},
};
use domain::rulebook::Words;
use include_dir::{Dir, include_dir};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};
use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};
use walkdir::{DirEntry, WalkDir};

/// The theme of sites that have none of their own.
static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../themes/parvis");

/// Its name, and how its templates are called by those that replace them.
const EMBEDDED_NAME: &str = "parvis";
const EMBEDDED_PREFIX: &str = "parvis/";

/// A theme, ready to render.
pub(crate) struct Theme {
    /// One for each language of the site, its main one first.
    voices: Vec<Voice>,
    pub(crate) assets: Vec<Asset>,
    /// The anchors that templates write.
    pub(crate) ids: BTreeSet<String>,
    templates: Templates,
    /// Whether a template has a place for structured data.
    pub(crate) asks_json_ld: bool,
}

/// Templates by name, as Tera knows them.
type Templates = BTreeMap<String, Arc<Source>>;

/// A theme that speaks a language.
pub(crate) struct Voice {
    pub(crate) language: Language,
    pub(crate) words: Arc<Words>,
    say: words::Say,
    tera: Tera,
    /// For each template, what all it is made of amounts to.
    keys: BTreeMap<String, Key>,
    /// What all the theme amounts to in this language.
    pub(crate) key: Key,
}

/// Files of a theme by path below its folder, with `/`.
type Files = BTreeMap<String, Arc<[u8]>>;

impl Theme {
    /// The theme of the site at `root`; `None` when something is wrong and reported.
    pub(crate) fn load(root: &Path, settings: Option<&Settings>, reporter: &Reporter) -> Option<Self> {
        let chosen = settings.and_then(|settings| Some((settings, settings.theme.as_ref()?)));
        let name = chosen.map_or(EMBEDDED_NAME, |(_, theme)| theme.get_ref());
        let folder = root.join("themes").join(name);
        if name == EMBEDDED_NAME {
            // The reference theme being worked on, where the site has it.
            let files = if folder.is_dir() { read_files(&folder) } else { embedded_files(&EMBEDDED) };
            return Self::from_files(&Layer { name, files }, None, settings, reporter);
        }
        if let Some((settings, theme)) = chosen.filter(|_| !folder.is_dir()) {
            let error = Diagnostic::error(
                &settings.source,
                theme.span(),
                format!("thème introuvable : themes/{name}"),
            );
            reporter.report(error.help(format!("le thème livré avec Parvis est `{EMBEDDED_NAME}`")));
            return None;
        }
        let base = Layer { name: EMBEDDED_NAME, files: embedded_files(&EMBEDDED) };
        Self::from_files(&base, Some(&Layer { name, files: read_files(&folder) }), settings, reporter)
    }

    fn from_files(
        base: &Layer<'_>,
        own: Option<&Layer<'_>>,
        settings: Option<&Settings>,
        reporter: &Reporter,
    ) -> Option<Self> {
        let mut templates = base.templates(EMBEDDED_PREFIX);
        let mut files = base.files.clone();
        if let Some(own) = own {
            templates.extend(own.templates(""));
            files.extend(own.files.clone());
        }
        let assets = assets::make(&files, own.unwrap_or(base).name, settings, reporter);
        let urls: Arc<BTreeMap<String, String>> =
            Arc::new(assets.iter().map(|asset| (asset.name.clone(), asset.url.clone())).collect());
        if let Some(settings) = settings
            && let Some(logo) = &settings.appearance.logo
            && !urls.contains_key(logo.get_ref())
        {
            let message = format!("le thème n’a pas de fichier static/{}", logo.get_ref());
            let error = Diagnostic::error(&settings.source, logo.span(), message);
            reporter
                .report(error.help(format!("déposez-le dans themes/{}/static", own.unwrap_or(base).name)));
        }
        let ids = templates.values().flat_map(|template| anchors(&template.text)).collect();
        let languages = settings.map_or_else(|| vec![Language::default()], Settings::all_languages);
        let voices = languages.into_iter().map(|language| {
            let words = Arc::new(words::load(language, base, own, reporter));
            let say = words::Say::new(words.clone(), language.code());
            let tera = engine(&templates, urls.clone(), &say, reporter)?;
            let mut said = Fingerprint::default();
            said.value(&words.0);
            said.value(&*urls);
            let (keys, key) = dependencies::keys(&templates, said.finish());
            Some(Voice { language, words, say, tera, keys, key })
        });
        let asks_json_ld = dependencies::say(&templates, "page.json_ld");
        Some(Self { voices: voices.collect::<Option<_>>()?, assets, ids, templates, asks_json_ld })
    }

    /// The theme in the language of that number: 0 is the site's main one.
    pub(crate) fn voice(&self, edition: usize) -> &Voice {
        &self.voices[edition]
    }

    /// The page that a template makes of `values`, and of a body if it has one.
    ///
    /// # Errors
    /// What is wrong in the template.
    pub(crate) fn render(
        &self,
        voice: &Voice,
        template: &str,
        values: &Values<'_>,
        body: Option<(Value, Value)>,
        page: &mut Vec<u8>,
    ) -> Result<(), Diagnostic> {
        let mut context = values.context();
        if let Some((html, toc)) = body {
            context.insert_value("body", html);
            context.insert_value("toc", toc);
        }
        let made = voice.tera.render_to(template, &context, page);
        made.map_err(|error| self.mistake(&error, template))
    }

    /// What a component makes of `arguments`, and of the HTML between its tags.
    ///
    /// # Errors
    /// What is wrong in the component.
    pub(crate) fn component(
        &self,
        voice: &Voice,
        name: &str,
        arguments: &Context,
        body: Option<&str>,
    ) -> Result<String, Diagnostic> {
        let made = voice.tera.render_component(name, arguments, body, true);
        made.map_err(|error| self.mistake(&error, name))
    }

    fn mistake(&self, error: &tera::Error, template: &str) -> Diagnostic {
        let found = mistakes::diagnostics(error, template, &self.templates).into_iter().next();
        found.unwrap_or_else(|| {
            let source = Arc::new(Source { path: template.to_owned(), text: String::new() });
            Diagnostic::error(&source, 0..0, error.to_string())
        })
    }

    /// What the theme amounts to in each language.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        self.voices.iter().map(|voice| voice.key)
    }

    /// The address of a file of the theme.
    pub(crate) fn asset_url(&self, name: &str) -> Option<String> {
        self.assets.iter().find(|asset| asset.name == name).map(|asset| asset.url.clone())
    }

    /// The file of a template.
    pub(crate) fn path_of(&self, template: &str) -> String {
        self.named(template).map_or_else(|| template.to_owned(), |name| self.templates[name].path.clone())
    }

    /// The files of the templates that a page of `template` is made of, its own first.
    pub(crate) fn sources_of(&self, template: &str) -> Vec<Arc<Source>> {
        let Some(name) = self.named(template) else { return Vec::new() };
        let others = dependencies::reached(&self.templates, name).into_iter().filter(|other| *other != name);
        [name].into_iter().chain(others).map(|name| self.templates[name].clone()).collect()
    }

    /// The template that Tera takes for `template`.
    fn named(&self, template: &str) -> Option<&str> {
        let embedded = format!("{EMBEDDED_PREFIX}{template}");
        let found = [template, &embedded].into_iter().find_map(|name| self.templates.get_key_value(name));
        found.map(|(name, _)| name.as_str())
    }

    /// The names of the shortcodes that the theme adds to those the generator knows.
    pub(crate) fn shortcodes(&self) -> impl Iterator<Item = &str> {
        let files = self.templates.iter().filter(|(name, _)| {
            name.strip_prefix(EMBEDDED_PREFIX).unwrap_or(name).starts_with("shortcodes/")
        });
        files.flat_map(|(_, source)| dependencies::components(&source.text))
    }

    /// What the component `name` takes, if there is one.
    pub(crate) fn component_definition(&self, name: &str) -> Option<tera::ComponentInfo> {
        self.voices.first()?.tera.get_component_definition(name)
    }
}

impl Voice {
    pub(crate) fn language_code(&self) -> &str {
        self.language.code()
    }

    /// A word of the theme; its key when there is none.
    pub(crate) fn word(&self, key: &'static str) -> &str {
        self.words.0.get(key).map_or(key, String::as_str)
    }

    pub(crate) fn say(&self) -> &words::Say {
        &self.say
    }

    /// « 1 page », « 4 pages »
    pub(crate) fn quantity(&self, noun: &str, count: u64) -> String {
        self.say.quantity(noun, count)
    }

    /// What a page amounts to before it is made: its template, its values, the key of its body. Also how many
    /// bytes of values there were.
    pub(crate) fn page_key(&self, template: &str, values: &Values<'_>, body: Option<Key>) -> (Key, u64) {
        let mut fingerprint = Fingerprint::default();
        let own = self.keys.get(template);
        let key = own.or_else(|| self.keys.get(&format!("{EMBEDDED_PREFIX}{template}")));
        fingerprint.key(key.copied().unwrap_or(self.key));
        values.hash(&mut fingerprint);
        fingerprint.key(body.unwrap_or_default());
        let taken = fingerprint.taken();
        (fingerprint.finish(), taken)
    }
}

/// A theme's files, before anything is made of them.
pub(crate) struct Layer<'a> {
    pub(crate) name: &'a str,
    files: Files,
}

impl Layer<'_> {
    fn templates(&self, prefix: &str) -> Templates {
        let named = |(path, bytes): (&String, &Arc<[u8]>)| {
            let template = path.strip_prefix("templates/")?;
            Some((format!("{prefix}{template}"), self.source(path, bytes)))
        };
        self.files.iter().filter_map(named).collect()
    }

    /// A text of the theme, if it is there.
    pub(crate) fn text(&self, path: &str) -> Option<Arc<Source>> {
        Some(self.source(path, self.files.get(path)?))
    }

    fn source(&self, path: &str, bytes: &[u8]) -> Arc<Source> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        Arc::new(Source { path: format!("themes/{}/{path}", self.name), text })
    }
}

/// What cannot be read is missed where it is asked for.
fn read_files(folder: &Path) -> Files {
    let entries = WalkDir::new(folder).follow_links(true).into_iter().filter_map(Result::ok);
    let read = |entry: DirEntry| {
        let path = entry.path().strip_prefix(folder).ok()?;
        let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Some((parts.join("/"), fs::read(entry.path()).ok()?.into()))
    };
    entries.filter(|entry| entry.file_type().is_file()).filter_map(read).collect()
}

fn embedded_files(dir: &Dir<'_>) -> Files {
    let own =
        dir.files().map(|file| (file.path().to_string_lossy().replace('\\', "/"), file.contents().into()));
    own.chain(dir.dirs().flat_map(embedded_files)).collect()
}

/// The values of the `id` attributes of a template, but those that are computed.
fn anchors(template: &str) -> impl Iterator<Item = String> {
    let values = template.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    values.filter(|id| !id.contains('{')).map(str::to_owned)
}

fn engine(
    templates: &Templates,
    urls: Arc<BTreeMap<String, String>>,
    say: &words::Say,
    reporter: &Reporter,
) -> Option<Tera> {
    let new = || {
        let mut tera = Tera::new();
        // Nothing is loaded yet, the one case in which this is refused.
        let _ = tera.set_fallback_prefixes([EMBEDDED_PREFIX]);
        let urls = urls.clone();
        tera.register_function("asset", move |arguments: Kwargs, _: &State| -> Result<String, tera::Error> {
            let path = arguments.must_get::<&str>("path")?;
            let missing = || tera::Error::message(format!("il n’y a pas de static/{path} dans le thème"));
            urls.get(path).cloned().ok_or_else(missing)
        });
        tera.register_function("say", say.clone());
        tera
    };
    let mut tera = new();
    let all = templates.iter().map(|(name, source)| (&**name, &*source.text));
    let Err(error) = tera.add_raw_templates(all.clone()) else { return Some(tera) };
    // Tera stops at the first template it cannot parse: ask it about each.
    let alone = all.filter_map(|(name, text)| Some((name, new().add_raw_template(name, text).err()?)));
    let syntax: Vec<_> =
        alone.filter(|(_, error)| matches!(error.kind(), ErrorKind::SyntaxError(_))).collect();
    let mistakes = match &*syntax {
        [] => mistakes::diagnostics(&error, templates.keys().next().map_or("", String::as_str), templates),
        syntax => {
            syntax.iter().flat_map(|(name, error)| mistakes::diagnostics(error, name, templates)).collect()
        }
    };
    mistakes.into_iter().for_each(|mistake| reporter.report(mistake));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_theme_is_sound() {
        let reporter = Reporter::default();
        let base = Layer { name: EMBEDDED_NAME, files: embedded_files(&EMBEDDED) };
        let theme = Theme::from_files(&base, None, None, &reporter);
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
