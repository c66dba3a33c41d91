//! When a field is shown. The same rule runs in the page: `themes/parvis/static/form.js`.
//!
//! A condition looks at what is typed, not at whether it is right: the page must not hide a field because another one
//! has a mistake. What is typed in a field that is not reached counts as nothing. A file counts by its name, under that of
//! its field.

use super::{Field, Form, Kind, Typed, Visibility, read::decimal::Decimal};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// A condition on earlier answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Every one of these holds.
    All(Vec<Condition>),
    /// At least one of these holds.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// A choice, a grade, a yes or no, a consent has this value: an option's identifier, `yes` or `no`; choices have it
    /// among others.
    Is {
        /// Field.
        field: String,
        /// Value.
        value: String,
    },
    /// A field is answered.
    Answered {
        /// Field.
        field: String,
    },
    /// A number or an amount is at least this.
    AtLeast {
        /// Field.
        field: String,
        /// As typed: whole euros for an amount, whole units for a number with decimals.
        value: i64,
    },
    /// A number or an amount is at most this.
    AtMost {
        /// Field.
        field: String,
        /// As for `AtLeast`.
        value: i64,
    },
}

impl Condition {
    /// The fields it looks at.
    pub fn fields(&self) -> BTreeSet<&str> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::fields).collect(),
            Self::Not(part) => part.fields(),
            Self::Is { field, .. }
            | Self::Answered { field }
            | Self::AtLeast { field, .. }
            | Self::AtMost { field, .. } => BTreeSet::from([field.as_str()]),
        }
    }
}

/// For each field of the form, in order, whether it is reached by what is typed. A field under a section's condition is
/// reached only with its section; a field for agents alone never is.
pub fn reached<'a>(form: &'a Form, typed: &'a Typed) -> Vec<bool> {
    let mut known = Known { typed, fields: HashMap::new() };
    let mut in_section = true;
    let one = |field: &'a Field| {
        let own =
            field.visibility != Visibility::Hidden && field.when.as_ref().is_none_or(|when| known.meet(when));
        if field.kind == Kind::Section {
            in_section = own;
        }
        if own && in_section {
            known.fields.insert(&field.id, field);
        }
        own && in_section
    };
    form.fields.iter().map(one).collect()
}

/// What is known when the turn of a field comes: what is typed in those before it that are reached.
struct Known<'a> {
    typed: &'a Typed,
    fields: HashMap<&'a str, &'a Field>,
}

impl<'a> Known<'a> {
    fn meet(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.meet(part)),
            Condition::Any(parts) => parts.iter().any(|part| self.meet(part)),
            Condition::Not(part) => !self.meet(part),
            Condition::Is { field, value } => {
                let has_one_input =
                    self.fields.get(field.as_str()).is_some_and(|field| !field.kind.has_parts());
                has_one_input && self.given(field).contains(&value.as_str())
            }
            Condition::Answered { field } => !self.given(field).is_empty(),
            Condition::AtLeast { field, value } => {
                self.number(field).is_some_and(|number| number.floor() >= i128::from(*value))
            }
            Condition::AtMost { field, value } => {
                self.number(field).is_some_and(|number| number.ceiling() <= i128::from(*value))
            }
        }
    }

    /// What is typed in a field and counts: of names that come more than once, the first, except for boxes to tick.
    fn given(&self, id: &str) -> Vec<&'a str> {
        let Some(field) = self.fields.get(id) else { return Vec::new() };
        let values: Vec<&str> = match &field.kind {
            kind if kind.has_parts() => self.typed.parts(field).map(|(_, value)| value).collect(),
            Kind::Choices { .. } => self.typed.all(&field.name()).collect(),
            _ => vec![self.typed.of(field)],
        };
        values.into_iter().filter(|value| !value.is_empty()).collect()
    }

    fn number(&self, id: &str) -> Option<Decimal> {
        Decimal::read(self.given(id).first()?)
    }
}
