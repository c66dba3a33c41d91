//! What is not TOML, in the editor's language.

use crate::diagnostics::{Diagnostic, Source};
use std::{ops::Range, sync::Arc};

/// How what TOML says of dates begins.
const DATES: [&str; 3] = ["invalid date", "invalid time", "invalid offset"];

/// What keeps keys apart where an editor writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    Lines,
    Commas,
}

/// A mistake of syntax.
pub(super) struct SyntaxError {
    span: Range<usize>,
    message: String,
    help: Option<&'static str>,
    /// Whether only a value is wrong, so that the keys around it can still be read.
    value: bool,
}

impl SyntaxError {
    /// `offset` is that of the TOML in the file, whose keys are kept apart by `between`.
    pub(super) fn new(error: &toml::de::Error, offset: usize, between: Between) -> Self {
        let span = error.span().unwrap_or_default();
        let (description, expected) = match error.message().split_once(", expected ") {
            Some((description, expected)) => (description, Some(expected)),
            None => (error.message(), None),
        };
        let (message, help) = translate(description, expected, between);
        let value = matches!(description, "string values must be quoted" | "invalid value")
            || ["invalid date", "invalid time", "invalid offset"]
                .iter()
                .any(|start| description.starts_with(start));
        Self { span: span.start + offset..span.end + offset, message, help, value: value && !span.is_empty() }
    }

    pub(super) fn diagnostic(&self, source: &Arc<Source>) -> Diagnostic {
        Diagnostic::error(source, self.span.clone(), &*self.message).maybe_help(self.help.map(str::to_owned))
    }

    /// The malformed value, when that is all there is.
    pub(super) fn into_value(self) -> Option<Range<usize>> {
        self.value.then_some(self.span)
    }
}

fn translate(description: &str, expected: Option<&str>, between: Between) -> (String, Option<&'static str>) {
    let french = match description {
        "string values must be quoted" => {
            ("texte sans guillemets", Some("un texte s’écrit entre guillemets : \"…\""))
        }
        "duplicate key" => ("clé écrite deux fois", Some("gardez-en une seule")),
        "key with no value" | "missing value for key" | "missing value" => {
            ("clé sans valeur", Some("écrivez `clé = valeur`"))
        }
        "unclosed table" | "unclosed array table" => {
            ("crochet non fermé", Some("écrivez `[nom]` ou `[[nom]]`"))
        }
        "unclosed array" => ("liste non fermée", Some("une liste s’écrit [\"un\", \"deux\"]")),
        "missing comma between array elements" => ("virgule manquante dans la liste", None),
        "invalid unquoted key" => (
            "clé mal écrite",
            Some("une clé est faite de lettres sans accent, de chiffres, de `-` et de `_`"),
        ),
        "invalid basic string" | "invalid literal string" => {
            ("texte dont les guillemets ne sont pas fermés", None)
        }
        "invalid multi-line basic string" | "invalid multi-line literal string" => {
            ("texte dont les triples guillemets ne sont pas fermés", None)
        }
        "missing escaped value" | "invalid escape sequence" => {
            ("barre oblique inverse dans un texte", Some("écrivez `\\\\` pour une barre oblique inverse"))
        }
        "unexpected key or value" if between == Between::Commas => (
            "il manque une virgule avant ceci",
            Some("écrivez `clé=\"valeur\"`, avec une virgule entre deux"),
        ),
        "unexpected key or value" => ("une seule clé par ligne", None),
        other if DATES.iter().any(|date| other.starts_with(date)) => {
            let is_impossible = expected.is_some_and(|expected| expected.contains("between"));
            let message = if is_impossible { "cette date n’existe pas" } else { "date mal écrite" };
            (message, Some("une date s’écrit 2024-06-03, et avec l’heure 2024-06-03T09:00:00"))
        }
        _ => {
            let expected = expected.map(|expected| format!(", expected {expected}")).unwrap_or_default();
            return (format!("ceci n’est pas du TOML : {description}{expected}"), None);
        }
    };
    (french.0.to_owned(), french.1)
}
