//! The form engine where it lives twice: in `domain`, and in the page's script.

use domain::{
    eligibility::Territory,
    form::{Choice, Condition, Field, Form, Kind, Typed, Visibility, condition::reached, kinds::Media},
};
use fastrand::Rng;
use std::{fs, path::Path, process::Command};

/// Random forms.
const RANDOM: usize = 5_000;

/// What people type, and what tells two ways of reading from each other.
const VALUES: [&str; 49] = [
    "",
    " ",
    "\u{a0}\u{202f}",
    "\u{85}",
    "\u{feff}",
    "\u{200b}",
    "a",
    "b",
    " a ",
    "\u{85}a\u{2003}",
    "\u{feff}a",
    "A",
    "yes",
    "no",
    "oui",
    "0",
    "-0",
    "1",
    "9",
    "10",
    "10,0",
    "10.000",
    "10,000.0",
    "9,9999999999999999999",
    "10,0000000000000000001",
    "-10,5",
    "−10",
    "+10",
    "- 10",
    "--10",
    "1 000",
    "1\u{202f}000,5 €",
    "1.000.000",
    "1,000,000.25",
    "1.000,25",
    "1 0000",
    "1000 000",
    "10 00",
    "1 000\u{a0}000",
    "1.000 000",
    ",5",
    "5,",
    "1e3",
    "0x10",
    "١٠",
    "9007199254740993",
    "999999999999999999999999999999999999999999",
    "10 km",
    "\u{202e}\0👩‍🌾é",
];

const PARTS: [&str; 9] = ["", "-", "-a", "-b", "-r", "-street", "-postcode", "-town", "x"];

/// What numbers are compared with.
const BOUNDS: [i64; 9] = [-11, -10, 0, 9, 10, 11, 1_000, 1_000_000, 9_007_199_254_740_991];

fn pick<T: Clone>(rng: &mut Rng, among: &[T]) -> T {
    among[rng.usize(..among.len())].clone()
}

fn choices(ids: &[&str]) -> Vec<Choice> {
    ids.iter().map(|id| Choice { id: (*id).to_owned(), label: id.to_uppercase() }).collect()
}

fn kinds() -> Vec<Kind> {
    let options = choices(&["a", "b"]);
    vec![
        Kind::Text { max: 80 },
        Kind::LongText { min: 0, max: 800 },
        Kind::RichText { min: 0, max: 800 },
        Kind::Number { min: Some(-5), max: None, decimals: 2, unit: Some("km".into()) },
        Kind::Number { min: None, max: Some(5), decimals: 0, unit: None },
        Kind::Amount { min: 0, max: Some(500) },
        Kind::Date { min: None, max: Some(jiff::civil::date(2027, 1, 1)) },
        Kind::BirthDate { min_age: Some(16), max_age: None, on: None },
        Kind::Email,
        Kind::Phone,
        Kind::Choice { options: options.clone() },
        Kind::Choices { options: options.clone(), min: 1, max: 2 },
        Kind::Ranking { options: options.clone(), min: 1, max: 2 },
        Kind::Grade { grades: options.clone() },
        Kind::Matrix { rows: choices(&["r"]), columns: options },
        Kind::YesNo,
        Kind::Files { types: vec![Media::Pdf, Media::Jpeg], max_size: 1_000, max_count: 2 },
        Kind::Address,
        Kind::Place,
        Kind::Commune { territory: Territory::Any },
        Kind::Commune { territory: Territory::Communes([("99001".into(), "Valgarenne".into())].into()) },
        Kind::Siret,
        Kind::Rna,
        Kind::Consent,
        Kind::Section,
        Kind::Section,
        Kind::Note { html: "<p>Note</p>".into() },
        Kind::Picture { url: "/a.png".into(), alt: "Un banc".into(), width: 2, height: 1 },
    ]
}

/// A condition on any field, also on one that comes later or that is not there.
fn condition(rng: &mut Rng, fields: usize, depth: usize) -> Condition {
    let field = format!("f{}", rng.usize(..=fields));
    let value = pick(rng, &BOUNDS);
    let parts = |rng: &mut Rng| (0..rng.usize(..3)).map(|_| condition(rng, fields, depth + 1)).collect();
    match rng.usize(..if depth < 3 { 8 } else { 5 }) {
        0 | 1 => Condition::Answered { field },
        2 => Condition::Is { field, value: pick(rng, &["a", "b", "yes", "no", ""]).to_owned() },
        3 => Condition::AtLeast { field, value },
        4 => Condition::AtMost { field, value },
        5 => Condition::Not(Box::new(condition(rng, fields, depth + 1))),
        6 => Condition::All(parts(rng)),
        _ => Condition::Any(parts(rng)),
    }
}

fn form(rng: &mut Rng) -> Form {
    let kinds = kinds();
    let count = rng.usize(1..10);
    let one = |n| Field {
        id: format!("f{n}"),
        label: format!("Champ {n}"),
        kind: pick(rng, &kinds),
        required: rng.bool(),
        visibility: pick(
            rng,
            &[Visibility::Public, Visibility::Public, Visibility::Private, Visibility::Hidden],
        ),
        when: rng.bool().then(|| condition(rng, count, 0)),
        message: None,
        personal: None,
    };
    Form { fields: (0..count).map(one).collect() }
}

fn typed(rng: &mut Rng, form: &Form) -> Typed {
    let one = |rng: &mut Rng, field: &Field| {
        let fitting = field.kind.has_parts() && rng.u8(..4) > 0;
        let part = if fitting || rng.u8(..4) == 0 { pick(rng, &PARTS) } else { "" };
        (format!("{}{part}", field.name()), pick(rng, &VALUES).to_owned())
    };
    let mut typed = Vec::new();
    for _ in 0..3 {
        for field in &form.fields {
            if rng.bool() {
                typed.push(one(rng, field));
            }
        }
    }
    Typed(typed)
}

/// Every value under every name of a field of each sort, looked at in every way.
fn each_value() -> Vec<(Form, Typed)> {
    let options = choices(&["a", "b"]);
    let kinds = [
        Kind::Text { max: 80 },
        Kind::Amount { min: 0, max: None },
        Kind::Choices { options: options.clone(), min: 1, max: 2 },
        Kind::Ranking { options, min: 1, max: 2 },
        Kind::Note { html: String::new() },
    ];
    let field = || "f0".to_owned();
    let mut conditions = vec![Condition::Answered { field: field() }];
    conditions.extend(["a", "yes"].map(|value| Condition::Is { field: field(), value: value.into() }));
    for value in BOUNDS {
        conditions.push(Condition::AtLeast { field: field(), value });
        conditions.push(Condition::AtMost { field: field(), value });
    }
    let mut cases = Vec::new();
    for kind in kinds {
        let when = [None].into_iter().chain(conditions.iter().cloned().map(Some));
        let fields = when.enumerate().map(|(n, when)| Field {
            id: format!("f{n}"),
            label: String::new(),
            kind: kind.clone(),
            required: false,
            visibility: Visibility::Public,
            when,
            message: None,
            personal: None,
        });
        let form = Form { fields: fields.collect() };
        for part in PARTS {
            let typed = VALUES.map(|value| Typed(vec![(format!("f-f0{part}"), value.to_owned())]));
            cases.extend(typed.into_iter().map(|typed| (form.clone(), typed)));
        }
    }
    cases
}

#[test]
fn conditions_agree_between_the_page_and_the_function_on_random_forms_and_answers() {
    let mut rng = Rng::with_seed(20_260_110);
    let mut cases = each_value();
    for _ in 0..RANDOM {
        let form = form(&mut rng);
        let typed = typed(&mut rng, &form);
        cases.push((form, typed));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.json");
    let told: Vec<_> = cases.iter().map(|(form, typed)| (&form.fields, &typed.0)).collect();
    fs::write(&file, serde_json::to_vec(&told).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/conditions.mjs");
    let output = Command::new("node").arg(script).arg(&file).output().expect("tests/run.sh installs Node.js");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let by_the_page = String::from_utf8(output.stdout).unwrap();
    assert_eq!(by_the_page.lines().count(), cases.len());
    let mut hidden = 0;
    for ((form, typed), by_the_page) in cases.iter().zip(by_the_page.lines()) {
        let reached = reached(form, typed);
        hidden += reached.iter().filter(|reached| !**reached).count();
        let by_the_function: String =
            reached.iter().map(|reached| if *reached { '1' } else { '0' }).collect();
        assert_eq!(
            by_the_page,
            by_the_function,
            "{}\n{typed:?}",
            serde_json::to_string_pretty(form).unwrap()
        );
    }
    // Neither everything nor nothing is reached.
    let all: usize = cases.iter().map(|(form, _)| form.fields.len()).sum();
    assert!(all / 5 < hidden && hidden < all * 4 / 5, "{hidden} of {all} fields are hidden");
}

#[test]
fn a_form_is_read_from_the_rulebook_as_it_was_written() {
    let mut rng = Rng::with_seed(1);
    for _ in 0..500 {
        let form = form(&mut rng);
        let json = serde_json::to_string(&form).unwrap();
        assert_eq!(serde_json::from_str::<Form>(&json).unwrap(), form, "{json}");
    }
}
