//! What is typed in a form, checked against its rules.

mod chosen;
mod written;

use super::{Answer, Answers, Field, Files, Form, Kind, Typed, condition::reached};
use crate::refusal::Refusal;
use jiff::civil::Date;

/// The rules by which an answer may be refused: each is a key of the theme's words, after `refusal.answer.`.
pub const RULES: &[&str] = &[
    "characters",
    "impossible",
    "malformed_amount",
    "malformed_birth_date",
    "malformed_commune",
    "malformed_date",
    "malformed_email",
    "malformed_number",
    "malformed_phone",
    "malformed_place",
    "malformed_postcode",
    "malformed_rna",
    "malformed_siret",
    "missing",
    "missing_choice",
    "missing_consent",
    "missing_files",
    "missing_row",
    "missing_street",
    "missing_town",
    "outside",
    "ranking_gap",
    "ranking_twice",
    "too_early",
    "too_few",
    "too_large",
    "too_late",
    "too_long",
    "too_many",
    "too_many_files",
    "too_old",
    "too_short",
    "too_small",
    "too_young",
    "unknown",
];

/// Checks a whole form on `today`, in the authority's time zone. Answers to fields that are not reached are dropped;
/// hidden fields are not asked.
///
/// # Errors
/// Every refusal, in the order of the fields: one for a field at most.
pub fn check(form: &Form, typed: &Typed, files: &Files, today: Date) -> Result<Answers, Vec<Refusal>> {
    let mut answers = Answers::new();
    let mut refusals = Vec::new();
    for (_, field) in asked(form, typed, files) {
        match answer(field, typed, files, today) {
            Ok(Some(answer)) => drop(answers.insert(field.id.clone(), answer)),
            Ok(None) => {}
            Err(refusal) => refusals.push(refusal),
        }
    }
    if refusals.is_empty() { Ok(answers) } else { Err(refusals) }
}

/// Checks the fields of one section ([`Form::sections`]), for those who fill them one page after the other.
pub fn check_section(form: &Form, section: usize, typed: &Typed, files: &Files, today: Date) -> Vec<Refusal> {
    let section = form.sections().into_iter().nth(section).unwrap_or_default();
    let fields = asked(form, typed, files).into_iter().filter(|(place, _)| section.contains(place));
    fields.filter_map(|(_, field)| answer(field, typed, files, today).err()).collect()
}

/// The fields to answer, each with its place in the form.
fn asked<'a>(form: &'a Form, typed: &Typed, files: &Files) -> Vec<(usize, &'a Field)> {
    let reached = reached(form, &typed.clone().with_files(form, files));
    let fields = form.fields.iter().enumerate().zip(reached);
    fields.filter(|((_, field), reached)| *reached && field.is_asked()).map(|(placed, _)| placed).collect()
}

/// The answer to a field that is asked, if there is one.
fn answer(field: &Field, typed: &Typed, files: &Files, today: Date) -> Result<Option<Answer>, Refusal> {
    match &field.kind {
        Kind::Choice { options } | Kind::Grade { grades: options } => chosen::one(field, options, typed),
        Kind::Choices { options, min, max } => chosen::some(field, options, (*min, *max), typed),
        Kind::Ranking { options, min, max } => chosen::ranking(field, options, (*min, *max), typed),
        Kind::Matrix { rows, columns } => chosen::matrix(field, rows, columns, typed),
        Kind::YesNo => chosen::yes_or_no(field, typed),
        Kind::Consent => chosen::consent(field, typed),
        Kind::Files { max_count, .. } => chosen::files(field, *max_count, files),
        Kind::Address => written::address(field, typed),
        _ => match typed.of(field) {
            "" => absent(field, "missing"),
            typed => written::one(field, typed, today).map(Some),
        },
    }
}

/// No answer.
fn absent(field: &Field, rule: &'static str) -> Result<Option<Answer>, Refusal> {
    if field.required { Err(Refusal::answer(field, rule)) } else { Ok(None) }
}

#[cfg(test)]
mod tests;
