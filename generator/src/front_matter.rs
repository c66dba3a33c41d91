//! TOML read key by key: what is wrong is reported where it stands, and reading goes on.

mod coordinates;
mod quantity;
mod syntax;
mod value;

pub(crate) use quantity::{Answer, Decimal, FileSize};
pub(crate) use value::{Choice, FromValue, Point, Share};

use crate::diagnostics::{Diagnostic, Reporter, Source, suggestion};
use jiff::tz::TimeZone;
use std::{
    borrow::Cow,
    ops::{Range, RangeInclusive},
    sync::Arc,
};
use syntax::Between;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A content file cut in two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The TOML between the two `+++` lines.
    pub(crate) front_matter: Range<usize>,
    /// The Markdown after.
    pub(crate) body: Range<usize>,
}

/// Why a file has no front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unframed {
    /// It does not begin with `+++`.
    NotOpened,
    /// No other `+++` follows.
    NotClosed,
}

impl Unframed {
    /// What to tell, and what to do.
    pub(crate) fn explain(self) -> (&'static str, &'static str) {
        match self {
            Self::NotOpened => (
                "il n’y a pas d’en-tête",
                "commencez le fichier par une ligne `+++`, puis `title = \"…\"`, puis une ligne `+++`",
            ),
            Self::NotClosed => ("l’en-tête n’est pas fermé", "ajoutez une ligne `+++` après ses clés"),
        }
    }
}

/// Where a file's front matter and body stand.
pub(crate) fn split(text: &str) -> Result<Parts, Unframed> {
    let mut lines = text.split_inclusive('\n');
    let opening = lines.next().filter(|line| is_fence(line)).ok_or(Unframed::NotOpened)?;
    let start = opening.len();
    let mut end = start;
    for line in lines {
        if is_fence(line) {
            return Ok(Parts { front_matter: start..end, body: end + line.len()..text.len() });
        }
        end += line.len();
    }
    Err(Unframed::NotClosed)
}

fn is_fence(line: &str) -> bool {
    line.trim_start_matches('\u{feff}').trim_end() == "+++"
}

/// The file being read, and where what is found in it goes.
#[derive(Clone)]
pub(crate) struct File<'a> {
    pub(crate) source: &'a Arc<Source>,
    pub(crate) reporter: &'a Reporter,
    /// The zone in which local times are read.
    pub(crate) zone: &'a TimeZone,
}

impl<'a> File<'a> {
    /// The TOML at `span`, to be read key by key; `None`, with diagnostics, when its structure is broken.
    pub(crate) fn parse(self, span: Range<usize>) -> Option<Table<'a>> {
        let header = 0..self.source.text.lines().next().unwrap_or_default().len();
        let text = &self.source.text[span.clone()];
        self.parse_text(text, span.start, Between::Lines, header)
    }

    /// The arguments of a shortcode as TOML: `text`, which stands at `offset` in the file, with ends of lines in place
    /// of commas; what lacks in it is reported at `header`.
    pub(crate) fn parse_arguments(
        self,
        text: &'a str,
        offset: usize,
        header: Range<usize>,
    ) -> Option<Table<'a>> {
        self.parse_text(text, offset, Between::Commas, header)
    }

    fn parse_text(
        self,
        text: &'a str,
        offset: usize,
        between: Between,
        header: Range<usize>,
    ) -> Option<Table<'a>> {
        let (fields, errors) = DeTable::parse_recoverable(text);
        let errors: Vec<_> =
            errors.iter().map(|error| syntax::SyntaxError::new(error, offset, between)).collect();
        for error in &errors {
            self.reporter.report(error.diagnostic(self.source));
        }
        let malformed =
            errors.into_iter().map(syntax::SyntaxError::into_value).collect::<Option<Vec<_>>>()?;
        let document = Document { file: self, offset, malformed: malformed.into() };
        Some(Table::new(document, fields.into_inner(), header))
    }
}

/// What the tables and values of a file share.
#[derive(Clone)]
pub(crate) struct Document<'a> {
    file: File<'a>,
    /// Of the TOML in the file.
    offset: usize,
    /// Values already reported as malformed: they are neither read nor missed.
    malformed: Arc<[Range<usize>]>,
}

impl<'a> Document<'a> {
    fn place<'p>(&'p self, key: &'p str, value: &Spanned<DeValue<'_>>) -> Place<'p> {
        let span = value.span().start + self.offset..value.span().end + self.offset;
        Place { document: self, key, span }
    }
}

/// Where a value stands, for the messages about it.
pub(crate) struct Place<'p> {
    document: &'p Document<'p>,
    key: &'p str,
    span: Range<usize>,
}

impl Place<'_> {
    /// Reports that the value, which is `found`, should have been `expected`; e.g. « un texte », « une date ».
    fn wrong_type(&self, found: &str, expected: &str, example: &str) {
        let error = self.error(format!("`{}` attend {expected}", self.key));
        self.report(
            error.label(format!("ceci est {found}")).help(format!("écrivez par exemple `{example}`")),
        );
    }

    /// Reports that the value, which is `found`, should have been a `T`.
    fn expected<T: FromValue>(&self, found: &str) {
        self.wrong_type(found, T::EXPECTED, &format!("{} = {}", self.key, T::example()));
    }

    /// An error about the value.
    fn error(&self, message: String) -> Diagnostic {
        Diagnostic::error(self.document.file.source, self.span.clone(), message)
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.document.file.reporter.report(diagnostic);
    }

    fn is_malformed(&self) -> bool {
        self.document.malformed.contains(&self.span)
    }
}

/// A table of which keys are taken one by one. What has not been taken when it is finished is unknown.
pub(crate) struct Table<'a> {
    document: Document<'a>,
    fields: DeTable<'a>,
    /// Where a missing key is reported.
    header: Range<usize>,
    known: Vec<&'a str>,
    /// Keys that lack, not reported yet: one of those that nobody knows may be meant.
    missing: Vec<(&'a str, Diagnostic)>,
}

impl<'a> Table<'a> {
    fn new(document: Document<'a>, fields: DeTable<'a>, header: Range<usize>) -> Self {
        Self { document, fields, header, known: Vec::new(), missing: Vec::new() }
    }

    /// The value of an optional key; `None` when it is absent, or wrong and reported.
    pub(crate) fn get<T: FromValue>(&mut self, key: &'a str) -> Option<T> {
        let value = self.take(key)?;
        T::from_value(&value, &self.document.place(key, &value))
    }

    /// The value of a key that must be there; `None` when something is wrong and reported.
    pub(crate) fn require<T: FromValue>(&mut self, key: &'a str) -> Option<T> {
        if !self.fields.contains_key(key) {
            let message = format!("il manque la clé `{key}`");
            let help = format!("ajoutez par exemple `{key} = {}`", T::example());
            self.lacks(key, self.error(self.header(), message).help(help));
        }
        self.get(key)
    }

    /// Notes that a key must be there and is not. It is reported when the table is finished, unless the key is
    /// there under a misspelt name.
    pub(crate) fn lacks(&mut self, key: &'a str, diagnostic: Diagnostic) {
        self.missing.push((key, diagnostic));
    }

    /// An integer that must lie in a range, if given.
    pub(crate) fn get_within(&mut self, key: &'a str, range: RangeInclusive<u8>) -> Option<u8> {
        let given: Spanned<u64> = self.get(key)?;
        let accepted = u8::try_from(*given.get_ref()).ok().filter(|number| range.contains(number));
        if accepted.is_none() {
            let (low, high) = range.into_inner();
            self.report(self.error(given.span(), format!("`{key}` va de {low} à {high}")));
        }
        accepted
    }

    /// Whether the key is written, well or not.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// A table read by `read`, if given.
    pub(crate) fn table<T>(
        &mut self,
        key: &'a str,
        read: impl FnOnce(&mut Table<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(key)?;
        self.nested(key, value, &format!("[{key}]")).and_then(|table| table.read(read))
    }

    /// A table of which every key is optional: read as empty when it is absent.
    pub(crate) fn section<T>(&mut self, key: &'a str, read: impl FnOnce(&mut Table<'a>) -> T) -> T {
        let nested = self.take(key).and_then(|value| self.nested(key, value, &format!("[{key}]")));
        let empty = || Table::new(self.document.clone(), DeTable::new(), self.header());
        nested.unwrap_or_else(empty).read(read)
    }

    /// Tables (`[[key]]`) read by `read`, in order; those in which something is wrong are left out.
    pub(crate) fn tables<T>(
        &mut self,
        key: &'a str,
        mut read: impl FnMut(&mut Table<'a>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let place = self.document.place(key, &value);
        match value.into_inner() {
            DeValue::Array(values) => values
                .into_iter()
                .filter_map(|value| self.nested(key, value, &format!("{key} = [{{ … }}, {{ … }}]")))
                .filter_map(|table| table.read(&mut read))
                .collect(),
            other => {
                place.wrong_type(value::describe(&other), "des tables", &format!("[[{key}]]"));
                Vec::new()
            }
        }
    }

    /// Reports a key that has no meaning here, if it is written.
    pub(crate) fn refuse(&mut self, key: &'a str, message: impl FnOnce() -> String, help: &str) {
        if let Some(value) = self.fields.remove(key) {
            let place = self.document.place(key, &value);
            place.report(place.error(message()).help(help));
        }
    }

    /// Passes over the keys that are left: what they may be depends on something that is wrong, and reported.
    pub(crate) fn pass_over(&mut self) {
        self.fields = DeTable::new();
    }

    /// Where this table begins, for what concerns it as a whole.
    pub(crate) fn header(&self) -> Range<usize> {
        self.header.clone()
    }

    /// The file this table is in.
    pub(crate) fn file(&self) -> &File<'a> {
        &self.document.file
    }

    /// An error in the file this table is in.
    pub(crate) fn error(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.file().source, span, message)
    }

    /// Reports a mistake of this file.
    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.file().reporter.report(diagnostic);
    }

    /// Reports the keys that lack and those that nobody has asked for; once only when the one is the other,
    /// misspelt.
    pub(crate) fn finish(self) {
        let mut meant = Vec::new();
        for key in self.fields.keys() {
            let suggestion = suggestion(key.get_ref(), self.known.iter().copied());
            let help = match suggestion {
                Some(meant) => format!("vouliez-vous dire `{meant}` ?"),
                None => format!("clés possibles ici : {}", self.known.join(", ")),
            };
            let span = key.span().start + self.document.offset..key.span().end + self.document.offset;
            self.report(self.error(span, format!("clé inconnue `{}`", key.get_ref())).help(help));
            meant.extend(suggestion);
        }
        for (_, diagnostic) in self.missing.iter().filter(|(key, _)| !meant.contains(key)) {
            self.report(diagnostic.clone());
        }
    }

    /// Reports the keys that are left and that resemble none of those asked for: `message` makes what to tell of one.
    pub(crate) fn refuse_rest(&mut self, message: impl Fn(&str) -> String, help: &str) {
        let is_meant = |key: &str| suggestion(key, self.known.iter().copied()).is_some();
        let place = |key: &Spanned<Cow<'a, str>>| (key.get_ref().clone(), key.span());
        let rest: Vec<_> = self.fields.keys().filter(|key| !is_meant(key.get_ref())).map(place).collect();
        for (key, span) in rest {
            self.fields.remove(&*key);
            let span = span.start + self.document.offset..span.end + self.document.offset;
            self.report(self.error(span, message(&key)).help(help));
        }
    }

    fn read<T>(mut self, read: impl FnOnce(&mut Table<'a>) -> T) -> T {
        let result = read(&mut self);
        self.finish();
        result
    }

    fn take(&mut self, key: &'a str) -> Option<Spanned<DeValue<'a>>> {
        self.known.push(key);
        let value = self.fields.remove(key)?;
        (!self.document.place(key, &value).is_malformed()).then_some(value)
    }

    fn nested(&self, key: &str, value: Spanned<DeValue<'a>>, example: &str) -> Option<Table<'a>> {
        let place = self.document.place(key, &value);
        match value.into_inner() {
            DeValue::Table(fields) => Some(Table::new(self.document.clone(), fields, place.span)),
            other => {
                place.wrong_type(value::describe(&other), "une table", example);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_at_its_fences() {
        let text = "+++\ntitle = \"a\"\n+++\n\nBonjour\n";
        let parts = split(text).expect("front matter");
        assert_eq!((&text[parts.front_matter], &text[parts.body]), ("title = \"a\"\n", "\nBonjour\n"));
    }

    #[test]
    fn without_two_fences_there_is_no_front_matter() {
        for text in ["", "Bonjour\n", "---\ntitle: a\n---\n"] {
            assert_eq!(split(text), Err(Unframed::NotOpened), "{text:?}");
        }
        assert_eq!(split("+++\ntitle = 1\n"), Err(Unframed::NotClosed));
    }
}
