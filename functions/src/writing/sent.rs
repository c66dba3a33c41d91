//! What the forms of the journey send.

use super::{
    body::Received,
    files::{Carried, Said, by_field, takes_files},
};
use axum::http::StatusCode;
use domain::{
    form::{Field, Files, Form, Kind, Typed},
    refusal::Refusal,
    secret::Secret,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What is to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Go {
    /// On to the next section, or to the preview.
    #[default]
    Next,
    /// Back to the section before.
    Back,
    /// From the preview back to the form.
    Edit,
    /// It is as it should be.
    Send,
    /// An author takes their deposit back.
    Withdraw,
    /// What is typed so far is to be kept.
    Draft,
    /// It is to be kept, and its link sent to the address that is given.
    Keep,
    /// What was kept is thrown away.
    Discard,
}

/// What a form sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    pub(super) go: Go,
    /// The section that was shown.
    pub(super) at: usize,
    pub(super) since: String,
    /// The deposit that is edited, and its revision; empty for a new one.
    pub(super) deposit: String,
    /// What proves that it is one's own.
    pub(super) key: String,
    /// The draft that the form was opened from, and its revision; empty for none.
    pub(super) draft: String,
    /// Nobody sees this one: what fills it is no person.
    pub(super) website: String,
    pub(super) email: String,
    pub(super) public_name: String,
    pub(super) consent: String,
    /// What is typed in the fields that the form has.
    pub(super) typed: Typed,
    /// Files that came earlier.
    pub(super) files: Vec<Carried>,
    /// Why others were not taken.
    pub(super) refusals: Vec<Refusal>,
    /// Why the rest is missing, when some is.
    pub(super) trouble: Option<StatusCode>,
}

impl Sent {
    /// What was received at `now`, as far as the form of the process asks it.
    pub(super) fn of(
        received: Received,
        form: &Form,
        process: &str,
        secret: &Secret,
        now: Timestamp,
    ) -> Self {
        let names: BTreeSet<String> = asked(form).flat_map(inputs).collect();
        let mut said = Said::default();
        let mut sent = Self { trouble: received.trouble, ..Self::default() };
        for (name, value) in received.pairs {
            match name.as_str() {
                "go" => {
                    sent.go = match value.as_str() {
                        "back" => Go::Back,
                        "edit" => Go::Edit,
                        "send" => Go::Send,
                        "withdraw" => Go::Withdraw,
                        "draft" => Go::Draft,
                        "keep" => Go::Keep,
                        "discard" => Go::Discard,
                        _ => Go::Next,
                    }
                }
                "at" => sent.at = value.trim().parse().unwrap_or(0),
                "since" => sent.since = value,
                "deposit" => sent.deposit = value,
                "cle" => sent.key = value,
                "draft" => sent.draft = value,
                "website" => sent.website = value,
                "email" => sent.email = value,
                "public_name" => sent.public_name = value,
                "consent" => sent.consent = value,
                _ if names.contains(&name) => sent.typed.0.push((name, value)),
                _ => drop(said.note(&name, &value)),
            }
        }
        sent.at = sent.at.min(form.sections().len() - 1);
        let files = said.read(secret, process, form, now);
        sent.with_files(files, form)
    }

    /// The same, with these files.
    pub(super) fn with_files(mut self, files: Vec<Carried>, form: &Form) -> Self {
        // Conditions may ask whether there are any.
        self.typed = self.typed.with_files(form, &by_field(&files));
        self.files = files;
        self
    }

    /// Its files, by field.
    pub(super) fn by_field(&self) -> Files {
        by_field(&self.files)
    }

    /// Names and values of what is typed, files apart.
    pub(super) fn typed_text<'a>(
        &'a self,
        form: &Form,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let of_files: BTreeSet<String> =
            asked(form).filter(|field| takes_files(field)).map(Field::name).collect();
        let typed = self.typed.0.iter().filter(move |(name, _)| !of_files.contains(name));
        typed.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn asked(form: &Form) -> impl Iterator<Item = &Field> {
    form.fields.iter().filter(|field| field.is_asked())
}

/// The names of a field's inputs.
pub(super) fn inputs(field: &Field) -> Vec<String> {
    let name = field.name();
    let parts = |parts: &mut dyn Iterator<Item = &str>| parts.map(|part| format!("{name}-{part}")).collect();
    match &field.kind {
        Kind::Ranking { options, .. } => parts(&mut options.iter().map(|option| option.id.as_str())),
        Kind::Matrix { rows, .. } => parts(&mut rows.iter().map(|row| row.id.as_str())),
        Kind::Address => parts(&mut ["street", "postcode", "town"].into_iter()),
        Kind::Files { .. } => Vec::new(),
        _ => vec![name],
    }
}
