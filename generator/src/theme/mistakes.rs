//! What Tera finds wrong in templates, with its place and in the words of diagnostics.

use super::{EMBEDDED_PREFIX, Templates, dependencies};
use crate::diagnostics::{Diagnostic, Source, suggestion};
use std::{ops::Range, sync::Arc};
use tera::ErrorKind;

/// Where Tera lists what there is.
const AVAILABLE: &str = " is not defined. Available ";

/// What is wrong in `template` or in what it is made of: something in any case.
pub(super) fn diagnostics(error: &tera::Error, template: &str, templates: &Templates) -> Vec<Diagnostic> {
    let find = |name: &str| {
        let unknown = || Arc::new(Source { path: format!("templates/{name}"), text: String::new() });
        let found = templates.get(name).or_else(|| templates.get(&format!("{EMBEDDED_PREFIX}{name}")));
        found.cloned().unwrap_or_else(unknown)
    };
    let mistake = |name: &str, span: Range<usize>, message: &str| {
        let (message, help) = translate(message, templates);
        Diagnostic::error(&find(name), span, message).maybe_help(help)
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            vec![mistake(report.filename(), report.span().range.clone(), report.message())]
        }
        ErrorKind::MissingParent { current, parent } => {
            let source = find(current);
            let start = source.text.find(parent.as_str()).unwrap_or_default();
            let error = Diagnostic::error(&source, start..start + parent.len(), missing(parent));
            let known = templates.keys().map(|name| name.strip_prefix(EMBEDDED_PREFIX).unwrap_or(name));
            let meant = suggestion(parent, known);
            vec![error.maybe_help(meant.map(|meant| format!("vouliez-vous dire `{meant}` ?")))]
        }
        ErrorKind::TemplateNotFound(name) => vec![Diagnostic::error(&find(name), 0..0, missing(name))],
        // Those of several templates come as one text.
        ErrorKind::Msg(text) if text.starts_with("error: ") => {
            let read = |report: &str| {
                let (message, name, line, column, width) = read_report(report)?;
                let start = offset(&find(name).text, line, column)?;
                Some(mistake(name, start..start + width, message))
            };
            format!("\n{text}").split("\nerror: ").filter_map(read).collect()
        }
        other => vec![Diagnostic::error(&find(template), 0..0, other.to_string())],
    }
}

fn missing(template: &str) -> String {
    format!("le thème n’a pas de modèle `{template}`")
}

/// A report as Tera prints it: message, template, line, column, width of what is underlined.
fn read_report(report: &str) -> Option<(&str, &str, usize, usize, usize)> {
    let mut lines = report.lines();
    let message = lines.next()?;
    let mut place = lines.next()?.trim_start().strip_prefix("--> ")?.rsplitn(3, ':');
    let column = place.next()?.parse().ok()?;
    let line = place.next()?.parse().ok()?;
    let width = lines.next_back()?.matches('^').count();
    Some((message, place.next()?, line, column, width))
}

/// The byte at a line and a character, both from 1.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    Some(start + text.get(start..)?.chars().take(column - 1).map(char::len_utf8).sum::<usize>())
}

/// A message in French and what to do about it, when it is one that authors of themes often get.
fn translate(message: &str, templates: &Templates) -> (String, Option<String>) {
    if let Some((missed, known)) = message.split_once(AVAILABLE)
        && let Some((_, known)) = known.split_once(": ")
    {
        let (what, name) = missed.split_once('`').unwrap_or(("", missed));
        let name = name.trim_end_matches('`');
        let what = if what.starts_with("Field") { "le champ" } else { "la variable" };
        let help = match suggestion(name, known.split(", ")) {
            Some(meant) => format!("vouliez-vous dire `{meant}` ? Il y a ici : {known}"),
            None => format!("il y a ici : {known}"),
        };
        return (format!("{what} `{name}` n’existe pas"), Some(help));
    }
    let named = |start: &str| message.strip_prefix(start)?.strip_suffix('`');
    if let Some(name) = named("Unknown component `") {
        let known = templates.values().flat_map(|template| dependencies::components(&template.text));
        let help = suggestion(name, known).map(|meant| format!("vouliez-vous dire `{meant}` ?"));
        return (format!("composant inconnu : `{name}`"), help);
    }
    if let Some(name) = named("Unknown filter `") {
        return (format!("filtre inconnu : `{name}`"), None);
    }
    if let Some(name) = message.strip_prefix("Block `").and_then(|rest| rest.split('`').next()) {
        let help = format!("ajoutez-y `{{% block {name} %}}{{% endblock %}}`");
        return (format!("le modèle étendu ici n’a pas de bloc `{name}`"), Some(help));
    }
    (message.to_owned(), None)
}
