//! The one form engine: what an editor declares in front matter, the theme draws, the function checks, and paper,
//! export and results read.
//!
//! A form is a list of fields. Some fields only show something (a section's title, a text, a picture); the others are
//! answered. A field may be shown on a condition on earlier answers: the same rule is evaluated here and by the page's
//! ES module (`themes/parvis/static/form.js`), and a test holds the two to each other.

pub mod answer;
pub mod check;
pub mod condition;
pub mod kinds;
pub mod read;
pub mod typed;
pub mod version;

pub use answer::{Answer, Answers, Attachment, Files};
pub use condition::Condition;
pub use kinds::Kind;
pub use typed::{Typed, typed_of};

use crate::delay::Delay;
use serde::{Deserialize, Serialize};

/// A form: fields, in the order in which they are shown. Made by the generator, which has checked that identifiers are
/// unique, that conditions name earlier fields that can be answered, and that bounds are in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// What answers are kept under: stable, of lower-case letters, digits and `_`, beginning with a letter.
    pub id: String,
    /// What it is called, in French typography.
    pub label: String,
    /// What it holds.
    #[serde(flatten)]
    pub kind: Kind,
    /// Whether it must be answered when it can be reached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// Who reads the answer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub visibility: Visibility,
    /// It is shown, and answered, only when this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What is said instead of the theme's message when the answer is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Present when the answer is personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<Personal>,
}

/// Who reads an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody, once the deposit is published.
    #[default]
    Public,
    /// Its author and the agents.
    Private,
    /// Agents alone; it is not shown in the form.
    Hidden,
}

/// Why an answer is asked for that tells something of a person, and how long it is kept (I7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    /// What it is used for.
    pub purpose: String,
    /// How long after the close of the activity it is kept.
    pub retention: Delay,
}

/// Something to choose. Renaming its label detaches no answer, for answers keep its identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What answers keep: as a field's identifier.
    pub id: String,
    /// What is read.
    pub label: String,
}

impl Field {
    /// The `name` and `id` in HTML of what is typed; kinds with several inputs add `-` and the part.
    pub fn name(&self) -> String {
        name(&self.id)
    }

    /// Whether citizens are asked it: it is neither only shown nor for agents alone.
    pub fn is_asked(&self) -> bool {
        !self.kind.is_shown_only() && self.visibility != Visibility::Hidden
    }
}

/// The `name` in HTML of the field `id`: nothing that the journey itself sends begins so.
pub fn name(id: &str) -> String {
    format!("f-{id}")
}

impl Form {
    /// The field of that identifier.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The sections, each a range of fields: a new one begins at each field of kind `section`. At least one.
    pub fn sections(&self) -> Vec<std::ops::Range<usize>> {
        let starts = self.fields.iter().enumerate().filter(|(n, f)| *n > 0 && f.kind == Kind::Section);
        let mut bounds: Vec<usize> = std::iter::once(0).chain(starts.map(|(n, _)| n)).collect();
        bounds.push(self.fields.len());
        bounds.windows(2).map(|pair| pair[0]..pair[1]).collect()
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests;
