//! What a reader tells of a published text that should not be on the site. Whoever tells says not who they are.

use crate::{deposit::HideReason, form::read::text::lines, refusal::Refusal, rulebook::group_digits};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Characters of what may be added to a reason.
pub const LONGEST: usize = 1_000;

/// The reasons that can be given: every one but that which is the author's alone.
pub fn reasons() -> impl Iterator<Item = (&'static str, HideReason)> {
    HideReason::ALL.into_iter().filter(|(_, reason)| *reason != HideReason::Erasure)
}

/// What the form sends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// Name of a reason.
    pub reason: String,
    /// What is added to it.
    pub text: String,
    /// Nobody sees this one: what fills it is no person.
    pub website: String,
}

/// What is kept of it, for a year. Purpose: that an agent looks at the text. Personal only by what is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Why.
    pub reason: HideReason,
    /// What was added; may be empty.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Reads a form that was sent at `now`.
///
/// # Errors
/// All that is wrong with it.
pub fn check(form: &Form, now: Timestamp) -> Result<Report, Vec<Refusal>> {
    let refuse = |field: &'static str, rule: &'static str| Refusal {
        field: Some(field.into()),
        rule: format!("report.{rule}").into(),
        values: vec![("max", group_digits(LONGEST as u64))],
        message: None,
    };
    let reason = reasons().find(|(name, _)| *name == form.reason).map(|(_, reason)| reason);
    let reason = reason.ok_or_else(|| refuse("reason", "missing"));
    let text = match lines(&form.text) {
        Ok(text) if text.chars().count() > LONGEST => Err(refuse("text", "too_long")),
        Ok(text) => Ok(text),
        Err(_) => Err(refuse("text", "characters")),
    };
    match (reason, text) {
        (Ok(reason), Ok(text)) => Ok(Report { reason, text, at: now }),
        (reason, text) => Err([reason.err(), text.err()].into_iter().flatten().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(reason: &str, text: &str) -> Vec<String> {
        let form = Form { reason: reason.to_owned(), text: text.to_owned(), ..Form::default() };
        let refusals = check(&form, Timestamp::UNIX_EPOCH).err().unwrap_or_default();
        refusals.iter().map(Refusal::key).collect()
    }

    #[test]
    fn a_reason_is_asked_and_a_text_is_not() {
        assert_eq!(rules("spam", ""), [""; 0]);
        assert_eq!(rules("", &"é".repeat(LONGEST)), ["refusal.report.missing"]);
        assert_eq!(
            rules("erasure", &"é".repeat(LONGEST + 1)),
            ["refusal.report.missing", "refusal.report.too_long"]
        );
        assert_eq!(rules("unlawful", "\u{202e}x"), ["refusal.report.characters"]);
    }

    #[test]
    fn a_text_is_counted_without_what_is_around_it() {
        let form =
            Form { reason: "spam".into(), text: format!(" \r\n{} ", "a\r\n".repeat(500)), ..Form::default() };
        let report = check(&form, Timestamp::UNIX_EPOCH).expect("a report");
        assert_eq!((report.reason, report.text.len()), (HideReason::Spam, 999));
    }
}
