//! A list of communes: a CSV file with the header line `code;nom`.

use crate::diagnostics::{Diagnostic, Reporter, Source};
use std::{collections::BTreeMap, sync::Arc};

const HEADER: &str = "code;nom";

/// Official code → name; `None`, with diagnostics, when something is wrong.
pub(crate) fn read(source: &Arc<Source>, reporter: &Reporter) -> Option<BTreeMap<String, String>> {
    let mut communes = BTreeMap::new();
    let mut mistakes = Vec::new();
    let mut start = 0;
    for (number, line) in source.text.split_inclusive('\n').enumerate() {
        let read = match number {
            0 => read_header(line),
            _ => read_line(line, &mut communes),
        };
        if let Err(mistake) = read {
            mistakes.push((start..start + line.trim_end().len(), mistake));
        }
        start += line.len();
    }
    if communes.is_empty() && mistakes.is_empty() {
        mistakes.push((0..0, "la liste des communes est vide".to_owned()));
    }
    let is_sound = mistakes.is_empty();
    for (span, mistake) in mistakes {
        let help = format!("la première ligne est `{HEADER}`, puis chaque ligne `99001;Montgarenne`");
        reporter.report(Diagnostic::error(source, span, mistake).help(help));
    }
    is_sound.then_some(communes)
}

fn read_header(line: &str) -> Result<(), String> {
    match line.trim_start_matches('\u{feff}').trim() {
        HEADER => Ok(()),
        _ => Err("la première ligne n’est pas celle des colonnes".to_owned()),
    }
}

fn read_line(line: &str, communes: &mut BTreeMap<String, String>) -> Result<(), String> {
    if line.trim().is_empty() {
        return Ok(());
    }
    match line.split_once(';').map(|(code, name)| (code.trim(), name.trim())) {
        Some((code, name)) if !code.is_empty() && !name.is_empty() && !name.contains(';') => {
            match communes.insert(code.to_owned(), name.to_owned()) {
                None => Ok(()),
                Some(_) => Err(format!("le code {code} est déjà donné plus haut")),
            }
        }
        _ => Err("ligne mal écrite".to_owned()),
    }
}
