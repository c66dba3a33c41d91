//! Whatever is typed in a form is refused field by field, or accepted as answers that type the same again.
#![no_main]

use domain::form::{Files, Form, Typed, check::check, condition::reached, typed::typed_of};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// A form with a field of every kind that is typed.
static FORM: LazyLock<Form> =
    LazyLock::new(|| serde_json::from_str(include_str!("../form.json")).expect("a form"));

fuzz_target!(|pairs: Vec<(u8, String)>| {
    let fields = &FORM.fields;
    let name = |number: u8| fields[usize::from(number) % fields.len()].name();
    let typed = Typed(pairs.into_iter().map(|(number, text)| (name(number), text)).collect());
    assert_eq!(reached(&FORM, &typed).len(), fields.len());
    let today = date(2026, 11, 22);
    if let Ok(answers) = check(&FORM, &typed, &Files::new(), today) {
        let again = check(&FORM, &typed_of(&answers, &FORM), &Files::new(), today);
        assert_eq!(again.as_ref(), Ok(&answers));
    }
});
