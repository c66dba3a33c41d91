//! Versions of a form: which changes leave earlier answers readable.

use super::{Choice, Field, Form, Kind, Visibility};
use sha2::{Digest, Sha256};

/// Names a form by what its answers mean: the first sixteen hexadecimal digits of a SHA-256. Labels, help, units, bounds,
/// conditions and order do not enter, but for the order of grades, which is their meaning.
pub fn version(form: &Form) -> String {
    let mut fields: Vec<&Field> = form.fields.iter().filter(|field| !field.kind.is_shown_only()).collect();
    fields.sort_by(|a, b| a.id.cmp(&b.id));
    let mut hash = Sha256::new();
    for field in fields {
        note(&mut hash, [field.id.as_str(), held(&field.kind)]);
        if let Kind::Number { decimals, .. } = field.kind {
            note(&mut hash, [decimals.to_string().as_str()]);
        }
        for choices in choices(&field.kind) {
            let mut ids: Vec<&str> = choices.iter().map(|choice| choice.id.as_str()).collect();
            if !matches!(field.kind, Kind::Grade { .. }) {
                ids.sort_unstable();
            }
            note(&mut hash, ids);
        }
    }
    hex::encode(&hash.finalize()[..8])
}

/// A list of texts, each after its length, so that no two lists look the same.
fn note<'a>(hash: &mut Sha256, texts: impl IntoIterator<Item = &'a str>) {
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.update(u64::MAX.to_be_bytes());
}

/// What answers of that kind are. Lines may become paragraphs, for a text is a text.
fn held(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text { .. } | Kind::LongText { .. } => "text",
        Kind::RichText { .. } => "rich-text",
        Kind::Number { .. } => "number",
        Kind::Amount { .. } => "amount",
        Kind::Date { .. } => "date",
        Kind::BirthDate { .. } => "birth-date",
        Kind::Email => "email",
        Kind::Phone => "phone",
        Kind::Choice { .. } => "choice",
        Kind::Choices { .. } => "choices",
        Kind::Ranking { .. } => "ranking",
        Kind::Grade { .. } => "grade",
        Kind::Matrix { .. } => "matrix",
        Kind::YesNo => "yes-no",
        Kind::Files { .. } => "files",
        Kind::Address => "address",
        Kind::Place => "place",
        Kind::Commune { .. } => "commune",
        Kind::Siret => "siret",
        Kind::Rna => "rna",
        Kind::Consent => "consent",
        Kind::Section | Kind::Note { .. } | Kind::Picture { .. } => "",
    }
}

/// What can be chosen: a matrix has rows and columns.
fn choices(kind: &Kind) -> Vec<&[Choice]> {
    match kind {
        Kind::Choice { options } | Kind::Choices { options, .. } | Kind::Ranking { options, .. } => {
            vec![options]
        }
        Kind::Grade { grades } => vec![grades],
        Kind::Matrix { rows, columns } => vec![rows, columns],
        _ => Vec::new(),
    }
}

/// A change after which earlier answers cannot be read as they were meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breaking {
    /// A field holds another kind of answer.
    Kind {
        /// Field.
        field: String,
    },
    /// A choice that may have been made is gone.
    Choice {
        /// Field.
        field: String,
        /// Identifier of what is gone.
        choice: String,
    },
    /// A number is kept with another number of decimals.
    Decimals {
        /// Field.
        field: String,
    },
    /// Grades are in another order, which is from the best to the worst.
    Grades {
        /// Field.
        field: String,
    },
    /// What was answered for fewer eyes would be read by more.
    Visibility {
        /// Field.
        field: String,
    },
}

/// Every change from `before` to `after` that is not allowed once there are answers. A field that is gone, or new, is
/// allowed, as are labels, order, conditions and bounds: what was answered stays answered.
pub fn breaking(before: &Form, after: &Form) -> Vec<Breaking> {
    let answered = before.fields.iter().filter(|field| !field.kind.is_shown_only());
    answered
        .filter_map(|was| Some((was, after.field(&was.id)?)))
        .flat_map(|(was, is)| changed(was, is))
        .collect()
}

/// The form to hold later ones against: `after`, with the fields of `before` that it no longer has, for what was answered
/// to them is still there.
pub fn answered(before: &Form, after: &Form) -> Form {
    let gone = before.fields.iter().filter(|field| after.field(&field.id).is_none());
    Form { fields: after.fields.iter().chain(gone).cloned().collect() }
}

fn changed(was: &Field, is: &Field) -> Vec<Breaking> {
    let field = || was.id.clone();
    if held(&was.kind) != held(&is.kind) {
        return vec![Breaking::Kind { field: field() }];
    }
    let mut changes = Vec::new();
    if let (Kind::Number { decimals: was, .. }, Kind::Number { decimals: is, .. }) = (&was.kind, &is.kind)
        && was != is
    {
        changes.push(Breaking::Decimals { field: field() });
    }
    for (was, is) in choices(&was.kind).into_iter().zip(choices(&is.kind)) {
        let gone = was.iter().filter(|choice| is.iter().all(|kept| kept.id != choice.id));
        changes.extend(gone.map(|choice| Breaking::Choice { field: field(), choice: choice.id.clone() }));
    }
    if let (Kind::Grade { grades: was }, Kind::Grade { grades: is }) = (&was.kind, &is.kind)
        && kept(was, is) != kept(is, was)
    {
        changes.push(Breaking::Grades { field: field() });
    }
    if eyes(is.visibility) > eyes(was.visibility) {
        changes.push(Breaking::Visibility { field: field() });
    }
    changes
}

/// The choices that are among others too, in their own order.
fn kept<'a>(choices: &'a [Choice], others: &[Choice]) -> Vec<&'a str> {
    let ids = choices.iter().map(|choice| choice.id.as_str());
    ids.filter(|id| others.iter().any(|other| other.id == *id)).collect()
}

/// How many read it: agents, its author too, everybody.
fn eyes(visibility: Visibility) -> u8 {
    match visibility {
        Visibility::Hidden => 0,
        Visibility::Private => 1,
        Visibility::Public => 2,
    }
}
