//! What holds of any form, whatever is typed in it.

pub(super) mod any;

use super::{
    Condition, Form, Kind, Typed, Visibility,
    check::{RULES, check, check_section},
    condition::reached,
    typed_of,
    version::{Breaking, breaking, version},
};
use crate::rulebook::Words;
use any::{TODAY, choices, field, filled, form};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The words for refusals of a theme's file.
fn words(file: &str) -> Words {
    let section = file.split_once("\n[refusal.answer]\n").expect("a section").1;
    let lines = section.lines().take_while(|line| line.contains(" = "));
    let words = lines.filter_map(|line| {
        let (key, text) = line.split_once(" = ")?;
        Some((format!("refusal.answer.{key}"), text.trim_matches('"').to_owned()))
    });
    Words(words.collect::<BTreeMap<_, _>>())
}

fn languages() -> [Words; 2] {
    let texts = [
        include_str!("../../../../themes/parvis/words/fr.toml"),
        include_str!("../../../../themes/parvis/words/en.toml"),
    ];
    texts.map(words)
}

#[test]
fn every_rule_has_its_words() {
    for words in languages() {
        for rule in RULES {
            assert!(words.0.contains_key(&format!("refusal.answer.{rule}")), "{rule}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_typed_is_accepted_or_refused_in_words((form, typed, files) in filled(), labelled in 0usize..8) {
        let mut form = form;
        if let Some(field) = form.fields.get_mut(labelled) {
            field.message = Some("Le message de la rédaction.".into());
        }
        let Err(refusals) = check(&form, &typed, &files, TODAY) else { return Ok(()) };
        prop_assert!(!refusals.is_empty());
        for refusal in refusals {
            let rule = refusal.rule.strip_prefix("answer.").expect("a rule of answers");
            prop_assert!(RULES.contains(&rule), "{}", rule);
            let name = refusal.field.as_deref().expect("a field");
            let of = form.fields.iter().find(|field| name == field.name() || name.starts_with(&format!("{}-", field.name())));
            let of = of.expect("a field of the form");
            prop_assert_eq!(&refusal.message, &of.message);
            let values: Vec<(&str, &str)> = refusal.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            for words in languages() {
                let said = words.say(&refusal.key(), &values);
                prop_assert!(!said.contains(['{', '}']) && said.contains(&of.label), "{}", said);
            }
        }
    }

    #[test]
    fn what_is_accepted_is_accepted_again_as_it_is((form, typed, files) in filled()) {
        if let Ok(answers) = check(&form, &typed, &files, TODAY) {
            let again = typed_of(&answers, &form);
            prop_assert_eq!(check(&form, &again, &files, TODAY), Ok(answers), "{:?}", again);
        }
    }

    #[test]
    fn only_what_is_reached_and_asked_is_answered((form, typed, files) in filled()) {
        if let Ok(answers) = check(&form, &typed, &files, TODAY) {
            let reached = reached(&form, &typed.with_files(&form, &files));
            for (field, reached) in form.fields.iter().zip(reached) {
                let may_be = reached && field.is_asked();
                prop_assert!(may_be || !answers.contains_key(&field.id));
                prop_assert!(!(may_be && field.required) || answers.contains_key(&field.id));
            }
        }
    }

    #[test]
    fn sections_are_refused_for_what_the_whole_form_is((form, typed, files) in filled()) {
        let sections = 0..form.sections().len();
        let refusals: Vec<_> = sections.flat_map(|section| check_section(&form, section, &typed, &files, TODAY)).collect();
        prop_assert_eq!(refusals, check(&form, &typed, &files, TODAY).err().unwrap_or_default());
        prop_assert_eq!(check_section(&form, form.sections().len(), &typed, &files, TODAY), []);
    }

    #[test]
    fn other_labels_and_another_order_are_the_same_version(before in form(), key in any::<u64>()) {
        let mut after = before.clone();
        let place = |n: usize| (n as u64 + 1).wrapping_mul(key | 1).rotate_left(17);
        let mut places = 0..;
        after.fields.sort_by_cached_key(|_| place(places.next().unwrap_or_default()));
        for field in &mut after.fields {
            field.label.push_str(" (nouveau)");
            field.required = !field.required;
            field.when = None;
            match &mut field.kind {
                Kind::Choice { options } | Kind::Choices { options, .. } | Kind::Ranking { options, .. } => options.reverse(),
                Kind::Matrix { rows, columns } => {
                    rows.reverse();
                    columns.reverse();
                }
                Kind::Grade { grades } => grades.iter_mut().for_each(|grade| grade.label.push('!')),
                Kind::Text { max } => *max += 1,
                _ => {}
            }
        }
        prop_assert_eq!(version(&before), version(&after));
        prop_assert_eq!(breaking(&before, &after), []);
        prop_assert_eq!(version(&before).len(), 16);
    }

    #[test]
    fn what_breaks_answers_is_another_version(before in form(), after in form()) {
        let is_of_answers = |broken: &Breaking| !matches!(broken, Breaking::Visibility { .. });
        if breaking(&before, &after).iter().any(is_of_answers) {
            prop_assert_ne!(version(&before), version(&after));
        }
    }
}

fn of(kind: Kind) -> Form {
    Form { fields: vec![field("x", kind)] }
}

#[test]
fn an_option_that_is_gone_breaks_and_a_new_one_does_not() {
    let with = |ids: &[&str]| {
        let options = choices(ids);
        [
            of(Kind::Choice { options: options.clone() }),
            of(Kind::Choices { options: options.clone(), min: 1, max: 1 }),
            of(Kind::Ranking { options: options.clone(), min: 1, max: 1 }),
            of(Kind::Grade { grades: options.clone() }),
            of(Kind::Matrix { rows: options.clone(), columns: choices(&["c"]) }),
            of(Kind::Matrix { rows: choices(&["r"]), columns: options }),
        ]
    };
    for (more, fewer) in with(&["a", "b"]).iter().zip(&with(&["a"])) {
        assert_eq!(breaking(more, fewer), [Breaking::Choice { field: "x".into(), choice: "b".into() }]);
        assert_eq!(breaking(fewer, more), []);
        assert_ne!(version(more), version(fewer));
    }
}

#[test]
fn answers_are_not_read_as_another_kind_or_for_more_eyes() {
    let text = of(Kind::Text { max: 9 });
    let breaks = |before: &Form, after: &Form| breaking(before, after).len();
    assert_eq!(breaking(&text, &of(Kind::Email)), [Breaking::Kind { field: "x".into() }]);
    assert_eq!(breaks(&text, &of(Kind::LongText { min: 0, max: 9 })), 0);
    assert_eq!(version(&text), version(&of(Kind::LongText { min: 0, max: 9 })));
    assert_eq!(breaks(&text, &of(Kind::Section)), 1);
    assert_eq!(breaks(&of(Kind::Section), &text), 0);
    assert_eq!(breaks(&text, &Form::default()), 0);

    let number = |decimals| of(Kind::Number { min: None, max: None, decimals, unit: None });
    assert_eq!(breaking(&number(0), &number(1)), [Breaking::Decimals { field: "x".into() }]);

    let grades = |ids: &[&str]| of(Kind::Grade { grades: choices(ids) });
    assert_eq!(
        breaking(&grades(&["a", "b"]), &grades(&["b", "a"])),
        [Breaking::Grades { field: "x".into() }]
    );
    assert_ne!(version(&grades(&["a", "b"])), version(&grades(&["b", "a"])));
    assert_eq!(breaks(&grades(&["a", "b"]), &grades(&["a", "c", "b"])), 0);

    let mut private = text.clone();
    private.fields[0].visibility = Visibility::Private;
    assert_eq!(breaking(&private, &text), [Breaking::Visibility { field: "x".into() }]);
    assert_eq!(breaks(&text, &private), 0);
}

#[test]
fn lists_that_look_alike_are_other_versions() {
    let form =
        |rows: &[&str], columns: &[&str]| of(Kind::Matrix { rows: choices(rows), columns: choices(columns) });
    assert_ne!(version(&form(&["a", "b"], &["c"])), version(&form(&["a"], &["b", "c"])));
    assert_ne!(version(&form(&["ab"], &["c"])), version(&form(&["a"], &["b", "c"])));
}

fn typed(values: &[(&str, &str)]) -> Typed {
    Typed(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// Whether a field with that condition is reached, after the fields given.
fn meets(kinds: &[(&str, Kind)], when: Condition, values: &[(&str, &str)]) -> bool {
    let mut fields: Vec<_> = kinds.iter().map(|(id, kind)| field(id, kind.clone())).collect();
    fields.push(field("last", Kind::Consent));
    let last = fields.len() - 1;
    fields[last].when = Some(when);
    reached(&Form { fields }, &typed(values))[last]
}

#[test]
fn a_condition_looks_at_what_is_typed_however_wrong() {
    let is = |value: &str| Condition::Is { field: "x".into(), value: value.into() };
    let choice = [("x", Kind::Choice { options: choices(&["a", "b"]) })];
    assert!(meets(&choice, is("a"), &[("f-x", " a ")]));
    assert!(!meets(&choice, is("a"), &[("f-x", "b"), ("f-x", "a")]));
    assert!(!meets(&choice, is(""), &[("f-x", "")]));
    let boxes = [("x", Kind::Choices { options: choices(&["a", "b"]), min: 1, max: 2 })];
    assert!(meets(&boxes, is("a"), &[("f-x", "b"), ("f-x", "a")]));

    let at_least = Condition::AtLeast { field: "x".into(), value: 12 };
    let at_most = Condition::AtMost { field: "x".into(), value: 12 };
    let amount = [("x", Kind::Amount { min: 0, max: Some(100) })];
    for (value, least, most) in
        [("12,00 €", true, true), ("11,999", false, true), ("12.001", true, false), ("douze", false, false)]
    {
        assert_eq!(meets(&amount, at_least.clone(), &[("f-x", value)]), least, "{value}");
        assert_eq!(meets(&amount, at_most.clone(), &[("f-x", value)]), most, "{value}");
    }

    let answered = Condition::Answered { field: "x".into() };
    let address = [("x", Kind::Address)];
    assert!(meets(&address, answered.clone(), &[("f-x-town", "Toulouse")]));
    assert!(!meets(
        &address,
        answered.clone(),
        &[("f-x-town", "  "), ("f-x", "Toulouse"), ("f-xx-town", "a")]
    ));
    assert!(meets(&address, Condition::Not(Box::new(answered)), &[]));
    assert!(meets(&[], Condition::All(vec![]), &[]) && !meets(&[], Condition::Any(vec![]), &[]));
}

#[test]
fn what_is_typed_in_a_field_that_is_not_reached_counts_as_nothing() {
    let on = |id: &str| Some(Condition::Answered { field: id.into() });
    let mut fields: Vec<_> = ["a", "b", "c", "d", "e"].map(|id| field(id, Kind::Text { max: 9 })).into();
    fields[1].when = on("a");
    fields[2].when = on("b");
    fields[3].visibility = Visibility::Hidden;
    fields[4].when = on("d");
    let form = Form { fields };
    let all = [("f-a", "1"), ("f-b", "1"), ("f-c", "1"), ("f-d", "1")];
    assert_eq!(reached(&form, &typed(&all)), [true, true, true, false, false]);
    assert_eq!(reached(&form, &typed(&all[1..])), [true, false, false, false, false]);
}

#[test]
fn a_field_is_reached_only_with_its_section() {
    let on = Some(Condition::Is { field: "a".into(), value: "yes".into() });
    let mut fields = vec![
        field("a", Kind::YesNo),
        field("s", Kind::Section),
        field("b", Kind::Text { max: 9 }),
        field("t", Kind::Section),
        field("c", Kind::Text { max: 9 }),
    ];
    fields[1].when = on;
    fields[2].required = true;
    let form = Form { fields };
    assert_eq!(reached(&form, &typed(&[("f-a", "yes")])), [true; 5]);
    assert_eq!(reached(&form, &typed(&[("f-a", "no")])), [true, false, false, true, true]);

    // Required, but nobody who says no can answer it; what they typed before they said no is dropped.
    let no = typed(&[("f-b", "texte"), ("f-a", "no"), ("f-c", "autre")]);
    let answers = check(&form, &no, &BTreeMap::new(), TODAY).expect("no refusal");
    assert_eq!(answers.keys().collect::<Vec<_>>(), ["a", "c"]);
    let yes = typed(&[("f-a", "yes")]);
    assert_eq!(
        check(&form, &yes, &BTreeMap::new(), TODAY).expect_err("a refusal")[0].field.as_deref(),
        Some("f-b")
    );
    assert_eq!(check_section(&form, 0, &yes, &BTreeMap::new(), TODAY), []);
    assert_eq!(check_section(&form, 1, &yes, &BTreeMap::new(), TODAY).len(), 1);
}
