//! The index that readers search in, made by Pagefind: only files, searched by the reader's own browser.

use pagefind::{api::PagefindIndex, options::PagefindServiceConfig};
use serde_json::Value;
use std::{collections::BTreeMap, error::Error, panic, thread};

/// Lists the languages of the index; the browser asks for it first.
const ENTRY: &str = "pagefind-entry.json";

/// Matches words as they are written, where a language has no stemmer.
const WASM_WITHOUT_STEMMER: &str = "wasm.unknown.pagefind";

/// Put after an apostrophe: a space that the theme's search.js knows, to take it away.
const ELISION: &str = "\u{2060} ";

/// A page to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its address, from the root of the site: `/ville/page/`.
    pub url: String,
    /// Its `<html lang>`. Readers search the pages in the language of the one they are on.
    pub language: String,
    /// The whole page. Only what is inside `data-pagefind-body` is indexed, and its first `<h1>` is the title.
    pub html: String,
}

/// A file for the reader's browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it goes below the search folder: `pagefind.js`, `fragment/fr_0a1b2c3.pf_fragment`.
    pub path: String,
    /// What it says. All but `*.js` and `*.json` are compressed already.
    pub bytes: Vec<u8>,
}

/// The index cannot be made, with the reason.
#[derive(Debug, thiserror::Error)]
#[error("l’index de recherche ne peut pas être construit : {0}")]
pub struct SearchError(#[source] Box<dyn Error + Send + Sync>);

/// Indexes `pages` and gives all that the browser needs, sorted by path: the same pages in any order give the
/// same bytes. Of two pages with one address, the last counts.
///
/// # Errors
/// [`SearchError`] if a page cannot be read by Pagefind, or no runtime can be started.
pub fn index(pages: impl IntoIterator<Item = Page>) -> Result<Vec<File>, SearchError> {
    let mut editions: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for page in pages {
        editions.entry(page.language.to_lowercase()).or_default().insert(page.url, page.html);
    }
    // On a thread of its own: the caller may be inside a runtime, where another cannot be waited for.
    let files = thread::spawn(|| index_editions(editions))
        .join()
        .unwrap_or_else(|panic| panic::resume_unwind(panic))
        .map_err(SearchError)?;
    Ok(files.into_iter().map(|(path, bytes)| File { path, bytes }).collect())
}

type Files = BTreeMap<String, Vec<u8>>;

fn index_editions(
    editions: BTreeMap<String, BTreeMap<String, String>>,
) -> Result<Files, Box<dyn Error + Send + Sync>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut all = Files::new();
    for (language, pages) in editions {
        let mut files = runtime.block_on(index_edition(&language, pages))?;
        if let (Some(others), Some(this)) = (all.get(ENTRY), files.get_mut(ENTRY)) {
            *this = merge_entries(others, this)?;
        }
        all.append(&mut files);
    }
    Ok(all)
}

/// The files of one language, complete by themselves.
async fn index_edition(
    language: &str,
    pages: BTreeMap<String, String>,
) -> Result<Files, Box<dyn Error + Send + Sync>> {
    let options = PagefindServiceConfig::builder()
        .force_language(language.to_owned())
        // Pagefind would index the whole of every page if none had a body.
        .root_selector("[data-pagefind-body]".to_owned())
        .build();
    let mut index = PagefindIndex::new(Some(options))?;
    for (url, html) in pages {
        let added = index.add_html_file(None, Some(url.clone()), separate_elisions(&html)).await;
        added.map_err(|error| format!("{url} : {error}"))?;
    }
    let mut files: Files = index
        .get_files()
        .await?
        .into_iter()
        .map(|file| (file.filename.to_string_lossy().into_owned(), file.contents))
        .filter(|(path, _)| is_served(path))
        .collect();
    if files.contains_key(&format!("wasm.{language}.pagefind")) {
        files.remove(WASM_WITHOUT_STEMMER);
    }
    Ok(files)
}

/// Whether the browser may ask for this file of Pagefind's; the rest is its own interfaces.
fn is_served(path: &str) -> bool {
    const SUFFIXES: [&str; 5] = [".pagefind", ".pf_meta", ".pf_index", ".pf_fragment", ".pf_filter"];
    ["pagefind.js", "pagefind-worker.js", ENTRY].contains(&path)
        || SUFFIXES.iter().any(|suffix| path.ends_with(suffix))
}

/// The entry that lists the languages of both.
fn merge_entries(one: &[u8], other: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let mut merged: Value = serde_json::from_slice(one)?;
    let other: Value = serde_json::from_slice(other)?;
    if let (Some(languages), Value::Object(more)) = (merged["languages"].as_object_mut(), &other["languages"])
    {
        languages.extend(more.clone());
    }
    serde_json::to_vec(&merged)
}

/// Pagefind splits words at spaces and ASCII punctuation only: « l’école » would be the word « lécole », that
/// nobody who looks for « école » finds.
fn separate_elisions(html: &str) -> String {
    let mut separated = String::with_capacity(html.len() + html.len() / 32);
    let mut pieces = html.split('’').peekable();
    while let Some(piece) = pieces.next() {
        separated.push_str(piece);
        if let Some(next) = pieces.peek() {
            separated.push('’');
            // « l’<strong>école</strong> » too, and not the apostrophe that ends a quotation.
            if next.strip_prefix('<').unwrap_or(next).starts_with(char::is_alphanumeric) {
                separated.push_str(ELISION);
            }
        }
    }
    separated
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    fn page(url: &str, language: &str, body: &str) -> Page {
        let html = format!(
            "<!doctype html><html lang=\"{language}\"><head><title>Entête</title></head><body>\
             <header><h1>Bandeau</h1><p>Chapeau</p></header>{body}<footer>Mentions</footer></body></html>"
        );
        Page { url: url.to_owned(), language: language.to_owned(), html }
    }

    fn french(url: &str, text: &str) -> Page {
        page(
            url,
            "fr",
            &format!(
                "<main data-pagefind-body><h1>Titre de {url}</h1><nav>Onglets</nav><p>{text}</p></main>"
            ),
        )
    }

    fn village() -> Vec<Page> {
        let themes =
            ["des vélos", "l’école", "une association", "des associations", "la piscine", "un budget"];
        themes.iter().enumerate().map(|(number, text)| french(&format!("/page-{number}/"), text)).collect()
    }

    fn unzipped(file: &File) -> Vec<u8> {
        let mut bytes = Vec::new();
        GzDecoder::new(&*file.bytes).read_to_end(&mut bytes).expect("a compressed file");
        bytes
    }

    /// Everything that the files with this suffix say.
    fn text_of(files: &[File], suffix: &str) -> String {
        let bytes: Vec<u8> =
            files.iter().filter(|file| file.path.ends_with(suffix)).flat_map(unzipped).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn entry(files: &[File]) -> Value {
        let entry = files.iter().find(|file| file.path == ENTRY).expect("an entry");
        serde_json::from_slice(&entry.bytes).expect("JSON")
    }

    #[test]
    fn the_same_pages_in_any_order_give_the_same_bytes() {
        let first = index(village()).expect("an index");
        assert!(first.is_sorted_by(|one, other| one.path < other.path));
        for turn in 0..4 {
            let mut pages = village();
            pages.rotate_left(turn);
            assert!(first == index(pages).expect("an index"));
        }
    }

    #[test]
    fn only_what_the_browser_needs_is_kept() {
        let files = index(village()).expect("an index");
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let kinds = ["pf_fragment", "pf_index", "pf_meta", "json", "js", "pagefind"];
        assert!(paths.iter().all(|path| kinds.iter().any(|kind| path.ends_with(kind))), "{paths:?}");
        let fixed: Vec<&str> = paths.into_iter().filter(|path| !path.contains(".pf_")).collect();
        assert_eq!(fixed, ["pagefind-entry.json", "pagefind-worker.js", "pagefind.js", "wasm.fr.pagefind"]);
    }

    #[test]
    fn only_the_body_is_indexed() {
        let without_body = page("/rien/", "fr", "<main><p>Invisible</p></main>");
        let files = index([french("/page/", "Texte visible"), without_body.clone()]).expect("an index");
        let (fragments, words) = (text_of(&files, ".pf_fragment"), text_of(&files, ".pf_index"));
        assert!(fragments.contains("Texte visible") && words.contains("visibl"));
        assert!(fragments.contains("\"title\":\"Titre de /page/\""), "{fragments}");
        for absent in ["Entête", "Bandeau", "Chapeau", "Mentions", "Onglets", "Invisible"] {
            assert!(!fragments.contains(absent), "{absent}");
        }
        for absent in ["entet", "bandeau", "chapeau", "mention", "onglet", "invis"] {
            assert!(!words.contains(absent), "{absent}");
        }
        assert_eq!(entry(&files)["languages"]["fr"]["page_count"], 1);
        // Not even when no page has a body.
        assert_eq!(entry(&index([without_body]).expect("an index"))["languages"], serde_json::json!({}));
    }

    #[test]
    fn french_words_are_stemmed_and_parted_from_their_elision() {
        let files = index(village()).expect("an index");
        assert_eq!(entry(&files)["languages"]["fr"]["wasm"], "fr");
        let words = text_of(&files, ".pf_index");
        assert!(words.contains("associ") && !words.contains("associations"));
        assert!(words.contains("ecol") && !words.contains("lecol"));
    }

    #[test]
    fn each_language_has_its_own_index() {
        let english = page("/en/page/", "en-GB", "<main data-pagefind-body><h1>Title</h1></main>");
        // A language that Pagefind has no stemmer for.
        let breton = page("/br/page/", "br", "<main data-pagefind-body><h1>Titl</h1></main>");
        let files = index(village().into_iter().chain([english, breton])).expect("an index");
        let languages = &entry(&files)["languages"];
        let counts = ["fr", "en-gb", "br"].map(|language| languages[language]["page_count"].as_u64());
        assert_eq!(counts, [Some(6), Some(1), Some(1)]);
        for wasm in ["wasm.fr.pagefind", "wasm.en-gb.pagefind", WASM_WITHOUT_STEMMER] {
            assert!(files.iter().any(|file| file.path == wasm), "{wasm}");
        }
    }

    #[tokio::test]
    async fn it_can_be_made_inside_a_runtime() {
        assert!(!index(village()).expect("an index").is_empty());
    }

    #[test]
    fn no_page_gives_no_file() {
        assert_eq!(index([]).expect("no index"), []);
    }

    #[test]
    fn an_elision_is_separated_and_a_quotation_is_not() {
        assert_eq!(separate_elisions("l’école d’<b>ici</b>"), "l’\u{2060} école d’\u{2060} <b>ici</b>");
        assert_eq!(separate_elisions("<p>‘ici’ et ‘là’</p>’"), "<p>‘ici’ et ‘là’</p>’");
    }
}
