//! Any form, and what anybody may type in it.

use crate::{
    eligibility::Territory,
    form::{Attachment, Choice, Condition, Field, Files, Form, Kind, Typed, Visibility, kinds::Media},
};
use jiff::civil::{Date, date};
use proptest::{collection::vec, option, prelude::*, sample::select};
use std::collections::BTreeMap;

/// The day on which forms are checked.
pub(crate) const TODAY: Date = date(2026, 11, 21);

pub(crate) fn choices(ids: &[&str]) -> Vec<Choice> {
    ids.iter().map(|id| Choice { id: (*id).to_owned(), label: id.to_uppercase() }).collect()
}

pub(crate) fn field(id: &str, kind: Kind) -> Field {
    Field {
        id: id.to_owned(),
        label: format!("Le champ {id}"),
        kind,
        required: false,
        visibility: Visibility::Public,
        when: None,
        message: None,
        personal: None,
    }
}

pub(crate) fn kind() -> impl Strategy<Value = Kind> {
    let options = choices(&["a", "b", "c"]);
    let communes = [("99001", "Valgarenne"), ("99002", "Saint-Élix"), ("99003", "St Elix")];
    let communes = communes.map(|(code, name)| (code.to_owned(), name.to_owned()));
    select(vec![
        Kind::Text { max: 40 },
        Kind::LongText { min: 3, max: 200 },
        Kind::RichText { min: 0, max: 200 },
        Kind::Number { min: None, max: None, decimals: 0, unit: None },
        Kind::Number { min: Some(-50), max: Some(5000), decimals: 1, unit: Some("km".into()) },
        Kind::Amount { min: 0, max: Some(1_000_000) },
        Kind::Date { min: Some(date(2020, 1, 1)), max: None },
        Kind::BirthDate { min_age: Some(16), max_age: Some(99), on: None },
        Kind::Email,
        Kind::Phone,
        Kind::Choice { options: options.clone() },
        Kind::Choices { options: options.clone(), min: 1, max: 2 },
        Kind::Ranking { options: options.clone(), min: 2, max: 3 },
        Kind::Grade { grades: options.clone() },
        Kind::Matrix { rows: choices(&["r", "s"]), columns: options },
        Kind::YesNo,
        Kind::Files { types: vec![Media::Pdf], max_size: 1_000, max_count: 2 },
        Kind::Address,
        Kind::Place,
        Kind::Commune { territory: Territory::Any },
        Kind::Commune { territory: Territory::Communes(communes.into()) },
        Kind::Siret,
        Kind::Rna,
        Kind::Consent,
        Kind::Section,
        Kind::Note { html: "<p>Une note.</p>".into() },
    ])
}

/// Names and values that answer a field, in one of the ways people would.
fn good(field: &Field, way: usize) -> Vec<(String, String)> {
    let name = field.name();
    let one = |ways: &[&str]| vec![(name.clone(), ways[way % ways.len()].to_owned())];
    let parts = |parts: &[(&str, &str)]| {
        parts.iter().map(|(part, value)| (format!("{name}-{part}"), (*value).to_owned())).collect()
    };
    match &field.kind {
        Kind::Text { .. } => one(&["Un banc", "Un\r\nbanc  ", "E\u{301}cole\tcommunale"]),
        Kind::LongText { .. } | Kind::RichText { .. } => {
            one(&["Des bancs\r\n\r\n**à l’ombre**", "été\u{b}hiver"])
        }
        Kind::Number { .. } => one(&["12", "-1", "1.234", "0", " +3 "]),
        Kind::Amount { .. } => one(&["1 234,50 €", "1234.5", "0", "12"]),
        Kind::Date { .. } => one(&["04/03/2027", "2027-03-04", "04032027"]),
        Kind::BirthDate { .. } => one(&["14/03/1980", "22 11 2010"]),
        Kind::Email => one(&["jeanne@exemple.fr", "Jeanne.Marchal+x@ÉXEMPLE.fr"]),
        Kind::Phone => one(&["05 61 00 12 34", "+32 2 555 12 12"]),
        Kind::Choice { .. } | Kind::Grade { .. } => one(&["a", "b", "c"]),
        Kind::Choices { .. } => {
            let ids: [&[&str]; 3] = [&["b", "a"], &["c"], &["c", "c", "a"]];
            ids[way % 3].iter().map(|id| (name.clone(), (*id).to_owned())).collect()
        }
        Kind::Ranking { .. } => {
            parts([&[("b", "1"), ("a", "2")][..], &[("c", "3"), ("a", "1"), ("b", "2")]][way % 2])
        }
        Kind::Matrix { .. } => parts([&[("r", "a"), ("s", "c")][..], &[("s", "b")]][way % 2]),
        Kind::YesNo => one(&["yes", "no"]),
        Kind::Address => parts(&[("street", "2 rue du Four"), ("postcode", "31 000"), ("town", "Toulouse")]),
        Kind::Place => one(&["la halle", "43,60447 1,44422", "43.604479, 1.4442"]),
        Kind::Commune { territory: Territory::Any } => one(&["Toulouse", "31555", "2a004"]),
        Kind::Commune { .. } => one(&["valgarenne", "99002", "99003", "Saint Elix"]),
        Kind::Siret => one(&["732 829 320 00074"]),
        Kind::Rna => one(&["w313004421"]),
        Kind::Consent => one(&["yes"]),
        Kind::Files { .. } | Kind::Section | Kind::Note { .. } | Kind::Picture { .. } => Vec::new(),
    }
}

/// A condition on one of the earlier fields, such as the generator lets pass.
fn condition(earlier: &[Field], way: usize) -> Option<Condition> {
    let asked: Vec<&Field> = earlier.iter().filter(|field| field.is_asked()).collect();
    let on = *asked.get(way % asked.len().max(1))?;
    let field = on.id.clone();
    let answered = Condition::Answered { field: field.clone() };
    Some(match (way / 7 % 5, &on.kind) {
        (0, _) => Condition::Not(Box::new(answered)),
        (1, _) => Condition::Any(vec![
            Condition::All(vec![answered]),
            condition(&earlier[..earlier.len() - 1], way / 3)?,
        ]),
        (_, Kind::Number { .. } | Kind::Amount { .. }) if way.is_multiple_of(2) => {
            Condition::AtLeast { field, value: 12 }
        }
        (_, Kind::Number { .. } | Kind::Amount { .. }) => Condition::AtMost { field, value: 12 },
        (_, Kind::Choice { .. } | Kind::Choices { .. } | Kind::Grade { .. }) => {
            Condition::Is { field, value: ["a", "b", "c"][way % 3].into() }
        }
        (_, Kind::YesNo | Kind::Consent) => Condition::Is { field, value: "yes".into() },
        _ => answered,
    })
}

pub(crate) fn form() -> impl Strategy<Value = Form> {
    let one = (kind(), any::<bool>(), 0u8..10, option::of(any::<usize>()));
    vec(one, 1..8).prop_map(|parts| {
        let mut fields: Vec<Field> = Vec::new();
        for (n, (kind, required, visibility, way)) in parts.into_iter().enumerate() {
            let mut field = field(&format!("f{n}"), kind);
            field.required = required;
            field.when = way.and_then(|way| condition(&fields, way));
            field.visibility = match visibility {
                0 => Visibility::Hidden,
                1 => Visibility::Private,
                _ => Visibility::Public,
            };
            fields.push(field);
        }
        Form { fields }
    })
}

/// What those type who do as they are asked, those who make mistakes, and those who try what a form bears.
fn typed(form: &Form) -> impl Strategy<Value = Typed> + use<> {
    let parts = ["-a", "-b", "-c", "-r", "-s", "-street", "-postcode", "-town", "-", ""];
    let names = form.fields.iter().flat_map(|field| parts.map(|part| format!("{}{part}", field.name())));
    let hostile = prop_oneof![
        "\\PC{0,12}",
        any::<String>(),
        select(vec![
            "",
            " ",
            "yes",
            "no",
            "on",
            "a",
            "z",
            "0",
            "1",
            "2",
            "9",
            "12,5",
            "1e9",
            "-0",
            "99999999999999999999",
            "31/02/2026",
            "01/01/1850",
            "a@b",
            "112",
            "\u{202e}a",
            "\0",
            "\u{200b}",
            "\u{feff}",
            "\u{85}a",
            "48.0 2.0",
            "99.0 2.0",
            "31555",
            "<b>",
        ])
        .prop_map(str::to_owned),
    ];
    let noise = vec((select(names.collect::<Vec<_>>()), hostile), 0..4);
    let ways = vec(option::weighted(0.8, any::<usize>()), form.fields.len());
    let fields = form.fields.clone();
    (ways, option::weighted(0.3, noise), any::<bool>()).prop_map(move |(ways, noise, first)| {
        let answered = fields.iter().zip(ways).filter_map(|(field, way)| Some(good(field, way?)));
        let mut typed: Vec<_> = answered.flatten().collect();
        for (name, value) in noise.into_iter().flatten() {
            typed.insert(if first { 0 } else { typed.len() }, (name, value));
        }
        Typed(typed)
    })
}

fn files(form: &Form) -> impl Strategy<Value = Files> + use<> {
    let file = |n: usize| Attachment {
        id: "0".repeat(32),
        name: format!("plan-{n}.pdf"),
        media: Media::Pdf,
        size: 9,
    };
    let ids = form
        .fields
        .iter()
        .filter(|field| matches!(field.kind, Kind::Files { .. }))
        .map(|field| field.id.clone());
    let ids: Vec<String> = ids.collect();
    vec(0usize..4, ids.len()).prop_map(move |counts| {
        let some = ids.iter().cloned().zip(counts);
        some.map(|(id, count)| (id, (0..count).map(file).collect())).collect::<BTreeMap<_, _>>()
    })
}

/// A form, and what is typed and joined.
pub(crate) fn filled() -> impl Strategy<Value = (Form, Typed, Files)> {
    form().prop_flat_map(|form| {
        let (typed, files) = (typed(&form), files(&form));
        (Just(form), typed, files)
    })
}
