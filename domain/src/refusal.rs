//! Why something is refused (I11): the field, the rule, and what to say.

use std::borrow::Cow;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The `name` in HTML of the field at fault, if one is.
    pub field: Option<Cow<'static, str>>,
    /// The key of the message in the theme's words, after `refusal.`: `email.malformed`.
    pub rule: Cow<'static, str>,
    /// Placeholders of the message.
    pub values: Vec<(&'static str, String)>,
    /// The editor's own message, in place of the theme's.
    pub message: Option<String>,
}

impl Refusal {
    /// A refusal that concerns no one field.
    pub fn general(rule: &'static str) -> Self {
        Self { field: None, rule: rule.into(), values: Vec::new(), message: None }
    }

    /// A refusal of what a field holds; its message is the field's own.
    pub fn of(field: crate::support::Field, rule: &'static str) -> Self {
        let name = field.as_str();
        Self {
            field: Some(name.into()),
            rule: format!("{name}.{rule}").into(),
            values: Vec::new(),
            message: None,
        }
    }

    /// A refusal of an answer to a field of a form that an editor declared; its message is the editor's, else that of the
    /// rule, which may say `{label}`.
    pub fn answer(field: &crate::form::Field, rule: &'static str) -> Self {
        Self {
            field: Some(field.name().into()),
            rule: format!("answer.{rule}").into(),
            values: vec![("label", field.label.clone())],
            message: field.message.clone(),
        }
    }

    /// The same, of one of the field's inputs.
    #[must_use]
    pub fn at(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(name.into());
        self
    }

    /// With a value for a placeholder of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// The key of the message in the theme's words.
    pub fn key(&self) -> String {
        format!("refusal.{}", self.rule)
    }
}
