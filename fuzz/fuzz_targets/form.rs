//! Whatever is typed in a form is refused field by field, or accepted as answers that type the same again.
#![no_main]

use domain::form::{Files, Form, Typed, check::check, condition::reached, typed::typed_of};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// A form with a field of every kind that is typed.
static FORM: LazyLock<Form> =
    LazyLock::new(|| serde_json::from_str(include_str!("../form.json")).expect("a form"));

/// What follows the name of a field that has several inputs.
const PARTS: [&str; 8] = ["", "-", "-a", "-b", "-c", "-street", "-postcode", "-town"];

fuzz_target!(|typed: Vec<(u8, u8, String)>| {
    let fields = &FORM.fields;
    let name = |field: u8, part: u8| {
        let field = &fields[usize::from(field) % fields.len()];
        let part = if field.kind.has_parts() { usize::from(part) % PARTS.len() } else { 0 };
        format!("{}{}", field.name(), PARTS[part])
    };
    let typed = Typed(typed.into_iter().map(|(field, part, text)| (name(field, part), text)).collect());
    assert_eq!(reached(&FORM, &typed).len(), fields.len());
    let today = date(2026, 11, 22);
    if let Ok(answers) = check(&FORM, &typed, &Files::new(), today) {
        let again = check(&FORM, &typed_of(&answers, &FORM), &Files::new(), today);
        assert_eq!(again.as_ref(), Ok(&answers));
    }
});
