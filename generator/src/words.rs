//! The words of a theme: `words/fr.toml`, whose tables are flattened to keys with dots.

use crate::diagnostics::{Diagnostic, Reporter, Source};
use domain::rulebook::Words;
use std::{collections::BTreeMap, sync::Arc};
use toml::de::{DeTable, DeValue};

/// Sections that the functions need: they answer and write mails without a template.
const SECTIONS_OF_FUNCTIONS: [&str; 4] = ["count", "mail", "refusal", "title"];

/// What the generator says, by section. (What the functions say is tested where they say it.)
const SPOKEN: [(&str, &[&str]); 10] = [
    ("count", &["one", "other"]),
    ("link", &["resident", "worker", "student"]),
    ("missing", &["one", "other"]),
    ("month", &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]),
    ("pages", &["one", "other"]),
    ("pledge", &["planned", "ongoing", "kept", "dropped"]),
    ("preset", &["petition"]),
    ("state", &["review", "inadmissible", "before", "open", "closed"]),
    ("step", &["opens", "closes", "window"]),
    ("tab", &["home", "presentation"]),
];

/// Reads the words, and reports those that lack.
pub(crate) fn read(source: &Arc<Source>, reporter: &Reporter) -> Words {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors {
        reporter.report(Diagnostic::error(source, error.span().unwrap_or_default(), error.message()));
    }
    let mut words = BTreeMap::new();
    flatten("", table.get_ref(), &mut words);
    let keys =
        SPOKEN.iter().flat_map(|(section, keys)| keys.iter().map(move |key| format!("{section}.{key}")));
    let lacking: Vec<String> = keys.filter(|key| !words.contains_key(key)).collect();
    if !lacking.is_empty() {
        let warning =
            Diagnostic::warning(source, 0..0, format!("il manque des mots : {}", lacking.join(", ")));
        reporter.report(warning.help("la clé est affichée à la place du mot"));
    }
    Words(words)
}

fn flatten(prefix: &str, table: &DeTable<'_>, words: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(table) => flatten(&format!("{key}."), table, words),
            DeValue::String(text) => {
                words.insert(key, text.trim_end_matches('\n').to_owned());
            }
            _ => {}
        }
    }
}

/// Those that the functions need.
pub(crate) fn of_functions(words: &Words) -> Words {
    let section = |key: &str| key.split_once('.').map(|(section, _)| section).unwrap_or_default().to_owned();
    let needed = words.0.iter().filter(|(key, _)| SECTIONS_OF_FUNCTIONS.contains(&&*section(key)));
    Words(needed.map(|(key, text)| (key.clone(), text.clone())).collect())
}
