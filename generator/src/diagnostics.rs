//! What is wrong in a site, said to its editor: where, what, and what to do about it.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use std::{
    fmt,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

/// A file of the site that diagnostics can point into.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Source {
    /// Path from the root of the site, with `/`.
    pub(crate) path: String,
    /// What the file says; empty when it could not be read.
    pub(crate) text: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    /// The site cannot be built.
    Error,
    /// The site can be built, perhaps not as its editor meant.
    Warning,
}

/// One thing to correct.
#[derive(Debug, Clone)]
pub(crate) struct Diagnostic {
    severity: Severity,
    source: Arc<Source>,
    span: Range<usize>,
    message: String,
    label: Option<String>,
    help: Option<String>,
}

impl Diagnostic {
    /// An error at `span` (bytes of the source).
    pub(crate) fn error(source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            source: source.clone(),
            span,
            message: message.into(),
            label: None,
            help: None,
        }
    }

    /// A warning at `span` (bytes of the source).
    pub(crate) fn warning(source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(source, span, message) }
    }

    /// The words next to the caret.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// What to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What to do about it, when there is something to suggest.
    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    fn key(&self) -> (&str, usize, usize, &str) {
        (&self.source.path, self.span.start, self.span.end, &self.message)
    }

    fn group(&self) -> Group<'_> {
        let level = match self.severity {
            Severity::Error => Level::ERROR.with_name("erreur"),
            Severity::Warning => Level::WARNING.with_name("avertissement"),
        };
        let title = level.primary_title(&*self.message);
        let group = if self.source.text.is_empty() {
            title.element(Origin::path(&*self.source.path))
        } else {
            let annotation = AnnotationKind::Primary.span(self.span.clone()).label(self.label.as_deref());
            title.element(Snippet::source(&*self.source.text).path(&*self.source.path).annotation(annotation))
        };
        match &self.help {
            Some(help) => group.element(Level::HELP.with_name("aide").message(help)),
            None => group,
        }
    }

    fn entry(&self) -> Entry<'_> {
        let (line, column) = self.source.position(self.span.start);
        let (end_line, end_column) = self.source.position(self.span.end);
        Entry {
            severity: self.severity,
            path: &self.source.path,
            line,
            column,
            end_line,
            end_column,
            message: &self.message,
            label: self.label.as_deref(),
            source: self.source.text.lines().nth(line - 1).unwrap_or_default(),
            help: self.help.as_deref(),
        }
    }
}

impl Source {
    /// Line and column of a byte, both from 1; a column is a character.
    fn position(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// A diagnostic as it is serialised.
#[derive(Serialize)]
struct Entry<'a> {
    severity: Severity,
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'a str,
    label: Option<&'a str>,
    source: &'a str,
    help: Option<&'a str>,
}

/// All diagnostics of a run, sorted by path, then by position.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them stops the build.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// As rustc and cargo print them, then a line that counts them; nothing when there is none.
    pub fn render(&self, colour: bool) -> String {
        if self.is_empty() {
            return String::new();
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let reports = self.0.iter().map(|diagnostic| renderer.render(&[diagnostic.group()]) + "\n\n");
        reports.chain([self.summary()]).collect()
    }

    /// « 3 erreurs dans 2 fichiers, 1 avertissement »
    fn summary(&self) -> String {
        let errors = self.0.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let mut files: Vec<&str> = errors.map(|diagnostic| &*diagnostic.source.path).collect();
        files.dedup();
        let errors = match self.count(Severity::Error) {
            0 => None,
            count => Some(format!("{} dans {}", plural(count, "erreur"), plural(files.len(), "fichier"))),
        };
        let warnings = match self.count(Severity::Warning) {
            0 => None,
            count => Some(plural(count, "avertissement")),
        };
        errors.into_iter().chain(warnings).collect::<Vec<_>>().join(", ")
    }

    fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// For editors and continuous integration: how many errors and warnings, then each.
impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Diagnostics", 3)?;
        report.serialize_field("errors", &self.count(Severity::Error))?;
        report.serialize_field("warnings", &self.count(Severity::Warning))?;
        report.serialize_field("diagnostics", &self.0.iter().map(Diagnostic::entry).collect::<Vec<_>>())?;
        report.end()
    }
}

impl FromIterator<Self> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Self>>(found: I) -> Self {
        found.into_iter().flat_map(|diagnostics| diagnostics.0).collect()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut diagnostics: Vec<Diagnostic> = diagnostics.into_iter().collect();
        diagnostics.sort_by(|a, b| a.key().cmp(&b.key()));
        // A mistake in a template is found by every page made of it.
        diagnostics.dedup_by(|a, b| a.key() == b.key());
        Self(diagnostics)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

/// Where the readers of a site leave what they find, so that one mistake does not hide the next.
#[derive(Debug, Default)]
pub(crate) struct Reporter(Mutex<Vec<Diagnostic>>);

impl Reporter {
    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(diagnostic);
    }

    /// Whether nothing has been reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Reports all that was reported there.
    pub(crate) fn absorb(&self, other: Self) {
        let found = other.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !found.is_empty() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
        }
    }

    pub(crate) fn finish(self) -> Diagnostics {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }
}

/// The candidate a misspelt word was probably meant to be.
pub(crate) fn suggestion<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(written, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// « 1 fichier », « 2 fichiers »
pub(crate) fn plural(count: usize, noun: &str) -> String {
    let mark = if count < 2 { "" } else { "s" };
    format!("{count} {noun}{mark}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_characters_from_one() {
        let source = Source { path: "a.md".into(), text: "é\nàb".into() };
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(source.text.len() - 1), (2, 2));
        assert_eq!(source.position(99), (2, 3));
    }

    #[test]
    fn only_a_near_word_is_suggested() {
        assert_eq!(suggestion("tresholds", ["title", "thresholds", "support"]), Some("thresholds"));
        assert_eq!(suggestion("banane", ["title", "thresholds", "support"]), None);
    }
}
